// Command bench measures Waihu against its goals and against other ways to do
// the same work, and says of each goal whether it is met.
//
//	go run . all | rating | csv | memory | compare | stores | http | reads | bridge | leads
package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

const usageText = `usage: bench [flags] all | rating | csv | memory | compare | stores | http | reads | bridge | leads

  rating   calls in memory over a deck of 200,000 prefixes
  csv      a Master.csv of a million rows, file to totals, beside other engines
  memory   ten million calls through "waihu bill"
  compare  twenty offers under a million calls, beside SQLite and PostgreSQL
  stores   usage kept, rated and booked in SQLite and PostgreSQL
  http     the same through the running service, as CloudEvents
  reads    every list and page among millions of calls that are kept
  bridge   calls that are bridged, recorded and analysed, beside rtpengine
  leads    a list of leads from its file into SQLite, beside the least SQLite can do
`

// options are how much is measured.
type options struct {
	runs int    // of each measurement; the median counts
	rows int    // of the CSV file
	many int    // calls of the memory measurement
	dir  string // for files made on the way

	batches int    // of a thousand calls, kept in each database
	calls   int    // that reading is measured among
	books   string // folder of books that are read; kept
	server  bool   // they are in PostgreSQL

	bridged string        // how many calls are bridged, one run each
	lasting time.Duration // of each run
}

func main() { os.Exit(run()) }

func run() int {
	o := options{}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&o.runs, "runs", 7, "runs of each measurement; the median counts")
	flags.IntVar(&o.rows, "rows", 1_000_000, "rows of the CSV file")
	flags.IntVar(&o.many, "many", 10_000_000, "calls of the memory measurement")
	flags.IntVar(&o.batches, "batches", 1000, "batches of a thousand calls kept in each database")
	flags.IntVar(&o.calls, "calls", 1_000_000, "calls that are kept before reading is measured")
	flags.StringVar(&o.books, "books", "", "folder of books to read: filled where it is empty, and kept; made and removed if absent")
	flags.BoolVar(&o.server, "server", false, "books that are read are in a PostgreSQL of our own, and removed")
	flags.StringVar(&o.bridged, "bridged", "400,600,800", "calls that are bridged, one run each; the first has goals")
	flags.DurationVar(&o.lasting, "lasting", time.Minute, "how long they talk")
	flags.StringVar(&o.dir, "dir", "", "folder for the files made on the way; a temporary one if absent")
	flags.Usage = func() { fmt.Fprint(os.Stderr, usageText); flags.PrintDefaults() }
	if err := flags.Parse(os.Args[1:]); err != nil {
		return 2
	}
	if flags.Arg(0) == "bridging" { // the process that is measured by bridge
		if err := bridging(os.Stdin, os.Stdout); err != nil {
			return failed(err)
		}
		return 0
	}
	parts, known := map[string][]func(*report, options) error{
		"all": {measureRating, measureCSV, measureMemory, measureComparing, measureStores, measureHTTP}, "rating": {measureRating}, "csv": {measureCSV}, "memory": {measureMemory}, "compare": {measureComparing}, "stores": {measureStores}, "http": {measureHTTP}, "reads": {measureReads}, "bridge": {measureBridge}, "leads": {measureLeads}}[flags.Arg(0)]
	if !known || o.runs < 1 {
		flags.Usage()
		return 2
	}
	if o.dir == "" {
		dir, err := os.MkdirTemp("", "waihu-bench")
		if err != nil {
			return failed(err)
		}
		defer os.RemoveAll(dir)
		o.dir = dir
	}
	r := newReport(os.Stdout)
	for _, part := range parts {
		if err := part(r, o); err != nil {
			return failed(err)
		}
	}
	return r.close()
}

func failed(err error) int {
	fmt.Fprintln(os.Stderr, "bench:", err)
	return 1
}
