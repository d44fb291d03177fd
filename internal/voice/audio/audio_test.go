package audio_test

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice/audio"
)

// TestLawsAreTheirOwnInverse: every byte decodes to a sample that encodes to it
// again (µ-law has two zeros), and no sample is farther from its code than half
// the widest step of its segment.
func TestLawsAreTheirOwnInverse(t *testing.T) {
	for _, law := range []audio.Law{audio.ALaw, audio.MuLaw} {
		for b := range 256 {
			s := law.Decode(byte(b))
			if back := law.Encode(s); back != byte(b) && !(law == audio.MuLaw && s == 0) {
				t.Errorf("%s: byte %#x is sample %d, which is byte %#x", law, b, s, back)
			}
		}
		for s := math.MinInt16; s <= math.MaxInt16; s++ {
			got := int(law.Decode(law.Encode(int16(s))))
			if off := max(got-s, s-got); off > max(20, max(s, -s)/16) && max(s, -s) < 32124 {
				t.Fatalf("%s: %d comes back as %d", law, s, got)
			}
		}
	}
}

// TestLawsMatchTheStandard holds codes to rows of the tables of G.711: decision
// values of tables 1a and 2a, scaled to 16 bits.
func TestLawsMatchTheStandard(t *testing.T) {
	for _, c := range []struct {
		law  audio.Law
		code byte
		is   int16
	}{{audio.ALaw, 0xD5, 8}, {audio.ALaw, 0x55, -8}, {audio.ALaw, 0xAA, 32256}, {audio.ALaw, 0x2A, -32256}, {audio.ALaw, 0xD4, 24},
		{audio.MuLaw, 0xFF, 0}, {audio.MuLaw, 0x7F, 0}, {audio.MuLaw, 0x80, 32124}, {audio.MuLaw, 0x00, -32124}, {audio.MuLaw, 0xFE, 8}} {
		if got := c.law.Decode(c.code); got != c.is {
			t.Errorf("%s %#x is %d, want %d", c.law, c.code, got, c.is)
		}
	}
}

// TestTonesAreHeard: through either law a tone keeps its power at its own
// frequency and has none at others; silence has none anywhere.
func TestTonesAreHeard(t *testing.T) {
	for _, law := range []audio.Law{audio.ALaw, audio.MuLaw} {
		tone := audio.Tone{Hertz: []float64{440}, Level: 0.5}.Samples(200 * time.Millisecond)
		coded := make([]byte, len(tone))
		law.EncodeTo(coded, tone)
		heard := make([]int16, len(tone))
		law.DecodeTo(heard, coded)
		if p := audio.Power(heard, 440); p < 0.99 {
			t.Errorf("%s: 440 Hz has %.3f of the power", law, p)
		}
		if p := audio.Power(heard, 1000); p > 0.01 {
			t.Errorf("%s: 1000 Hz has %.3f of a tone of 440", law, p)
		}
		law.Fill(coded)
		law.DecodeTo(heard, coded)
		if l := audio.Loudness(heard); l > 8 {
			t.Errorf("%s: silence is %.1f loud", law, l)
		}
	}
	busy := audio.Tone{Hertz: []float64{450}, Level: 0.3, On: 350 * time.Millisecond, Off: 350 * time.Millisecond}.Samples(700 * time.Millisecond) // ITU-T E.180: busy in China
	if on, off := audio.Loudness(busy[:2000]), audio.Loudness(busy[2800:]); on < 3000 || off != 0 {
		t.Errorf("the busy tone is %.0f loud in its first part and %.0f in its second", on, off)
	}
}

// TestWAVReadsBack: what is written in a law reads as the samples of the law.
func TestWAVReadsBack(t *testing.T) {
	for _, law := range []audio.Law{audio.ALaw, audio.MuLaw} {
		data := []byte{0xD5, 0x11, 0x22, 0x33}
		w, err := audio.ReadWAV(bytes.NewReader(append(audio.Header(law, 2, 4), data...)))
		if err != nil {
			t.Fatal(err)
		}
		for i, b := range data {
			if got := w.Channels[i%2][i/2]; got != law.Decode(b) {
				t.Errorf("%s: byte %d reads as %d", law, i, got)
			}
		}
		if m := w.Mono(); len(m) != 2 || m[0] != int16((int(law.Decode(0xD5))+int(law.Decode(0x11)))/2) {
			t.Errorf("mixed to %v", m)
		}
	}
}

// TestWAVThatDoesNotFit says what is wrong and what to do.
func TestWAVThatDoesNotFit(t *testing.T) {
	good := audio.Header(audio.ALaw, 1, 1)
	for _, c := range []struct {
		name string
		at   int
		b    byte
		says string
	}{{"rate", 24, 0x41, "samples a second"}, {"channels", 22, 3, "3 channels"}, {"format", 20, 99, "99 with"}, {"riff", 0, 'X', "no WAV file"}, {"order", 12, 'X', "before its format"}, {"data", 50, 'X', "no data chunk"}} {
		bad := append(bytes.Clone(good), 0)
		bad[c.at] = c.b
		if _, err := audio.ReadWAV(bytes.NewReader(bad)); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// FuzzReadWAV: whatever is read has channels of equal length and no more
// samples than bytes.
func FuzzReadWAV(f *testing.F) {
	f.Add(append(audio.Header(audio.ALaw, 2, 4), 1, 2, 3, 4))
	f.Add(audio.Header(audio.MuLaw, 1, 1<<40))
	f.Fuzz(func(t *testing.T, b []byte) {
		w, err := audio.ReadWAV(bytes.NewReader(b))
		if err != nil {
			return
		}
		for _, c := range w.Channels {
			if len(c) != len(w.Channels[0]) || len(c) > len(b) {
				t.Errorf("%d bytes read as %d samples", len(b), len(c))
			}
		}
		if len(w.Mono()) != len(w.Channels[0]) {
			t.Error("mixing changes the length")
		}
	})
}
