package console

import (
	"context"
	"errors"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
)

// The first run of an empty installation: the first person, a company, a plan, a
// contract, and where usage comes from. Nothing of it is kept beside the books:
// which step is next is read from them, so that it can be left at any point.

// beginSteps are the steps behind the first person, in their order.
var beginSteps = []string{"company", "plan", "contract", "usage"}

// beginBody is a step of the first run.
type beginBody struct {
	Step    string
	Steps   []string
	Passed  int // steps before this one
	Form    *form
	Company *app.Company // nil: there is none yet
	At      string       // query that names the company
	Refused string

	Options  map[string][]option
	Methods  []method          // of the plan step
	Contract *newBody          // of the contract step
	Problems fault.Problems    // of its text
	Lines    map[string]string // of the usage step: what to paste, by way
	Key      string            // made just now, shown this once
	Arrived  int64             // facts so far
	There    string            // the company's first page
}

func (s *Server) beginPages() {
	s.public("GET /begin", s.begin)
	s.public("POST /begin", s.claim)
	for _, step := range []struct {
		name       string
		show, take handler
		may        access.Permission
	}{{"company", s.beginCompany, s.takeCompany, access.CompanyCreate}, {"plan", s.beginPlan, s.takeMethod, access.PlanPublish},
		{"contract", s.beginContract, s.takeFirst, access.ContractSign}, {"usage", s.beginUsage, s.takeKey, access.KeyWrite}} {
		s.page("GET /begin/"+step.name, access.CompanyCreate, s.beginning(step.show))
		s.page("POST /begin/"+step.name, step.may, s.beginning(step.take))
	}
}

// beginning reads the company an address names before a step.
func (s *Server) beginning(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		name := r.URL.Query().Get("company")
		if name == "" {
			return h(w, r, v)
		}
		i, err := id.ParseNamed("co", name)
		if err != nil || i.IsZero() {
			return fault.New(fault.NotFound, "there is no such company")
		}
		if v.about, err = s.d.System.GetCompany(r.Context(), id.Company{ID: i}); err != nil {
			return err
		}
		v.company = id.Company{ID: i}
		return h(w, r, v)
	}
}

// begin shows the form of the first person, or goes to the step that is next.
func (s *Server) begin(w http.ResponseWriter, r *http.Request, v *visit) error {
	first, err := s.d.Gate.Unclaimed(r.Context())
	if err != nil {
		return err
	}
	if first {
		return s.beginPage(w, v, http.StatusOK, &beginBody{Step: "person", Form: v.blank("token", r.URL.Query().Get("token"), "lang", string(v.Tag))})
	}
	if v.actor == nil || v.actor.Stage != access.Full {
		return errLogIn
	}
	if !access.Can(v.actor, access.CompanyCreate, id.Platform) {
		return &access.Refusal{Code: access.Forbidden, Msg: string(access.CompanyCreate)}
	}
	to, err := s.nextStep(r.Context())
	if err == nil {
		v.redirect(w, to)
	}
	return err
}

// nextStep is the first step the books show not to be done.
func (s *Server) nextStep(ctx context.Context) (string, error) {
	c, err := s.firstCompany(ctx)
	if err != nil || c == nil {
		return "/begin/company", err
	}
	at := "?company=" + c.ID.Named("co")
	plans, err := s.d.System.Plans(ctx, "")
	if err != nil || len(plans) == 0 {
		return "/begin/plan" + at, err
	}
	contracts, err := s.d.System.Contracts(ctx, id.Company{ID: c.ID}, "")
	if err != nil || len(contracts) == 0 {
		return "/begin/contract" + at, err
	}
	return "/begin/usage" + at, nil
}

// firstCompany is the oldest company; nil where there is none.
func (s *Server) firstCompany(ctx context.Context) (c *app.Company, err error) {
	var first id.ID
	err = s.d.System.DB.View(ctx, func(tx store.Tx) error {
		list, err := tx.Records().List(id.Platform, app.KindCompany, store.Key{}, store.Page{Limit: 1})
		if len(list) > 0 {
			first = list[0].ID
		}
		return err
	})
	if err != nil || first.IsZero() {
		return nil, err
	}
	out, err := s.d.System.GetCompany(ctx, id.Company{ID: first})
	out.ID = first
	return &out, err
}

func (s *Server) beginPage(w http.ResponseWriter, v *visit, status int, b *beginBody) error {
	b.Steps = beginSteps
	for i, name := range beginSteps {
		if name == b.Step {
			b.Passed = i
		}
	}
	if !v.company.IsZero() {
		b.Company, b.At, b.There = &v.about, "?company="+v.company.Named("co"), v.at("")
	}
	if _, err := b.Form.Once(); err != nil {
		return err
	}
	s.render(w, v, status, "begin", &Page{Title: v.say("begin." + b.Step), Lead: v.say("begin." + b.Step + "_lead"), Here: "/begin", Bare: b.Step == "person", Body: b})
	return nil
}

// claim makes the first account the visitor's own, who has the token that was
// printed where the service runs.
func (s *Server) claim(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	b := &beginBody{Step: "person", Form: f}
	c := access.Claim{Token: f.text("token", 100), Email: f.text("email", 254), Name: f.text("name", 200), Password: f.Value("password")}
	c.Lang, err = lang.ParseTag(f.Value("lang"))
	if err != nil {
		f.wrong("lang", "form.choose")
	}
	f.Values.Del("password") // never shown again
	if !f.OK() {
		return s.beginPage(w, v, http.StatusUnprocessableEntity, b)
	}
	step, err := s.d.Gate.Claim(r.Context(), c, s.client(r))
	var refusal *access.Refusal
	switch ps, wrong := problemsOf(err); {
	case err == nil:
		keep(w, "lang", string(c.Lang))
		return s.stepped(w, v, "claim", step, "/begin")
	case wrong:
		for _, p := range ps {
			switch p.Path {
			case "email":
				f.wrong("email", "begin.wrong_email")
			case "password":
				f.wrong("password", "login.weak")
			default:
				f.wrong("name", "form.too_long", "n", "200")
			}
		}
	case errors.As(err, &refusal) && refusal.Code == access.TooMany:
		b.Refused = v.say("login.too_many")
	case errors.As(err, &refusal):
		f.wrong("token", "begin.wrong_token")
	default:
		return err
	}
	return s.beginPage(w, v, http.StatusUnprocessableEntity, b)
}

// firstPage is where the platform's own people begin: with the first run while
// there is no company.
func (s *Server) firstPage(w http.ResponseWriter, v *visit) error {
	c, err := s.firstCompany(v.r.Context())
	if err != nil {
		return err
	}
	if c == nil && access.Can(v.actor, access.CompanyCreate, id.Platform) {
		v.redirect(w, "/begin")
		return nil
	}
	v.redirect(w, "/companies")
	return nil
}
