package record

import (
	"io"
	"os"

	"waihu/internal/fault"
	"waihu/internal/voice/audio"
)

// Mend finishes a recording whose process ended before it could: its head is given
// the length of what was written, all but the last second. The zero Sum is a file
// in which nothing is. How much of it was paused is not known any more. A file that
// is no recording of ours is of kind Invalid, and left as it is.
func Mend(f *os.File) (_ Sum, err error) {
	defer fault.Wrap(&err, "mending the recording")
	info, err := f.Stat()
	if err != nil || info.Size() <= audio.HeaderLen {
		return Sum{}, err
	}
	head := make([]byte, audio.HeaderLen)
	if _, err := f.ReadAt(head, 0); err != nil && err != io.EOF {
		return Sum{}, err
	}
	law, ok := audio.LawOf(head)
	if !ok {
		return Sum{}, fault.New(fault.Invalid, "this is no recording: its head is another")
	}
	bytes := (info.Size() - audio.HeaderLen) &^ 1 // both sides of every sample
	if err := f.Truncate(audio.HeaderLen + bytes); err != nil {
		return Sum{}, err
	}
	return sumOf(f, law, bytes)
}
