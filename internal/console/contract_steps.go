package console

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/life"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// contractStep is something that is done to a contract: it is asked for in a
// form, shown with what it changes in money, and done when that was seen.
type contractStep struct {
	verb string
	may  access.Permission
	in   []life.State
	// read turns the form into what is done; day is what the consequences are
	// shown around.
	read func(*Server, *visit, *form, *app.ContractView) (do doStep, day timex.Date)
	// tell says what it means, beside the amounts. Table: whether periods are
	// billed before and behind it.
	tell  func(*Server, *visit, *form, *app.ContractView) ([]string, error)
	table bool
}

// doStep does it; transactions of the context join.
type doStep func(context.Context) (app.Agreement, error)

func contractSteps() []contractStep {
	serving := []life.State{life.Running, life.Notice}
	return []contractStep{
		{verb: "sign", may: access.ContractSign, in: []life.State{life.Quoted}, read: readSign, tell: tellBound},
		{verb: "withdraw", may: access.ContractQuote, in: []life.State{life.Quoted}, read: readWithdraw, tell: tellNothing},
		{verb: "start", may: access.ContractSign, in: []life.State{life.Signed}, read: readStart, tell: tellBound},
		{verb: "amend", may: access.ContractAmend, in: []life.State{life.Signed, life.Running}, read: readAmend, tell: tellAmend, table: true},
		{verb: "renew", may: access.ContractAmend, in: []life.State{life.Running}, read: readRenew, tell: tellRenew, table: true},
		{verb: "notice", may: access.ContractCancel, in: []life.State{life.Running}, read: readNotice, tell: tellNotice, table: true},
		{verb: "cancel", may: access.ContractCancel, in: serving, read: readCancel, tell: tellCancel, table: true},
	}
}

// stepBody is the form of a step, or what it would change.
type stepBody struct {
	Verb       string
	Form       *form
	View       *app.ContractView
	Back       string
	Why        string
	Refused    string
	Sure       bool // it was looked at: the button does it
	Rows       []app.Consequence
	Sentences  []string
	Hidden     []option // what was filled in, sent again with the confirmation
	Kind       string   // of an amendment
	Kinds      []Link
	Quantities []option
	Prices     []option
	Modules    []option
}

func (s *Server) stepPage(w http.ResponseWriter, v *visit, status int, b *stepBody) error {
	b.Back, b.Why = v.contractAt(b.View.Agreement.ID, ""), v.say("contract.why_"+b.Verb)
	if _, err := b.Form.Once(); err != nil {
		return err
	}
	if b.Verb == "amend" {
		v.amendChoices(b)
	}
	s.render(w, v, status, "step", &Page{Title: v.say("contract.do_" + b.Verb), Lead: b.View.Agreement.Contract, Here: v.at("/contracts"),
		Crumbs: v.crumbs(Link{v.say("nav.contracts"), v.at("/contracts")}, Link{b.View.Agreement.Contract, b.Back}), Body: b})
	return nil
}

// stepForm shows the form of a step.
func (s *Server) stepForm(step contractStep) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		c, err := s.lookAt(v)
		if err != nil {
			return err
		}
		f := v.blank("on", c.Today.String())
		switch step.verb {
		case "cancel":
			f.Values.Set("ends", max(c.Today, c.Agreement.BilledTo+1).String())
		case "amend":
			v.amendBlank(f, c)
		case "renew":
			f.Values.Set("end", v.nextTerm(c).String())
		}
		return s.stepPage(w, v, http.StatusOK, &stepBody{Verb: step.verb, Form: f, View: c, Kind: r.URL.Query().Get("kind")})
	}
}

// takeStepOf shows what a step would change, or does it once that was seen.
func (s *Server) takeStepOf(step contractStep) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		c, err := s.lookAt(v)
		if err != nil {
			return err
		}
		f, err := v.formWithFile(w, "document", "document_sha256")
		if err != nil {
			return err
		}
		b := &stepBody{Verb: step.verb, Form: f, View: c, Kind: f.Value("kind")}
		do, day := step.read(s, v, f, c)
		if !f.OK() {
			return s.stepPage(w, v, http.StatusUnprocessableEntity, b)
		}
		if f.Value("sure") == "" {
			return s.showStep(w, v, step, b, do, day)
		}
		err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
			after, err := do(ctx)
			return access.Deed{Action: "contract." + step.verb, Target: c.Agreement.ID.Named("con"), Before: c.Agreement, After: after}, v.contractAt(c.Agreement.ID, ""), err
		})
		return s.refusedStep(w, v, b, err)
	}
}

// showStep does the step, bills what it changes and undoes it.
func (s *Server) showStep(w http.ResponseWriter, v *visit, step contractStep, b *stepBody, do doStep, day timex.Date) error {
	c := b.View
	if step.table {
		rows, err := s.d.System.Consequence(v.r.Context(), v.company, c.Agreement.ID, day, func(ctx context.Context) error {
			_, err := do(ctx)
			return err
		})
		if err != nil {
			return s.refusedStep(w, v, b, err)
		}
		b.Rows = rows
	}
	var err error
	if b.Sentences, err = step.tell(s, v, b.Form, c); err != nil {
		return s.refusedStep(w, v, b, err)
	}
	b.Sure = true
	for name, values := range b.Form.Values {
		if name != "once" && name != "sure" && name != "document" {
			b.Hidden = append(b.Hidden, option{"value": values[0], "label": name})
		}
	}
	sortOptions(b.Hidden)
	return s.stepPage(w, v, http.StatusOK, b)
}

// refusedStep shows the form again with what stood in the way.
func (s *Server) refusedStep(w http.ResponseWriter, v *visit, b *stepBody, err error) error {
	if err == nil {
		return nil
	}
	status := http.StatusConflict
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Overflow:
		status = http.StatusUnprocessableEntity
	case fault.Conflict, fault.Mismatch, fault.Unpriced, fault.Unknown:
	default:
		return err
	}
	b.Refused, b.Sure, b.Rows = err.Error(), false, nil
	return s.stepPage(w, v, status, b)
}

func readSign(s *Server, v *visit, f *form, c *app.ContractView) (doStep, timex.Date) {
	on, hash := f.dayOr("on"), f.optional("document_sha256", 64)
	if b, err := hex.DecodeString(hash); err != nil || len(b) != sha256.Size {
		f.wrong("document", "contract.hash_needed")
	}
	return func(ctx context.Context) (app.Agreement, error) {
		return s.d.System.Sign(ctx, v.company, app.Sign{Contract: c.Agreement.ID, Document: hash, On: on})
	}, on
}

func readWithdraw(s *Server, v *visit, f *form, c *app.ContractView) (doStep, timex.Date) {
	on := f.dayOr("on")
	return func(ctx context.Context) (app.Agreement, error) {
		return s.d.System.Withdraw(ctx, v.company, c.Agreement.ID, on)
	}, on
}

func readStart(s *Server, v *visit, f *form, c *app.ContractView) (doStep, timex.Date) {
	on := f.dayOr("on")
	return func(ctx context.Context) (app.Agreement, error) {
		return s.d.System.Start(ctx, v.company, c.Agreement.ID, on)
	}, on
}

func readNotice(s *Server, v *visit, f *form, c *app.ContractView) (doStep, timex.Date) {
	on, wished := f.dayOr("on"), f.dayOr("ends")
	day := wished
	if day == 0 && c.Exit != nil {
		day = c.Exit.On
	}
	return func(ctx context.Context) (app.Agreement, error) {
		return s.d.System.GiveNotice(ctx, v.company, c.Agreement.ID, on, wished)
	}, day - 1
}

func readCancel(s *Server, v *visit, f *form, c *app.ContractView) (doStep, timex.Date) {
	on, ends := f.dayOr("on"), f.date("ends")
	return func(ctx context.Context) (app.Agreement, error) {
		return s.d.System.Cancel(ctx, v.company, c.Agreement.ID, on, ends)
	}, ends - 1
}

func tellNothing(_ *Server, v *visit, _ *form, _ *app.ContractView) ([]string, error) {
	return []string{v.say("contract.c_nothing")}, nil
}

// tellBound says what a contract binds to, used or not.
func tellBound(_ *Server, v *visit, _ *form, c *app.ContractView) ([]string, error) {
	return v.bound(c), nil
}

func (v *visit) bound(c *app.ContractView) []string {
	out := []string{v.say("contract.c_fixed", "amount", lang.Money(v.Tag, c.Checked.Fixed), "date", c.Contract.Start.String(), "known", given(!c.Checked.Known, "no"))}
	if c.Periods > 0 {
		end := c.Contract.Term.From(c.Contract.Start)
		out = append(out, v.say("contract.c_least", "n", itoa(c.Periods), "date", (end-1).String(), "amount", lang.Money(v.Tag, c.Least)))
	}
	if r := v.renewal(c.Contract.Renewal); r != "" {
		out = append(out, r)
	}
	return out
}

func tellNotice(_ *Server, v *visit, f *form, c *app.ContractView) ([]string, error) {
	if c.Exit == nil {
		return nil, nil
	}
	end := max(c.Exit.On, f.dayOr("ends"))
	return append([]string{v.say("contract.c_ends", "date", (end - 1).String())}, v.clauses(c.Exit.Clauses)...), nil
}

// tellCancel says what leaving early costs beside waiting.
func tellCancel(s *Server, v *visit, f *form, c *app.ContractView) ([]string, error) {
	out := []string{v.say("contract.c_early", "date", (f.date("ends") - 1).String())}
	if c.Exit != nil {
		out = append(out, v.say("contract.c_wait", "date", (c.Exit.On-1).String()))
	}
	return out, nil
}

// nextTerm is the day after the last of one more term.
func (v *visit) nextTerm(c *app.ContractView) timex.Date {
	end := c.Agreement.Life.TermTo
	if end == 0 {
		end = c.Today
	}
	term := c.Contract.Term
	if r := c.Contract.Renewal; r != nil && !r.Term.IsZero() {
		term = r.Term
	}
	if term.IsZero() {
		return end.AddMonths(12)
	}
	return term.From(end)
}

// tellRenew says what the longer term binds to.
func tellRenew(s *Server, v *visit, f *form, c *app.ContractView) ([]string, error) {
	from := max(c.Agreement.Life.TermTo, c.Today)
	n, least, err := s.d.System.LeastBetween(v.r.Context(), v.company, c.Agreement.ID, from, f.date("end"))
	if err != nil {
		return nil, err
	}
	return []string{v.say("contract.c_least", "n", itoa(n), "date", (f.date("end") - 1).String(), "amount", lang.Money(v.Tag, least))}, nil
}
