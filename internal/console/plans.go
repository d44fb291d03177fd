package console

import (
	"cmp"
	"context"
	"slices"

	"waihu/internal/app"
)

// newestPlans are the newest versions of all plans, by name.
func (s *Server) newestPlans(ctx context.Context) ([]app.PlanVersion, error) {
	all, err := s.d.System.Plans(ctx, "")
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b app.PlanVersion) int {
		return cmp.Or(cmp.Compare(a.Plan, b.Plan), cmp.Compare(b.Version, a.Version))
	})
	return slices.CompactFunc(all, func(a, b app.PlanVersion) bool { return a.Plan == b.Plan }), nil
}
