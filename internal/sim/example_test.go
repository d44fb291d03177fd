package sim_test

import (
	"bytes"
	"fmt"

	"waihu/internal/sim"
)

func ExampleAsteriskCSV() {
	var one, same, other bytes.Buffer
	err := sim.AsteriskCSV(&one, 10, 7)
	_ = sim.AsteriskCSV(&same, 10, 7)
	_ = sim.AsteriskCSV(&other, 10, 8)
	fmt.Println(bytes.Count(one.Bytes(), []byte("\n")), bytes.Equal(one.Bytes(), same.Bytes()), bytes.Equal(one.Bytes(), other.Bytes()), err)
	// Output: 10 true false <nil>
}
