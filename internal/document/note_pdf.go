package document

import (
	"io"

	"waihu/internal/charging/invoice"
	"waihu/internal/fault"
	"waihu/internal/lang"
)

// NotePDF writes a credit note as an A4 document, as PDF writes an invoice.
func NotePDF(w io.Writer, n *invoice.CreditNote, tag lang.Tag) error {
	p, err := layOutNote(n, tag)
	if err != nil {
		return err
	}
	return p.output(w)
}

func layOutNote(n *invoice.CreditNote, tag lang.Tag) (p *pdfPage, err error) {
	defer func() {
		if r := recover(); r != nil { // see output
			p, err = nil, fault.New(fault.Internal, "the PDF library failed: %v", r)
		}
	}()
	inv := asInvoice(n)
	c, err := newCanvas(tag, madeAt(inv))
	if err != nil {
		return nil, err
	}
	p = &pdfPage{flow: flow{canvas: c}, tag: tag, inv: inv, digest: n.Seal, note: n}
	p.turn = p.newPage
	p.pdf.SetTitle(p.title()+" "+clean(n.Number), true)
	p.pdf.SetAuthor(clean(n.Seller.Name), true)
	p.firstPage()
	p.table()
	p.sums()
	for _, d := range noteFoot(tag, n) {
		p.paragraph(left, content, say(tag, "doc.colon", "label", d.label, "text", d.value), small)
	}
	p.again = nil
	p.feet(tag, p.say(p.digestKey())+"  "+p.digest, pen{5.6, false, grey})
	return p, p.err
}
