package audio

// Law is one of the two ways G.711 writes a sample in a byte.
type Law uint8

const (
	ALaw  Law = iota // PCMA: China, Taiwan's mobile networks, Europe
	MuLaw            // PCMU: North America, Japan, Taiwan's fixed network
)

// String is the name SDP gives it.
func (l Law) String() string {
	if l == MuLaw {
		return "PCMU"
	}
	return "PCMA"
}

// Silence is the byte that decodes nearest to zero.
func (l Law) Silence() byte {
	if l == MuLaw {
		return 0xFF
	}
	return 0xD5
}

// Decode is the sample of a byte, on the scale of 16 bits.
func (l Law) Decode(b byte) int16 { return decoded[l&1][b] }

// Encode is the byte nearest to a sample of 16 bits.
func (l Law) Encode(s int16) byte {
	if l == MuLaw {
		return encodeMu(s)
	}
	return encodeA(s)
}

// Fill makes dst silent.
func (l Law) Fill(dst []byte) {
	for i := range dst {
		dst[i] = l.Silence()
	}
}

// DecodeTo decodes src into dst, as many samples as the shorter holds.
func (l Law) DecodeTo(dst []int16, src []byte) int {
	n := min(len(dst), len(src))
	table := &decoded[l&1]
	for i := range n {
		dst[i] = table[src[i]]
	}
	return n
}

// EncodeTo encodes src into dst, as many samples as the shorter holds.
func (l Law) EncodeTo(dst []byte, src []int16) int {
	n := min(len(dst), len(src))
	for i := range n {
		dst[i] = l.Encode(src[i])
	}
	return n
}

// decoded holds the sample of every byte of both laws; it is never written
// after the program has started.
var decoded = [2][256]int16{ALaw: table(decodeA), MuLaw: table(decodeMu)}

func table(of func(byte) int16) (t [256]int16) {
	for i := range t {
		t[i] = of(byte(i))
	}
	return t
}

// decodeA follows table 1a of G.711: every second bit is inverted (0x55), the
// top bit is the sign (set for positive), three bits name the segment and four
// the step within it; 13 bits are scaled to 16.
func decodeA(b byte) int16 {
	b ^= 0x55
	segment, step := b>>4&7, int16(b&15)
	v := step<<4 + 8
	if segment > 0 {
		v = (v + 0x100) << (segment - 1)
	}
	if b&0x80 == 0 {
		return -v
	}
	return v
}

// encodeA finds segment and step of a sample.
func encodeA(s int16) byte {
	v, sign := int32(s), byte(0x80)
	if v < 0 {
		v, sign = -v-1, 0
	}
	segment := byte(0)
	for top := int32(0xFF); v > top && segment < 7; top = top<<1 | 1 {
		segment++
	}
	shift := max(segment, 1) + 3
	return (sign | segment<<4 | byte(v>>shift)&15) ^ 0x55
}

// muBias is what µ-law adds so that segments begin at powers of two.
const muBias, muClip = 0x84, 32635

// decodeMu follows table 2a of G.711: all bits are inverted.
func decodeMu(b byte) int16 {
	b = ^b
	v := (int16(b&15)<<3+muBias)<<(b>>4&7) - muBias
	if b&0x80 != 0 {
		return -v
	}
	return v
}

func encodeMu(s int16) byte {
	v, sign := int32(s), byte(0)
	if v < 0 {
		v, sign = -v, 0x80
	}
	v = min(v, muClip) + muBias
	segment := byte(7)
	for bit := int32(0x4000); v&bit == 0 && segment > 0; bit >>= 1 {
		segment--
	}
	return ^(sign | segment<<4 | byte(v>>(segment+3))&15)
}
