package demo

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/calling/script"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/phone"
	"waihu/internal/sim/tries"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// listed is how many leads a list of the demonstration has, and tried how many of
// them were called already.
const (
	listed = 240
	tried  = 90
)

// planned is a campaign of the demonstration.
type planned struct {
	name     string
	purpose  usage.Purpose
	mode     campaign.Mode
	list     string
	begins   string // numbers of its leads, and how many digits follow
	digits   int
	zone     string
	basis    lead.Basis
	from     string // caller ID
	budget   int64  // a day, in units; 0: none
	runs     bool
	tries    bool
	surnames string
	script   string // file of the script agents are led through
	says     string // what agents say, where no script leads them
	wants    string // note of a callback
	kinds    []int  // leads of a hundred by what the carrier does with them (behaviour); nil: numbers nobody calls
	records  bool   // what is said
}

// works tells whether agents call its leads: at any hour, over the carrier of the
// demonstration.
func (p *planned) works() bool { return p.kinds != nil }

// plans are the campaigns of a firm, by its key.
func plans(key string) []planned {
	switch key {
	case "floor":
		return []planned{
			{name: "秋季续约", purpose: usage.Sales, mode: campaign.Predictive, list: "秋季名单", begins: "86139", digits: 7, zone: "Asia/Shanghai", basis: lead.Agreed, from: "+862150000000", budget: 1_200, runs: true, tries: true, wants: "客户在开会，约好再打", surnames: "王李张刘陈杨黄赵周吴",
				says: "{name}您好，这里是晨星。您的{plan}套餐本月到期，现在续约第一个月免费。需要我为您办理吗？", kinds: usualKinds},
			{name: "送货预约", purpose: usage.Service, mode: campaign.Preview, list: "本周订单", begins: "86137", digits: 7, zone: "Asia/Shanghai", basis: lead.Customer, from: "+862150000001", runs: true, tries: true, wants: "送货时间改天再约", surnames: "徐孙马朱胡郭何林罗高",
				says: "{name}您好，您订的设备已经到货。请问明天上午还是下午送货方便？", kinds: waitingKinds, records: true},
			{name: "满意度调查", purpose: usage.Survey, mode: campaign.Progressive, list: "近期来电客户", begins: "86136", digits: 7, zone: "Asia/Shanghai", basis: lead.Customer, from: "+862150000002", runs: true, tries: true, script: "survey.script.yaml", wants: "改天方便再回答", surnames: "陈林黄张李王吴刘蔡杨", kinds: usualKinds, records: true},
			{name: "新年预热", purpose: usage.Sales, mode: campaign.Progressive, list: "官网咨询", begins: "86138", digits: 8, zone: "Asia/Shanghai", basis: lead.Requested, surnames: "徐孙马朱胡郭何林罗高"},
		}
	case "minutes":
		return []planned{{name: "Delivery appointments", purpose: usage.Service, mode: campaign.Preview, list: "Orders of this week", begins: "8529", digits: 7, zone: "Asia/Hong_Kong", basis: lead.Customer, from: "+85230000000", surnames: "Chan Lee Wong Cheung Lau"}}
	case "modules":
		return []planned{{name: "服務滿意度調查", purpose: usage.Survey, mode: campaign.Progressive, list: "近期來電客戶", begins: "88691", digits: 7, zone: "Asia/Taipei", basis: lead.Customer, from: "+886200000000", runs: true, tries: true, script: "survey.script.yaml", wants: "改天方便再回答", surnames: "陳林黃張李王吳劉蔡楊"}}
	}
	return nil
}

// campaigns gives each firm its campaigns and lists, with what a crew's calling until
// now came to.
func (t *teller) campaigns(ctx context.Context) error {
	for i := range t.who {
		c := &t.who[i]
		w := t.logIn(c)
		for n, p := range plans(c.Key) {
			t.clock.set(w.next().free)
			rng := rand.New(rand.NewPCG(t.o.Seed, uint64(i*10+n)))
			if err := t.campaign(ctx, c, &p, w, rng); err != nil {
				return fmt.Errorf("campaign %s: %w", p.name, err)
			}
		}
		if err := t.ingest(ctx, c, w.sessions); err != nil {
			return err
		}
		if err := t.barred(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// barred are numbers of people who wrote that they do not want to be called.
func (t *teller) barred(ctx context.Context, c *Customer) error {
	var list []store.Barred
	for n := range 6 {
		letter := cmp.Or(map[string]string{"zh-Hans": "三月来函", "zh-Hant": "三月來函"}[c.Lang], "letter of March")
		list = append(list, store.Barred{Number: numberOf(c.Calling.Numbers[0].Prefix[1:], c.Calling.Numbers[0].Digits, uint64(900+7*n)), Source: letter, By: "import"})
	}
	_, err := t.sys.Bar(ctx, c.Company, list)
	return err
}

func numberOf(begins string, digits int, n uint64) phone.Number {
	value := uint64(0)
	for _, d := range begins {
		value = value*10 + uint64(d-'0')
	}
	for range digits {
		value *= 10
	}
	return phone.Of(value+n, len(begins)+digits)
}

func (t *teller) campaign(ctx context.Context, c *Customer, p *planned, w *toldCrew, rng *rand.Rand) error {
	list, err := t.sys.SetLeadList(ctx, c.Company, app.LeadList{Name: p.list, Country: strings.ToUpper(map[string]string{"86": "cn", "85": "hk", "88": "tw"}[p.begins[:2]]), Zone: p.zone, Consent: lead.Consent{Basis: p.basis, Evidence: "form", At: t.first.Start(time.UTC)}})
	if err != nil {
		return err
	}
	plan := campaign.New(p.name, p.purpose, p.mode, 0)
	plan.Lists, plan.Record = []campaign.Share{{List: list.ID, Share: 1}}, p.records
	if p.from != "" {
		from, _ := phone.Normalize(p.from, "") // it stands above
		plan.CallerIDs = []campaign.CallerID{{Number: from, Daily: 400}}
	}
	if p.works() {
		atAnyHour(&plan)
	}
	if p.says != "" {
		plan.Script = campaign.Script{Steps: []campaign.Step{{ID: "hello", Text: p.says}}}
	}
	if p.budget > 0 {
		plan.Budget.Daily = money.Micros(p.budget*money.Micro, money.MustCurrency("CNY"))
	}
	if plan.Guide, err = t.script(ctx, c, p); err != nil {
		return err
	}
	made, err := t.sys.AddCampaign(ctx, c.Company, plan)
	if err != nil {
		return err
	}
	leads, err := t.leads(ctx, c, list.ID, p, rng)
	if err != nil || !p.runs {
		return err
	}
	if made, err = t.sys.StartCampaign(ctx, c.Company, made.ID, "floor lead"); err != nil || !p.tries {
		return err
	}
	told, err := tries.New(t.sys, c.Company, &made)
	if err != nil {
		return err
	}
	var calls []usage.Fact
	for n, l := range leads[:tried] {
		if w.next().free > timex.At(t.o.Now).Add(-longestTry) {
			break // a month that has just begun
		}
		call, err := t.try(ctx, c, told, &made, p, w, l, n, rng)
		if err != nil {
			return err
		}
		if call != nil {
			calls = append(calls, call)
		}
	}
	return t.ingest(ctx, c, calls)
}

// ingest takes usage in, if there is some.
func (t *teller) ingest(ctx context.Context, c *Customer, facts []usage.Fact) error {
	if len(facts) == 0 {
		return nil
	}
	_, err := t.sys.Ingest(ctx, c.Company, facts)
	return err
}

// script keeps the script of a campaign that has one.
func (t *teller) script(ctx context.Context, c *Customer, p *planned) (g campaign.Guide, err error) {
	if p.script == "" {
		return g, nil
	}
	file, err := books.ReadFile("books/" + p.script)
	if err != nil {
		return g, err
	}
	said := strings.Replace(string(file), "LANGUAGE", c.Lang, 1)
	made, _, err := t.sys.SetScript(ctx, c.Company, app.SetScript{File: said, By: "floor lead"})
	return campaign.Guide{Script: made.ID}, err
}

// leads fills a list.
func (t *teller) leads(ctx context.Context, c *Customer, list id.ID, p *planned, rng *rand.Rand) (out []id.ID, err error) {
	lot := &store.LeadLot{}
	for n := range listed {
		l := p.lead(n, rng, t.first.Start(time.UTC))
		l.List = list
		if l.ID, err = t.sys.IDs.At(t.clock.Now()); err != nil {
			return nil, err
		}
		if err := lot.Add(l); err != nil {
			return nil, err
		}
		out = append(out, l.ID)
	}
	return out, t.sys.DB.Update(ctx, func(tx store.Tx) error { return tx.Leads().Add(c.Company, lot) })
}

// lead is the nth of a list, who agreed at some time.
func (p *planned) lead(n int, rng *rand.Rand, agreed timex.Instant) lead.Lead {
	names := strings.Fields(p.surnames)
	if len(names) == 1 {
		names = strings.Split(p.surnames, "")
	}
	given := []string{"先生", "女士"}
	if strings.Contains(p.surnames, " ") {
		given = []string{" Ms", " Mr"}
	}
	begins, apart := p.begins, uint64(40_000)
	if p.works() {
		begins, apart = begins+kindOf(p.kinds, rng), numbersApart
	}
	return lead.Lead{Key: fmt.Sprintf("K-%05d", 10_000+n), Name: names[rng.IntN(len(names))] + given[rng.IntN(2)], State: lead.Pending, Zone: p.zone,
		Numbers: []lead.Number{{Number: numberOf(begins, p.digits, apart*uint64(n)+rng.Uint64N(apart-1))}}, Fields: map[string]string{"plan": []string{"basic", "plus", "pro"}[rng.IntN(3)]},
		Consent: lead.Consent{Basis: p.basis, Evidence: "form", At: agreed}}
}

// try is one call to a lead, with what it came to, and its record; nil: it may not be called.
func (t *teller) try(ctx context.Context, c *Customer, told *tries.Teller, of *app.Campaign, p *planned, w *toldCrew, l id.ID, n int, rng *rand.Rand) (*usage.Call, error) {
	m := w.next()
	t.clock.set(m.free)
	a, err := told.Decide(ctx, l, of.CallerIDs[0].Number, "", m.free)
	if err != nil {
		if fault.KindOf(err) == fault.Conflict { // it is on the do-not-call list
			return nil, nil
		}
		return nil, err
	}
	at := a.Decided
	if err := a.Dial(at + 1); err != nil {
		return nil, err
	}
	a.Call, a.Trunk = a.ID.Named("call"), c.Calling.Trunk
	code, result := "", usage.Result("")
	var back *lead.Appointment
	switch k := rng.IntN(100); {
	case k < 45:
		result = usage.NoAnswer
	case k < 55:
		result = usage.Busy
	default:
		code = []string{"sale", "not_interested", "not_there", "callback", "not_interested", "done", "wrong_number"}[rng.IntN(7)]
		if rng.IntN(30) == 0 {
			code = "refused"
		}
	}
	if code == "callback" {
		back = &lead.Appointment{At: t.promised(c, n), Zone: c.Calling.Zone.String(), Agent: m.user, Notes: p.wants}
	}
	up := at.Add(6 * time.Second)
	if result == "" {
		talk := time.Duration(20+rng.IntN(100)) * time.Second
		err = first(func() error { return a.Answer(usage.Person, up) }, func() error { return a.Join(m.user, up+1) }, func() error { return a.End("", 200, 16, up.Add(talk)) })
	} else {
		err = a.End(result, map[usage.Result]int{usage.Busy: 486, usage.NoAnswer: 480}[result], 0, up)
	}
	if err != nil {
		return nil, err
	}
	t.clock.set(a.Ended)
	written := w.worked(m, &a, rng)
	if result == "" {
		if err := t.answers(ctx, c, told, of, &a, rng); err != nil {
			return nil, err
		}
	}
	return recordOf(&a, of, p), told.Conclude(ctx, &a, code, m.user, back, written)
}

// recordOf is the record of the call of a try.
func recordOf(a *attempt.Attempt, of *app.Campaign, p *planned) *usage.Call {
	k := &usage.Call{ID: a.Call, Source: "waihu", Direction: usage.Outbound, Mode: of.Mode.Usage(), Purpose: p.purpose, Result: a.Result, By: a.AnsweredBy, From: p.from, To: "+" + a.Number.String(), Trunk: a.Trunk,
		Agent: a.Agent, Campaign: of.ID.Named("cmp"), Start: a.Dialed, End: a.Ended, Total: a.Ended.Sub(a.Dialed)}
	if a.Answered != 0 {
		k.Result, k.Answer, k.Talk = usage.Answered, a.Answered, a.Ended.Sub(a.Answered)
	}
	return k
}

// promised is the time of a callback: by day, on the customer's clock, in the next days.
func (t *teller) promised(c *Customer, n int) timex.Instant {
	day := timex.At(t.o.Now).DateIn(c.Calling.Zone) + 1 + timex.Date(n%4)
	return day.Start(c.Calling.Zone).Add(time.Duration(10+n%8) * time.Hour)
}

// answers are those of a person who let themselves be asked.
func (t *teller) answers(ctx context.Context, c *Customer, told *tries.Teller, of *app.Campaign, a *attempt.Attempt, rng *rand.Rand) error {
	if of.Guide.Script.IsZero() {
		return nil
	}
	if err := told.Keep(ctx, a); err != nil {
		return err
	}
	moves := []script.Move{{Step: "hello", Answers: script.Answers{"may_ask": {"no"}}}}
	if rng.IntN(5) > 0 {
		score := 2 + rng.IntN(4)
		moves = []script.Move{{Step: "hello", Answers: script.Answers{"may_ask": {"yes"}}}, {Step: "visit", Answers: script.Answers{"score": {fmt.Sprint(score)}, "channel": {[]string{"phone", "web", "shop"}[rng.IntN(3)]}}}}
		if score < 4 {
			moves = append(moves, script.Move{Step: "why", Answers: script.Answers{"reason": {[]string{"等待時間太長", "說明不清楚", "沒有回電"}[rng.IntN(3)]}}})
		}
		moves = append(moves, script.Move{Step: "thanks"})
	}
	_, err := t.sys.PutAnswers(ctx, c.Company, app.PutAnswers{Try: a.ID, Edit: 1, Sheet: script.Sheet{Moves: moves}})
	return err
}

// first is the first error of some steps.
func first(steps ...func() error) error {
	for _, do := range steps {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}
