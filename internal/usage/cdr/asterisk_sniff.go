package cdr

import (
	"fmt"
	"strings"
)

// sniffAsterisk looks for a disposition in one column and dates in three, in
// records of least to most columns. Columns count from 0.
func sniffAsterisk(head []byte, disposition, start, least, most int) (int, string) {
	rows := sampleRows(head, ',')
	fit, columns, shown := 0, 0, ""
	for _, f := range rows {
		if len(f) < least || len(f) > most || !looksLikeStamp(f[start]) || !looksLikeStamp(f[start+2]) {
			continue
		}
		if f[start+1] != "" && !looksLikeStamp(f[start+1]) {
			continue
		}
		if _, ok := asteriskResult(f[disposition]); ok {
			fit++
			columns, shown = len(f), f[disposition]
		}
	}
	if fit == 0 {
		return 0, ""
	}
	sure := 40 + 58*fit/len(rows)
	return sure, fmt.Sprintf("%d columns, disposition %s in column %d, dates in columns %d to %d",
		columns, shown, disposition+1, start+1, start+3)
}

// sniffAsteriskHeader looks for a header that names Asterisk's columns, or for
// FreePBX's order without one.
func sniffAsteriskHeader(head []byte, _ string) (int, string) {
	rows := sampleRows(head, separatorOf(head))
	if len(rows) == 0 {
		return 0, ""
	}
	_, missing := newAsteriskLayout(rows[0])
	if named := asteriskHeaderMatch(rows[0]); named > 2 && named*2 > len(rows[0]) {
		if missing != nil {
			return 30, "the header names columns of Asterisk's call records, but not " + strings.Join(missing, ", ")
		}
		return 96, fmt.Sprintf("the header names %d columns of Asterisk's call records", named)
	}
	fit := 0
	for _, f := range rows {
		if len(f) < 15 {
			continue
		}
		_, duration := wholeSeconds(f[9])
		_, billsec := wholeSeconds(f[10])
		if _, ok := asteriskResult(f[11]); ok && duration && billsec {
			fit++
		}
	}
	if fit == 0 {
		return 0, ""
	}
	return 30 + 58*fit/len(rows), "no header, but disposition in column 12 and durations before it, as FreePBX orders them"
}
