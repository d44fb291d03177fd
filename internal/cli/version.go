package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"text/tabwriter"

	"waihu/internal/usage/cdr"
)

// versionCmd prints what was built.
type versionCmd struct{}

func (versionCmd) Run(e *env) error {
	revision, modified := "unknown", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				revision = s.Value[:min(len(s.Value), 12)]
			case s.Key == "vcs.modified" && s.Value == "true":
				modified = " (modified)"
			}
		}
	}
	fmt.Fprintf(e.Out, "waihu %s%s, %s %s/%s\n", revision, modified, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}

// formatsCmd lists record formats.
type formatsCmd struct{}

func (formatsCmd) Run(e *env) error {
	w := tabwriter.NewWriter(e.Out, 0, 0, 2, ' ', 0)
	for _, f := range cdr.Formats() {
		fmt.Fprintf(w, "%s\t%s\n", f.Name, f.Title)
	}
	return w.Flush()
}
