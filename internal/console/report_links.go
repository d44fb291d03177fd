package console

import (
	"net/url"

	"waihu/internal/access"
	"waihu/internal/app"
	figures "waihu/internal/calling/report"
	"waihu/internal/usage"
)

// behind is the list of what a cell counts, with the filter in its address; empty:
// there is none, or the visitor may not see it.
func (v *visit) behind(a *figures.Answer, r *figures.Row, c *figures.Column) string {
	q, ok := rowQuery(a, r)
	if !ok {
		return ""
	}
	switch {
	case c.To == figures.ToTries, c.To == figures.ToDials && r.Sums[figures.Untried] == 0:
		return v.toTries(a, q, c.What)
	case c.To == figures.ToCalls, c.To == figures.ToDials:
		return v.toCalls(a, q, c.What)
	case c.To != figures.ToLeads || r.Value == "" || !v.may(access.LeadRead):
		return ""
	case c.What == "": // of several states, which the page of the list has
		return v.at("/lists/" + r.Value)
	}
	return v.at("/lists/"+r.Value+"/leads?") + url.Values{"state": {c.What}}.Encode()
}

// rowQuery is what a row is about, in the words that lists take; false: no list can
// be narrowed to it.
func rowQuery(a *figures.Answer, r *figures.Row) (url.Values, bool) {
	first, last := a.First, a.After-1
	q := url.Values{}
	put := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	put("campaign", a.Campaign)
	put("agent", a.Agent)
	put("trunk", a.Trunk)
	put("number", figures.CallerText(a.Number))
	switch {
	case a.Split == figures.ByHour || a.Kind == figures.Hours:
		return nil, false
	case a.Split == figures.ByDay:
		if r.Value != "" {
			q.Set("first", r.Value)
			q.Set("last", r.Value)
			return q, true
		}
	case a.Kind.ByCampaign():
		put("campaign", r.Campaign)
	case a.Kind == figures.Causes:
		code, trunk := figures.SplitCause(r.Value)
		if !isResult(code) {
			return nil, false // lists of calls know results and no codes, nor all that were not answered
		}
		put("result", code)
		put("trunk", trunk)
	default:
		put(map[figures.Dim]string{figures.Agent: "agent", figures.Trunk: "trunk", figures.Caller: "number", figures.List: "list"}[a.Kind.Dim()], r.Value)
	}
	q.Set("first", first.String())
	q.Set("last", last.String())
	return q, true
}

func isResult(word string) bool {
	for _, r := range usage.Result("").Choices() {
		if r == word {
			return true
		}
	}
	return false
}

func (v *visit) toTries(a *figures.Answer, q url.Values, outcome string) string {
	if !v.may(access.LeadRead) {
		return ""
	}
	q.Set("zone", a.Zone.String())
	if a.Kind == figures.Lists { // of all time, as far as the list goes back
		q.Set("first", (a.After - app.MaxReportDays).String())
	}
	if outcome != "" {
		q.Set("outcome", outcome)
	}
	return v.at("/tries?") + q.Encode()
}

// toCalls leads to the list of calls, which is of days up to usageDays and on the
// clock of the contract: days on another's are others.
func (v *visit) toCalls(a *figures.Answer, q url.Values, what string) string {
	if !v.may(access.UsageRead) || a.After-a.First > usageDays || q.Get("list") != "" || a.Zone.String() != v.calls.String() {
		return ""
	}
	if n := q.Get("number"); n != "" {
		q.Set("from", n)
		q.Del("number")
	}
	switch what {
	case "answered", "conversation", "person":
		q.Set("result", string(usage.Answered))
	case "unpriced":
		q.Set("unpriced", "1")
	}
	return v.at("/usage?") + q.Encode()
}
