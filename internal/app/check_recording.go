package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/voice/record"
)

// mostChecked bounds the recordings whose digest is remembered as right.
const mostChecked = 4096

// checked are recordings whose files had the digest of the books: a part of one is not
// given before the whole was looked at, and that once.
type checked struct {
	mu sync.Mutex
	is map[checkedFile]bool
}

// checkedFile is a file as it was when it was looked at.
type checkedFile struct {
	sum  string
	size int64
	at   time.Time
}

// knows tells whether a file was looked at as it is.
func (k *checked) knows(file checkedFile) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.is[file]
}

// keep remembers a file.
func (k *checked) keep(file checkedFile) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.is == nil || len(k.is) >= mostChecked {
		k.is = map[checkedFile]bool{}
	}
	k.is[file] = true
}

// SoundOf opens a recording to be given out, once its file has the digest it was
// recorded with: one that has not is a Conflict and says so. The file is at its
// beginning, and the caller's to close.
func (s *System) SoundOf(ctx context.Context, c id.Company, recording id.ID) (out Recording, f *os.File, err error) {
	out, f, err = s.ReadRecording(ctx, c, recording)
	if err != nil {
		return out, nil, err
	}
	if err := s.sound(&out, f, false); err != nil {
		return out, nil, errors.Join(err, f.Close())
	}
	return out, f, nil
}

// sound holds a file to its digest; anew also one that was looked at before.
func (s *System) sound(r *Recording, f *os.File, anew bool) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	file := checkedFile{r.SHA256, info.Size(), info.ModTime()}
	if !anew && s.checked.knows(file) {
		return nil
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != r.SHA256 || info.Size() != r.Bytes {
		return fault.New(fault.Conflict, "the file of the recording is not as it was recorded: %d bytes with SHA-256 %s, and the books have %d with %s", info.Size(), got, r.Bytes, r.SHA256)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	s.checked.keep(file)
	return nil
}

// CheckRecording reads the file of a recording anew and tells whether it is as it was
// recorded; what is not is a Conflict.
func (s *System) CheckRecording(ctx context.Context, c id.Company, recording id.ID) (out Recording, err error) {
	out, f, err := s.ReadRecording(ctx, c, recording)
	if err != nil {
		return out, err
	}
	return out, errors.Join(s.sound(&out, f, true), f.Close())
}

// PeaksOf is what a recording is drawn by, a tenth of a second a pair of bytes, left and
// right. It is made once and kept beside the file.
func (s *System) PeaksOf(ctx context.Context, c id.Company, recording id.ID) (peaks []byte, err error) {
	r, f, err := s.SoundOf(ctx, c, recording)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if peaks = s.Vault.Peaks(c, recording, record.PeaksOf(r.Bytes)); peaks != nil {
		return peaks, nil
	}
	if peaks, err = record.Peaks(f); err != nil {
		return nil, err
	}
	return peaks, s.Vault.KeepPeaks(c, recording, peaks)
}
