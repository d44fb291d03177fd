// Package record keeps what both sides of a call said, as a stereo WAV in the
// law of the call: the left channel is ours, the right the other side's.
//
// It owns the file's form, pauses and the digest. It does not own where files
// lie nor how long they are kept.
//
// What always holds: both channels have the same length; a pause is silence of
// its length, so that a place in the recording is a time of the call; nothing
// of a pause is written; the digest is that of the whole file as it is closed; a
// beat never waits for the disk.
package record

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"sync"
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice/audio"
)

// MaxLength is the longest recording: a call that goes on is not recorded
// further, and Sum says so.
const MaxLength = 4 * time.Hour

// What waits to be written: chunks of a second. A disk that is further behind than
// all of them has lost the recording, and the call goes on.
const (
	chunkSize = 50 * 2 * audio.FrameSamples
	chunks    = 16
)

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
	Cut    bool   // the call went on beyond MaxLength
	Lost   bool   // the disk failed: what was said after it is not in it
	Marks  []Mark // in the order of their beginning, MaxMarks at most
}

// Recorder writes one recording. It is safe for several goroutines.
type Recorder struct {
	law  audio.Law
	file File
	full chan []byte // chunks to be written, in order
	free chan []byte // chunks that were
	done chan struct{}
	lost chan error // one at most; closed when the recording ends
	told sync.Once  // of lost
	// Of writing, read when done is closed: what went wrong, and the bytes of sound
	// before that.
	fail    error
	written int64

	mu     sync.Mutex
	chunk  []byte // being filled
	frames int64
	silent int64
	paused bool
	cut    bool
	closed bool
	err    error // the disk fell behind; nothing is added after it
	marks  marks
}

// New begins a recording; Close ends it.
func New(file File, law audio.Law) (*Recorder, error) {
	if _, err := file.Write(audio.Header(law, 2, 0)); err != nil {
		return nil, err
	}
	r := &Recorder{law: law, file: file, full: make(chan []byte, chunks), free: make(chan []byte, chunks), done: make(chan struct{}), lost: make(chan error, 1), chunk: make([]byte, 0, chunkSize)}
	go r.write()
	return r, nil
}

// write writes chunks until there are no more.
func (r *Recorder) write() {
	defer close(r.done)
	for b := range r.full {
		if r.fail == nil {
			var n int
			n, r.fail = r.file.Write(b)
			r.written += int64(n)
			if r.fail != nil {
				r.lose(r.fail)
			}
		}
		select {
		case r.free <- b[:0]:
		default:
		}
	}
}

// Lost tells, as soon as it is so, that the disk takes no more of what is said, and is
// closed when the recording ends.
func (r *Recorder) Lost() <-chan error { return r.lost }

func (r *Recorder) lose(why error) { r.told.Do(func() { r.lost <- why }) }

// Frame adds 20 ms: what we said and what the other side said. A nil side was
// silent.
func (r *Recorder) Frame(ours, theirs []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil || r.cut || r.closed {
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
	n := len(r.chunk)
	r.chunk = r.chunk[:n+2*audio.FrameSamples]
	r.side(r.chunk[n:], ours)
	r.side(r.chunk[n+1:], theirs)
	r.frames++
	if len(r.chunk) == chunkSize {
		r.hand()
	}
}

// hand gives a full chunk to be written and takes an empty one.
func (r *Recorder) hand() {
	select {
	case r.full <- r.chunk:
	default:
		r.err = fault.New(fault.Internal, "the disk is %d seconds behind: the recording is not whole", chunks)
		r.lose(r.err)
		return
	}
	select {
	case r.chunk = <-r.free:
	default:
		r.chunk = make([]byte, 0, chunkSize)
	}
}

// side puts one side into every second byte of a row.
func (r *Recorder) side(row, side []byte) {
	side = side[:min(len(side), audio.FrameSamples)]
	for i, b := range side {
		row[2*i] = b
	}
	silence := r.law.Silence()
	for i := len(side); i < audio.FrameSamples; i++ {
		row[2*i] = silence
	}
}

// Pause begins or ends a pause: while a card number is said, say.
func (r *Recorder) Pause(on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.paused = on
	r.marks.turn(Paused, on, r.frames)
}

// Hold begins or ends a mark of the customer being on hold. What is recorded
// meanwhile is up to whoever calls Frame.
func (r *Recorder) Hold(on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.marks.turn(Held, on, r.frames)
}

// Close writes the length into the head and reads the file once more for its
// digest. The file itself stays open. A disk that failed is an error; what is in the
// file before that is a recording all the same, and has its Sum.
func (r *Recorder) Close() (sum Sum, err error) {
	defer fault.Wrap(&err, "closing the recording")
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return Sum{}, fault.New(fault.Conflict, "it is closed already")
	}
	r.closed = true
	if r.err == nil {
		r.full <- r.chunk // the last, which need not be full
	}
	close(r.full)
	<-r.done
	close(r.lost)
	failed := errors.Join(r.err, r.fail)
	if failed != nil && r.written == 0 {
		return Sum{Lost: true}, failed
	}
	if sum, err = sumOf(r.file, r.law, r.written&^1); err != nil { // both sides of every sample
		return Sum{Lost: true}, errors.Join(failed, err)
	}
	sum.Marks = r.marks.end(r.frames, sum.Length)
	sum.Paused, sum.Cut = min(time.Duration(r.silent)*20*time.Millisecond, sum.Length), r.cut
	sum.Lost = failed != nil
	return sum, failed
}

// sumOf writes the head of a file that has so many bytes of sound, and says what it
// is known by.
func sumOf(file File, law audio.Law, bytes int64) (Sum, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return Sum{}, err
	}
	if _, err := file.Write(audio.Header(law, 2, bytes)); err != nil {
		return Sum{}, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return Sum{}, err
	}
	h := sha256.New()
	n, err := io.Copy(h, file)
	if err != nil {
		return Sum{}, err
	}
	return Sum{SHA256: hex.EncodeToString(h.Sum(nil)), Bytes: n, Length: time.Duration(bytes/2) * time.Second / audio.Rate}, nil
}
