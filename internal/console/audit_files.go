package console

import (
	"net/http"
	"time"

	"waihu/internal/timex"
	"waihu/internal/workspace"
)

// auditReport gives the audit as a document.
func (s *Server) auditReport(w http.ResponseWriter, r *http.Request, v *visit, at *spaceAt) error {
	form, err := workspace.FormOf(r.PathValue("form"))
	if err != nil {
		return err
	}
	a := at.Audit()
	d, err := a.Report(v.Tag)
	if err != nil {
		return err
	}
	return giveReport(w, form, v.say("audit_page.file"), d)
}

func (s *Server) auditLetter(w http.ResponseWriter, r *http.Request, v *visit, at *spaceAt) error {
	form := r.PathValue("form")
	data, err := at.Letter(form, v.Tag, timex.DateOf(time.Now()))
	if err != nil {
		return err
	}
	kind := "application/pdf"
	if form == "txt" {
		kind = "text/plain; charset=utf-8"
	}
	return give(w, kind, "letter."+form, data)
}

func (s *Server) auditEvidence(w http.ResponseWriter, r *http.Request, _ *visit, at *spaceAt) error {
	form := r.PathValue("form")
	data, err := at.Evidence(form)
	if err != nil {
		return err
	}
	return give(w, fileKind(form), "evidence."+form, data)
}
