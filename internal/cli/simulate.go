package cli

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"waihu/internal/sim/dialing"
)

// simulateCmd plays worlds.
type simulateCmd struct {
	Pacing simulatePacingCmd `cmd:"" help:"Compare ways of pacing on simulated floors: progressive, Erlang, VICIdial's rule, a tuned ratio, Waihu, and one who knows everything."`
	Floor  simulateFloorCmd  `cmd:"" help:"Run a whole shift on this machine: books, a carrier that plays, the service, and simulated agents at its desks; tell what came of it."`
	Agents simulateAgentsCmd `cmd:"" help:"Let simulated agents work for a campaign of a running service, with telephones of their own."`
}

// simulatePacingCmd compares ways of pacing.
type simulatePacingCmd struct {
	Sizes    []int    `default:"2,3,5,10,20" help:"Numbers of agents, up to 300." placeholder:"N"`
	Cases    []string `default:"base" help:"Cases by name, or all." placeholder:"CASE"`
	Seeds    int      `default:"5" help:"Seeds of each cell, of 100 that are frozen."`
	Shifts   int      `help:"Shifts of a campaign; otherwise 20 over the agents, from 1 to 4."`
	Frontier bool     `help:"Also move each way's own setting, in the first case, for the plots of frontiers; at most 20 seeds."`
	Optimal  bool     `help:"Also work out the best possible for up to 8 agents, in a world that can be solved."`
	Out      string   `help:"Write table, JSON and plots into this folder." type:"path" placeholder:"DIR"`
	JSON     bool     `help:"Write the result as JSON."`
}

// Run compares.
func (c *simulatePacingCmd) Run(e *env) error {
	cases, err := dialing.Named(c.Cases)
	if err != nil {
		return coded{exitUsage, err}
	}
	setup := dialing.Setup{Cases: cases, Sizes: slices.Compact(slices.Sorted(slices.Values(c.Sizes))), Seeds: c.Seeds, Shifts: c.Shifts, Frontier: c.Frontier, Optimal: c.Optimal}
	if err := setup.Check(); err != nil {
		return coded{exitUsage, err}
	}
	setup.Progress = func(done, of int) { fmt.Fprintf(e.Err, "%d of %d floors played\n", done, of) }
	r, err := dialing.Compare(e.ctx, &setup)
	if err != nil {
		return err
	}
	if c.Out != "" {
		if err := c.save(r); err != nil {
			return err
		}
	}
	if c.JSON {
		return writeJSON(e.Out, r)
	}
	_, err = fmt.Fprintln(e.Out, strings.TrimSpace(r.Markdown()))
	return err
}

// save writes every form of the result.
func (c *simulatePacingCmd) save(r *dialing.Result) error {
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return err
	}
	plots := r.Plots()
	for _, name := range slices.Sorted(maps.Keys(plots)) {
		if err := toFile(filepath.Join(c.Out, name), func(w io.Writer) error { _, err := io.WriteString(w, plots[name]); return err }); err != nil {
			return err
		}
	}
	if err := toFile(filepath.Join(c.Out, "pacing.json"), func(w io.Writer) error { return writeJSON(w, r) }); err != nil {
		return err
	}
	return toFile(filepath.Join(c.Out, "pacing.md"), func(w io.Writer) error { _, err := io.WriteString(w, r.Markdown()); return err })
}
