package document

import (
	"bufio"
	"io"
	"strconv"
	"strings"
	"time"

	"waihu/internal/charging/audit"
	"waihu/internal/charging/invoice"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

// LetterOptions are what a dispute letter says beside the audit.
type LetterOptions struct {
	Tag           lang.Tag
	On            timex.Date // date of the letter
	ReplyBy       timex.Date
	ObjectionDays int    // of the contract, from the date of the bill; 0: the contract has none
	DataSource    string // whose records decide, by the contract
	Evidence      string // name of the file attached; empty: none
}

// letterPart is a piece of a letter: a paragraph, or a point of the table.
type letterPart struct {
	text   string
	strong bool
	point  *letterPoint
	gap    bool // space before it
}

// letterPoint is one finding as a letter tells it.
type letterPoint struct {
	no     string
	title  string
	notes  []string
	amount string
}

// letter is a dispute letter, whatever it is written on.
func letter(r *audit.Result, o LetterOptions) []letterPart {
	say := func(key string, pairs ...string) string { return say(o.Tag, key, pairs...) }
	var out []letterPart
	put := func(gap bool, s string) {
		if s != "" {
			out = append(out, letterPart{text: s, gap: gap})
		}
	}
	for _, p := range []struct {
		key   string
		party invoice.Party
	}{{"audit.letter.from", r.Buyer}, {"audit.letter.to", r.Seller}} {
		put(true, say("doc.colon", "label", say(p.key), "text", clean(p.party.Name)))
		for _, f := range partyFields(o.Tag, p.party) {
			put(false, say("doc.colon", "label", f.label, "text", f.value))
		}
	}
	put(true, say("doc.colon", "label", say("audit.letter.date"), "text", lang.Date(o.Tag, o.On)))
	subject := say("audit.letter.subject", "number", clean(r.Number), "period", lang.Dates(o.Tag, r.First, r.After), "contract", clean(r.Contract))
	out = append(out, letterPart{text: subject, strong: true, gap: true})
	put(true, say("audit.letter.greeting"))
	put(true, opening(r, o.Tag))
	put(true, window(r, o))
	if o.DataSource != "" {
		put(false, say("audit.letter.source", "source", clean(o.DataSource)))
	}
	put(true, say("audit.letter.points"))
	favour := false
	for i := range r.Findings {
		f := &r.Findings[i]
		favour = favour || f.Amount.Sign() < 0
		out = append(out, letterPart{point: pointOf(r, i, o.Tag)})
	}
	sum := letterPoint{title: say("audit.sum"), amount: signedMoney(o.Tag, r.Difference)}
	out = append(out, letterPart{point: &sum, strong: true})
	if favour {
		put(true, say("audit.letter.favour"))
	}
	if rest, err := r.Difference.Sub(r.Explained); err == nil && !rest.IsZero() {
		put(true, say("audit.letter.open", "amount", lang.Money(o.Tag, rest)))
	}
	if r.Difference.Sign() > 0 {
		put(true, say("audit.letter.request", "difference", lang.Money(o.Tag, r.Difference), "by", o.ReplyBy.String()))
		put(false, say("audit.letter.undisputed", "expected", lang.Money(o.Tag, r.Expected)))
	} else {
		put(true, say("audit.letter.request_low", "by", o.ReplyBy.String()))
	}
	if o.Evidence != "" {
		put(true, say("audit.letter.attached", "file", clean(o.Evidence)))
	}
	put(true, say("audit.letter.closing"))
	put(true, clean(r.Buyer.Name))
	return out
}

func opening(r *audit.Result, tag lang.Tag) string {
	args := []string{"billed", lang.Money(tag, r.Billed), "expected", lang.Money(tag, r.Expected), "difference", lang.Money(tag, r.Difference)}
	if r.IssuedOn != 0 {
		args = append(args, "issued", r.IssuedOn.String())
	}
	if !r.WithTax {
		args = append(args, "tax", "no")
	}
	return say(tag, "audit.letter.opening", args...)
}

// window says until when the contract lets us object, where both the days and
// the date of the bill are known.
func window(r *audit.Result, o LetterOptions) string {
	if o.ObjectionDays == 0 || r.IssuedOn == 0 {
		return ""
	}
	until := r.IssuedOn + timex.Date(o.ObjectionDays)
	days, end := strconv.Itoa(o.ObjectionDays), until.String()
	if o.On > until {
		return say(o.Tag, "audit.letter.window_past", "days", days, "until", end)
	}
	return say(o.Tag, "audit.letter.window", "days", days, "until", end)
}

func pointOf(r *audit.Result, i int, tag lang.Tag) *letterPoint {
	f := &r.Findings[i]
	out := &letterPoint{no: strconv.Itoa(i + 1), title: auditLine(tag, f) + " · " + auditCause(tag, f.Cause), amount: signedMoney(tag, f.Amount)}
	out.notes = append(out.notes, auditWhy(tag, f))
	if says := contractSays(tag, r, f); says != "" && firstOf(r, i) {
		out.notes = append(out.notes, say(tag, "audit.letter.component", "id", f.Line)+say(tag, "audit.semicolon")+says)
	}
	where := joined(tag, auditRows(tag, f.Rows), evidenceWords(tag, f))
	if !f.Tax.IsZero() && !f.Net.IsZero() {
		where = joined(tag, where, say(tag, "audit.with_tax", "net", signedMoney(tag, f.Net), "tax", signedMoney(tag, f.Tax)))
	}
	if where != "" {
		out.notes = append(out.notes, where)
	}
	return out
}

// disputable refuses a letter about a bill that is right.
func disputable(r *audit.Result) error {
	if len(r.Findings) == 0 {
		return fault.New(fault.Invalid, "the bill is right: there is nothing to object to, and no letter was written")
	}
	return nil
}

// LetterText writes the dispute letter of an audit as plain text. A bill without
// a finding is Invalid.
func LetterText(w io.Writer, r *audit.Result, o LetterOptions) error {
	if err := disputable(r); err != nil {
		return err
	}
	t := &textPage{out: bufio.NewWriter(w), o: TextOptions{Tag: o.Tag}}
	t.put(plainText, say(o.Tag, "audit.letter.title"))
	for _, part := range letter(r, o) {
		if part.gap {
			t.put(plainText, "")
		}
		if part.point == nil {
			for _, line := range wrap(part.text, textWidth, columnsOf) {
				t.put(plainText, line)
			}
			continue
		}
		name := strings.TrimSpace(part.point.no + "  " + part.point.title)
		t.put(plainText, padRight(name, textWidth-sumWidth)+padLeft(part.point.amount, sumWidth))
		for _, s := range part.point.notes {
			t.wrapped(plainText, 3, s)
		}
	}
	return t.out.Flush()
}

// letterPage is a letter on paper.
type letterPage struct {
	flow
	tag lang.Tag
}

// LetterPDF writes the dispute letter of an audit as an A4 document. The same
// audit on the same date gives the same bytes.
func LetterPDF(w io.Writer, r *audit.Result, o LetterOptions) (err error) {
	defer func() {
		if p := recover(); p != nil { // see canvas.output
			err = fault.New(fault.Internal, "the PDF library failed: %v", p)
		}
	}()
	if err := disputable(r); err != nil {
		return err
	}
	c, err := newCanvas(o.Tag, o.On.Start(time.UTC).Time())
	if err != nil {
		return err
	}
	p := &letterPage{flow: flow{canvas: c}, tag: o.Tag}
	p.turn = func() {
		p.page()
		p.y = top
	}
	p.pdf.SetTitle(say(o.Tag, "audit.letter.title")+" "+clean(r.Number), true)
	p.pdf.SetAuthor(clean(r.Buyer.Name), true)
	p.turn()
	p.text(left, p.y+5.5, say(o.Tag, "audit.letter.title"), pen{18, true, accent})
	p.y += 11
	p.box(left, p.y, content, 0.7, accent)
	p.y += 3
	for _, part := range letter(r, o) {
		p.part(&part)
	}
	p.feet(o.Tag, "", small)
	return p.output(w)
}

// part writes a paragraph or a point.
func (p *letterPage) part(part *letterPart) {
	look := pen{9.2, part.strong, dark}
	if part.gap {
		p.y += 2.6
	}
	if part.point == nil {
		p.paragraph(left, content, part.text, look)
		return
	}
	const amountWide, no = 30.0, 8.0
	names := p.wrap(part.point.title, content-amountWide-no, look.size)
	const notes = 7.8
	tall := 2.4 + leading(look.size)*float64(len(names))
	for _, s := range part.point.notes {
		tall += leading(notes) * float64(len(p.wrap(s, content-amountWide-no, notes)))
	}
	p.room(tall) // a point stands on one page
	p.line(left, p.y+0.6, right, p.y+0.6, 0.15, pale)
	p.y += 1.6
	y := p.y + look.size*pointMM
	p.text(left, y, part.point.no, pen{look.size, false, grey})
	p.right(right, y, part.point.amount, pen{look.size, true, dark})
	for _, s := range names {
		p.text(left+no, p.y+look.size*pointMM, s, pen{look.size, true, dark})
		p.y += leading(look.size)
	}
	for _, s := range part.point.notes {
		p.paragraph(left+no, content-amountWide-no, s, pen{notes, false, dark})
	}
	p.y += 0.8
}
