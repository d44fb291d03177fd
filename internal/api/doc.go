// Package api is the HTTP interface: it turns requests into use cases and their
// results into JSON, documents and problems.
//
// It owns the routes under /v1 and their OpenAPI document, who a request comes
// from, the bounds a request must keep, idempotency keys, pages and the wording
// of errors as problem+json. It does not own what happens (package app), who may
// do it (package access) nor the process it runs in (package serve).
//
// What always holds: a request that changes something is one transaction, with
// its entry in the audit log and its answer under the idempotency key; another
// company's things do not exist for whoever may not see them; no error repeats
// a value that was sent in.
//
// Its times are RFC 3339 in UTC; its money is a decimal in text beside its
// currency; its identifiers begin with their noun.
package api
