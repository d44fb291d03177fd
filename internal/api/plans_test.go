package api_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
)

// TestPlansOfACompany: a customer sees the versions of its contracts and quotes; to
// it others do not exist, in lists, in comparisons and in questions. The operator's
// people see all.
func TestPlansOfACompany(t *testing.T) {
	w := newWorld(t)
	con := w.served() // of A, on sales-line@1
	const secret = "of-another@1"
	other := []byte("plan: of-another\nversion: 1\ncurrency: CNY\ntime_zone: Asia/Shanghai\nunmetered: [seats]\ncomponents:\n  - {id: talk, measure: talk_time, unit_price: 0.10}\n")
	w.ask(w.finance, "POST", "/v1/plans", other, "Content-Type: application/yaml", once("other")).want(201)
	names := func(key string, headers ...string) (out []string) {
		var list struct{ Items []struct{ Name string } }
		must(t, json.Unmarshal(w.ask(key, "GET", "/v1/plans", nil, headers...).want(200).body, &list))
		for _, p := range list.Items {
			out = append(out, p.Name)
		}
		slices.Sort(out)
		return out
	}
	all := []string{"sales-line@1", secret}
	slices.Sort(all)
	for what, got := range map[string][]string{"the operator": names(w.operator), "finance": names(w.finance), "finance about A": names(w.finance, of(w.a))} {
		if !slices.Equal(got, all) {
			t.Errorf("%s sees %v, want %v", what, got, all)
		}
	}
	if got := names(w.keyA); !slices.Equal(got, []string{"sales-line@1"}) {
		t.Errorf("A sees %v", got)
	}
	if got := names(w.keyB); len(got) != 0 {
		t.Errorf("B, which has no contract, sees %v", got)
	}
	w.ask(w.keyA, "GET", "/v1/plans/sales-line@1", nil).want(200)
	w.ask(w.keyA, "GET", "/v1/plans/"+secret, nil).wantCode(404, "not_found")
	w.ask(w.keyB, "GET", "/v1/plans/sales-line@1", nil).wantCode(404, "not_found")
	w.ask(w.keyA, "POST", "/v1/contracts/"+con+"/what-if", map[string]string{"want": "switch", "to": secret}).wantCode(404, "not_found")
	// The plan without seats is the cheaper one, and only those hear of it who see it.
	for key, hears := range map[string]bool{w.operator: true, w.finance: true, w.keyA: false} {
		said := w.ask(key, "GET", "/v1/contracts/"+con+"/advice", nil, of(w.a)).want(200).body
		if bytes.Contains(said, []byte(secret)) != hears {
			t.Errorf("advice to %.12s: %s", key, said)
		}
	}
	space := w.ask(w.keyA, "POST", "/v1/workspaces", map[string]any{}, once("space")).want(201).field("id")
	offers := "/v1/workspaces/" + space + "/offers"
	w.ask(w.keyA, "POST", offers, map[string]string{"plan": secret}).wantCode(404, "not_found")
	w.ask(w.keyA, "POST", offers, map[string]string{"plan": "sales-line@1"}).want(201)
}
