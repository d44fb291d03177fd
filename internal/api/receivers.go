package api

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/receive"
	"waihu/internal/timex"
	"waihu/internal/usage/cdr"
)

const hour = time.Hour

func (a *API) receiverRoutes() {
	a.freeSwitch()
	read(a, op{id: "source-list", method: http.MethodGet, path: "/v1/sources", what: "Systems whose records are fetched: how far they were read, and what was refused.", may: access.UsageRead},
		func(r *request, _ *none) (*List[receive.Place], error) {
			all, err := receive.Places(r.tx, r.company)
			if all == nil {
				all = []receive.Place{}
			}
			return &List[receive.Place]{Items: all}, err
		})
}

// freeSwitch takes what mod_json_cdr posts: the record as JSON, or as a form
// with cdr=, percent-encoded or in base64. 200 means that it is on disk; with
// anything else FreeSWITCH tries again and then keeps the record in its own
// err-log-dir, from where it can be uploaded.
func (a *API) freeSwitch() {
	type postIn struct {
		Zone    string `query:"zone" maxLength:"60" doc:"Of stamps without one: Asia/Shanghai; the epochs in the record need none."`
		Source  string `query:"source" maxLength:"100" doc:"Names the switch; absent: freeswitch."`
		UUID    string `query:"uuid" maxLength:"100" doc:"As mod_json_cdr adds it; the record has it too."`
		RawBody []byte `contentType:"application/json"`
	}
	type postOut struct{ Body Done }
	o := op{id: "receive-freeswitch", method: http.MethodPost, path: "/v1/receive/freeswitch", what: "Takes the posts of FreeSWITCH's mod_json_cdr; the API key is the password of basic authentication.", may: access.UsageWrite, body: 4 << 20, raw: true}
	add(a, o, func(ctx context.Context, in *postIn) (*postOut, error) {
		company, err := callerOf(ctx).allow(o)
		if err != nil {
			return nil, err
		}
		opt := cdr.Options{Format: "freeswitch-json", Repeats: true, Source: in.Source}
		if in.Zone != "" {
			if opt.Zone, err = timex.LoadZone(in.Zone); err != nil {
				return nil, fault.Problem{Path: "zone", What: err.Error()}
			}
		}
		result, err := receive.Read(ctx, a.d.Ingest, company, opt, bytes.NewReader(in.RawBody), "post", int64(len(in.RawBody)))
		if err != nil {
			return nil, err
		}
		if a.d.Facts != nil {
			a.d.Facts(int(result.Added+result.Ended), int(result.Same), int(result.Rejected+result.Conflict+result.Report.Counts.Rejected))
		}
		if !result.Clean() || result.Report.Counts.Read == 0 {
			return nil, fault.New(fault.Invalid, "the record was not taken: %s", refusedWords(result))
		}
		return &postOut{Done{true}}, nil
	})
}

// refusedWords says why a record was not taken.
func refusedWords(r *receive.Result) string {
	for _, t := range r.Report.Tallies {
		if t.Outcome == cdr.Rejected {
			return t.Reason
		}
	}
	for _, f := range r.Refused {
		return fmt.Sprintf("%s %s", f.Outcome, f.Reason)
	}
	return "there is no record in it"
}
