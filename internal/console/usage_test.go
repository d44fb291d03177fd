package console

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"waihu/internal/document"
	"waihu/internal/lang"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

func TestUsage(t *testing.T) {
	o := newOffice(t)
	o.every(o.at("/usage"))
	all := "first=" + o.first.String() + "&last=" + o.first.String()
	body := o.page(o.at("/usage?" + all))
	if n := strings.Count(body, "/usage/call?"); n < 30 {
		t.Errorf("%d links to calls", n)
	}
	for query, want := range map[string]int{"agent=bob": 6, "to=%2B8621": 6, "to=+8621": 6, "to=%2B86+21-": 6, "to=%28%2B86%29+21": 6, "result=busy": 6, "component=talk&label=row%3Amobile": 18, "campaign=none": 0, "trunk=gw1&agent=bob&result=answered": 6, "unpriced=1": 0} {
		body := o.page(o.at("/usage?" + all + "&" + query))
		if got := len(regexp.MustCompile(`<th scope="row" class="nowrap">`).FindAllString(body, -1)); got != want {
			t.Errorf("%s: %d calls, want %d", query, got, want)
		}
	}
	const whole = "sums are of all calls"
	if strings.Contains(body, whole) || !strings.Contains(o.page(o.at("/usage?"+all+"&agent=bob")), whole) {
		t.Error("what sums are of is said where a filter takes a part")
	}
	if w := o.ask(o.at("/usage?first=2026-02-30"), nil); w.Code != 422 || strings.Contains(w.Body.String(), "1970") || !strings.Contains(w.Body.String(), `value="2026-02-30"`) && !strings.Contains(w.Body.String(), "aria-invalid") {
		t.Errorf("a day that is none: %d", w.Code)
	}
	if w := o.ask(o.at("/usage?after=x"), nil); w.Code != 404 {
		t.Errorf("a page that is none: %d", w.Code)
	}
	call := regexp.MustCompile(`href="(/c/[^"]*/usage/call\?[^"]*)"`).FindStringSubmatch(body)[1]
	call = strings.ReplaceAll(call, "&amp;", "&")
	o.every(call)
	if w := o.ask(call+"x", nil); w.Code != 404 {
		t.Errorf("a month that is none: %d", w.Code)
	}
	o.onlyHere(call[len(o.at("")):])
}

// TestACallTellsHowItWent: its page has what the voice wing knows of it and leads
// to its other leg.
func TestACallTellsHowItWent(t *testing.T) {
	o := newOffice(t)
	start := o.first.Start(time.UTC).Add(40 * time.Hour)
	call := &usage.Call{ID: "a", Source: "waihu", Direction: usage.Outbound, Result: usage.Answered, To: "+8613800000001", Start: start, Answer: start.Add(4 * time.Second), End: start.Add(9 * time.Second), Talk: 5 * time.Second,
		Course: &usage.Course{EndedBy: usage.TheirSide, Cause: 16, Status: 200, Why: "bye", Ringing: start.Add(1500 * time.Millisecond), OtherLeg: "b",
			Heard: usage.Quality{MOS: 437, Packets: 250, Lost: 3, Jitter: 6 * time.Millisecond}, Detected: "person", Sure: 97, Recording: "calls/a.wav"}}
	other := *call
	other.ID, other.LegB, other.Course = "b", true, &usage.Course{OtherLeg: "a"}
	if _, err := o.d.System.Ingest(t.Context(), o.company, []usage.Fact{call, &other}); err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"8613800000001", "%2B8613800000001", "%2B86+138"} { // our own calls have the plus
		if body := o.page(o.at("/usage?first=" + o.first.String() + "&last=" + (o.first + 5).String() + "&to=" + to)); !strings.Contains(body, "/usage/call?id=a&amp;") {
			t.Errorf("a call is not found by %s", to)
		}
	}
	path := o.at("/usage/call?id=a&source=waihu&month=" + o.first.String())
	o.every(path)
	body := o.page(path)
	for _, want := range []string{"the other side", "hung up", "01.500", "MOS 4.37, 3 of 250 packets lost, 0 late, jitter 6.0 ms", "person, 97 % sure", "calls/a.wav", "/usage/call?id=b&amp;"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	o.page(o.at("/usage/call?id=b&source=waihu&month=" + o.first.String()))
	alone := *call
	alone.ID, alone.Course = "alone", &usage.Course{OtherLeg: "not told yet"}
	if _, err := o.d.System.Ingest(t.Context(), o.company, []usage.Fact{&alone}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(o.page(o.at("/usage/call?id=alone&source=waihu&month="+o.first.String())), "The other leg") {
		t.Error("a call leads to a leg that is not there")
	}
	stray, long := alone, start.Add(-360*24*time.Hour) // before there was a contract
	stray.ID, stray.Start, stray.Answer, stray.End = "stray", long, long.Add(4*time.Second), long.Add(9*time.Second)
	if _, err := o.d.System.Ingest(t.Context(), o.company, []usage.Fact{&stray}); err != nil {
		t.Fatal(err)
	}
	zone, err := timex.LoadZone("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	body = o.page(o.at("/usage/call?id=stray&source=waihu&month=" + store.MonthOf(long).String()))
	if at := clockTime(long, zone) + " Asia/Shanghai"; !strings.Contains(body, at) || !strings.Contains(body, "clock of Asia/Shanghai") {
		t.Errorf("a call of no contract is not on the clock of the company, %s", at)
	}
}

// TestUsagePaging walks two months of calls, page by page: as many as fill two pages, and
// none behind them.
func TestUsagePaging(t *testing.T) {
	o := newOffice(t)
	var more []usage.Fact
	for i := range 2*pageRows - 90 {
		at := o.first.Start(time.UTC).Add(5*time.Hour + time.Duration(i)*time.Minute)
		more = append(more, &usage.Call{ID: "more-" + strconv.Itoa(i), Source: "pbx", Direction: usage.Outbound, Result: usage.Busy, To: "8613800138000", Start: at, End: at})
	}
	if _, err := o.d.System.Ingest(t.Context(), o.company, more); err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for _, sort := range []string{"", "&sort=start"} {
		path, pages := o.at("/usage?first="+o.first.AddMonths(-2).String()+"&last="+o.first.String()+sort), 0
		for path != "" {
			body := o.page(path)
			for _, row := range regexp.MustCompile(`<th scope="row" class="nowrap"><a href="([^"]*)`).FindAllStringSubmatch(body, -1) {
				all[sort] = append(all[sort], row[1])
			}
			pages++
			path = ""
			if m := regexp.MustCompile(`href="(\?[^"]*after=[^"]*)"`).FindStringSubmatch(body); m != nil {
				path = o.at("/usage") + strings.ReplaceAll(m[1], "&amp;", "&")
			}
		}
		if len(all[sort]) != 2*pageRows || pages != 2 {
			t.Errorf("%d calls on %d pages", len(all[sort]), pages)
		}
	}
	if slices.Reverse(all[""]); !slices.Equal(all[""], all["&sort=start"]) {
		t.Error("the oldest first are others than the newest first")
	}
}

func TestUsageExport(t *testing.T) {
	o := newOffice(t)
	query := "?first=" + o.first.String() + "&last=" + o.first.String() + "&agent=bob"
	w := o.ask(o.at("/usage/calls.csv"+query), nil)
	if w.Code != 200 || strings.Count(w.Body.String(), "\r\n") != 7 || !strings.Contains(w.Header().Get("Content-Disposition"), "calls-") {
		t.Errorf("%d %v\n%s", w.Code, w.Header(), w.Body)
	}
	if w := o.ask(o.at("/usage/calls.xlsx"+query), nil); !strings.HasPrefix(w.Body.String(), "PK") {
		t.Errorf("no workbook: %d", w.Code)
	}
	if w := o.ask(o.at("/usage/calls.csv?first=x"), nil); w.Code != 422 {
		t.Errorf("a day that is none: %d", w.Code)
	}
}

// lines keeps what would go into a file.
type lines struct{ rows []document.Row }

func (l *lines) Write(r *document.Row) error { l.rows = append(l.rows, *r); return nil }
func (l *lines) Close() error                { return nil }

// TestAFileThatIsFullSaysSo: a list that merely ends is taken for all there is.
func TestAFileThatIsFullSaysSo(t *testing.T) {
	o := newOffice(t)
	v := &visit{view: view{Tag: lang.English}, company: o.company}
	f := &usageFilter{query: store.CallQuery{Period: timex.Days(o.first, o.first+1, time.UTC)}}
	for most, full := range map[int]bool{5: true, exportCalls: false} {
		var out lines
		o.must(o.db.View(t.Context(), func(tx store.Tx) error { return v.writeCalls(tx, f, &out, most) }))
		if got := out.rows[len(out.rows)-1].Rule == "There is more: this file holds 5 rows at most."; got != full {
			t.Errorf("at most %d calls: %d rows, and the last says there is more: %v", most, len(out.rows), got)
		}
	}
	sheet := v.sheet("money.on", "money.what")
	sheet.full(v, false)
	sheet.full(v, true)
	if len(sheet.Rows) != 1 || sheet.Rows[0][0] != "There is more: this file holds 50,000 rows at most." {
		t.Errorf("%q", sheet.Rows)
	}
}

// broken is a writer whose reader has left after the heading.
type broken struct{ *httptest.ResponseRecorder }

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// TestAFileThatBreaksOffIsNoWholeFile: an answer that ends as it should would be
// kept as a list of all calls.
func TestAFileThatBreaksOffIsNoWholeFile(t *testing.T) {
	o := newOffice(t)
	r := httptest.NewRequest("GET", o.at("/usage/calls.csv?first="+o.first.String()+"&last="+o.first.String()), nil)
	for name, value := range o.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	defer func() {
		if v := recover(); v != http.ErrAbortHandler {
			t.Errorf("the connection was not broken off: %v", v)
		}
	}()
	o.ServeHTTP(broken{httptest.NewRecorder()}, r)
}

// TestInvoiceLeadsToItsCalls follows the evidence of a line.
func TestInvoiceLeadsToItsCalls(t *testing.T) {
	o := newOffice(t)
	list := o.page(o.at("/invoices"))
	body := o.page(regexp.MustCompile(`href="(/c/[^"]*/invoices/inv_[^"]*)"`).FindStringSubmatch(list)[1])
	if !strings.Contains(body, `href="`+o.con("")+`"`) {
		t.Error("the invoice does not lead to its contract")
	}
	if first := o.page(o.at("?now=1")); !strings.Contains(first, `href="`+o.con("/draft?day=")) || !strings.Contains(first, `href="`+o.con("")+`"`) {
		t.Error("what the period comes to so far leads neither to its lines nor to its contract")
	}
	links := regexp.MustCompile(`href="(/c/[^"]*/usage\?[^"]*component=talk[^"]*)"`).FindAllStringSubmatch(body, -1)
	if len(links) != 3 { // the line and its two rows
		t.Fatalf("%d links", len(links))
	}
	for i, want := range []int{18, 6, 24} {
		calls := strings.Count(o.page(strings.ReplaceAll(links[i][1], "&amp;", "&")), `<th scope="row" class="nowrap">`)
		if calls != want {
			t.Errorf("%s: %d calls, want %d", links[i][1], calls, want)
		}
	}
}
