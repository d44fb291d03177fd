package archive

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"os"
	"slices"

	"waihu/internal/fault"
)

const (
	manifestName = "manifest.json"
	form         = 1
)

// Manifest says what is in an archive.
type Manifest struct {
	Form    int                 `json:"form"`
	Company string              `json:"company,omitempty"` // empty: everything
	Moves   bool                `json:"moves,omitempty"`   // it can be read into other books; else it is for the company's own keeping
	Left    []string            `json:"left_behind,omitempty"`
	Files   map[string]Contents `json:"files"`
}

// Contents is one file of an archive.
type Contents struct {
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"`
}

// Digest is SHA-256 over the digests of all files: the same books have the same.
func (m *Manifest) Digest() string {
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		fmt.Fprintf(sum, "%s  %s\n", m.Files[name].SHA256, name)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// writer writes an archive; files have no time, so that the same books make the
// same bytes.
type writer struct {
	f        *os.File
	z        *zip.Writer
	manifest Manifest
}

func create(path, company string) (*writer, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil, fault.New(fault.Conflict, "%s is there already: name a new file", path)
	}
	if err != nil {
		return nil, err
	}
	return &writer{f, zip.NewWriter(f), Manifest{Form: form, Company: company, Files: map[string]Contents{}}}, nil
}

// file adds a file that fill writes; fill gives how many rows it has.
func (w *writer) file(name string, fill func(io.Writer) (int64, error)) error {
	to, err := w.z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	sum := sha256.New()
	rows, err := fill(io.MultiWriter(to, sum))
	w.manifest.Files[name] = Contents{rows, hex.EncodeToString(sum.Sum(nil))}
	return err
}

// finish writes the manifest, or removes what cannot be finished.
func (w *writer) finish(err error) error {
	if err == nil {
		var b []byte
		if b, err = json.MarshalIndent(w.manifest, "", "  "); err == nil {
			var to io.Writer
			if to, err = w.z.CreateHeader(&zip.FileHeader{Name: manifestName, Method: zip.Deflate}); err == nil {
				_, err = to.Write(append(b, '\n'))
			}
		}
	}
	err = errors.Join(err, w.z.Close(), w.f.Sync(), w.f.Close())
	if err != nil {
		err = errors.Join(err, os.Remove(w.f.Name()))
	}
	return err
}

// reader is an archive whose digests were all found right.
type reader struct {
	*zip.ReadCloser
	manifest Manifest
}

// maxManifest bounds a manifest.
const maxManifest = 16 << 20

func open(path string) (_ *reader, err error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return nil, fault.New(fault.Invalid, "%s is no archive: %v", path, err)
	}
	r := &reader{ReadCloser: z}
	defer func() {
		if err != nil {
			err = errors.Join(err, z.Close())
		}
	}()
	f, err := z.Open(manifestName)
	if err != nil {
		return nil, fault.New(fault.Invalid, "%s has no manifest: it was not written to its end", path)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxManifest))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r.manifest); err != nil || r.manifest.Form != form {
		return nil, fault.New(fault.Invalid, "%s is of another form: one of form %d was expected", path, form)
	}
	for name, c := range r.manifest.Files {
		sum := sha256.New()
		if err := r.check(name, sum); err != nil {
			return nil, err
		}
		if hex.EncodeToString(sum.Sum(nil)) != c.SHA256 {
			return nil, fault.New(fault.Mismatch, "%s: %s is not as it was written", path, name)
		}
	}
	return r, nil
}

func (r *reader) check(name string, sum hash.Hash) error {
	f, err := r.Open(name)
	if err != nil {
		return fault.New(fault.Mismatch, "%s is missing", name)
	}
	_, err = io.Copy(sum, f)
	if err = errors.Join(err, f.Close()); err != nil {
		return fault.New(fault.Mismatch, "%s cannot be read: %v", name, err)
	}
	return nil
}
