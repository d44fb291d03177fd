package cdr

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"waihu/internal/fault"
	"waihu/internal/sim"
	"waihu/internal/usage"
)

func feed(t *testing.T, in *Intake, name, text string) *Report {
	t.Helper()
	report, err := in.Read(context.Background(), strings.NewReader(text), name, int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func master(t testing.TB, rows int, seed uint64) string {
	var b bytes.Buffer
	if err := sim.AsteriskCSV(&b, rows, seed); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAFileGivenTwiceIsAllDuplicates(t *testing.T) {
	out := &totals{}
	in := NewIntake(out, Options{Zone: zone("Asia/Shanghai")})
	text := master(t, 5000, 1)
	first := feed(t, in, "a.csv", text)
	second := feed(t, in, "b.csv.gz", string(gzipped(t, text)))
	if first.Counts.Accepted != 5000 || second.Counts.Duplicate != 5000 || second.Counts.Accepted != 0 || second.Counts.Flagged != 0 {
		t.Errorf("first %s; second %s", first.Counts, second.Counts)
	}
	if out.calls != 5000 || in.Total().Read != 10_000 || in.Total().Check() != nil || len(in.Reports()) != 2 {
		t.Errorf("%d calls, total %s", out.calls, in.Total())
	}
	if second.Compression != "gzip" || second.Format != "asterisk-csv" || first.First.IsZero() || first.Last < first.First {
		t.Errorf("%+v", second)
	}
	repeats := NewIntake(out, Options{Repeats: true})
	feed(t, repeats, "a.csv", text)
	if r := feed(t, repeats, "a.csv", text); r.Counts.Accepted != 5000 {
		t.Errorf("with Repeats: %s", r.Counts)
	}
}

func TestAChangedRecordIsAConflict(t *testing.T) {
	in := NewIntake(&totals{}, Options{})
	feed(t, in, "a.csv", "fact,id,user,from\nseat,1,mei,2026-03-01\n")
	r := feed(t, in, "b.csv", "fact,id,user,from\nseat,1,mei,2026-03-02\nseat,2,mei,2026-03-02\n")
	if r.Counts.Duplicate != 1 || r.Counts.Accepted != 1 || r.Counts.Flagged != 1 {
		t.Error(r.Counts)
	}
}

// TestRejectsCanBeFedAgain holds that what was refused is written so that it is
// refused for the same reasons when it is read again, and accepted once mended.
func TestRejectsCanBeFedAgain(t *testing.T) {
	dir := t.TempDir()
	again := t.TempDir()
	for _, path := range []string{"testdata/core/asterisk-header/semicolon.csv", "testdata/core/waihu-csv/hand.csv", "testdata/core/waihu-facts/bad.jsonl"} {
		opt := Options{Zone: zone("Asia/Shanghai"), Rejects: dir}
		first, err := NewIntake(&totals{}, opt).File(context.Background(), path)
		if err != nil || first.Rejects != filepath.Join(dir, filepath.Base(path)) {
			t.Fatalf("%s: %q, %v", path, first.Rejects, err)
		}
		opt.Rejects = again
		second, err := NewIntake(&totals{}, opt).File(context.Background(), first.Rejects)
		if err != nil || second.Counts.Accepted != 0 || second.Counts.Rejected != first.Counts.Rejected {
			t.Errorf("%s: first %s; again %s, %v", path, first.Counts, second.Counts, err)
		}
		sameFile(t, first.Rejects, second.Rejects)
		checkWhy(t, first)
	}
	mended := strings.Replace(read(t, filepath.Join(dir, "hand.csv")), "many", "12", 1)
	if r := feed(t, NewIntake(&totals{}, Options{}), "mended.csv", mended); r.Counts.Accepted != 1 {
		t.Errorf("mended: %s", r.Counts)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func sameFile(t *testing.T, a, b string) {
	t.Helper()
	if read(t, a) != read(t, b) {
		t.Errorf("%s and %s differ", a, b)
	}
}

// checkWhy reads the reasons beside the rejects.
func checkWhy(t *testing.T, r *Report) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(read(t, r.Rejects+".why.jsonl")), "\n")
	for _, line := range lines {
		var p fault.Problem
		if err := json.Unmarshal([]byte(line), &p); err != nil || p.What == "" || p.Line == 0 || p.File != r.Name {
			t.Errorf("%s: %+v, %v", line, p, err)
		}
	}
	if int64(len(lines)) != r.Counts.Rejected {
		t.Errorf("%d reasons for %d rejects", len(lines), r.Counts.Rejected)
	}
}

func TestRejectsNeverOverwrite(t *testing.T) {
	dir := t.TempDir()
	bad := "fact,id,user,from\nseat,1,,2026-03-01\n"
	in := NewIntake(&totals{}, Options{Rejects: dir})
	first, second := feed(t, in, "a/seats.csv.gz", bad), feed(t, in, "b/seats.csv", bad)
	if first.Rejects != filepath.Join(dir, "seats.csv") || second.Rejects != filepath.Join(dir, "seats-2.csv") {
		t.Errorf("%s and %s", first.Rejects, second.Rejects)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	report, err := NewIntake(&totals{}, Options{Rejects: file}).Read(context.Background(), strings.NewReader(bad), "x.csv", 0)
	if err == nil || report.Counts.Check() != nil {
		t.Errorf("rejects cannot be written, but the error is %v; %s", err, report.Counts)
	}
}

func TestProgressAndCancel(t *testing.T) {
	text := master(t, 20_000, 2)
	var last Progress
	steps := 0
	opt := Options{Progress: func(p Progress) {
		if p.Done < last.Done || p.Total != int64(len(text)) || p.File != "m.csv" {
			t.Errorf("%+v after %+v", p, last)
		}
		last = p
		steps++
	}}
	feed(t, NewIntake(&totals{}, opt), "m.csv", text)
	if last.Done != int64(len(text)) || steps < 4 {
		t.Errorf("%d steps, the last %+v of %d bytes", steps, last, len(text))
	}
	ctx, cancel := context.WithCancel(context.Background())
	opt.Progress = func(Progress) { cancel() }
	report, err := NewIntake(&totals{}, opt).Read(ctx, strings.NewReader(text), "m.csv", 0)
	if !errors.Is(err, context.Canceled) || report.Counts.Read == 20_000 || report.Counts.Check() != nil {
		t.Errorf("canceled: %v, %s", err, report.Counts)
	}
}

// full is a sink that takes so many calls and then fails.
type full struct {
	totals
	room int64
}

var errFull = errors.New("full")

func (f *full) Call(c *usage.Call) error {
	if f.calls == f.room {
		return errFull
	}
	return f.totals.Call(c)
}

func TestErrorsEndAFileAndKeepTheCounts(t *testing.T) {
	text := master(t, 100, 3)
	report, err := NewIntake(&full{room: 10}, Options{}).Read(context.Background(), strings.NewReader(text), "m.csv", 0)
	if !errors.Is(err, errFull) || report.Counts.Check() != nil {
		t.Errorf("%v, %s", err, report.Counts)
	}
	broken := errors.New("disk")
	r := io.MultiReader(strings.NewReader(text), errReader{broken})
	report, err = NewIntake(&totals{}, Options{}).Read(context.Background(), r, "m.csv", 0)
	if !errors.Is(err, broken) || report.Counts.Accepted != 100 || report.Counts.Check() != nil {
		t.Errorf("%v, %s", err, report.Counts)
	}
	for _, path := range []string{"testdata", "testdata/none.csv"} {
		if report, err := NewIntake(&totals{}, Options{}).File(context.Background(), path); err == nil || report.Name != path || report.Counts.Read != 0 {
			t.Errorf("%s: %v", path, err)
		}
	}
}

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) { return 0, e.err }

func TestIntakeChecksItsOptions(t *testing.T) {
	text := master(t, 10, 4)
	for _, c := range []struct {
		opt  Options
		want string
	}{
		{Options{Format: "asterisk"}, "there is no such format"},
		{Options{Format: "asterisk-csv", Params: map[string]string{"colour": "red"}}, "asterisk-csv has no such option"},
		{Options{Params: map[string]string{"direction": "up"}}, "direction"},
		{Options{Params: map[string]string{"extension": "99"}}, "2 to 9"},
		{Options{Columns: []string{"src", "dst"}}, "missing"},
		{Options{Open: OpenOptions{Encoding: "morse"}}, "encoding"},
	} {
		_, err := NewIntake(&totals{}, c.opt).Read(context.Background(), strings.NewReader(text), "m.csv", 0)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.opt, err, c.want)
		}
	}
	in := NewIntake(&totals{}, Options{Limits: Limits{Refuse: []Check{ClockJump}}})
	if r := feed(t, in, "m.csv", strings.Replace(text, `"ANSWERED"`, `"FAILED"`, 1)); r.Counts.Rejected != 0 {
		t.Errorf("%s: %+v", r.Counts, r.Tallies)
	}
	jump := `"a","8005","13800138000","c","c","PJSIP/8005-01","PJSIP/t-02","Dial","x","2026-03-01 09:30:00","2026-03-01 09:30:08","2026-03-01 09:31:10",70,12,"ANSWERED","DOCUMENTATION","1772328600.7",""` + "\n"
	if r := feed(t, in, "jump.csv", jump); r.Counts.Rejected != 1 {
		t.Errorf("a check raised to refuse: %s", r.Counts)
	}
}

func TestDetectSaysWhatItGuesses(t *testing.T) {
	alike := func(name string) Format {
		return Format{Name: name, Sniff: func([]byte, string) (int, Why) { return 70, because("mark") }}
	}
	_, _, err := DetectAmong([]Format{alike("one"), alike("two")}, []byte("x"), "x.csv")
	if err == nil || !strings.Contains(err.Error(), "one (70 %: a byte order mark); two (70 %") || !strings.Contains(err.Error(), "equally") {
		t.Error(err)
	}
	if _, _, err := Detect([]byte("\x89PNG\r\n\x1a\n"), "x.csv"); err == nil || !strings.Contains(err.Error(), "PNG") {
		t.Error(err)
	}
	if _, _, err := Detect([]byte("hello world\n"), "x.csv"); err == nil || fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
}

func TestTalliesAreBounded(t *testing.T) {
	var y tallies
	for i := range 2000 {
		y.add(Rejected, fault.Problem{What: fmt.Sprint("reason ", i%1000), Value: strings.Repeat("x", 1000)})
	}
	list := y.list()
	var sum int64
	for _, one := range list {
		sum += one.Count
		if len(one.Sample) > sampleSize || len(one.Sample[0].Value) > 300 {
			t.Errorf("%d samples of %d bytes", len(one.Sample), len(one.Sample[0].Value))
		}
	}
	if len(list) != maxReasons+1 || sum != 2000 {
		t.Errorf("%d reasons, %d in all", len(list), sum)
	}
}

// TestKeptFactsKeepNoBlocks: sinks keep sessions and the like. A text of theirs
// that is part of a block would keep all of the block.
func TestKeptFactsKeepNoBlocks(t *testing.T) {
	const facts, apart = 60, fullBlock
	var text strings.Builder
	for i := range facts {
		fmt.Fprintf(&text, `{"fact":"session","id":"s%d","source":"x","user":"mei","type":"agent","state":"ready","from":"2026-03-02T01:00:00Z","to":"2026-03-02T09:00:00Z"}`+"\n", i)
		fmt.Fprintf(&text, `{"fact":"module","id":"m%d","source":"x","module":"recording","from":"2026-03-02T01:00:00Z"}`+"\n", i)
		fmt.Fprintf(&text, `{"fact":"call","id":"c%d","source":"x","result":"answered","start":"2026-03-02T01:00:00Z","outcome":"%s"}`+"\n", i, strings.Repeat("o", apart))
	}
	feed(t, NewIntake(&keeping{}, Options{}), "facts.jsonl", text.String()) // what is made once is there
	sink := &keeping{}
	in := NewIntake(sink, Options{})
	before := heap()
	if r := feed(t, in, "facts.jsonl", text.String()); r.Counts.Accepted != 3*facts {
		t.Fatalf("%+v", r)
	}
	if held := int64(heap()) - int64(before); held > facts*apart/8 {
		t.Errorf("%d sessions and %d modules hold %d bytes", len(sink.sessions), len(sink.modules), held)
	}
	runtime.KeepAlive(&text) // it was there before, too
	if len(sink.sessions) != facts || len(sink.modules) != facts || sink.sessions[1].ID != "s1" || sink.sessions[1].State != usage.Ready || sink.modules[1].Module != "recording" {
		t.Errorf("%+v", sink)
	}
}

// TestASingleCallIsReadInLittleMemory: switches hand in hundreds of calls a
// second one by one. With blocks for whole files each left 150 kB behind, and
// one call in a hundred waited for the garbage collector.
func TestASingleCallIsReadInLittleMemory(t *testing.T) {
	const text = `{"fact":"call","id":"c1","source":"x","result":"answered","start":"2026-03-02T01:00:00Z"}` + "\n"
	read := func() {
		in := NewIntake(&totals{}, Options{Format: "waihu-facts"})
		if r := feed(t, in, "facts.jsonl", text); r.Counts.Accepted != 1 {
			t.Fatalf("%+v", r)
		}
	}
	read()
	const times, most = 50, 64 << 10
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range times {
		read()
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / times; each > most {
		t.Errorf("a call read takes %d bytes, at most %d expected", each, most)
	}
}

// keeping is a sink that keeps facts as a meter does.
type keeping struct {
	totals
	sessions []usage.Session
	modules  []usage.Module
}

func (k *keeping) Session(s usage.Session) error { k.sessions = append(k.sessions, s); return nil }
func (k *keeping) Module(m usage.Module) error   { k.modules = append(k.modules, m); return nil }

// TestClocksThatWentBack has a call over the hour that came twice: in records it
// is put right and flagged, in settled facts an end before the start is an error.
func TestClocksThatWentBack(t *testing.T) {
	row := `"a","8005","2125550100","c","c","PJSIP/8005-01","PJSIP/t-02","Dial","x","2026-11-01 01:59:30","2026-11-01 01:59:40","2026-11-01 01:00:40",70,60,"ANSWERED","DOCUMENTATION","1793512770.1",""` + "\n"
	r := feed(t, NewIntake(&totals{}, Options{Zone: zone("America/New_York")}), "m.csv", row)
	var said []string
	for _, y := range r.Tallies {
		said = append(said, y.Sample[0].Path+" "+y.Sample[0].Value)
	}
	if words := strings.Join(said, "; "); r.Counts.Accepted != 1 || !strings.Contains(words, "check clocks_back 2026-11-01T05:59:30Z and 1m10s") || strings.Contains(words, "clock_jump") {
		t.Errorf("%s: %s", r.Counts, words)
	}
	fact := `{"fact":"call","id":"1","source":"asterisk","result":"answered","start":"2026-03-02T01:07:36Z","answer":"2026-03-02T01:07:59Z","end":"2026-03-02T%s:09:25Z","total":109,"talk":86}` + "\n"
	for hour, want := range map[string]int64{"01": 1, "00": 0} {
		r := feed(t, NewIntake(&totals{}, Options{}), "facts.jsonl", fmt.Sprintf(fact, hour))
		if r.Counts.Accepted != want || r.Counts.Rejected != 1-want {
			t.Errorf("an end at %s:09: %s, %+v", hour, r.Counts, r.Tallies)
		}
	}
}

func TestLongLogInsAreFlagged(t *testing.T) {
	table := "fact,id,user,type,from,to\nsession,1,mei,%s,2026-03-02T09:00:00+08:00,%s\n"
	for _, c := range []struct {
		kind, to string
		flagged  int64
	}{
		{"agent", "2026-03-03T08:59:59+08:00", 0},
		{"agent", "2026-03-03T09:00:00+08:00", 1},
		{"agent", "", 1},
		{"robot", "2026-03-31T09:00:00+08:00", 0},
		{"robot", "", 0},
	} {
		r := feed(t, NewIntake(&totals{}, Options{}), "s.csv", fmt.Sprintf(table, c.kind, c.to))
		if r.Counts.Accepted != 1 || r.Counts.Flagged != c.flagged {
			t.Errorf("%s until %q: %s, %+v", c.kind, c.to, r.Counts, r.Tallies)
		}
	}
}
