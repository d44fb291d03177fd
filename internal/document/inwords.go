package document

import (
	"strings"

	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
)

// numerals are the financial characters of a script (大寫): hard to change
// with a pen, and therefore asked for beside the figures.
type numerals struct {
	digits                 [10]string
	places                 [4]string // ones, tens, hundreds, thousands
	wan, yi, zhao          string    // 10^4, 10^8, 10^12; the mainland has no single word for the last
	yuan, jiao, fen, whole string
	minus                  string
	currency               map[string]string
}

func numeralsOf(tag lang.Tag) *numerals {
	if tag == lang.Traditional {
		return &numerals{
			digits: [10]string{"零", "壹", "貳", "參", "肆", "伍", "陸", "柒", "捌", "玖"},
			places: [4]string{"", "拾", "佰", "仟"}, wan: "萬", yi: "億", zhao: "兆",
			yuan: "元", jiao: "角", fen: "分", whole: "整", minus: "負",
			currency: map[string]string{"CNY": "人民幣", "TWD": "新臺幣", "HKD": "港幣"},
		}
	}
	return &numerals{
		digits: [10]string{"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"},
		places: [4]string{"", "拾", "佰", "仟"}, wan: "万", yi: "亿",
		yuan: "元", jiao: "角", fen: "分", whole: "整", minus: "负",
		currency: map[string]string{"CNY": "人民币", "TWD": "新台币", "HKD": "港币"},
	}
}

// InWords writes an amount in financial characters: 人民币壹万贰仟叁佰肆拾伍元陆角柒分.
// It knows CNY, TWD and HKD; another currency, another language or an amount
// finer than a hundredth is an Invalid error.
func InWords(tag lang.Tag, a money.Amount) (string, error) {
	code := a.Currency().String()
	n := numeralsOf(tag)
	name, ok := n.currency[code]
	if !ok || tag != lang.Traditional && tag != lang.Simplified {
		return "", fault.New(fault.Invalid, "amounts of %s have no financial characters in %s: CNY, TWD and HKD have, in Chinese", code, tag)
	}
	const cent = money.Micro / 100
	if a.Micros()%cent != 0 {
		return "", fault.New(fault.Invalid, "%s is finer than a hundredth: round it before it is written in words", a)
	}
	cents := a.Micros() / cent // far inside an int64, so that its negative is too
	var b strings.Builder
	b.WriteString(name)
	if cents < 0 {
		b.WriteString(n.minus)
		cents = -cents
	}
	n.amount(&b, cents/100, int(cents%100))
	return b.String(), nil
}

func (n *numerals) amount(b *strings.Builder, units int64, cents int) {
	jiao, fen := cents/10, cents%10
	if units > 0 || cents == 0 {
		if units == 0 {
			b.WriteString(n.digits[0])
		}
		n.whole64(b, units)
		b.WriteString(n.yuan)
	}
	switch {
	case jiao > 0:
		b.WriteString(n.digits[jiao] + n.jiao)
	case fen > 0 && units > 0:
		b.WriteString(n.digits[0]) // 元零伍分: the tenth is missing
	}
	if fen > 0 {
		b.WriteString(n.digits[fen] + n.fen)
	} else {
		b.WriteString(n.whole)
	}
}

// whole64 writes a whole number above zero; zero writes nothing.
func (n *numerals) whole64(b *strings.Builder, v int64) {
	for _, g := range []struct {
		size int64
		name string
	}{{1_000_000_000_000, n.zhao}, {100_000_000, n.yi}, {10_000, n.wan}} {
		if v < g.size || g.name == "" {
			continue
		}
		n.whole64(b, v/g.size)
		b.WriteString(g.name)
		if v %= g.size; v > 0 && v < g.size/10 {
			b.WriteString(n.digits[0])
		}
	}
	n.below10000(b, int(v))
}

// below10000 writes up to four digits, a run of zeros between them as one.
func (n *numerals) below10000(b *strings.Builder, v int) {
	gap := false
	started := false
	for place, size := 3, 1000; size > 0; place, size = place-1, size/10 {
		d := v / size % 10
		if d == 0 {
			gap = started
			continue
		}
		if gap {
			b.WriteString(n.digits[0])
		}
		b.WriteString(n.digits[d] + n.places[place])
		started, gap = true, false
	}
}
