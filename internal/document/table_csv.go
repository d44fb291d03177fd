package document

import (
	"encoding/csv"
	"io"

	"waihu/internal/explain"
)

// TableCSV writes a table as UTF-8 with its mark and CRLF: numbers as plain
// decimals, words made safe for spreadsheets.
func TableCSV(w io.Writer, t *explain.Table) error {
	if _, err := io.WriteString(w, utf8Mark); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	head := make([]string, len(t.Head))
	for i, h := range t.Head {
		head[i] = guard(h)
	}
	if err := out.Write(head); err != nil {
		return err
	}
	for i, row := range t.Rows {
		cells := make([]string, len(row))
		for k, s := range row {
			if v := t.Value(i, k); v != nil {
				cells[k] = decimal(v.Number)
				continue
			}
			cells[k] = guard(s)
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
