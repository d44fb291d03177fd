package api

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/timex"
)

// Lease is the right of one node to do one piece of work.
type Lease struct {
	Name  string        `json:"name"`
	Node  string        `json:"node"`
	Until timex.Instant `json:"until"`
	Fence int64         `json:"fence" doc:"Rises with every change of holder."`
}

func (a *API) operationRoutes() {
	read(a, op{id: "lease-list", method: http.MethodGet, path: "/v1/leases", what: "Which node does what.", may: access.Operate, platform: true},
		func(r *request, _ *none) (*List[Lease], error) {
			all, err := r.tx.Leases().List("")
			if err != nil {
				return nil, err
			}
			out := &List[Lease]{Items: []Lease{}}
			for _, l := range all {
				out.Items = append(out.Items, Lease(l))
			}
			return out, nil
		})
}
