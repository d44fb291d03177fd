package api

import (
	"net/http"
	"strconv"
	"time"

	"waihu/internal/access"
	"waihu/internal/charging/audit"
	"waihu/internal/document"
	"waihu/internal/fault"
	"waihu/internal/planfile"
	"waihu/internal/timex"
	"waihu/internal/vendorbill"
	"waihu/internal/workspace"
)

// SpacePaper is a file a vendor sent.
type SpacePaper struct {
	Name    string   `json:"name"`
	Bytes   int64    `json:"bytes"`
	Header  int      `json:"header,omitempty" doc:"Row that names the columns, from 1."`
	Columns []string `json:"columns,omitempty"`
	Lines   []string `json:"lines,omitempty" doc:"What the bill's lines say, each once."`
}

func spacePaper(p *workspace.Paper) *SpacePaper {
	if p == nil {
		return nil
	}
	out := &SpacePaper{Name: p.Name, Bytes: p.Size}
	if l := p.Looked; l != nil {
		out.Header, out.Columns, out.Lines = l.Header, l.Columns, l.Texts(l.Column("text"))
	}
	return out
}

// SpaceAgreement is what a bill is held against.
type SpaceAgreement struct {
	Contract   string   `json:"contract,omitempty"`
	Plan       string   `json:"plan"`
	Components []string `json:"components" doc:"That lines of the bill can be."`
}

func spaceAgreement(a *workspace.Agreed) *SpaceAgreement {
	if a == nil {
		return nil
	}
	out := &SpaceAgreement{Plan: a.Plan.ID + "@" + strconv.Itoa(a.Plan.Version), Components: []string{}}
	if a.Contract != nil {
		out.Contract = a.Contract.ID
	}
	for i := range a.Plan.Components {
		out.Components = append(out.Components, a.Plan.Components[i].ID)
	}
	return out
}

// SpaceMapping is what the columns and lines of a bill are, and for which period
// it is.
type SpaceMapping struct {
	File  string     `json:"file" doc:"As YAML: docs/audit.md."`
	Said  bool       `json:"said" doc:"Somebody said so; else it is how it seems."`
	First timex.Date `json:"first,omitzero"`
	After timex.Date `json:"after,omitzero" doc:"Day after the last."`
}

func spaceMapping(a *workspace.Audit) *SpaceMapping {
	m := a.Usual()
	if m == nil {
		return nil
	}
	out := &SpaceMapping{Said: a.Mapping != nil, First: a.First, After: a.After}
	if text, err := planfile.Write(m); err == nil { // a mapping is plain data
		out.File = string(text)
	}
	return out
}

// Audited is what an audit found, or how far it is.
type Audited struct {
	State   string        `json:"state" enum:"none,working,done" doc:"none: nobody has begun one, or something changed since."`
	Working *Work         `json:"working,omitempty"`
	Say     []string      `json:"say,omitempty" doc:"The answer in one sentence, and how much of it is explained, in the language of Accept-Language."`
	Result  *audit.Result `json:"result,omitempty" doc:"As waihu audit --json writes it: the difference by cause, line by line, with what stands behind each."`
	LeftOut int64         `json:"evidence_left_out,omitempty" doc:"Calls and stretches that the files of evidence have no room for; the result counts them. waihu audit writes all."`
}

func (a *API) billAuditRoutes() {
	type paperIn struct {
		SpaceIn
		RawIn
	}
	take := func(name, path, what string, calls bool) {
		aside(a, op{id: name, method: http.MethodPut, path: path, what: what, may: access.UsageRead, raw: true},
			func(g *guest, in *paperIn) (*Workspace, error) {
				return g.show(in.Workspace, func(sp *workspace.Space) error { return sp.TakePaper(calls, orElse(in.Name, "bill.csv"), in.body) })
			})
		a.takesFile(a.huma.OpenAPI().Paths[path].Put, "The file as it is.")
	}
	take("workspace-bill", "/v1/workspaces/{workspace}/bill", "Hand in the vendor's bill: CSV, XLSX, or an invoice of ours as JSON (name it .json).", false)
	take("workspace-bill-calls", "/v1/workspaces/{workspace}/bill-calls", "Hand in the vendor's list of calls, where it is a file of its own.", true)
	a.agreementRoutes()
	a.auditRunRoutes()
	a.auditPaperRoutes()
}

func (a *API) agreementRoutes() {
	type agreeIn struct {
		SpaceIn
		Body struct {
			Files    []NamedText `json:"files,omitempty" maxItems:"40" doc:"A contract with the plan it names, or a plan alone, as YAML or JSON."`
			Contract string      `json:"contract,omitempty" maxLength:"40" doc:"One of the company's, in the place of files: con_..."`
		}
	}
	aside(a, op{id: "workspace-agreement", method: http.MethodPut, path: "/v1/workspaces/{workspace}/agreement", what: "Say what the vendor's bill should follow.", may: access.UsageRead, body: spaceBody},
		func(g *guest, in *agreeIn) (*Workspace, error) {
			return g.show(in.Workspace, func(sp *workspace.Space) error {
				if (len(in.Body.Files) > 0) == (in.Body.Contract != "") {
					return fault.Problem{Path: "files", What: "neither files nor a contract, or both", Expected: "one of them"}
				}
				if in.Body.Contract == "" {
					return sp.Agree(textsOf(in.Body.Files)...)
				}
				if !access.Can(g.c.actor, access.ContractRead, g.company) {
					return &access.Refusal{Code: access.Forbidden, Msg: "this needs the permission " + string(access.ContractRead)}
				}
				i, err := named("con", in.Body.Contract, "contract")
				if err != nil {
					return err
				}
				return sp.AgreeOn(g.ctx, i)
			})
		})
	type mapIn struct {
		SpaceIn
		Body struct {
			File  string     `json:"file,omitempty" maxLength:"200000" doc:"The mapping as YAML or JSON; absent: as it seems."`
			First timex.Date `json:"first" doc:"First day of the period of the bill."`
			After timex.Date `json:"after" doc:"Day after its last."`
		}
	}
	aside(a, op{id: "workspace-mapping", method: http.MethodPut, path: "/v1/workspaces/{workspace}/mapping", what: "Say what the columns and lines of the bill are, and for which period it is.", may: access.UsageRead},
		func(g *guest, in *mapIn) (*Workspace, error) {
			return g.show(in.Workspace, func(sp *workspace.Space) error {
				a := sp.Audit()
				m := a.Usual()
				if m == nil {
					return fault.New(fault.Invalid, "hand in the bill and the agreement first")
				}
				if in.Body.File != "" {
					m = &vendorbill.Mapping{}
					if _, problems := planfile.Decode("mapping.yaml", []byte(in.Body.File), m); problems.Err() != nil {
						return problems.Err()
					}
				}
				return sp.Map(m, in.Body.First, in.Body.After)
			})
		})
}

func (a *API) auditRunRoutes() {
	type runIn struct {
		SpaceIn
		LangIn
	}
	aside(a, op{id: "workspace-audit-run", method: http.MethodPost, path: "/v1/workspaces/{workspace}/audit", what: "Hold the bill against the agreement and the records. 202: it goes on; ask for it. The evidence is written in a language.", may: access.UsageRead},
		func(g *guest, in *runIn) (*Audited, error) {
			sp, err := g.space(in.Workspace)
			if err != nil {
				return nil, err
			}
			if looking := sp.Show().Looking; looking != nil { // what the records are must be known first
				if workspace.Wait(g.ctx, looking, requestTime/2); !looking.Over() {
					return nil, &refused{http.StatusServiceUnavailable, "busy", "the records are still being read: try again in a moment"}
				}
			}
			if a := sp.Audit(); a.Done == nil { // what was found is found again
				if _, err := sp.RunAudit(in.Lang); err != nil {
					return nil, err
				}
			}
			return g.audited(sp)
		})
	aside(a, op{id: "workspace-audit", method: http.MethodGet, path: "/v1/workspaces/{workspace}/audit", what: "What the audit found: the difference by cause, each with its calls. 202: it goes on.", may: access.UsageRead},
		func(g *guest, in *SpaceIn) (*Audited, error) {
			sp, err := g.space(in.Workspace)
			if err != nil {
				return nil, err
			}
			return g.audited(sp)
		})
}

// audited waits a moment for an audit that goes on, and tells what there is.
func (g *guest) audited(sp *workspace.Space) (*Audited, error) {
	a := sp.Audit()
	if a.Done == nil && a.Job != nil {
		workspace.Wait(g.ctx, a.Job, answerWait)
		if a = sp.Audit(); a.Done == nil && a.Job.Over() && a.Job.Err() != nil {
			return nil, a.Job.Err()
		}
	}
	switch {
	case a.Done != nil:
		told, err := document.TellAudit(g.c.tag, a.Done.Result)
		if err != nil {
			return nil, err
		}
		return &Audited{State: "done", Say: told.Answer, Result: a.Done.Result, LeftOut: a.LeftOut}, nil
	case a.Job != nil && !a.Job.Over():
		g.status = http.StatusAccepted
		return &Audited{State: "working", Working: workOf(a.Job)}, nil
	}
	return &Audited{State: "none"}, nil
}

func (a *API) auditPaperRoutes() {
	type formIn struct {
		SpaceIn
		LangIn
		Form string `path:"form" enum:"html,pdf,xlsx"`
	}
	paperOf(a, op{id: "workspace-audit-report", method: http.MethodGet, path: "/v1/workspaces/{workspace}/audit/report/{form}", what: "The audit as one HTML page, PDF or workbook.", may: access.UsageRead},
		func(g *guest, in *formIn) (*fileOut, error) {
			sp, err := g.space(in.Workspace)
			if err != nil {
				return nil, err
			}
			a := sp.Audit()
			d, err := a.Report(in.Lang)
			if err != nil {
				return nil, err
			}
			return reportFile(in.Form, "audit", d)
		})
	type letterIn struct {
		SpaceIn
		LangIn
		Form string `path:"form" enum:"pdf,txt"`
		On   Day    `query:"on" doc:"Date of the letter; today if absent."`
	}
	paperOf(a, op{id: "workspace-audit-letter", method: http.MethodGet, path: "/v1/workspaces/{workspace}/audit/letter/{form}", what: "The letter that objects to the bill.", may: access.UsageRead},
		func(g *guest, in *letterIn) (*fileOut, error) {
			sp, err := g.space(in.Workspace)
			if err != nil {
				return nil, err
			}
			on := in.On.Date
			if on == 0 {
				on = timex.DateOf(time.Now())
			}
			data, err := sp.Letter(in.Form, in.Lang, on)
			return saved("letter."+in.Form, map[string]string{"pdf": "application/pdf", "txt": "text/plain; charset=utf-8"}[in.Form], data), err
		})
	type evidenceIn struct {
		SpaceIn
		Form string `path:"form" enum:"csv,xlsx"`
	}
	paperOf(a, op{id: "workspace-audit-evidence", method: http.MethodGet, path: "/v1/workspaces/{workspace}/audit/evidence/{form}", what: "Every call and seat behind the findings.", may: access.UsageRead},
		func(g *guest, in *evidenceIn) (*fileOut, error) {
			sp, err := g.space(in.Workspace)
			if err != nil {
				return nil, err
			}
			data, err := sp.Evidence(in.Form)
			return saved("evidence."+in.Form, map[string]string{"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}[in.Form], data), err
		})
}
