package app_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/compliance"
	"waihu/internal/calling/dialer"
	"waihu/internal/calling/lead"
	questions "waihu/internal/calling/script"
	"waihu/internal/fault"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

const surveyText = `script: Survey
steps:
  - id: hello
    text: Good day {name}.
    ask: [{id: may, label: "May I?", kind: yes_no, required: true}]
    next: [{when: [{answer: may, is: no}], end: {as: refused, disposition: not_interested}}]
  - id: who
    ask: [{id: age, label: "How old?", kind: number, required: true}]
  - id: last
    ask: [{id: score, label: "How good?", kind: scale, least: 1, most: 5}]
quotas:
  - {id: young, when: [{answer: age, below: 30}], most: 2}
`

// talk dials a lead of its own and joins it with an agent.
func (f *floor) talk(n int) attempt.Attempt {
	f.t.Helper()
	a := must(f.decide(f.camp, f.lead(f.list.ID, n).ID, 0))
	for _, step := range []func() error{
		func() error { return a.Dial(a.Decided + 1) }, func() error { return a.Answer(usage.Person, a.Decided+2) }, func() error { return a.Join("li", a.Decided+3) },
	} {
		if err := step(); err != nil {
			f.t.Fatal(err)
		}
		if err := f.keeps(&a, lead.Lead{}); err != nil {
			f.t.Fatal(err)
		}
	}
	f.clock.Add(10)
	return a
}

func (f *floor) over(a *attempt.Attempt, code string) {
	f.t.Helper()
	if err := a.End("", 200, 16, f.now()); err != nil {
		f.t.Fatal(err)
	}
	if err := f.keeps(a, lead.Lead{}); err != nil {
		f.t.Fatal(err)
	}
	if err := f.conclude(a, code, "li", nil); err != nil {
		f.t.Fatal(err)
	}
}

// surveyed is a floor whose campaign is led through the survey.
func surveyed(t *testing.T) (*floor, app.Script) {
	f, ctx := newFloor(t), context.Background()
	s, v, err := f.SetScript(ctx, f.c, app.SetScript{File: surveyText, By: "wu"})
	if err != nil || v.Version != 1 {
		t.Fatalf("%v, %+v", err, v)
	}
	plan := f.camp
	plan.Guide.Script = s.ID
	f.camp = must(f.SetCampaign(ctx, f.c, plan))
	return f, s
}

func moves(age string) questions.Sheet {
	return questions.Sheet{Moves: []questions.Move{{Step: "hello", Answers: questions.Answers{"may": {"yes"}}}, {Step: "who", Answers: questions.Answers{"age": {age}}}}}
}

// TestVersionsOfAScript: a version never changes, and answers say which they belong to.
func TestVersionsOfAScript(t *testing.T) {
	f, s := surveyed(t)
	ctx := context.Background()
	_, _, err := f.SetScript(ctx, f.c, app.SetScript{File: "script: Survey\nsteps: [{id: a, text: x}]\n"})
	wantKind(t, "a name twice", err, fault.Conflict)
	_, _, err = f.SetScript(ctx, f.c, app.SetScript{File: "script: x\nsteps: [{id: a, text: '{x'}]\n"})
	wantKind(t, "a script with a mistake", err, fault.Invalid)
	old := f.talk(1)
	if _, err := f.PutAnswers(ctx, f.c, app.PutAnswers{Try: old.ID, Edit: 1, Sheet: moves("20")}); err != nil {
		t.Fatal(err)
	}
	same, v, err := f.SetScript(ctx, f.c, app.SetScript{ID: s.ID, Revision: s.Revision, File: surveyText})
	if err != nil || v.Version != 1 {
		t.Errorf("the same text: %v, %+v, %+v", err, same, v)
	}
	s, v, err = f.SetScript(ctx, f.c, app.SetScript{ID: s.ID, Revision: s.Revision, File: "script: Short survey\nsteps: [{id: hello, text: x}]\n"})
	if err != nil || v.Version != 2 || s.Name != "Short survey" {
		t.Fatalf("%v, %+v, %+v", err, s, v)
	}
	_, _, err = f.SetScript(ctx, f.c, app.SetScript{ID: s.ID, Revision: s.Revision - 1, File: surveyText})
	wantKind(t, "an old revision", err, fault.Conflict)
	if a := must(f.PutAnswers(ctx, f.c, app.PutAnswers{Try: old.ID, Edit: 2, Sheet: moves("21")})); a.Version != 1 || a.At != "last" {
		t.Errorf("a call goes on with its version: %+v", a)
	}
	fresh := f.talk(2)
	if a := must(f.GetAnswers(ctx, f.c, fresh.ID, "li", "Li")); a.Version != 2 || a.At != "hello" {
		t.Errorf("%+v", a)
	}
	_, err = f.GetAnswers(ctx, f.c, fresh.ID, "wu", "Wu")
	wantKind(t, "another agent's call", err, fault.NotFound)
	_, err = f.RetireScript(ctx, f.c, s.ID)
	wantKind(t, "a script in use", err, fault.Conflict)
	plan := f.camp
	plan.Guide.Version = 3
	_, err = f.SetCampaign(ctx, f.c, plan)
	wantKind(t, "a version that is not there", err, fault.Invalid)
	if list := must(f.ScriptVersions(ctx, f.c, s.ID, store.Page{Limit: 10, Down: true})); len(list) != 2 || list[0].Version != 2 {
		t.Errorf("%+v", list)
	}
}

// TestAnswers are kept as they come, in any order they arrive in, until the call has
// its disposition.
func TestAnswers(t *testing.T) {
	f, _ := surveyed(t)
	ctx := context.Background()
	a := f.talk(1)
	put := func(edit int64, sheet questions.Sheet) (app.Asking, error) {
		return f.PutAnswers(ctx, f.c, app.PutAnswers{Try: a.ID, Edit: edit, Sheet: sheet, Only: "li"})
	}
	must(put(3, moves("40")))
	if got := must(put(2, moves("41"))); got.Edit != 3 || got.Answers["age"][0] != "40" {
		t.Errorf("one that comes late: %+v", got)
	}
	if got := must(put(3, moves("40"))); got.Edit != 3 || got.At != "last" {
		t.Errorf("the same again: %+v", got)
	}
	_, err := put(3, moves("42"))
	wantKind(t, "the same edit with other answers", err, fault.Conflict)
	_, err = put(4, questions.Sheet{Moves: []questions.Move{{Step: "last"}}})
	wantKind(t, "a step it does not stand at", err, fault.Invalid)
	whole := moves("40")
	whole.Moves = append(whole.Moves, questions.Move{Step: "last", Answers: questions.Answers{"score": {"5"}}})
	if got := must(put(4, whole)); got.At != "" || got.End.As != questions.Complete {
		t.Errorf("%+v", got)
	}
	f.over(&a, "done")
	_, err = put(5, moves("43"))
	wantKind(t, "after the disposition", err, fault.Conflict)
	b := f.talk(2)
	must(f.PutAnswers(ctx, f.c, app.PutAnswers{Try: b.ID, Edit: 1, Sheet: moves("20")}))
	book := must(f.AnswerBook(ctx, f.c, app.AnswerQuery{Campaign: f.camp.ID, Rows: true}))
	if len(book.Rows) != 2 || book.Rows[0].Disposition != "done" || book.Rows[1].Answers["age"][0] != "20" || book.Tally.Ends[questions.Complete] != 1 || fmt.Sprint(book.Places) != "[{young 2 1}]" {
		t.Errorf("%+v", book)
	}
}

// TestAQuotaIsNeverOverfull: places are taken when somebody is known to belong to it,
// freed by calls that are not completed, and no more are taken than there are.
func TestAQuotaIsNeverOverfull(t *testing.T) {
	f, _ := surveyed(t)
	ctx := context.Background()
	var calls [4]attempt.Attempt
	for i := range calls {
		calls[i] = f.talk(i + 1)
	}
	put := func(i int, edit int64, sheet questions.Sheet) app.Asking {
		t.Helper()
		return must(f.PutAnswers(ctx, f.c, app.PutAnswers{Try: calls[i].ID, Edit: edit, Sheet: sheet}))
	}
	for i := range 2 {
		if a := put(i, 1, moves("20")); a.At != "last" || fmt.Sprint(a.Quotas) != "[young]" {
			t.Errorf("call %d: %+v", i, a)
		}
	}
	if a := put(2, 1, moves("25")); a.Full != "young" || a.End.As != questions.Screened {
		t.Errorf("no place is left: %+v", a)
	}
	put(1, 2, moves("50")) // said the wrong age: the place is free
	if a := put(3, 1, moves("29")); a.At != "last" {
		t.Errorf("a place was free: %+v", a)
	}
	f.over(&calls[0], "not_there") // not completed: free again
	if a := put(2, 2, moves("25")); a.At != "last" {
		t.Errorf("a place was free: %+v", a)
	}
	whole := moves("25")
	whole.Moves = append(whole.Moves, questions.Move{Step: "last"})
	put(2, 3, whole)
	f.over(&calls[2], "done")
	if a := put(1, 3, moves("28")); a.Full != "young" {
		t.Errorf("two places, one complete and one in talk: %+v", a)
	}
	if book := must(f.AnswerBook(ctx, f.c, app.AnswerQuery{Campaign: f.camp.ID})); fmt.Sprint(book.Places) != "[{young 2 2}]" {
		t.Errorf("%+v", book.Places)
	}
}

// TestAnswersByKeys: what a broadcast asked by keys stands beside what agents asked,
// and a refusal by a key is on the list before the call is over.
func TestAnswersByKeys(t *testing.T) {
	f, _ := surveyed(t)
	ctx := context.Background()
	plan := f.camp
	plan.Mode, plan.Message, plan.Retry.Attempts = campaign.Broadcast, "wait", 3
	plan.Hours.Windows = []campaign.Window{{Days: []int{1, 2, 3, 4, 5, 6, 7}, From: "00:00", To: "24:00"}}
	plan.Menu.Steps = []campaign.MenuStep{{ID: "a", Answer: "gone", Keys: []campaign.KeyAct{{Key: "1", Does: campaign.KeyAnswer}}}}
	_, err := f.SetCampaign(ctx, f.c, plan)
	wantKind(t, "a question that is not there", err, fault.Invalid)
	plan.Menu.Steps[0].Answer = "score"
	plan.Menu.Steps[0].Keys[0].Key = "7"
	_, err = f.SetCampaign(ctx, f.c, plan)
	wantKind(t, "a key that is no answer", err, fault.Invalid)
	plan.Menu.Steps[0].Keys[0].Key = "5"
	f.camp = must(f.SetCampaign(ctx, f.c, plan))
	a := f.talk(1)
	rules := must(app.NewCallingRules(must(compliance.Load()), &f.camp))
	a.Press("5")
	l := must(f.GetLead(ctx, f.c, a.Lead))
	keep := func(fx dialer.Effects) {
		t.Helper()
		if _, err := f.KeepCalling(ctx, f.c, f.camp.ID, rules, &fx); err != nil {
			t.Fatal(err)
		}
	}
	keep(dialer.Effects{Tries: []attempt.Attempt{a}, Leads: []lead.Lead{l.Lead.Lead}, Answers: []dialer.KeyAnswer{{Try: a.ID, Question: "score", Value: "5"}}})
	book := must(f.AnswerBook(ctx, f.c, app.AnswerQuery{Campaign: f.camp.ID, Rows: true}))
	if len(book.Rows) != 1 || book.Rows[0].Answers["score"][0] != "5" {
		t.Errorf("%+v", book)
	}
	a.Press("9")
	a.Wish = attempt.Wish{Code: "refused", Flags: attempt.Flags{Human: true, Refuse: true, Done: true}, Notes: "pressed 9", By: attempt.ByKeys}
	keep(dialer.Effects{Tries: []attempt.Attempt{a}, Leads: []lead.Lead{l.Lead.Lead}})
	if list := must(f.Barred(ctx, f.c, []phone.Number{line(1)})); len(list) != 1 || list[0].By != attempt.ByKeys {
		t.Errorf("the refusal waits for the end of the call: %+v", list)
	}
	if n := must(f.LoseTries(ctx, f.c, f.camp.ID)); n != 1 || f.state(a.Lead) != lead.Forbidden {
		t.Errorf("%d lost, and the lead is %s", n, f.state(a.Lead))
	}
}

// TestKeysOfABroadcast are counted as its tries say: a call once for each key, those of
// machines and of who calls back not at all, and silence beside them.
func TestKeysOfABroadcast(t *testing.T) {
	f, ctx := newFloor(t), context.Background()
	plan := f.camp
	plan.Mode, plan.Message = campaign.Broadcast, "wait"
	plan.Menu.Steps = []campaign.MenuStep{{ID: "a", Keys: []campaign.KeyAct{{Key: "1", Does: campaign.KeyAgent}, {Key: "3", Does: campaign.KeyEnd}}}}
	f.camp = must(f.SetCampaign(ctx, f.c, plan))
	for i, pressed := range []string{"1", "1191", "", "*9"} {
		a := f.talk(i + 1)
		for _, key := range pressed {
			a.Press(string(key))
		}
		f.over(&a, "not_there")
	}
	machine := must(f.decide(f.camp, f.lead(f.list.ID, 9).ID, 0))
	for _, step := range []func() error{
		func() error { return machine.Dial(machine.Decided + 1) }, func() error { return machine.Answer(usage.Machine, machine.Decided+2) }, func() error { machine.Press("7"); return nil },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
		if err := f.keeps(&machine, lead.Lead{}); err != nil {
			t.Fatal(err)
		}
	}
	f.clock.Add(10)
	got := must(f.AnswerBook(ctx, f.c, app.AnswerQuery{Campaign: f.camp.ID, Keys: true})).Keys
	of, none, calls := map[string]int{}, 0, 0
	tries := must(f.Tries(ctx, f.c, app.TryQuery{Period: timex.Period{From: f.now().Add(-time.Hour), To: f.now().Add(time.Hour)}, Campaign: f.camp.ID, Limit: 100})).Tries
	for i := range tries {
		if a := &tries[i]; a.AnsweredBy == usage.Person {
			calls++
			for _, key := range strings.Split(questions.KeyOrder, "") {
				if strings.Contains(a.Pressed, key) {
					of[key]++
				}
			}
			if a.Pressed == "" {
				none++
			}
		}
	}
	if calls != 4 || got == nil || got.Calls != calls || got.None != none || !reflect.DeepEqual(got.Of, of) || fmt.Sprint(of) != "map[*:1 1:2 9:2]" || got.Cut {
		t.Errorf("%+v, and its tries say %v, %d of %d without a key", got, of, none, calls)
	}
	if shown := fmt.Sprint(got.Shown()); shown != "[1 3 9 *]" {
		t.Errorf("a key nobody pressed is one of the menu: %s", shown)
	}
	later := must(f.AnswerBook(ctx, f.c, app.AnswerQuery{Campaign: f.camp.ID, Keys: true, From: f.now().Add(time.Hour)}))
	if later.Keys.Calls != 0 {
		t.Errorf("calls of another time: %+v", later.Keys)
	}
	if book := must(f.AnswerBook(ctx, f.c, app.AnswerQuery{Campaign: f.camp.ID})); book.Keys != nil {
		t.Error("keys nobody asked for")
	}
}
