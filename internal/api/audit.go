package api

import (
	"encoding/hex"
	"encoding/json"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/store"
)

// AuditEntry is who did what. Entries are chained: each holds the hash of the
// one before.
type AuditEntry struct {
	Number int64           `json:"number"`
	At     Time            `json:"at" format:"date-time"`
	Actor  string          `json:"actor"`
	Action string          `json:"action"`
	Target string          `json:"target,omitempty"`
	From   string          `json:"from,omitempty" doc:"Address of the client."`
	Reason string          `json:"reason,omitempty"`
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
	Hash   string          `json:"hash"`
}

func auditOf(e store.AuditEntry) AuditEntry {
	return AuditEntry{Number: e.Seq, At: timeOf(e.At), Actor: e.Actor, Action: e.Action, Target: e.Target, From: e.From, Reason: e.Reason, Before: e.Before, After: e.After,
		Hash: hex.EncodeToString(e.Hash[:])}
}

func (a *API) auditRoutes() {
	read(a, op{id: "audit-list", method: http.MethodGet, path: "/v1/audit", what: "Who did what, in order. The hash of the last entry, written down elsewhere, shows whether the past was changed.", may: access.AuditRead, either: true},
		func(r *request, in *PageIn) (*List[AuditEntry], error) {
			after, err := in.numbers(1)
			if err != nil {
				return nil, err
			}
			rows, err := r.tx.Audit().List(r.company, after[0], in.Limit+1)
			if err != nil {
				return nil, err
			}
			return numbered(in, rows, func(e store.AuditEntry) int64 { return e.Seq }, auditOf), nil
		})
}
