package dialing

import (
	"context"
	"slices"

	"waihu/internal/calling/pacing"
)

// frontier moves each policy's own setting, in the first case.
func (s *Setup) frontier(ctx context.Context) ([]Row, error) {
	c := &s.Cases[0]
	shares := []float64{0.002, 0.005, 0.01, 0.02, 0.03, 0.05}
	few := *s
	few.Seeds = min(s.Seeds, 20)
	var out []Row
	for _, n := range s.Sizes {
		lines := tuned(c, n, s.shifts(n))
		for _, p := range Policies() {
			settings := shares
			switch p {
			case Progressive, Clairvoyant:
				settings = []float64{0}
			case Ratio:
				settings = []float64{1, 1 + (lines-1)/4, 1 + (lines-1)/2, 1 + 3*(lines-1)/4, lines, lines + (lines-1)/4}
			}
			for _, v := range settings {
				share := pacing.DefaultShare
				if p == Waihu || p == Kept {
					share = v
				}
				row, err := few.measure(ctx, c, n, p, v, share)
				if err != nil {
					return nil, err
				}
				out = append(out, row)
			}
		}
	}
	return out, nil
}

// yardsticks solve the small world and play it, for the sizes up to 8.
func (s *Setup) yardsticks(ctx context.Context) ([]Yardstick, error) {
	c := Case{Name: "memoryless", Chance: 0.25, Handling: Memoryless}
	var out []Yardstick
	for _, n := range slices.Sorted(slices.Values(s.Sizes)) {
		if n > mostOptimal {
			break
		}
		y := Yardstick{Agents: n}
		for _, m := range []struct {
			p  Policy
			to *float64
		}{{Progressive, &y.Progressive}, {Kept, &y.Kept}, {Waihu, &y.Waihu}} {
			row, err := s.measure(ctx, &c, n, m.p, 0, pacing.DefaultShare)
			if err != nil {
				return nil, err
			}
			*m.to = row.Used
		}
		y.Best = digits(Optimal(n, c.Chance, pacing.DefaultShare))
		out = append(out, y)
	}
	return out, nil
}
