package console

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"waihu/internal/app"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/id"
	"waihu/internal/lang"
)

// revision is that of the form on a page.
func (d *desk) revision(path string) string {
	d.t.Helper()
	m := regexp.MustCompile(`name="revision" value="(\d+)"`).FindStringSubmatch(d.page(path))
	if m == nil {
		d.t.Fatalf("%s has no form with a revision", path)
	}
	return m[1]
}

// keep sends a part of a campaign as it is opened, with some fields filled in.
func (d *desk) keep(at, part string, want int, fields ...string) string {
	d.t.Helper()
	path := at + "/" + part
	form := append([]string{"once", d.fresh(path), "revision", d.revision(path), "do", "next"}, fields...)
	w := d.send(path, want, form...)
	return w.Header().Get("Location") + w.Body.String()
}

// TestCampaignStepByStep: from nothing to a campaign that runs, with a list that is
// brought in on the way; what is wrong stands beside its field and what was typed
// stays.
func TestCampaignStepByStep(t *testing.T) {
	d := newDesk(t)
	if page := d.page(d.at("/campaigns")); !strings.Contains(page, lang.Phrase(lang.English, "campaigns.none", nil)) {
		t.Error("an empty list teaches nothing")
	}
	fresh := d.at("/campaigns/new")
	if w := d.send(fresh, http.StatusUnprocessableEntity, "name", "", "purpose", "survey", "mode", "preview"); !strings.Contains(w.Body.String(), `value="survey" checked`) {
		t.Error("what was chosen is lost with a field that is wrong")
	}
	to := d.send(fresh, http.StatusSeeOther, "once", d.fresh(fresh), "name", "Spring", "purpose", "sales", "mode", "predictive").Header().Get("Location")
	at := strings.TrimSuffix(to, "/lists")
	name := at[strings.LastIndex(at, "/")+1:]
	if w := d.send(at+"/start", http.StatusUnprocessableEntity, "once", "s-0"); !strings.Contains(w.Body.String(), at+"/numbers") {
		t.Error("what keeps a draft from starting is not led to")
	}

	// A list for it: its columns are asked for, looked at, and remembered.
	w := d.upload(d.at("/lists"), map[string]string{"spring.csv": "Wer,Nummer,Tarif\nLi,13800138000,gold\nWu,13800138000,gold\nAn,12,blau\n"}, "once=l-1", "list_name=Spring list", "country=CN", "same=list", "basis=consent", "evidence=form", "source=fair", "campaign="+name)
	job := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.Contains(job, "/imports/") {
		t.Fatalf("%d to %q: %s", w.Code, job, w.Body)
	}
	d.every(job)
	columns := []string{"name", "fair", "country", "CN", "columns[0].field", "name", "columns[1].field", "phone", "columns[2].field", "own", "columns[2].own", "plan"}
	if w := d.send(job+"/mapping", http.StatusUnprocessableEntity, append([]string{"columns[1].field", "-"}, columns...)...); !strings.Contains(w.Body.String(), "telephone numbers") {
		t.Error("a list without numbers is read")
	}
	if w := d.send(job+"/mapping", http.StatusOK, append(columns, "do", "preview")...); !strings.Contains(w.Body.String(), "plan: gold") {
		t.Error("the first leads are not shown")
	}
	d.send(job+"/mapping", http.StatusSeeOther, append(columns, "do", "read", "once", d.fresh(job))...)
	page := d.patient(job)
	if !strings.Contains(page, ">1<") || !strings.Contains(page, job+"/rejects") {
		t.Errorf("what became of the rows is not told: %s", page)
	}
	if w := d.ask(job+"/rejects", nil); !strings.Contains(w.Body.String(), "An,12") {
		t.Errorf("rows set aside: %s", w.Body)
	}
	list := job[:strings.Index(job, "/imports/")]
	if w := d.upload(list+"/imports", map[string]string{"more.csv": "Wer,Nummer,Tarif\nHe,13800138001,gold\n"}, "once=l-2"); w.Code != http.StatusSeeOther || !strings.Contains(d.patient(w.Header().Get("Location")), `id="i-what"`) {
		t.Error("columns that were told are asked for again")
	}

	// The rest of the steps.
	d.keep(at, "rules", http.StatusUnprocessableEntity, "lift.cn.hours", "1", "reason.cn.hours", "short")
	d.keep(at, "rules", http.StatusSeeOther, "lift.cn.hours", "1", "reason.cn.hours", "the customers asked for evening calls")
	if page := d.keep(at, "hours", http.StatusUnprocessableEntity, "rows.hours.windows", "1", "hours.windows[0].days", "1", "hours.windows[0].from", "9:00", "hours.windows[0].to", "8:00", "hours.holidays", ""); page == "" {
		t.Error("a day that ends before it begins is kept")
	}
	if to := d.keep(at, "hours", http.StatusSeeOther, "rows.hours.windows", "2", "hours.windows[0].days", "1", "hours.windows[0].from", "9:00", "hours.windows[0].to", "18:00", "hours.holidays", "cn", "hours.off", "2026-12-24"); to != at+"/outcomes" {
		t.Errorf("it goes on to %q", to)
	}
	d.keep(at, "outcomes", http.StatusSeeOther, "retry.attempts", "4", "rows.retry.retries", "1", "retry.retries[0].on", "busy", "retry.retries[0].after", "2", "retry.retries[0].unit", "hour", "rows.dispositions", "1", "dispositions[0].code", "trial", "dispositions[0].name", "Trial", "dispositions[0].flags", "sale")
	d.keep(at, "pacing", http.StatusUnprocessableEntity, "goal.abandon", "much", "ring_seconds", "5")
	d.keep(at, "pacing", http.StatusSeeOther, "goal.abandon", "2.5", "goal.conversation", "12.50", "ring_seconds", "20")
	d.keep(at, "numbers", http.StatusUnprocessableEntity, "rows.caller_ids", "1", "caller_ids[0].number", "help")
	d.keep(at, "numbers", http.StatusSeeOther, "rows.caller_ids", "2", "caller_ids[0].number", "+862150000000", "caller_ids[0].daily", "300")
	d.keep(at, "budget", http.StatusSeeOther, "budget.daily", "900")
	c := d.kept(name)
	if c.Goal.Abandon != 250 || c.Goal.Conversation.Decimal() != "12.50" || c.Budget.Daily.Decimal() != "900.00" || c.Hours.Holiday != "cn" || c.Hours.Windows[0].From != "09:00" || c.Retry.Retries[0].After != 120 || c.Dispositions[0].Code != "trial" || c.Lifted[0].Rule != "cn.hours" || len(c.Lists) != 1 {
		t.Errorf("%+v", c)
	}
	for _, part := range campaignParts() {
		d.every(at + "/" + part.name)
	}
	d.send(at+"/start", http.StatusSeeOther, "once", "s-1")
	if page := d.send(at+"/pause", http.StatusUnprocessableEntity, "once", "p-1", "why_pause", ""); strings.Count(page.Body.String(), `<details class="more" open>`) != 1 {
		t.Error("what lacks its reason is not open, or what nobody asked for is")
	}
	d.send(at+"/pause", http.StatusSeeOther, "once", "p-2", "why_pause", "lunch")
	if c := d.kept(name); c.Status.State != campaign.Paused || c.Status.Why != "lunch" {
		t.Errorf("%+v", c.Status)
	}
	d.every(at)
	d.every(list)
	d.every(list + "/leads")
	if page := d.page(d.at("/leads?q=138+0013+8000")); !strings.Contains(page, "13800138000") {
		t.Error("a lead is not found by its number as it is dialed at home")
	}
	d.send(at+"/finish", http.StatusSeeOther, "once", "f-1", "why_finish", "the season is over")
	if page := d.page(at + "/budget"); !strings.Contains(page, "<fieldset disabled") {
		t.Error("a finished campaign can be changed")
	}
}

// kept is a campaign as it is kept.
func (d *desk) kept(name string) app.Campaign {
	d.t.Helper()
	i, err := id.ParseNamed("cmp", name)
	d.must(err)
	c, err := d.d.System.GetCampaign(d.t.Context(), d.company, i)
	d.must(err)
	return c
}

// TestStaleCampaign: somebody else kept another part in between.
func TestStaleCampaign(t *testing.T) {
	d := newDesk(t)
	at := strings.TrimSuffix(d.send(d.at("/campaigns/new"), http.StatusSeeOther, "name", "A", "purpose", "sales", "mode", "manual").Header().Get("Location"), "/lists")
	old := d.revision(at + "/budget")
	d.keep(at, "budget", http.StatusSeeOther, "budget.daily", "10")
	page := d.send(at+"/budget", http.StatusConflict, "revision", old, "budget.daily", "20").Body.String()
	if !strings.Contains(page, " changed this at ") || strings.Contains(page, "somebody") || strings.Contains(page, "at revision") {
		t.Error("the refusal does not say in the reader's words who changed it")
	}
	page = d.send(at+"/budget?lang=zh-Hant", http.StatusConflict, "revision", old, "budget.daily", "30").Body.String()
	if !strings.Contains(page, "變更此內容：請重新開啟頁面") {
		t.Error("the refusal is not said in Chinese")
	}
}

// TestDispositionsPage: names, codes and keys are changed; what the system gives keeps
// its meaning; two people do not write over each other.
func TestDispositionsPage(t *testing.T) {
	d := newDesk(t)
	at := d.at("/dispositions")
	d.every(at)
	seen := regexp.MustCompile(`name="seen" value="([^"]+)"`).FindStringSubmatch(d.page(at))[1]
	form := []string{"seen", seen, "once", "d-1", "rows.dispositions", "3", "dispositions[0].code", "sold", "dispositions[0].name", "Sold", "dispositions[0].key", "1", "dispositions[0].flags", "human", "dispositions[0].again", "1440", "dispositions[0].most", "3", "dispositions[1].code", "busy", "dispositions[1].again", "never", "dispositions[1].name", "Engaged", "dispositions[1].auto", "1"}
	if w := d.send(at, http.StatusUnprocessableEntity, append(form, "dispositions[2].code", "Not A Code", "dispositions[2].name", "x")...); !strings.Contains(w.Body.String(), "Not A Code") {
		t.Error("what was typed is lost")
	}
	d.send(at, http.StatusSeeOther, form...)
	d.send(at, http.StatusConflict, append([]string{"seen", seen, "once", "d-2"}, form[4:]...)...)
	list, err := d.d.System.Dispositions(t.Context(), d.company)
	d.must(err)
	if len(list) != 2 || list[0].Code != "sold" || !list[0].Flags.Human || list[1].Name != "Engaged" || !list[1].Auto || list[0].Again != (attempt.Again{After: 1440, Most: 3}) || list[1].Again != (attempt.Again{Most: 1}) {
		t.Errorf("%+v", list)
	}
	w := d.send(d.at("/campaigns/new"), http.StatusSeeOther, "once", "d-3", "name", "Spring", "purpose", "sales", "mode", "progressive")
	of, err := id.ParseNamed("cmp", regexp.MustCompile(`cmp_[0-9a-z]+`).FindString(w.Header().Get("Location")))
	d.must(err)
	made, err := d.d.System.GetCampaign(t.Context(), d.company, of)
	d.must(err)
	if slices.ContainsFunc(made.Retry.Retries, func(r lead.Retry) bool { return r.On == "busy" }) || len(made.Retry.Retries) == 0 {
		t.Errorf("a new campaign has a rule of its own for an outcome the company has one for: %+v", made.Retry)
	}
}

// TestDoNotCallPages: numbers are added by hand and as a file, looked up, and taken
// off for a reason.
func TestDoNotCallPages(t *testing.T) {
	d := newDesk(t)
	at := d.at("/dnc")
	d.every(at)
	d.send(at, http.StatusUnprocessableEntity, "numbers", "138 0013 8000\nnobody", "country", "CN", "source", "letter")
	to := d.send(at, http.StatusSeeOther, "numbers", "138 0013 8000", "country", "CN", "source", "letter").Header().Get("Location")
	if page := d.page(to); !strings.Contains(page, "8613800138000") || !strings.Contains(page, "letter") {
		t.Errorf("%s", page)
	}
	w := d.upload(at+"/imports", map[string]string{"numbers.csv": "Phone\n13800138001\n12\n"}, "once=n-1", "source=register", "country=CN")
	job := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	d.patient(job)
	d.every(job)
	if w := d.ask(d.at("/dnc.csv"), nil); !strings.Contains(w.Body.String(), "8613800138001") || !strings.Contains(w.Body.String(), "register") {
		t.Errorf("%s", w.Body)
	}
	one := at + "/8613800138000"
	d.every(one)
	d.send(one, http.StatusUnprocessableEntity, "reason", "no")
	d.send(one, http.StatusSeeOther, "reason", "asked for a call again, in writing")
	if w := d.ask(one, nil); w.Code != http.StatusNotFound {
		t.Errorf("it is still there: %d", w.Code)
	}
}

// TestScriptPages: a script is made in cards, tried as an agent sees it, kept in
// versions, given to a campaign, and written as a text where it says more.
func TestScriptPages(t *testing.T) {
	d := newDesk(t)
	d.every(d.at("/scripts"))
	fresh := d.at("/scripts/new")
	d.every(fresh)
	cards := []string{"script", "Survey", "language", "en", "tongue", "en", "rows.steps", "2", "steps[0].id", "hello", "steps[0].text.en", "Good day {name|}", "rows.steps[0].ask", "1", "steps[0].ask[0].id", "happy", "steps[0].ask[0].kind", "choice",
		"steps[0].ask[0].label.en", "Happy?", "steps[0].ask[0].choices", "very = Very\nnot = Not at all", "steps[0].ask[0].required", "1", "rows.steps[0].next", "1", "steps[0].next[0].when.answer", "happy", "steps[0].next[0].when.op", "is",
		"steps[0].next[0].when.value", "not", "steps[0].next[0].to", "end:refused", "steps[0].next[0].code", "refused", "steps[1].id", "bye", "steps[1].text.en", "Thank you"}
	if w := d.send(fresh, http.StatusUnprocessableEntity, append([]string{"steps[0].next[0].to", "nowhere"}, cards...)...); !strings.Contains(w.Body.String(), "nowhere") {
		t.Error("a jump to nowhere is kept")
	}
	to := d.send(fresh, http.StatusSeeOther, append(cards, "once", "s-1")...).Header().Get("Location")
	d.every(to)
	d.every(to + "?as=text")
	try := d.at("/scripts/preview")
	if w := d.send(try, http.StatusOK, cards...); !strings.Contains(w.Body.String(), "Good day Ms Example") || !strings.Contains(w.Body.String(), "Not at all") {
		t.Error("an agent sees nothing")
	}
	if w := d.send(try, http.StatusOK, append(cards, "try.do", "next")...); !strings.Contains(w.Body.String(), "an answer is missing") {
		t.Error("it goes on without an answer")
	}
	if w := d.send(try, http.StatusOK, append(cards, "try.do", "next", "try.happy", "not")...); !strings.Contains(w.Body.String(), "Proposed disposition: refused") {
		t.Error("the answer does not lead to the end")
	}
	if w := d.ask(to+"/file", nil); !strings.Contains(w.Body.String(), `"very"`) {
		t.Errorf("%s", w.Body)
	}
	more := "script: Survey\nsteps:\n  - {id: a, text: {en: A}, ask: [{id: x, kind: yes_no, label: {en: X}, when: [{field: city, is: Taipei}]}]}\n"
	d.send(to, http.StatusUnprocessableEntity, "text", "1", "file", "script: [", "revision", d.revision(to))
	d.send(to, http.StatusSeeOther, "text", "1", "file", more, "revision", d.revision(to), "once", "s-2")
	if page := d.page(to); !strings.Contains(page, lang.Phrase(lang.English, "scripts.forced", nil)) || strings.Contains(page, `name="steps[0].id"`) {
		t.Error("cards lose what they cannot show")
	}
	at := strings.TrimSuffix(d.send(d.at("/campaigns/new"), http.StatusSeeOther, "name", "A", "purpose", "survey", "mode", "manual").Header().Get("Location"), "/lists")
	d.keep(at, "script", http.StatusSeeOther, "guide.script", to[strings.LastIndex(to, "/")+1:], "guide.version", "1")
	d.every(at + "/script")
	d.every(at + "/results")
	d.send(to+"/retire", http.StatusConflict, "once", "r-1")
}

// TestARobotLaneInTheConsole: its server, its bounds and its secret, which is shown once;
// who starts it without one reads why not.
func TestARobotLaneInTheConsole(t *testing.T) {
	d := newDesk(t)
	fresh := d.at("/campaigns/new")
	at := strings.TrimSuffix(d.send(fresh, http.StatusSeeOther, "once", d.fresh(fresh), "name", "Robot", "purpose", "sales", "mode", "robot").Header().Get("Location"), "/lists")
	name := at[strings.LastIndex(at, "/")+1:]
	if page := d.keep(at, "menu", http.StatusUnprocessableEntity, "robot.url", "robot.example", "rate.channels", "4"); !strings.Contains(page, "the address of a dialogue server is none") {
		t.Error("what is no address is taken")
	}
	d.keep(at, "menu", http.StatusSeeOther, "robot.url", "https://robot.example/turn", "robot.fallback", "sorry", "robot.turns", "12", "rate.channels", "4", "rate.minute", "40")
	if c := d.kept(name); c.Robot != (campaign.RobotLane{URL: "https://robot.example/turn", Fallback: "sorry", Turns: 12}) || c.Rate != (campaign.Rate{Channels: 4, Minute: 40}) {
		t.Errorf("%+v, %+v", c.Robot, c.Rate)
	}
	secret := d.send(at+"/secret", http.StatusOK, "once", "s-1").Body.String()
	again := d.send(at+"/secret", http.StatusOK, "once", "s-1").Body.String()
	if !strings.Contains(secret, "whsec_") || strings.Contains(again, "whsec_") || strings.Contains(d.page(at+"/menu"), "whsec_") {
		t.Error("the secret is not shown once")
	}
	d.every(at + "/menu")
}
