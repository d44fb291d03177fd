package api

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/life"
	"waihu/internal/id"
	"waihu/internal/timex"
)

// Contract is a contract that is kept.
type Contract struct {
	ID       string     `json:"id" example:"con_01jd8..."`
	Contract string     `json:"contract" doc:"The customer's word for it."`
	Plan     string     `json:"plan" example:"seats-and-minutes@1"`
	State    life.State `json:"state" enum:"quoted,withdrawn,signed,running,notice,ended"`
	Life     life.Life  `json:"life" doc:"How it got there."`
	Wallet   string     `json:"wallet,omitempty" doc:"Prepaid: calls and invoices are paid from it."`
	BilledTo timex.Date `json:"billed_to,omitzero" doc:"First day that no issued invoice covers."`
	Revision int64      `json:"revision"`
	File     string     `json:"file,omitempty" doc:"The text of the contract; not in lists."`
}

func contractOf(c *app.Agreement, whole bool) Contract {
	out := Contract{ID: c.ID.Named("con"), Contract: c.Contract, Plan: c.Plan, State: c.Life.State, Life: c.Life, Wallet: c.Wallet, BilledTo: c.BilledTo, Revision: c.Revision}
	if whole {
		out.File = c.File
	}
	return out
}

// ContractIn names a contract in an address.
type ContractIn struct {
	Contract string `path:"contract" maxLength:"40"`
}

// Bodies of what is done to contracts. A day that is absent is today, in the
// contract's zone.
type (
	quoteBody struct {
		File       string     `json:"file" minLength:"1" doc:"The text of the contract, YAML or JSON; docs/contract.schema.json. Its plan is id@version."`
		ValidUntil timex.Date `json:"valid_until,omitzero" doc:"Day after the last it can be signed on."`
		Wallet     string     `json:"wallet,omitempty" maxLength:"200" doc:"Prepaid: calls and invoices are paid from it."`
		On         timex.Date `json:"on,omitzero"`
	}
	signBody struct {
		Document string     `json:"document_sha256" pattern:"^[0-9a-f]{64}$" doc:"SHA-256 of the document that was signed."`
		On       timex.Date `json:"on,omitzero"`
	}
	dayBody struct {
		On timex.Date `json:"on,omitzero"`
	}
	amendBody struct {
		Amendment string     `json:"amendment" minLength:"1" maxLength:"200" doc:"Its identifier in the text."`
		File      string     `json:"file" minLength:"1" doc:"The whole text, with the amendment."`
		On        timex.Date `json:"on,omitzero"`
	}
	noticeBody struct {
		On     timex.Date `json:"on,omitzero" doc:"Day the notice is given."`
		Wished timex.Date `json:"ends,omitzero" doc:"A later day to end on; absent: the first that costs nothing."`
	}
	cancelBody struct {
		On   timex.Date `json:"on,omitzero"`
		Ends timex.Date `json:"ends" doc:"Day after the last of service."`
	}
)

// contractBody bounds the text of a contract.
const contractBody = 5 << 20

func (a *API) contractRoutes() {
	type listIn struct {
		State life.State `query:"state" enum:"quoted,withdrawn,signed,running,notice,ended"`
	}
	read(a, op{id: "contract-list", method: http.MethodGet, path: "/v1/contracts", what: "The company's contracts.", may: access.ContractRead},
		func(r *request, in *listIn) (*List[Contract], error) {
			all, err := r.sys.Contracts(r.ctx, r.company, in.State)
			if err != nil {
				return nil, err
			}
			out := &List[Contract]{Items: []Contract{}}
			for i := range all {
				out.Items = append(out.Items, contractOf(&all[i], false))
			}
			return out, nil
		})
	read(a, op{id: "contract-get", method: http.MethodGet, path: "/v1/contracts/{contract}", what: "One contract, with its text.", may: access.ContractRead},
		func(r *request, in *ContractIn) (*Contract, error) {
			c, err := a.contract(r, in.Contract)
			if err != nil {
				return nil, err
			}
			out := contractOf(c, true)
			return &out, nil
		})
	change(a, op{id: "contract-quote", method: http.MethodPost, path: "/v1/contracts", what: "Quote a contract on a published plan.", may: access.ContractQuote, status: http.StatusCreated, body: contractBody, once: true},
		func(r *request, in *bodyOf[quoteBody]) (*Contract, error) {
			c, err := r.sys.Quote(r.ctx, r.company, app.Quote(in.Body))
			return a.noted(r, "contract.quote", nil, &c, err)
		})
	step(a, "sign", "Sign a quoted contract.", access.ContractSign, func(r *request, i id.ID, b *signBody) (app.Agreement, error) {
		return r.sys.Sign(r.ctx, r.company, app.Sign{Contract: i, Document: b.Document, On: b.On})
	})
	step(a, "start", "Begin the service of a signed contract.", access.ContractSign, func(r *request, i id.ID, b *dayBody) (app.Agreement, error) {
		return r.sys.Start(r.ctx, r.company, i, b.On)
	})
	step(a, "withdraw", "Take a quote back.", access.ContractQuote, func(r *request, i id.ID, b *dayBody) (app.Agreement, error) {
		return r.sys.Withdraw(r.ctx, r.company, i, b.On)
	})
	step(a, "amend", "Put a new text in the place of the old one. What was billed stays.", access.ContractAmend, func(r *request, i id.ID, b *amendBody) (app.Agreement, error) {
		return r.sys.Amend(r.ctx, r.company, app.Amend{Contract: i, Amendment: b.Amendment, File: b.File, On: b.On})
	})
	step(a, "notice", "Give notice: it ends on the first day that costs nothing, or on a later one.", access.ContractCancel, func(r *request, i id.ID, b *noticeBody) (app.Agreement, error) {
		return r.sys.GiveNotice(r.ctx, r.company, i, b.On, b.Wished)
	})
	step(a, "cancel", "End it early: what the contract asks for that is on its last invoice.", access.ContractCancel, func(r *request, i id.ID, b *cancelBody) (app.Agreement, error) {
		return r.sys.Cancel(r.ctx, r.company, i, b.On, b.Ends)
	})
}

// step adds something that is done to one contract.
func step[B any](a *API, verb, what string, may access.Permission, do func(*request, id.ID, *B) (app.Agreement, error)) {
	type stepIn struct {
		ContractIn
		Body B
	}
	change(a, op{id: "contract-" + verb, method: http.MethodPost, path: "/v1/contracts/{contract}/" + verb, what: what, may: may, body: contractBody, once: true},
		func(r *request, in *stepIn) (*Contract, error) {
			before, err := a.contract(r, in.Contract)
			if err != nil {
				return nil, err
			}
			c, err := do(r, before.ID, &in.Body)
			return a.noted(r, "contract."+verb, before, &c, err)
		})
}

func (a *API) contract(r *request, name string) (*app.Agreement, error) {
	i, err := inPath("con", name)
	if err != nil {
		return nil, err
	}
	c, err := r.sys.GetContract(r.ctx, r.company, i)
	return &c, err
}

// noted writes what became of a contract into the audit log.
func (a *API) noted(r *request, action string, before, after *app.Agreement, err error) (*Contract, error) {
	if err != nil {
		return nil, err
	}
	d := access.Deed{Action: action, Target: after.ID.Named("con"), After: contractOf(after, true)}
	if before != nil {
		d.Before = contractOf(before, true)
	}
	out := contractOf(after, false)
	return &out, r.did(d)
}
