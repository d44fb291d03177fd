package audio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"waihu/internal/fault"
)

// Bounds of files that are converted.
const (
	MaxRate     = 96_000 // samples a second
	maxChannels = 2
	audible     = 100 // of 32,767: a file nothing of which is louder is silent
)

// Format codes of files people hand in, beside those of ReadWAV.
const (
	formatFloat = 3
	formatMore  = 0xFFFE // WAVE_FORMAT_EXTENSIBLE: the code stands further on
)

// Form is how the samples of a file were written.
type Form struct {
	Rate     int  `json:"rate"`
	Bits     int  `json:"bits"`
	Channels int  `json:"channels"`
	Float    bool `json:"float,omitempty"`
	Law      bool `json:"law,omitempty"` // A-law or µ-law

	code int
}

// others are kinds of files that people take for a WAV, by what they begin with.
var others = []struct{ head, name string }{
	{"ID3", "MP3"}, {"\xff\xfb", "MP3"}, {"\xff\xf3", "MP3"}, {"\xff\xf2", "MP3"}, {"OggS", "Ogg"}, {"fLaC", "FLAC"}, {"FORM", "AIFF"}, {"#!AMR", "AMR"}, {"\x1aE\xdf\xa3", "WebM"},
}

// Convert reads a WAV of any usual kind (PCM of 8, 16, 24 or 32 bits, floats, A-law or
// µ-law; 8,000 to MaxRate samples a second; mono or stereo) and gives it as the lines
// have it: one channel of Rate samples a second. Anything else, a file that is longer
// than most, and one in which nothing is to be heard are a fault.Problem that says what
// was expected.
func Convert(file []byte, most time.Duration) ([]int16, Form, error) {
	form, body, err := chunks(file)
	if err != nil {
		return nil, form, err
	}
	step := form.Channels * form.Bits / 8
	frames := len(body) / step
	if length := time.Duration(frames) * time.Second / time.Duration(form.Rate); frames == 0 || length > most {
		return nil, form, fault.Problem{Value: fmt.Sprintf("%d s", int(length.Seconds())), What: "the sound is empty or too long", Expected: fmt.Sprintf("some sound, of at most %d seconds", int(most.Seconds()))}
	}
	mono := make([]float32, frames)
	for i := range mono {
		for c := range form.Channels {
			mono[i] += form.sample(body[i*step+c*form.Bits/8:])
		}
		mono[i] /= float32(form.Channels)
	}
	out := resample(mono, form.Rate)
	loudest := 0
	for _, s := range out {
		loudest = max(loudest, int(s), -int(s))
	}
	if loudest < audible {
		return nil, form, fault.Problem{What: "nothing is to be heard in the file", Expected: "a recording that is not silent"}
	}
	return out, form, nil
}

// openLength is what stands, or more, for a length that is not known: of who writes while
// they record.
const openLength = 1<<31 - 1

// chunks finds the format and the samples of a file.
func chunks(file []byte) (form Form, body []byte, err error) {
	if len(file) < 12 || string(file[:4]) != "RIFF" || string(file[8:12]) != "WAVE" {
		return form, nil, noWAV(file)
	}
	for rest := file[12:]; len(rest) >= 8; { // ends: each chunk takes its head away
		name, size := string(rest[:4]), int64(binary.LittleEndian.Uint32(rest[4:]))
		rest = rest[8:]
		here := rest[:min(size, int64(len(rest)))]
		switch {
		case name == "fmt ":
			if form, err = readForm(here); err != nil {
				return form, nil, err
			}
		case name == "data" && form.Rate > 0:
			if size > int64(len(rest)) && size < openLength {
				return form, nil, fault.Problem{What: "the file ends before the sound its head tells of", Expected: "the whole file: hand it in again"}
			}
			return form, here, nil
		}
		rest = rest[min(size+size&1, int64(len(rest))):]
	}
	return form, nil, fault.Problem{What: "the WAV has no sound in it", Expected: "a format, then data"}
}

// noWAV says what a file is, where it can be seen.
func noWAV(file []byte) error {
	const expected = "a WAV file: most programs that record or edit sound can save one"
	for _, o := range others {
		if bytes.HasPrefix(file, []byte(o.head)) {
			return fault.Problem{Value: o.name, What: "this is another kind of sound file", Expected: expected}
		}
	}
	if len(file) >= 8 && string(file[4:8]) == "ftyp" {
		return fault.Problem{Value: "M4A", What: "this is another kind of sound file", Expected: expected}
	}
	return fault.Problem{What: "this is no sound file", Expected: expected}
}

func readForm(b []byte) (f Form, err error) {
	const expected = "PCM of 8, 16, 24 or 32 bits, floats, A-law or µ-law; 8,000 to 96,000 samples a second; mono or stereo"
	if len(b) < 16 {
		return f, fault.Problem{What: "the WAV's format is cut off", Expected: expected}
	}
	f = Form{code: int(binary.LittleEndian.Uint16(b)), Channels: int(binary.LittleEndian.Uint16(b[2:])), Rate: int(binary.LittleEndian.Uint32(b[4:])), Bits: int(binary.LittleEndian.Uint16(b[14:]))}
	if f.code == formatMore && len(b) >= 26 {
		f.code = int(binary.LittleEndian.Uint16(b[24:]))
	}
	f.Float, f.Law = f.code == formatFloat, f.code == formatALaw || f.code == formatMu
	known := f.code == formatPCM && (f.Bits == 8 || f.Bits == 16 || f.Bits == 24 || f.Bits == 32) || f.Float && (f.Bits == 32 || f.Bits == 64) || f.Law && f.Bits == 8
	if !known || f.Channels < 1 || f.Channels > maxChannels || f.Rate < Rate || f.Rate > MaxRate {
		return f, fault.Problem{Value: fmt.Sprintf("%d, %d bits, %d Hz, %d channels", f.code, f.Bits, f.Rate, f.Channels), What: "the WAV is written in a way that is not read", Expected: expected}
	}
	return f, nil
}

// sample is the one that b begins with, -1 to 1.
func (f *Form) sample(b []byte) float32 {
	switch {
	case f.code == formatALaw:
		return float32(ALaw.Decode(b[0])) / 32768
	case f.code == formatMu:
		return float32(MuLaw.Decode(b[0])) / 32768
	case f.Float && f.Bits == 64:
		return finite(math.Float64frombits(binary.LittleEndian.Uint64(b)))
	case f.Float:
		return finite(float64(math.Float32frombits(binary.LittleEndian.Uint32(b))))
	case f.Bits == 8:
		return (float32(b[0]) - 128) / 128
	case f.Bits == 16:
		return float32(int16(binary.LittleEndian.Uint16(b))) / 32768
	case f.Bits == 24:
		return float32(int32(uint32(b[0])<<8|uint32(b[1])<<16|uint32(b[2])<<24)) / (1 << 31)
	}
	return float32(int32(binary.LittleEndian.Uint32(b))) / (1 << 31)
}

// finite takes what is no number for silence, and cuts what is beyond full scale.
func finite(v float64) float32 {
	if math.IsNaN(v) {
		return 0
	}
	return float32(max(-1, min(1, v)))
}

// crossings is how many zero crossings of the filter stand on each side: enough that
// what lies above 4 kHz is 60 dB down and does not fold back into the voice.
const crossings = 16

// resample makes Rate samples a second of a sound of rate: each is a sum of those around
// its instant, weighted by a windowed sinc. Instants fall on few places between samples
// (one for 48,000, eighty for 44,100), whose weights are made once.
func resample(in []float32, rate int) []int16 {
	shared := gcd(rate, Rate)
	phases, step := Rate/shared, rate/shared // an output is step/phases inputs behind the one before
	wide := float64(rate) / Rate
	half := int(math.Ceil(crossings * wide))
	weights := make([][]float32, phases)
	out := make([]int16, len(in)*phases/step)
	for n := range out {
		at := int64(n) * int64(step)
		middle, phase := int(at/int64(phases)), int(at%int64(phases))
		if weights[phase] == nil {
			weights[phase] = weightsAt(float64(phase)/float64(phases), half, wide)
		}
		first := middle - half
		var sum float32
		for k, w := range weights[phase] {
			if i := first + k; i >= 0 && i < len(in) {
				sum += w * in[i]
			}
		}
		out[n] = int16(math.Round(float64(max(-1, min(1, sum))) * 32767))
	}
	return out
}

// weightsAt are the weights of the samples around an instant that lies offset behind one.
func weightsAt(offset float64, half int, wide float64) []float32 {
	const pass = 0.95 // of half the rate: the rest is where the filter falls
	out := make([]float32, 2*half+1)
	sum := 0.0
	all := make([]float64, len(out))
	for k := range all {
		x := (float64(k-half) - offset) / wide
		if math.Abs(x) >= crossings {
			continue
		}
		window := 0.42 + 0.5*math.Cos(math.Pi*x/crossings) + 0.08*math.Cos(2*math.Pi*x/crossings)
		sinc := pass
		if x != 0 {
			sinc = math.Sin(math.Pi*pass*x) / (math.Pi * x)
		}
		all[k] = sinc * window
		sum += all[k]
	}
	for k := range all {
		out[k] = float32(all[k] / sum) // so that a steady level stays as it is
	}
	return out
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
