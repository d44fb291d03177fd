package console

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/store"
)

// atOnce does bill runs when they are begun.
type atOnce struct {
	*app.System
	jobs []app.RunJob
}

func (a *atOnce) StartRun(_ context.Context, tx store.Tx, who *access.Actor, in app.ClosePeriod) (id.ID, func(), error) {
	i, err := a.IDs.At(tx.Now())
	a.jobs = append([]app.RunJob{{ID: i, State: "queued", By: who.Name, Until: in.Until, Issue: in.Issue}}, a.jobs...)
	return i, func() {
		run, err := a.ClosePeriod(context.Background(), in)
		j := &a.jobs[0]
		if j.State, j.Run = "done", &run; err != nil {
			j.State, j.Error = "failed", err.Error()
		}
	}, err
}

func (a *atOnce) Runs(context.Context, int) ([]app.RunJob, error) { return a.jobs, nil }

// TestBoard looks at a month that is issued and one that runs, voids an invoice
// and issues its month again from the board.
func TestBoard(t *testing.T) {
	o := newOffice(t)
	runs := &atOnce{System: o.d.System}
	o.d.Runs = runs
	o.every("/close")
	last := monthWord(o.first.AddMonths(-1))
	body := o.page("/close?month=" + last)
	for _, want := range []string{"Buyer Example Ltd.", "FL-1", ">Issued<", "INV-000002", "0<span"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	if body := o.page("/close?month=" + monthWord(o.first)); !strings.Contains(body, ">Running<") || strings.Contains(body, "INV-") {
		t.Error("the running month is not said to run")
	}
	o.every("/close?month=2020-01") // nobody served then
	for _, bad := range []string{"/close?month=x", "/close?month=1900-01", "/close/runs/run_x"} {
		if w := o.ask(bad, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}

	docs := o.documents()
	o.send(o.inv(&docs[1], "/void"), http.StatusSeeOther, "words", "again", "sure", "1")
	if body := o.page("/close?month=" + last); !strings.Contains(body, ">Drafted<") {
		t.Error("a month that is over is not drafted")
	}
	path := "/close?month=" + last
	if bad := o.send(path, http.StatusUnprocessableEntity, "until", (o.today + 40).String(), "issue", "x").Body.String(); strings.Count(bad, `class="wrong"`) != 2 || !strings.Contains(bad, `value="x"`) {
		t.Errorf("%d are wrong", strings.Count(bad, `class="wrong"`))
	}
	o.send(path, http.StatusUnprocessableEntity, "until", o.first.String(), "issue", (o.first - 1).String())
	form := []string{"until", o.first.String(), "issue", o.today.String(), "once", "8a"}
	if seen := o.send(path, http.StatusOK, form...).Body.String(); !strings.Contains(seen, "Start the run") || len(runs.jobs) != 0 {
		t.Error("it was started before it was seen")
	}
	for range 2 {
		o.send(path, http.StatusSeeOther, append(form, "sure", "1")...)
	}
	if len(runs.jobs) != 1 || runs.jobs[0].State != "done" || runs.jobs[0].Run.Counts.Issued != 1 {
		t.Fatalf("%+v", runs.jobs)
	}
	o.every(path)
	o.every("/close/runs/" + runs.jobs[0].Run.ID.Named("run"))
	if body := o.page("/close/runs/" + runs.jobs[0].Run.ID.Named("run")); !strings.Contains(body, "INV-000003") {
		t.Error("what was issued is not listed")
	}
	if file := o.page("/close.csv?month=" + last); !strings.Contains(file, "INV-000003") || !strings.Contains(file, "Buyer Example Ltd.,FL-1") {
		t.Errorf("%s", file)
	}
	customer := o.as(access.Member{Company: o.company, Role: access.CustomerAdmin})
	if w := customer.ask("/close", nil); w.Code != http.StatusForbidden {
		t.Errorf("a customer sees the board: %d", w.Code)
	}
}

// TestMarginPage shows what is left, and says what is not known.
func TestMarginPage(t *testing.T) {
	o := newOffice(t)
	for _, path := range []string{"/margin", "/margin?first=" + o.first.AddMonths(-1).String()} {
		o.every(o.at(path))
	}
	body := o.page(o.at("/margin?first=" + o.first.AddMonths(-1).String()))
	for _, want := range []string{"24 calls have no known carrier cost", "Left at most", "Mobile", "Talk time", "Period before", "100%"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	if file := o.page(o.at("/margin.csv?first=" + o.first.AddMonths(-1).String())); !strings.Contains(file, "Talk time,Mobile,") {
		t.Errorf("%s", file)
	}
	for _, bad := range []string{"?contract=con_x", "?first=x", "?first=2001-01-01"} {
		if w := o.ask(o.at("/margin"+bad), nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
	customer := o.as(access.Member{Company: o.company, Role: access.CustomerAdmin})
	if w := customer.ask(o.at("/margin"), nil); w.Code != http.StatusForbidden {
		t.Errorf("a customer sees the margin: %d", w.Code)
	}
}

// TestWaitingForARun: who waits gets the part that changes, and nothing is drafted
// for it.
func TestWaitingForARun(t *testing.T) {
	o := newOffice(t)
	o.d.Runs = &atOnce{System: o.d.System, jobs: []app.RunJob{{State: "running", Until: o.first, Issue: o.first}}}
	r := httptest.NewRequest("GET", "/close", nil)
	for k, v := range o.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	r.Header.Set("HX-Request", "true")
	r.Header.Set("HX-Target", "runs")
	w := httptest.NewRecorder()
	o.ServeHTTP(w, r)
	if body := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(body, `hx-trigger="every 2s"`) || strings.Contains(body, "<html") || strings.Contains(body, "FL-1") {
		t.Errorf("%d %s", w.Code, body)
	}
}
