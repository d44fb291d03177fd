package console

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"waihu/internal/access"
	"waihu/internal/charging/invoice"
	"waihu/internal/document"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

func (s *Server) invoicePages() {
	s.page("GET /c/{company}/invoices", access.InvoiceRead, s.invoices)
	s.exports("/c/{company}/invoices", access.InvoiceRead, "invoices", "nav.invoices", s.invoicesFile)
	s.page("GET /c/{company}/invoices/{invoice}", access.InvoiceRead, s.invoice)
	s.page("GET /c/{company}/invoices/{invoice}/{file}", access.InvoiceRead, s.invoiceFile)
	s.page("GET /c/{company}/notes/{note}", access.InvoiceRead, s.note)
	s.page("GET /c/{company}/notes/{note}/{file}", access.InvoiceRead, s.noteFile)
	for _, step := range invoiceSteps() {
		s.page("GET /c/{company}/invoices/{invoice}/"+step.verb, step.may, s.invoiceStepForm(step))
		s.page("POST /c/{company}/invoices/{invoice}/"+step.verb, step.may, s.takeInvoiceStep(step))
	}
}

// invoiceRow is an invoice in the list.
type invoiceRow struct {
	Href, Number string
	First, After timex.Date
	Due          timex.Date
	Status       store.Status
	Total, Open  money.Amount
}

// statuses are what the list can be narrowed to.
var statuses = []store.Status{store.Issued, store.Partly, store.Overdue, store.Paid, store.Voided}

// findInvoices are a company's invoices in the order and the state that the address
// asks for, so many at most.
func (s *Server) findInvoices(v *visit, most int) (list []store.Document, status store.Status, o *order, err error) {
	status = store.Status(v.r.URL.Query().Get("status"))
	if !slices.Contains(statuses, status) {
		status = ""
	}
	o = v.order(url.Values{"status": {string(status)}}, "", column{"number", "invoice.number", true}, column{"first", "invoice.period", true}, column{"due", "invoice.due", false},
		column{"total", "invoice.total", true}, column{"open", "invoice.open", true})
	q := store.DocumentQuery{Kind: store.Invoice}
	if status != "" {
		q.Status = []store.Status{status}
	}
	by := map[string]string{"number": string(store.ByNumber), "first": string(store.ByFirst), "due": string(store.ByDue), "total": string(store.ByTotal), "open": string(store.ByOpen)}
	err = s.d.System.DB.View(v.r.Context(), func(tx store.Tx) error {
		list, err = stored(o, "inv", by, most, func(p store.Page) ([]store.Document, error) {
			q.Page = p
			return tx.Documents().List(v.company, q)
		}, func(d *store.Document, by string) (id.ID, string, error) {
			from, err := d.Place(store.DocumentOrder(by))
			return d.ID, from, err
		})
		return err
	})
	return list, status, o, err
}

// invoices lists a company's invoices, the newest first unless another order is asked for.
func (s *Server) invoices(w http.ResponseWriter, r *http.Request, v *visit) error {
	list, status, o, err := s.findInvoices(v, pageRows)
	if err != nil {
		return err
	}
	var rows []invoiceRow
	for i := range list {
		row, err := v.invoiceRow(&list[i])
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	s.render(w, v, http.StatusOK, "invoices", &Page{Title: v.say("nav.invoices"), Lead: v.say("invoices.lead"), Here: v.at("/invoices"), Crumbs: v.crumbs(),
		Body: map[string]any{"Rows": rows, "Order": o, "Status": status, "Statuses": statuses, "MayClose": v.everywhere(access.PeriodClose), "Files": o.files(v.at("/invoices"))}})
	return nil
}

// invoicesFile gives the list as a file.
func (s *Server) invoicesFile(v *visit) (*sheet, error) {
	list, _, o, err := s.findInvoices(v, exportRows)
	if err != nil {
		return nil, err
	}
	t := v.sheet("invoice.number", "usage.first", "usage.last", "board.issue", "invoice.due", "invoice.state", "money.currency", "invoice.total", "invoice.open")
	for i := range list {
		d := &list[i]
		open, err := d.Open()
		if err != nil {
			return nil, err
		}
		t.add(d.Number, d.First, d.After-1, d.IssuedOn, d.DueOn, v.say("status."+string(d.Status)), d.Total.Currency().String(), d.Total, open)
	}
	t.full(v, o.Next != "")
	return t, nil
}

func (v *visit) invoiceRow(d *store.Document) (invoiceRow, error) {
	open, err := d.Open()
	return invoiceRow{Href: v.at("/invoices/" + d.ID.Named("inv")), Number: d.Number, First: d.First, After: d.After, Due: d.DueOn, Status: d.Status, Total: d.Total, Open: open}, err
}

// crumbs lead back to the company.
func (v *visit) crumbs(more ...Link) []Link {
	return append([]Link{{v.about.Name, v.at("")}}, more...)
}

// invoiceBody is one invoice with how each amount was made.
type invoiceBody struct {
	Row   invoiceRow
	Told  *document.Told
	Files []Link
	Seal  string
	Usage string          // address of the calls of its period
	Money *moneyOfInvoice // nil: a draft
	Deal  string          // address of its contract; empty: this person may not see it
}

// invoice shows one invoice.
func (s *Server) invoice(w http.ResponseWriter, r *http.Request, v *visit) error {
	x, err := s.lookAtInvoice(v)
	if err != nil {
		return err
	}
	doc, inv, row := x.Doc, x.Inv, x.Row
	b := invoiceBody{Row: row, Told: document.Tell(v.Tag, inv), Seal: inv.Seal, Usage: v.callsOf(doc.Contract, doc.First, doc.After)}
	m, err := s.invoiceMoney(v, x)
	if err != nil {
		return err
	}
	b.Money = &m
	if !doc.Contract.IsZero() && v.may(access.ContractRead) {
		b.Deal = v.contractAt(doc.Contract, "")
	}
	for _, ext := range []string{"pdf", "xlsx", "csv", "json", "xml"} {
		if ext == "xml" && len(document.CheckUBL(inv)) > 0 {
			continue // a party without what the standard wants, as outside Europe most are
		}
		b.Files = append(b.Files, Link{strings.ToUpper(ext), row.Href + "/" + doc.Number + "." + ext})
	}
	s.render(w, v, http.StatusOK, "invoice", &Page{Title: v.say("invoice.title", "number", doc.Number), Lead: lang.Dates(v.Tag, doc.First, doc.After), Here: v.at("/invoices"),
		Crumbs: v.crumbs(Link{v.say("nav.invoices"), v.at("/invoices")}), Body: b})
	return nil
}

func (s *Server) readInvoice(r *http.Request, v *visit) (doc *store.Document, inv *invoice.Invoice, err error) {
	i, err := id.ParseNamed("inv", r.PathValue("invoice"))
	if err != nil {
		return nil, nil, fault.New(fault.NotFound, "there is no such invoice")
	}
	err = s.d.System.DB.View(r.Context(), func(tx store.Tx) (err error) {
		doc, err = tx.Documents().Get(v.company, i)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if doc.Kind != store.Invoice {
		return nil, nil, fault.New(fault.NotFound, "there is no such invoice")
	}
	inv, err = document.ReadJSON(bytes.NewReader(doc.Body))
	return doc, inv, err
}

// invoiceFile gives the invoice as a document.
func (s *Server) invoiceFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	doc, inv, err := s.readInvoice(r, v)
	if err != nil {
		return err
	}
	logo, err := s.d.System.LogoOf(r.Context(), v.company)
	if err != nil {
		return err
	}
	return givePaper(w, "invoice", doc.Number, r.PathValue("file"), map[string]func(io.Writer) error{
		"pdf":  func(to io.Writer) error { return document.PDFWithLogo(to, inv, v.Tag, logo) },
		"xlsx": func(to io.Writer) error { return document.XLSX(to, inv, v.Tag) },
		"csv":  func(to io.Writer) error { return document.CSV(to, inv, v.Tag) },
		"json": func(to io.Writer) error { return document.JSON(to, inv) },
		"xml":  func(to io.Writer) error { return document.UBL(to, inv) },
	})
}

// givePaper gives a document under its number in the form its ending names.
func givePaper(w http.ResponseWriter, plain, number, file string, forms map[string]func(io.Writer) error) error {
	ext, ok := strings.CutPrefix(file, number+".")
	write := forms[ext]
	if !ok || write == nil {
		return fault.New(fault.NotFound, "there is no such file")
	}
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	sendFile(w, plain, ext, file, fileKind(ext), b.Bytes())
	return nil
}

// fileKind is what a browser is told a file is.
func fileKind(ext string) string {
	switch ext {
	case "pdf":
		return "application/pdf"
	case "xlsx":
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case "csv":
		return "text/csv; charset=utf-8"
	}
	return "application/" + ext // json, xml
}

// sendFile gives a document as a file; plain is its name for browsers that read
// ASCII only.
func sendFile(w http.ResponseWriter, plain, ext, name, kind string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+plain+"."+ext+`"; filename*=UTF-8''`+pathEscape(name))
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(body) // the client went away
}
