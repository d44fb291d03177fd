package bridge

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/record"
)

// recorded runs what a test does under a recording and reads its channels.
func (r *rig) recorded(do func()) (left, right []int16, marks []record.Mark) {
	r.t.Helper()
	path := filepath.Join(r.t.TempDir(), "call.wav")
	f, err := os.Create(path)
	if err != nil {
		r.t.Fatal(err)
	}
	defer f.Close()
	if _, err := r.b.Record(f); err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.b.Record(f); fault.KindOf(err) != fault.Conflict {
		r.t.Errorf("a second recording: %v", err)
	}
	do()
	sum, err := r.b.StopRecording()
	if err != nil {
		r.t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		r.t.Fatal(err)
	}
	digest := sha256.Sum256(whole)
	w, err := audio.ReadWAV(bytes.NewReader(whole))
	if err != nil || len(w.Channels) != 2 || sum.SHA256 != hex.EncodeToString(digest[:]) || sum.Length != time.Duration(len(w.Channels[0]))*time.Second/audio.Rate {
		r.t.Fatalf("%v, %+v", err, sum)
	}
	return w.Channels[0], w.Channels[1], sum.Marks
}

// has holds a part of a channel to these frequencies and no others of the rig's.
func (r *rig) has(what string, sound []int16, those ...float64) {
	r.t.Helper()
	sound = sound[:len(sound)/400*400]
	for _, p := range r.phones {
		share := 0.0
		if audio.Loudness(sound) > 16 {
			share = audio.Power(sound, p.hertz)
		}
		wanted := false
		for _, hz := range those {
			wanted = wanted || hz == p.hertz
		}
		if wanted && share < 0.8/float64(len(those)) || !wanted && share > 1e-3 {
			r.t.Errorf("%s: %v Hz is %.5f of it", what, p.hertz, share)
		}
	}
}

// TestBothSidesAreRecorded: agents and who barges on the left, customers on the
// right, in any law; a whisper is on neither, nor what is said on hold; a pause is
// silence of its length.
func TestBothSidesAreRecorded(t *testing.T) {
	for i, laws := range [][2]audio.Law{{audio.ALaw, audio.ALaw}, {audio.MuLaw, audio.ALaw}} {
		r := newRig(t, 18520+uint16(i)*40)
		customer := r.phone(Customer, laws[0], 440)
		r.phone(Agent, laws[1], 700)
		supervisor := r.phone(Listen, laws[1], 1100)
		r.step(8)
		const part = 30
		tone := audio.Tone{Hertz: []float64{2000}, Level: level}.Samples(1e9)
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			r.step(part)
		}
		left, right, marks := r.recorded(func() {
			must(nil)
			must(r.b.Turn(supervisor.leg, Whisper))
			must(r.b.Turn(supervisor.leg, Barge))
			r.b.Pause(true)
			must(nil)
			r.b.Pause(false)
			must(r.b.Hold(customer.leg, tone))
			must(r.b.Resume(customer.leg))
		})
		if len(left) != 6*part*audio.FrameSamples || len(right) != len(left) {
			t.Fatalf("%d and %d samples", len(left), len(right))
		}
		if want := []record.Mark{{What: record.Paused, From: 3 * part * 20, To: 4 * part * 20}, {What: record.Held, From: 4 * part * 20, To: 5 * part * 20}}; !slices.Equal(marks, want) {
			t.Errorf("%+v", marks)
		}
		at := func(c []int16, n int) []int16 {
			return c[(n*part+8)*audio.FrameSamples : (n+1)*part*audio.FrameSamples]
		}
		for n, want := range []struct{ right, left []float64 }{
			{[]float64{440}, []float64{700}}, {[]float64{440}, []float64{700}}, {[]float64{440}, []float64{700, 1100}}, {}, {nil, []float64{700, 1100}}, {[]float64{440}, []float64{700, 1100}},
		} {
			r.has("left", at(left, n), want.left...)
			r.has("right", at(right, n), want.right...)
		}
		if sum, err := r.b.StopRecording(); err != nil || sum.Bytes != 0 {
			t.Error("nothing is recorded, and it has a sum")
		}
	}
}
