package cdr

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// cutRow is what a splitter makes of a record.
type cutRow struct {
	line   int
	raw    string
	wrong  string
	cut    bool
	fields []string
}

func cutRows(r io.Reader, sep byte, block int) ([]cutRow, error) {
	s := newSplitter(r, sep)
	s.block, s.full = block, block
	var rows []cutRow
	for s.next() {
		rows = append(rows, cutRow{s.line, s.raw, s.wrong, s.cut, s.fields()})
	}
	return rows, s.err
}

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		name, in string
		sep      byte
		want     []cutRow
	}{
		{"line ends of every kind", "a,b\nc\r\nd\re", ',', []cutRow{
			{1, "a,b", "", false, []string{"a", "b"}}, {2, "c", "", false, []string{"c"}},
			{3, "d", "", false, []string{"d"}}, {4, "e", "", true, []string{"e"}}}},
		{"empty lines", "\n\r\n\ra\n\n", ',', []cutRow{{4, "a", "", false, []string{"a"}}}},
		{"doubled quotes", `"a""b","","""",x` + "\n", ',', []cutRow{{1, `"a""b","","""",x`, "", false, []string{`a"b`, "", `"`, "x"}}}},
		{"line ends in quotes", "\"a\nb\r\nc\rd\",e\nf\n", ',', []cutRow{
			{1, "\"a\nb\r\nc\rd\",e", "", false, []string{"a\nb\r\nc\rd", "e"}}, {5, "f", "", false, []string{"f"}}}},
		{"spaces around quotes", ` "a,b" ,c, "d"` + "\n", ',', []cutRow{{1, ` "a,b" ,c, "d"`, "", false, []string{"a,b", "c", "d"}}}},
		{"quotes within a field", `a"b,c""d` + "\n", ',', []cutRow{{1, `a"b,c""d`, "", false, []string{`a"b`, `c""d`}}}},
		{"text after a quote", "\"a\"b,c\nd\n", ',', []cutRow{{1, `"a"b,c`, wrongQuote, false, []string{}}, {2, "d", "", false, []string{"d"}}}},
		{"a quote left open costs its line", "\"a,b\nc,d\n", ',', []cutRow{{1, `"a,b`, wrongUnclosed, false, []string{}}, {2, "c,d", "", false, []string{"c", "d"}}}},
		{"half a line", "a,b\n\"c,d", ',', []cutRow{{1, "a,b", "", false, []string{"a", "b"}}, {2, `"c,d`, wrongUnclosed, true, []string{}}}},
		{"semicolons", "a;b,c;\n", ';', []cutRow{{1, "a;b,c;", "", false, []string{"a", "b,c", ""}}}},
		{"tabs", "a\t\"b\tc\"\n", '\t', []cutRow{{1, "a\t\"b\tc\"", "", false, []string{"a", "b\tc"}}}},
		{"a long field without quotes", "aaaaaaaaaaaaaaaaaaaaaaaaa|b\n", '|', []cutRow{{1, "aaaaaaaaaaaaaaaaaaaaaaaaa|b", "", false, []string{"aaaaaaaaaaaaaaaaaaaaaaaaa", "b"}}}},
		{"too many columns", strings.Repeat(",", 300) + "\nx\n", ',', []cutRow{
			{1, strings.Repeat(",", 300), wrongColumns, false, []string{}}, {2, "x", "", false, []string{"x"}}}},
	} {
		for _, block := range []int{1, 2, 7, 4096} {
			got, err := cutRows(strings.NewReader(c.in), c.sep, block)
			if err != nil || fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("%s, blocks of %d: got %+v, %v; want %+v", c.name, block, got, err, c.want)
			}
		}
	}
}

func TestSplitBoundsRecords(t *testing.T) {
	long := strings.Repeat("x", maxRow+maxRow/2)
	const lines = maxRow/100 + 1
	in := "a\n" + long + "\n\"" + strings.Repeat(strings.Repeat("y", 99)+"\n", lines) + "\nb\n"
	rows, err := cutRows(strings.NewReader(in), ',', 64<<10)
	if err != nil {
		t.Fatal(err)
	}
	if r := rows[1]; r.wrong != wrongLong || len(r.raw) != maxRow || r.line != 2 {
		t.Errorf("a line that is too long: %q, %d bytes, line %d", r.wrong, len(r.raw), r.line)
	}
	if r := rows[2]; r.wrong != wrongUnclosed || len(r.raw) != 100 || r.line != 3 {
		t.Errorf("a quote that is never closed: %q, %d bytes, line %d", r.wrong, len(r.raw), r.line)
	}
	if r := rows[len(rows)-1]; r.raw != "b" || r.line != lines+4 {
		t.Errorf("the last record is %q at line %d", r.raw, r.line)
	}
}

func TestSplitKeepsWholeRecordsBeforeAnError(t *testing.T) {
	broken := errors.New("broken")
	rows, err := cutRows(io.MultiReader(strings.NewReader("a\nb\nc"), iotest.ErrReader(broken)), ',', 4096)
	if err != broken || len(rows) != 2 || rows[1].raw != "b" {
		t.Errorf("got %+v, %v", rows, err)
	}
}

// FuzzSplit holds that no byte is lost, that the size of blocks does not
// matter, and that encoding/csv agrees about what it accepts.
func FuzzSplit(f *testing.F) {
	for _, s := range []string{"a,b\nc", "\"a\"\"b\",\r\nx\ry", "\"open\nnext,\"q\"\n", " \"a\" ,b\n\n\n", "\"a\"b\n\"c\n\"\n"} {
		f.Add([]byte(s), byte(','), 3)
	}
	f.Fuzz(func(t *testing.T, in []byte, sep byte, block int) {
		if strings.IndexByte(",;\t|", sep) < 0 {
			sep = ','
		}
		rows, err := cutRows(bytes.NewReader(in), sep, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		again, err := cutRows(iotest.HalfReader(bytes.NewReader(in)), sep, 1+int(uint(block)%64))
		if err != nil || fmt.Sprint(rows) != fmt.Sprint(again) {
			t.Fatalf("in blocks: %+v, %v; at once: %+v", again, err, rows)
		}
		rest := string(in)
		lines := 1
		for _, r := range rows {
			skipped := len(rest) - len(strings.TrimLeft(rest, "\r\n"))
			if lines += countLines(rest[:skipped]) - 1; lines != r.line {
				t.Fatalf("%q is said to be at line %d, it is at %d", r.raw, r.line, lines)
			}
			if rest = rest[skipped:]; !strings.HasPrefix(rest, r.raw) {
				t.Fatalf("the record %q is not what comes next: %q", r.raw, rest)
			}
			lines += countLines(r.raw) - 1
			rest = rest[len(r.raw):]
		}
		if strings.Trim(rest, "\r\n") != "" {
			t.Fatalf("%q is left over", rest)
		}
		agrees(t, in, sep, rows)
	})
}

// agrees compares with encoding/csv where both know the rules: it drops CR
// before LF in quotes, and does not know bare CR and spaces around quotes.
func agrees(t *testing.T, in []byte, sep byte, rows []cutRow) {
	if bytes.ContainsAny(in, "\r ") {
		return
	}
	r := csv.NewReader(bytes.NewReader(in))
	r.Comma, r.FieldsPerRecord = rune(sep), -1
	want, err := r.ReadAll()
	if err != nil || slices.ContainsFunc(want, func(f []string) bool { return len(f) > maxColumns }) {
		return
	}
	for i, f := range want {
		if i >= len(rows) || rows[i].wrong != "" || !slices.Equal(rows[i].fields, f) {
			t.Fatalf("encoding/csv reads %q, we read %+v", want, rows)
		}
	}
}
