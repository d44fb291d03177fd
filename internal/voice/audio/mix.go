package audio

import "math"

// Convert turns bytes of this law into bytes of another, in place.
func (l Law) Convert(b []byte, to Law) {
	if l == to {
		return
	}
	table := &converted[l&1]
	for i, c := range b {
		b[i] = table[c]
	}
}

// converted holds the byte of the other law for every byte of a law; it is never
// written after the program has started.
var converted = [2][256]byte{ALaw: between(ALaw, MuLaw), MuLaw: between(MuLaw, ALaw)}

func between(from, to Law) (t [256]byte) {
	for i := range t {
		t[i] = to.Encode(from.Decode(byte(i)))
	}
	return t
}

// Fade lets bytes of this law come up from silence, or go down to it.
func (l Law) Fade(b []byte, up bool) {
	n := int32(len(b))
	for i := range b {
		share := int32(i)
		if !up {
			share = n - 1 - share
		}
		b[i] = l.Encode(int16(int32(l.Decode(b[i])) * share / n))
	}
}

// Gain is how loud a sound is in a sum, over one frame.
type Gain uint8

const (
	Steady  Gain = iota // as it is
	Rising              // from silence
	Falling             // to silence
)

// AddTo adds a sound to a sum, sample by sample. A sum of 32 bits holds 65,536
// sounds.
func AddTo(sum []int32, sound []int16, gain Gain) {
	n := int32(min(len(sum), len(sound)))
	sum, sound = sum[:n], sound[:n]
	switch gain {
	case Rising:
		for i, s := range sound {
			sum[i] += int32(s) * int32(i) / n
		}
	case Falling:
		for i, s := range sound {
			sum[i] += int32(s) * (n - 1 - int32(i)) / n
		}
	default:
		for i, s := range sound {
			sum[i] += int32(s)
		}
	}
}

// EncodeSum encodes a sum; what is louder than a sample can be is cut at the
// loudest, and does not turn over.
func (l Law) EncodeSum(dst []byte, sum []int32) {
	for i := range min(len(dst), len(sum)) {
		dst[i] = l.Encode(int16(max(math.MinInt16, min(math.MaxInt16, sum[i]))))
	}
}
