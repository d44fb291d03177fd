package cdr

import (
	"strings"

	"waihu/internal/fault"
	"waihu/internal/usage"
)

// AsteriskCSV reads Master.csv as Asterisk's cdr_csv writes it: no header, 16
// to 21 columns.
//
// The stamps are local, or UTC where cdr.conf says usegmtime=yes: name the
// zone. ID is the uniqueid with the suffix of the called channel, or with the
// sequence number where there is one, since Asterisk writes a record for every
// channel a call tried to reach, all under one uniqueid; Session is linkedid,
// else uniqueid. Without uniqueid the ID is a hash over the record: the same
// file read again is still found.
//
// Direction: both numbers are extensions: internal, unless the called channel
// is no extension's (a service number through a trunk is outbound); only the
// called one is: inbound; else outbound. An extension has at most 6 characters;
// a called name (s, a queue's) is one at any length.
//
// Params: direction=outbound (or inbound, internal, callback) overrules that;
// extension=4 sets the most characters an extension has; dates=dmy or mdy reads
// 31/12/2026 or 12/31/2026, which are refused otherwise.
func AsteriskCSV() Format {
	return Format{
		Name: "asterisk-csv", Title: "Asterisk cdr_csv (Master.csv)",
		Sniff:  func(head []byte, _ string) (int, Why) { return sniffAsterisk(head, 14, 9, 16, 21) },
		Params: asteriskParams(),
		Read: func(in *Input, out Out) error {
			a, err := newAsterisk(in, out, ',')
			if err != nil {
				return err
			}
			if in.Columns == nil {
				a.byCount, a.rows.lazy = true, true
				return a.readRows()
			}
			return a.readOrdered(in.Columns)
		},
	}
}

// AsteriskCustom reads Master.csv as the sample of cdr_custom.conf orders it:
// no header, clid first, 16 to 19 columns. Input.Columns sets another order by
// the names of Asterisk's CDR variables. All else is as in AsteriskCSV.
func AsteriskCustom() Format {
	return Format{
		Name: "asterisk-custom", Title: "Asterisk cdr_custom (Master.csv)",
		Sniff:  func(head []byte, _ string) (int, Why) { return sniffAsterisk(head, 13, 8, 15, 19) },
		Params: asteriskParams(),
		Read: func(in *Input, out Out) error {
			a, err := newAsterisk(in, out, ',')
			if err != nil {
				return err
			}
			if in.Columns == nil {
				return a.readOrdered(asteriskCustom)
			}
			return a.readOrdered(in.Columns)
		},
	}
}

// AsteriskHeader reads an export of Asterisk's table cdr, as FreePBX gives it:
// comma, semicolon, tab or bar between columns, in the order the header line
// names; without a header, in FreePBX's order or that of Input.Columns. All
// else is as in AsteriskCSV.
func AsteriskHeader() Format {
	return Format{
		Name: "asterisk-header", Title: "Asterisk cdr table as CSV with a header (FreePBX)",
		Sniff:  sniffAsteriskHeader,
		Params: asteriskParams(),
		Read: func(in *Input, out Out) error {
			head, rest, err := headOf(in.R)
			if err != nil {
				return err
			}
			a, err := newAsterisk(&Input{in.Name, rest, in.Zone, in.Source, in.Columns, in.Params}, out, separatorOf(head))
			if err != nil {
				return err
			}
			return a.readHeader()
		},
	}
}

func asteriskParams() map[string]string {
	return map[string]string{
		"direction": "outbound, inbound, internal or callback: what every call is, whatever its numbers say",
		"extension": "the most characters an internal extension has; 6 if not set",
		"dates":     "dmy or mdy: how dates such as 03/04/2026 are meant",
	}
}

// asterisk reads one file.
type asterisk struct {
	*foreign
	rows      *splitter
	stamps    stamps
	ids       joined
	layout    *asteriskLayout
	columns   int  // what layout is for
	byCount   bool // the number of columns decides the layout (cdr_csv)
	loose     bool // fewer columns than named are all right, down to the disposition
	wide      bool // further columns are all right
	extension int  // most characters of an extension
	dates     dateOrder
	rough     bool // the record has stamps without seconds
	call      usage.Call
	id        [64]byte // of the call, in the fast lane
	cut       plainCut
	size      int // bytes of the row taken last in the fast lane
}

func newAsterisk(in *Input, out Out, sep byte) (*asterisk, error) {
	f, err := newForeign(in, out, "asterisk")
	if err != nil {
		return nil, err
	}
	a := &asterisk{foreign: f, rows: newSplitter(in.R, sep), stamps: newStamps(in.Zone), extension: 6}
	a.call.Source = f.source
	order, err := f.choice("dates", "dmy", "mdy")
	if err != nil {
		return nil, err
	}
	a.dates = dateOrder(order)
	if v := in.Params["extension"]; v != "" {
		if len(v) != 1 || v[0] < '2' || v[0] > '9' {
			return nil, fault.Problem{File: in.Name, Path: "extension", Value: v, What: "this is no number of digits", Expected: "2 to 9"}
		}
		a.extension = int(v[0] - '0')
	}
	return a, nil
}

// readOrdered reads rows whose columns stand in the order of names.
func (a *asterisk) readOrdered(names []string) error {
	layout, missing := newAsteriskLayout(names)
	if missing != nil {
		return fault.Problem{File: a.in.Name, Path: "columns", Value: strings.Join(names, ","),
			What:     "these columns make no call: " + strings.Join(missing, ", ") + " missing",
			Expected: "the names of Asterisk's CDR variables, in the order of the file"}
	}
	a.layout, a.columns, a.loose = layout, len(names), true
	return a.readRows()
}

// readHeader takes the order from the header line.
func (a *asterisk) readHeader() error {
	if !a.rows.next() {
		return a.rows.err
	}
	if names := a.rows.fields(); asteriskHeaderMatch(names)*2 > len(names) {
		takeHeader(a.out, a.rows.raw)
		layout, missing := newAsteriskLayout(names)
		if missing != nil {
			return fault.Problem{File: a.in.Name, Line: a.rows.line, Value: a.rows.raw,
				What:     "the header names no column " + strings.Join(missing, ", "),
				Expected: "src, dst, calldate or start, duration, billsec, disposition",
				Fix:      "name the columns in their order with --columns, or write a mapping"}
		}
		a.layout, a.columns = layout, len(names)
		return a.readRows()
	}
	names := a.in.Columns
	if names == nil {
		names, a.wide = asteriskFreePBX, true
	}
	a.rows.again = true
	return a.readOrdered(names)
}

// readRows reads every row there is.
func (a *asterisk) readRows() error {
	before := 0 // columns of the record before
	for {
		plain, err := a.plainRows()
		if err != nil {
			return err
		}
		if plain {
			before = plainColumns
		}
		if !a.rows.next() {
			return a.rows.err
		}
		a.out.Record(a.rows.row())
		if !a.row() || a.rows.cut && a.halfWritten(before) {
			continue
		}
		before = a.rows.n
		if err := a.out.Call(&a.call); err != nil {
			return err
		}
	}
}
