package console

import (
	"bytes"
	"net/http"

	figures "waihu/internal/calling/report"
	"waihu/internal/document"
	"waihu/internal/explain"
)

// reportFile gives a report as CSV or XLSX.
func (s *Server) reportFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, ask, err := s.reportAsk(v)
	if err != nil {
		return err
	}
	if !f.OK() {
		return s.reports(w, r, v)
	}
	a, err := s.d.System.Report(r.Context(), v.company, ask)
	if err != nil {
		return err
	}
	d := explain.CallingReport(&a, v.Tag)
	name := string(a.Kind) + "-" + a.First.String() + "-" + (a.After - 1).String()
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if r.URL.Path[len(r.URL.Path)-4:] == "xlsx" {
		h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		h.Set("Content-Disposition", `attachment; filename="`+name+`.xlsx"`)
		err = document.ReportXLSX(w, d)
	} else {
		h.Set("Content-Type", "text/csv; charset=utf-8")
		h.Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
		err = document.TableCSV(w, d.Sections[len(d.Sections)-2].Table)
	}
	if err != nil { // the heading has gone out: half a file would look whole
		s.d.Log.ErrorContext(r.Context(), "export of a report", "error", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

// ledgerRecord gives the legal record of abandoned calls.
func (s *Server) ledgerRecord(w http.ResponseWriter, r *http.Request, v *visit) error {
	r.SetPathValue("report", string(figures.Ledger))
	f, ask, err := s.reportAsk(v)
	if err != nil {
		return err
	}
	if !f.OK() {
		return s.reports(w, r, v)
	}
	list, err := s.d.System.LedgerRecord(r.Context(), v.company, ask.Campaign, ask.First, ask.After, ask.Zone)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := figures.RecordCSV(&b, list); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="abandonment-`+(ask.After-1).String()+`.csv"`)
	_, _ = w.Write(b.Bytes()) // the client went away
	return nil
}
