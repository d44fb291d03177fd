package receive

import (
	"os"
	"slices"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/timex"
	"waihu/internal/usage/cdr"
)

// Upload says how a file that was handed in is read.
type Upload struct {
	Name    string   `json:"name"`
	Format  string   `json:"format,omitempty"` // a format, or a mapping the company keeps; empty: found out
	Zone    string   `json:"zone,omitempty"`
	Source  string   `json:"source,omitempty"`
	Columns []string `json:"columns,omitempty"`
}

// Options are those the file is read with, given the mappings its company keeps.
// A mapping that names columns by their header is found out as a format is.
func (u *Upload) Options(kept []cdr.Mapping) (cdr.Options, error) {
	opt := cdr.Options{Format: u.Format, Source: u.Source, Columns: u.Columns, Formats: slices.Clone(cdr.Formats())}
	for _, m := range kept {
		f, err := cdr.Mapped(m)
		if err != nil {
			return opt, err
		}
		opt.Formats = append(opt.Formats, f)
	}
	if u.Format != "" {
		if _, err := cdr.Find(opt.Formats, u.Format); err != nil {
			return opt, err
		}
	}
	if u.Zone == "" {
		return opt, nil
	}
	var err error
	if opt.Zone, err = timex.LoadZone(u.Zone); err != nil {
		err = fault.Problem{Path: "zone", What: "no such time zone", Expected: "Asia/Shanghai"}
	}
	return opt, err
}

// UploadState is how far the reading of a file is.
type UploadState string

const (
	UploadAsking  UploadState = "asking" // nobody knows its columns: somebody has to say
	UploadQueued  UploadState = "queued"
	UploadRunning UploadState = "running"
	UploadDone    UploadState = "done"
	UploadFailed  UploadState = "failed"
)

// Uploaded is a file that was handed in, and what became of it.
type Uploaded struct {
	ID      id.ID
	Upload  Upload
	State   UploadState
	By      string
	Done    int64 // bytes
	Total   int64
	Created timex.Instant
	Ended   timex.Instant
	Result  *Result // once it is done
	Error   string  // why it failed
}

// File is a file that was handed in and put on disk.
type File struct {
	ID   id.ID
	Path string
	Size int64
}

// Remove takes it away.
func (f *File) Remove() error { return os.Remove(f.Path) }
