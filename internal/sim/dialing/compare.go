package dialing

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"waihu/internal/calling/pacing"
	"waihu/internal/fault"
)

// Bounds of a comparison.
const (
	MostSeeds  = 100 // frozen: 1 to 100
	MostAgents = 300
	MostShifts = 22
	firstTrain = 1001 // seeds on which the ratio is tuned
)

// Setup is what to compare.
type Setup struct {
	Cases    []Case
	Sizes    []int
	Seeds    int
	Shifts   int // of a campaign; 0: Shifts of the size
	Frontier bool
	Optimal  bool
	Progress func(done, of int) // nil: nobody watches
}

// Shifts is how many shifts a campaign of a size has where nothing else is said:
// fewer of many agents, who see as many people in one.
func Shifts(agents int) int { return min(max(20/agents, 1), 4) }

// Policy names what paces.
type Policy string

// Policies, as rows of the table.
const (
	Progressive  Policy = "progressive"
	Erlang       Policy = "erlang"        // told the true answer rate
	Vicidial     Policy = "vicidial"      // as published, its defaults
	VicidialIdle Policy = "vicidial-idle" // the same with available_only_ratio_tally
	Ratio        Policy = "ratio"         // lines for each idle agent, tuned for the case in hindsight
	Kept         Policy = "waihu-kept"    // ours, no dial taken back
	Waihu        Policy = "waihu"
	Clairvoyant  Policy = "clairvoyant" // knows who answers, when, and for how long
)

// Policies are all, in the order of the table.
func Policies() []Policy {
	return []Policy{Progressive, Erlang, Vicidial, VicidialIdle, Ratio, Kept, Waihu, Clairvoyant}
}

// Row is how a policy did in a case with so many agents, over all seeds.
type Row struct {
	Case      string  `json:"case"`
	Agents    int     `json:"agents"`
	Policy    Policy  `json:"policy"`
	Setting   float64 `json:"setting,omitempty"` // of a frontier, or the tuned ratio
	Used      float64 `json:"used"`              // share of time agents were busy with persons
	Spread    float64 `json:"spread"`            // standard error of used over the seeds
	Lost      float64 `json:"lost"`              // share of answers abandoned
	SeedsOver int     `json:"seeds_over"`        // campaigns that ended above the allowed share
	Debt      float64 `json:"debt"`              // the most calls any campaign was above it at any moment
	Shifts    int     `json:"shifts"`
	Over      float64 `json:"shifts_over"` // share of shifts above the allowed share
	Worst     float64 `json:"worst_shift"`
	PerHour   float64 `json:"conversations_per_agent_hour"`
	Dials     float64 `json:"dials_per_conversation"`
	Cancelled float64 `json:"cancelled"`        // share of dials taken back
	Silent    float64 `json:"cancelled_silent"` // share of dials taken back before the phone rang
}

// Result is a comparison.
type Result struct {
	Seeds    int         `json:"seeds"`
	Rows     []Row       `json:"rows"`
	Frontier []Row       `json:"frontier,omitempty"`
	Optimal  []Yardstick `json:"optimal,omitempty"`
	Digest   string      `json:"digest"` // SHA-256 of the rest
}

// Yardstick sets the rule beside the best possible in the world that is small
// enough to be solved.
type Yardstick struct {
	Agents      int     `json:"agents"`
	Progressive float64 `json:"progressive"`
	Kept        float64 `json:"waihu_kept"`
	Best        float64 `json:"best_kept"` // knows in which stage phones ring; takes no dial back
	Waihu       float64 `json:"waihu"`
}

// Check says what is wrong with a setup; of kind Invalid.
func (s *Setup) Check() error {
	switch {
	case s.Seeds < 1 || s.Seeds > MostSeeds:
		return fault.New(fault.Invalid, "%d seeds: say 1 to %d", s.Seeds, MostSeeds)
	case s.Shifts < 0 || s.Shifts > MostShifts:
		return fault.New(fault.Invalid, "%d shifts: say 1 to %d, as a month has", s.Shifts, MostShifts)
	case len(s.Cases) == 0 || len(s.Sizes) == 0:
		return fault.New(fault.Invalid, "nothing to compare: name a case and a size")
	}
	for _, n := range s.Sizes {
		if n < 1 || n > MostAgents {
			return fault.New(fault.Invalid, "%d agents: say 1 to %d", n, MostAgents)
		}
	}
	return nil
}

// Compare plays every case, size, policy and seed.
func Compare(ctx context.Context, s *Setup) (*Result, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	r := &Result{Seeds: s.Seeds}
	done, of := 0, len(s.Cases)*len(s.Sizes)
	for i := range s.Cases {
		for _, n := range s.Sizes {
			for _, p := range Policies() {
				row, err := s.row(ctx, &s.Cases[i], n, p)
				if err != nil {
					return nil, err
				}
				r.Rows = append(r.Rows, row)
			}
			if done++; s.Progress != nil {
				s.Progress(done, of)
			}
		}
	}
	if err := s.extras(ctx, r); err != nil {
		return nil, err
	}
	return r, r.seal()
}

// extras adds what is asked for beside the table.
func (s *Setup) extras(ctx context.Context, r *Result) (err error) {
	if s.Frontier {
		if r.Frontier, err = s.frontier(ctx); err != nil {
			return err
		}
	}
	if s.Optimal {
		r.Optimal, err = s.yardsticks(ctx)
	}
	return err
}

func (r *Result) seal() error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(b)
	r.Digest = hex.EncodeToString(sum[:])
	return nil
}

// makers of policies; setting 0 is the usual.
func makerOf(p Policy, setting float64) maker {
	switch p {
	case Erlang:
		return func(f *floor, _ int) policy {
			return &erlang{lost: cmp.Or(setting, pacing.DefaultShare), draws: streamOf(f.seed, 0, 9), load: map[int]float64{}}
		}
	case Vicidial, VicidialIdle:
		return func(f *floor, _ int) policy {
			return &vicidial{uk: f.c.Detects, drop: 100 * cmp.Or(setting, pacing.DefaultShare), most: 3, method: "HARD_LIMIT", available: p == VicidialIdle}
		}
	case Ratio:
		return func(*floor, int) policy { return ratio{setting} }
	case Kept:
		return func(f *floor, n int) policy { return newOurs(f, n, pacing.Goal{NoCancel: true}) }
	case Waihu:
		return func(f *floor, n int) policy { return newOurs(f, n, pacing.Goal{}) }
	}
	return func(*floor, int) policy { return progressive{} }
}

func (s *Setup) shifts(agents int) int {
	if s.Shifts > 0 {
		return s.Shifts
	}
	return Shifts(agents)
}

// row plays one policy over all seeds.
func (s *Setup) row(ctx context.Context, c *Case, agents int, p Policy) (Row, error) {
	setting := 0.0
	if p == Ratio {
		setting = tuned(c, agents, s.shifts(agents))
	}
	return s.measure(ctx, c, agents, p, setting, pacing.DefaultShare)
}

// measure plays one policy with a setting; share is what may be abandoned.
func (s *Setup) measure(ctx context.Context, c *Case, agents int, p Policy, setting, share float64) (Row, error) {
	row := Row{Case: c.Name, Agents: agents, Policy: p, Setting: setting}
	var sum Tally
	var used []float64
	for seed := range uint64(s.Seeds) {
		if err := ctx.Err(); err != nil {
			return row, err
		}
		var t Tally
		if p == Clairvoyant {
			t = clairvoyant(c, agents, s.shifts(agents), seed+1)
		} else {
			t = play(c, agents, s.shifts(agents), seed+1, share, makerOf(p, setting))
		}
		if t.Lost() > share {
			row.SeedsOver++
		}
		used = append(used, t.Used())
		sum.add(&t)
	}
	row.fill(&sum)
	row.Spread = standardError(used)
	return row, nil
}

func (r *Row) fill(t *Tally) {
	r.Used, r.Lost, r.Debt, r.Worst, r.Shifts = digits(t.Used()), digits(t.Lost()), digits(t.Debt), digits(t.Worst), t.Shifts
	r.Over = digits(float64(t.Over) / float64(max(t.Shifts, 1)))
	r.PerHour = digits(float64(t.Conversations) / max((t.Busy+t.Ready+t.Wasted)/3600, 1e-9))
	r.Dials = digits(float64(t.Dials) / float64(max(t.Conversations, 1)))
	r.Cancelled = digits(float64(t.Cancelled) / float64(max(t.Dials, 1)))
	r.Silent = digits(float64(t.Early) / float64(max(t.Dials, 1)))
}

// digits keeps what is worth printing.
func digits(v float64) float64 { return math.Round(v*1e5) / 1e5 }

func standardError(list []float64) float64 {
	if len(list) < 2 {
		return 0
	}
	n, mean, sum := float64(len(list)), 0.0, 0.0
	for _, v := range list {
		mean += v / n
	}
	for _, v := range list {
		sum += (v - mean) * (v - mean)
	}
	return digits(math.Sqrt(sum / (n - 1) / n))
}

// tuned is the ratio with the most conversations of at most 3 % abandoned, over
// seeds that are not those of the table. Abandoning rises with the ratio.
func tuned(c *Case, agents, shifts int) float64 {
	const seeds, step = 3, 0.05
	low, high := int(1/step), int(20/step) // the first holds, the last does not
	for high-low > 1 {
		mid := (low + high) / 2
		var sum Tally
		for k := range uint64(seeds) {
			t := play(c, agents, shifts, firstTrain+k, pacing.DefaultShare, makerOf(Ratio, float64(mid)*step))
			sum.add(&t)
		}
		if sum.Lost() > pacing.DefaultShare {
			high = mid
		} else {
			low = mid
		}
	}
	return float64(low) * step
}

// Named finds cases by name; "all" are all.
func Named(names []string) ([]Case, error) {
	all := Cases()
	if slices.Equal(names, []string{"all"}) {
		return all, nil
	}
	var out []Case
	for _, name := range names {
		i := slices.IndexFunc(all, func(c Case) bool { return c.Name == name })
		if i < 0 {
			known := make([]string, len(all))
			for k := range all {
				known[k] = all[k].Name
			}
			return nil, fault.New(fault.Invalid, "%q is no case: say all, or some of %s", name, fmt.Sprint(known))
		}
		out = append(out, all[i])
	}
	return out, nil
}
