package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/exact"
	"waihu/internal/timex"
)

// before takes in what ran on from the period before, and what was measured.
func (f *periodFlags) before(a *agreed, first timex.Date, in *invoice.Inputs) (err error) {
	if in.Levels, err = pairs("--level", f.Level); err != nil {
		return err
	}
	reached, err := pairs("--reached", f.Reached)
	if err != nil {
		return err
	}
	if f.Previous != "" {
		if in.Opening, in.Standing, err = a.carriedOver(f.Previous, first); err != nil {
			return err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(reached)) {
		n, err := exact.Parse(reached[id])
		if err != nil || n.Sign() < 0 {
			return coded{exitUsage, fmt.Errorf("--reached %s=%s: write commitment=quantity, such as minutes=120000", id, reached[id])}
		}
		if in.Standing == nil {
			in.Standing = &contract.Standing{}
		}
		in.Standing.Toward = append(in.Standing.Toward, contract.Toward{Commitment: id, Reached: n})
	}
	return nil
}

// pairs reads words such as availability=99.5%.
func pairs(flag string, words []string) (map[string]string, error) {
	var out map[string]string
	for _, s := range words {
		name, value, ok := strings.Cut(s, "=")
		if !ok || name == "" || value == "" {
			return nil, coded{exitUsage, fmt.Errorf("%s %s: write name=value", flag, s)}
		}
		if out == nil {
			out = map[string]string{}
		}
		out[name] = value
	}
	return out, nil
}
