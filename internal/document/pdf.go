package document

import (
	"cmp"
	"io"
	"strconv"
	"time"

	"waihu/internal/charging/invoice"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

// PDF writes an invoice as an A4 document: the invoice itself, then how each
// amount was made. The same invoice gives the same bytes. A character that no
// font has is an Invalid error that names it and the text it stands in.
func PDF(w io.Writer, inv *invoice.Invoice, tag lang.Tag) error {
	return PDFWithLogo(w, inv, tag, nil)
}

// PDFWithLogo is PDF with the seller's logo above their name: a PNG, or nil. It
// is a picture of the invoice, not a part of it: the seal does not know of it.
func PDFWithLogo(w io.Writer, inv *invoice.Invoice, tag lang.Tag, logo []byte) error {
	p, err := layOut(inv, tag, logo)
	if err != nil {
		return err
	}
	return p.output(w)
}

// Printable tells whether the fonts have every character of an invoice: what
// PDF would answer, without making the file. A draft is the time to ask.
func Printable(inv *invoice.Invoice, tag lang.Tag) error {
	p, err := layOut(inv, tag, nil)
	if err != nil {
		return err
	}
	return p.problems()
}

// PrintableText tells whether the fonts have every character of texts that documents
// will hold: better asked when they are written than when a document is due.
func PrintableText(texts ...string) (err error) {
	c := &canvas{missing: map[rune]string{}, other: mainland}
	if c.faces[0], err = hongKong(); err != nil {
		return err
	}
	for _, s := range texts {
		c.runs(s)
	}
	return c.problems()
}

// Margins and sizes in millimetres.
const (
	left    = 17.0
	right   = pageWidth - 17
	top     = 16.0
	bottom  = pageHeight - 19 // the foot is below
	content = right - left
	footAt  = pageHeight - 13
)

// The look: dark ink, two greys, one accent, and amber for what needs a decision.
var (
	dark   = ink{31, 41, 51}
	grey   = ink{110, 119, 129}
	pale   = ink{226, 230, 234}
	tint   = ink{244, 246, 247}
	accent = ink{16, 78, 94}
	amber  = ink{146, 84, 0}
	cream  = ink{255, 247, 230}
	ghost  = ink{238, 240, 242}

	body   = pen{8.6, false, dark}
	strong = pen{8.6, true, dark}
	small  = pen{7, false, grey}
	label  = pen{7.4, false, grey}
	head   = pen{10.5, true, accent}
)

// flow fills pages from top to bottom.
type flow struct {
	*canvas
	y    float64
	turn func() // begins the next page, with y below its running head
}

// pdfPage lays an invoice out.
type pdfPage struct {
	flow
	tag    lang.Tag
	inv    *invoice.Invoice
	digest string
	note   *invoice.CreditNote // what inv shows is this; nil: it is an invoice
	logo   []byte              // PNG above the seller; nil: none
	again  func()              // draws the heading of the running table on a new page
}

func layOut(inv *invoice.Invoice, tag lang.Tag, logo []byte) (p *pdfPage, err error) {
	defer func() {
		if r := recover(); r != nil { // see output
			p, err = nil, fault.New(fault.Internal, "the PDF library failed: %v", r)
		}
	}()
	digest, err := inv.Digest()
	if err != nil {
		return nil, err
	}
	c, err := newCanvas(tag, madeAt(inv))
	if err != nil {
		return nil, err
	}
	p = &pdfPage{flow: flow{canvas: c}, tag: tag, inv: inv, digest: digest}
	p.turn = p.newPage
	p.pdf.SetTitle(p.title()+" "+clean(inv.Number), true)
	p.pdf.SetAuthor(clean(inv.Seller.Name), true)
	p.logo = logo
	p.firstPage()
	p.table()
	p.sums()
	p.unknown()
	p.unpriced()
	p.alternatives()
	p.rest()
	p.how()
	p.again = nil
	p.feet(tag, p.say(p.digestKey())+"  "+p.digest, pen{5.6, false, grey})
	return p, p.err
}

// madeAt is the time a document says it was made: its own date, for the same
// invoice must give the same bytes.
func madeAt(inv *invoice.Invoice) time.Time {
	return cmp.Or(inv.IssuedOn, inv.After, timex.NewDate(2000, time.January, 1)).Start(time.UTC).Time()
}

func (p *pdfPage) say(key string, pairs ...string) string { return say(p.tag, key, pairs...) }

func (p *pdfPage) title() string {
	if p.note != nil {
		return p.say("note.title")
	}
	if p.inv.Status == invoice.Drafted {
		return p.say("doc.title") + p.say("doc.bracket", "text", p.say("doc.draft"))
	}
	return p.say("doc.title")
}

// newPage begins a page with its running head.
func (p *pdfPage) newPage() {
	p.page()
	if p.inv.Status == invoice.Drafted {
		p.mark(p.say("doc.draft"), pen{110, false, ghost})
	}
	p.y = top
	if p.pdf.PageNo() == 1 {
		return
	}
	who := clean(cmp.Or(p.inv.Buyer.Name, p.inv.Contract))
	p.text(left, p.y, p.fitted(p.title()+"  "+clean(p.inv.Number), 90, small.size), small)
	p.right(right, p.y, p.fitted(who, 80, small.size), small)
	p.line(left, p.y+2, right, p.y+2, 0.15, pale)
	p.y += 8
	if p.again != nil {
		p.again()
	}
}

// fitted shortens a text that must stay on one line, and shows that it did.
func (p *flow) fitted(s string, w, size float64) string {
	lines := p.wrap(s, w, size)
	if len(lines) <= 1 {
		return s
	}
	return p.wrap(s, w-3, size)[0] + "…"
}

// room begins a new page where less than h is left of this one. A page takes
// what is taller than itself in pieces.
func (p *flow) room(h float64) {
	if p.y+min(h, bottom-top-30) > bottom {
		p.turn()
	}
}

// leading is the height of a line of text.
func leading(size float64) float64 { return size * pointMM * 1.42 }

// paragraph writes wrapped text from y down and moves y below it.
func (p *flow) paragraph(x, w float64, s string, look pen) {
	h := leading(look.size)
	for _, line := range p.wrap(s, w, look.size) {
		p.room(h)
		p.text(x, p.y+look.size*pointMM, line, look)
		p.y += h
	}
}

// feet writes the foot of every page, once their number is known: a note above a
// line of its own, if there is one, and which page of how many it is.
func (p *flow) feet(tag lang.Tag, note string, look pen) {
	of := p.pdf.PageCount()
	for n := 1; n <= of; n++ {
		p.turnTo(n)
		if note != "" {
			p.line(left, footAt-4, right, footAt-4, 0.15, pale)
			p.text(left, footAt, p.fitted(note, content-28, look.size), look)
		}
		p.right(right, footAt, say(tag, "doc.page", "n", strconv.Itoa(n), "of", strconv.Itoa(of)), pen{6.8, false, grey})
	}
}

// digestKey is the phrase for the digest at the foot.
func (p *pdfPage) digestKey() string {
	if p.note != nil {
		return "note.digest"
	}
	return "doc.invoice_digest"
}

// facts are the head of the document.
func (p *pdfPage) facts() []labelled {
	if p.note != nil {
		return noteFacts(p.tag, p.note)
	}
	return facts(p.tag, p.inv)
}
