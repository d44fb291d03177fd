package export

import (
	"time"

	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// row is a call as the file has it.
type row struct {
	Position  int64  `parquet:"position"`
	Contract  string `parquet:"contract,dict"` // empty: it belongs to none
	ID        string `parquet:"id"`
	Source    string `parquet:"source,dict"`
	Session   string `parquet:"session"`
	LegB      bool   `parquet:"leg_b"`
	Direction string `parquet:"direction,dict"`
	Result    string `parquet:"result,dict"`
	By        string `parquet:"answered_by,dict"`
	Mode      string `parquet:"mode,dict"`
	Purpose   string `parquet:"purpose,dict"`
	Line      string `parquet:"line,dict"`
	Reach     string `parquet:"reach,dict"`
	From      string `parquet:"from"`
	To        string `parquet:"to"`
	Account   string `parquet:"account,dict"`
	Agent     string `parquet:"agent,dict"`
	Campaign  string `parquet:"campaign,dict"`
	Trunk     string `parquet:"trunk,dict"`
	Outcome   string `parquet:"outcome,dict"`
	Cause     string `parquet:"cause,dict"`
	Start     int64  `parquet:"start,timestamp(microsecond)"`
	Answer    int64  `parquet:"answer,timestamp(microsecond)"` // 0: not answered
	End       int64  `parquet:"end,timestamp(microsecond)"`
	Total     int64  `parquet:"total_ns"`
	Talk      int64  `parquet:"talk_ns"`
	Cost      int64  `parquet:"source_cost_micros"` // what the source says the call cost
	Currency  string `parquet:"source_currency,dict"`

	Charges []charge `parquet:"charges,list"`
	Course  *course  `parquet:"course,optional"` // how it went, where that is told
}

// course is how a call went.
type course struct {
	EndedBy         string  `parquet:"ended_by,dict"`
	Cause           int64   `parquet:"q850"`
	Status          int64   `parquet:"sip"`
	Why             string  `parquet:"why,dict"`
	Trying          int64   `parquet:"trying,timestamp(microsecond)"` // 0: it never came
	Ringing         int64   `parquet:"ringing,timestamp(microsecond)"`
	Early           int64   `parquet:"early,timestamp(microsecond)"`
	OtherLeg        string  `parquet:"other_leg"`
	Heard           quality `parquet:"heard"`
	Told            quality `parquet:"told"`
	Detected        string  `parquet:"detected,dict"`
	Sure            int64   `parquet:"detected_percent"`
	Recording       string  `parquet:"recording"`
	RecordingSHA256 string  `parquet:"recording_sha256"`
}

// quality is how one direction sounded.
type quality struct {
	MOS     int64 `parquet:"mos_hundredths"` // 0: not known
	Packets int64 `parquet:"packets"`
	Lost    int64 `parquet:"lost"`
	Late    int64 `parquet:"late"`
	Jitter  int64 `parquet:"jitter_ns"`
}

// charge is what the call came to at one price.
type charge struct {
	Component string `parquet:"component,dict"`
	Label     string `parquet:"label,dict"`
	Raw       int64  `parquet:"talk_seconds"`
	Billed    int64  `parquet:"billed_seconds"`
	Cost      int64  `parquet:"cost_micros"` // at list price
	Currency  string `parquet:"currency,dict"`
	Reason    string `parquet:"reason,dict"` // why there is no price
}

func rowOf(c *store.ChargedCall) row {
	u := &c.Call
	r := row{Position: c.Position, ID: u.ID, Source: u.Source, Session: u.Session, LegB: u.LegB, Direction: string(u.Direction), Result: string(u.Result),
		By: string(u.By), Mode: string(u.Mode), Purpose: string(u.Purpose), Line: string(u.Line), Reach: string(u.Reach), From: u.From, To: u.To, Account: u.Account,
		Agent: u.Agent, Campaign: u.Campaign, Trunk: u.Trunk, Outcome: u.Outcome, Cause: u.Cause, Start: int64(u.Start), Answer: int64(u.Answer), End: int64(u.End),
		Total: int64(u.Total), Talk: int64(u.Talk), Cost: u.Cost.Micros(), Currency: u.Cost.Currency().String()}
	if !c.Contract.IsZero() {
		r.Contract = c.Contract.String()
	}
	for i := range c.Charges {
		x := &c.Charges[i]
		r.Charges = append(r.Charges, charge{x.Component, x.Label, x.Raw, x.Billed, x.Cost.Micros(), x.Cost.Currency().String(), x.Reason})
	}
	r.Course = courseOf(u.Course)
	return r
}

func courseOf(c *usage.Course) *course {
	if c.IsZero() {
		return nil
	}
	q := func(q usage.Quality) quality {
		return quality{int64(q.MOS), q.Packets, q.Lost, q.Late, int64(q.Jitter)}
	}
	return &course{string(c.EndedBy), c.Cause, c.Status, c.Why, int64(c.Trying), int64(c.Ringing), int64(c.Early), c.OtherLeg, q(c.Heard), q(c.Told), c.Detected, c.Sure,
		c.Recording, c.RecordingSHA256}
}

func (c *course) fact() *usage.Course {
	if c == nil {
		return nil
	}
	q := func(q quality) usage.Quality {
		return usage.Quality{MOS: usage.MOS(q.MOS), Packets: q.Packets, Lost: q.Lost, Late: q.Late, Jitter: time.Duration(q.Jitter)}
	}
	return &usage.Course{EndedBy: usage.Side(c.EndedBy), Cause: c.Cause, Status: c.Status, Why: c.Why, Trying: timex.Instant(c.Trying), Ringing: timex.Instant(c.Ringing),
		Early: timex.Instant(c.Early), OtherLeg: c.OtherLeg, Heard: q(c.Heard), Told: q(c.Told), Detected: c.Detected, Sure: c.Sure, Recording: c.Recording, RecordingSHA256: c.RecordingSHA256}
}

func (r *row) call() (*store.ChargedCall, error) {
	out := &store.ChargedCall{Position: r.Position, Call: usage.Call{ID: r.ID, Source: r.Source, Session: r.Session, LegB: r.LegB,
		Direction: usage.Direction(r.Direction), Result: usage.Result(r.Result), By: usage.AnsweredBy(r.By), Mode: usage.Mode(r.Mode), Purpose: usage.Purpose(r.Purpose),
		Line: usage.Line(r.Line), Reach: usage.Reach(r.Reach), From: r.From, To: r.To, Account: r.Account, Agent: r.Agent, Campaign: r.Campaign, Trunk: r.Trunk,
		Outcome: r.Outcome, Cause: r.Cause, Start: timex.Instant(r.Start), Answer: timex.Instant(r.Answer), End: timex.Instant(r.End),
		Total: time.Duration(r.Total), Talk: time.Duration(r.Talk), Course: r.Course.fact()}}
	var err error
	if r.Contract != "" {
		if out.Contract, err = id.Parse(r.Contract); err != nil {
			return nil, err
		}
	}
	if out.Call.Cost, err = amount(r.Cost, r.Currency); err != nil {
		return nil, err
	}
	for i := range r.Charges {
		x := &r.Charges[i]
		c := store.Charge{Component: x.Component, Label: x.Label, Raw: x.Raw, Billed: x.Billed, Reason: x.Reason}
		if c.Cost, err = amount(x.Cost, x.Currency); err != nil {
			return nil, err
		}
		out.Charges = append(out.Charges, c)
	}
	return out, nil
}

func amount(micros int64, currency string) (money.Amount, error) {
	var cur money.Currency
	err := cur.UnmarshalText([]byte(currency))
	return money.Micros(micros, cur), err
}
