package record_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/record"
)

// coded is a tone in a law, in frames.
func coded(law audio.Law, hertz float64, d time.Duration) [][]byte {
	samples := audio.Tone{Hertz: []float64{hertz}, Level: 0.5}.Samples(d)
	b := make([]byte, len(samples))
	law.EncodeTo(b, samples)
	var frames [][]byte
	for len(b) >= audio.FrameSamples {
		frames = append(frames, b[:audio.FrameSamples])
		b = b[audio.FrameSamples:]
	}
	return frames
}

// TestBothSidesAreKeptApart: what was said is on its own channel, a pause is
// silence of its length, and the digest is that of the file.
func TestBothSidesAreKeptApart(t *testing.T) {
	for _, law := range []audio.Law{audio.ALaw, audio.MuLaw} {
		path := filepath.Join(t.TempDir(), "call.wav")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		r, err := record.New(f, law)
		if err != nil {
			t.Fatal(err)
		}
		ours, theirs := coded(law, 440, time.Second), coded(law, 1000, time.Second)
		for i := range ours {
			r.Pause(i >= 20 && i < 30)
			r.Frame(ours[i], theirs[i])
		}
		r.Frame(nil, theirs[0][:80])
		sum, err := r.Close()
		if err != nil {
			t.Fatal(err)
		}
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		digest := sha256.Sum256(whole)
		if sum.SHA256 != hex.EncodeToString(digest[:]) || sum.Bytes != int64(len(whole)) || sum.Length != 1020*time.Millisecond || sum.Paused != 200*time.Millisecond || sum.Cut {
			t.Errorf("%+v", sum)
		}
		w, err := audio.ReadWAV(bytes.NewReader(whole))
		if err != nil || len(w.Channels) != 2 {
			t.Fatal(err)
		}
		left, right := w.Channels[0], w.Channels[1]
		pause := func(c []int16) []int16 { return c[20*160 : 30*160] }
		if audio.Power(left[:3200], 440) < 0.95 || audio.Power(right[:3200], 1000) < 0.95 || audio.Power(left[:3200], 1000) > 0.01 || audio.Power(right[4800:8000], 1000) < 0.95 {
			t.Error("a side is not on its channel")
		}
		if audio.Loudness(pause(left)) > 8 || audio.Loudness(pause(right)) > 8 {
			t.Error("something of the pause was written")
		}
		if last := left[8000:]; len(left) != len(right) || len(last) != 160 || audio.Loudness(last) > 8 {
			t.Error("a silent side is not silent")
		}
	}
}

// full is a disk that has room for one flush.
type full struct{ bytes.Buffer }

func (full) Seek(int64, int) (int64, error) { return 0, nil }
func (f *full) Write(b []byte) (int, error) {
	if f.Len() > 0 {
		return 0, errors.New("the disk is full")
	}
	return f.Buffer.Write(b)
}

// TestFullDiskIsSaid: a recording that could not be written is an error of
// Close, and the frames of the call go on.
func TestFullDiskIsSaid(t *testing.T) {
	r, err := record.New(&full{}, audio.ALaw)
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		r.Frame(nil, nil)
	}
	if err := <-r.Lost(); err == nil {
		t.Error("nobody is told while the call goes on")
	}
	if sum, err := r.Close(); !sum.Lost || err == nil || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("a full disk is not said: %v", err)
	}
	if _, err := r.Close(); fault.KindOf(err) != fault.Conflict {
		t.Error(err)
	}
	if _, more := <-r.Lost(); more {
		t.Error("it is told twice")
	}
}

// filling is a file on a disk that fills up; what is there can be written over.
type filling struct {
	*os.File
	left int
}

func (f *filling) Write(b []byte) (int, error) {
	if len(b) == audio.HeaderLen {
		return f.File.Write(b)
	}
	if len(b) <= f.left {
		f.left -= len(b)
		return f.File.Write(b)
	}
	n, err := f.File.Write(b[:f.left])
	f.left = 0
	return n, errors.Join(err, errors.New("the disk is full"))
}

// TestWhatWasWrittenIsKept: a disk that fills up within a call is an error, and the
// recording as far as it goes has its length and its digest.
func TestWhatWasWrittenIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "call.wav")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := record.New(&filling{f, 20001}, audio.ALaw)
	if err != nil {
		t.Fatal(err)
	}
	for _, frame := range coded(audio.ALaw, 440, 3*time.Second) {
		r.Frame(frame, nil)
	}
	sum, err := r.Close()
	if err == nil || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("a full disk is not said: %v", err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(whole)
	if sum.SHA256 != hex.EncodeToString(digest[:]) || sum.Bytes != int64(len(whole)) || sum.Length != 1250*time.Millisecond {
		t.Errorf("%+v of %d bytes", sum, len(whole))
	}
	if w, err := audio.ReadWAV(bytes.NewReader(whole)); err != nil || len(w.Channels) != 2 || audio.Power(w.Channels[0], 440) < 0.95 {
		t.Errorf("%v", err)
	}
}

// stuck is a disk that answers when it is let.
type stuck struct {
	memory
	let chan struct{}
}

func (s *stuck) Write(b []byte) (int, error) {
	<-s.let
	return s.memory.Write(b)
}

// TestASlowDiskHoldsUpNoCall: frames are taken while the disk does not answer, and
// written when it does; one that is too far behind loses the recording and says so.
func TestASlowDiskHoldsUpNoCall(t *testing.T) {
	for _, c := range []struct {
		seconds int
		says    string
	}{{15, "nothing is kept"}, {40, "seconds behind"}} { // the first gets as far as the digest
		disk := &stuck{let: make(chan struct{}, 1)}
		disk.let <- struct{}{} // the head
		r, err := record.New(disk, audio.ALaw)
		if err != nil {
			t.Fatal(err)
		}
		for range c.seconds * 50 {
			r.Frame(nil, nil)
		}
		close(disk.let)
		if _, err := r.Close(); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%d seconds behind: %v", c.seconds, err)
		}
		if most := int64((c.seconds*50)*2*audio.FrameSamples + 2*audio.HeaderLen); c.seconds == 15 && disk.n != most {
			t.Errorf("%d bytes were written of %d", disk.n, most)
		}
	}
}

// memory is a file in memory that forgets what is beyond its head.
type memory struct {
	n     int64
	wrote chan struct{} // told of each write, unless nobody wants to know
}

func (m *memory) Read([]byte) (int, error) { return 0, errors.New("nothing is kept") }
func (m *memory) Write(b []byte) (int, error) {
	m.n += int64(len(b))
	select {
	case m.wrote <- struct{}{}:
	default:
	}
	return len(b), nil
}
func (m *memory) Seek(int64, int) (int64, error) { return 0, nil }

// TestLengthHasABound: a call that never ends does not fill the disk.
func TestLengthHasABound(t *testing.T) {
	m := memory{wrote: make(chan struct{}, 1)}
	r, err := record.New(&m, audio.ALaw)
	if err != nil {
		t.Fatal(err)
	}
	<-m.wrote
	bound := int64(record.MaxLength / (20 * time.Millisecond))
	for n := range bound + 100 {
		r.Frame(nil, nil)
		if n%50 == 49 && n < bound { // a call is no faster than its disk
			<-m.wrote
		}
	}
	if _, err := r.Close(); err == nil {
		t.Error("a file that cannot be read has a digest")
	}
	if most := (bound*2*audio.FrameSamples + 2*audio.HeaderLen); m.n > most {
		t.Errorf("%d bytes were written, at most %d should be", m.n, most)
	}
}
