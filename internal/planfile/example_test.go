package planfile_test

import (
	"fmt"

	"waihu/internal/charging/catalog"
	"waihu/internal/planfile"
)

// A mistake is told with its place, what was expected and what to do.
func ExampleDecode() {
	file := `plan: basic
currency: CNY
time_zone: Asia/Shanghai
components:
  - id: talk
    measure: talk_time
    unit_prise: 0.12
    connect_fee: 1e-2
`
	_, problems := planfile.Decode("basic.yaml", []byte(file), &catalog.Plan{})
	for _, p := range problems {
		fmt.Println(p)
	}
	// Output:
	// basic.yaml:7:5: components[0].unit_prise: no such key (found "unit_prise"); did you mean unit_price?
	// basic.yaml:8:18: components[0].connect_fee: a number with an exponent (found "1e-2"); expected a decimal such as 0.12, or unknown; write all its digits
}
