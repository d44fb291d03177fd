package console

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

const officePlan = `plan: floor
version: 1
name: {en: Sales floor, zh-Hant: 銷售座席方案, zh-Hans: 销售坐席方案}
currency: CNY
time_zone: Asia/Shanghai
home_region: CN
tax: {default: software, classes: [{id: software, rates: [{rate: 6%}]}, {id: voice, rates: [{rate: 9%}]}]}
modules:
  - {id: predictive, name: {en: Predictive dialing, zh-Hant: 預測式外呼, zh-Hans: 预测式外呼}}
  - {id: recording, name: {en: Recording, zh-Hant: 錄音, zh-Hans: 录音}}
unmetered: [seats, sessions]
components:
  # Seats that were bought, whoever sits there.
  - id: seats
    name: {en: Agent seats, zh-Hant: 座席, zh-Hans: 坐席}
    category: seats
    measure: recurring
    unit_price: 150
  - id: recording
    name: {en: Recording, zh-Hant: 錄音, zh-Hans: 录音}
    measure: module
    where: {module: recording}
    per_seat_of: seats
    unit_price: 8
  - {id: predictive, name: {en: Predictive dialing, zh-Hant: 預測式外呼, zh-Hans: 预测式外呼}, measure: module, where: {module: predictive}, unit_price: 600}
  - id: talk
    name: {en: Talk time, zh-Hant: 通話時長, zh-Hans: 通话时长}
    measure: talk_time
    tax: voice
    increment: 60/60
    rates:
      - {id: mobile, name: {en: Mobile, zh-Hant: 手機, zh-Hans: 手机}, match: {line: [mobile]}, unit_price: 0.15}
      - {id: other, default: true, name: {en: Other, zh-Hant: 其他, zh-Hans: 其他}, unit_price: 0.2}
early_termination: {share: 50%}
`

const officeContract = `contract: FL-1
plan: floor@1
start: START
term: 12 months
renewal: {auto: true, notice_days: 30, term: 12 months}
payment_terms_days: 15
seller: {name: Seller Example Ltd., country: CN}
buyer: {name: Buyer Example Ltd., country: CN}
quantities: {seats: 5}
modules: [predictive]
`

// office is a console with an operator logged in, and a company whose contract
// runs since the first of the month before the last, with two months billed.
type office struct {
	*browser
	company  id.Company
	other    id.Company
	contract id.ID
	first    timex.Date // of the running month
	today    timex.Date
}

func newOffice(t *testing.T) *office {
	t.Helper()
	w := server(t)
	once, err := w.d.Gate.FirstOperator(t.Context(), "operator@example.com")
	if err != nil {
		t.Fatal(err)
	}
	o := &office{browser: w.browser()}
	o.ask("/login", url.Values{"email": {"operator@example.com"}, "password": {once}})
	o.ask("/login/next", url.Values{"password": {"a long and quiet sentence"}})
	now := time.Now().UTC().Add(8 * time.Hour)
	o.today = timex.DateOf(now)
	y, m, _ := o.today.Civil()
	o.first = timex.NewDate(y, m, 1)
	start := o.first.AddMonths(-2)
	sys, ctx := w.d.System, t.Context()
	for i, name := range []string{"Buyer Example Ltd.", "Other Example Ltd."} {
		c, err := sys.AddCompany(ctx, app.Company{Name: name})
		o.must(err)
		if i == 0 {
			o.company = id.Company{ID: c.ID}
		} else {
			o.other = id.Company{ID: c.ID}
		}
	}
	_, err = sys.PublishPlan(ctx, app.PublishPlan{File: officePlan})
	o.must(err)
	text := strings.Replace(officeContract, "START", start.String(), 1)
	q, err := sys.Quote(ctx, o.company, app.Quote{File: text, On: start - 10})
	o.must(err)
	o.contract = q.ID
	_, err = sys.Sign(ctx, o.company, app.Sign{Contract: q.ID, Document: strings.Repeat("ab", 32), On: start - 5})
	o.must(err)
	_, err = sys.Start(ctx, o.company, q.ID, start)
	o.must(err)
	for month := range 3 {
		o.calls(start.AddMonths(month), month, 30)
	}
	for _, user := range []string{"ann", "bob", "cid"} {
		_, err = sys.Begin(ctx, o.company, app.Begin{Contract: o.contract, What: app.SeatStretch, Of: user, Type: "agent", At: start.Start(time.UTC)})
		o.must(err)
	}
	_, err = sys.Begin(ctx, o.company, app.Begin{Contract: o.contract, What: app.SessionStretch, Of: "ann", State: usage.Ready, At: timex.At(time.Now().Add(-time.Minute))})
	o.must(err)
	run, err := sys.ClosePeriod(ctx, app.ClosePeriod{Until: o.first, Issue: o.first})
	o.must(err)
	if run.Counts.Issued != 2 {
		t.Fatalf("%+v", run)
	}
	return o
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// calls hands in calls of the first day of a month.
func (o *office) calls(first timex.Date, month, n int) {
	o.t.Helper()
	var facts []usage.Fact
	for i := range n {
		start := first.Start(time.UTC).Add(time.Duration(i) * time.Minute)
		c := &usage.Call{ID: fmt.Sprintf("call-%d-%d", month, i), Source: "pbx", Direction: usage.Outbound, Result: usage.Answered, To: "8613800138000", Agent: "ann", Campaign: "spring", Trunk: "gw1",
			Start: start, Answer: start.Add(5 * time.Second), End: start.Add(67 * time.Second), Talk: 62 * time.Second, Total: 67 * time.Second}
		switch i % 5 {
		case 3:
			c.Result, c.Answer, c.Talk = usage.Busy, 0, 0
		case 4:
			c.Agent, c.To = "bob", "862112345678"
		}
		facts = append(facts, c)
	}
	got, err := o.d.System.Ingest(o.t.Context(), o.company, facts)
	o.must(err)
	if len(got.Outcomes) != n {
		o.t.Fatalf("%+v", got)
	}
}

func (o *office) at(rest string) string { return "/c/" + o.company.Named("co") + rest }

// page asks for a page and wants to see it.
func (o *office) page(path string) string {
	o.t.Helper()
	w := o.ask(path, nil)
	if w.Code != http.StatusOK {
		o.t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

// send sends a form and wants a status.
func (o *office) send(path string, status int, pairs ...string) *httptest.ResponseRecorder {
	o.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	w := o.ask(path, form)
	if w.Code != status {
		o.t.Fatalf("%s: %d, want %d: %s", path, w.Code, status, w.Body)
	}
	return w
}

// every looks at a page in every language.
func (o *office) every(path string) {
	o.t.Helper()
	and := "?"
	if strings.Contains(path, "?") {
		and = "&"
	}
	for _, tag := range lang.Tags() {
		sound(o.t, tag, o.page(path+and+"lang="+string(tag)))
	}
}

// onlyHere wants a page of a company to be no page of another one.
func (o *office) onlyHere(rest string) {
	o.t.Helper()
	if w := o.ask("/c/"+o.other.Named("co")+rest, nil); w.Code != http.StatusNotFound {
		o.t.Errorf("%s of another company: %d", rest, w.Code)
	}
}

// onceOf is the key of the form on a page.
func onceOf(body string) string {
	m := regexp.MustCompile(`name="once" value="([0-9a-f]+)"`).FindStringSubmatch(body)
	if m == nil {
		return ""
	}
	return m[1]
}
