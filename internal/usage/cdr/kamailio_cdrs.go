package cdr

import (
	"strings"

	"waihu/internal/usage"
)

// KamailioCDRs reads rows of Kamailio's table acc_cdrs: start_time, end_time
// and duration, a decimal number of seconds; and of tables made like it, such as
// cdrs (call_start_time, sip_call_id, src_username ...).
//
// Without a header the columns are id, start_time, end_time, duration; the
// further ones are the site's own and leave From and To empty, flagged, until
// Input.Columns names all columns. The ID is the Call-ID where there is one,
// else the row's id. A row is an ended call: Result is answered. start_time is
// the answer, as in kamailio-acc.
//
// Params: "direction" says which way the calls went, which the table does not.
func KamailioCDRs() Format {
	return Format{
		Name:   "kamailio-cdrs",
		Title:  "Kamailio acc_cdrs",
		Sniff:  sniffKamailioCDRs,
		Read:   readKamailioCDRs,
		Params: map[string]string{"direction": directionHelp},
	}
}

var cdrsColumns = []string{"id", "start_time", "end_time", "duration"}

func readKamailioCDRs(in *Input, out Out) error {
	f, err := newForeign(in, out, "kamailio")
	if err != nil {
		return err
	}
	head, rest, err := headOf(in.R)
	if err != nil {
		return err
	}
	s := newSplitter(rest, separatorOf(head))
	row := namedRow{at: indexColumns(cdrsColumns, nil)}
	if in.Columns != nil {
		row.at = indexColumns(in.Columns, sipColumns)
	}
	for first := true; s.next(); first = false {
		if s.wrong != "" {
			f.cut(s)
			continue
		}
		row.cells = s.fields()
		if at := indexColumns(row.cells, sipColumns); first && in.Columns == nil && countColumns(at, "start_time", "duration") == 2 {
			row.at = at
			takeHeader(out, s.raw)
			continue
		}
		v := &finding{bad: row.cutRow()}
		if v.bad == nil {
			v = f.ended(&row)
			row.locate(v)
		}
		if err := f.report(s.row(), v); err != nil {
			return err
		}
	}
	return s.err
}

// ended turns a row into a call.
func (f *foreign) ended(row *namedRow) *finding {
	v := &finding{}
	c := &v.call
	c.Source, c.Session = f.source, row.text("callid")
	switch {
	case c.Session != "":
		c.ID = strings.TrimRight(c.Session+";"+row.text("from_tag")+";"+row.text("to_tag"), ";")
	default:
		c.ID = row.text("id")
	}
	if c.ID == "" {
		v.reject("id", "", "the row has neither an id nor a Call-ID", "one of them")
	}
	f.stamp(v, "start_time", row.text("start_time"), &c.Start)
	f.stamp(v, "end_time", row.text("end_time"), &c.End)
	if c.Start.IsZero() {
		v.reject("start_time", "", "the row does not say when the call started", "a stamp such as 2026-03-01 09:30:00")
		return v
	}
	var ok bool
	if c.Talk, ok = secondsOf(row.text("duration")); !ok {
		v.reject("duration", row.text("duration"), "this is no duration", "seconds, such as 12.345")
	}
	c.Result, c.Answer, c.Total = usage.Answered, c.Start, c.Talk
	if c.End.IsZero() {
		c.End = c.Start.Add(c.Talk)
	}
	c.From, c.Account = row.text("src_user"), row.text("accountcode")
	if c.To = row.text("dst_ouser"); c.To == "" {
		c.To = row.text("dst_user")
	}
	if !row.has("dst_ouser") && !row.has("dst_user") {
		v.flag("columns", "", "the numbers of caller and called are not known: name all columns in their order")
	}
	f.steer(c)
	return v
}

func sniffKamailioCDRs(head []byte, _ string) (int, Why) {
	rows := sampleRows(head, separatorOf(head))
	if len(rows) == 0 {
		return 0, Why{}
	}
	at := indexColumns(rows[0], sipColumns)
	if countColumns(at, "start_time", "duration") == 2 && countColumns(at, "sid", "uniqueid", "uuid", "status", "disposition", "channel") == 0 {
		switch countColumns(at, "callid", "end_time", "src_user", "dst_user", "dst_ouser") {
		case 0:
			return 0, Why{}
		case 1:
			return 60, because("kamailio_start")
		}
		return 85, because("kamailio_sip")
	}
	for _, cells := range rows {
		if len(cells) < len(cdrsColumns) || !isDigits(cells[0]) || !looksLikeStamp(cells[1]) || !looksLikeStamp(cells[2]) {
			return 0, Why{}
		}
		if _, ok := secondsOf(cells[3]); !ok || !strings.Contains(cells[3], ".") {
			return 0, Why{}
		}
	}
	return 80, because("kamailio_cdrs")
}
