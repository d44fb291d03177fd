package cdr

import (
	"io"
	"time"

	"waihu/internal/fault"
	"waihu/internal/usage"
)

// Format is one foreign record format.
type Format struct {
	Name  string // as --format takes it: "asterisk-csv"
	Title string // for people: "Asterisk cdr_csv Master.csv"
	// Sniff looks at the first bytes of a file (decompressed, UTF-8) and says how
	// sure it is, 0 (not this) to 100 (cannot be anything else), and why:
	// "18 columns, disposition ANSWERED in column 15".
	Sniff func(head []byte, name string) (sure int, reason Why)
	// Read reads the whole input and reports every record to out exactly once:
	// as facts, as ignored or as rejected. Its error is for the input as a whole
	// (it is not what it claims, it cannot be read on).
	Read func(in *Input, out Out) error
	// Params are the options it takes and what each does; another one is an
	// error. nil: whatever is given is passed on.
	Params map[string]string
	// Settled records were accepted once: nothing in them is put right, so that a
	// fact that was changed since is never mended back unseen.
	Settled bool
}

// Input is one file to read, already decompressed and in UTF-8.
type Input struct {
	Name    string // for messages
	R       io.Reader
	Zone    *time.Location    // of stamps that name no zone
	Source  string            // becomes Source of the facts; empty: the format's own name
	Columns []string          // the order of columns where a format lets the user set it; nil: its default
	Params  map[string]string // options of one format, documented with it
}

// Row is where a record stands and what it says, for messages and for rejects.
type Row struct {
	Line int    // first line of the record, from 1
	Raw  string // the record as it stood, without its line end
}

// Out takes what a Format finds. One record may yield several facts (the first
// is the record, the rest are More), or none.
type Out interface {
	usage.Sink
	// Record begins a record: the next fact, Reject or Ignore belongs to it.
	Record(Row)
	// Reject sets the record aside. Column counts from 1 as a person would.
	Reject(fault.Problem)
	// Ignore says why a sound record is no fact to charge: "ACK of a dialog".
	Ignore(reason string)
	// Flag marks something odd about the record without refusing it: "talked 13 h".
	Flag(fault.Problem)
}

// HeaderOut is an Out that keeps the line that names the columns, so that
// rejected records can be written below it.
type HeaderOut interface {
	Header(raw string)
}

// takeHeader shows the header line to an Out that wants it. It is no record.
func takeHeader(out Out, raw string) {
	if h, ok := out.(HeaderOut); ok {
		h.Header(raw)
	}
}
