package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/receive"
	"waihu/internal/workspace"
)

// Workspace is what somebody compares or audits: usage, offers, a vendor's bill.
// It is no part of the books and ends a day after it was last used.
type Workspace struct {
	ID      string          `json:"id" doc:"A word of 160 bits."`
	Page    string          `json:"page" doc:"Path of the console where people of the company see the comparison."`
	Share   string          `json:"share" doc:"Path of the console where whoever has it sees the comparison and can change nothing."`
	Zone    string          `json:"zone" doc:"Of stamps that name none."`
	Usage   *UsageBasis     `json:"usage,omitempty" doc:"What is compared instead of files."`
	Files   []SpaceFile     `json:"files"`
	Offers  []SpaceOffer    `json:"offers"`
	Working *Work           `json:"working,omitempty" doc:"Files are being read."`
	Bill    *SpacePaper     `json:"bill,omitempty" doc:"The vendor's bill."`
	Calls   *SpacePaper     `json:"bill_calls,omitempty" doc:"The vendor's list of calls."`
	Agreed  *SpaceAgreement `json:"agreement,omitempty" doc:"What the bill should follow."`
	Mapping *SpaceMapping   `json:"mapping,omitempty" doc:"What the columns of the bill are taken for: as was said, or as they seem."`
}

// Work is how far something is that goes on.
type Work struct {
	Phase workspace.Phase `json:"phase" enum:"waiting,reading,comparing,searching,auditing"`
	Done  int64           `json:"done" doc:"In bytes."`
	Total int64           `json:"total" doc:"0: not known."`
}

func workOf(j *workspace.Job) *Work {
	if j == nil || j.Over() {
		return nil
	}
	done, total := j.Progress()
	return &Work{j.Phase(), done, total}
}

// guest is one request about a workspace. Nothing of a workspace is in the
// books, so there is no transaction.
type guest struct {
	ctx     context.Context
	a       *API
	c       *caller
	company id.Company
	status  int // of the answer
}

// space is the workspace of an address. One of another company, or a word that
// only looks, does not exist.
func (g *guest) space(token string) (*workspace.Space, error) {
	sp, may, err := g.a.d.Shelf.Find(token)
	if err != nil {
		return nil, err
	}
	if !may || sp.Company != g.company {
		return nil, fault.New(fault.NotFound, "there is no such workspace")
	}
	return sp, nil
}

// aside adds an operation about a workspace.
func aside[I, O any](a *API, o op, f func(*guest, *I) (*O, error)) {
	if o.status == 0 {
		o.status = http.StatusOK
	}
	allowed(a, o, func(ctx context.Context, c *caller, company id.Company, in *I) (*answer[O], error) {
		g := &guest{ctx: ctx, a: a, c: c, company: company, status: o.status}
		out, err := f(g, in)
		if err != nil {
			return nil, err
		}
		return &answer[O]{Status: g.status, Body: *out}, nil
	})
}

// paperOf adds an operation that gives a file of a workspace.
func paperOf[I any](a *API, o op, f func(*guest, *I) (*fileOut, error)) {
	allowed(a, o, func(ctx context.Context, c *caller, company id.Company, in *I) (*fileOut, error) {
		return f(&guest{ctx: ctx, a: a, c: c, company: company}, in)
	})
}

// SpaceIn names a workspace in an address.
type SpaceIn struct {
	Workspace string `path:"workspace" maxLength:"40"`
}

// LangIn is the language of a document.
type LangIn struct {
	Lang lang.Tag `query:"lang" enum:"en,zh-Hant,zh-Hans" default:"en"`
}

// RawIn is a body taken as it comes, so that a large file is never in memory.
type RawIn struct {
	Name string `query:"name" maxLength:"200" doc:"Of the file; helps to find out what it is."`

	body *receive.Steady
}

// Resolve takes hold of the body before anything reads it.
func (r *RawIn) Resolve(h huma.Context) []error {
	req, w := humago.Unwrap(h)
	r.body = bodyAsItComes(req, w)
	return nil
}

// takesFile tells the document that the body is a file.
func (a *API) takesFile(o *huma.Operation, what string) {
	o.RequestBody = &huma.RequestBody{Required: true, Description: what, Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}
}

// spaceBody bounds what is sent to a workspace beside files: offers and
// contracts as text, with their rate decks.
const spaceBody = 16 << 20

func (a *API) workspaceRoutes() {
	type newBody struct {
		Zone string `json:"zone,omitempty" maxLength:"60" doc:"Of stamps that name none; absent: UTC."`
	}
	change(a, op{id: "workspace-create", method: http.MethodPost, path: "/v1/workspaces", what: "Begin to compare offers, or to audit a vendor's bill. A workspace ends a day after it was last used, and with the process.", may: access.UsageRead, status: http.StatusCreated, once: true},
		func(r *request, in *bodyOf[newBody]) (*Workspace, error) {
			sp, err := a.d.Shelf.New(r.company)
			if err != nil {
				return nil, err
			}
			if in.Body.Zone != "" {
				if err := sp.SetZone(in.Body.Zone); err != nil {
					return nil, giveUp(a.d.Shelf, sp, fault.Problem{Path: "zone", What: "no such time zone", Expected: "Asia/Shanghai"})
				}
			}
			out := shown(sp)
			return &out, r.did(access.Deed{Action: "workspace.create", Target: "workspace"}) // its word is a right, and no business of the log
		})
	aside(a, op{id: "workspace-get", method: http.MethodGet, path: "/v1/workspaces/{workspace}", what: "What is in a workspace, and what became of every file.", may: access.UsageRead},
		func(g *guest, in *SpaceIn) (*Workspace, error) { return g.show(in.Workspace, nil) })
	aside(a, op{id: "workspace-remove", method: http.MethodDelete, path: "/v1/workspaces/{workspace}", what: "End a workspace: everything in it is taken away.", may: access.UsageRead},
		func(g *guest, in *SpaceIn) (*Done, error) {
			sp, err := g.space(in.Workspace)
			if err != nil {
				return nil, err
			}
			return &Done{true}, a.d.Shelf.Discard(sp)
		})
	a.workspaceUsageRoutes()
	a.workspaceOfferRoutes()
	a.spaceAnswerRoutes()
	a.billAuditRoutes()
}

// giveUp takes a workspace away that came to nothing.
func giveUp(s *workspace.Shelf, sp *workspace.Space, why error) error {
	if err := s.Discard(sp); err != nil {
		return err
	}
	return why
}

// show does something to a workspace and tells what is in it then.
func (g *guest) show(token string, do func(*workspace.Space) error) (*Workspace, error) {
	sp, err := g.space(token)
	if err != nil {
		return nil, err
	}
	if do != nil {
		if err := do(sp); err != nil {
			return nil, err
		}
	}
	out := shown(sp)
	return &out, nil
}

func shown(sp *workspace.Space) Workspace {
	s := sp.Show()
	out := Workspace{ID: sp.Token, Page: "/compare/" + sp.Token, Share: "/compare/" + sp.Share, Zone: s.Zone, Usage: basisOf(s.Basis), Files: []SpaceFile{}, Offers: spaceOffers(&s), Working: workOf(s.Looking)}
	for i := range s.Files {
		out.Files = append(out.Files, spaceFile(&s.Files[i]))
	}
	a := sp.Audit()
	out.Bill, out.Calls, out.Agreed, out.Mapping = spacePaper(a.Bill), spacePaper(a.Calls), spaceAgreement(a.Agreed), spaceMapping(&a)
	return out
}
