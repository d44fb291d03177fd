package serve

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"waihu/internal/store"
)

// metrics are the figures of a process.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
	facts    *prometheus.CounterVec
	worker   *prometheus.GaugeVec
}

func newMetrics(b *Books, w *workers) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "waihu_http_requests_total", Help: "Requests that were answered, by route and status."}, []string{"route", "status"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "waihu_http_request_seconds", Help: "How long requests took, by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 60}}, []string{"route"}),
		facts:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "waihu_usage_facts_total", Help: "Facts that were handed in, by what became of them."}, []string{"outcome"}),
		worker: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "waihu_worker_well", Help: "1: the worker's last turn went well."}, []string{"worker"}),
	}
	m.registry.MustRegister(m.requests, m.took, m.facts, m.worker, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "waihu_database_ready", Help: "1: the database answers and has the newest schema."}, func() float64 {
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
			defer cancel()
			return truth(b.DB.Ready(ctx) == nil)
		}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "waihu_leases_held", Help: "Leases that this node holds."}, func() float64 { return leasesHeld(b) }))
	return m
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func leasesHeld(b *Books) (n float64) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	err := b.DB.View(ctx, func(tx store.Tx) error {
		all, err := tx.Leases().List("")
		for _, l := range all {
			n += truth(l.Node == b.System.Node && tx.Now() < l.Until)
		}
		return err
	})
	if err != nil {
		return -1
	}
	return n
}

func (m *metrics) seen(route string, status int, took time.Duration) {
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	m.took.WithLabelValues(route).Observe(took.Seconds())
}

func (m *metrics) counted(accepted, duplicate, rejected int) {
	m.facts.WithLabelValues("accepted").Add(float64(accepted))
	m.facts.WithLabelValues("duplicate").Add(float64(duplicate))
	m.facts.WithLabelValues("rejected").Add(float64(rejected))
}

// handler serves the figures.
func (m *metrics) handler(w *workers) http.Handler {
	serve := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(out http.ResponseWriter, r *http.Request) {
		for _, one := range w.list() {
			m.worker.WithLabelValues(one.Name).Set(truth(one.Error == ""))
		}
		serve.ServeHTTP(out, r)
	})
	return mux
}
