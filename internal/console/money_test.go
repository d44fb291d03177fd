package console

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/dispute"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
)

// invoices are the documents of the company of the office, the oldest first.
func (o *office) documents() (out []store.Document) {
	o.t.Helper()
	o.must(o.db.View(o.t.Context(), func(tx store.Tx) (err error) {
		out, err = tx.Documents().List(o.company, store.DocumentQuery{Page: store.Page{Limit: 100}})
		return err
	}))
	return out
}

// inv is an address below an invoice.
func (o *office) inv(d *store.Document, rest string) string {
	return o.at("/invoices/" + d.ID.Named("inv") + rest)
}

// deeds counts what the audit log has.
func (o *office) deeds() (n int64) {
	o.t.Helper()
	o.must(o.db.View(o.t.Context(), func(tx store.Tx) (err error) {
		n, _, err = tx.Audit().Head(o.company)
		return err
	}))
	return n
}

// TestPaymentFromTheInvoice records a part, too much and nothing; each is seen
// before it is done, and done once.
func TestPaymentFromTheInvoice(t *testing.T) {
	o := newOffice(t)
	o.every(o.at("/payments")) // nothing yet: it says what to do
	docs := o.documents()
	d := &docs[0]
	for _, verb := range []string{"pay", "dispute", "credit", "write-off", "void"} {
		o.every(o.inv(d, "/"+verb))
		o.onlyHere("/invoices/" + d.ID.Named("inv") + "/" + verb)
	}
	day := o.today.String()
	bad := o.send(o.inv(d, "/pay"), http.StatusUnprocessableEntity, "amount", "a lot", "currency", "yuan", "on", "soon", "note", `<b>"x"`).Body.String()
	if strings.Count(bad, `class="wrong"`) != 3 || !strings.Contains(bad, `value="a lot"`) || strings.Contains(bad, "<b>") {
		t.Errorf("what is wrong is not beside its fields, or what was typed is gone: %d", strings.Count(bad, `class="wrong"`))
	}
	o.send(o.inv(d, "/pay"), http.StatusUnprocessableEntity, "amount", "0", "currency", "CNY", "on", day)
	o.send(o.inv(d, "/pay"), http.StatusUnprocessableEntity, "amount", "1.001", "currency", "CNY", "on", day)
	o.send(o.inv(d, "/pay"), http.StatusConflict, "amount", "10", "currency", "USD", "on", day) // no rate of exchange is known
	part := []string{"amount", "1,000.00", "currency", "cny", "on", day, "note", "=cmd|' /C calc'!A0", "once", "1a"}
	seen := o.send(o.inv(d, "/pay"), http.StatusOK, part...).Body.String()
	if !strings.Contains(seen, "stays open") || !strings.Contains(seen, "1,000<span") {
		t.Errorf("the consequence is not shown: %s", seen)
	}
	if got := o.documents()[0]; !got.Paid.IsZero() {
		t.Fatal("it was done before it was confirmed")
	}
	before := o.deeds()
	for range 2 {
		o.send(o.inv(d, "/pay"), http.StatusSeeOther, append(part, "sure", "1")...)
	}
	if got := o.documents()[0]; got.Paid.Decimal() != "1000.00" || got.Status != store.Partly || o.deeds() != before+1 {
		t.Errorf("paid %s, %s, %d deeds", got.Paid, got.Status, o.deeds()-before)
	}
	if over := o.send(o.inv(d, "/pay"), http.StatusOK, "amount", "9000", "currency", "CNY", "on", day).Body.String(); !strings.Contains(over, "kept for the next invoice") {
		t.Errorf("too much is not told: %s", over)
	}
	o.send(o.inv(d, "/pay"), http.StatusSeeOther, "amount", "9000", "currency", "CNY", "on", day, "once", "1b", "sure", "1")
	o.every(o.at("/payments"))
	o.every(o.inv(d, ""))
	if page := o.page(o.at("/payments")); !strings.Contains(page, d.Number) || !strings.Contains(page, "The customer&#39;s money") || !strings.Contains(page, "&amp;last=") {
		t.Errorf("the list of payments: %s", page)
	}
	if file := o.page(o.at("/payments.csv")); !strings.Contains(file, "'=cmd|' /C calc'!A0") || !strings.Contains(file, "9000.00") && !strings.Contains(file, ",9000,") {
		t.Errorf("the file: %s", file)
	}
	if file := o.page(o.at("/invoices.csv?status=paid")); !strings.Contains(file, d.Number) || strings.Contains(o.page(o.at("/invoices.csv?status=void")), d.Number) {
		t.Errorf("the invoices as a file: %s", file)
	}
	if file := o.page(o.at("/contracts.csv")); strings.Count(file, "\n") < 2 || strings.Count(o.page(o.at("/contracts.csv?state=withdrawn")), "\n") != 1 {
		t.Errorf("the contracts as a file: %s", file)
	}
	if file := o.page(o.at("/payments.xlsx")); !strings.HasPrefix(file, "PK") {
		t.Errorf("no workbook: %.20q", file)
	}
	if page := o.page(o.inv(d, "/pay")); !strings.Contains(page, "Nothing of this invoice is open") {
		t.Error("a paid invoice is offered for payment")
	}
	stranger := o.as(access.Member{Company: o.other, Role: access.CustomerAdmin})
	for _, rest := range []string{"/invoices.csv", "/contracts.xlsx", "/payments", "/payments.csv", "/payments/new", "/payments/refund", "/statement", "/statement.pdf", "/disputes"} {
		if w := stranger.ask(o.at(rest), nil); w.Code != http.StatusNotFound {
			t.Errorf("%s for somebody of another company: %d", rest, w.Code)
		}
	}
}

func TestAheadAndRefund(t *testing.T) {
	o := newOffice(t)
	o.every(o.at("/payments/new"))
	o.every(o.at("/payments/refund")) // nothing is the customer's
	day := o.today.String()
	if bad := o.send(o.at("/payments/new"), http.StatusUnprocessableEntity, "amount", "-5", "currency", "CNY", "on", "").Body.String(); strings.Count(bad, `class="wrong"`) != 2 || !strings.Contains(bad, `value="-5"`) {
		t.Errorf("%s", bad)
	}
	for range 2 {
		o.send(o.at("/payments/new"), http.StatusSeeOther, "amount", "70", "currency", "CNY", "on", day, "once", "2a")
	}
	o.every(o.at("/payments/refund"))
	refund := []string{"amount", "50", "currency", "CNY", "on", day, "words", "asked for", "once", "2b"}
	if seen := o.send(o.at("/payments/refund"), http.StatusOK, refund...).Body.String(); !strings.Contains(seen, "CNY 20.00 stays") {
		t.Errorf("what is left is not told: %s", seen)
	}
	for range 2 {
		o.send(o.at("/payments/refund"), http.StatusSeeOther, append(refund, "sure", "1")...)
	}
	o.send(o.at("/payments/refund"), http.StatusConflict, "amount", "21", "currency", "CNY", "on", day, "words", "too much")
	o.send(o.at("/payments/refund"), http.StatusUnprocessableEntity, "amount", "1", "currency", "CNY", "on", day, "words", "")
	list, err := o.d.System.Movements(t.Context(), o.company, id.ID{}, store.Page{Limit: 10, Down: true})
	o.must(err)
	if len(list) != 2 || list[0].What != app.MovedBack || list[1].What != app.MovedAhead {
		t.Errorf("%+v", list)
	}
}

// TestCreditVoidWriteOff does each to an invoice, having seen it.
func TestCreditVoidWriteOff(t *testing.T) {
	o := newOffice(t)
	docs := o.documents()
	first, last := &docs[0], &docs[1]
	day := o.today.String()
	body := o.page(o.inv(first, "/credit"))
	if strings.Count(body, `name="line-`) != 3 {
		t.Fatalf("%d lines are offered", strings.Count(body, `name="line-`))
	}
	if bad := o.send(o.inv(first, "/credit"), http.StatusUnprocessableEntity, "line-0", "750.01", "line-2", "x", "words", "", "on", day).Body.String(); strings.Count(bad, `class="wrong"`) != 3 || !strings.Contains(bad, "Only CNY 750.00") {
		t.Errorf("%d are wrong: %s", strings.Count(bad, `class="wrong"`), bad)
	}
	if bad := o.send(o.inv(first, "/credit"), http.StatusUnprocessableEntity, "words", "x", "on", day).Body.String(); !strings.Contains(bad, "at least one line") {
		t.Error("no line at all is not refused")
	}
	credit := []string{"line-0", "150", "words", "a seat too many", "on", day, "once", "3a"}
	if seen := o.send(o.inv(first, "/credit"), http.StatusOK, credit...).Body.String(); !strings.Contains(seen, "CNY 159.00, tax included") {
		t.Errorf("the note is not told: %s", seen)
	}
	for range 2 {
		o.send(o.inv(first, "/credit"), http.StatusSeeOther, append(credit, "sure", "1")...)
	}
	if docs = o.documents(); len(docs) != 3 || docs[2].Kind != store.CreditNote {
		t.Fatalf("%d documents", len(docs))
	}
	note := o.at("/notes/" + docs[2].ID.Named("crn"))
	o.every(note)
	o.onlyHere("/notes/" + docs[2].ID.Named("crn"))
	for ext, head := range map[string]string{"pdf": "%PDF", "csv": "\ufeff", "json": "{", "xlsx": "PK"} {
		if file := o.page(note + "/" + docs[2].Number + "." + ext); !strings.HasPrefix(file, head) {
			t.Errorf("%s: %.10q", ext, file)
		}
	}
	xml := note + "/" + docs[2].Number + ".xml"
	if w := o.ask(xml, nil); strings.Contains(o.page(note), xml) != (w.Code == http.StatusOK) {
		t.Errorf("the page offers XML: %v; asked for, it is %d", w.Code != http.StatusOK, w.Code)
	}
	if w := o.ask(note+"/"+docs[2].Number+".exe", nil); w.Code != http.StatusNotFound {
		t.Errorf("a file that is none: %d", w.Code)
	}
	o.send(o.inv(first, "/void"), http.StatusConflict, "words", "wrong") // older, and credited
	o.send(o.inv(last, "/void"), http.StatusUnprocessableEntity, "words", "")
	if seen := o.send(o.inv(last, "/void"), http.StatusOK, "words", "wrong month").Body.String(); !strings.Contains(seen, "invoiced again") || !strings.Contains(seen, ">Void<") {
		t.Errorf("what voiding means is not told: %s", seen)
	}
	o.send(o.inv(last, "/void"), http.StatusSeeOther, "words", "wrong month", "sure", "1")
	o.send(o.inv(first, "/write-off"), http.StatusOK, "words", "gone")
	o.send(o.inv(first, "/write-off"), http.StatusSeeOther, "words", "gone", "sure", "1")
	docs = o.documents()
	if docs[0].Status != store.Paid || docs[1].Status != store.Voided {
		t.Errorf("%s and %s", docs[0].Status, docs[1].Status)
	}
	o.every(o.inv(first, ""))
	o.every(o.inv(last, ""))
	o.every(o.at("/statement"))
}

// TestDisputePages: the customer objects, finance grants a part.
func TestDisputePages(t *testing.T) {
	o := newOffice(t)
	docs := o.documents()
	d := &docs[1]
	o.every(o.at("/disputes"))
	customer := o.as(access.Member{Company: o.company, Role: access.CustomerAdmin})
	if body := customer.page(o.inv(d, "")); !strings.Contains(body, "/dispute?line=seats") {
		t.Error("a line does not lead to its dispute")
	}
	if body := customer.page(o.inv(d, "/dispute?line=seats")); !strings.Contains(body, `value="750.00"`) {
		t.Error("the line that is disputed is not filled in")
	}
	if body := customer.page(o.inv(d, "")); !strings.Contains(body, "/dispute") || strings.Contains(body, "/credit\"") || strings.Contains(body, "/pay\"") {
		t.Error("the customer sees steps that are not theirs, or not their own")
	}
	if bad := customer.send(o.inv(d, "/dispute"), http.StatusUnprocessableEntity, "line-0", "1e3", "reason", "weather", "words", "").Body.String(); strings.Count(bad, `class="wrong"`) != 3 {
		t.Errorf("%d are wrong", strings.Count(bad, `class="wrong"`))
	}
	raise := []string{"line-0", "300", "reason", "seats", "words", "two seats\nare <empty>", "once", "4a"}
	if seen := customer.send(o.inv(d, "/dispute"), http.StatusOK, raise...).Body.String(); !strings.Contains(seen, "CNY 318.00 with tax") || !strings.Contains(seen, "stays due") {
		t.Errorf("%s", seen)
	}
	for range 2 {
		customer.send(o.inv(d, "/dispute"), http.StatusSeeOther, append(raise, "sure", "1")...)
	}
	list, err := o.d.System.Disputes(t.Context(), o.company, app.DisputeQuery{Page: store.Page{Limit: 10}})
	o.must(err)
	if len(list) != 1 {
		t.Fatalf("%d disputes", len(list))
	}
	here := o.at("/disputes/" + list[0].ID.Named("dis"))
	for _, path := range []string{o.at("/disputes"), o.at("/disputes?state=open"), o.at("/disputes?state=rejected"), here, o.inv(d, ""), o.inv(d, "/dispute?line=predictive&reason=rate")} {
		o.every(path)
	}
	o.onlyHere("/disputes/" + list[0].ID.Named("dis"))
	if body := customer.page(here); strings.Contains(body, `name="do"`) || !strings.Contains(body, "Withdraw") {
		t.Error("the customer may decide, or not withdraw")
	}
	if w := customer.ask(here+"/answer", map[string][]string{"do": {"grant"}}); w.Code != http.StatusForbidden {
		t.Errorf("the customer decides: %d", w.Code)
	}
	day := o.today.String()
	if bad := o.send(here+"/answer", http.StatusUnprocessableEntity, "do", "grant", "grant-0", "300.01", "answer", "", "on", day).Body.String(); strings.Count(bad, `class="wrong"`) != 2 || !strings.Contains(bad, `value="300.01"`) {
		t.Errorf("%s", bad)
	}
	o.send(here+"/answer", http.StatusUnprocessableEntity, "do", "grant", "grant-0", "", "answer", "x", "on", day)
	grant := []string{"do", "grant", "grant-0", "150", "answer", "one was empty", "on", day, "once", "4b"}
	if seen := o.send(here+"/answer", http.StatusOK, grant...).Body.String(); !strings.Contains(seen, "A part of what was disputed") || !strings.Contains(seen, "CNY 159.00") {
		t.Errorf("%s", seen)
	}
	for range 2 {
		o.send(here+"/answer", http.StatusSeeOther, append(grant, "sure", "1")...)
	}
	o.send(here+"/answer", http.StatusConflict, "do", "reject", "answer", "no", "on", day, "sure", "1")
	o.every(here)
	if body := o.page(here); !strings.Contains(body, "CN-INV-000001") || !strings.Contains(body, "Partly accepted") {
		t.Error("the credit note is not shown")
	}
	if file := o.page(o.at("/disputes.csv")); !strings.Contains(file, "one was empty") {
		t.Errorf("%s", file)
	}

	customer.send(o.inv(d, "/dispute"), http.StatusSeeOther, "line-2", "1", "reason", "not_in_contract", "words", "never ordered", "sure", "1")
	list, err = o.d.System.Disputes(t.Context(), o.company, app.DisputeQuery{State: dispute.Open, Page: store.Page{Limit: 10}})
	o.must(err)
	customer.send(o.at("/disputes/"+list[0].ID.Named("dis")+"/withdraw"), http.StatusSeeOther)
	customer.send(o.at("/disputes/"+list[0].ID.Named("dis")+"/withdraw"), http.StatusConflict)
}

// as is another person's browser.
func (o *office) as(m access.Member) *office {
	o.t.Helper()
	email := string(m.Role) + "@example.com"
	token := ""
	o.must(o.db.Update(o.t.Context(), func(tx store.Tx) (err error) {
		_, token, err = o.d.Gate.AddUser(tx, access.NewUser{Email: email, Name: string(m.Role), Members: []access.Member{m}})
		return err
	}))
	_, err := o.d.Gate.TakeInvitation(o.t.Context(), token, "a long and quiet sentence", access.Client{Address: "127.0.0.1"})
	o.must(err)
	out := *o
	out.browser = o.world.browser()
	if w := out.ask("/login", map[string][]string{"email": {email}, "password": {"a long and quiet sentence"}}); w.Code != http.StatusSeeOther {
		o.t.Fatalf("%s cannot log in: %d %s", email, w.Code, w.Body)
	}
	return &out
}

// TestSecondPersonForMoney: where two people are wanted, a credit note, a refund
// and what is granted of a dispute wait, with the input the interface takes.
func TestSecondPersonForMoney(t *testing.T) {
	o := newOffice(t)
	o.d.Gate.Policy.SecondPerson = true
	docs := o.documents()
	d := &docs[0]
	day := o.today.String()
	w := o.send(o.inv(d, "/credit"), http.StatusSeeOther, "line-0", "150", "words", "agreed", "on", day, "once", "5a", "sure", "1")
	if to := w.Header().Get("Location"); !strings.Contains(to, "?asked=apr_") {
		t.Errorf("to %s", to)
	}
	o.every(w.Header().Get("Location"))
	if _, asked, _ := strings.Cut(w.Header().Get("Location"), "?asked="); !strings.Contains(o.page(w.Header().Get("Location")), `href="`+o.at("/approvals/"+asked)+`"`) {
		t.Error("what waits cannot be opened")
	}
	if body := o.page(o.inv(d, "?asked=apr_x%22%3E")); strings.Contains(body, "/approvals/apr_") {
		t.Error("a word that names no approval became a link")
	}
	if len(o.documents()) != 2 {
		t.Error("it was done without a second person")
	}
	if _, err := o.d.System.PayAhead(t.Context(), o.company, app.PayAhead{Key: "x", Amount: money.Micros(70*money.Micro, docs[0].Total.Currency()), On: o.today}); err != nil {
		t.Fatal(err)
	}
	o.send(o.at("/payments/refund"), http.StatusSeeOther, "amount", "50", "currency", "CNY", "on", day, "words", "asked for", "sure", "1")
	var waiting []*access.Approval
	o.must(o.db.View(t.Context(), func(tx store.Tx) (err error) {
		waiting, err = o.d.Gate.Approvals(tx, o.company, store.Page{Limit: 10})
		return err
	}))
	want := []string{`{"invoice":"` + d.ID.Named("inv") + `","items":[{"line":"seats","amount":{"amount":"150.00","currency":"CNY"}}],"reason":"agreed","on":"` + day + `"}`,
		`{"amount":{"amount":"50.00","currency":"CNY"},"on":"` + day + `","reason":"asked for"}`}
	for i, p := range waiting {
		var b bytes.Buffer
		o.must(json.Compact(&b, p.Input))
		if i >= len(want) || b.String() != want[i] {
			t.Errorf("%s is asked with %s", p.Action, b.String())
		}
	}
	if len(waiting) != 2 {
		t.Errorf("%d wait", len(waiting))
	}
}

// TestStatementPage shows an account that opens at nought and ends at what is
// open, in every form.
func TestStatementPage(t *testing.T) {
	o := newOffice(t)
	docs := o.documents()
	o.send(o.inv(&docs[0], "/pay"), http.StatusSeeOther, "amount", "500", "currency", "CNY", "on", o.today.String(), "sure", "1")
	o.send(o.inv(&docs[0], "/credit"), http.StatusSeeOther, "line-0", "150", "words", "agreed", "on", o.today.String(), "sure", "1")
	q := "?currency=CNY&first=" + (o.today - 40).String() + "&last=" + o.today.String()
	o.every(o.at("/statement"))
	o.every(o.at("/statement" + q))
	body := o.page(o.at("/statement" + q))
	for _, want := range []string{docs[0].Number, docs[1].Number, "Opening balance", "/notes/crn_", "-500<span"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	for ext, head := range map[string]string{"pdf": "%PDF", "csv": "\ufeff", "xlsx": "PK"} {
		if file := o.page(o.at("/statement." + ext + q)); !strings.HasPrefix(file, head) {
			t.Errorf("%s: %.10q", ext, file)
		}
	}
	if file := o.page(o.at("/statement.csv" + q)); !strings.Contains(file, "-500") || !strings.Contains(file, "Closing balance") {
		t.Errorf("%s", file)
	}
	for _, bad := range []string{"?first=x", "?currency=yuan", "?first=2026-03-01&last=2026-02-01"} {
		if w := o.ask(o.at("/statement"+bad), nil); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `class="wrong"`) {
			t.Errorf("%s: %d", bad, w.Code)
		}
		if w := o.ask(o.at("/statement.pdf"+bad), nil); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("the file of %s: %d", bad, w.Code)
		}
	}
	if w := o.ask(o.at("/statement?currency=TWD"), nil); w.Code != http.StatusOK {
		t.Errorf("a currency in which nothing was booked: %d", w.Code)
	}
}
