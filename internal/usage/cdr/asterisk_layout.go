package cdr

import (
	"slices"
	"strings"
)

// asteriskCSV is the order of cdr_csv. What follows amaflags depends on
// loguniqueid, loguserfield and newcdrcolumns.
var asteriskCSV = []string{"accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel",
	"lastapp", "lastdata", "start", "answer", "end", "duration", "billsec", "disposition", "amaflags"}

// asteriskCustom is the order of the sample of cdr_custom.conf.
var asteriskCustom = []string{"clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata",
	"start", "answer", "end", "duration", "billsec", "disposition", "amaflags", "accountcode", "uniqueid", "userfield", "sequence"}

// asteriskFreePBX is the order of FreePBX's table cdr. What follows differs by
// version, and an export without a header does not tell.
var asteriskFreePBX = []string{"calldate", "clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata",
	"duration", "billsec", "disposition", "amaflags", "accountcode", "uniqueid", "userfield", "did", "recordingfile",
	"cnum", "cnam", "outbound_cnum", "outbound_cnam", "dst_cnam"}

// asteriskNames are the names of columns that say something for a call; other
// columns are read past.
var asteriskNames = map[string]func(*asteriskLayout) *int{
	"accountcode": func(l *asteriskLayout) *int { return &l.account },
	"src":         func(l *asteriskLayout) *int { return &l.src },
	"dst":         func(l *asteriskLayout) *int { return &l.dst },
	"channel":     func(l *asteriskLayout) *int { return &l.channel },
	"dstchannel":  func(l *asteriskLayout) *int { return &l.dstchannel },
	"start":       func(l *asteriskLayout) *int { return &l.start },
	"calldate":    func(l *asteriskLayout) *int { return &l.start },
	"answer":      func(l *asteriskLayout) *int { return &l.answer },
	"end":         func(l *asteriskLayout) *int { return &l.end },
	"duration":    func(l *asteriskLayout) *int { return &l.duration },
	"billsec":     func(l *asteriskLayout) *int { return &l.billsec },
	"disposition": func(l *asteriskLayout) *int { return &l.disposition },
	"uniqueid":    func(l *asteriskLayout) *int { return &l.unique },
	"linkedid":    func(l *asteriskLayout) *int { return &l.linked },
	"sequence":    func(l *asteriskLayout) *int { return &l.sequence },
	"hangupcause": func(l *asteriskLayout) *int { return &l.cause },
}

// asteriskKnown are names of columns that carry nothing for a call.
var asteriskKnown = []string{"dcontext", "clid", "lastapp", "lastdata", "amaflags", "userfield", "peeraccount",
	"did", "recordingfile", "cnum", "cnam", "outbound_cnum", "outbound_cnam", "dst_cnam"}

// asteriskLayout says in which column what stands; noColumn where it does not.
type asteriskLayout struct {
	names []string // as the input has them

	account, src, dst, channel, dstchannel int
	start, answer, end                     int
	duration, billsec, disposition         int
	unique, linked, sequence, cause        int
}

// newAsteriskLayout finds the columns by name. missing names those without
// which a record is no call.
func newAsteriskLayout(names []string) (l *asteriskLayout, missing []string) {
	l = &asteriskLayout{names: names}
	for _, at := range asteriskNames {
		*at(l) = noColumn
	}
	for i, name := range names {
		if at, ok := asteriskNames[asteriskName(name)]; ok && i < maxColumns {
			if p := at(l); *p == noColumn || asteriskName(name) == "start" {
				*p = i
			}
		}
	}
	for _, need := range []string{"src", "dst", "start", "duration", "billsec", "disposition"} {
		if *asteriskNames[need](l) == noColumn {
			missing = append(missing, need)
		}
	}
	return l, missing
}

// name is the column's name, for messages.
func (l *asteriskLayout) name(column int) string {
	if column < len(l.names) {
		return asteriskName(l.names[column])
	}
	return ""
}

func asteriskName(column string) string {
	return strings.ToLower(strings.TrimSpace(column))
}

// asteriskHeaderMatch counts the fields of a line that name Asterisk columns.
func asteriskHeaderMatch(fields []string) (named int) {
	for _, f := range fields {
		name := asteriskName(f)
		if _, ok := asteriskNames[name]; ok || slices.Contains(asteriskKnown, name) {
			named++
		}
	}
	return named
}

// asteriskCSVNames is the order of a cdr_csv record of n columns: each of
// uniqueid and userfield may be switched on, and the three columns since
// Asterisk 1.8 all together. unique tells whether a lone column of the first
// two is the identifier. nil: no such record.
func asteriskCSVNames(n int, unique bool) []string {
	names := slices.Clone(asteriskCSV)
	extra := n - len(names)
	if extra < 0 || extra > 5 {
		return nil
	}
	newer := extra >= 3
	if newer {
		extra -= 3
	}
	switch {
	case extra == 2:
		names = append(names, "uniqueid", "userfield")
	case extra == 1 && unique:
		names = append(names, "uniqueid")
	case extra == 1:
		names = append(names, "userfield")
	}
	if newer {
		names = append(names, "peeraccount", "linkedid", "sequence")
	}
	return names
}

// isUniqueID tells whether a text looks like Asterisk's channel identifier:
// "1772357400.123", with the system's name and a hyphen before it if one is set.
func isUniqueID(s string) bool {
	s = s[strings.LastIndexByte(s, '-')+1:]
	second, count, ok := strings.Cut(s, ".")
	return ok && len(second) >= 9 && len(second) <= 11 && count != "" && isDigits(second) && isDigits(count)
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return s != ""
}
