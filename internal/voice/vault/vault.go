// Package vault keeps recordings in files: a folder for each company, in it one
// for each month, in it a file for each recording, and beside it one of what it is
// drawn by, which can be made again.
//
// It owns names and permissions. It does not own what may be read or when
// something may be deleted: the books know that, and every file has its entry
// there before it is made.
//
// What always holds: names are made of identifiers alone, so that no word of a
// caller reaches the file system; folders and files are for the service's user
// only; nothing outside the folder is touched, whatever lies in it; a file is never
// written over.
package vault

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/id"
)

// Vault is a folder of recordings.
type Vault struct{ root *os.Root }

// Open opens the folder, and makes it if it is not there.
func Open(folder string) (_ *Vault, err error) {
	defer fault.Wrap(&err, "the folder of recordings, %s", folder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	return &Vault{root}, nil
}

// Close lets the folder go.
func (v *Vault) Close() error { return v.root.Close() }

// Name is where a recording lies in the folder.
func Name(c id.Company, recording id.ID) string {
	return path.Join(c.String(), recording.Made().Time().Format("2006-01"), recording.String()+".wav")
}

// Create makes the file of a recording, to be written and read. One that is there
// already is of kind Conflict.
func (v *Vault) Create(c id.Company, recording id.ID) (*os.File, error) {
	name := Name(c, recording)
	if err := v.root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return nil, fault.New(fault.Internal, "the folder of a recording cannot be made: %v", err)
	}
	f, err := v.root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil, fault.New(fault.Conflict, "recording %s is there already", recording)
	case err != nil:
		return nil, fault.New(fault.Internal, "recording %s cannot be made: %v", recording, err)
	}
	return f, nil
}

// Read opens a recording to be read. One that is not there is of kind NotFound.
func (v *Vault) Read(c id.Company, recording id.ID) (*os.File, error) {
	return v.open(c, recording, os.O_RDONLY)
}

func (v *Vault) open(c id.Company, recording id.ID, how int) (*os.File, error) {
	f, err := v.root.OpenFile(Name(c, recording), how, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.New(fault.NotFound, "the file of recording %s is not there", recording)
	case err != nil:
		return nil, fault.New(fault.Internal, "recording %s cannot be read: %v", recording, err)
	}
	return f, nil
}

// Change opens a recording to be finished. One that is not there is of kind NotFound.
func (v *Vault) Change(c id.Company, recording id.ID) (*os.File, error) {
	return v.open(c, recording, os.O_RDWR)
}

// Delete removes a file and what lies beside it; one that is not there is gone already.
func (v *Vault) Delete(c id.Company, recording id.ID) error {
	for _, name := range []string{peaksName(c, recording), Name(c, recording)} {
		if err := v.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fault.New(fault.Internal, "recording %s cannot be deleted: %v", recording, err)
		}
	}
	return nil
}

// peaksName is where the drawing of a recording lies.
func peaksName(c id.Company, recording id.ID) string {
	return strings.TrimSuffix(Name(c, recording), ".wav") + ".peaks"
}

// Peaks is what a recording is drawn by, as KeepPeaks kept it; nil where nothing was.
// It is of so many bytes, or was not kept to its end.
func (v *Vault) Peaks(c id.Company, recording id.ID, bytes int) []byte {
	b, err := v.root.ReadFile(peaksName(c, recording))
	if err != nil || len(b) != bytes {
		return nil
	}
	return b
}

// KeepPeaks keeps what a recording is drawn by, over what was kept before.
func (v *Vault) KeepPeaks(c id.Company, recording id.ID, peaks []byte) error {
	if err := v.root.WriteFile(peaksName(c, recording), peaks, 0o600); err != nil {
		return fault.New(fault.Internal, "what recording %s is drawn by cannot be kept: %v", recording, err)
	}
	return nil
}
