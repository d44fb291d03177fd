// Package record keeps what both sides of a call said, as a stereo WAV in the
// law of the call: the left channel is ours, the right the other side's.
//
// It owns the file's form, pauses and the digest. It does not own where files
// lie nor how long they are kept.
//
// What always holds: both channels have the same length; a pause is silence of
// its length, so that a place in the recording is a time of the call; nothing
// of a pause is written; the digest is that of the whole file as it is closed.
package record

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"sync"
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice/audio"
)

// MaxLength is the longest recording: a call that goes on is not recorded
// further, and Sum says so.
const MaxLength = 4 * time.Hour

// buffered is what waits to be written: four seconds.
const buffered = 64 << 10

// File is what a recording is written to: a file, as the operating system has it.
type File interface {
	io.Reader
	io.Writer
	io.Seeker
}

// Sum is what a finished recording is known by.
type Sum struct {
	SHA256 string // 64 hex digits, of the whole file
	Bytes  int64
	Length time.Duration
	Paused time.Duration
	Cut    bool // the call went on beyond MaxLength
}

// Recorder writes one recording. It is safe for several goroutines.
type Recorder struct {
	law audio.Law

	mu     sync.Mutex
	file   File
	w      *bufio.Writer
	frames int64
	silent int64
	paused bool
	cut    bool
	row    []byte
	err    error // the first; nothing is written after it
}

// New begins a recording.
func New(file File, law audio.Law) (*Recorder, error) {
	r := &Recorder{law: law, file: file, w: bufio.NewWriterSize(file, buffered), row: make([]byte, 2*audio.FrameSamples)}
	if _, err := r.w.Write(audio.Header(law, 2, 0)); err != nil {
		return nil, err
	}
	return r, nil
}

// Frame adds 20 ms: what we said and what the other side said. A nil side was
// silent.
func (r *Recorder) Frame(ours, theirs []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil || r.cut {
		return
	}
	if time.Duration(r.frames)*20*time.Millisecond >= MaxLength {
		r.cut = true
		return
	}
	if r.paused {
		ours, theirs = nil, nil
		r.silent++
	}
	for i := range audio.FrameSamples {
		r.row[2*i], r.row[2*i+1] = r.at(ours, i), r.at(theirs, i)
	}
	r.frames++
	_, r.err = r.w.Write(r.row)
}

func (r *Recorder) at(side []byte, i int) byte {
	if i < len(side) {
		return side[i]
	}
	return r.law.Silence()
}

// Pause begins or ends a pause: while a card number is said, say.
func (r *Recorder) Pause(on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.paused = on
}

// Close writes the length into the head and reads the file once more for its
// digest. The file itself stays open.
func (r *Recorder) Close() (sum Sum, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer fault.Wrap(&err, "closing the recording")
	if r.err != nil {
		return Sum{}, r.err
	}
	if err := r.w.Flush(); err != nil {
		return Sum{}, err
	}
	if _, err := r.file.Seek(0, io.SeekStart); err != nil {
		return Sum{}, err
	}
	if _, err := r.file.Write(audio.Header(r.law, 2, r.frames*2*audio.FrameSamples)); err != nil {
		return Sum{}, err
	}
	if _, err := r.file.Seek(0, io.SeekStart); err != nil {
		return Sum{}, err
	}
	h := sha256.New()
	n, err := io.Copy(h, r.file)
	if err != nil {
		return Sum{}, err
	}
	frame := 20 * time.Millisecond
	return Sum{SHA256: hex.EncodeToString(h.Sum(nil)), Bytes: n, Length: time.Duration(r.frames) * frame, Paused: time.Duration(r.silent) * frame, Cut: r.cut}, nil
}
