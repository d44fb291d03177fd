package sip

import (
	"context"
	"encoding/csv"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Complete calls with sipp on the same machine: INVITE, 200, ACK, BYE. Run with
//
//	go test -run '^$' -bench Calls -benchtime 1x ./internal/voice/sip
//
// It tells calls that failed, messages that were sent again, and our own
// processor time for a call. Sound is not part of it.

var benchRates = []int{1000, 2000}

const benchSeconds = 10

// spent is the processor time this process used.
func spent() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// statistics is the last line of a sipp statistics file, by column.
func statistics(b *testing.B, folder string) map[string]int {
	b.Helper()
	found, _ := filepath.Glob(filepath.Join(folder, "*_.csv"))
	if len(found) != 1 {
		b.Fatalf("%v", found)
	}
	f, err := os.Open(found[0])
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.FieldsPerRecord = ';', -1
	rows, err := r.ReadAll()
	if err != nil {
		b.Fatal(err)
	}
	out := map[string]int{}
	for i, name := range rows[0] {
		if last := rows[len(rows)-1]; i < len(last) {
			out[name], _ = strconv.Atoi(last[i])
		}
	}
	return out
}

func benchEndpoint(b *testing.B, serve func(*Call)) *Endpoint {
	b.Helper()
	e, err := Open(Config{Listen: loopbackAny, Serve: serve, Rate: 1_000_000, Burst: 1_000_000, MaxCalls: 100_000})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = e.Close() })
	return e
}

// BenchmarkCallsTaken: sipp calls us.
func BenchmarkCallsTaken(b *testing.B) {
	for _, rate := range benchRates {
		b.Run(fmt.Sprint(rate), func(b *testing.B) {
			e := benchEndpoint(b, func(c *Call) {
				if c.Answer(newSound(40010)) == nil {
					<-c.Done()
				}
			})
			for range b.N {
				calls := rate * benchSeconds
				folder := b.TempDir()
				cmd := exec.Command("sipp", "-sn", "uac", "-i", "127.0.0.1", "-r", fmt.Sprint(rate), "-m", fmt.Sprint(calls), "-l", "20000", "-d", "0", "-nostdin", "-trace_stat", "-buff_size", "1048576", e.Addr().String())
				cmd.Dir = folder
				before := spent()
				if out, err := cmd.CombinedOutput(); err != nil && len(out) == 0 {
					b.Fatal(err)
				}
				s := statistics(b, folder)
				b.ReportMetric(float64(s["FailedCall(C)"]), "failed")
				b.ReportMetric(float64(s["Retransmissions(C)"]), "sent-again")
				b.ReportMetric(float64((spent()-before).Microseconds())/float64(calls), "µs-cpu/call")
			}
		})
	}
}

// BenchmarkCallsPlaced: we call sipp.
func BenchmarkCallsPlaced(b *testing.B) {
	for _, rate := range benchRates {
		b.Run(fmt.Sprint(rate), func(b *testing.B) {
			e := benchEndpoint(b, nil)
			for range b.N {
				benchPlaced(b, e, rate)
			}
		})
	}
}

func benchPlaced(b *testing.B, e *Endpoint, rate int) {
	free, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	at := free.LocalAddr().(*net.UDPAddr)
	free.Close()
	folder, calls := b.TempDir(), rate*benchSeconds
	cmd := exec.Command("sipp", "-sn", "uas", "-i", "127.0.0.1", "-p", fmt.Sprint(at.Port), "-nostdin", "-trace_stat", "-fd", "1", "-m", fmt.Sprint(calls), "-buff_size", "1048576")
	cmd.Dir = folder
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	untilTaken(b, at)
	before := spent()
	var all sync.WaitGroup
	var mu sync.Mutex
	failed := 0
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for placed := 0; placed < calls; {
		<-tick.C
		for range rate / 100 {
			placed++
			all.Go(func() {
				c, err := e.Place(context.Background(), Invite{To: "sip:100@" + at.String(), Media: newSound(40002)})
				if err == nil {
					select {
					case <-c.Answered():
						c.Hangup()
					case <-c.Done():
					}
					<-c.gone
				}
				if err != nil || c.Ending().Why != Bye {
					mu.Lock()
					failed++
					mu.Unlock()
				}
			})
		}
	}
	all.Wait()
	used := spent() - before
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		_ = cmd.Process.Kill()
		<-done
	}
	b.ReportMetric(float64(failed), "failed")
	b.ReportMetric(float64(statistics(b, folder)["Retransmissions(C)"]), "sent-again")
	b.ReportMetric(float64(used.Microseconds())/float64(calls), "µs-cpu/call")
}
