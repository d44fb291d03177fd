package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strconv"

	"waihu/internal/charging/invoice"
	"waihu/internal/fault"
)

// Difference is where an invoice and its recomputation part.
type Difference struct {
	Path       string `json:"path"` // lines[2].parts[0].quantity
	Invoice    string `json:"invoice"`
	Recomputed string `json:"recomputed"`
	Note       string `json:"note,omitempty"`
}

// Verified is the result of a check.
type Verified struct {
	Sealed      bool         // the seal fits the invoice as it was given
	Differences []Difference // in the order of the invoice; empty: identical
	Recomputed  *invoice.Invoice
	Billed      *Billed
}

// Identical tells whether nothing differs.
func (v *Verified) Identical() bool { return v.Sealed && len(v.Differences) == 0 }

// Verify makes an invoice again from the facts, under terms made from plan and
// the inputs the invoice states, and compares every figure. What only the issuer
// knows (number, status, dates, parties) is not compared, but the seal covers it.
func Verify(ctx context.Context, given *invoice.Invoice, b Billing) (_ *Verified, err error) {
	defer fault.Wrap(&err, "verify")
	seal, err := given.Digest()
	if err != nil {
		return nil, err
	}
	out := &Verified{Sealed: seal == given.Seal}
	if b.Heading == (invoice.Heading{}) { // no contract was given: the parties are as the invoice says
		b.Heading = invoice.Heading{Contract: given.Contract, Seller: given.Seller, Buyer: given.Buyer}
	}
	if out.Billed, err = Bill(ctx, b); err != nil {
		return out, err
	}
	again := *out.Billed.Invoice
	out.Recomputed = &again
	again.Status, again.Number, again.IssuedOn, again.DueOn = given.Status, given.Number, given.IssuedOn, given.DueOn
	again.Seal = given.Seal
	a, err := tree(given)
	if err != nil {
		return out, err
	}
	c, err := tree(&again)
	if err != nil {
		return out, err
	}
	compareInvoices("", a, c, &out.Differences)
	return out, nil
}

// tree is a document as plain JSON values, numbers kept as they are written.
func tree(doc any) (any, error) {
	b, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	return v, d.Decode(&v)
}

// maxDifferences bounds a report: after so many, one has seen enough.
const maxDifferences = 100

// compareInvoices walks two trees and notes where leaves differ.
func compareInvoices(path string, a, b any, out *[]Difference) {
	if len(*out) >= maxDifferences {
		return
	}
	switch x := a.(type) {
	case map[string]any:
		if y, ok := b.(map[string]any); ok {
			for _, k := range keysOf(x, y) {
				compareInvoices(join(path, k), x[k], y[k], out)
			}
			return
		}
	case []any:
		if y, ok := b.([]any); ok {
			for i := range max(len(x), len(y)) {
				compareInvoices(path+"["+strconv.Itoa(i)+"]", at(x, i), at(y, i), out)
			}
			return
		}
	}
	if l, r := leaf(a), leaf(b); l != r {
		*out = append(*out, Difference{Path: path, Invoice: l, Recomputed: r})
	}
}

func at(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// keysOf is all keys of both: those money hangs on first, so that the first
// difference is the one that matters.
func keysOf(a, b map[string]any) []string {
	seen := map[string]bool{}
	var keys []string
	for _, m := range []map[string]any{a, b} {
		for k := range m {
			if !seen[k] {
				seen[k] = true
				keys = append(keys, k)
			}
		}
	}
	sort.Slice(keys, func(i, j int) bool {
		if x, y := rank(keys[i]), rank(keys[j]); x != y {
			return x < y
		}
		return keys[i] < keys[j]
	})
	return keys
}

// rank orders keys of one level: what was charged before what it led to.
func rank(key string) int {
	for i, k := range []string{"version", "plan", "inputs", "period", "facts", "lines", "id", "raw", "billed", "included", "charged", "parts", "gross", "discount", "exact", "amount"} {
		if k == key {
			return i
		}
	}
	return 100
}

func leaf(v any) string {
	switch x := v.(type) {
	case nil:
		return "(nothing)"
	case string:
		return x
	case map[string]any, []any:
		b, err := json.Marshal(x)
		if err != nil {
			return fmt.Sprint(x)
		}
		return fault.Shorten(string(b), 200)
	}
	return fmt.Sprint(v)
}
