package cdr

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

var update = flag.Bool("update", false, "write the facts that tests expect")

// foreignFormats are the formats whose files stand in testdata/foreign.
func foreignFormats() []Format {
	return []Format{FreeSWITCHCSV(), FreeSWITCHJSON(), FreeSWITCHXML(), Twilio(), AmazonConnect(), KamailioAcc(), KamailioCDRs(), VICIdial()}
}

// protocol is an Out that writes down what it is told and checks the contract
// of Format.Read.
type protocol struct {
	lines  []string
	wrong  []string
	row    Row
	begun  bool // a record is at hand
	said   bool // and something was said about it
	facts  int
	counts map[string]int
}

func newProtocol() *protocol { return &protocol{counts: map[string]int{}} }

func (p *protocol) breach(format string, args ...any) {
	p.wrong = append(p.wrong, fmt.Sprintf("line %d: ", p.row.Line)+fmt.Sprintf(format, args...))
}

func (p *protocol) Record(r Row) {
	p.settle()
	p.row, p.begun, p.said, p.facts = r, true, false, 0
	p.counts["read"]++
	if r.Line < 1 {
		p.breach("a record at line %d", r.Line)
	}
	if len(r.Raw) > maxRecordBytes {
		p.breach("a record keeps %d bytes", len(r.Raw))
	}
}

func (p *protocol) settle() {
	if p.begun && !p.said {
		p.breach("nothing was said about a record")
	}
}

func (p *protocol) say(what, text string) {
	if !p.begun {
		p.breach("%s before any record", what)
	}
	p.lines = append(p.lines, fmt.Sprintf("%d %s %s", p.row.Line, what, text))
}

func (p *protocol) end(what, text string) {
	if p.said {
		p.breach("%s after the record was settled", what)
	}
	p.say(what, text)
	p.said = true
	p.counts[what]++
}

func (p *protocol) Reject(f fault.Problem) {
	if f.What == "" || f.Line != p.row.Line {
		p.breach("a reject without words or of another line: %+v", f)
	}
	p.end("reject", f.Error())
}

func (p *protocol) Ignore(reason string) {
	if reason == "" {
		p.breach("ignored without a reason")
	}
	p.end("ignore", reason)
}

func (p *protocol) Flag(f fault.Problem) {
	if p.said {
		p.breach("a flag after the record was settled")
	}
	p.say("flag", f.Error())
}

// fact settles a record as facts, of which there may be several.
func (p *protocol) fact(kind, text string) {
	if p.said && p.facts == 0 {
		p.breach("a fact after the record was settled")
	}
	p.say(kind, text)
	p.said = true
	if p.facts++; p.facts == 1 {
		p.counts["fact"]++
	}
}

func (p *protocol) stretch(id, source string, from, to timex.Instant) {
	if id == "" || source == "" || from <= 0 || to < 0 {
		p.breach("a fact without id, source or start: %q %q %d %d", id, source, from, to)
	}
}

func (p *protocol) Call(c *usage.Call) error {
	p.stretch(c.ID, c.Source, c.Start, c.End)
	if c.Total < 0 || c.Talk < 0 || c.Answer < 0 {
		p.breach("a negative duration or answer: %v %v %v", c.Total, c.Talk, c.Answer)
	}
	if !slices.Contains(c.Result.Choices(), string(c.Result)) {
		p.breach("the result %q", c.Result)
	}
	if c.Talk > 0 && c.Result != usage.Answered {
		p.breach("talk time, but %s", c.Result)
	}
	p.fact("call", callText(c))
	return nil
}

func (p *protocol) Session(s usage.Session) error {
	p.stretch(s.ID, s.Source, s.From, s.To)
	if s.To < s.From || s.User == "" {
		p.breach("a session to %s of %q", s.To, s.User)
	}
	p.fact("session", strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s..%s %s", s.Source, s.ID, s.User, s.Type, s.From, s.To, s.State)))
	return nil
}

func (p *protocol) Seat(usage.Seat) error     { p.breach("a seat"); return nil }
func (p *protocol) Module(usage.Module) error { p.breach("a module"); return nil }
func (p *protocol) Rental(usage.Rental) error { p.breach("a rental"); return nil }
func (p *protocol) Event(usage.Event) error   { p.breach("an event"); return nil }

// callText is a call in one line: what is empty is left out.
func callText(c *usage.Call) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s %s talk=%s total=%s", c.Source, c.ID, c.Result, c.Start, c.Talk, c.Total)
	for _, f := range []struct{ name, value string }{
		{"from", c.From}, {"to", c.To}, {"answer", c.Answer.String()}, {"end", c.End.String()}, {"session", c.Session},
		{"direction", string(c.Direction)}, {"by", string(c.By)}, {"mode", string(c.Mode)}, {"account", c.Account},
		{"agent", c.Agent}, {"campaign", c.Campaign}, {"trunk", c.Trunk}, {"outcome", c.Outcome}, {"cause", c.Cause},
	} {
		if f.value != "" {
			fmt.Fprintf(&b, " %s=%q", f.name, f.value)
		}
	}
	if c.LegB {
		b.WriteString(" legB")
	}
	if !c.Cost.Currency().IsZero() {
		fmt.Fprintf(&b, " cost=%s", c.Cost)
	}
	return b.String()
}

// foreignCase is a file and how it is read.
type foreignCase struct {
	format  string
	file    string
	golden  string // what stands before .facts; empty: the file's name
	params  map[string]string
	columns []string
	zone    string
}

func foreignCases(t testing.TB) []foreignCase {
	files, err := filepath.Glob("testdata/foreign/*/*")
	if err != nil || len(files) == 0 {
		t.Fatal("no files in testdata/foreign: ", err)
	}
	var cases []foreignCase
	for _, f := range files {
		if filepath.Ext(f) != ".facts" {
			cases = append(cases, foreignCase{format: filepath.Base(filepath.Dir(f)), file: filepath.Base(f)})
		}
	}
	return append(cases,
		foreignCase{format: "freeswitch-csv", file: "bad.csv", golden: "bad-dmy", params: map[string]string{"dates": "dmy", "direction": "outbound"}},
		foreignCase{format: "freeswitch-csv", file: "clocks.csv", golden: "clocks-new-york", zone: "America/New_York"},
		foreignCase{format: "freeswitch-csv", file: "example.csv", golden: "example-template", params: map[string]string{"template": "snom"}},
		foreignCase{format: "freeswitch-csv", file: "example.csv", golden: "example-columns",
			columns: []string{"", "caller_id_number", "destination_number", "", "start_stamp", "answer_stamp", "end_stamp", "duration", "billsec", "hangup_cause", "uuid"}},
		foreignCase{format: "freeswitch-csv", file: "example.csv", golden: "example-no-template", params: map[string]string{"template": "none"}},
		foreignCase{format: "twilio", file: "human.csv", golden: "human-usd", params: map[string]string{"currency": "USD"}},
		foreignCase{format: "kamailio-acc", file: "flatstore.log", golden: "flatstore-columns",
			columns: []string{"method", "from_tag", "to_tag", "callid", "sip_code", "sip_reason", "time", "", "src_user", "dst_ouser"}},
		foreignCase{format: "kamailio-acc", file: "flatstore.log", golden: "flatstore-too-few", columns: []string{"method", "callid"}},
		foreignCase{format: "vicidial", file: "dump.sql", golden: "dump-carrier", params: map[string]string{"calls": "vicidial_carrier_log", "sessions": "vicidial_user_log"}},
		foreignCase{format: "vicidial", file: "dump.sql", golden: "dump-channels", params: map[string]string{"calls": "call_log", "phone_code": "join"}},
		foreignCase{format: "vicidial", file: "dump.sql", golden: "dump-closer", params: map[string]string{"calls": "vicidial_closer_log"}},
		foreignCase{format: "vicidial", file: "log.tsv", golden: "log-join", params: map[string]string{"phone_code": "join"}},
		foreignCase{format: "vicidial", file: "carrier_log.csv", golden: "carrier_log-set-aside", params: map[string]string{"calls": "vicidial_log"}},
	)
}

func formatNamed(t testing.TB, name string) Format {
	f, err := Find(Formats(), name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// readForeign reads bytes as a format and gives the protocol with its last line.
func readForeign(t testing.TB, f Format, name string, data []byte, c foreignCase) *protocol {
	zone, err := timex.LoadZone(cmp.Or(c.zone, "Asia/Hong_Kong"))
	if err != nil {
		t.Fatal(err)
	}
	p := newProtocol()
	err = f.Read(&Input{Name: name, R: bytes.NewReader(data), Zone: zone, Params: c.params, Columns: c.columns}, p)
	p.settle()
	n := p.counts
	p.lines = append(p.lines, fmt.Sprintf("read %d, facts %d, rejected %d, ignored %d", n["read"], n["fact"], n["reject"], n["ignore"]))
	if err != nil {
		p.lines = append(p.lines, "error: "+err.Error())
	}
	if n["read"] != n["fact"]+n["reject"]+n["ignore"] {
		p.breach("the counts do not add up: %v", n)
	}
	return p
}

func TestForeignFilesBecomeTheseFacts(t *testing.T) {
	for _, c := range foreignCases(t) {
		t.Run(c.format+"/"+cmp.Or(c.golden, c.file), func(t *testing.T) {
			folder := filepath.Join("testdata/foreign", c.format)
			data, err := os.ReadFile(filepath.Join(folder, c.file))
			if err != nil {
				t.Fatal(err)
			}
			p := readForeign(t, formatNamed(t, c.format), c.file, data, c)
			for _, w := range p.wrong {
				t.Error(w)
			}
			got := strings.Join(p.lines, "\n") + "\n"
			golden := filepath.Join(folder, cmp.Or(c.golden, c.file)+".facts")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// A file that two formats claim would be read as whichever comes first.
func TestEachFileIsClaimedByItsOwnFormatAlone(t *testing.T) {
	for _, c := range foreignCases(t) {
		if c.golden != "" {
			continue
		}
		data, err := os.ReadFile(filepath.Join("testdata/foreign", c.format, c.file))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range Formats() {
			sure, reason := f.Sniff(data, c.file)
			switch own := f.Name == c.format; {
			case own && sure < sureEnough && !strings.HasPrefix(c.file, "bad"):
				t.Errorf("%s/%s: its own format is only %d sure: %s", c.format, c.file, sure, reason)
			case !own && sure >= worthNaming:
				t.Errorf("%s/%s: %s claims it with %d: %s", c.format, c.file, f.Name, sure, reason)
			case sure > 0 && reason.IsZero():
				t.Errorf("%s/%s: %s gives no reason", c.format, c.file, f.Name)
			}
		}
	}
}

// What a format reads must not depend on where the reader's blocks end.
func TestForeignFilesReadTheSameByteByByte(t *testing.T) {
	for _, c := range foreignCases(t) {
		data, err := os.ReadFile(filepath.Join("testdata/foreign", c.format, c.file))
		if err != nil {
			t.Fatal(err)
		}
		f := formatNamed(t, c.format)
		whole := readForeign(t, f, c.file, data, c)
		p := newProtocol()
		zone, _ := timex.LoadZone(cmp.Or(c.zone, "Asia/Hong_Kong"))
		_ = f.Read(&Input{Name: c.file, R: oneByte{bytes.NewReader(data)}, Zone: zone, Params: c.params, Columns: c.columns}, p)
		if got, want := strings.Join(p.lines, "\n"), strings.Join(whole.lines[:len(p.lines)], "\n"); got != want {
			t.Errorf("%s/%s byte by byte:\n%s\nat once:\n%s", c.format, c.file, got, want)
		}
	}
}

// oneByte gives a byte at a time.
type oneByte struct{ r *bytes.Reader }

func (o oneByte) Read(b []byte) (int, error) { return o.r.Read(b[:min(1, len(b))]) }

func TestEveryForeignFormatChecksItsDirection(t *testing.T) {
	for _, f := range foreignFormats() {
		if f.Params["direction"] == "" {
			t.Errorf("%s does not name its option direction", f.Name)
		}
		err := f.Read(&Input{Name: "x", R: strings.NewReader("x"), Zone: time.UTC, Params: map[string]string{"direction": "sideways"}}, newProtocol())
		if err == nil || !strings.Contains(err.Error(), "sideways") {
			t.Errorf("%s accepts a direction that is none: %v", f.Name, err)
		}
	}
}
