package contract_test

import (
	"fmt"

	"waihu/internal/charging/contract"
	"waihu/internal/exact"
)

// A contract that raises its seats on 10 March: the level when the month begins,
// and the change within it.
func ExampleTermsFor() {
	c := &contract.Contract{ID: "c", Plan: "p@1", Start: day("2026-01-01")}
	c.Quantities = map[string]contract.Held{"seats": {Quantity: exact.Int(10), Changes: []contract.Change{{On: day("2026-03-10"), Quantity: exact.Int(12)}}}}
	t, _ := contract.TermsFor(contract.Inputs{Plan: plan(), Contract: c, First: day("2026-03-01"), After: day("2026-04-01")})
	fmt.Println(t.Quantities["seats"], "seats;", t.Changes["seats"][0].Quantity, "from", t.Changes["seats"][0].On)
	// Output: 10 seats; 12 from 2026-03-10
}
