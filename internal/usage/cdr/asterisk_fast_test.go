package cdr

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"waihu/internal/fault"
	"waihu/internal/sim"
	"waihu/internal/usage"
)

// slowly is an Out like another, but none for the fast lane.
type slowly struct{ Out }

// hearing is an Out that writes down all it is told.
type hearing struct {
	totals
	log  strings.Builder
	fast int // records that took the fast lane
}

func (h *hearing) recordCall(line int, rows rawRow, c *usage.Call) error {
	h.fast++
	h.Record(Row{Line: line, Raw: rows.rawRow()})
	return h.Call(c)
}

func (h *hearing) Call(c *usage.Call) error {
	fmt.Fprintf(&h.log, "call %+v\n", *c)
	return h.totals.Call(c)
}

func (h *hearing) Record(r Row)           { fmt.Fprintf(&h.log, "%d %q\n", r.Line, r.Raw) }
func (h *hearing) Reject(p fault.Problem) { fmt.Fprintf(&h.log, "reject %+v\n", p) }
func (h *hearing) Flag(p fault.Problem)   { fmt.Fprintf(&h.log, "flag %+v\n", p) }
func (h *hearing) Ignore(reason string)   { fmt.Fprintf(&h.log, "ignore %s\n", reason) }

// sameInBothLanes reads a text with the fast lane and without it, holds both to
// have found and said the same, and counts the rows that took the fast lane.
func sameInBothLanes(t testing.TB, text []byte, block int, in Input) int {
	t.Helper()
	var told [2]string
	fast := 0
	for i := range told {
		h := &hearing{}
		var out Out = h
		if i == 1 {
			out = slowly{h}
		}
		in.Name, in.R = "x", io.Reader(bytes.NewReader(text))
		if block%2 == 1 {
			in.R = iotest.HalfReader(in.R)
		}
		a, err := newAsterisk(&in, out, ',')
		if err != nil {
			t.Fatal(err)
		}
		a.byCount, a.rows.lazy = true, true
		a.rows.block, a.rows.full = block, block
		fmt.Fprintf(&h.log, "end: %v\n", a.readRows())
		told[i] = h.log.String()
		fast += h.fast
	}
	if told[0] != told[1] {
		a, b := strings.Split(told[0], "\n"), strings.Split(told[1], "\n")
		i := 0
		for i < min(len(a), len(b))-1 && a[i] == b[i] {
			i++
		}
		t.Fatalf("block %d: fast:\n%s\nslow:\n%s", block, a[i], b[i])
	}
	return fast
}

func simRows(t testing.TB, rows int, seed uint64) []byte {
	var b bytes.Buffer
	if err := sim.AsteriskCSV(&b, rows, seed); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFastLaneTakesWhatAsteriskWrites(t *testing.T) {
	const rows = 20_000
	text := simRows(t, rows, 7)
	if fast := sameInBothLanes(t, text, fullBlock, Input{Zone: zone("Asia/Shanghai")}); fast != rows {
		t.Errorf("%d of %d rows took the fast lane", fast, rows)
	}
	if n := testing.AllocsPerRun(3, func() {
		in := NewIntake(&totals{}, Options{Repeats: true})
		if _, err := in.Read(context.Background(), bytes.NewReader(text), "x", 0); err != nil {
			t.Fatal(err)
		}
	}); n > rows/10 {
		t.Errorf("%v allocations for %d rows", n, rows)
	}
}

// odd are pieces that make a row one that is not plain, or hardly.
var odd = []string{`"`, `""`, `","`, `,`, "\n", "\r", "\r\n", " ", "-", `"",`, `"ANSWERED"`, `"NO ANSWER"`, `"BUSY"`, `"CONGESTION"`, `"FAILED"`,
	"0", "9", "1234567", "12345678", "1.5", "-1", "+", "0000-00-00 00:00:00", "2026-03-08 02:30:00", "2026-11-01 01:30:00", "2026-03-01 09:30",
	"2026-02-30 00:00:00", "Local/8001@x-1", "PJSIP/8001-0000000a", "PJSIP/8001", "8001", "100", "\x00", "\uFFFD", "\xff", strings.Repeat("x", 5000), ""}

// mutate changes a few places of a text: a piece put in, cut out or copied from
// elsewhere in it.
func mutate(r *rand.Rand, text []byte, changes int) []byte {
	out := bytes.Clone(text)
	for range changes {
		at := r.IntN(len(out) + 1)
		end := min(len(out), at+r.IntN(4)*r.IntN(12))
		piece := []byte(odd[r.IntN(len(odd))])
		if r.IntN(4) == 0 && len(out) > 0 {
			from := r.IntN(len(out))
			piece = bytes.Clone(out[from:min(len(out), from+r.IntN(40))])
		}
		out = append(out[:at:at], append(piece, out[end:]...)...)
	}
	return out
}

// TestFastLaneChangesNothing compares both lanes over every Asterisk file there
// is, and over rows changed at random.
func TestFastLaneChangesNothing(t *testing.T) {
	files, _ := filepath.Glob("testdata/*/*/*")
	texts := [][]byte{simRows(t, 12, 1), simRows(t, 12, 2)}
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range []int{101, 300, fullBlock} {
			sameInBothLanes(t, b, block, Input{Zone: zone("Asia/Shanghai")})
		}
		if strings.Contains(path, "asterisk-csv") && !strings.HasSuffix(path, ".facts") {
			texts = append(texts, b)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	zones := []string{"Asia/Shanghai", "America/New_York"}
	fast := 0
	for i := range 3_000 {
		text := mutate(r, texts[i%len(texts)], 1+r.IntN(6))
		params := []map[string]string{nil, {"extension": "4", "dates": "dmy"}, {"direction": "inbound"}}[r.IntN(3)]
		fast += sameInBothLanes(t, text, []int{64, 333, 1000, 1 << 16}[r.IntN(4)], Input{Zone: zone(zones[i%2]), Params: params})
	}
	if fast < 5_000 {
		t.Errorf("only %d rows took the fast lane", fast)
	}
}

// FuzzFastLane holds that the fast lane changes nothing, whatever it reads.
func FuzzFastLane(f *testing.F) {
	text := string(simRows(f, 3, 3))
	f.Add(text, 64, false)
	f.Add(strings.ReplaceAll(text, "\n", "\r\n"), 333, true)
	for i, piece := range odd {
		f.Add(strings.Replace(text, `"Dial"`, `"Dial`+piece+`"`, 1+i%2), 1000, i%2 == 0)
		f.Add(text[:i*11]+piece+text[i*11:], 1000, i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, text string, block int, newYork bool) {
		name := "Asia/Shanghai"
		if newYork {
			name = "America/New_York"
		}
		sameInBothLanes(t, []byte(text), 1+int(uint(block)%5000), Input{Zone: zone(name)})
	})
}

// TestFastLaneReports compares the reports of an Intake: counts, tallies with
// their samples, the records that were refused as they stood, the facts.
func TestFastLaneReports(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	text := append(simRows(t, 300, 5), mutate(r, simRows(t, 2000, 4), 400)...)
	var told [2]string
	for i := range told {
		format := AsteriskCSV()
		if read := format.Read; i == 1 {
			format.Read = func(in *Input, out Out) error { return read(in, slowly{out}) }
		}
		var facts bytes.Buffer
		w := NewWriter(&facts)
		dir := t.TempDir()
		limits := Limits{Refuse: []Check{ClockJump}, Runaway: 100e9}
		in := NewIntake(w, Options{Formats: []Format{format}, Zone: zone("Asia/Shanghai"), Rejects: dir, Limits: limits})
		report, err := in.Read(context.Background(), bytes.NewReader(text), "Master.csv", 0)
		if err != nil || w.Flush() != nil {
			t.Fatal(err)
		}
		raw, _ := os.ReadFile(filepath.Join(dir, "Master.csv"))
		why, _ := os.ReadFile(filepath.Join(dir, "Master.csv.why.jsonl"))
		if c := report.Counts; c.Rejected < 50 || c.Flagged < 5 || c.Accepted < 1000 {
			t.Fatalf("%v: the test does not test enough", c)
		}
		report.Rejects = ""
		b, _ := json.MarshalIndent(report, "", " ")
		told[i] = fmt.Sprintf("%s\n%s\n%s\n%s", b, raw, why, &facts)
	}
	if told[0] != told[1] {
		t.Errorf("with the fast lane:\n%.3000s\nwithout:\n%.3000s", told[0], told[1])
	}
}
