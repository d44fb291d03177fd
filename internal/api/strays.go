package api

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// StrayGroup is usage without a contract that is alike.
type StrayGroup struct {
	Reason  string       `json:"reason" enum:"no_contract,several_contracts,contract_settled" doc:"No contract served; or several did, and the account names none of them; or one did, and its last invoice is issued."`
	Kind    string       `json:"kind" enum:"call,seat,session,module,rental,event"`
	Source  string       `json:"source"`
	Account string       `json:"account,omitempty"`
	Count   int64        `json:"count"`
	Seconds int64        `json:"talk_seconds"`
	First   Time         `json:"first" format:"date-time" doc:"When the first of them begins."`
	Last    Time         `json:"last" format:"date-time" doc:"When the last begins."`
	Takers  []StrayTaker `json:"takers" doc:"Contracts that serve in their time and have an invoice to come."`
}

// StrayTaker is a contract that could be given usage.
type StrayTaker struct {
	Contract string     `json:"contract"`
	Word     string     `json:"word" doc:"The customer's word for it, which the account of usage names."`
	Plan     string     `json:"plan"`
	Start    timex.Date `json:"start"`
	End      timex.Date `json:"end,omitzero" doc:"Day after the last; absent: open."`
	All      bool       `json:"all" doc:"It serves all the time of them, not only a part."`
}

// Stray is one fact without a contract.
type Stray struct {
	Kind    string `json:"kind"`
	ID      string `json:"id"`
	Source  string `json:"source"`
	Account string `json:"account,omitempty"`
	Reason  string `json:"reason"`
	Of      string `json:"of,omitempty" doc:"The number called, user, module, item or kind of event."`
	Start   Time   `json:"start" format:"date-time"`
	End     Time   `json:"end,omitempty" format:"date-time" doc:"Absent: it goes on, or it is not known."`
	Talk    int64  `json:"talk_seconds"`
	Waiver  string `json:"waiver,omitempty" doc:"The decision it is left uncharged by."`
}

func strayOf(s store.Stray) (Stray, error) {
	if c, is := s.Fact.(*usage.Call); is {
		return Stray{store.CallFact.String(), c.ID, c.Source, c.Account, s.Reason, c.To, timeOf(c.Start), timeOf(c.End), c.Seconds(), waiverName(s.Waiver)}, nil
	}
	k, err := store.KeyOf(s.Fact)
	out := Stray{Kind: k.Kind.String(), ID: k.ID, Source: k.Source, Account: store.AccountOf(s.Fact), Reason: s.Reason, Start: timeOf(k.From), End: timeOf(k.To), Waiver: waiverName(s.Waiver)}
	switch f := s.Fact.(type) {
	case *usage.Seat:
		out.Of = f.User
	case *usage.Session:
		out.Of = f.User
	case *usage.Module:
		out.Of = f.Module
	case *usage.Rental:
		out.Of = f.Item
	case *usage.Event:
		out.Of = f.Kind
	}
	return out, err
}

// StrayChoice says which usage without a contract is meant.
type StrayChoice struct {
	Kind    string        `json:"kind,omitempty" enum:"call,seat,session,module,rental,event"`
	Reason  string        `json:"reason,omitempty" enum:"no_contract,several_contracts,contract_settled"`
	Source  string        `json:"source,omitempty" maxLength:"255"`
	Account *string       `json:"account,omitempty" maxLength:"255" doc:"Empty: usage that names none. Absent: any."`
	IDs     []string      `json:"ids,omitempty" maxItems:"100" doc:"Of calls and other facts."`
	From    timex.Instant `json:"from,omitzero" doc:"Usage that begins at or after it, or goes on then."`
	Until   timex.Instant `json:"until,omitzero" doc:"And begins before it."`
	Waived  bool          `json:"waived,omitempty" doc:"Usage that is left uncharged; else usage that nobody decided about."`
}

func (s *StrayChoice) read() (app.Choice, error) {
	out := app.Choice{Reason: s.Reason, Source: s.Source, Account: s.Account, IDs: s.IDs, From: s.From, Until: s.Until, Waived: s.Waived}
	return out, out.Kind.UnmarshalText([]byte(s.Kind))
}

// StraysIn is the same in the query of an address.
type StraysIn struct {
	Kind      string `query:"kind" enum:"call,seat,session,module,rental,event"`
	Reason    string `query:"reason" enum:"no_contract,several_contracts,contract_settled"`
	Source    string `query:"source" maxLength:"255"`
	Account   string `query:"account" maxLength:"255"`
	NoAccount bool   `query:"no_account" doc:"Only usage that names no account."`
	From      Moment `query:"from" doc:"Usage that begins at or after it, or goes on then."`
	Until     Moment `query:"until" doc:"And begins before it."`
	Waived    bool   `query:"waived" doc:"Usage that is left uncharged; else usage that nobody decided about, by which bill runs are held."`
}

func (s *StraysIn) read() (app.Choice, error) {
	c := StrayChoice{Kind: s.Kind, Reason: s.Reason, Source: s.Source, From: s.From.Instant, Until: s.Until.Instant, Waived: s.Waived}
	if s.Account != "" || s.NoAccount {
		c.Account = &s.Account
	}
	return c.read()
}

type strayFactsIn struct {
	PageIn
	StraysIn
}

func (a *API) strayRoutes() {
	read(a, op{id: "stray-groups", method: http.MethodGet, path: "/v1/strays", what: "Usage that belongs to no contract, added up by reason, kind, source and account, with the contracts that could take it. Bill runs are held by it.", may: access.UsageRead},
		func(r *request, in *StraysIn) (*List[StrayGroup], error) {
			choice, err := in.read()
			if err != nil {
				return nil, err
			}
			groups, err := r.sys.Strays(r.ctx, r.company, choice)
			if err != nil {
				return nil, err
			}
			out := &List[StrayGroup]{Items: make([]StrayGroup, len(groups))}
			for i, g := range groups {
				out.Items[i] = StrayGroup{g.Reason, g.Kind.String(), g.Source, g.Account, g.Count, g.Seconds, timeOf(g.First), timeOf(g.Last), []StrayTaker{}}
				for _, t := range g.Takers {
					out.Items[i].Takers = append(out.Items[i].Takers, StrayTaker{t.Contract.Named("con"), t.Word, t.Plan, t.Start, t.End, t.All})
				}
			}
			return out, nil
		})
	read(a, op{id: "stray-list", method: http.MethodGet, path: "/v1/strays/facts", what: "Usage that belongs to no contract, one by one.", may: access.UsageRead},
		func(r *request, in *strayFactsIn) (*List[Stray], error) {
			choice, err := in.StraysIn.read()
			if err != nil {
				return nil, err
			}
			at, err := in.numbers(1)
			if err != nil {
				return nil, err
			}
			rows, err := r.sys.StrayFacts(r.ctx, r.company, choice, at[0], in.Limit+1)
			if err != nil {
				return nil, err
			}
			return numbered(&in.PageIn, rows, func(s store.Stray) int64 { return s.Position }, func(s store.Stray) Stray {
				out, _ := strayOf(s) // it was stored, so it has a key
				return out
			}), nil
		})
}
