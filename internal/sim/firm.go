package sim

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"time"

	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Firm is a company that calls out, for a plausible history of its usage.
type Firm struct {
	Name     string // source of its facts
	Zone     *time.Location
	Calendar *timex.Calendar // days off; nil: Monday to Friday
	Purpose  usage.Purpose
	Mode     usage.Mode
	Agents   int // in the busiest month
	Robots   int // lanes beside them, on every hour of work
	Opens    int // local hours of work
	Closes   int
	Tries    float64     // attempts an agent and hour
	Answered float64     // share of attempts that somebody or something answers
	Talk     float64     // median talk in seconds; lengths are lognormal
	Season   [12]float64 // load by month, 1 the busiest; 0: 1
	Numbers  []Numbers   // where it calls
	From     string      // number it shows
	Trunk    string
	Cost     money.Amount // what the carrier asks a minute; nothing: the record does not say
}

// Numbers is a kind of number and how often it is called.
type Numbers struct {
	Prefix string // E.164
	Digits int    // that follow
	Line   usage.Line
	Reach  usage.Reach
	Weight int
}

// Day makes the facts of one local day: log-ins of agents and the calls they and
// the robots make, calls in the order of agents. The same firm, day and seed
// give the same facts, whichever other days are made.
func (f *Firm) Day(seed uint64, day timex.Date, to usage.Sink) error {
	y, m, d := day.Civil()
	load := f.load(day, m)
	if load == 0 {
		return nil
	}
	rng := rand.New(rand.NewPCG(seed, uint64(day)+uint64(len(f.Name))<<32))
	g := &firmDay{Firm: f, rng: rng, to: to, date: fmt.Sprintf("%04d%02d%02d", y, m, d), open: timex.At(time.Date(y, m, d, f.Opens, 0, 0, 0, f.Zone))}
	g.hours = float64(f.Closes - f.Opens)
	for a := range int(math.Round(float64(f.Agents) * load)) {
		if rng.IntN(20) == 0 {
			continue // away
		}
		if err := g.agent(a); err != nil {
			return err
		}
	}
	for r := range f.Robots {
		if err := g.robot(r, load); err != nil {
			return err
		}
	}
	return nil
}

// load is how much of the busiest day's work a day brings; 0 on a day off.
func (f *Firm) load(day timex.Date, m time.Month) float64 {
	off := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
	if f.Calendar != nil {
		off = !f.Calendar.IsWorkday(day)
	}
	if off {
		return 0
	}
	if s := f.Season[m-1]; s > 0 {
		return s
	}
	return 1
}

type firmDay struct {
	*Firm
	rng   *rand.Rand
	to    usage.Sink
	date  string
	open  timex.Instant
	hours float64
	calls int
}

// agent is one log-in from some minutes around opening to around closing, with
// an hour at noon, and its calls.
func (g *firmDay) agent(n int) error {
	name := fmt.Sprintf("%s-%02d", g.Purpose, n+1)
	from := g.open.Add(time.Duration(g.rng.IntN(1200)-600) * time.Second)
	noon := g.open.Add(time.Duration(g.hours/2*3600) * time.Second)
	back := noon.Add(time.Hour + time.Duration(g.rng.IntN(300))*time.Second)
	to := g.open.Add(time.Duration(g.hours*3600)*time.Second + time.Duration(g.rng.IntN(900))*time.Second)
	for i, s := range []timex.Period{{From: from, To: noon}, {From: back, To: to}} {
		id := g.date + "-" + name + "-" + strconv.Itoa(i)
		if err := g.to.Session(usage.Session{ID: id, Source: g.Name, User: name, Type: "agent", State: usage.Ready, From: s.From, To: s.To}); err != nil {
			return err
		}
		if err := g.dial(name, g.Mode, s); err != nil {
			return err
		}
	}
	return nil
}

// robot is a lane that dials all day.
func (g *firmDay) robot(n int, load float64) error {
	name := fmt.Sprintf("robot-%02d", n+1)
	all := timex.Period{From: g.open, To: g.open.Add(time.Duration(g.hours*load*3600) * time.Second)}
	if err := g.to.Session(usage.Session{ID: g.date + "-" + name, Source: g.Name, User: name, Type: "robot", From: all.From, To: all.To}); err != nil {
		return err
	}
	return g.dial(name, usage.Robot, all)
}

// maxDayCalls bounds the calls of one day of one firm.
const maxDayCalls = 1_000_000

// dial fills a stretch with calls, one behind another.
func (g *firmDay) dial(agent string, mode usage.Mode, in timex.Period) error {
	gap := 3600 / g.Tries
	for at := in.From; g.calls < maxDayCalls; {
		at = at.Add(time.Duration(g.rng.ExpFloat64() * gap * float64(time.Second)))
		if at >= in.To {
			return nil
		}
		c := g.call(agent, mode, at)
		at = c.End
		if err := g.to.Call(&c); err != nil {
			return err
		}
	}
	return nil
}

func (g *firmDay) call(agent string, mode usage.Mode, at timex.Instant) usage.Call {
	g.calls++
	n := g.number()
	c := usage.Call{ID: g.date + "-" + strconv.Itoa(g.calls), Source: g.Name, Direction: usage.Outbound, Mode: mode, Purpose: g.Purpose, Line: n.Line, Reach: n.Reach,
		From: g.From, To: n.Prefix + g.digits(n.Digits), Agent: agent, Campaign: string(g.Purpose), Trunk: g.Trunk, Start: at}
	ring := time.Duration(3+g.rng.IntN(22)) * time.Second
	switch p := g.rng.Float64(); {
	case p < g.Answered:
		talk := min(math.Exp(math.Log(g.Talk)+0.9*g.rng.NormFloat64()), 7200)
		c.Result, c.By, c.Talk = usage.Answered, usage.Person, time.Duration(1+int(talk))*time.Second
		if g.rng.IntN(8) == 0 {
			c.By, c.Talk = usage.Machine, min(c.Talk, 25*time.Second)
		}
		c.Answer = at.Add(ring)
		c.Outcome = g.outcome(&c)
		if g.Cost.Sign() > 0 {
			blocks := (int64(c.Talk/time.Second) + 5) / 6 // of six seconds, the last one whole
			c.Cost = money.Micros(g.Cost.Micros()*blocks/10, g.Cost.Currency())
		}
	case p < g.Answered+0.75*(1-g.Answered):
		c.Result, c.Cause = usage.NoAnswer, "480"
	case p < g.Answered+0.93*(1-g.Answered):
		c.Result, c.Cause = usage.Busy, "486"
	default:
		c.Result, c.Cause, ring = usage.Unassigned, "404", 2*time.Second
	}
	c.Total = ring + c.Talk
	c.End = at.Add(c.Total)
	return c
}

// outcome is the disposition of an answered call.
func (g *firmDay) outcome(c *usage.Call) string {
	if c.By == usage.Machine {
		return "machine"
	}
	done := map[usage.Purpose]string{usage.Sales: "sale", usage.Service: "resolved", usage.Survey: "survey_completed"}[g.Purpose]
	share := map[usage.Purpose]int{usage.Sales: 4, usage.Service: 70, usage.Survey: 30}[g.Purpose]
	if c.Talk > 40*time.Second && g.rng.IntN(100) < share {
		return done
	}
	return "contact"
}

func (g *firmDay) number() Numbers {
	total := 0
	for _, n := range g.Numbers {
		total += n.Weight
	}
	at := g.rng.IntN(total)
	for _, n := range g.Numbers {
		if at -= n.Weight; at < 0 {
			return n
		}
	}
	return g.Numbers[0]
}

func (g *firmDay) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = '0' + byte(g.rng.IntN(10))
	}
	return string(b)
}

// Now is a call that has just ended, for usage that flows in while one watches.
// The same firm, seed and turn give the same call but for its time.
func (f *Firm) Now(seed, turn uint64, end timex.Instant) usage.Call {
	rng := rand.New(rand.NewPCG(seed, turn))
	g := &firmDay{Firm: f, rng: rng, date: "live"}
	c := g.call(fmt.Sprintf("%s-%02d", f.Purpose, 1+rng.IntN(max(f.Agents, 1))), f.Mode, end)
	back := c.End.Sub(end)
	c.ID = "live-" + strconv.FormatInt(int64(end), 36) + "-" + strconv.FormatUint(turn, 36)
	c.Start, c.End = c.Start.Add(-back), end
	if c.Answer != 0 {
		c.Answer = c.Answer.Add(-back)
	}
	return c
}
