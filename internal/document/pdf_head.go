package document

import (
	"bytes"

	"codeberg.org/go-pdf/fpdf"

	"waihu/internal/charging/invoice"
	"waihu/internal/fault"
)

// firstPage writes the head of an invoice: seller and title, buyer and facts.
func (p *pdfPage) firstPage() {
	p.newPage()
	seller := p.inv.Seller
	titleSize := 21.0
	p.picture()
	p.right(right, p.y+5.5, p.bareTitle(), pen{titleSize, true, accent})
	p.paragraph(left, content*0.6, clean(seller.Name), pen{12, true, dark})
	p.y += 1
	for _, f := range partyFields(p.tag, seller) {
		p.paragraph(left, content*0.6, say(p.tag, "doc.colon", "label", f.label, "text", f.value), small)
	}
	number := p.facts()[0]
	p.right(right, top+12.5, p.fitted(say(p.tag, "doc.colon", "label", number.label, "text", number.value), 70, 8.6), pen{8.6, false, grey})
	p.y = max(p.y, top+16) + 3
	p.box(left, p.y, content, 0.7, accent)
	p.y += 6
	if p.inv.Status == invoice.Drafted {
		p.notice(p.say("doc.draft"), []string{p.say("doc.draft_note")}, nil)
	}
	p.parties()
}

// The logo fits into this, in millimetres, whatever its shape.
const (
	logoWide = 46.0
	logoHigh = 14.0
)

// picture puts the seller's logo where their name follows.
func (p *pdfPage) picture() {
	if p.logo == nil {
		return
	}
	o := fpdf.ImageOptions{ImageType: "PNG"}
	info := p.pdf.RegisterImageOptionsReader("logo", o, bytes.NewReader(p.logo))
	if p.pdf.Err() {
		p.err = fault.New(fault.Invalid, "the logo cannot be printed: %v", p.pdf.Error())
		return
	}
	w, h := logoWide, logoWide*info.Height()/info.Width()
	if h > logoHigh {
		w, h = logoHigh*info.Width()/info.Height(), logoHigh
	}
	p.pdf.ImageOptions("logo", left, p.y, w, h, false, o, 0, "")
	p.y += h + 2.5
}

// bareTitle is the title without the word for a draft, which has its own place.
func (p *pdfPage) bareTitle() string {
	if p.note != nil {
		return p.title()
	}
	return p.say("doc.title")
}

// parties writes the buyer on the left and the facts on the right.
func (p *pdfPage) parties() {
	from := p.y
	buyer := p.inv.Buyer
	if buyer != (invoice.Party{}) {
		p.paragraph(left, 88, p.say("doc.buyer"), label)
		p.y += 0.6
		p.paragraph(left, 88, clean(buyer.Name), pen{10, true, dark})
		p.y += 0.6
	}
	for _, f := range partyFields(p.tag, buyer) {
		p.paragraph(left, 88, say(p.tag, "doc.colon", "label", f.label, "text", f.value), pen{7.6, false, dark})
	}
	low := p.y
	p.y = from
	const at = left + 98
	for _, f := range p.facts()[1:] { // the number is below the title
		p.text(at, p.y+label.size*pointMM, f.label, label)
		lines := p.wrap(f.value, right-at-28, 8)
		for _, line := range lines {
			p.text(at+28, p.y+8*pointMM, line, pen{8, false, dark})
			p.y += leading(8) + 0.35
		}
	}
	p.y = max(low, p.y) + 5
}

// notice is a box that must not be overlooked: a bold heading, a text, rows.
func (p *pdfPage) notice(title string, texts, rows []string) {
	const pad = 3.2
	look := pen{7.8, false, dark}
	h := 2*pad + leading(9)
	for _, s := range append(texts[:len(texts):len(texts)], rows...) {
		h += float64(len(p.wrap(s, content-2*pad-3, look.size))) * leading(look.size)
	}
	if h > bottom-top-30 { // taller than a page: no box around it
		p.paragraph(left, content, title, pen{9, true, amber})
		for _, s := range append(texts[:len(texts):len(texts)], rows...) {
			p.paragraph(left, content, s, look)
		}
		return
	}
	p.room(h + 4)
	p.box(left, p.y, content, h, cream)
	p.box(left, p.y, 1.1, h, amber)
	p.y += pad
	p.paragraph(left+pad+1.5, content-2*pad, title, pen{9, true, amber})
	for _, s := range texts {
		p.paragraph(left+pad+1.5, content-2*pad-1.5, s, look)
	}
	for _, s := range rows {
		p.paragraph(left+pad+1.5, content-2*pad-1.5, s, look)
	}
	p.y += pad + 4
}
