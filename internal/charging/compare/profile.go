package compare

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Profile describes usage where there are no records yet: seats, calls by kind,
// season and growth. The calls it stands for are spread evenly over working days
// and hours, their lengths as those of real calls are: many short ones, few long.
type Profile struct {
	ID      string          `plan:"profile,required" doc:"Identifier of the profile."`
	Zone    string          `plan:"time_zone,required" doc:"IANA zone of the working day."`
	From    timex.Date      `plan:"from,required" doc:"First day of the first month."`
	Months  int             `plan:"months" doc:"How many months; 12 if absent."`
	Caller  string          `plan:"caller" doc:"Number calls are made from, for local and long-distance."`
	Seats   ProfileSeats    `plan:"seats,required" doc:"Seats on an average, the busiest and the quietest working day of a month."`
	Calls   []ProfileCalls  `plan:"calls,required" doc:"Calls of a month by kind."`
	Season  []exact.Number  `plan:"season" doc:"Factor for each calendar month, January first; twelve of them."`
	Growth  catalog.Percent `plan:"growth" doc:"Growth of calls from month to month, for example 2%."`
	Numbers int             `plan:"numbers" doc:"Numbers rented throughout."`
	Must    []string        `plan:"must" doc:"Functions and modules needed."`
	Nice    []string        `plan:"nice" doc:"Functions and modules that are welcome."`
}

// ProfileSeats is how many people work on how busy a day.
type ProfileSeats struct {
	Average int           `plan:"average,required" doc:"On most days."`
	Peak    int           `plan:"peak" doc:"On the busiest working day of a month; average if absent."`
	Minimum int           `plan:"minimum" doc:"On the quietest; average if absent."`
	Open    catalog.Clock `plan:"open" doc:"When the working day begins; 09:00 if absent."`
	Close   catalog.Clock `plan:"close" doc:"When it ends; 18:00 if absent."`
}

// ProfileCalls is one kind of call.
type ProfileCalls struct {
	Attempts  int64            `plan:"attempts,required" doc:"Attempts a month."`
	Answered  catalog.Percent  `plan:"answered,required" doc:"Share of them that is answered, for example 40%."`
	Talk      catalog.Duration `plan:"talk,required" doc:"Mean talk time of an answered call, for example 90s."`
	Direction usage.Direction  `plan:"direction" doc:"outbound (default), inbound, internal or callback."`
	Line      usage.Line       `plan:"line" doc:"mobile, landline ..."`
	Reach     usage.Reach      `plan:"reach" doc:"local, long_distance or international."`
	Purpose   usage.Purpose    `plan:"purpose" doc:"sales, service or survey."`
	Mode      usage.Mode       `plan:"mode" doc:"manual, preview, progressive, predictive or robot."`
	To        string           `plan:"to" doc:"A number that stands for those called, for prices by prefix."`
}

// Bounds of a profile: what a large call centre does in a month.
const (
	maxProfileSeats    = 20_000
	maxProfileAttempts = 100_000_000
	maxProfileKinds    = 50
	lengthBins         = 100 // lengths that stand for all
)

// Check says everything that is wrong with a profile.
func (p *Profile) Check() fault.Problems {
	var out fault.Problems
	put := func(path, value, what, expected string) {
		out = append(out, fault.Problem{Path: path, Value: value, What: what, Expected: expected})
	}
	if _, err := timex.LoadZone(p.Zone); err != nil {
		put("time_zone", p.Zone, "not an IANA time zone", "a name such as Asia/Shanghai")
	}
	if _, _, day := p.From.Civil(); day != 1 {
		put("from", p.From.String(), "not the first day of a month", "a date such as 2026-01-01")
	}
	if p.Months < 0 || p.Months > maxMonths {
		put("months", strconv.Itoa(p.Months), "not a number of months", fmt.Sprintf("1 to %d", maxMonths))
	}
	if n := len(p.Season); n != 0 && n != 12 {
		put("season", strconv.Itoa(n), "not twelve factors", "one for each calendar month")
	}
	for i, f := range p.Season {
		if f.Sign() < 0 || exact.Int(100).Less(f) {
			put(fmt.Sprintf("season[%d]", i), f.String(), "not a factor", "0 to 100")
		}
	}
	if p.Growth.Number.Less(exact.Frac(-1, 2)) || exact.One.Less(p.Growth.Number) {
		put("growth", p.Growth.String(), "not a growth from month to month", "-50% to 100%")
	}
	p.checkSeats(put)
	if len(p.Calls) == 0 || len(p.Calls) > maxProfileKinds {
		put("calls", strconv.Itoa(len(p.Calls)), "kinds of call", fmt.Sprintf("1 to %d", maxProfileKinds))
	}
	for i, c := range p.Calls {
		at := fmt.Sprintf("calls[%d]", i)
		switch {
		case c.Attempts < 0 || c.Attempts > maxProfileAttempts:
			put(at+".attempts", strconv.FormatInt(c.Attempts, 10), "attempts of a month", fmt.Sprintf("0 to %d", maxProfileAttempts))
		case c.Answered.Sign() < 0 || exact.One.Less(c.Answered.Number):
			put(at+".answered", c.Answered.String(), "not a share", "0% to 100%")
		case c.Talk <= 0 || time.Duration(c.Talk) > 4*time.Hour:
			put(at+".talk", c.Talk.String(), "not a mean talk time", "up to 4h")
		}
	}
	return out
}

func (p *Profile) checkSeats(put func(path, value, what, expected string)) {
	s := p.seats()
	if s.Minimum < 0 || s.Minimum > s.Average || s.Average > s.Peak || s.Peak > maxProfileSeats {
		put("seats", fmt.Sprintf("%d, %d, %d", s.Minimum, s.Average, s.Peak), "minimum, average and peak are not in order", fmt.Sprintf("0 <= minimum <= average <= peak <= %d", maxProfileSeats))
	}
	if s.Close.Minute <= s.Open.Minute {
		put("seats.close", s.Close.String(), "the working day ends before it begins", "a time after "+s.Open.String())
	}
}

// seats is the profile's with what it leaves open.
func (p *Profile) seats() ProfileSeats {
	s := p.Seats
	s.Peak, s.Minimum = cmpOr(s.Peak, s.Average), cmpOr(s.Minimum, s.Average)
	s.Open, s.Close = cmpOr(s.Open, catalog.Clock{Minute: 9 * 60, Set: true}), cmpOr(s.Close, catalog.Clock{Minute: 18 * 60, Set: true})
	return s
}

// Span is the months the profile describes.
func (p *Profile) Span() (first, after timex.Date) {
	return p.From, p.From.AddMonths(cmpOr(p.Months, 12))
}

// Give hands the usage the profile stands for to a comparison.
func (p *Profile) Give(to *Comparison) error {
	loc, err := timex.LoadZone(p.Zone)
	if err != nil {
		return fault.New(fault.Invalid, "%v", err)
	}
	first, after := p.Span()
	factor := exact.One
	for d := first; d < after; d = d.AddMonths(1) {
		now := factor
		if _, m, _ := d.Civil(); len(p.Season) == 12 {
			now = now.Mul(p.Season[m-1])
		}
		g := giver{p: p, to: to, loc: loc, days: workdays(d, d.AddMonths(1)), seats: p.seats()}
		if err := g.month(now); err != nil {
			return err
		}
		factor = factor.Mul(exact.One.Add(p.Growth.Number)).Round(exact.HalfAway, 9)
	}
	for n := range p.Numbers {
		if err := to.Rental(usage.Rental{ID: "number-" + strconv.Itoa(n+1), Source: p.ID, Item: "number", From: (first - 2).Start(loc)}); err != nil {
			return err
		}
	}
	return nil
}

func workdays(first, after timex.Date) []timex.Date {
	var out []timex.Date
	for d := first; d < after; d++ {
		if w := d.Weekday(); w != time.Saturday && w != time.Sunday {
			out = append(out, d)
		}
	}
	return out
}

// giver makes one month.
type giver struct {
	p     *Profile
	to    *Comparison
	loc   *time.Location
	days  []timex.Date
	seats ProfileSeats
	n     int // calls given, for agents in turn
}

func (g *giver) month(factor exact.Number) error {
	for i, d := range g.days {
		seats := g.seats.Average
		switch i {
		case 0:
			seats = g.seats.Peak
		case len(g.days) - 1:
			seats = g.seats.Minimum
		}
		open := d.Start(g.loc).Add(time.Duration(g.seats.Open.Minute) * time.Minute)
		shut := d.Start(g.loc).Add(time.Duration(g.seats.Close.Minute) * time.Minute)
		for n := range seats {
			user := "user-" + strconv.Itoa(n+1)
			if err := g.to.Session(usage.Session{ID: user + "@" + d.String(), Source: g.p.ID, User: user, From: open, To: shut}); err != nil {
				return err
			}
		}
	}
	for i := range g.p.Calls {
		if err := g.kind(&g.p.Calls[i], factor); err != nil {
			return err
		}
	}
	return nil
}

// kind gives the calls of one kind: each length at hours in turn over the days of
// the month.
func (g *giver) kind(k *ProfileCalls, factor exact.Number) error {
	attempts, err := exact.Int(k.Attempts).Mul(factor).Round(exact.HalfAway, 0).Int64()
	if err != nil {
		return fault.New(fault.Overflow, "attempts of a month: %v", err)
	}
	answered, err := exact.Int(attempts).Mul(k.Answered.Number).Round(exact.HalfAway, 0).Int64()
	if err != nil {
		return fault.New(fault.Overflow, "answered calls of a month: %v", err)
	}
	for bin := range int64(lengthBins) {
		n := (bin+1)*answered/lengthBins - bin*answered/lengthBins
		if err := g.spread(k, n, lengthOf(time.Duration(k.Talk), bin)); err != nil {
			return err
		}
	}
	return g.spread(k, attempts-answered, 0)
}

// lengthOf is the length in the middle of one hundredth of calls whose lengths
// fall off evenly (an exponential distribution).
func lengthOf(mean time.Duration, bin int64) time.Duration {
	q := (float64(bin) + 0.5) / lengthBins
	s := math.Ceil(-mean.Seconds() * math.Log(1-q))
	return time.Duration(max(s, 1)) * time.Second
}

// spread puts so many calls of one length on the days of the month.
func (g *giver) spread(k *ProfileCalls, n int64, talk time.Duration) error {
	hours := max(int64(g.seats.Close.Minute-g.seats.Open.Minute)/60, 1)
	slots := int64(len(g.days)) * hours
	for s := range slots {
		count := (s+1)*n/slots - s*n/slots
		if count == 0 {
			continue
		}
		d := g.days[s/hours]
		minute := int64(g.seats.Open.Minute) + s%hours*60
		c := usage.Call{Source: g.p.ID, Direction: cmpOr(k.Direction, usage.Outbound), Line: k.Line, Reach: k.Reach, Purpose: k.Purpose, Mode: k.Mode, To: k.To, From: g.p.Caller,
			Start: d.Start(g.loc).Add(time.Duration(minute) * time.Minute), Result: usage.NoAnswer}
		c.Agent = "user-" + strconv.Itoa(g.n%max(g.seats.Average, 1)+1)
		g.n++
		if talk > 0 {
			c.Result, c.Answer, c.Talk = usage.Answered, c.Start, talk
		}
		if err := g.to.CallTimes(&c, count); err != nil {
			return err
		}
	}
	return nil
}
