package cdr

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// fuzzForeign reads any bytes as one format: whatever they are, every record is
// reported once and settled, and facts keep their promises (see protocol).
func fuzzForeign(f *testing.F, format Format, params map[string]string) {
	for _, c := range foreignCases(f) {
		if c.format != format.Name {
			continue
		}
		data, err := os.ReadFile(filepath.Join("testdata/foreign", c.format, c.file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(data[:len(data)*2/3])
		f.Add(bytes.ReplaceAll(data, []byte{'"'}, nil))
		f.Add(append(bytes.Clone(data), data...))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if sure, reason := format.Sniff(data, "fuzz"); sure < 0 || sure > 100 || sure > 0 && reason.IsZero() {
			t.Errorf("sniffed %d, %q", sure, reason)
		}
		p := readForeign(t, format, "fuzz", data, foreignCase{params: params})
		for _, w := range p.wrong {
			t.Error(w)
		}
		if p.row.Line > 1+bytes.Count(data, []byte("\n"))+bytes.Count(data, []byte("\r")) {
			t.Errorf("a record at line %d, behind the last line", p.row.Line)
		}
	})
}

func FuzzFreeSWITCHCSV(f *testing.F) {
	fuzzForeign(f, FreeSWITCHCSV(), map[string]string{"dates": "mdy"})
}
func FuzzFreeSWITCHJSON(f *testing.F) { fuzzForeign(f, FreeSWITCHJSON(), nil) }
func FuzzFreeSWITCHXML(f *testing.F)  { fuzzForeign(f, FreeSWITCHXML(), nil) }
func FuzzTwilio(f *testing.F)         { fuzzForeign(f, Twilio(), map[string]string{"currency": "JPY"}) }
func FuzzAmazonConnect(f *testing.F)  { fuzzForeign(f, AmazonConnect(), nil) }
func FuzzKamailioAcc(f *testing.F)    { fuzzForeign(f, KamailioAcc(), nil) }
func FuzzKamailioCDRs(f *testing.F)   { fuzzForeign(f, KamailioCDRs(), nil) }
func FuzzVICIdial(f *testing.F)       { fuzzForeign(f, VICIdial(), nil) }

func FuzzVICIdialOtherTables(f *testing.F) {
	fuzzForeign(f, VICIdial(), map[string]string{"calls": vdCarrierLog, "sessions": vdUserLog, "phone_code": "join"})
}

// Whatever a dump holds, its rows end, and none is larger than the bounds.
func FuzzSQLDump(f *testing.F) {
	f.Add([]byte("INSERT INTO t VALUES (1,'a'),(NULL,0x1f);"), false)
	f.Add([]byte("(("), true)
	f.Add([]byte("create table t (a int comment 'x', key (a)); replace into `d`.`t` (`a`) values (now()"), true)
	f.Fuzz(func(t *testing.T, data []byte, lite bool) {
		d := newSQLDump(bytes.NewReader(data))
		d.lite = lite
		for n := 0; ; n++ {
			row, err := d.next()
			if err != nil {
				break
			}
			if len(row.raw) > maxRow || len(row.cells) > maxTableColumns+1 {
				t.Fatalf("a row of %d bytes and %d cells", len(row.raw), len(row.cells))
			}
			if !bytes.Contains(data, row.raw) {
				t.Fatalf("the row %q does not stand in the dump", row.raw)
			}
			if n > len(data) {
				t.Fatalf("more rows than bytes: %d", n)
			}
		}
	})
}
