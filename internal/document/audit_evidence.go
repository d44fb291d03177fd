package document

import (
	"archive/zip"
	"bufio"
	"encoding/csv"
	"io"
	"strconv"
	"time"

	"waihu/internal/charging/audit"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

// Evidence takes what stands behind the findings of an audit, one piece at a
// time. Close ends the document; it does not close what is written to.
type Evidence interface {
	Write(*audit.Evidence) error
	Close() error
}

// evidenceColumns are the keys of the columns in order.
var evidenceColumns = []string{"cause", "line", "row", "kind", "id", "source", "who", "what", "from", "to", "talk_seconds", "due_seconds", "billed_seconds", "due_amount", "billed_amount", "difference"}

// evidenceCSV lists evidence as CSV: UTF-8 with its mark, CRLF, keys as the
// heading.
type evidenceCSV struct {
	buf  *bufio.Writer
	out  *csv.Writer
	zone *time.Location
}

// NewEvidenceCSV begins a CSV file of evidence.
func NewEvidenceCSV(w io.Writer, o DetailOptions) (Evidence, error) {
	buf := bufio.NewWriterSize(w, 64<<10)
	e := &evidenceCSV{buf: buf, out: csv.NewWriter(buf), zone: zoneOr(o.Zone)}
	e.out.UseCRLF = true
	if _, err := buf.WriteString(utf8Mark); err != nil {
		return nil, err
	}
	return e, e.out.Write(evidenceColumns)
}

func (e *evidenceCSV) Write(ev *audit.Evidence) error {
	at := func(i timex.Instant) string {
		if i.IsZero() {
			return ""
		}
		return i.In(e.zone).Format("2006-01-02T15:04:05Z07:00")
	}
	row := ""
	if ev.Row > 0 {
		row = strconv.Itoa(ev.Row)
	}
	return e.out.Write([]string{string(ev.Cause), guard(ev.Line), row, ev.Kind, guard(ev.ID), guard(ev.Source), guard(ev.Who), guard(ev.What), at(ev.From), at(ev.To),
		seconds(ev.Talk), seconds(ev.Due), seconds(ev.Billed), ev.DueCost, ev.CostBill, apartText(ev)})
}

func (e *evidenceCSV) Close() error {
	e.out.Flush()
	if err := e.out.Error(); err != nil {
		return err
	}
	return e.buf.Flush()
}

// apartText is what a call was charged beyond what is due; empty where no amount
// is known.
func apartText(ev *audit.Evidence) string {
	billed, err1 := exact.Parse(orNought(ev.CostBill))
	due, err2 := exact.Parse(orNought(ev.DueCost))
	if ev.Kind != "call" || err1 != nil || err2 != nil || ev.CostBill == "" && ev.DueCost == "" {
		return ""
	}
	return billed.Sub(due).String()
}

func orNought(s string) string {
	if s == "" {
		return "0"
	}
	return s
}

// evidenceXLSX lists evidence as a workbook.
type evidenceXLSX struct {
	longXLSX
	tag lang.Tag
}

// NewEvidenceXLSX begins a workbook of evidence.
func NewEvidenceXLSX(w io.Writer, o DetailOptions) Evidence {
	e := &evidenceXLSX{tag: o.Tag, longXLSX: longXLSX{zip: zip.NewWriter(w), zone: zoneOr(o.Zone), limit: sheetRows, title: lang.Phrase(o.Tag, "evidence.sheet", nil),
		headings: headingsOf(o.Tag, "evidence.", evidenceColumns), widths: []int{24, 16, 8, 9, 22, 14, 12, 17, 19, 19, 10, 10, 10, 12, 12, 12}}}
	e.nextSheet()
	return e
}

func (e *evidenceXLSX) Write(ev *audit.Evidence) error {
	if e.rows >= e.limit {
		e.nextSheet()
	}
	e.beginRow()
	e.text(auditCause(e.tag, ev.Cause), 0)
	e.text(ev.Line, 0)
	if ev.Row > 0 {
		e.number(strconv.Itoa(ev.Row), 0)
	} else {
		e.text("", 0)
	}
	for _, s := range [...]string{lang.Choice(e.tag, "evidence", ev.Kind), ev.ID, ev.Source, ev.Who, ev.What} {
		e.text(s, 0)
	}
	e.time(ev.From)
	e.time(ev.To)
	for _, s := range [...]string{seconds(ev.Talk), seconds(ev.Due), seconds(ev.Billed), ev.DueCost, ev.CostBill, apartText(ev)} {
		e.amount(s)
	}
	e.put("</row>")
	return e.err
}
