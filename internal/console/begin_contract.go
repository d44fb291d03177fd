package console

import (
	"context"
	"errors"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// errNoCompany says that a step needs a company first.
var errNoCompany = fault.New(fault.NotFound, "there is no company yet")

// beginContract asks for the first contract.
func (s *Server) beginContract(w http.ResponseWriter, r *http.Request, v *visit) error {
	if v.company.IsZero() {
		return errNoCompany
	}
	f := v.blank("plan", r.URL.Query().Get("plan"), "word", "C-001", "buyer", v.about.Name, "start", firstOfMonth().String(), "months", "12", "payment", "30", "auto", "1", "notice", "30", "sign", "1")
	return s.contractStepPage(w, v, http.StatusOK, &beginBody{Form: f})
}

func (s *Server) contractStepPage(w http.ResponseWriter, v *visit, status int, b *beginBody) error {
	plans, err := s.newestPlans(v.r.Context(), id.Platform)
	if err != nil {
		return err
	}
	if len(plans) == 0 {
		v.redirect(w, "/begin/plan?company="+v.company.Named("co"))
		return nil
	}
	b.Step, b.Contract = "contract", &newBody{Form: b.Form}
	if b.Form.Value("plan") == "" {
		b.Form.Values.Set("plan", plans[0].Name())
	}
	for i := range plans {
		b.Contract.Plans = append(b.Contract.Plans, option{"value": plans[i].Name(), "label": plans[i].Name()})
		if plans[i].Name() == b.Form.Value("plan") {
			b.Contract.choices(v, &plans[i])
		}
	}
	return s.beginPage(w, v, status, b)
}

// takeFirst quotes the contract, and signs and starts it if both sides agreed on
// it, all in one transaction.
func (s *Server) takeFirst(w http.ResponseWriter, _ *http.Request, v *visit) error {
	if v.company.IsZero() {
		return errNoCompany
	}
	f, err := v.form(w)
	if err != nil {
		return err
	}
	b := &beginBody{Form: f}
	if f.Value("do") == "plan" {
		return s.contractStepPage(w, v, http.StatusOK, b)
	}
	v.writeContract(f)
	text := f.Value("file")
	f.Values.Del("file")
	start := f.date("start")
	if !f.OK() {
		return s.contractStepPage(w, v, http.StatusUnprocessableEntity, b)
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		sign, action := f.Value("sign") != "", "contract.quote"
		if sign {
			action = "contract.sign"
		}
		a, err := s.agree(ctx, v, text, sign, start)
		return access.Deed{Action: action, Target: a.ID.Named("con"), After: a}, "/begin/usage?company=" + v.company.Named("co"), err
	})
	if err == nil {
		return nil
	}
	status := http.StatusUnprocessableEntity
	switch k := fault.KindOf(err); {
	case errors.As(err, &b.Problems):
	case k == fault.Invalid || k == fault.NotFound:
		b.Refused = err.Error()
	case k == fault.Conflict:
		b.Refused, status = err.Error(), http.StatusConflict
	default:
		return err
	}
	return s.contractStepPage(w, v, status, b)
}

// agree quotes a text, and where it was agreed on signs and starts it. What is
// signed is that very text: its digest stands for the document.
func (s *Server) agree(ctx context.Context, v *visit, text string, sign bool, start timex.Date) (app.Agreement, error) {
	a, err := s.d.System.Quote(ctx, v.company, app.Quote{File: text})
	if err != nil || !sign {
		return a, err
	}
	if a, err = s.d.System.Sign(ctx, v.company, app.Sign{Contract: a.ID, Document: digestOf(text)}); err != nil {
		return a, err
	}
	deals, err := s.d.System.Deals(ctx, v.company)
	if d := dealByID(deals, a.ID); err != nil || d == nil || start > d.Today {
		return a, err // it begins by itself on no day: the page of the contract starts it
	}
	return s.d.System.Start(ctx, v.company, a.ID, 0)
}
