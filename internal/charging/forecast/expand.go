package forecast

import (
	"cmp"
	"fmt"
	"time"

	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Plan is which months of a profile are made into facts.
type Plan struct {
	From   Month // 0: the profile's own first month
	Months int
	Seed   uint64
	Nice   bool                       // modules that are nice to have are on as well
	Cal    map[string]*timex.Calendar // holiday calendars by region
}

// Made is what was made: the totals of every month, which the facts hit exactly.
type Made struct {
	Source string        `json:"source"`
	Seed   uint64        `json:"seed"`
	Months []MonthTotals `json:"months"`
}

// Expand makes facts of a profile that passed Validate and gives them to a sink,
// month by month, in the order of their time. Errors are of kind Invalid: a
// profile that contradicts itself in some month, or one that is too large.
func (p *Profile) Expand(plan Plan, out usage.Sink) (_ *Made, err error) {
	defer fault.Wrap(&err, "profile %s", p.ID)
	totals, err := p.Plan(plan)
	if err != nil {
		return nil, err
	}
	made := &Made{Source: "profile/" + p.ID, Seed: plan.Seed, Months: totals}
	if err := p.standing(made, plan, out); err != nil {
		return nil, err
	}
	for i := range totals {
		w, err := p.world(&totals[i], plan, made.Source)
		if err != nil {
			return nil, err
		}
		if err := w.emit(out); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// Plan works out the totals of every month and finds, without making facts,
// what cannot be: too many months or calls, talk that needs more seat hours
// than there are.
func (p *Profile) Plan(plan Plan) ([]MonthTotals, error) {
	from := p.first(plan)
	if from == 0 || plan.Months < 1 || plan.Months > MaxMonths {
		return nil, fault.New(fault.Invalid, "%d months from %q cannot be made: say a first month such as 2026-01, and 1 to %d months", plan.Months, from, MaxMonths)
	}
	var out []MonthTotals
	total := int64(0)
	for k := range plan.Months {
		t := p.Totals(from+Month(k), k)
		sum := t.Sum()
		if total += sum.Attempts; sum.Attempts > MaxAttempts || total > maxTotal {
			return nil, fault.New(fault.Invalid, "%s has %d attempts, %d so far: at most %d a month and %d in all are made; describe a part of the company, or fewer months", t.Month, sum.Attempts, total, MaxAttempts, maxTotal)
		}
		if t.Peak > MaxSeats {
			return nil, fault.New(fault.Invalid, "%s has a peak of %d seats: at most %d are made", t.Month, t.Peak, MaxSeats)
		}
		days, err := p.days(t.Month, plan.Cal)
		if err != nil {
			return nil, err
		}
		if err := p.fits(&t, days); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

func (p *Profile) first(plan Plan) Month {
	if plan.From != 0 {
		return plan.From
	}
	return p.From
}

// fits tells whether the seats of a month have time for its answered calls.
func (p *Profile) fits(t *MonthTotals, days []workday) error {
	sum := t.Sum()
	if sum.Attempts > 0 && len(days) == 0 {
		return fault.New(fault.Invalid, "%s has calls but no working hours: mend hours or calendar, or set its factor to 0%%", t.Month)
	}
	open := int64(0)
	for _, d := range days {
		open += d.seconds()
	}
	if len(days) == 0 {
		return nil
	}
	seats := t.Average.Float() * float64(open)
	work := float64(sum.Seconds + sum.Answered*p.aside())
	if sum.Answered > 0 && work > fullest*seats {
		return fault.New(fault.Invalid, "%s: calls, ringing and wrap-up take %.0f seat hours, but an average of %s seats has %.0f: more seats or hours, or fewer minutes", t.Month, work/3600, t.Average.Text(2), seats/3600)
	}
	return nil
}

// fullest is how much of their time agents can be on calls at the most: beyond
// it calls no longer fit between each other.
const fullest = 0.95

// aside is the agent's seconds of an answered call beside talk: ringing, wrap-up.
func (p *Profile) aside() int64 { return meanRing + span(p.Service.WrapUp, 20) }

// workday is the working hours of one day.
type workday struct {
	date    timex.Date
	windows []window
}

type window struct {
	from   timex.Instant
	length int64 // seconds
	weight int64
}

func (d *workday) seconds() int64 {
	sum := int64(0)
	for _, w := range d.windows {
		sum += w.length
	}
	return sum
}

// days are the working days of a month.
func (p *Profile) days(m Month, calendars map[string]*timex.Calendar) ([]workday, error) {
	loc, err := timex.LoadZone(p.Zone)
	if err != nil {
		return nil, fault.New(fault.Invalid, "%v", err)
	}
	var out []workday
	for d := m.First(); d < m.After(); d++ {
		day := workday{date: d}
		for i := range p.Hours {
			if h := &p.Hours[i]; h.holds(d, calendars[p.Calendar]) {
				from, to := h.on(d, loc)
				if to > from {
					day.windows = append(day.windows, window{from, int64(to.Sub(from) / time.Second), int64(max(h.Weight, 1))})
				}
			}
		}
		if len(day.windows) > 0 {
			out = append(out, day)
		}
	}
	return out, nil
}

// standing makes what runs through all months: assigned seats, modules, rentals,
// and the events of each month.
func (p *Profile) standing(made *Made, plan Plan, out usage.Sink) error {
	loc, err := timex.LoadZone(p.Zone)
	if err != nil {
		return fault.New(fault.Invalid, "%v", err)
	}
	months := made.Months
	from := months[0].Month.First().Start(loc)
	end := months[len(months)-1].Month.After().Start(loc)
	if err := p.assigned(made, out, loc); err != nil {
		return err
	}
	must, nice := p.MustModules()
	if plan.Nice {
		must = append(must, nice...)
	}
	for _, m := range must {
		if err := out.Module(usage.Module{ID: "module-" + m, Source: made.Source, Module: m, From: from, To: end}); err != nil {
			return err
		}
	}
	for _, r := range p.Rentals {
		for i := range r.Quantity {
			if err := out.Rental(usage.Rental{ID: fmt.Sprintf("%s-%d", r.Item, i+1), Source: made.Source, Item: r.Item, From: from, To: end}); err != nil {
				return err
			}
		}
	}
	for i := range months {
		for _, e := range p.Events {
			q := e.Quantity.Mul(months[i].Factor)
			if q.IsZero() {
				continue
			}
			id := fmt.Sprintf("%s-%s", e.Kind, months[i].Month)
			if err := out.Event(usage.Event{ID: id, Source: made.Source, Kind: e.Kind, Quantity: q, At: months[i].Month.First().Start(loc)}); err != nil {
				return err
			}
		}
	}
	return nil
}

// assigned makes the seats people hold: a month's peak, each from the first
// month of a stretch in which it is needed to the end of the last.
func (p *Profile) assigned(made *Made, out usage.Sink, loc *time.Location) error {
	most := 0
	for _, t := range made.Months {
		most = max(most, t.Peak)
	}
	for seat := 1; seat <= most; seat++ {
		for i := 0; i < len(made.Months); i++ {
			if made.Months[i].Peak < seat {
				continue
			}
			first := i
			for i+1 < len(made.Months) && made.Months[i+1].Peak >= seat {
				i++
			}
			f := usage.Seat{ID: agentName(seat), Source: made.Source, User: agentName(seat), Type: cmp.Or(p.Seats.Type, usage.AgentSeat),
				From: made.Months[first].Month.First().Start(loc), To: made.Months[i].Month.After().Start(loc)}
			if err := out.Seat(f); err != nil {
				return err
			}
		}
	}
	return nil
}

func agentName(n int) string { return fmt.Sprintf("agent-%03d", n) }
