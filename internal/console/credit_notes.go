package console

import (
	"bytes"
	"io"
	"net/http"

	"waihu/internal/charging/invoice"
	"waihu/internal/document"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
)

// note shows a credit note: what it gives back, line by line.
func (s *Server) note(w http.ResponseWriter, r *http.Request, v *visit) error {
	doc, n, err := s.readNote(v)
	if err != nil {
		return err
	}
	href := v.at("/notes/" + doc.ID.Named("crn"))
	forms := []string{"pdf", "xlsx", "csv", "json"}
	if len(document.CheckNoteUBL(n)) == 0 {
		forms = append(forms, "xml")
	}
	b := map[string]any{"Note": n, "Of": v.at("/invoices/" + doc.Of.Named("inv")), "Files": listFiles(href+"/"+doc.Number, "", forms...)}
	s.render(w, v, http.StatusOK, "note", &Page{Title: v.say("money.note_title", "number", doc.Number), Lead: lang.Dates(v.Tag, doc.First, doc.After), Here: v.at("/invoices"),
		Crumbs: v.crumbs(Link{v.say("nav.invoices"), v.at("/invoices")}, Link{n.Of.Number, v.at("/invoices/" + doc.Of.Named("inv"))}), Body: b})
	return nil
}

// readNote reads the credit note of an address.
func (s *Server) readNote(v *visit) (doc *store.Document, n *invoice.CreditNote, err error) {
	nothing := fault.New(fault.NotFound, "there is no such credit note")
	i, err := id.ParseNamed("crn", v.r.PathValue("note"))
	if err != nil {
		return nil, nil, nothing
	}
	err = s.d.System.DB.View(v.r.Context(), func(tx store.Tx) (err error) {
		doc, err = tx.Documents().Get(v.company, i)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if doc.Kind != store.CreditNote {
		return nil, nil, nothing
	}
	n, err = document.ReadNoteJSON(bytes.NewReader(doc.Body))
	return doc, n, err
}

// noteFile gives a credit note as a document.
func (s *Server) noteFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	doc, n, err := s.readNote(v)
	if err != nil {
		return err
	}
	return givePaper(w, "credit-note", doc.Number, r.PathValue("file"), map[string]func(io.Writer) error{
		"pdf":  func(to io.Writer) error { return document.NotePDF(to, n, v.Tag) },
		"xlsx": func(to io.Writer) error { return document.NoteXLSX(to, n, v.Tag) },
		"csv":  func(to io.Writer) error { return document.NoteCSV(to, n, v.Tag) },
		"json": func(to io.Writer) error { return document.NoteJSON(to, n) },
		"xml":  func(to io.Writer) error { return document.NoteUBL(to, n) },
	})
}
