package document

import (
	"strings"
	"testing"

	"waihu/internal/exact"
	"waihu/internal/explain"
)

func TestTableCSV(t *testing.T) {
	table := &explain.Table{Head: []string{"Note", "Amount"}, Rows: [][]string{{`=cmd|"x"`, "1,234.50"}, {"a, \"b\"\n", "words"}},
		Values: [][]*explain.Value{{nil, {Number: exact.MustParse("1234.5")}}, {nil, nil}}}
	var b strings.Builder
	if err := TableCSV(&b, table); err != nil {
		t.Fatal(err)
	}
	want := utf8Mark + "Note,Amount\r\n\"'=cmd|\"\"x\"\"\",1234.5\r\n\"a, \"\"b\"\" \",words\r\n"
	if b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}
