package app

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Noun is a kind of thing that is searched for.
type Noun string

const (
	ACompany  Noun = "company"
	AContract Noun = "contract"
	AnInvoice Noun = "invoice"
	APlan     Noun = "plan"
	AnAgent   Noun = "agent"
	ACall     Noun = "call"
)

// Search asks for things by a word people have for them: a part of a company's
// name, a contract's word, a plan's or an agent's name, the number of an invoice,
// the beginning of a called number.
type Search struct {
	Text string
	Of   []id.Company // looked through, in this order; nil: all
	Near id.Company   // its agents and calls are looked through; zero: those of the first companies
	May  func(Noun, id.Company) bool
}

// Hit is something that was found.
type Hit struct {
	Noun    Noun
	Company Company            // whose it is; zero for a plan
	ID      id.ID              // of a company, contract or invoice
	Name    string             // as it is kept
	Note    string             // what tells it from others: a state, a plan, an agent
	At      timex.Instant      // of a call
	Call    *store.ChargedCall // of a call
}

// Bounds of one search, so that it answers while somebody types.
const (
	SearchMost      = 100   // characters of the text
	hitsOfNoun      = 6     // of each kind
	searchCompanies = 500   // looked through
	searchContracts = 2_000 // and their contracts
	searchNear      = 3     // companies whose calls are looked through
	searchDays      = 62    // back from now, for calls and agents
	searchCalls     = 1_000 // newest, for the names of agents
	searchPages     = 3     // of calls by number, each of store.MaxLooked
	shortestNumber  = 3     // digits before calls are looked for
)

// errEnough ends a list that was looked through far enough.
var errEnough = errors.New("enough")

// seeker is a search under way.
type seeker struct {
	*System
	tx        store.Tx
	in        Search
	word      string
	digits    string
	hits      []Hit
	count     map[Noun]int
	contracts int
}

// Find searches, in the order companies, contracts, invoices, plans, agents,
// calls. What the asker may not see is not looked at.
func (s *System) Find(ctx context.Context, in Search) (out []Hit, err error) {
	defer fault.Wrap(&err, "search")
	word := strings.ToLower(strings.Join(strings.Fields(in.Text), " "))
	if utf8.RuneCountInString(word) > SearchMost {
		return nil, fault.New(fault.Invalid, "a search of %d characters: at most %d", utf8.RuneCountInString(word), SearchMost)
	}
	if word == "" {
		return nil, nil
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		k := &seeker{System: s, tx: tx, in: in, word: word, digits: digitsOf(word), count: map[Noun]int{}}
		err := k.all()
		out = k.ordered()
		return err
	})
	return out, err
}

// digitsOf is a text that is a called number, in digits; nothing if it is none.
func digitsOf(word string) string {
	var b strings.Builder
	for _, r := range word {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case strings.ContainsRune(" +-()", r):
		default:
			return ""
		}
	}
	if b.Len() < shortestNumber {
		return ""
	}
	return b.String()
}

func (k *seeker) all() error {
	companies, err := k.companies()
	if err != nil {
		return err
	}
	near := []Company{}
	for _, c := range companies {
		if err := k.company(c); err != nil {
			return err
		}
		if !k.in.Near.IsZero() && c.ID == k.in.Near.ID || k.in.Near.IsZero() && len(near) < searchNear {
			near = append(near, c)
		}
	}
	if err := k.plans(); err != nil {
		return err
	}
	for _, c := range near {
		if err := k.agents(c); err != nil {
			return err
		}
		if err := k.calls(c); err != nil {
			return err
		}
	}
	return nil
}

// companies are those the search looks through.
func (k *seeker) companies() (out []Company, err error) {
	if k.in.Of != nil {
		for _, c := range k.in.Of[:min(len(k.in.Of), searchCompanies)] {
			one, _, err := get[Company](k.tx, id.Platform, KindCompany, c.ID)
			if err != nil {
				return nil, err
			}
			one.ID = c.ID
			out = append(out, one)
		}
		return out, nil
	}
	err = each(k.tx, id.Platform, KindCompany, store.Key{}, func(c Company, r *store.Record) error {
		if len(out) == searchCompanies {
			return errEnough
		}
		c.ID = r.ID
		out = append(out, c)
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return out, err
}

func (k *seeker) add(h Hit) {
	if k.count[h.Noun] < hitsOfNoun {
		k.count[h.Noun]++
		k.hits = append(k.hits, h)
	}
}

func (k *seeker) full(n Noun) bool { return k.count[n] == hitsOfNoun }

func (k *seeker) has(s string) bool { return strings.Contains(strings.ToLower(s), k.word) }

// company looks at a company, its contracts and the number of its invoices.
func (k *seeker) company(c Company) error {
	of := id.Company{ID: c.ID}
	if k.has(c.Name) && k.in.May(ACompany, of) {
		k.add(Hit{Noun: ACompany, Company: c, ID: c.ID, Name: c.Name})
	}
	if !k.full(AContract) && k.contracts < searchContracts && k.in.May(AContract, of) {
		err := each(k.tx, of, KindContract, store.Key{}, func(a Agreement, r *store.Record) error {
			if k.contracts++; k.contracts > searchContracts {
				return errEnough
			}
			if k.has(a.Contract) {
				k.add(Hit{Noun: AContract, Company: c, ID: r.ID, Name: a.Contract, Note: string(a.Life.State)})
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			return err
		}
	}
	if k.full(AnInvoice) || !strings.ContainsAny(k.word, "0123456789") || !k.in.May(AnInvoice, of) {
		return nil
	}
	d, err := k.tx.Documents().ByNumber(of, strings.ToUpper(k.word))
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return nil
	}
	if err == nil && d.Kind == store.Invoice {
		k.add(Hit{Noun: AnInvoice, Company: c, ID: d.ID, Name: d.Number, Note: string(d.Status)})
	}
	return err
}

// plans looks at the identifiers and names of published plans; the newest
// version stands for a plan.
func (k *seeker) plans() error {
	if !k.in.May(APlan, id.Platform) {
		return nil
	}
	newest := map[string]PlanVersion{}
	var order []string
	err := each(k.tx, id.Platform, KindPlan, store.Key{}, func(p PlanVersion, _ *store.Record) error {
		if len(order) == searchCompanies {
			return errEnough
		}
		if old, ok := newest[p.Plan]; !ok {
			order = append(order, p.Plan)
		} else if old.Version > p.Version {
			return nil
		}
		newest[p.Plan] = p
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	for _, name := range order {
		if p := newest[name]; k.has(p.Plan) || k.has(nameLine(p.File)) {
			k.add(Hit{Noun: APlan, Name: p.Name()})
		}
	}
	return nil
}

// nameLine is the line of a plan that has its name in every language.
func nameLine(file string) string {
	for line := range strings.Lines(file) {
		if rest, ok := strings.CutPrefix(line, "name:"); ok {
			return rest
		}
	}
	return ""
}

func (k *seeker) window(back int) timex.Period {
	now := k.tx.Now()
	return timex.Period{From: now.Add(-time.Duration(back) * 24 * time.Hour), To: now.Add(24 * time.Hour)}
}

// agents looks at who made the newest calls.
func (k *seeker) agents(c Company) error {
	of := id.Company{ID: c.ID}
	if k.full(AnAgent) || !k.in.May(AnAgent, of) {
		return nil
	}
	page, err := k.tx.Usage().Calls(of, store.CallQuery{Period: k.window(searchDays), Limit: searchCalls})
	seen := map[string]bool{}
	for i := range page.Calls {
		if a := page.Calls[i].Call.Agent; a != "" && !seen[a] && k.has(a) {
			seen[a] = true
			k.add(Hit{Noun: AnAgent, Company: c, Name: a})
		}
	}
	return err
}

// calls looks for calls to numbers that begin so, with a plus or without, the newest first.
func (k *seeker) calls(c Company) error {
	of := id.Company{ID: c.ID}
	if k.digits == "" || !k.in.May(ACall, of) {
		return nil
	}
	q := store.CallQuery{Period: k.window(searchDays), To: k.digits, Limit: hitsOfNoun}
	for range searchPages {
		page, err := k.tx.Usage().Calls(of, q)
		if err != nil {
			return err
		}
		for i := range page.Calls {
			call := page.Calls[i]
			k.add(Hit{Noun: ACall, Company: c, Name: call.Call.To, Note: call.Call.Agent, At: call.Call.Start, Call: &call})
		}
		if q.Before = page.Next; k.full(ACall) || q.Before == (store.CallCursor{}) {
			return nil
		}
	}
	return nil
}

// ordered puts what was found into the order of nouns.
func (k *seeker) ordered() (out []Hit) {
	for _, n := range []Noun{ACompany, AContract, AnInvoice, APlan, AnAgent, ACall} {
		for _, h := range k.hits {
			if h.Noun == n {
				out = append(out, h)
			}
		}
	}
	return out
}
