package cdr

import (
	"bytes"
	"strings"
	"time"

	"waihu/internal/timex"
)

// time reads a stamp; false if it has no seconds.
func (r *freeswitchCSV) time(row *namedRow, v *finding, column string, to *timex.Instant) bool {
	text := row.text(column)
	if i, note, ok := r.dates.read(&r.clock, text); ok {
		*to = i
		return note&stampMinute == 0
	}
	if v.bad == nil && r.dates == "" && strings.Count(text, "/") == 2 {
		if _, _, ok := r.clock.read(text); !ok {
			v.reject(column, text, "this date may be day first or month first", "2026-03-01 09:30:00, or the option dates=dmy or dates=mdy")
			return true
		}
	}
	return r.stamp(v, column, text, to)
}

// seconds reads a duration; empty is none.
func (r *freeswitchCSV) seconds(row *namedRow, v *finding, column string) time.Duration {
	text := row.text(column)
	if text == "" {
		return 0
	}
	d, ok := secondsOf(text)
	if !ok {
		v.reject(column, text, "this is no duration", "seconds, not negative")
	}
	return d
}

// cells are the cells of a record: separated values, an INSERT
// statement of the sql template, or values with quotes that are not doubled.
func (r *freeswitchCSV) cells(s *splitter) (cells []string, wrong string) {
	if isInsert(s.raw) {
		r.insert.restart(strings.NewReader(s.raw))
		row, err := r.insert.next()
		if err != nil || row.wrong != "" {
			return nil, "this INSERT statement has no row that can be read"
		}
		return row.cells, ""
	}
	if s.wrong == wrongQuote {
		if cells := cutAtQuotes(s.raw); cells != nil {
			return cells, ""
		}
	}
	if s.wrong != "" {
		return nil, s.wrong
	}
	return s.fields(), ""
}

func isInsert(raw string) bool {
	const word = "INSERT INTO "
	raw = strings.TrimLeft(raw, " \t")
	return len(raw) > len(word) && strings.EqualFold(raw[:len(word)], word)
}

// cutAtQuotes cuts a line of which every value is quoted where one quote ends
// and the next begins; nil if it is no such line.
func cutAtQuotes(raw string) []string {
	raw = strings.TrimRight(raw, " \r\n")
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return nil
	}
	raw = strings.ReplaceAll(raw[1:len(raw)-1], `", "`, `","`)
	cells := strings.Split(raw, `","`)
	if len(cells) > maxColumns {
		return nil
	}
	return cells
}

func sniffFreeSWITCHCSV(head []byte, _ string) (int, Why) {
	r, err := newFreeSWITCHCSV(&Input{}, nil)
	if err != nil || len(head) == 0 {
		return 0, Why{}
	}
	if isTableDump(head) {
		return r.sniffDump(head)
	}
	s := newSplitter(bytes.NewReader(head), ',')
	rows, known, name := 0, 0, ""
	for rows < sampled && s.next() {
		if s.cut && rows > 0 {
			break // the head may have cut it
		}
		cells, wrong := r.cells(s)
		if rows == 0 && wrong == "" && r.header(cells) {
			return 85, because("freeswitch_header")
		}
		rows++
		if t := r.sureTemplate(cells); t != nil {
			known++
			name = t.name
		}
	}
	switch {
	case known == 0:
		return 0, Why{}
	case known == rows:
		return 92, because("freeswitch_template", "template", name)
	case known*2 > rows:
		return 60, because("freeswitch_most")
	}
	return 0, Why{}
}

// sureTemplate is the template a row has for certain, nil if none.
func (r *freeswitchCSV) sureTemplate(cells []string) *freeswitchTemplate {
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	for i := range r.templates {
		if t := &r.templates[i]; t.fits(cells, true) && t.sure(cells) {
			return t
		}
	}
	if r.base.fits(cells, false) && r.base.sure(cells) {
		return r.base
	}
	return nil
}

func (r *freeswitchCSV) sniffDump(head []byte) (int, Why) {
	d := newSQLDump(bytes.NewReader(head))
	for range sampled {
		row, err := d.next()
		if err != nil {
			break
		}
		at := indexColumns(row.columns, freeswitchColumns)
		if countColumns(at, "uuid", "billsec", "start_stamp", "hangup_cause") == 4 {
			return 90, because("freeswitch_dump", "table", row.table)
		}
	}
	return 0, Why{}
}
