package console

import (
	"net/http"
	"time"

	"waihu/internal/explain"
	"waihu/internal/workspace"
)

// compareReport gives the answer as a document.
func (s *Server) compareReport(w http.ResponseWriter, r *http.Request, v *visit, at *spaceAt) error {
	form, err := workspace.FormOf(r.PathValue("form"))
	if err != nil {
		return err
	}
	q, _ := workspace.ParseQuestion(r.URL.Query())
	answer, job, err := at.Complete(q)
	if job != nil {
		workspace.Wait(r.Context(), job, reportWait)
		answer, _, err = at.Complete(q)
	}
	if answer == nil && err != nil {
		return err
	}
	if answer == nil {
		v.redirect(w, "/compare/"+at.token+"?"+kept(r.URL.Query()).Encode())
		return nil
	}
	return giveReport(w, form, v.say("compare_page.file"), explain.Comparison(answer.Result, v.Tag))
}

// reportWait is how long a report waits for what stands beside the answer; after
// that it goes without.
const reportWait = 20 * time.Second

// giveReport gives a document in a form, to be saved.
func giveReport(w http.ResponseWriter, form workspace.Form, name string, d *explain.Document) error {
	data, err := form.Write(d)
	if err != nil {
		return err
	}
	return give(w, form.Kind, name+"."+form.Ending, data)
}

// give answers with a file to be saved.
func give(w http.ResponseWriter, kind, name string, data []byte) error {
	download(w, kind, name)
	_, _ = w.Write(data) // the client went away
	return nil
}
