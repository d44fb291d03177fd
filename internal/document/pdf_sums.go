package document

import (
	"waihu/internal/charging/invoice"
	"waihu/internal/lang"
)

// sums writes the block of totals on the right, and the total in words.
func (p *pdfPage) sums() {
	rows := totals(p.tag, p.inv)
	if p.note != nil {
		rows = noteTotals(p.tag, p.note)
	}
	const wide = 92.0
	p.room(float64(len(rows))*6 + 18)
	p.y += 2.5
	from := p.y
	for _, r := range rows {
		look := body
		h := leading(body.size) + 1
		if r.strong {
			look, h = pen{11, true, accent}, leading(11)+3.4
			p.y += 1
			p.box(right-wide, p.y, wide+1.5, h, tint)
			p.line(right-wide, p.y, right+1.5, p.y, 0.4, accent)
			p.y += 1.5
		}
		y := p.y + look.size*pointMM
		name := p.fitted(r.label, wide-p.width(r.value, look.size)-5, look.size)
		if r.strong {
			p.text(right-wide+2.5, y, name, look)
			p.right(right, y, r.value, look)
			p.y += h - 1.5
			continue
		}
		p.text(right-wide+2.5, y, name, pen{look.size, false, grey})
		p.right(right, y, r.value, look)
		p.y += h
	}
	if words := totalInWords(p.tag, p.inv); words != "" {
		p.y += 2.5
		p.right(right, p.y+body.size*pointMM, p.say("doc.colon", "label", p.say("doc.total_in_words"), "text", words), body)
		p.y += leading(body.size)
	}
	p.payment(from, content-wide-10)
	p.y += 5
}

// alternatives writes what was charged and what was not, of "the cheaper of".
func (p *pdfPage) alternatives() {
	if len(p.inv.Alternatives) == 0 {
		return
	}
	p.room(20)
	p.paragraph(left, content, p.say("doc.alternatives"), head)
	p.paragraph(left, content, p.say("doc.alternatives_note"), small)
	p.y += 1
	for i := range p.inv.Alternatives {
		a := &p.inv.Alternatives[i]
		look, mark := pen{body.size, false, grey}, p.say("doc.not_chosen")
		if a.Chosen {
			look, mark = strong, p.say("doc.chosen")
		}
		p.room(leading(body.size))
		y := p.y + body.size*pointMM
		p.text(left, y, p.fitted(clean(alternativeName(p.tag, a)), 90, look.size), look)
		p.text(left+95, y, mark, look)
		p.right(right, y, lang.Decimal(p.tag, a.Total), look)
		p.y += leading(body.size) + 0.6
	}
	p.y += 4
}

// unknown says that the total is not one, and why.
func (p *pdfPage) unknown() {
	if len(p.inv.Unknown) > 0 {
		p.notice(p.say("doc.unknown"), []string{unknownNote(p.tag, p.inv)}, nil)
	}
}

// unpriced writes usage without a price in a box that cannot be overlooked.
func (p *pdfPage) unpriced() {
	if len(p.inv.Unpriced) == 0 {
		return
	}
	var rows []string
	for i := range p.inv.Unpriced {
		rows = append(rows, unpricedRow(p.tag, &p.inv.Unpriced[i])...)
	}
	p.notice(p.say("doc.unpriced"), []string{p.say("doc.unpriced_note")}, rows)
}

// rest writes what is carried over and notes.
func (p *pdfPage) rest() {
	block := func(title string, rows []string) {
		if len(rows) == 0 {
			return
		}
		p.room(14)
		p.paragraph(left, content, title, pen{8.6, true, accent})
		for _, s := range rows {
			p.paragraph(left, content, s, pen{7.8, false, dark})
		}
		p.y += 3
	}
	var notes, carry []string
	for _, s := range sentences(p.tag, p.inv.Notes) {
		notes = append(notes, s)
	}
	for i := range p.inv.Carry {
		carry = append(carry, carryRow(p.tag, &p.inv.Carry[i]))
	}
	block(p.say("doc.standing"), standingRows(p.tag, p.inv))
	block(p.say("doc.carry"), carry)
	block(p.say("doc.notes"), notes)
}

// payment writes how to pay in the free place beside the totals, and that a
// bill is not the document of a tax office. A draft asks for no payment.
func (p *pdfPage) payment(from, wide float64) {
	low := p.y
	p.y = from
	if p.inv.Status != invoice.Drafted && p.note == nil && p.inv.Seller.Bank != "" {
		look := pen{7.8, false, dark}
		p.paragraph(left, wide, p.say("doc.payment"), pen{8.6, true, accent})
		p.paragraph(left, wide, say(p.tag, "doc.colon", "label", p.say("doc.bank"), "text", clean(p.inv.Seller.Bank)), look)
		if p.inv.DueOn != 0 {
			p.paragraph(left, wide, say(p.tag, "doc.colon", "label", p.say("doc.due_on"), "text", lang.Date(p.tag, p.inv.DueOn)), look)
		}
		p.y += 2
	}
	if p.tag != lang.English {
		p.paragraph(left, wide, p.say("doc.not_fapiao"), small)
	}
	p.y = max(p.y, low)
}
