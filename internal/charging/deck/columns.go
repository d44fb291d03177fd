package deck

import (
	"fmt"
	"strings"
	"unicode"

	"waihu/internal/fault"
	"waihu/internal/money"
)

// field is what a column of a deck file says.
type field uint8

const (
	fieldPrefix    field = iota
	fieldCountry         // country code beside an area code
	fieldName            // of the destination
	fieldPrice           // for the seconds of fieldPer
	fieldPer             // seconds the price is for
	fieldFirst           // first increment
	fieldNext            // increments after the first
	fieldIncrement       // increments, and the first too if no column says it; also "60/6"
	fieldMinimum
	fieldGrace
	fieldConnect
	fieldMinCost
	fieldMaxCost
	fieldFrom
	fieldStatus
	fieldEnd    // last day: known and not read, for a row holds until the next one of its prefix
	fieldUnused // known, of no use here
	fields      // how many there are
)

// spelling lists the names a field goes by in files, best first, in small
// letters and with single spaces for whatever stands between the words. per is
// how many seconds a price with such a name is for, 0 if the name does not say.
type spelling struct {
	field field
	per   int32
	names []string
}

// spellings is every header ReadCSV understands. "Charge period" and "interval"
// are increments, not what the price is for: files that have them beside "per
// minute charge" write 1 there and mean billing by the second.
func spellings() []spelling {
	return []spelling{
		{fieldPrefix, 0, []string{"prefix", "prefixes", "dial code", "dialcode", "dial codes", "dial prefix", "dialing code", "dialling code", "destination code", "destination prefix", "code", "codes", "breakout", "breakouts", "前缀", "前綴", "字冠", "号码前缀", "號碼前綴",
			"area code", "area codes", "city code", "city codes", "npa nxx", "npanxx", "区号", "區號"}},
		{fieldCountry, 0, []string{"country code", "country codes", "cc", "国家代码", "國家代碼", "国码", "國碼"}},
		{fieldName, 0, []string{"name", "destination name", "target pattern name", "destination", "description", "destination description", "code name", "area", "area name", "zone name", "目的地", "名称", "名稱", "地区", "地區"}},
		{fieldPrice, 0, []string{"price", "rate", "cost", "charge", "tariff", "new rate", "current rate", "单价", "單價", "费率", "費率", "价格", "價格", "资费", "資費"}},
		{fieldPrice, 60, []string{"price per minute", "rate per minute", "cost per minute", "charge per minute", "per minute charge", "per minute rate", "per minute price", "per minute cost", "per minute", "minute rate", "minute price", "price min", "rate min", "cost min", "每分钟价格", "每分鐘價格", "每分钟费率", "每分鐘費率"}},
		{fieldPrice, 1, []string{"price per second", "rate per second", "cost per second", "charge per second", "per second charge", "per second rate", "per second price", "per second", "price sec", "rate sec", "cost sec"}},
		{fieldPer, 0, []string{"per", "per seconds", "price per seconds", "rate unit", "price unit", "unit seconds", "计价单位秒", "計價單位秒"}},
		{fieldFirst, 0, []string{"first", "first increment", "first block", "first interval", "initial", "initial increment", "initial block", "initial interval", "init", "init block", "min increment", "minimum increment", "interval 1", "首次计费秒", "首次計費秒", "首计费单元", "首計費單元"}},
		{fieldNext, 0, []string{"next", "next increment", "next block", "next interval", "subsequent", "subsequent increment", "recurring increment", "interval n", "interval 2", "续计费秒", "續計費秒", "续计费单元", "續計費單元"}},
		{fieldIncrement, 0, []string{"increment", "increments", "billing increment", "billing increments", "rate increment", "pulse", "charge period", "interval", "billing interval", "charging interval", "rounding", "计费单元", "計費單元", "计费间隔", "計費間隔"}},
		{fieldMinimum, 0, []string{"minimum", "minimum duration", "min duration", "minimum seconds", "min seconds", "minimum time", "最短计费秒", "最短計費秒"}},
		{fieldGrace, 0, []string{"grace", "grace period", "grace seconds", "free seconds"}},
		{fieldConnect, 0, []string{"connect", "connect fee", "connection fee", "connect charge", "connection charge", "connect cost", "connection cost", "setup", "setup fee", "setup charge", "set up fee", "call setup fee", "接通费", "接通費"}},
		{fieldMinCost, 0, []string{"min cost", "minimum cost", "min charge", "minimum charge"}},
		{fieldMaxCost, 0, []string{"max cost", "maximum cost", "max charge", "maximum charge"}},
		{fieldFrom, 0, []string{"from", "effective", "effective date", "effective from", "valid from", "start date", "date from", "生效日期", "生效"}},
		{fieldStatus, 0, []string{"status", "state", "状态", "狀態"}},
		{fieldEnd, 0, []string{"end", "end date", "valid to", "valid until", "valid through", "effective to", "effective until", "until", "expires", "expiry", "expiry date", "expiration", "expiration date", "失效日期"}},
		{fieldUnused, 0, []string{"currency", "country", "country name", "iso", "iso code", "region", "zone",
			"note", "notes", "comment", "comments", "remark", "remarks", "备注", "備註", "id", "carrier", "operator", "vendor", "provider", "type", "change", "old rate", "old price", "previous rate", "previous price", "level", "trunk", "route", "quality", "币种", "幣種", "货币", "貨幣", "国家", "國家"}},
	}
}

// understood is the list of headers for a message: a field by its best name and
// a few others.
func understood() string {
	const shown = 4
	var b strings.Builder
	for _, s := range spellings() {
		if s.field >= fieldEnd {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		b.WriteString(strings.Join(s.names[:min(shown, len(s.names))], ", "))
	}
	return b.String()
}

// meaning is what one header says: its field, its place among the names of the
// field, and the seconds of a price.
type meaning struct {
	field field
	rank  int
	per   int32
}

// vocabulary finds meanings by header.
type vocabulary map[string]meaning

func newVocabulary() vocabulary {
	v := vocabulary{}
	for _, s := range spellings() {
		for rank, name := range s.names {
			v[name] = meaning{s.field, rank, s.per}
		}
	}
	return v
}

// find reads a header as people write it: "Valid_From", "Rate (USD)", "Price/min".
func (v vocabulary) find(header string) (meaning, bool) {
	words := strings.FieldsFunc(strings.ToLower(header), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	m, ok := v[strings.Join(words, " ")]
	if ok {
		return m, true
	}
	kept := words[:0]
	for _, w := range words {
		_, err := money.ParseCurrency(strings.ToUpper(w))
		if currency := err == nil || w == "rmb"; !currency && w != "in" {
			kept = append(kept, w)
		}
	}
	m, ok = v[strings.Join(kept, " ")]
	return m, ok
}

// layout says which column holds which field.
type layout struct {
	column [fields]int // -1: none
	per    int32       // seconds that the header of the price names, 0 if it does not
	joined bool        // a prefix is a country code and an area code in two columns
	width  int
}

func (l *layout) has(f field) bool { return l.column[f] >= 0 }

// readHeader makes a layout of a record; ok is false if it has no prefix or no
// price, which a header has.
func (v vocabulary) readHeader(record []string) (l layout, ok bool) {
	rank := [fields]int{}
	for f := range l.column {
		l.column[f] = -1
	}
	for i, cell := range record {
		m, known := v.find(cell)
		if known && (!l.has(m.field) || m.rank < rank[m.field]) {
			l.column[m.field], rank[m.field] = i, m.rank
			if m.field == fieldPrice {
				l.per = m.per
			}
		}
	}
	l.width = len(record)
	areaRank := v["area code"].rank
	switch {
	case !l.has(fieldPrefix):
		l.column[fieldPrefix], l.column[fieldCountry] = l.column[fieldCountry], -1
	case l.has(fieldCountry):
		l.joined = rank[fieldPrefix] >= areaRank
	}
	return l, l.has(fieldPrefix) && l.has(fieldPrice)
}

// review reports the columns that will not be read, and the ones that contradict
// each other.
func (v vocabulary) review(l *layout, record []string, add func(column int, p fault.Problem)) {
	for i, cell := range record {
		m, known := v.find(cell)
		p := fault.Problem{Value: cell, Warning: true}
		switch {
		case strings.TrimSpace(cell) == "":
			continue
		case !known:
			p.What, p.Expected = "column not understood, so not read", understood()
		case l.column[m.field] == i && m.field < fieldEnd && (m.field != fieldCountry || l.joined), l.column[fieldPrefix] == i:
			continue
		case m.field == fieldEnd:
			p.What, p.Fix = "column not used", "a row holds until the next one of its prefix: add a row for what comes after the last day"
		case m.field == fieldUnused, m.field == fieldCountry, m.field == fieldName, m.field == fieldPrefix:
			p.What = "column not used"
		default:
			p.Warning = false
			p.What = "a second column for the same thing"
			p.Expected = fmt.Sprintf("one of it and column %d, %q", l.column[m.field]+1, record[l.column[m.field]])
			p.Fix = "remove one of them or rename it"
		}
		add(i, p)
	}
	if l.has(fieldNext) && l.has(fieldIncrement) {
		add(l.column[fieldIncrement], fault.Problem{What: "a second column for the same thing", Value: record[l.column[fieldIncrement]],
			Expected: fmt.Sprintf("one of it and column %d, %q", l.column[fieldNext]+1, record[l.column[fieldNext]]), Fix: "remove one of them or rename it"})
	}
	if l.joined {
		add(l.column[fieldPrefix], fault.Problem{What: "prefixes are put together from two columns", Value: record[l.column[fieldPrefix]], Warning: true,
			Expected: fmt.Sprintf("the digits after the country code in column %d", l.column[fieldCountry]+1), Fix: "remove the country code column if this one already has it"})
	}
}
