// Package cli turns command lines into use cases and their results into text,
// JSON and exit codes.
//
// It owns flags, help, progress and exit codes. It does not own what a command
// does (package app) nor how documents look (package document).
//
// What always holds: results go to standard output, everything else to standard
// error; a command that is told --json writes JSON and nothing else there.
//
//	0  done
//	1  the input is wrong, or the work could not be done; the message says what to do
//	2  the command line is wrong
//	3  done, but something needs a decision: unpriced usage, rejected records, unknown prices
//	4  a check found a difference (verify, audit, plan diff --exit-code)
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/alecthomas/kong"

	"waihu/internal/charging/cheapest"
	"waihu/internal/fault"
)

// Exit codes.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUsage    = 2
	exitDecide   = 3
	exitMismatch = 4
)

// Streams are what a command reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// grammar is every command.
type grammar struct {
	Bill         billCmd         `cmd:"" help:"Charge usage by a plan or contract and explain every amount."`
	Credit       creditCmd       `cmd:"" help:"Make a credit note on an issued invoice, whole or in part."`
	Verify       verifyCmd       `cmd:"" help:"Make an invoice again from facts and plan, or a credit note from its invoice, and compare every figure."`
	Audit        auditCmd        `cmd:"" help:"Audit a vendor's bill against contract and records, cause by cause."`
	Contract     contractCmd     `cmd:"" help:"Check what a contract leaves open."`
	Compare      compareCmd      `cmd:"" help:"Which offer is cheapest for how you really call, why, and what is hidden in it."`
	Plan         planCmd         `cmd:"" help:"Check, explain and compare plans."`
	Offer        offerCmd        `cmd:"" help:"Check, explain and write vendors' offers."`
	Facts        factsCmd        `cmd:"" help:"Read call records of any supported system and write them as usage facts."`
	Formats      formatsCmd      `cmd:"" help:"List the record formats that are understood."`
	Demo         demoCmd         `cmd:"" help:"Show a living company: a year of three firms, in the browser."`
	Man          manCmd          `cmd:"" help:"Print manual pages."`
	Call         callCmd         `cmd:"" help:"Place a test call, play and record, and tell what came of it."`
	Running      runningCmd      `cmd:"" help:"List the calls that run in a service, and hear, hold, hand over or end one."`
	Announcement announcementCmd `cmd:"" help:"Label recordings of what carriers say, and hear what is in a recording."`
	Carrier      carrierCmd      `cmd:"" help:"Play a carrier: answers, busy, machines and bad lines by a script, to call and test against."`
	Compliance   complianceCmd   `cmd:"" help:"List the rules about calling with their sources, and ask whether a number may be called now."`
	Script       scriptCmd       `cmd:"" help:"Check scripts of what agents say and ask, and walk through them."`
	Version      versionCmd      `cmd:"" help:"Print version and build."`
	Simulate     simulateCmd     `cmd:"" help:"Play simulated floors, to compare ways of pacing."`
	Profile      profileCmd      `cmd:"" help:"Describe usage, make facts of a description, forecast the next months."`
	Seats        seatsCmd        `cmd:"" help:"Say how many seats a load of calls needs, month by month, and why."`
	Cheapest     cheapestCmd     `cmd:"" help:"Find the smallest bill possible among offers for this usage."`
	Advise       adviseCmd       `cmd:"" help:"Say what was wasted in a period, and what a change of size would have saved."`
	Serve        serveCmd        `cmd:"" help:"Run the service: keep the books, serve the interface."`
	Config       configCmd       `cmd:"" help:"Print the service's configuration and where each value came from."`
	Doctor       doctorCmd       `cmd:"" help:"Examine the installation and every rule of its books, or what calls need."`
	Backup       backupCmd       `cmd:"" help:"Copy the books while the service runs."`
	Restore      restoreCmd      `cmd:"" help:"Put a copy into an empty data folder."`
	Leads        leadsCmd        `cmd:"" help:"Bring in lists of leads, and numbers nobody may call."`
	Report       reportCmd       `cmd:"" help:"Tell a report of calling: campaigns, agents, conversion, best hours, calling numbers, trunks, quality, the ledger of abandoned calls."`
	Company      companyCmd      `cmd:"" help:"Bound the calls of a company; close its books when it moves to another installation, or open them again."`
	Export       exportCmd       `cmd:"" help:"Write everything, or all of a company, into an archive."`
	Import       importCmd       `cmd:"" help:"Read an archive of everything into an empty database, or one company beside others, SQLite or PostgreSQL."`
	User         userCmd         `cmd:"" help:"Let people in, from the service's own machine."`
	Key          keyCmd          `cmd:"" help:"Make and end API keys, from the service's own machine."`
}

// env is what commands get from outside.
type env struct {
	ctx context.Context
	Streams
}

// coded is an error that asks for its own exit code.
type coded struct {
	code int
	err  error
}

func (c coded) Error() string { return c.err.Error() }
func (c coded) Unwrap() error { return c.err }

// Run runs one command line and gives its exit code. It never panics over.
func Run(ctx context.Context, args []string, s Streams) (code int) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Fprintf(s.Err, "waihu: internal error: %v\nThis is a fault of the program; please report it with the command line you used.\n", r)
			code = exitFailed
		}
	}()
	var g grammar
	stopped := -1
	parser, err := newParser(&g, s, func(c int) { stopped = c })
	if err != nil {
		fmt.Fprintln(s.Err, "waihu:", err)
		return exitFailed
	}
	cmd, err := parser.Parse(args)
	if stopped >= 0 {
		return stopped
	}
	if err != nil {
		fmt.Fprintf(s.Err, "waihu: %v\nRun waihu --help to see the commands.\n", err)
		return exitUsage
	}
	err = cmd.Run(&env{ctx: ctx, Streams: s})
	return report(s.Err, err)
}

// newParser reads command lines into a grammar.
func newParser(g *grammar, s Streams, exit func(int)) (*kong.Kong, error) {
	return kong.New(g, kong.Name("waihu"), kong.Vars{"bills": strconv.Itoa(cheapest.DefaultBills)}, kong.Description("Outbound calling that says what it costs, and why."),
		kong.Writers(s.Out, s.Err), kong.Exit(exit), kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}))
}

// report prints an error for a person and picks the exit code.
func report(w io.Writer, err error) int {
	if err == nil {
		return exitDone
	}
	var c coded
	if errors.As(err, &c) {
		if c.err != nil && c.err.Error() != "" {
			fmt.Fprintln(w, c.err)
		}
		return c.code
	}
	var ps fault.Problems
	if errors.As(err, &ps) {
		for _, p := range ps {
			fmt.Fprintln(w, p)
		}
		fmt.Fprintf(w, "%d %s\n", len(ps), plural(len(ps), "problem", "problems"))
		return exitFailed
	}
	fmt.Fprintln(w, "waihu:", err)
	return exitFailed
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
