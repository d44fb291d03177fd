package cli

import (
	"context"
	"fmt"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/serve"
	"waihu/internal/store"
)

// companyCmd is about one company's books as a whole.
type companyCmd struct {
	Leave companyLeaveCmd `cmd:"" help:"Close the books of a company, because they go on in another installation."`
	Stay  companyStayCmd  `cmd:"" help:"Open them again."`

	Limits companyLimitsCmd `cmd:"" help:"Bound the calls a company places through us, or show the bounds."`
}

type companyLeaveCmd struct {
	configFlags
	Company string `arg:"" help:"Which: co_..."`
}

// Run closes the books of a company.
func (c *companyLeaveCmd) Run(e *env) error {
	return c.mark(e, c.Company, "company.leave", "nothing is booked, billed or priced for %s here from now on: waihu export --company %[1]s --move takes it along\n",
		func(ctx context.Context, b *serve.Books, of id.Company) error { return b.System.Leave(ctx, of) })
}

type companyStayCmd struct {
	configFlags
	Company string `arg:"" help:"Which: co_..."`
}

// Run opens the books of a company again.
func (c *companyStayCmd) Run(e *env) error {
	return c.mark(e, c.Company, "company.stay", "the books of %s are open\n", func(ctx context.Context, b *serve.Books, of id.Company) error { return b.System.Stay(ctx, of) })
}

// mark does one of both, with its deed in the audit log.
func (f *configFlags) mark(e *env, text, action, says string, do func(context.Context, *serve.Books, id.Company) error) error {
	of, err := companyOf(text)
	if err != nil {
		return err
	}
	return f.withBooks(e, func(_ *serve.Config, b *serve.Books) error {
		err := b.DB.Update(e.ctx, func(tx store.Tx) error {
			if of == id.Platform {
				return fault.New(fault.Invalid, "the company was expected: co_...")
			}
			if err := do(store.Within(e.ctx, tx), b, of); err != nil {
				return err
			}
			return access.Record(tx, access.System("command line"), access.Deed{Company: of, Action: action, Target: of.Named("co")})
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.Out, says, of.Named("co"))
		return err
	})
}
