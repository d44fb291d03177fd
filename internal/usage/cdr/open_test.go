package cdr

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"waihu/internal/fault"
)

func gzipped(t testing.TB, parts ...string) []byte {
	var b bytes.Buffer
	for _, p := range parts {
		w := gzip.NewWriter(&b)
		if _, err := io.WriteString(w, p); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func zstded(t testing.TB, text string) []byte {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return w.EncodeAll([]byte(text), nil)
}

func encoded(t testing.TB, e encoding.Encoding, text string) []byte {
	b, err := e.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const (
	mainland = "id,name,city\n1,王小明,深圳\n2,李娜,广州市天河区体育西路\n"
	taiwan   = "id,name,city\n1,王小明,臺北\n2,李娜,高雄市鳳山區體育路\n"
)

func TestOpenUndoesCompressionAndEncoding(t *testing.T) {
	utf16 := func(e unicode.Endianness, b unicode.BOMPolicy) encoding.Encoding { return unicode.UTF16(e, b) }
	late := strings.Repeat("a line of nothing but ASCII\n", 5000)
	for _, c := range []struct {
		name     string
		in       []byte
		want     string
		encoding string
		reason   string
		forced   string
	}{
		{"ASCII", []byte("a,b\n"), "a,b\n", "utf-8", "nothing but ASCII", ""},
		{"UTF-8", []byte(mainland), mainland, "utf-8", "valid UTF-8", ""},
		{"UTF-8 with a mark", []byte("\xef\xbb\xbf" + mainland), mainland, "utf-8", "byte order mark", ""},
		{"UTF-8, late", []byte(late + mainland), late + mainland, "utf-8", "valid UTF-8", ""},
		{"UTF-16LE with a mark", encoded(t, utf16(unicode.LittleEndian, unicode.UseBOM), mainland), mainland, "utf-16le", "byte order mark", ""},
		{"UTF-16BE with a mark", encoded(t, utf16(unicode.BigEndian, unicode.UseBOM), mainland), mainland, "utf-16be", "byte order mark", ""},
		{"UTF-16LE", encoded(t, utf16(unicode.LittleEndian, unicode.IgnoreBOM), late), late, "utf-16le", "every other byte", ""},
		{"UTF-16BE", encoded(t, utf16(unicode.BigEndian, unicode.IgnoreBOM), late), late, "utf-16be", "every other byte", ""},
		{"GB18030", encoded(t, simplifiedchinese.GB18030, mainland), mainland, "gb18030", "common characters of GB18030", ""},
		{"GB18030, late", encoded(t, simplifiedchinese.GB18030, late+mainland), late + mainland, "gb18030", "common characters of GB18030", ""},
		{"Big5", encoded(t, traditionalchinese.Big5, taiwan), taiwan, "big5", "common characters of Big5", ""},
		{"Big5, forced", encoded(t, traditionalchinese.Big5, taiwan), taiwan, "big5", "as asked for", "Big5"},
		{"gzip", gzipped(t, mainland), mainland, "utf-8", "valid UTF-8", ""},
		{"gzip of two members", gzipped(t, mainland, mainland), mainland + mainland, "utf-8", "valid UTF-8", ""},
		{"zstd", zstded(t, mainland), mainland, "utf-8", "valid UTF-8", ""},
		{"gzip of GB18030", gzipped(t, string(encoded(t, simplifiedchinese.GB18030, mainland))), mainland, "gb18030", "GB18030", ""},
	} {
		for how, r := range map[string]io.Reader{"at once": bytes.NewReader(c.in), "byte by byte": iotest.OneByteReader(bytes.NewReader(c.in))} {
			o, err := Open(r, c.name, OpenOptions{Encoding: c.forced})
			if err != nil {
				t.Errorf("%s, %s: %v", c.name, how, err)
				continue
			}
			got, err := io.ReadAll(o)
			name, reason := o.Encoding()
			if err != nil || string(got) != c.want || name != c.encoding || !strings.Contains(reason.String(), c.reason) {
				t.Errorf("%s, %s: %d bytes %.60q, %v, %s because %q", c.name, how, len(got), got, err, name, reason)
			}
			if o.decoder.invalid != 0 || o.decoder.nuls != 0 {
				t.Errorf("%s, %s: %d invalid, %d NUL", c.name, how, o.decoder.invalid, o.decoder.nuls)
			}
			o.Close()
		}
	}
}

func TestOpenRefusesWhatIsNoText(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", "is empty"},
		{"blank", " \r\n\n", "nothing but blanks"},
		{"zeros", strings.Repeat("\x00", 5000), "nothing but NUL"},
		{"picture.csv", "\x89PNG\r\n\x1a\n", "PNG image"},
		{"invoice.csv", "%PDF-1.7\n", "PDF"},
		{"book.csv", "PK\x03\x04\x14\x00", "XLSX workbook"},
		{"old.csv", "\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"},
		{"tool.csv", "\x7fELF\x02\x01", "program (ELF)"},
		{"tool.exe", "MZ\x90\x00\x03", "Windows program"},
		{"page.csv", "\n<!DOCTYPE html><html>", "web page"},
		{"page.csv", "\xef\xbb\xbf<HTML>", "web page"},
		{"base.csv", "SQLite format 3\x00", "SQLite"},
		{"noise", strings.Repeat("\x01\x02\x7f\x05", 300), "control characters"},
		{"twice.gz", string(gzipped(t, string(gzipped(t, "a,b\n")))), "packed with gzip twice"},
		{"picture.gz", string(gzipped(t, "\x89PNG\r\n\x1a\n")), "PNG image"},
		{"broken.gz", "\x1f\x8b\x08", "damaged"},
		{"broken.zst", "\x28\xb5\x2f\xfd\xff\xff\xff", "damaged"},
	} {
		_, err := Open(strings.NewReader(c.in), c.name, OpenOptions{})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.name) {
			t.Errorf("%s: %v; want %q", c.name, err, c.want)
		}
		var p fault.Problem
		if !errors.As(err, &p) {
			t.Errorf("%s: %T is no Problem", c.name, err)
		}
	}
	if _, err := Open(strings.NewReader("a"), "x", OpenOptions{Encoding: "latin-9"}); err == nil || !strings.Contains(err.Error(), "big5") {
		t.Errorf("an encoding that is not known: %v", err)
	}
}

func TestOpenStopsBombs(t *testing.T) {
	zeros := strings.Repeat("0,0,0,0\n", 1<<18)
	for name, in := range map[string][]byte{"gzip": gzipped(t, zeros), "zstd": zstded(t, zeros)} {
		o, err := Open(bytes.NewReader(in), name, OpenOptions{MaxUnpack: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, o)
		if err == nil || !strings.Contains(err.Error(), "more than 1 MiB") || n > 1<<20 {
			t.Errorf("%s of %d bytes unpacked %d bytes: %v", name, len(in), n, err)
		}
		o.Close()
	}
	packed := &counting{r: bytes.NewReader(gzipped(t, zeros))}
	z, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, &bounded{r: z, name: "bomb.gz", packed: packed, ratio: 400, most: maxUnpacked, free: 1 << 20})
	if err == nil || !strings.Contains(err.Error(), "bomb.gz: it unpacks to more than 400 times its size") || n > 2<<20 {
		t.Errorf("%d bytes: %v", n, err)
	}
}

func TestCutArchiveKeepsWhatWasWhole(t *testing.T) {
	packed := gzipped(t, bigTable(20_000))
	report, err := NewIntake(&totals{}, Options{}).Read(context.Background(), bytes.NewReader(packed[:len(packed)/2]), "cut.gz", 0)
	if err == nil || !strings.Contains(err.Error(), "damaged or cut off") {
		t.Errorf("the error is %v", err)
	}
	if c := report.Counts; c.Accepted < 1000 || c.Rejected != 0 || c.Check() != nil {
		t.Error(c)
	}
}

func TestInvalidBytesAreFlagged(t *testing.T) {
	var seats strings.Builder
	seats.WriteString("fact,id,user,from\nseat,1,王小明,2026-03-01\nseat,2,b\xffd,2026-03-01\nseat,3,mei,2026-03-01\n")
	seats.WriteString("seat,4,\x00\x00\x00,2026-03-01\nseat,5,李娜王小明王小明李娜王小明,2026-03-01\n")
	report, err := NewIntake(&totals{}, Options{}).Read(context.Background(), strings.NewReader(seats.String()), "seats.csv", 0)
	if err != nil {
		t.Fatal(err)
	}
	if c := report.Counts; c.Read != 5 || c.Accepted != 4 || c.Rejected != 1 || c.Flagged != 1 {
		t.Errorf("%s\n%+v", c, report.Tallies)
	}
	for _, y := range report.Tallies {
		if y.Outcome == Flagged && y.Sample[0].Line != 3 || y.Outcome == Rejected && y.Sample[0].Line != 5 {
			t.Errorf("%s at line %d: %s", y.Outcome, y.Sample[0].Line, y.Reason)
		}
	}
	if len(report.Warnings) != 1 {
		t.Errorf("no warning that the encoding is a guess: %q", report.Warnings)
	}
}

// FuzzDecode holds that what comes out is UTF-8 whatever comes in, that it does
// not depend on how it is read, that UTF-8 comes out as it was, and that what
// was replaced was counted.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(mainland), "")
	f.Add([]byte("\xef\xbb\xbfa\xff\xe4\xbd"), "utf-8")
	f.Add(encoded(f, traditionalchinese.Big5, taiwan), "")
	f.Add(encoded(f, simplifiedchinese.GB18030, mainland), "gb18030")
	f.Add(encoded(f, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), mainland), "utf-16le")
	f.Fuzz(func(t *testing.T, in []byte, forced string) {
		decode := func(r io.Reader) (string, *decoder) {
			src := &peeker{r: r}
			head, err := src.peek(headSize)
			if err != nil {
				t.Fatal(err)
			}
			d, err := newDecoder(src, head, "x", forced)
			if err != nil {
				return "", &decoder{name: forced}
			}
			out, err := io.ReadAll(iotest.OneByteReader(d))
			if err != nil {
				t.Fatal(err)
			}
			return string(out), d
		}
		one, d := decode(iotest.OneByteReader(bytes.NewReader(in)))
		all, e := decode(bytes.NewReader(in))
		if one != all || d.name != e.name {
			t.Fatalf("byte by byte %q (%s), at once %q (%s)", one, d.name, all, e.name)
		}
		if !utf8.ValidString(all) {
			t.Fatalf("%q is no UTF-8", all)
		}
		if plain := bytes.TrimPrefix(in, []byte("\xef\xbb\xbf")); d.name == "utf-8" && utf8.Valid(in) && all != string(plain) {
			t.Fatalf("%q became %q", in, all)
		}
		if d.name == "utf-8" && !utf8.Valid(in) && d.invalid == 0 {
			t.Fatalf("%q became %q without a count", in, all)
		}
	})
}
