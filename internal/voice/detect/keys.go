package detect

import "math"

// Keys pressed as sound (ITU-T Q.23): one tone of a row and one of a column. They
// are heard for two frames at least, and both tones have nearly all the power
// and are of like strength (Q.24), so that speech is none.
var (
	keyRows    = [4]float64{697, 770, 852, 941}
	keyColumns = [4]float64{1209, 1336, 1477, 1633}
)

const keyNames = "123A456B789C*0#D"

const (
	keyOff   = 0.02 // share of a frequency it may be off
	keyShare = 0.78
	keyTwist = 9.0 // dB between the two tones
)

// keyOf is the key of one look; 0: none.
func keyOf(l *look) byte {
	a, b := l.peaks[0], l.peaks[1]
	if l.db < toneFloor || a.share+b.share < keyShare || b.share == 0 || 10*math.Log10(a.share/b.share) > keyTwist {
		return 0
	}
	if a.hz > b.hz {
		a, b = b, a
	}
	row, column := nearest(keyRows, a.hz), nearest(keyColumns, b.hz)
	if row < 0 || column < 0 {
		return 0
	}
	return keyNames[4*row+column]
}

func nearest(of [4]float64, hz float64) int {
	for i, f := range of {
		if math.Abs(hz-f) <= keyOff*f {
			return i
		}
	}
	return -1
}

// keys hears keys out of looks.
type keys struct {
	last   byte
	frames int
	quiet  int
	told   bool
}

// add takes the next look and tells of a key that is pressed, once.
func (k *keys) add(l *look) byte {
	key := keyOf(l)
	switch {
	case key == 0:
		if k.quiet++; k.quiet > 1 { // one frame may be lost
			*k = keys{}
		}
		return 0
	case key != k.last:
		*k = keys{last: key}
	}
	k.quiet = 0
	if k.frames++; k.frames >= 2 && !k.told {
		k.told = true
		return key
	}
	return 0
}
