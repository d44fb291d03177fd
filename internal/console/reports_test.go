package console

import (
	"bytes"
	"context"
	"encoding/csv"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	figures "waihu/internal/calling/report"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/sim/tries"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// dialed puts a campaign with some tries that are over into the office, and gives a
// lead of it.
func dialed(o *office, n int) (lead store.Lead, camp app.Campaign) {
	o.t.Helper()
	return dialedBy(o, n, "ann")
}

// dialedBy is dialed with an agent of one's own.
func dialedBy(o *office, n int, agent string) (lead store.Lead, camp app.Campaign) {
	o.t.Helper()
	ctx, sys := context.Background(), o.d.System
	list, err := sys.SetLeadList(ctx, o.company, app.LeadList{Name: "spring", Country: "CN"})
	o.must(err)
	plan := campaign.New("Spring", usage.Sales, campaign.Predictive, 0)
	plan.Lists, plan.CallerIDs = []campaign.Share{{List: list.ID}}, []campaign.CallerID{{Number: phone.Of(862161234567, 12)}}
	camp, err = sys.AddCampaign(ctx, o.company, plan)
	o.must(err)
	camp, err = sys.StartCampaign(ctx, o.company, camp.ID, "wu")
	o.must(err)
	told, err := tries.New(sys, o.company, &camp)
	o.must(err)
	for i := range n {
		lead, err = sys.AddLead(ctx, o.company, leadOf(list, i))
		o.must(err)
		a, err := told.Decide(ctx, lead.ID, phone.Of(862161234567, 12), "", timex.At(time.Now()))
		o.must(err)
		o.must(a.Dial(a.Decided + 1))
		a.Call = a.ID.Named("call")
		code := ""
		if i%2 == 0 {
			o.must(a.Answer(usage.Person, a.Decided+2))
			o.must(a.Join(agent, a.Decided+3))
			o.must(a.End("", 200, 16, a.Decided+4))
			code = "sale"
		} else {
			o.must(a.End(usage.Busy, 486, 17, a.Decided+4))
		}
		o.must(told.Conclude(ctx, &a, code, agent, nil, a.Ended))
	}
	return lead, camp
}

func leadOf(list app.LeadList, n int) lead.Lead {
	return lead.Lead{List: list.ID, Name: "Wang", Consent: lead.Consent{Basis: lead.Agreed, Evidence: "form", At: 1}, Numbers: []lead.Number{{Number: phone.Of(8613800000000+uint64(n), 13)}}}
}

var cellLink = regexp.MustCompile(`<td class="num"[^>]*><a href="([^"]+)">([^<]+)</a>`)

// TestReports: every report in three languages, empty and filled; each cell leads to a
// list that is there; CSV and workbook; what is wrong in the filter is said beside it.
func TestReports(t *testing.T) {
	o := newOffice(t)
	for _, k := range figures.Kind("").Choices() {
		o.every(o.at("/reports/" + k + "?campaign=none"))
	}
	l, camp := dialed(o, 7)
	for _, k := range figures.Kind("").Choices() {
		o.every(o.at("/reports/" + k))
		for _, form := range []string{"csv", "xlsx"} {
			if w := o.ask(o.at("/reports/"+k+"/file."+form), nil); w.Code != http.StatusOK || w.Body.Len() == 0 {
				t.Errorf("%s.%s: %d", k, form, w.Code)
			}
		}
		o.every(o.at("/reports/" + k + "?by=day&sort=name&order=up"))
	}
	body := o.page(o.at("/reports/conversion?campaign=" + camp.ID.Named("cmp")))
	links := cellLink.FindAllStringSubmatch(body, -1)
	if len(links) < 5 {
		t.Fatalf("%d links in %s", len(links), body)
	}
	for _, link := range links {
		to := html.UnescapeString(link[1])
		rows := strings.Count(o.page(to), `<th scope="row">`)
		if n, err := strconv.Atoi(link[2]); err == nil && n != rows {
			t.Errorf("%s leads to %s, which has %d rows", link[2], to, rows)
		}
	}
	if body := o.ask(o.at("/reports/agents?first=2026-02-01&last=2026-01-01"), nil); body.Code != http.StatusUnprocessableEntity || !strings.Contains(body.Body.String(), `class="wrong"`) {
		t.Errorf("days that go back: %d", body.Code)
	}
	if w := o.ask(o.at("/reports/agents?zone=Nowhere"), nil); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a zone that is none: %d", w.Code)
	}
	if w := o.ask(o.at("/reports/nothing"), nil); w.Code != http.StatusNotFound {
		t.Errorf("a report that is none: %d", w.Code)
	}
	record := o.ask(o.at("/reports/ledger/record.csv"), nil)
	if !strings.Contains(record.Body.String(), "Spring,") || record.Code != http.StatusOK {
		t.Errorf("the record: %d %s", record.Code, record.Body)
	}
	o.every(o.at("/leads/" + l.ID.Named("lead")))
	o.every(o.at("/tries"))
	o.every(o.at("/seats"))
	o.onlyHere("/leads/" + l.ID.Named("lead"))
}

// TestReportsAreByName: an agent stands by name on the page, in the files and in the filter,
// which takes them by name or as calls have them; the workbook has the figures of the page.
func TestReportsAreByName(t *testing.T) {
	o := newOffice(t)
	var who string
	o.must(o.db.Update(t.Context(), func(tx store.Tx) error {
		u, _, err := o.d.Gate.AddUser(tx, access.NewUser{Email: "li@example.com", Name: "Li Na", Members: []access.Member{{Company: o.company, Role: access.Agent}}})
		if err == nil {
			who = u.ID.Named("user")
		}
		return err
	}))
	dialedBy(o, 5, who)
	for _, at := range []string{"/reports/agents", "/reports/agents?agent=Li+Na", "/reports/agents?agent=" + who, "/tries?agent=Li+Na&outcome=sale"} {
		body := o.page(o.at(at))
		if !strings.Contains(body, ">Li Na<") || strings.Contains(at, "agent=") && !strings.Contains(body, `value="Li Na"`) || strings.Contains(body, ">"+who) {
			t.Errorf("%s does not name the agent", at)
		}
	}
	page := map[string][]string{}
	for _, row := range regexp.MustCompile(`(?s)<tr><th scope="row">(.*?)</th>(.*?)</tr>`).FindAllStringSubmatch(o.page(o.at("/reports/agents")), -1) {
		for _, cell := range regexp.MustCompile(`(?s)<td[^>]*>(.*?)</td>`).FindAllStringSubmatch(row[2], -1) {
			name := plainText(row[1])
			page[name] = append(page[name], plainText(cell[1]))
		}
	}
	rows, err := csv.NewReader(bytes.NewReader(o.ask(o.at("/reports/agents/file.csv"), nil).Body.Bytes())).ReadAll()
	o.must(err)
	if len(rows) < 2 || len(page["Li Na"]) < 5 {
		t.Fatalf("%q, %q", rows, page)
	}
	for _, row := range rows[1:] {
		if row[0] == "Li Na" && !slices.Equal(row[1:4], page[row[0]][:3]) {
			t.Errorf("the file has %q, the page %q", row, page[row[0]])
		}
	}
}

var tags = regexp.MustCompile(`<[^>]*>`)

func plainText(s string) string {
	return strings.TrimSpace(html.UnescapeString(tags.ReplaceAllString(s, "")))
}

// TestATryLeadsToItsCharge, over the page of its call: that says whom it was with, what came
// of it and what it cost, plays it, and leads back to the try. Everybody finds there what they
// may see, and no way to what they may not.
func TestATryLeadsToItsCharge(t *testing.T) {
	d := newDesk(t)
	o := d.office
	l, camp := dialed(o, 1)
	link := regexp.MustCompile(`href="([^"]*/usage/call[^"]*)"`).FindStringSubmatch(o.page(o.at("/tries")))
	if link == nil {
		t.Fatal("a try leads to no call")
	}
	to := html.UnescapeString(link[1])
	q, err := url.ParseQuery(to[strings.Index(to, "?")+1:])
	o.must(err)
	rec := o.tape(q.Get("id"), "ann", 2)
	now, err := o.d.System.Moment(t.Context())
	o.must(err)
	_, err = o.d.System.Ingest(t.Context(), o.company, []usage.Fact{&usage.Call{ID: q.Get("id"), Source: q.Get("source"), Direction: usage.Outbound, Result: usage.Answered, To: "+8613800000000", Agent: "ann", Campaign: camp.ID.Named("cmp"), Start: now, Answer: now, End: now.Add(time.Second), Talk: time.Second,
		Course: &usage.Course{Recording: rec.ID.Named("rec"), RecordingSHA256: rec.SHA256}}})
	o.must(err)
	for _, page := range []string{"/reports/conversion?campaign=Spring", "/usage?campaign=Spring"} { // one way everywhere: by name
		if body := o.page(o.at(page)); !strings.Contains(body, `name="campaign" value="Spring" list="l-campaign"`) || strings.Contains(body, "<select class=\"select\" id=\"f-campaign\"") {
			t.Errorf("%s: the campaign is not chosen by its name", page)
		}
	}
	if body := o.page(o.at("/usage?campaign=" + camp.ID.Named("cmp"))); !strings.Contains(body, "Spring") {
		t.Error("the list of calls does not name the campaign")
	}
	o.every(to)
	try := "try_" + strings.TrimPrefix(q.Get("id"), "call_")
	lead, recording, campaign, bill := "/leads/"+l.ID.Named("lead")+"#"+try, "/recordings/"+rec.ID.Named("rec"), "/campaigns/"+camp.ID.Named("cmp"), "#why-talk"
	everything := []string{lead, recording, campaign, bill, rec.SHA256, "data-sound=", "Wang", "Spring", ">Sale<", "ann"}
	for role, hidden := range map[access.Role][]string{access.CustomerAdmin: nil, access.Supervisor: {bill, "/contracts/"}, access.Auditor: {lead, bill, "data-sound=", "Wang", ">Sale<"},
		access.Finance: {lead, recording, rec.ID.Named("rec"), rec.SHA256, "data-sound=", "Wang", ">Sale<"}} {
		of := o.company
		if role == access.Finance {
			of = id.Platform
		}
		who := o.as(access.Member{Company: of, Role: role})
		body := who.page(to)
		for _, what := range everything {
			if strings.Contains(body, what) == slices.Contains(hidden, what) {
				t.Errorf("%s, %s: hidden %v", role, what, slices.Contains(hidden, what))
			}
		}
		for _, at := range regexp.MustCompile(`<a[^>]* href="(/c/[^"#]+)`).FindAllStringSubmatch(body[strings.Index(body, "<main"):], -1) {
			who.page(html.UnescapeString(at[1]))
		}
	}
	inspector := o.as(access.Member{Company: o.company, Role: access.Inspector}).page(o.at(recording))
	for _, what := range []string{"/usage/call", "/leads/", "/campaigns/"} { // pages an inspector may not open
		if strings.Contains(inspector, what) {
			t.Errorf("an inspector is led to %s", what)
		}
	}
	if !strings.Contains(inspector, "data-sound=") || !strings.Contains(inspector, "spring") {
		t.Error("an inspector does not find what they inspect")
	}
	if body := o.page(o.at("/leads/" + l.ID.Named("lead"))); !strings.Contains(body, `id="`+try+`"`) || !strings.Contains(body, link[1]) {
		t.Error("the lead does not lead to the call, or has no place for its try")
	}
	if body := o.page(o.at(recording)); !strings.Contains(body, link[1]+"#charges") {
		t.Error("the recording does not lead to what the call cost")
	}
}
