package cli

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/serve"
)

// companyLimitsCmd sets the bounds of a company's calls. All are set at once:
// what is not given is not bounded.
type companyLimitsCmd struct {
	configFlags
	Company string   `arg:"" help:"Which: co_..."`
	Calls   int      `help:"Calls at once." placeholder:"N"`
	Rate    int      `help:"Calls begun in any second." placeholder:"N"`
	Spend   string   `help:"Most that calls of one UTC day may cost, tax included: 100.00 CNY." placeholder:"AMOUNT"`
	Classes []string `help:"Classes of destination, such as mobile,landline." placeholder:"CLASS"`
	Open    bool     `help:"Lift all bounds."`
}

// Run sets the bounds, or shows them where none is given.
func (c *companyLimitsCmd) Run(e *env) error {
	limits := app.CallLimits{Calls: c.Calls, Rate: c.Rate, Classes: c.Classes}
	if c.Spend != "" {
		amount, code, _ := strings.Cut(c.Spend, " ")
		currency, err := money.ParseCurrency(code)
		if err == nil {
			limits.Spend, err = money.Parse(amount, currency)
		}
		if err != nil {
			return coded{exitUsage, fmt.Errorf("--spend %s: expected an amount and its currency, such as 100.00 CNY", c.Spend)}
		}
	}
	if !c.Open && reflect.ValueOf(limits).IsZero() {
		return c.show(e)
	}
	return c.mark(e, c.Company, "company.limits", "the calls of %s are bounded as you say\n", func(ctx context.Context, b *serve.Books, of id.Company) error {
		return b.System.SetCallLimits(ctx, of, limits)
	})
}

func (c *companyLimitsCmd) show(e *env) error {
	of, err := companyOf(c.Company)
	if err != nil {
		return err
	}
	return c.withBooks(e, func(_ *serve.Config, b *serve.Books) error {
		limits, err := b.System.CallLimitsOf(e.ctx, of)
		if err != nil {
			return err
		}
		return writeJSON(e.Out, limits)
	})
}
