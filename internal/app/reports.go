package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"waihu/internal/calling/lead"
	"waihu/internal/calling/report"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// MaxReportDays bounds the days of one report.
const MaxReportDays = 400

// hoursShown is how many best hours a report names.
const hoursShown = 5

// maxNamed bounds the campaigns, lists and agents a report reads the names of; others are
// called by their identifier.
const maxNamed = 500

// Report makes a report of a company's calling from what was counted. It never reads
// tries or calls, so it takes as long however many there were.
func (s *System) Report(ctx context.Context, c id.Company, ask report.Ask) (out report.Answer, err error) {
	defer fault.Wrap(&err, "report")
	p, err := slotsOf(&ask)
	if err != nil {
		return out, err
	}
	q, err := sumsFor(&ask, p)
	if err != nil {
		return out, err
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = report.Answer{Ask: ask}
		r := reporting{tx: tx, c: c, out: &out, people: s.People}
		if err := r.rows(q); err != nil {
			return err
		}
		out.Total = report.Total(out.Rows)
		return r.names()
	})
	if err == nil && ask.Split == report.ByThing {
		ask.Kind.Sort(out.Rows, ask.Sort, ask.Up, out.Name)
	}
	return out, err
}

// slots are the first of a report and the one behind the last.
type slots struct{ first, after int64 }

// slotsOf checks what is asked and fills in what is not: sort, window of the ledger.
func slotsOf(ask *report.Ask) (p slots, err error) {
	if !slices.Contains(report.Kind("").Choices(), string(ask.Kind)) {
		return p, fault.New(fault.Invalid, "there is no report %q", fault.Shorten(string(ask.Kind), 40))
	}
	columns := ask.Kind.Columns()
	if ask.Sort == "" {
		ask.Sort = columns[0].Name
	}
	if _, known := ask.Kind.Find(ask.Sort); !known && ask.Sort != "name" {
		return p, fault.New(fault.Invalid, "the report has no column %q", fault.Shorten(ask.Sort, 40))
	}
	if ask.Split != report.ByThing && !slices.Contains(ask.Split.Choices(), string(ask.Split)) {
		return p, fault.New(fault.Invalid, "a report is split by day or hour, not by %q", fault.Shorten(string(ask.Split), 40))
	}
	if ask.Kind == report.Lists || ask.Kind == report.Hours || ask.Kind == report.Causes {
		ask.Split = report.ByThing
	}
	if ask.Zone == nil {
		ask.Zone = time.UTC
	}
	if ask.Kind == report.Ledger {
		ask.First = ask.After - report.LedgerDays
	}
	if ask.Kind == report.Lists {
		return slots{report.SlotOf(-1 << 62), report.SlotOf(1 << 62)}, nil
	}
	days := int(ask.After - ask.First)
	if days < 1 || days > MaxReportDays {
		return p, fault.New(fault.Invalid, "a report of %d days: 1 to %d were expected", days, MaxReportDays)
	}
	whole := timex.Days(ask.First, ask.After, ask.Zone)
	p = slots{report.SlotOf(whole.From), report.SlotOf(whole.To)}
	if report.StartOf(p.first) != whole.From || report.StartOf(p.after) != whole.To {
		return p, fault.New(fault.Invalid, "days of %s do not begin at a full or half hour of UTC: another time zone was expected", ask.Zone)
	}
	return p, nil
}

// sumsFor is the query of a report. Counts know campaigns beside each other
// dimension, and of agent, trunk and number one at a time.
func sumsFor(ask *report.Ask, p slots) (q store.SumQuery, err error) {
	q = store.SumQuery{Dim: ask.Kind.Dim(), First: p.first, After: p.after, Campaign: ask.Campaign, BySlot: ask.Split != report.ByThing}
	narrowed := 0
	for _, f := range []struct {
		dim   report.Dim
		value string
	}{{report.Agent, ask.Agent}, {report.Trunk, ask.Trunk}, {report.Caller, report.CallerText(ask.Number)}} {
		if f.value == "" {
			continue
		}
		if narrowed++; narrowed > 1 || q.Dim != report.Whole && q.Dim != f.dim {
			return q, fault.New(fault.Invalid, "agents, trunks and calling numbers are counted each by itself: a report is narrowed to one of them, and one of agents only to an agent")
		}
		q.Dim, q.Value = f.dim, &f.value
	}
	q.ByCampaign = ask.Split == report.ByThing && (ask.Kind.ByCampaign() || ask.Kind == report.Numbers)
	q.WholeValues = ask.Kind.Dim() == report.Whole || ask.Split != report.ByThing
	return q, nil
}

// reporting is one report on its way.
type reporting struct {
	tx  store.Tx
	c   id.Company
	out *report.Answer

	people People
}

func (r *reporting) rows(q store.SumQuery) error {
	list, err := r.tx.Reports().Sums(r.c, q)
	if err != nil {
		return err
	}
	a := r.out
	switch {
	case a.Split != report.ByThing:
		a.Rows = bySplit(list, &a.Ask)
		return nil
	case a.Kind == report.Hours:
		return r.hours(list, q)
	case a.Kind == report.Lists:
		return r.lists(list)
	}
	for i := range list {
		if row := &list[i].Row; !row.Sums.IsZero() && isRow(a.Kind, row) {
			a.Rows = append(a.Rows, *row)
		}
	}
	if a.Kind == report.Numbers {
		a.Rows = report.Judge(a.Rows)
	}
	return nil
}

// isRow leaves out what no row is: dials nobody was given to, records that name no
// trunk or number, campaigns without dials in the ledger.
func isRow(k report.Kind, r *report.Row) bool {
	switch k {
	case report.Ledger:
		return r.Sums[report.Persons] > 0
	case report.Campaigns, report.Conversion:
		return r.Campaign != "" || r.Sums[report.Calls]+r.Sums[report.Dialed] > 0
	case report.Agents, report.Numbers:
		return r.Value != ""
	case report.Trunks, report.Quality:
		return r.Sums[report.Calls] > 0
	}
	return true
}

// bySplit folds slots into days, or into hours of the day; days without anything
// have their row too.
func bySplit(list []store.Summed, ask *report.Ask) (out []report.Row) {
	at := map[string]int{}
	put := func(name string) int {
		i, known := at[name]
		if !known {
			i, at[name] = len(out), len(out)
			out = append(out, report.Row{Value: name})
		}
		return i
	}
	if ask.Split == report.ByDay {
		for d := ask.First; d < ask.After; d++ {
			put(d.String())
		}
	} else {
		for h := range 24 {
			put(fmt.Sprintf("%02d:00", h))
		}
	}
	for i := range list {
		local := report.StartOf(list[i].Slot).In(ask.Zone)
		name := timex.DateOf(local).String()
		if ask.Split == report.ByHour {
			name = fmt.Sprintf("%02d:00", local.Hour())
		}
		j := put(name)
		value := out[j].Value
		out[j] = report.Total([]report.Row{out[j], list[i].Row})
		out[j].Value = value
	}
	return out
}

// hours lays dials on the week of whoever was called; where there are no tries, the
// calls of switches on the week of the zone.
func (r *reporting) hours(list []store.Summed, q store.SumQuery) error {
	a := r.out
	a.Called = len(list) > 0
	if !a.Called {
		q.Dim, q.BySlot, q.WholeValues = report.Whole, true, true
		slots, err := r.tx.Reports().Sums(r.c, q)
		if err != nil {
			return err
		}
		for i := range slots {
			slots[i].Value = report.HourName(report.HourOf(report.StartOf(slots[i].Slot), a.Zone))
		}
		list = slots
	}
	for i := range list {
		a.Rows = append(a.Rows, list[i].Row)
	}
	week, unknown := report.WeekOf(a.Rows)
	a.Week, a.Unknown, a.Best = &week, unknown, report.Best(&week, hoursShown)
	return nil
}

// lists puts how far each list has come beside what was tried of it.
func (r *reporting) lists(list []store.Summed) error {
	counts, err := r.tx.Leads().Counts(r.c, id.ID{})
	if err != nil {
		return err
	}
	at := map[string]int{}
	row := func(name string) *report.Row {
		i, known := at[name]
		if !known {
			i, at[name] = len(r.out.Rows), len(r.out.Rows)
			r.out.Rows = append(r.out.Rows, report.Row{Value: name})
		}
		return &r.out.Rows[i]
	}
	of := map[string]bool{} // with a campaign, only the lists it has or had
	for i := range list {
		x := row(list[i].Value)
		x.Sums, x.Costs = list[i].Sums, list[i].Costs
		of[list[i].Value] = true
	}
	now, err := r.listsNow()
	if err != nil {
		return err
	}
	for _, name := range now {
		of[name] = true
	}
	for _, n := range counts {
		name := n.List.Named("lst")
		if r.out.Campaign == "" || of[name] {
			countLeads(&row(name).Leads, n)
		}
	}
	return nil
}

// listsNow are those of the campaign that is asked for.
func (r *reporting) listsNow() (out []string, err error) {
	i, err := id.ParseNamed("cmp", r.out.Campaign)
	if err != nil {
		return nil, nil // no campaign of ours, or none is asked for
	}
	of, _, err := campaignOf(r.tx, r.c, i)
	for _, share := range of.Lists {
		out = append(out, share.List.Named("lst"))
	}
	return out, ignoreMissing(err)
}

func countLeads(to *report.Leads, n store.LeadCount) {
	to.All += n.Count
	switch n.State {
	case lead.Connected:
		to.Done += n.Count
	case lead.Exhausted:
		to.Exhausted += n.Count
	case lead.Forbidden:
		to.Forbidden += n.Count
	case lead.Aborted:
		to.Aborted += n.Count
	default: // pending, executing, callback
		to.Waiting += n.Count
	}
}

// names are those of the campaigns, lists and agents in the rows.
func (r *reporting) names() error {
	r.out.Names = map[string]string{}
	for i := range r.out.Rows {
		for _, key := range []string{r.out.Rows[i].Campaign, r.out.Rows[i].Value} {
			if _, known := r.out.Names[key]; known || len(r.out.Names) == maxNamed {
				continue
			}
			name, err := r.nameOf(key)
			if err != nil {
				return err
			}
			if name != "" {
				r.out.Names[key] = name
			}
		}
	}
	return nil
}

func (r *reporting) nameOf(key string) (name string, err error) {
	if i, wrong := id.ParseNamed("cmp", key); wrong == nil {
		of, _, err := campaignOf(r.tx, r.c, i)
		return of.Name, ignoreMissing(err)
	}
	if i, wrong := id.ParseNamed("lst", key); wrong == nil {
		of, _, err := get[LeadList](r.tx, r.c, KindLeadList, i)
		return of.Name, ignoreMissing(err)
	}
	if i, wrong := id.ParseNamed("user", key); wrong == nil && r.people != nil {
		name, err := r.people.NameOf(r.tx, r.c, i)
		return name, ignoreMissing(err)
	}
	return "", nil
}

func ignoreMissing(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}
