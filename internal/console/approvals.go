package console

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// Decider does what a second person decides, in a transaction: what an approval
// lets happen is known to the interface.
type Decider interface {
	Decide(ctx context.Context, tx store.Tx, a *access.Actor, approval id.ID, yes bool, reason string) (*access.Approval, error)
}

func (s *Server) approvalPages() {
	for _, at := range []string{"", "/c/{company}"} {
		s.page("GET "+at+"/approvals", access.ApprovalRead, s.approvals)
		s.exports(at+"/approvals", access.ApprovalRead, "approvals", "nav.approvals", s.approvalsFile)
		s.page("GET "+at+"/approvals/{approval}", access.ApprovalRead, s.approval)
		s.page("POST "+at+"/approvals/{approval}", access.ApprovalDecide, s.decideApproval)
	}
}

// approvalRow is a change that waits, or what became of it.
type approvalRow struct {
	*access.Approval
	Href    string
	Company string // its name
	Who     string // asked
	By      string // decided
	Action  string
	Made    string
	Ends    string
	Decided string
	Over    bool
}

func (s *Server) approvalRow(v *visit, tx store.Tx, p *access.Approval, ctx context.Context) (approvalRow, error) {
	row := approvalRow{Approval: p, Who: actorShown(p.Maker), By: actorShown(p.Checker), Href: v.here("/approvals/" + p.ID.Named("apr")), Made: v.moment(p.Made), Ends: v.moment(p.Ends), Decided: v.moment(p.Decided), Over: tx.Now() >= p.Ends, Action: v.say("approval.a_" + actionKey(p.Action))}
	if p.Company != id.Platform {
		c, err := s.d.System.GetCompany(ctx, p.Company)
		if err != nil {
			return row, err
		}
		row.Company = c.Name
	}
	return row, nil
}

// actionKey is the word of an action's phrase.
func actionKey(action string) string {
	switch action {
	case "plan.publish", "invoice.credit", "wallet.adjust", "payment.refund", "recording.release":
		return string(bytes.ReplaceAll([]byte(action), []byte("."), []byte("_")))
	}
	return "other"
}

// findApprovals is what waits, of a company also what was decided, in the order the
// address asks for, so many at most.
func (s *Server) findApprovals(v *visit, most int) (rows []approvalRow, o *order, err error) {
	o = v.order(nil, "-made", column{"made", "approval.made", true})
	err = s.d.System.DB.View(v.r.Context(), func(tx store.Tx) error {
		list, err := stored(o, "apr", nil, most, func(p store.Page) ([]*access.Approval, error) { return s.d.Gate.Approvals(tx, v.company, p) },
			func(p **access.Approval, _ string) (id.ID, string, error) { return (*p).ID, "", nil })
		if err != nil {
			return err
		}
		rows = nil
		for _, p := range list {
			row, err := s.approvalRow(v, tx, p, store.Within(v.r.Context(), tx))
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
		return nil
	})
	return rows, o, err
}

func (s *Server) approvals(w http.ResponseWriter, _ *http.Request, v *visit) error {
	rows, o, err := s.findApprovals(v, pageRows)
	if err != nil {
		return err
	}
	b := map[string]any{"Rows": rows, "Order": o, "Files": o.files(v.here("/approvals")), "Wanted": s.d.Gate.Policy.SecondPerson, "Platform": v.company == id.Platform}
	s.render(w, v, http.StatusOK, "approvals", &Page{Title: v.say("nav.approvals"), Lead: v.say("approval.lead"), Here: v.here("/approvals"), Crumbs: v.trail(), Body: b})
	return nil
}

// approvalsFile gives the list as a file.
func (s *Server) approvalsFile(v *visit) (*sheet, error) {
	list, o, err := s.findApprovals(v, exportRows)
	if err != nil {
		return nil, err
	}
	t := v.sheet("approval.action", "approval.what", "companies.name", "approval.maker", "approval.made", "companies.state", "approval.checker", "approval.reason")
	for _, p := range list {
		t.add(p.Action, p.What, p.Company, p.Maker, p.Made, v.say("approval.s_"+string(p.State)), p.Checker, p.Reason)
	}
	t.full(v, o.Next != "")
	return t, nil
}

// approvalBody is one change with what would be done.
type approvalBody struct {
	Row     approvalRow
	Form    *form
	Input   string
	May     bool
	Mine    bool // who looks asked for it: somebody else approves
	Refused string
	Back    string
}

func (s *Server) approvalOf(v *visit) (out approvalRow, err error) {
	nothing := fault.New(fault.NotFound, "there is no such change")
	i, err := id.ParseNamed("apr", v.r.PathValue("approval"))
	if err != nil {
		return out, nothing
	}
	err = s.d.System.DB.View(v.r.Context(), func(tx store.Tx) error {
		p, err := s.d.Gate.ApprovalByID(tx, i)
		if err != nil {
			return err
		}
		if v.company != id.Platform && p.Company != v.company {
			return nothing
		}
		out, err = s.approvalRow(v, tx, p, store.Within(v.r.Context(), tx))
		return err
	})
	return out, err
}

// approval shows one.
func (s *Server) approval(w http.ResponseWriter, _ *http.Request, v *visit) error {
	return s.approvalPage(w, v, http.StatusOK, v.blank(), "")
}

// inputShown bounds what is shown of a change's input: a plan is long.
const inputShown = 40_000

func (s *Server) approvalPage(w http.ResponseWriter, v *visit, status int, f *form, refused string) error {
	row, err := s.approvalOf(v)
	if err != nil {
		return err
	}
	if _, err := f.Once(); err != nil {
		return err
	}
	b := approvalBody{Row: row, Form: f, Refused: refused, Back: v.here("/approvals"), May: v.may(access.ApprovalDecide) && row.State == access.Waiting && !row.Over, Mine: row.MakerID == v.actor.User}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, row.Input, "", "  "); err != nil {
		return err
	}
	b.Input = fault.Shorten(pretty.String(), inputShown)
	s.render(w, v, status, "approval", &Page{Title: row.Action, Lead: row.Company, Here: v.here("/approvals"), Crumbs: v.trail(Link{v.say("nav.approvals"), v.here("/approvals")}), Body: b})
	return nil
}

// decideApproval approves a change, which does it, or rejects it.
func (s *Server) decideApproval(w http.ResponseWriter, r *http.Request, v *visit) error {
	row, f, err := sentAbout(w, v, s.approvalOf)
	if err != nil {
		return err
	}
	yes := f.choice("do", "approve", "reject") == "approve"
	reason := f.optional("reason", 1000)
	if !yes && reason == "" {
		f.wrong("reason", "form.needed")
	}
	if !f.OK() {
		return s.approvalPage(w, v, http.StatusUnprocessableEntity, f, "")
	}
	err = s.effect(w, v, f, func(ctx context.Context, tx store.Tx) (access.Deed, string, error) {
		p, err := s.d.Decider.Decide(ctx, tx, v.actor, row.ID, yes, reason)
		if err != nil {
			return access.Deed{}, "", err
		}
		return access.Deed{Company: p.Company, Action: "approval." + string(p.State), Target: p.ID.Named("apr"), Reason: reason, Before: row.Approval, After: p}, row.Href, nil
	})
	why, refused := refusalOf(err)
	switch {
	case err == nil:
		return nil
	case refused:
		return s.approvalPage(w, v, http.StatusForbidden, f, why.Error())
	case slices.Contains([]fault.Kind{fault.Conflict, fault.Invalid, fault.Mismatch, fault.Unpriced, fault.Unknown}, fault.KindOf(err)):
		return s.approvalPage(w, v, http.StatusConflict, f, err.Error())
	}
	return err
}

// waiting is a change that was asked for and needs a second person.
type waiting struct {
	Href string // where it stands; empty: not for this person
}

// waits is the change that the address says was asked for just now.
func (v *visit) waits() *waiting {
	name := v.r.URL.Query().Get("asked")
	if name == "" {
		return nil
	}
	w := &waiting{}
	if i, err := id.ParseNamed("apr", name); err == nil && v.may(access.ApprovalRead) {
		w.Href = v.here("/approvals/" + i.Named("apr"))
	}
	return w
}
