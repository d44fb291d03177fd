package cdr

import (
	"bytes"
	"cmp"
	"io"
	"slices"
	"strconv"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/usage"
)

// FreeSWITCHCSV reads what mod_cdr_csv writes with the templates that come with
// it: example (the default), sql, snom, linksys, asterisk, opencdrrate, and the
// one compiled in, whose columns are those of sql; and dumps of a table with
// such columns.
//
// Each row is matched on its own, by the number of its columns and by where its
// stamps and durations stand: a channel whose accountcode is the name of a
// template is written with that template, so one file may mix them. A row with
// more columns than the base, as home-made templates have, is read by the base.
// Input.Columns sets the columns, by the names of channel variables, for all rows.
//
// The module quotes without doubling quotes, so a caller's name may hold one:
// such a row is cut at `","` instead.
//
// Params: "template" is tried first, and settles rows that would fit another;
// "dates" reads dates a spreadsheet re-saved day or month first; "direction"
// says which way the calls went, which most templates do not.
func FreeSWITCHCSV() Format {
	return Format{
		Name:  "freeswitch-csv",
		Title: "FreeSWITCH mod_cdr_csv",
		Sniff: sniffFreeSWITCHCSV,
		Read:  readFreeSWITCHCSV,
		Params: map[string]string{
			"direction": directionHelp,
			"template":  "the template tried first: " + strings.Join(freeswitchTemplateNames(), ", "),
			"dates":     "dmy or mdy: how dates such as 03/04/2026 are meant",
		},
	}
}

// freeswitchCSV reads one file.
type freeswitchCSV struct {
	*foreign
	templates []freeswitchTemplate
	index     map[string]map[string]int // of each template
	named     *namedRow                 // columns set by the user or a header; nil: by template
	dates     dateOrder
	base      *freeswitchTemplate
	insert    *sqlDump // reads rows that are INSERT statements
}

func newFreeSWITCHCSV(in *Input, out Out) (*freeswitchCSV, error) {
	f, err := newForeign(in, out, "freeswitch")
	if err != nil {
		return nil, err
	}
	r := &freeswitchCSV{foreign: f, templates: freeswitchTemplates(), index: map[string]map[string]int{},
		insert: newSQLDump(strings.NewReader(""))}
	for _, t := range r.templates {
		r.index[t.name] = indexColumns(t.columns, nil)
	}
	r.base = &freeswitchTemplate{"sql", freeswitchBase}
	wanted, err := f.choice("template", freeswitchTemplateNames()...)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(r.templates, func(a, b freeswitchTemplate) int {
		return yes(b.name == wanted) - yes(a.name == wanted)
	})
	order, err := f.choice("dates", "dmy", "mdy")
	r.dates = dateOrder(order)
	if in.Columns != nil {
		r.named = &namedRow{at: indexColumns(in.Columns, freeswitchColumns)}
		if !r.named.has("uuid") || !r.named.has("billsec") || !r.named.has("end_stamp") && !r.named.has("start_stamp") {
			return nil, f.missingColumns(0, in.Columns, "uuid, billsec, and start_stamp or end_stamp")
		}
	}
	return r, err
}

// freeswitchColumns are other names of the columns, in tables and headers.
var freeswitchColumns = map[string]string{"account_code": "accountcode", "b_leg_uuid": "bleg_uuid", "start": "start_stamp", "answer": "answer_stamp", "end": "end_stamp"}

func yes(b bool) int {
	if b {
		return 1
	}
	return 0
}

func readFreeSWITCHCSV(in *Input, out Out) error {
	r, err := newFreeSWITCHCSV(in, out)
	if err != nil {
		return err
	}
	head, rest, err := headOf(in.R)
	if err != nil {
		return err
	}
	if isTableDump(head) {
		return r.readDump(rest)
	}
	s := newSplitter(rest, ',')
	for first := true; s.next(); first = false {
		cells, wrong := r.cells(s)
		if first && r.named == nil && r.header(cells) {
			takeHeader(out, s.raw)
			continue
		}
		if wrong != "" {
			r.rejected(s.row(), fault.Problem{What: wrong, Expected: "separated values, or an INSERT statement of the template sql"})
			continue
		}
		if err := r.row(s.row(), cells, nil); err != nil {
			return err
		}
	}
	return s.err
}

// isTableDump tells a dump of a table from rows of the sql template, which are
// INSERT statements too but one a line.
func isTableDump(head []byte) bool {
	upper := bytes.ToUpper(head)
	return bytes.Contains(upper, []byte("CREATE TABLE")) && bytes.Contains(upper, []byte("INSERT INTO"))
}

func (r *freeswitchCSV) readDump(rest io.Reader) error {
	d := newSQLDump(rest)
	for {
		row, err := d.next()
		if err == io.EOF {
			return d.whole(r.in.Name)
		}
		if err != nil {
			return err
		}
		at := Row{Line: row.line, Raw: string(row.raw)}
		if row.wrong != "" {
			r.rejected(at, fault.Problem{What: row.wrong, Expected: "a row of values"})
			continue
		}
		if err := r.row(at, row.cells, row.columns); err != nil {
			return err
		}
	}
}

// header takes a line of names as the columns; the module writes none, exports
// of its table do.
func (r *freeswitchCSV) header(cells []string) bool {
	at := indexColumns(cells, freeswitchColumns)
	if countColumns(at, "uuid", "billsec", "start_stamp", "end_stamp") < 3 {
		return false
	}
	r.named = &namedRow{at: at}
	return true
}

// row reports one row; columns are their names if the file tells them.
func (r *freeswitchCSV) row(at Row, cells, columns []string) error {
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	var v *finding
	switch row := r.match(cells, columns); {
	case row == nil:
		v = &finding{}
		v.reject("", strconv.Itoa(len(cells))+" columns", "the row fits no template", "the columns of one of the templates "+strings.Join(freeswitchTemplateNames(), ", "))
		v.bad.Fix = "name the columns in their order with columns="
	default:
		if bad := row.cutRow(); bad != nil {
			v = &finding{bad: bad}
			break
		}
		v = r.call(row)
		row.locate(v)
	}
	return r.report(at, v)
}

// match gives the cells names.
func (r *freeswitchCSV) match(cells, columns []string) *namedRow {
	switch {
	case r.named != nil:
		r.named.cells = cells
		return r.named
	case columns != nil:
		return &namedRow{at: indexColumns(columns, freeswitchColumns), cells: cells}
	}
	for i := range r.templates {
		if t := &r.templates[i]; t.fits(cells, true) {
			return &namedRow{at: r.index[t.name], cells: cells}
		}
	}
	if r.base.fits(cells, false) {
		return &namedRow{at: r.index["sql"], cells: cells}
	}
	return nil
}

// call turns a row into a call.
func (r *freeswitchCSV) call(row *namedRow) *finding {
	v := &finding{}
	c := &v.call
	c.ID, c.Source = row.text("uuid"), r.source
	if c.ID == "" {
		v.reject("uuid", "", "the row has no uuid", "the uuid of the leg")
		return v
	}
	c.Session = c.ID
	if bond := row.text("signal_bond"); bond != "" {
		c.Session = min(c.ID, bond) // both legs carry it, neither says which is first
	}
	c.From = cmp.Or(row.text("caller_id_number"), row.text("ani"))
	c.To, c.Account = row.text("destination_number"), row.text("accountcode")
	c.Trunk, c.Cause = row.text("sip_gateway_name"), row.text("hangup_cause")
	switch row.text("direction") {
	case "inbound":
		c.Direction = usage.Inbound
	case "outbound":
		c.Direction = usage.Outbound
	}
	r.steer(c)
	r.times(row, v)
	c.Result = freeswitchResult(c, "")
	return v
}

// times reads the stamps and durations. Where a spreadsheet cut the seconds
// off, the start and the durations are believed. opencdrrate has no start: it
// is the answer, or the end of a call that had none.
func (r *freeswitchCSV) times(row *namedRow, v *finding) {
	c := &v.call
	whole := r.time(row, v, "start_stamp", &c.Start)
	whole = r.time(row, v, "answer_stamp", &c.Answer) && whole
	whole = r.time(row, v, "end_stamp", &c.End) && whole
	if c.Start.IsZero() {
		if c.Start = cmp.Or(c.Answer, c.End); c.Start.IsZero() {
			v.reject("start_stamp", "", "the row has no stamp", "a stamp such as 2026-03-01 09:30:00")
			return
		}
		v.flag("end_stamp", "", "the template has no start: it is the answer, or the end if there is none")
	}
	if c.Talk = r.seconds(row, v, "billsec"); row.text("billsec") == "" {
		v.reject("billsec", "", "the row does not say how long the call talked", "seconds, 0 if it did not")
	}
	if c.Total = r.seconds(row, v, "duration"); row.text("duration") == "" {
		c.Total = max(c.Talk, c.End.Sub(c.Start))
	}
	if c.End.IsZero() || !whole {
		c.End = c.Start.Add(c.Total)
	}
	if !c.Answer.IsZero() && !whole {
		c.Answer = max(c.Start, c.End.Add(-c.Talk))
	}
	settleAnswer(v)
}
