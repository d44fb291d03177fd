package console

import (
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"waihu/internal/access"
	"waihu/internal/charging/audit"
	"waihu/internal/document"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/workspace"
)

func (s *Server) auditPages() {
	s.begins("/audit", s.auditStart, s.auditBegin)
	s.changes("GET /audit/{space}", s.auditBill)
	s.changes("POST /audit/{space}/files", s.auditRecords)
	s.changes("POST /audit/{space}/files/{file}/remove", removes("/audit/"))
	s.changes("GET /audit/{space}/files/{file}/{what}", s.compareRejects)
	s.changes("POST /audit/{space}/{paper}", s.auditPaper)
	s.changes("POST /audit/{space}/contract", s.auditContract)
	s.changes("POST /audit/{space}/mapping", s.auditMapping)
	s.changes("POST /audit/{space}/run", s.auditRun)
	s.changes("GET /audit/{space}/report/{form}", s.auditReport)
	s.changes("GET /audit/{space}/letter/{form}", s.auditLetter)
	s.changes("GET /audit/{space}/evidence/{form}", s.auditEvidence)
}

// auditStart says what an audit needs and begins one.
func (s *Server) auditStart(w http.ResponseWriter, _ *http.Request, v *visit) error {
	s.auditStartPage(w, v, http.StatusOK, "")
	return nil
}

func (s *Server) auditStartPage(w http.ResponseWriter, v *visit, status int, wrong string) {
	at, crumbs := v.begunAt("/audit")
	s.render(w, v, status, "audit_start", &Page{Title: v.say("audit_page.title"), Lead: v.say("audit_page.lead"), Here: at, Crumbs: crumbs, Island: "compare", Body: map[string]any{"At": at, "Wrong": wrong}})
}

// auditBegin makes a workspace of the vendor's bill.
func (s *Server) auditBegin(w http.ResponseWriter, _ *http.Request, v *visit) error {
	return s.beginSpace(w, v, "/audit/", func(sp *workspace.Space) error {
		_, err := s.receive(w, v, func(_, name string, part *multipart.Part) error { return sp.TakePaper(false, name, part) })
		return err
	}, func(status int, why string) { s.auditStartPage(w, v, status, why) })
}

// auditBack goes to the audit again, or shows it with what was wrong beside the
// part it is about.
func (s *Server) auditBack(w http.ResponseWriter, v *visit, at *spaceAt, err error, part string) error {
	if err == nil {
		v.redirect(w, "/audit/"+at.token)
		return nil
	}
	if !isInput(err) {
		return err
	}
	b, err2 := s.auditBody(v, at)
	if err2 != nil {
		return err2
	}
	b.Wrong = map[string]fault.Problems{part: problemsIn(err)}
	b.auditForm(v)
	s.auditPage(w, v, http.StatusUnprocessableEntity, b)
	return nil
}

func problemsIn(err error) fault.Problems {
	if ps, ok := problemsOf(err); ok {
		return ps
	}
	return fault.Problems{{What: err.Error()}}
}

// auditBody is the page of an audit.
type auditBody struct {
	At    *spaceAt
	Base  string
	Shown workspace.Shown
	workspace.Audit
	Wrong      map[string]fault.Problems // by part: bill, calls, contract, files, mapping, run
	Work       *workView
	Contracts  []Link
	Fields     map[string]string // of the mapping, as they stand
	Items      []itemView
	Components []Link // of the contract: identifier and name
	Told       *document.ToldAudit
}

// itemView is a line of the bill and what it is taken for.
type itemView struct{ Field, Text, Value string }

func (s *Server) auditBody(v *visit, at *spaceAt) (*auditBody, error) {
	b := &auditBody{At: at, Base: "/audit/" + at.token, Shown: at.Show(), Audit: at.Audit()}
	if j := b.Job; j != nil && b.Done == nil {
		workspace.Wait(v.r.Context(), j, pageWait)
		if b.Audit = at.Audit(); !j.Over() {
			b.Work = workOf(j)
		} else if err := j.Err(); err != nil {
			b.Wrong = map[string]fault.Problems{"run": problemsIn(err)}
		}
	} else if j := b.Shown.Looking; j != nil {
		if workspace.Wait(v.r.Context(), j, pageWait); !j.Over() {
			b.Work = workOf(j)
		}
		b.Shown = at.Show()
	}
	b.auditForm(v)
	if b.Done != nil {
		var err error
		if b.Told, err = document.TellAudit(v.Tag, b.Done.Result); err != nil {
			return nil, err
		}
	}
	return b, s.contractLinks(v, at, b)
}

func (s *Server) contractLinks(v *visit, at *spaceAt, b *auditBody) error {
	if at.Company == (id.Company{}) || !access.Can(v.actor, access.ContractRead, at.Company) {
		return nil
	}
	list, err := s.d.System.Contracts(v.r.Context(), at.Company, "")
	for i := range list {
		if i == plansOffered {
			break
		}
		b.Contracts = append(b.Contracts, Link{list[i].Contract, list[i].ID.Named("con")})
	}
	return err
}

func (s *Server) auditBill(w http.ResponseWriter, _ *http.Request, v *visit, at *spaceAt) error {
	b, err := s.auditBody(v, at)
	if err != nil {
		return err
	}
	if waited(w, v, b.Work) {
		return nil
	}
	s.auditPage(w, v, http.StatusOK, b)
	return nil
}

func (s *Server) auditPage(w http.ResponseWriter, v *visit, status int, b *auditBody) {
	here, crumbs := "/audit", []Link{{v.say("nav.audit_bill"), "/audit"}}
	if v.company != (id.Company{}) {
		here, crumbs = v.at("/audit"), v.crumbs(Link{v.say("nav.audit_bill"), v.at("/audit")})
	}
	s.render(w, v, status, "audit", &Page{Title: v.say("audit_page.title"), Here: here, Crumbs: crumbs, Island: "compare", Body: b})
}

func (s *Server) auditRecords(w http.ResponseWriter, _ *http.Request, v *visit, at *spaceAt) error {
	_, err := s.receive(w, v, func(_, name string, part *multipart.Part) error {
		_, err := at.Add(name, part)
		return err
	})
	return s.auditBack(w, v, at, err, "files")
}

// auditPaper takes the bill, or the list of calls.
func (s *Server) auditPaper(w http.ResponseWriter, r *http.Request, v *visit, at *spaceAt) error {
	paper := r.PathValue("paper")
	if paper != "bill" && paper != "calls" {
		return fault.New(fault.NotFound, "there is no such page")
	}
	_, err := s.receive(w, v, func(_, name string, part *multipart.Part) error { return at.TakePaper(paper == "calls", name, part) })
	return s.auditBack(w, v, at, err, paper)
}

func (s *Server) auditContract(w http.ResponseWriter, r *http.Request, v *visit, at *spaceAt) error {
	var texts []workspace.Text
	room := workspace.TextBytes
	fields, err := s.receive(w, v, func(_, name string, part *multipart.Part) error {
		t, err := workspace.ReadText(name, part, &room)
		texts = append(texts, t)
		return err
	})
	switch named := fields.Get("contract"); {
	case err != nil:
	case named != "" && !access.Can(v.actor, access.ContractRead, at.Company):
		err = fault.New(fault.NotFound, "there is no such contract")
	case named != "":
		var i id.ID
		if i, err = id.ParseNamed("con", named); err == nil {
			err = at.AgreeOn(r.Context(), i)
		}
	default:
		for _, name := range []string{"contract.yaml", "plan.yaml"} {
			if text := fields.Get("text." + strings.TrimSuffix(name, ".yaml")); strings.TrimSpace(text) != "" {
				texts = append(texts, workspace.Text{Name: name, Text: text})
			}
		}
		if len(texts) == 0 {
			err = fault.New(fault.Invalid, "%s", v.say("compare_page.no_file"))
		} else {
			err = at.Agree(texts...)
		}
	}
	return s.auditBack(w, v, at, err, "contract")
}

func (s *Server) auditRun(w http.ResponseWriter, _ *http.Request, v *visit, at *spaceAt) error {
	_, err := at.RunAudit(v.Tag)
	return s.auditBack(w, v, at, err, "run")
}

// FirstOf tells whether a finding is the first of its cause: what the sum of the
// cause leads to.
func (b *auditBody) FirstOf(i int) bool {
	list := b.Done.Result.Findings
	return !slices.ContainsFunc(list[:i], func(f audit.Finding) bool { return f.Cause == list[i].Cause })
}
