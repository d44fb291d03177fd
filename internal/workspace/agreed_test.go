package workspace

import "testing"

// A contract is known by its key, not by the word: a plan whose periods begin
// with the contract says it too, and comes after it here.
func TestContractAmongItsPapers(t *testing.T) {
	s, _ := shelf(t, Limits{})
	sp := space(t, s)
	contract := "contract: c-1\nplan: plan.json\nstart: 2026-01-15\nprices:\n  talk: {unit_price: 0.1}\n"
	plan := `{"plan": "p", "version": 1, "currency": "CNY", "time_zone": "UTC", "period": {"every": "month", "anchor": "contract"},
		"components": [{"id": "talk", "measure": "talk_time", "unit_price": 0.2}]}`
	if err := sp.Agree(Text{"contract.yaml", contract}, Text{"plan.json", plan}); err != nil {
		t.Fatal(err)
	}
	if a := sp.Audit().Agreed; a.Contract == nil || a.Contract.ID != "c-1" || a.Name != "contract.yaml" {
		t.Errorf("the bill would be held against %s alone", a.Name)
	}
}
