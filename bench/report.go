package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"text/tabwriter"
)

// report prints the table as it is measured and counts the goals missed.
type report struct {
	w      io.Writer
	missed int
}

func newReport(w io.Writer) *report {
	r := &report{w: w}
	fmt.Fprintf(w, "%s %s/%s, %d cores, %s%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), processor(), load())
	return r
}

// finding is one line of the table.
type finding struct {
	what, measured string
	goal           string // empty: it has none
	met            bool
}

func (r *report) table(title string, list []finding) {
	fmt.Fprintf(r.w, "\n%s\n", title)
	t := tabwriter.NewWriter(r.w, 0, 4, 2, ' ', 0)
	for _, f := range list {
		verdict := ""
		switch {
		case f.goal == "":
		case f.met:
			verdict = "pass"
		default:
			verdict = "MISS"
			r.missed++
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", f.what, f.measured, f.goal, verdict)
	}
	_ = t.Flush() // what cannot be printed is seen to be missing
}

// close says how it went; 1 is a goal missed.
func (r *report) close() int {
	if r.missed == 0 {
		fmt.Fprintf(r.w, "\nevery goal measured is met\n")
		return 0
	}
	fmt.Fprintf(r.w, "\n%d goals missed\n", r.missed)
	return 1
}

// processor is the processor's name and load how busy the machine is, where
// the system tells: a busy machine measures badly.
func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "processor not known"
}

func load() string {
	text, _ := os.ReadFile("/proc/loadavg")
	if first, _, ok := strings.Cut(string(text), " "); ok {
		return ", load " + first
	}
	return ""
}
