package record_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/record"
)

// TestPeaksAreOfTheirSide: a tone on the left shows on the left alone, silence is
// nought, and the last tenth need not be whole. The pause that was made is marked.
func TestPeaksAreOfTheirSide(t *testing.T) {
	for _, law := range []audio.Law{audio.ALaw, audio.MuLaw} {
		f, err := os.Create(filepath.Join(t.TempDir(), "call.wav"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		r, err := record.New(f, law)
		if err != nil {
			t.Fatal(err)
		}
		for i, frame := range coded(law, 440, time.Second) { // 50 frames: left, then right, then a pause
			r.Pause(i >= 40)
			r.Hold(i >= 45)
			switch {
			case i < 20:
				r.Frame(frame, nil)
			default:
				r.Frame(nil, frame)
			}
		}
		r.Pause(false)
		r.Pause(true) // no frame long: no mark
		r.Pause(false)
		r.Frame(nil, nil)
		r.Hold(false)
		sum, err := r.Close()
		if err != nil {
			t.Fatal(err)
		}
		if want := []record.Mark{{What: record.Paused, From: 800, To: 1000}, {What: record.Held, From: 900, To: 1020}}; len(sum.Marks) != 2 || sum.Marks[0] != want[0] || sum.Marks[1] != want[1] {
			t.Errorf("%+v", sum.Marks)
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		peaks, err := record.Peaks(f)
		if err != nil || len(peaks) != 22 || record.PeaksOf(sum.Bytes) != 22 {
			t.Fatalf("%v, %d", err, len(peaks))
		}
		for i := range 11 {
			left, right := peaks[2*i], peaks[2*i+1]
			if (left > 100) != (i < 4) || (right > 100) != (i >= 4 && i < 8) || left < 100 && left > 0 || right < 100 && right > 0 {
				t.Errorf("%v, tenth %d: %d and %d", law, i, left, right)
			}
		}
	}
	for _, not := range []string{"", "RIFF", string(make([]byte, 1000))} {
		if _, err := record.Peaks(bytes.NewReader([]byte(not))); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%d bytes that are no recording: %v", len(not), err)
		}
	}
}

// TestPartsThatAreAskedFor are read as the standard has them; what cannot be read is the
// whole.
func TestPartsThatAreAskedFor(t *testing.T) {
	for header, want := range map[string][2]int64{"": {0, 100}, "bytes=0-": {0, 100}, "bytes=10-19": {10, 20}, "bytes=90-200": {90, 100}, "bytes=-5": {95, 100}, "bytes=-500": {0, 100},
		"bytes=100-": {0, 100}, "bytes=5-4": {0, 100}, "bytes=0-1,5-6": {0, 100}, "lines=1-2": {0, 100}, "bytes=x-": {0, 100}, "bytes=-": {0, 100}, "bytes=-0": {0, 100}} {
		from, to, ok := record.Range(header, 100)
		if from != want[0] || to != want[1] || ok != (header == "bytes=0-" || want != [2]int64{0, 100} || header == "bytes=-500") {
			t.Errorf("%q: %d to %d, %v", header, from, to, ok)
		}
	}
	if record.At(0) != 0 || record.At(58) != 0 || record.At(58+16000) != 1000 {
		t.Error("a byte is not at its time")
	}
}

// TestSoundThatIsThereAlready is written as a recorder would have, pauses silent.
func TestSoundThatIsThereAlready(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "call.wav"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	left, right := bytes.Join(coded(audio.MuLaw, 440, time.Second), nil), bytes.Join(coded(audio.MuLaw, 1000, time.Second), nil)
	sum, err := record.Write(f, audio.MuLaw, left, right, record.Mark{What: record.Paused, From: 500, To: 600}, record.Mark{What: record.Held, From: 700, To: 800})
	if err != nil || sum.Length != time.Second || sum.Paused != 100*time.Millisecond || len(sum.Marks) != 2 || sum.Bytes != 16058 {
		t.Fatalf("%+v, %v", sum, err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	w, err := audio.ReadWAV(f)
	if err != nil || audio.Power(w.Channels[0][:4000], 440) < 0.95 || audio.Power(w.Channels[1][4800:], 1000) < 0.95 || audio.Loudness(w.Channels[0][4000:4800]) > 8 {
		t.Error("a side is not on its channel, or a pause is heard", err)
	}
	for name, bad := range map[string]func() (record.Sum, error){
		"unequal": func() (record.Sum, error) { return record.Write(f, audio.ALaw, left, right[1:]) },
		"a mark": func() (record.Sum, error) {
			return record.Write(f, audio.ALaw, left, right, record.Mark{What: record.Held, From: 900, To: 1100})
		},
		"reversed": func() (record.Sum, error) {
			return record.Write(f, audio.ALaw, left, right, record.Mark{What: record.Held, From: 9, To: 9})
		},
	} {
		if _, err := bad(); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
