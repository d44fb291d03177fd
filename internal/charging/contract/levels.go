package contract

import (
	"maps"
	"slices"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
)

// Level is a service level that was missed in the period, with the credit the
// contract's table gives for it.
type Level struct {
	Metric     string
	Target     string
	Measured   string
	Credit     exact.Number // share of the fees
	Amount     exact.Number // beside it
	Most       exact.Number // share of the fees that is never exceeded
	Components []string     // fees the shares are of; none: all
}

// Better says which way a service level is good.
type Better string

const (
	Higher Better = "higher" // availability: 99.9%
	Lower  Better = "lower"  // hours until an answer: 4
)

func (Better) Choices() []string { return []string{"higher", "lower"} }

// level is a figure of a service level: a number, or a percentage.
type level struct {
	exact.Number
	percent bool
}

func parseLevel(s string) (level, bool) {
	body, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	n, err := exact.Parse(strings.TrimSpace(body))
	return level{n, percent}, err == nil
}

// worse tells whether a measured figure misses another.
func (s *ServiceLevel) worse(measured, than level) bool {
	if s.Better == Lower {
		return than.Less(measured.Number)
	}
	return measured.Less(than.Number)
}

// levels finds the stated service levels that were missed.
func (k *check) levels(in *Inputs, t *Terms) []Level {
	var out []Level
	for _, metric := range slices.Sorted(maps.Keys(in.Stated.Levels)) {
		path, words := "levels."+metric, in.Stated.Levels[metric]
		s := serviceLevel(in.Contract, metric)
		if s == nil {
			k.put(path, metric, "the contract promises no such service level", "the metric of one of its service_levels")
			continue
		}
		target, known := parseLevel(s.Target)
		measured, ok := parseLevel(words)
		switch {
		case !known:
			k.put(path, s.Target, "the target is not a number, so nothing can be compared with it", "a target such as 99.9%")
		case !ok || measured.percent != target.percent:
			k.put(path, words, "not a figure like the target "+s.Target, "a figure such as "+s.Target)
		case s.worse(measured, target):
			out = append(out, s.missed(words, measured))
		}
	}
	return out
}

func serviceLevel(c *Contract, metric string) *ServiceLevel {
	if c == nil {
		return nil
	}
	for i := range c.ServiceLevels {
		if c.ServiceLevels[i].Metric == metric {
			return &c.ServiceLevels[i]
		}
	}
	return nil
}

// missed is the credit for a figure: that of the last step it is worse than.
func (s *ServiceLevel) missed(words string, measured level) Level {
	out := Level{Metric: s.Metric, Target: s.Target, Measured: words, Amount: s.Amount, Most: exact.One, Components: s.Components}
	credit := s.Credit
	for i := range s.Steps {
		if bound, ok := parseLevel(s.Steps[i].WorseThan); ok && s.worse(measured, bound) {
			credit, out.Amount = s.Steps[i].Credit, s.Steps[i].Amount
		}
	}
	if credit != nil {
		out.Credit = credit.Number
	}
	if s.Maximum != nil {
		out.Most = s.Maximum.Number
	}
	return out
}

// serviceLevels checks the table of credits.
func (k *check) serviceLevels(list []ServiceLevel) {
	seen := map[string]bool{}
	for i := range list {
		s, path := &list[i], at("service_levels", i)
		if seen[s.Metric] {
			k.put(path+".metric", s.Metric, "the metric is there twice", "each once, with steps")
		}
		seen[s.Metric] = true
		k.share(path+".credit", s.Credit)
		k.amount(path+".credit_amount", s.Amount)
		k.share(path+".maximum", s.Maximum)
		k.days(path+".request_days", s.RequestDays)
		target, known := parseLevel(s.Target)
		if !known {
			k.warn(path+".target", "the target is not a number: no credit can be computed for it", "a number or a percentage, such as 99.9%")
		}
		k.steps(path, s, target)
	}
}

// steps checks that steps lead from the target downhill.
func (k *check) steps(path string, s *ServiceLevel, last level) {
	if len(s.Steps) > 0 && (s.Credit != nil || !s.Amount.IsZero()) {
		k.put(path+".steps", "", "two tables: credit and steps", "credit or credit_amount in each step")
	}
	for i := range s.Steps {
		st, where := &s.Steps[i], at(path+".steps", i)
		k.share(where+".credit", st.Credit)
		k.amount(where+".credit_amount", st.Amount)
		bound, ok := parseLevel(st.WorseThan)
		switch {
		case !ok || bound.percent != last.percent:
			k.put(where+".worse_than", st.WorseThan, "not a figure like the target "+s.Target, "a figure such as "+s.Target)
		case i == 0 && s.worse(last, bound), i > 0 && !s.worse(bound, last):
			k.put(where+".worse_than", st.WorseThan, "steps out of order", "from the target on, each worse than the one before")
		}
		if last = bound; st.Credit == nil && st.Amount.IsZero() {
			k.put(where, "", "a step without a credit", "credit, a share of the fees, or credit_amount")
		}
	}
}

// LevelStep is one step of a table of credits.
type LevelStep struct {
	WorseThan string           `plan:"worse_than,required" doc:"Figure from which on it is worse: 99% with a target of 99.9%."`
	Credit    *catalog.Percent `plan:"credit" doc:"Share of the fees of the period that is given back."`
	Amount    exact.Number     `plan:"credit_amount" doc:"Amount that is given back."`
}
