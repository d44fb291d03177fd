package record

import (
	"bufio"
	"io"
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice/audio"
)

// PeakSamples is how many samples a peak is of: a tenth of a second.
const PeakSamples = audio.Rate / 10

// maxPeaks bounds what Peaks gives: those of the longest recording, and the odd one.
const maxPeaks = 2 * (int(MaxLength/time.Second)*audio.Rate/PeakSamples + 1)

// PeaksOf is how many bytes Peaks gives of a file of so many.
func PeaksOf(bytes int64) int {
	sound := max(0, bytes-audio.HeaderLen) / 2
	return int(min(2*((sound+PeakSamples-1)/PeakSamples), int64(maxPeaks)))
}

// Peaks are the loudest samples of a recording by tenths of a second, for drawing it:
// left, right, left, right, each 0 (silence) to 255. It reads once from the beginning
// and holds no more than a piece of the file and what it gives: 288,000 bytes for the
// longest. What is no recording of ours is of kind Invalid.
func Peaks(r io.Reader) (_ []byte, err error) {
	defer fault.Wrap(&err, "peaks of the recording")
	in := bufio.NewReaderSize(r, 1<<16)
	head := make([]byte, audio.HeaderLen)
	if _, err := io.ReadFull(in, head); err != nil {
		return nil, fault.New(fault.Invalid, "this is no recording: it is too short")
	}
	law, ok := audio.LawOf(head)
	if !ok {
		return nil, fault.New(fault.Invalid, "this is no recording: its head is another")
	}
	loud := loudness(law)
	row := make([]byte, 2*PeakSamples)
	var out []byte
	for len(out) < maxPeaks { // and a file ends
		n, err := io.ReadFull(in, row)
		if n >= 2 {
			out = append(out, peak(&loud, row[:n&^1], 0), peak(&loud, row[:n&^1], 1))
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// peak is the loudest of one side of a row.
func peak(loud *[256]byte, row []byte, side int) (most byte) {
	for i := side; i < len(row); i += 2 {
		most = max(most, loud[row[i]])
	}
	return most
}

// loudness is how loud each byte of a law is, 0 to 255. The quietest step, which is
// what silence decodes to, is nought.
func loudness(law audio.Law) (out [256]byte) {
	for b := range out {
		s := int(law.Decode(byte(b)))
		out[b] = byte(min(max(s, -s)>>7, 255))
	}
	return out
}
