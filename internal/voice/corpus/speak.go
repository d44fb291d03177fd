package corpus

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os/exec"
	"strconv"
	"sync"
	"time"

	"waihu/internal/voice/audio"
)

// Voice is how something is said.
type Voice struct {
	Name  string // as espeak-ng knows it, with its variant: cmn+f3
	Speed int    // words a minute
	Pitch int    // 0 to 99
}

// speaking is how long espeak-ng may take for one sentence.
const speaking = 20 * time.Second

// saying is one sentence as one voice says it, said once.
type saying struct {
	once    sync.Once
	samples []int16
	err     error
}

// sayings are what was said so far. A part has few thousand: a voice has ten
// manners, and there are some dozen sentences.
var sayings sync.Map

// Say is a sentence at 8,000 samples a second, without the rest around it, as
// loud as the range allows. Without espeak-ng it is an error that says what to do.
func Say(v Voice, text string) ([]int16, error) {
	type key struct {
		Voice
		text string
	}
	found, _ := sayings.LoadOrStore(key{v, text}, &saying{})
	s := found.(*saying)
	s.once.Do(func() { s.samples, s.err = say(v, text) })
	return s.samples, s.err
}

func say(v Voice, text string) ([]int16, error) {
	ctx, stop := context.WithTimeout(context.Background(), speaking)
	defer stop()
	wav, err := exec.CommandContext(ctx, "espeak-ng", "-v", v.Name, "-s", strconv.Itoa(v.Speed), "-p", strconv.Itoa(v.Pitch), "--stdout", text).Output()
	if err != nil {
		return nil, fmt.Errorf("espeak-ng: %w; install it with: make deps", err)
	}
	const head = 44
	if len(wav) < head+1000 {
		return nil, fmt.Errorf("espeak-ng said nothing of %q with voice %s", text, v.Name)
	}
	rate := float64(binary.LittleEndian.Uint32(wav[24:]))
	in := make([]float64, (len(wav)-head)/2)
	for i := range in {
		in[i] = float64(int16(binary.LittleEndian.Uint16(wav[head+2*i:])))
	}
	return trim(resample(in, rate)), nil
}

// resample brings sound to 8,000 samples a second through a windowed sinc that
// lets nothing above 3.6 kHz through.
func resample(in []float64, rate float64) []float64 {
	const reach, phases = 24, 64 // samples of the input on each side; places between two of them
	cut := 2 * 3600 / rate
	var taps [phases][2 * reach]float64
	for p := range taps {
		for k := range taps[p] {
			x := float64(p)/phases - float64(k-reach+1)
			taps[p][k] = cut * (0.5 + 0.5*math.Cos(math.Pi*x/reach))
			if x != 0 {
				taps[p][k] *= math.Sin(math.Pi*cut*x) / (math.Pi * cut * x)
			}
		}
	}
	out := make([]float64, int(float64(len(in))*audio.Rate/rate))
	for i := range out {
		at := float64(i) * rate / audio.Rate
		first := int(at) - reach + 1
		for k, w := range taps[int((at-math.Floor(at))*phases)] {
			if j := first + k; j >= 0 && j < len(in) {
				out[i] += w * in[j]
			}
		}
	}
	return out
}

// trim cuts rest at both ends and makes the loudest sample fill the range.
func trim(in []float64) []int16 {
	var top float64
	for _, v := range in {
		top = max(top, math.Abs(v))
	}
	from, to := 0, len(in)
	for from < to && math.Abs(in[from]) < top/100 {
		from++
	}
	for to > from && math.Abs(in[to-1]) < top/100 {
		to--
	}
	out := make([]int16, to-from)
	for i := range out {
		out[i] = int16(in[from+i] / top * 32000)
	}
	return out
}
