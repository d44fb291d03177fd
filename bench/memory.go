package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"waihu/internal/charging/deck"
	"waihu/internal/sim"
)

// planText is a plan of a whole year: a row a second makes ten million rows four months.
const planText = `plan: bench
version: 1
currency: CNY
time_zone: Asia/Shanghai
home_region: CN
tax: {default: voice, classes: [{id: voice, rates: [{rate: 6%}]}]}
period: {every: year}
decks:
  - {id: deck, file: deck.csv}
components:
  - {id: talk, measure: talk_time, deck: deck}
`

// measureMemory bills very many calls with the program itself, as a child that
// reads them from a pipe: nothing of it is in this process.
func measureMemory(r *report, o options) error {
	program, err := buildProgram(o.dir)
	if err != nil {
		return err
	}
	if err := writePlan(o.dir); err != nil {
		return err
	}
	began := time.Now()
	used, err := bill(program, o.dir, o.many)
	if err != nil {
		return err
	}
	wall := time.Since(began)
	peak := float64(used.Maxrss) * rssUnit / 1e6
	cpu := time.Duration(used.Utime.Nano() + used.Stime.Nano())
	r.table(fmt.Sprintf("waihu bill of %d calls from a pipe, duplicates looked for, evidence kept", o.many), []finding{
		{"most memory held (resident)", fmt.Sprintf("%.0f MB", peak), "under 300 MB", peak < 300},
		{"processor time", fmt.Sprintf("%.1f s, %.1f µs a call", cpu.Seconds(), float64(cpu.Microseconds())/float64(o.many)), "", true},
		{"on the clock, with the writing of the records", fmt.Sprintf("%.1f s", wall.Seconds()), "", true},
	})
	return nil
}

// rssUnit is what the system counts resident memory in.
const rssUnit = 1024

// buildProgram builds cmd/waihu of the module this one measures.
func buildProgram(dir string) (string, error) {
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "waihu").Output()
	if err != nil {
		return "", fmt.Errorf("go list -m waihu: %w; run this in the folder bench", err)
	}
	program := filepath.Join(dir, "waihu")
	cmd := exec.Command("go", "build", "-o", program, "./cmd/waihu")
	cmd.Dir = strings.TrimSpace(string(root))
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building waihu: %w\n%s", err, out)
	}
	return program, nil
}

func writePlan(dir string) error {
	var rows bytes.Buffer
	if err := deck.WriteCSV(&rows, centreDeck(centreRows)); err != nil {
		return err
	}
	return errors.Join(os.WriteFile(filepath.Join(dir, "plan.yaml"), []byte(planText), 0o644),
		os.WriteFile(filepath.Join(dir, "deck.csv"), rows.Bytes(), 0o644))
}

// bill runs the program and checks that it counted every call.
func bill(program, dir string, calls int) (*syscall.Rusage, error) {
	cmd := exec.Command(program, "bill", filepath.Join(dir, "plan.yaml"), "/dev/stdin", "--period", "2026", "--json", "--allow-unpriced")
	var out, messages bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &messages
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	writing := feed(in, calls)
	if err := errors.Join(writing, cmd.Wait()); err != nil {
		return nil, fmt.Errorf("waihu bill: %w\n%s", err, messages.String())
	}
	if err := counted(out.Bytes(), calls); err != nil {
		return nil, err
	}
	used, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return nil, fmt.Errorf("%s does not tell what a child used", runtime.GOOS)
	}
	return used, nil
}

func feed(in io.WriteCloser, calls int) error {
	w := bufio.NewWriterSize(in, scanBlock)
	err := sim.AsteriskCSV(w, calls, 1)
	return errors.Join(err, w.Flush(), in.Close())
}

// counted compares the number of calls the invoice names with those written.
func counted(invoice []byte, calls int) error {
	var v struct {
		Facts struct{ Calls, Outside int64 } `json:"facts"`
	}
	if err := json.Unmarshal(invoice, &v); err != nil {
		return err
	}
	if v.Facts.Calls != int64(calls) || v.Facts.Outside != 0 {
		return fmt.Errorf("the invoice counts %d calls and %d outside the period, %d were written", v.Facts.Calls, v.Facts.Outside, calls)
	}
	return nil
}
