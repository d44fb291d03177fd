package cdr

import (
	"strconv"
	"strings"
	"time"

	"waihu/internal/timex"
	"waihu/internal/usage"
)

// KamailioAcc reads rows of the table acc (and missed_calls) of Kamailio and
// OpenSIPS: separated by commas, tabs, semicolons or, as flatstore writes them,
// bars; with a header or without one, with id or without it.
//
// A call is two rows, an INVITE that was answered and a BYE, joined by Call-ID
// and both tags, which stand the other way round when the called side hung up.
// acc writes a row when the reply goes by, so the INVITE's time is the answer:
// Start is set to it as well, and how long it rang is not known. An INVITE with
// a final failure is an unanswered call. Other rows are ignored, each with its
// reason. The ID is Call-ID and tags, which name a dialog (RFC 3261, section 12).
//
// Answered dialogs wait for their BYE, at most maxDialogs of them and
// maxDialogBytes of text; what waits at the end of the file, or is pushed out,
// is rejected: "no BYE".
//
// The columns after time are the site's own. Without a header six or seven of
// them are taken for those of the sample configuration (src_user, src_domain,
// src_ip, dst_ouser, dst_user, dst_domain, cdr_id); any other number leaves From
// and To empty, flagged, until Input.Columns names all columns. To is dst_ouser,
// the number dialled, else dst_user.
//
// Params: "direction" says which way the calls went, which acc does not.
func KamailioAcc() Format {
	return Format{
		Name:   "kamailio-acc",
		Title:  "Kamailio or OpenSIPS acc",
		Sniff:  sniffKamailioAcc,
		Read:   readKamailioAcc,
		Params: map[string]string{"direction": directionHelp},
	}
}

// accColumns are the columns every acc row has, from the method on.
var accColumns = []string{"method", "from_tag", "to_tag", "callid", "sip_code", "sip_reason", "time"}

// accExtras are those of the sample configuration.
var accExtras = []string{"src_user", "src_domain", "src_ip", "dst_ouser", "dst_user", "dst_domain", "cdr_id"}

// sipColumns are other names of the columns.
var sipColumns = map[string]string{
	"call_id": "callid", "sip_call_id": "callid", "sip_callid": "callid", "code": "sip_code", "reason": "sip_reason",
	"timestamp": "time", "fromtag": "from_tag", "sip_from_tag": "from_tag", "totag": "to_tag", "sip_to_tag": "to_tag",
	"caller": "src_user", "src_username": "src_user", "from_user": "src_user", "caller_id": "src_user", "from": "src_user",
	"callee": "dst_ouser", "dst_ousername": "dst_ouser", "to_user": "dst_ouser", "callee_id": "dst_ouser", "to": "dst_ouser",
	"dst_username": "dst_user", "call_start_time": "start_time", "call_end_time": "end_time", "account": "accountcode",
}

// accRow is a row of acc.
type accRow struct {
	at                       Row
	method, from, to, callID string
	code                     int
	time                     timex.Instant
	caller, callee, account  string
	knownExtras              bool
	flags                    *finding
}

func readKamailioAcc(in *Input, out Out) error {
	f, err := newForeign(in, out, "kamailio")
	if err != nil {
		return err
	}
	head, rest, err := headOf(in.R)
	if err != nil {
		return err
	}
	w := newDialogs(f)
	s := newSplitter(rest, separatorOf(head))
	row := namedRow{}
	if in.Columns != nil {
		row.at = indexColumns(in.Columns, sipColumns)
		if missing := countColumns(row.at, accColumns...) < len(accColumns)-1; missing {
			return f.missingColumns(0, in.Columns, strings.Join(accColumns, ", "))
		}
	}
	for first := true; s.next(); first = false {
		if s.wrong != "" {
			f.cut(s)
			continue
		}
		row.cells = s.fields()
		if first && row.at == nil && isAccHeader(row.cells) {
			row.at = indexColumns(row.cells, sipColumns)
			takeHeader(out, s.raw)
			continue
		}
		if err := w.take(f.accRow(s, row)); err != nil {
			return err
		}
	}
	if s.err != nil {
		return s.err
	}
	w.flush()
	return nil
}

func isAccHeader(cells []string) bool {
	return countColumns(indexColumns(cells, sipColumns), "method", "callid", "sip_code") == 3
}

// accRow reads one row; row.at is nil if the columns must be told from it.
func (f *foreign) accRow(s *splitter, row namedRow) *accRow {
	known := row.at != nil
	if !known {
		row.at, known = accLayout(row.cells)
	}
	a := &accRow{at: s.row(), flags: &finding{bad: row.cutRow()}, knownExtras: known}
	if row.at == nil {
		a.flags.reject("method", "", "no SIP method stands in the first or second column", "INVITE, BYE, ACK ...")
		return a
	}
	a.method = strings.ToUpper(row.text("method"))
	a.from, a.to, a.callID = row.text("from_tag"), row.text("to_tag"), row.text("callid")
	a.caller, a.account = row.text("src_user"), row.text("accountcode")
	if a.callee = row.text("dst_ouser"); a.callee == "" {
		a.callee = row.text("dst_user")
	}
	var err error
	if a.code, err = strconv.Atoi(row.text("sip_code")); err != nil || a.code < 100 || a.code > 699 {
		a.flags.reject("sip_code", row.text("sip_code"), "this is no SIP response code", "100 to 699")
	}
	if a.callID == "" {
		a.flags.reject("callid", "", "the row has no Call-ID", "the Call-ID of the dialog")
	}
	f.accTime(a, row.text("time"))
	row.locate(a.flags)
	return a
}

// accTime reads a date and time, or seconds since 1970 as flatstore writes them.
func (f *foreign) accTime(a *accRow, text string) {
	whole, fraction, _ := strings.Cut(text, ".")
	if i, ok := epochOf(whole, time.Second); ok && len(whole) >= 9 {
		d, _ := secondsOf("0." + fraction)
		a.time = i.Add(d)
	} else {
		f.stamp(a.flags, "time", text, &a.time)
	}
	if a.time.IsZero() {
		a.flags.reject("time", text, "the row has no time", "a stamp such as 2026-03-01 09:30:00 or seconds since 1970")
	}
}

// accLayout is where the columns of a row without a header stand, told from
// the method; extras says whether the site's own columns are known.
func accLayout(cells []string) (at map[string]int, extras bool) {
	for i := 0; i < 2 && i < len(cells); i++ {
		if !isSIPMethod(cells[i]) || len(cells) < i+len(accColumns) {
			continue
		}
		names := append(make([]string, i), accColumns...)
		more := len(cells) - len(names)
		if extras = more == len(accExtras)-1 || more == len(accExtras); extras {
			names = append(names, accExtras...)
		}
		return indexColumns(names[:min(len(names), len(cells))], nil), extras
	}
	return nil, false
}

func isSIPMethod(s string) bool {
	switch s {
	case "INVITE", "ACK", "BYE", "CANCEL", "UPDATE", "PRACK", "INFO", "REFER", "NOTIFY", "SUBSCRIBE", "MESSAGE", "OPTIONS", "REGISTER", "PUBLISH":
		return true
	}
	return false
}

// call is the call a row begins, without its end.
func (a *accRow) call(source string) *finding {
	v := &finding{flags: a.flags.flags}
	c := &v.call
	c.Source, c.Session = source, a.callID
	c.ID = a.callID + ";" + a.from + ";" + a.to
	c.From, c.To, c.Account = a.caller, a.callee, a.account
	c.Start, c.End = a.time, a.time
	c.Cause = "SIP " + strconv.Itoa(a.code)
	c.Result = resultOfSIP(a.code)
	if c.Result != usage.Answered {
		c.ID += ";" + strconv.Itoa(a.code) // one dialog may fail here and be answered there
	}
	if !a.knownExtras {
		v.flag("columns", "", "the numbers of caller and called are not known: name all columns in their order")
	}
	return v
}

func sniffKamailioAcc(head []byte, _ string) (int, Why) {
	rows := sampleRows(head, separatorOf(head))
	if len(rows) == 0 {
		return 0, Why{}
	}
	if isAccHeader(rows[0]) {
		return 92, because("kamailio_header")
	}
	for _, cells := range rows {
		at, _ := accLayout(cells)
		row := namedRow{at: at, cells: cells}
		code, err := strconv.Atoi(row.text("sip_code"))
		if at == nil || err != nil || code < 100 || code > 699 || row.text("callid") == "" {
			return 0, Why{}
		}
	}
	return 92, because("kamailio_rows")
}
