package document

import (
	"bufio"
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Row is one rated call, or one part of a call at one price.
type Row struct {
	CallID    string
	Source    string
	Start     timex.Instant
	Direction usage.Direction
	From      string
	To        string
	Agent     string
	Talk      int64 // seconds, as measured
	Billed    int64 // seconds, after increments
	Component string
	Rate      string // rate row, prefix or band
	Amount    exact.Number
	NoAmount  bool         // the price depends on the whole period, or there is none
	Included  exact.Number // seconds that cost nothing
	Rule      string       // what decided, or why there is no price
}

// Detail writes rated calls one after the other, in bounded memory. Close
// completes the file; it does not close what it writes to.
type Detail interface {
	Write(*Row) error
	Close() error
}

// DetailOptions say in which language and time zone calls are listed.
type DetailOptions struct {
	Tag  lang.Tag
	Zone *time.Location // of the start; nil is UTC
}

// amountDecimals is how many decimals of a call's amount are listed; the sums
// of an invoice are made from exact amounts, not from these.
const amountDecimals = 9

// detailColumns are the columns in order: the keys of the CSV file and of the
// phrases of the workbook.
var detailColumns = []string{"call_id", "source", "start", "direction", "from", "to", "agent", "talk_seconds", "billed_seconds",
	"component", "rate", "amount", "included_seconds", "rule"}

// amountDigits is the amount with at most nine decimals, none that are zero at
// the end; empty where there is none.
func (r *Row) amountDigits() string {
	if r.NoAmount {
		return ""
	}
	s := r.Amount.Text(amountDecimals)
	s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	if s == "" || s == "-0" {
		return "0"
	}
	return s
}

// detailCSV lists calls as CSV: UTF-8 with its mark, CRLF, keys as the heading,
// the start as local time with its offset.
type detailCSV struct {
	buf   *bufio.Writer
	out   *csv.Writer
	zone  *time.Location
	cells []string
	err   error
}

// NewDetailCSV begins a CSV file of rated calls.
func NewDetailCSV(w io.Writer, o DetailOptions) Detail {
	buf := bufio.NewWriterSize(w, 64<<10)
	d := &detailCSV{buf: buf, out: csv.NewWriter(buf), zone: zoneOr(o.Zone), cells: make([]string, len(detailColumns))}
	d.out.UseCRLF = true
	_, d.err = buf.WriteString(utf8Mark)
	if d.err == nil {
		d.err = d.out.Write(detailColumns)
	}
	return d
}

func zoneOr(z *time.Location) *time.Location {
	if z == nil {
		return time.UTC
	}
	return z
}

func (d *detailCSV) Write(r *Row) error {
	if d.err != nil {
		return d.err
	}
	start := ""
	if !r.Start.IsZero() {
		start = r.Start.In(d.zone).Format("2006-01-02T15:04:05Z07:00")
	}
	c := d.cells
	c[0], c[1], c[2], c[3] = guard(r.CallID), guard(r.Source), start, guard(string(r.Direction))
	c[4], c[5], c[6] = guard(r.From), guard(r.To), guard(r.Agent)
	c[7], c[8] = strconv.FormatInt(r.Talk, 10), strconv.FormatInt(r.Billed, 10)
	c[9], c[10], c[11] = guard(r.Component), guard(r.Rate), r.amountDigits()
	c[12], c[13] = decimal(r.Included), guard(r.Rule)
	d.err = d.out.Write(c)
	return d.err
}

func (d *detailCSV) Close() error {
	if d.err != nil {
		return d.err
	}
	d.out.Flush()
	if d.err = d.out.Error(); d.err != nil {
		return d.err
	}
	return d.buf.Flush()
}
