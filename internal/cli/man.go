package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"waihu/internal/fault"
)

// manCmd prints the manual pages, made of the commands themselves.
type manCmd struct {
	Command []string `arg:"" optional:"" help:"Command to tell about: bill, plan; absent: all of waihu."`
	Out     string   `help:"Folder for the pages of all commands." placeholder:"DIR"`
}

// Run prints one page as man reads it (waihu man bill | man -l -), or writes all.
func (c *manCmd) Run(e *env) error {
	var g grammar
	parser, err := newParser(&g, e.Streams, func(int) {})
	if err != nil {
		return err
	}
	pages := manualPages(parser.Model)
	if c.Out == "" {
		name := strings.Join(append([]string{"waihu"}, c.Command...), "-")
		page, ok := pages[name+".1"]
		if !ok {
			return fault.New(fault.NotFound, "there is no command %q: waihu --help lists them", strings.Join(c.Command, " "))
		}
		_, err := e.Out.Write(page)
		return err
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return err
	}
	for name, page := range pages {
		if err := os.WriteFile(filepath.Join(c.Out, name), page, 0o644); err != nil {
			return err
		}
	}
	fmt.Fprintf(e.Out, "%d manual pages in %s\n", len(pages), c.Out)
	return nil
}

// manualPages are the pages of waihu and of each of its commands by file name.
func manualPages(m *kong.Application) map[string][]byte {
	out := map[string][]byte{"waihu.1": manualPage(m.Node, m.Help)}
	for _, n := range m.Node.Children {
		if !n.Hidden {
			out["waihu-"+n.Name+".1"] = manualPage(n, n.Help)
		}
	}
	return out
}

// manualPage is one page in the language of man.
func manualPage(n *kong.Node, what string) []byte {
	var b bytes.Buffer
	name := strings.ReplaceAll(n.FullPath(), " ", "-")
	fmt.Fprintf(&b, ".\\\" Made by waihu man; change the commands, not this file.\n.TH %s 1 \"\" Waihu \"User Commands\"\n.SH NAME\n%s \\- %s\n.SH SYNOPSIS\n", strings.ToUpper(name), name, roff(strings.TrimSuffix(what, ".")))
	leaves := n.Leaves(true)
	if n.Type == kong.ApplicationNode {
		fmt.Fprintf(&b, ".B waihu\n.I command\n.RI [ arguments ]\n.SH COMMANDS\n")
		for _, c := range n.Children {
			if !c.Hidden {
				fmt.Fprintf(&b, ".TP\n.BR waihu\\-%s (1)\n%s\n", roff(c.Name), roff(c.Help))
			}
		}
		fmt.Fprint(&b, exitCodes, seeDocs)
		return b.Bytes()
	}
	if len(leaves) == 0 {
		leaves = []*kong.Node{n}
	}
	for i, leaf := range leaves {
		if i > 0 {
			b.WriteString(".br\n")
		}
		fmt.Fprintf(&b, ".B %s\n%s\n", roff(leaf.FullPath()), roff(strings.TrimSpace(strings.TrimPrefix(leaf.Summary(), strings.TrimPrefix(leaf.FullPath(), "waihu ")))))
	}
	b.WriteString(".SH DESCRIPTION\n" + roff(what) + "\n")
	for _, leaf := range leaves {
		manualLeaf(&b, leaf, leaf != n)
	}
	fmt.Fprint(&b, exitCodes, seeDocs)
	return b.Bytes()
}

// manualLeaf tells the arguments and flags of a command that can be run.
func manualLeaf(b *bytes.Buffer, n *kong.Node, named bool) {
	if named {
		fmt.Fprintf(b, ".SH %s\n%s\n", roff(strings.ToUpper(n.FullPath())), roff(n.Help))
	} else {
		b.WriteString(".SH OPTIONS\n")
	}
	for _, a := range n.Positional {
		fmt.Fprintf(b, ".TP\n.I %s\n%s\n", roff(a.Name), roff(a.Help))
	}
	flags := slices.Clone(n.Flags)
	for _, f := range flags {
		if f.Hidden || f.Name == "help" {
			continue
		}
		label := f.String()
		fmt.Fprintf(b, ".TP\n.B %s\n%s\n", roff(label), roff(f.Help))
	}
}

// roff is text that man shows as it is.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "’", "'").Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}

const exitCodes = `.SH EXIT STATUS
.TP
.B 0
done
.TP
.B 1
the input is wrong, or the work could not be done
.TP
.B 2
the command line is wrong
.TP
.B 3
done, but something needs a decision
.TP
.B 4
a check found a difference
`

const seeDocs = `.SH SEE ALSO
.BR waihu (1);
the manual at /docs of a running service.
`
