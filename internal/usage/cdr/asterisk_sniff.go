package cdr

import (
	"strconv"
	"strings"
)

// sniffAsterisk looks for a disposition in one column and dates in three, in
// records of least to most columns. Columns count from 0.
func sniffAsterisk(head []byte, disposition, start, least, most int) (int, Why) {
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
		return 0, Why{}
	}
	sure := 40 + 58*fit/len(rows)
	return sure, because("asterisk", "columns", strconv.Itoa(columns), "shown", shown, "disposition", strconv.Itoa(disposition+1), "first", strconv.Itoa(start+1), "last", strconv.Itoa(start+3))
}

// sniffAsteriskHeader looks for a header that names Asterisk's columns, or for
// FreePBX's order without one.
func sniffAsteriskHeader(head []byte, _ string) (int, Why) {
	rows := sampleRows(head, separatorOf(head))
	if len(rows) == 0 {
		return 0, Why{}
	}
	_, missing := newAsteriskLayout(rows[0])
	if named := asteriskHeaderMatch(rows[0]); named > 2 && named*2 > len(rows[0]) {
		if missing != nil {
			return 30, because("asterisk_lacks", "missing", strings.Join(missing, ", "))
		}
		return 96, because("asterisk_header", "columns", strconv.Itoa(named))
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
		return 0, Why{}
	}
	return 30 + 58*fit/len(rows), because("freepbx")
}
