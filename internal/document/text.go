package document

import (
	"bufio"
	"io"
	"strconv"
	"strings"

	"waihu/internal/charging/invoice"
	"waihu/internal/charging/rating"
	"waihu/internal/lang"
)

// TextOptions say how an invoice is written for a terminal.
type TextOptions struct {
	Tag    lang.Tag
	Colour bool // ANSI colours; only for a terminal
	Brief  bool // lines without how they were made
}

// Widths of a text invoice in terminal columns: 100 fits a printed page and
// most terminals, 40 is the least in which a name can be read.
const (
	textWidth   = 100
	noWidth     = 4
	qtyWidth    = 20
	priceWidth  = 14
	amountWidth = 16
	nameWidth   = textWidth - noWidth - qtyWidth - priceWidth - amountWidth - 3
	labelWidth  = 16
)

// Text writes an invoice as plain text. Errors are those of w.
func Text(w io.Writer, inv *invoice.Invoice, o TextOptions) error {
	digest, err := inv.Digest()
	if err != nil {
		return err
	}
	t := newTextPage(w, inv, o)
	t.digest = digest
	t.head()
	t.lines()
	t.totals()
	t.unknown()
	t.unpriced()
	t.alternatives()
	t.foot()
	return t.out.Flush()
}

func newTextPage(w io.Writer, inv *invoice.Invoice, o TextOptions) *textPage {
	return &textPage{out: bufio.NewWriter(w), o: o, inv: inv}
}

type textPage struct {
	out *bufio.Writer
	o   TextOptions
	inv *invoice.Invoice

	digest string
}

// style is an ANSI attribute.
type style string

const (
	plainText style = ""
	boldText  style = "\x1b[1m"
	dimText   style = "\x1b[2m"
	warnText  style = "\x1b[33m"
)

// put writes one line in a style.
func (t *textPage) put(s style, line string) {
	line = strings.TrimRight(line, " ")
	if t.o.Colour && s != plainText && line != "" {
		line = string(s) + line + "\x1b[0m"
	}
	t.out.WriteString(line + "\n")
}

func (t *textPage) say(key string, pairs ...string) string { return say(t.o.Tag, key, pairs...) }

// rule is a line across the page.
func (t *textPage) rule() { t.put(dimText, strings.Repeat("─", textWidth)) }

// wrapped writes a text from a column on, with its later lines below its first.
func (t *textPage) wrapped(s style, indent int, text string) {
	for i, line := range wrap(text, textWidth-indent, columnsOf) {
		if i > 0 {
			line = "  " + line
		}
		t.put(s, strings.Repeat(" ", indent)+line)
	}
}

func (t *textPage) field(label, value string) {
	if value != "" {
		t.put(plainText, padRight(label, labelWidth)+value)
	}
}

func (t *textPage) head() {
	title := t.say("doc.title")
	if t.inv.Status == invoice.Drafted {
		title += " — " + t.say("doc.draft")
	}
	t.put(boldText, title)
	if t.inv.Status == invoice.Drafted {
		t.put(dimText, t.say("doc.draft_note"))
	}
	t.rule()
	for _, f := range facts(t.o.Tag, t.inv) {
		t.field(f.label, f.value)
	}
	t.parties()
}

func (t *textPage) parties() {
	for _, p := range []struct {
		key   string
		party invoice.Party
	}{{"doc.seller", t.inv.Seller}, {"doc.buyer", t.inv.Buyer}} {
		t.field(lang.Phrase(t.o.Tag, p.key, nil), clean(p.party.Name))
		for _, f := range partyFields(t.o.Tag, p.party) {
			t.field("", f.label+" "+f.value)
		}
	}
}

func (t *textPage) lines() {
	t.rule()
	t.put(boldText, padLeft(t.say("doc.no"), noWidth)+" "+padRight(t.say("doc.description"), nameWidth)+
		padLeft(t.say("doc.quantity"), qtyWidth)+" "+padLeft(t.say("doc.unit_price"), priceWidth)+
		" "+padLeft(t.say("doc.amount_in", "currency", t.inv.Currency.String()), amountWidth))
	t.rule()
	for i := range t.inv.Lines {
		t.line(i+1, &t.inv.Lines[i])
	}
	t.rule()
}

func (t *textPage) line(no int, l *rating.Line) {
	names := wrap(clean(lineName(t.o.Tag, l)), nameWidth, columnsOf)
	t.put(plainText, padLeft(strconv.Itoa(no), noWidth)+" "+padRight(names[0], nameWidth)+
		padLeft(quantity(t.o.Tag, l), qtyWidth)+" "+padLeft(priceText(t.o.Tag, l), priceWidth)+
		" "+padLeft(amountText(t.o.Tag, l), amountWidth))
	for _, more := range names[1:] {
		t.put(plainText, strings.Repeat(" ", noWidth+1)+more)
	}
	if !t.o.Brief {
		t.explain(l)
	}
}

// explain writes how a line was made: quantities, parts, steps, rules, evidence.
func (t *textPage) explain(l *rating.Line) {
	const indent = noWidth + 3
	tag := t.o.Tag
	if l.After > l.First && (l.First != t.inv.First || l.After != t.inv.After) {
		t.wrapped(dimText, indent, say(tag, "doc.colon", "label", t.say("doc.period"), "text", lang.Dates(tag, l.First, l.After)))
	}
	if s := chain(tag, l); s != "" {
		t.wrapped(dimText, indent, say(tag, "doc.colon", "label", t.say("doc.quantity"), "text", s))
	}
	t.parts(l, indent)
	if l.Proration != nil && charged(l).Equal(l.Charged) {
		t.wrapped(dimText, indent, t.say("doc.prorated", "share", fraction(tag, l.Proration)))
	}
	values := steps(tag, l)
	tail := 0
	for _, s := range values {
		tail = max(tail, len(decimals(s.value)))
	}
	for _, s := range values {
		value := s.value + strings.Repeat(" ", tail-len(decimals(s.value)))
		t.put(dimText, strings.Repeat(" ", indent)+padRight(s.label, nameWidth)+padLeft(value, qtyWidth))
	}
	for _, s := range sentences(tag, l.Rules) {
		t.wrapped(dimText, indent, "· "+s)
	}
	if s := evidence(tag, l.Evidence); s != "" {
		t.wrapped(dimText, indent, s)
	}
	t.put(plainText, "")
}

// parts writes one formula a part.
func (t *textPage) parts(l *rating.Line, indent int) {
	tag := t.o.Tag
	shown, more, sum := restOfParts(shownParts(l))
	width := 0
	for i := range shown {
		width = min(max(width, columns(clean(partName(tag, l, &shown[i])))+2), 28)
	}
	for i := range shown {
		p := &shown[i]
		if width == 2 {
			width = 0 // no part has a name
		}
		text := padRight(clean(partName(tag, l, p)), width) + formula(tag, l, p)
		if p.Count > 0 {
			text += say(tag, "doc.bracket", "text", records(tag, l.Evidence.Facts, p.Count))
		}
		t.wrapped(dimText, indent, text)
	}
	if more > 0 {
		t.wrapped(dimText, indent, t.say("doc.more_parts", "n", strconv.Itoa(more))+": "+lang.Number(tag, sum))
	}
}

func (t *textPage) sum(s style, label, value string) {
	t.put(s, padLeft(label, textWidth-amountWidth-1)+" "+padLeft(value, amountWidth))
}

func (t *textPage) totals() {
	for _, r := range totals(t.o.Tag, t.inv) {
		s := plainText
		if r.strong {
			s = boldText
		}
		t.sum(s, r.label, r.value)
	}
	if words := totalInWords(t.o.Tag, t.inv); words != "" {
		t.put(plainText, padLeft(t.say("doc.colon", "label", t.say("doc.total_in_words"), "text", words), textWidth))
	}
}

func (t *textPage) alternatives() {
	if len(t.inv.Alternatives) == 0 {
		return
	}
	t.rule()
	t.put(boldText, t.say("doc.alternatives"))
	t.wrapped(dimText, 0, t.say("doc.alternatives_note"))
	for _, a := range t.inv.Alternatives {
		mark, s := t.say("doc.not_chosen"), dimText
		if a.Chosen {
			mark, s = t.say("doc.chosen"), plainText
		}
		t.put(s, "  "+padRight(clean(alternativeName(t.o.Tag, &a)), 56)+padRight(mark, 14)+padLeft(lang.Decimal(t.o.Tag, a.Total), 28))
	}
}

// unknown says which lines have a price nobody knows.
func (t *textPage) unknown() {
	if len(t.inv.Unknown) == 0 {
		return
	}
	t.rule()
	t.put(warnText, "! "+t.say("doc.unknown"))
	t.wrapped(warnText, 2, unknownNote(t.o.Tag, t.inv))
}

func (t *textPage) unpriced() {
	if len(t.inv.Unpriced) == 0 {
		return
	}
	t.rule()
	t.put(warnText, "! "+t.say("doc.unpriced"))
	t.wrapped(warnText, 2, t.say("doc.unpriced_note"))
	for i := range t.inv.Unpriced {
		for _, s := range unpricedRow(t.o.Tag, &t.inv.Unpriced[i]) {
			t.wrapped(warnText, 4, s)
		}
	}
}

func (t *textPage) foot() {
	tag := t.o.Tag
	t.rule()
	for _, s := range sentences(tag, t.inv.Notes) {
		t.wrapped(plainText, 0, "· "+s)
	}
	for _, s := range standingRows(tag, t.inv) {
		t.wrapped(plainText, 0, s)
	}
	for i := range t.inv.Carry {
		t.wrapped(plainText, 0, carryRow(tag, &t.inv.Carry[i]))
	}
	t.wrapped(dimText, 0, factsRow(tag, &t.inv.Facts))
	for _, d := range digests(tag, t.inv, t.digest) {
		t.put(dimText, padRight(d.label, 24)+d.value)
	}
}

// decimals is the part of a number from its point on.
func decimals(s string) string {
	if i := strings.IndexByte(s, '.'); i >= 0 {
		return s[i:]
	}
	return ""
}

// priceText is the unit price of a line, or a word where it has several.
func priceText(tag lang.Tag, l *rating.Line) string {
	if quantity(tag, l) == "" || len(l.Parts) == 0 {
		return ""
	}
	if p, ok := onePrice(l); ok {
		return lang.Number(tag, p)
	}
	if len(l.Parts) == 1 && l.Parts[0].Unknown {
		return partPrice(tag, &l.Parts[0])
	}
	return say(tag, "doc.several")
}
