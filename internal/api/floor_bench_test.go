package api_test

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/id"
)

// The floor that two hundred look at.
const (
	boards  = 200
	seated  = 300
	pace    = 200 * time.Millisecond // between two changes of agents
	changes = 150
)

// BenchmarkWallboards is half a minute of a floor of 300 agents that change five times a
// second, read by 200 wallboards over loopback: how much of a processor all of it takes,
// the readers with it, and how long a change takes until a reader has it.
func BenchmarkWallboards(b *testing.B) {
	w, _, campaign, contract, f := flooredFor(b)
	of_, err := id.ParseNamed("cmp", campaign)
	must(b, err)
	sessions := make([]string, seated)
	for i := range sessions {
		user := fmt.Sprintf("user_%03d", i)
		w.ask(w.finance, "POST", "/v1/contracts/"+contract+"/stretches", map[string]string{"what": "seat", "of": user}, of(w.a), once("seat "+user)).want(201)
		sessions[i] = first(f.LogIn(b.Context(), w.a, of_, user, 0)).Session
	}
	_, boss := w.person(w.a, access.Supervisor)
	server := httptest.NewServer(w.api.Handler())
	defer server.Close()
	for b.Loop() {
		var sent [changes]time.Time
		var mu sync.Mutex
		var took []time.Duration
		var readers, here sync.WaitGroup
		streams := make([]*http.Response, boards)
		for i := range streams {
			r := first(http.NewRequestWithContext(b.Context(), "GET", server.URL+"/v1/floor/events", nil))
			for _, h := range []string{boss, of(w.a)} {
				name, value, _ := bytes.Cut([]byte(h), []byte(": "))
				r.Header.Set(string(name), string(value))
			}
			streams[i] = first((&http.Client{Transport: &http.Transport{}}).Do(r))
			if streams[i].StatusCode != http.StatusOK {
				b.Fatal(streams[i].Status)
			}
			here.Add(1)
			readers.Go(func() {
				in, said := bufio.NewReaderSize(streams[i].Body, 1<<16), false
				for {
					line, err := in.ReadSlice('\n')
					if err == bufio.ErrBufferFull {
						continue // the whole floor, which comes once
					}
					if err != nil {
						return
					}
					if !said && bytes.HasPrefix(line, []byte("event: ")) {
						said = true
						here.Done()
					}
					if _, rest, is := bytes.Cut(line, []byte(`"reason":"change `)); is && bytes.HasPrefix(line, []byte(`data: {"agent":`)) {
						number, _, _ := bytes.Cut(rest, []byte(`"`))
						n, _ := strconv.Atoi(string(number)) // another run's is out of range
						mu.Lock()
						if n < changes && !sent[n].IsZero() {
							took = append(took, time.Since(sent[n]))
						}
						mu.Unlock()
					}
				}
			})
		}
		here.Wait()
		before, began := processor(b), time.Now()
		tick := time.NewTicker(pace)
		for n := range changes {
			<-tick.C
			mu.Lock()
			sent[n] = time.Now()
			mu.Unlock()
			user := n % seated
			if _, err := f.Pause(b.Context(), w.a, fmt.Sprintf("user_%03d", user), sessions[user], fmt.Sprintf("change %d", n)); err != nil {
				b.Fatal(err)
			}
		}
		<-tick.C
		tick.Stop()
		used := (processor(b) - before).Seconds() / time.Since(began).Seconds()
		for _, s := range streams {
			must(b, s.Body.Close())
		}
		readers.Wait()
		if len(took) < changes*boards*99/100 {
			b.Fatalf("%d of %d changes were read", len(took), changes*boards)
		}
		slices.Sort(took)
		b.ReportMetric(100*used, "%-of-a-core")
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-p50")
		b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "ms-p95")
		b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "ms-max")
	}
}

// processor is what this process used of processors.
func processor(b *testing.B) time.Duration {
	var r syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &r))
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
