package console

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/store"
	"waihu/internal/timex"
)

func (s *Server) auditLogPages() {
	for _, at := range []string{"", "/c/{company}"} {
		s.page("GET "+at+"/log", access.AuditRead, s.auditLog)
		s.page("GET "+at+"/log.csv", access.AuditRead, s.auditLogFile("csv"))
		s.page("GET "+at+"/log.xlsx", access.AuditRead, s.auditLogFile("xlsx"))
		s.page("GET "+at+"/log.jsonl", access.AuditRead, s.auditLogLines)
	}
}

// logRow is an entry of the audit log.
type logRow struct {
	store.AuditEntry
	At            string
	By            string
	Hash          string
	Before, After string // what it was and is, as JSON with line ends
}

func (v *visit) logRowOf(e *store.AuditEntry) logRow {
	return logRow{AuditEntry: *e, At: v.moment(e.At), By: actorShown(e.Actor), Hash: hex.EncodeToString(e.Hash[:]), Before: prettied(e.Before), After: prettied(e.After)}
}

// valueShown bounds what is shown of one value of an entry.
const valueShown = 8_000

func prettied(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	var out bytes.Buffer
	if err := json.Indent(&out, b, "", "  "); err != nil {
		return fault.Shorten(string(b), valueShown)
	}
	return fault.Shorten(out.String(), valueShown)
}

// logBody is the page of the audit log.
type logBody struct {
	Form     *form
	Rows     []logRow
	Length   int64
	Head     string
	Checked  bool  // the chain was followed
	Broken   int64 // the first entry that does not follow; 0: none
	Order    *order
	Files    []Link
	Check    string
	All      string
	Filtered bool
}

// logFields are the words of the filter, in its order.
var logFields = []string{"actor", "action", "target", "first", "last"}

// logQuery reads the filter and the order; days are those of the page's clock.
func (v *visit) logQuery(limit int) (*form, app.TrailQuery, *order) {
	asked, f, kept := v.r.URL.Query(), v.blank(), url.Values{}
	for _, name := range logFields {
		if s := asked.Get(name); s != "" {
			f.Values.Set(name, s)
			kept.Set(name, s)
		}
	}
	q := app.TrailQuery{Actor: f.optional("actor", 200), Action: f.optional("action", 100), Target: f.optional("target", 100), Limit: limit}
	if first := f.dayOr("first"); first != 0 {
		q.Period.From = first.Start(v.clock())
	}
	if last := f.dayOr("last"); last != 0 {
		q.Period.To = (last + 1).Start(v.clock())
	}
	o := v.order(kept, "-number", column{"number", "log.number", true})
	q.Up = !o.Down
	if n, err := strconv.ParseInt(o.After, 10, 64); err == nil {
		q.Before = n
	}
	return f, q, o
}

// auditLog shows who did what, and on demand whether nobody changed the past.
func (s *Server) auditLog(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, q, o := v.logQuery(pageRows)
	b := logBody{Form: f, Order: o, All: v.here("/log"), Filtered: len(o.kept) > 0, Files: append(o.files(v.here("/log")), Link{"jsonl", v.here("/log.jsonl" + o.With("", ""))})}
	status := http.StatusOK
	if !f.OK() {
		status = http.StatusUnprocessableEntity
		q.Period = timex.Period{}
	}
	trail, err := s.d.System.AuditTrail(r.Context(), v.company, q)
	if err != nil {
		return err
	}
	b.Length, b.Head = trail.Length, hex.EncodeToString(trail.Head[:])
	for i := range trail.Entries {
		b.Rows = append(b.Rows, v.logRowOf(&trail.Entries[i]))
	}
	if trail.More != 0 {
		o.goOn("", strconv.FormatInt(trail.More, 10))
	}
	b.Check = o.With("check", "1")
	if r.URL.Query().Get("check") != "" {
		if b.Broken, _, err = s.d.System.CheckTrail(r.Context(), v.company); err != nil {
			return err
		}
		b.Checked = true
	}
	s.render(w, v, status, "log", &Page{Title: v.say("nav.log"), Lead: v.say("log.lead"), Here: v.here("/log"), Crumbs: v.trail(), Body: b})
	return nil
}

// toldEntry is an entry as a file for programs has it.
type toldEntry struct {
	Number int64           `json:"number"`
	At     timex.Instant   `json:"at"`
	Actor  string          `json:"actor"`
	Action string          `json:"action"`
	Target string          `json:"target,omitempty"`
	From   string          `json:"from,omitempty"`
	Reason string          `json:"reason,omitempty"`
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
	Prev   string          `json:"previous_hash"`
	Hash   string          `json:"hash"`
}

// eachEntry hands out what the filter takes up to the bound of a file, and tells
// whether there is more.
func (s *Server) eachEntry(v *visit, q app.TrailQuery, f func(*store.AuditEntry) error) (more bool, err error) {
	for n := 0; n < exportRows; { // bounded: Before falls, or rises
		trail, err := s.d.System.AuditTrail(v.r.Context(), v.company, q)
		if err != nil {
			return false, err
		}
		for i := range trail.Entries {
			if err := f(&trail.Entries[i]); err != nil {
				return false, err
			}
			n++
		}
		if q.Before = trail.More; q.Before == 0 {
			return false, nil
		}
	}
	return true, nil
}

// auditLogFile gives what the filter takes as a table, for people.
func (s *Server) auditLogFile(ext string) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		f, q, _ := v.logQuery(store.MaxPage)
		if !f.OK() {
			return s.auditLog(w, r, v)
		}
		t := v.sheet("log.number", "log.at", "log.actor", "log.action", "log.target", "log.reason", "log.from", "log.hash")
		more, err := s.eachEntry(v, q, func(e *store.AuditEntry) error {
			t.add(e.Seq, stamp(e.At), e.Actor, e.Action, e.Target, e.Reason, e.From, hex.EncodeToString(e.Hash[:]))
			return nil
		})
		if err != nil {
			return err
		}
		t.full(v, more)
		return s.sendSheet(w, v, "audit-log", ext, v.say("nav.log"), t)
	}
}

// auditLogLines gives it as lines of JSON with the hashes, for programs that follow
// the chain themselves. They go out as they are read: values before and after a
// change can be long.
func (s *Server) auditLogLines(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, q, _ := v.logQuery(store.MaxPage)
	if !f.OK() {
		return s.auditLog(w, r, v)
	}
	download(w, "application/jsonl", "audit-log.jsonl")
	out := json.NewEncoder(w)
	_, err := s.eachEntry(v, q, func(e *store.AuditEntry) error {
		return out.Encode(toldEntry{e.Seq, e.At, e.Actor, e.Action, e.Target, e.From, e.Reason, e.Before, e.After, hex.EncodeToString(e.Prev[:]), hex.EncodeToString(e.Hash[:])})
	})
	if err != nil {
		s.d.Log.ErrorContext(r.Context(), "export of the audit log", "error", err)
		panic(http.ErrAbortHandler) // lines have gone out: what merely ends would look whole
	}
	return nil
}
