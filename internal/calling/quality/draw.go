package quality

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"waihu/internal/fault"
	"waihu/internal/id"
)

// Bounds of a draw.
const (
	MaxPerAgent = 50
	MaxQuotas   = 10
	MaxDrawn    = 1000 // by one draw
)

// Rule is how calls are drawn: so many of each agent, in the span that is looked at.
type Rule struct {
	PerAgent int     `json:"per_agent"`
	Least    int64   `json:"least_seconds,omitempty"` // shorter calls are never drawn
	Quotas   []Quota `json:"quotas,omitempty"`        // that are filled first, in their order
}

// Quota is a part of an agent's calls that is drawn from first.
type Quota struct {
	Name         string   `json:"name"`
	Count        int      `json:"count"`
	Least        int64    `json:"least_seconds,omitempty"`
	Most         int64    `json:"most_seconds,omitempty"` // 0: any
	Dispositions []string `json:"dispositions,omitempty"` // none: any
}

// Candidate is a call that could be drawn.
type Candidate struct {
	Recording   id.ID
	Agent       string
	Seconds     int64
	Disposition string
	Drawn       bool // before, in the same span: it counts, and is not drawn again
}

// Drawn is a call that was drawn, and why.
type Drawn struct {
	Recording id.ID  `json:"recording"`
	Agent     string `json:"agent"`
	Why       Why    `json:"why"`
}

// Why explains a draw: which quota, the place among so many by lot, of how many calls of
// the agent in all.
type Why struct {
	Seed  string `json:"seed"`
	Quota string `json:"quota,omitempty"` // empty: by no quota
	Place int    `json:"place"`           // 1: the first lot
	Of    int    `json:"of"`              // calls that could be drawn then
	Calls int    `json:"calls"`           // of the agent
}

// Check tells what is wrong with a rule.
func (r *Rule) Check() error {
	if r.PerAgent < 1 || r.PerAgent > MaxPerAgent || r.Least < 0 || len(r.Quotas) > MaxQuotas {
		return fault.New(fault.Invalid, "1 to %d calls an agent, no length below nought and at most %d quotas were expected", MaxPerAgent, MaxQuotas)
	}
	sum := 0
	for _, q := range r.Quotas {
		if sum += q.Count; q.Name == "" || q.Count < 1 || q.Least < 0 || q.Most < 0 || q.Most > 0 && q.Most < q.Least {
			return fault.New(fault.Invalid, "quota %q: a name, a count from 1 on and a length that can be were expected", fault.Shorten(q.Name, 40))
		}
	}
	if sum > r.PerAgent {
		return fault.New(fault.Invalid, "the quotas come to %d calls, and %d an agent are drawn", sum, r.PerAgent)
	}
	return nil
}

// Draw draws by lot: every call of an agent has the same chance within its quota, and
// every agent gets as many, so far as there are calls. What was drawn before counts, so
// that drawing again only adds what is missing. Lots are SHA-256 of the seed and the
// recording: whoever has the seed can draw again and see the same.
func (r *Rule) Draw(seed string, all []Candidate) ([]Drawn, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	agents := map[string][]Candidate{}
	var names []string
	for _, c := range all {
		if c.Agent == "" || c.Seconds < r.Least && !c.Drawn {
			continue
		}
		if agents[c.Agent] == nil {
			names = append(names, c.Agent)
		}
		agents[c.Agent] = append(agents[c.Agent], c)
	}
	slices.Sort(names)
	var out []Drawn
	for _, name := range names {
		out = append(out, r.drawOf(seed, agents[name])...)
		if len(out) > MaxDrawn {
			return nil, fault.New(fault.Invalid, "more than %d calls would be drawn: draw fewer an agent, or a shorter time", MaxDrawn)
		}
	}
	return out, nil
}

// drawOf draws of one agent.
func (r *Rule) drawOf(seed string, calls []Candidate) (out []Drawn) {
	slices.SortFunc(calls, func(a, b Candidate) int {
		x, y := lot(seed, a.Recording), lot(seed, b.Recording)
		return cmp.Or(bytes.Compare(x[:], y[:]), bytes.Compare(a.Recording[:], b.Recording[:]))
	})
	taken, missing := map[id.ID]bool{}, r.PerAgent
	for _, c := range calls {
		if c.Drawn {
			taken[c.Recording], missing = true, missing-1
		}
	}
	take := func(name string, count int, fits func(*Candidate) bool) {
		var open []Candidate
		for i := range calls {
			if c := &calls[i]; fits(c) && c.Drawn {
				count--
			} else if fits(c) && !taken[c.Recording] {
				open = append(open, *c)
			}
		}
		for i := 0; i < len(open) && i < min(count, missing); i++ {
			taken[open[i].Recording] = true
			out = append(out, Drawn{open[i].Recording, open[i].Agent, Why{seed, name, i + 1, len(open), len(calls)}})
		}
	}
	for i := range r.Quotas {
		q := &r.Quotas[i]
		before := len(out)
		take(q.Name, q.Count, q.takes)
		missing -= len(out) - before
	}
	take("", missing, func(c *Candidate) bool { return !c.Drawn })
	return out
}

// takes tells whether a call is of the quota.
func (q *Quota) takes(c *Candidate) bool {
	return c.Seconds >= q.Least && (q.Most == 0 || c.Seconds <= q.Most) && (len(q.Dispositions) == 0 || slices.Contains(q.Dispositions, c.Disposition))
}

// lot is the place of a recording in the order of a seed.
func lot(seed string, recording id.ID) [32]byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(len(seed)))
	return sha256.Sum256(append(append(b, seed...), recording[:]...))
}
