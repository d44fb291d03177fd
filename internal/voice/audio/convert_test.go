package audio

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"waihu/internal/fault"
)

// written is a WAV of a tone, the same on every channel.
func written(code, bits, rate, channels int, hertz float64, length time.Duration) []byte {
	frames := int(length * time.Duration(rate) / time.Second)
	var data []byte
	for i := range frames {
		v := 0.5 * math.Sin(2*math.Pi*hertz*float64(i)/float64(rate))
		for range channels {
			switch {
			case code == formatALaw:
				data = append(data, ALaw.Encode(int16(v*32767)))
			case code == formatFloat && bits == 64:
				data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
			case code == formatFloat:
				data = binary.LittleEndian.AppendUint32(data, math.Float32bits(float32(v)))
			case bits == 8:
				data = append(data, byte(128+v*127))
			case bits == 16:
				data = binary.LittleEndian.AppendUint16(data, uint16(int16(v*32767)))
			case bits == 24:
				n := uint32(int32(v * (1<<23 - 1)))
				data = append(data, byte(n), byte(n>>8), byte(n>>16))
			default:
				data = binary.LittleEndian.AppendUint32(data, uint32(int32(v*(1<<31-1))))
			}
		}
	}
	h := append([]byte("RIFF\x00\x00\x00\x00WAVELIST\x03\x00\x00\x00abc\x00fmt "), 16, 0, 0, 0) // a chunk of odd length before
	h = binary.LittleEndian.AppendUint16(h, uint16(code))
	h = binary.LittleEndian.AppendUint16(h, uint16(channels))
	h = binary.LittleEndian.AppendUint32(h, uint32(rate))
	h = binary.LittleEndian.AppendUint32(h, uint32(rate*channels*bits/8))
	h = binary.LittleEndian.AppendUint16(h, uint16(channels*bits/8))
	h = binary.LittleEndian.AppendUint16(h, uint16(bits))
	h = append(h, "data"...)
	return append(binary.LittleEndian.AppendUint32(h, uint32(len(data))), data...)
}

// TestAnyUsualWAVBecomesWhatTheLinesNeed: the tone is there at its level and its pitch,
// and nothing of what a line cannot carry folds back into it.
func TestAnyUsualWAVBecomesWhatTheLinesNeed(t *testing.T) {
	for _, f := range [][4]int{{1, 8, 8000, 1}, {1, 16, 8000, 2}, {1, 16, 44100, 2}, {1, 24, 48000, 2}, {1, 32, 96000, 1}, {3, 32, 48000, 1}, {3, 64, 22050, 2}, {6, 8, 8000, 1}, {1, 16, 11025, 1}} {
		out, form, err := Convert(written(f[0], f[1], f[2], f[3], 1000, 250*time.Millisecond), time.Second)
		if err != nil || form.Rate != f[2] || form.Bits != f[1] || form.Channels != f[3] {
			t.Fatalf("%v: %v, %+v", f, err, form)
		}
		if n := len(out); n < 1990 || n > 2000 {
			t.Errorf("%v: %d samples; a quarter of a second has 2,000", f, n)
		}
		middle := out[400:1600]
		if level := Loudness(middle); level < 11_400 || level > 11_700 { // of half the full scale, as its root mean square
			t.Errorf("%v: the level is %.0f", f, level)
		}
		if tone := Power(middle, 1000); tone < 0.98 {
			t.Errorf("%v: %.3f of the sound is the tone", f, tone)
		}
	}
	high := written(1, 16, 48000, 1, 5000, 250*time.Millisecond)                               // would be 3,000 if it folded
	if out, _, err := Convert(high, time.Second); err == nil && Loudness(out[400:1600]) > 12 { // 60 dB below
		t.Errorf("a tone above what lines carry is left at %.1f", Loudness(out[400:1600]))
	}
}

func TestWhatIsNoSoundIsRefusedWithWhatWasExpected(t *testing.T) {
	silent := written(1, 16, 8000, 1, 0, 100*time.Millisecond)
	for name, c := range map[string]struct {
		file []byte
		says string
	}{
		"mp3": {[]byte("ID3\x03 and so on, for a while"), "MP3"}, "m4a": {[]byte("\x00\x00\x00\x20ftypM4A "), "M4A"}, "text": {[]byte("hello"), "no sound file"}, "nothing": {nil, "no sound file"},
		"adpcm": {written(1, 4, 8000, 1, 1000, 0), "a way that is not read"}, "five channels": {written(1, 16, 8000, 5, 1000, time.Second/10), "5 channels"}, "too slow": {written(1, 16, 4000, 1, 900, time.Second/10), "4000 Hz"},
		"long": {written(1, 16, 8000, 1, 1000, 2*time.Second), "at most 1 seconds"}, "empty": {written(1, 16, 8000, 1, 1000, 0), "some sound"}, "silent": {silent, "nothing is to be heard"}, "cut": {silent[:50], "no sound in it"}, "half": {written(1, 16, 8000, 1, 1000, time.Second)[:9000], "ends before the sound"},
	} {
		_, _, err := Convert(c.file, time.Second)
		var p fault.Problem
		if !errors.As(err, &p) || !strings.Contains(err.Error(), c.says) || p.Expected == "" {
			t.Errorf("%s: %v; it was to say %q, and what was expected", name, err, c.says)
		}
	}
}

func FuzzConvert(f *testing.F) {
	f.Add(written(1, 24, 11025, 2, 800, 20*time.Millisecond))
	f.Add(written(3, 64, 8000, 1, 800, 20*time.Millisecond))
	f.Fuzz(func(t *testing.T, file []byte) {
		out, form, err := Convert(file, time.Second)
		if err == nil && (len(out) > Rate || form.Channels < 1 || form.Channels > 2) {
			t.Errorf("%d samples, %+v", len(out), form)
		}
	})
}
