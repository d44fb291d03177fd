package audio

import (
	"bytes"
	"encoding/binary"
	"io"

	"waihu/internal/fault"
)

// MaxWAV is how much of a WAV file is read: an hour of stereo in 16 bits.
const MaxWAV = 2 * 2 * Rate * 3600

// Format codes of the chunk "fmt " (RFC 2361).
const (
	formatPCM  = 1
	formatALaw = 6
	formatMu   = 7
)

// WAV is a sound read from a file.
type WAV struct {
	Channels [][]int16 // one slice of samples for each channel, of equal length
}

// Mono is all channels mixed to one.
func (w WAV) Mono() []int16 {
	if len(w.Channels) == 1 {
		return w.Channels[0]
	}
	out := make([]int16, len(w.Channels[0]))
	for i := range out {
		var sum int
		for _, c := range w.Channels {
			sum += int(c[i])
		}
		out[i] = int16(sum / len(w.Channels))
	}
	return out
}

// layout is the chunk "fmt ".
type layout struct {
	code, channels, bits int
	rate                 uint32
}

// ReadWAV reads a WAV of 8,000 samples a second, one or two channels, in PCM of
// 8 or 16 bits, A-law or µ-law. Anything else is of kind Invalid and says how to
// make the file fit.
func ReadWAV(r io.Reader) (WAV, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxWAV+1))
	if err != nil {
		return WAV{}, err
	}
	if len(data) > MaxWAV {
		return WAV{}, fault.New(fault.Invalid, "the WAV is longer than %d bytes; cut it with: sox in.wav out.wav trim 0 3600", MaxWAV)
	}
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WAVE" {
		return WAV{}, fault.New(fault.Invalid, "this is no WAV file: it does not begin with RIFF and WAVE")
	}
	var form *layout
	for rest := data[12:]; len(rest) >= 8; {
		name, size := string(rest[:4]), int64(binary.LittleEndian.Uint32(rest[4:]))
		rest = rest[8:]
		body := rest[:min(size, int64(len(rest)))] // a recording cut off in the middle is read as far as it goes
		switch name {
		case "fmt ":
			if form, err = readLayout(body); err != nil {
				return WAV{}, err
			}
		case "data":
			if form == nil {
				return WAV{}, fault.New(fault.Invalid, "the WAV has its data before its format")
			}
			return WAV{Channels: form.samples(body)}, nil
		}
		rest = rest[min(size+size&1, int64(len(rest))):]
	}
	return WAV{}, fault.New(fault.Invalid, "the WAV has no data chunk")
}

func readLayout(b []byte) (*layout, error) {
	if len(b) < 16 {
		return nil, fault.New(fault.Invalid, "the WAV's format has %d bytes; expected 16 or more", len(b))
	}
	l := &layout{code: int(binary.LittleEndian.Uint16(b)), channels: int(binary.LittleEndian.Uint16(b[2:])),
		rate: binary.LittleEndian.Uint32(b[4:]), bits: int(binary.LittleEndian.Uint16(b[14:]))}
	const fix = "; convert it with: sox in.wav -r 8000 -b 16 -e signed-integer out.wav"
	known := l.code == formatPCM && (l.bits == 8 || l.bits == 16) || (l.code == formatALaw || l.code == formatMu) && l.bits == 8
	switch {
	case !known:
		return nil, fault.New(fault.Invalid, "the WAV's format is %d with %d bits; expected PCM of 8 or 16 bits, A-law or µ-law"+fix, l.code, l.bits)
	case l.channels != 1 && l.channels != 2:
		return nil, fault.New(fault.Invalid, "the WAV has %d channels; expected 1 or 2"+fix, l.channels)
	case l.rate != Rate:
		return nil, fault.New(fault.Invalid, "the WAV has %d samples a second; expected %d"+fix, l.rate, Rate)
	}
	return l, nil
}

func (l *layout) samples(b []byte) [][]int16 {
	step := l.channels * l.bits / 8
	out := make([][]int16, l.channels)
	for c := range out {
		out[c] = make([]int16, len(b)/step)
		for i := range out[c] {
			out[c][i] = l.sample(b[i*step+c*l.bits/8:])
		}
	}
	return out
}

func (l *layout) sample(b []byte) int16 {
	switch {
	case l.code == formatALaw:
		return ALaw.Decode(b[0])
	case l.code == formatMu:
		return MuLaw.Decode(b[0])
	case l.bits == 8:
		return (int16(b[0]) - 128) << 8
	}
	return int16(binary.LittleEndian.Uint16(b))
}

// HeaderLen is the length of the header Header writes.
const HeaderLen = 58

// Header is the head of a WAV of a law with so many bytes of data: RIFF, the
// format with its empty extension, the fact chunk that files of a law must have,
// and the beginning of the data. Sizes beyond 32 bits are cut to what fits.
func Header(law Law, channels int, bytes int64) []byte {
	const top = 1<<32 - 1
	code := uint16(formatALaw)
	if law == MuLaw {
		code = formatMu
	}
	size := uint32(min(bytes, top-HeaderLen))
	h := append(make([]byte, 0, HeaderLen), "RIFF"...)
	h = binary.LittleEndian.AppendUint32(h, size+HeaderLen-8)
	h = append(h, "WAVEfmt "...)
	h = binary.LittleEndian.AppendUint32(h, 18)
	h = binary.LittleEndian.AppendUint16(h, code)
	h = binary.LittleEndian.AppendUint16(h, uint16(channels))
	h = binary.LittleEndian.AppendUint32(h, Rate)
	h = binary.LittleEndian.AppendUint32(h, uint32(Rate*channels))
	h = binary.LittleEndian.AppendUint16(h, uint16(channels))
	h = binary.LittleEndian.AppendUint16(h, 8)
	h = binary.LittleEndian.AppendUint16(h, 0)
	h = append(h, "fact"...)
	h = binary.LittleEndian.AppendUint32(h, 4)
	h = binary.LittleEndian.AppendUint32(h, size/uint32(channels))
	h = append(h, "data"...)
	return binary.LittleEndian.AppendUint32(h, size)
}

// LawOf is the law of a head that Header wrote for two channels, of any length.
func LawOf(head []byte) (_ Law, ok bool) {
	for _, law := range []Law{ALaw, MuLaw} {
		h := Header(law, 2, 0)
		copy(h[4:8], head[min(4, len(head)):])
		if len(head) >= HeaderLen && bytes.Equal(head[:42], h[:42]) { // behind them the lengths of the sound
			return law, true
		}
	}
	return 0, false
}
