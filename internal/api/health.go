package api

import (
	"context"
	"net/http"
)

// Health is how the process is.
type Health struct {
	Status  string            `json:"status" enum:"ok,degraded" doc:"degraded: it answers, but a worker or the database has a problem."`
	Version string            `json:"version"`
	Workers map[string]string `json:"workers,omitempty" doc:"What each worker of this process says; ok if nothing is wrong."`
}

type healthOut struct {
	Status int
	Body   Health
}

func (a *API) healthRoutes() {
	// Alive: the process answers. A failing database must not make a supervisor
	// kill it.
	plain(a, op{id: "health-live", method: http.MethodGet, path: "/v1/health/live", what: "Whether the process answers."},
		func(context.Context, *caller, *none) (*healthOut, error) {
			return &healthOut{Status: http.StatusOK, Body: Health{Status: "ok", Version: Version}}, nil
		})
	plain(a, op{id: "health-ready", method: http.MethodGet, path: "/v1/health/ready", what: "Whether it can do its work: database, schema, workers."},
		func(ctx context.Context, _ *caller, _ *none) (*healthOut, error) {
			out := &healthOut{Status: http.StatusOK, Body: Health{Status: "ok", Version: Version, Workers: map[string]string{}}}
			if err := a.d.System.DB.Ready(ctx); err != nil {
				a.d.Log.Error("the database is not ready", "error", err)
				out.Status, out.Body.Status = http.StatusServiceUnavailable, "degraded"
				out.Body.Workers["database"] = "not ready"
			}
			if a.d.Work == nil {
				return out, nil
			}
			for _, w := range a.d.Work() {
				out.Body.Workers[w.Name] = "ok"
				if w.Error != "" {
					out.Body.Workers[w.Name], out.Body.Status = w.Error, "degraded"
				}
			}
			return out, nil
		})
	type documentOut struct {
		ContentType string `header:"Content-Type"`
		Body        []byte
	}
	plain(a, op{id: "openapi", method: http.MethodGet, path: "/v1/openapi.json", what: "This interface as an OpenAPI 3.1 document."},
		func(context.Context, *caller, *none) (*documentOut, error) {
			b, err := a.Document()
			return &documentOut{"application/openapi+json", b}, err
		})
}
