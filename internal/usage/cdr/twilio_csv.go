package cdr

import (
	"bytes"
	"io"
	"regexp"
)

// twilioColumns are other names of the columns, most of them guessed.
var twilioColumns = map[string]string{
	"call_sid": "sid", "callsid": "sid", "account": "account_sid", "parent_sid": "parent_call_sid",
	"to_number": "to", "from_number": "from", "call_status": "status", "start": "start_time",
	"start_date": "start_time", "end": "end_time", "end_date": "end_time", "created": "date_created",
	"date": "date_created", "duration_seconds": "duration", "duration_sec": "duration",
	"duration_s": "duration", "duration_in_seconds": "duration", "call_duration": "duration",
	"currency": "price_unit", "price_currency": "price_unit", "trunk": "trunk_sid",
}

var twilioSID = regexp.MustCompile(`\bCA[0-9a-f]{32}\b`)

func sniffTwilioCSV(head []byte) (int, Why) {
	rows := sampleRows(head, separatorOf(head))
	if len(rows) == 0 {
		return 0, Why{}
	}
	at := indexColumns(rows[0], twilioColumns)
	if _, ok := at["sid"]; !ok || countColumns(at, "status", "direction", "from", "to", "start_time", "duration", "price") < 4 {
		return 0, Why{}
	}
	if twilioSID.Match(head) {
		return 90, because("twilio_sid")
	}
	return 65, because("twilio_header")
}

func (t *twilioReader) readCSV(r io.Reader, sep byte) error {
	s := newSplitter(r, sep)
	header := t.in.Columns
	if header == nil {
		if !s.next() {
			return s.err
		}
		header = s.fields()
		takeHeader(t.out, s.raw)
	}
	row := namedRow{at: indexColumns(header, twilioColumns)}
	if !row.has("sid") || !row.has("status") || !row.has("duration") || !row.has("start_time") && !row.has("date_created") {
		return t.missingColumns(s.line, header, "sid (Call SID), status, duration, and start_time or date_created")
	}
	for s.next() {
		if s.wrong != "" {
			t.cut(s)
			continue
		}
		row.cells = s.fields()
		if bad := row.cutRow(); bad != nil {
			t.rejected(s.row(), *bad)
			continue
		}
		if err := t.report(s.row(), t.call(twilioOfRow(&row))); err != nil {
			return err
		}
	}
	return s.err
}

func twilioOfRow(r *namedRow) *twilioRecord {
	return &twilioRecord{
		SID: jsonText(r.text("sid")), Account: jsonText(r.text("account_sid")), Parent: jsonText(r.text("parent_call_sid")),
		To: jsonText(r.text("to")), From: jsonText(r.text("from")), Status: jsonText(r.text("status")),
		Start: jsonText(r.text("start_time")), End: jsonText(r.text("end_time")), Created: jsonText(r.text("date_created")),
		Duration: jsonText(r.text("duration")), Price: jsonText(r.text("price")), PriceUnit: jsonText(r.text("price_unit")),
		Direction: jsonText(r.text("direction")), AnsweredBy: jsonText(r.text("answered_by")), Trunk: jsonText(r.text("trunk_sid")),
	}
}

// isTable tells whether the first byte that is not a space begins no JSON.
func isTable(head []byte) bool {
	head = bytes.TrimLeft(head, "\ufeff \t\r\n")
	return len(head) > 0 && head[0] != '{' && head[0] != '['
}
