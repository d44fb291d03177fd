package usage_test

import (
	"fmt"

	"waihu/internal/usage"
)

func ExampleDigest() {
	facts := []usage.Fact{&usage.Call{ID: "1", Source: "pbx"}, &usage.Call{ID: "2", Source: "pbx"}}
	var forth, back usage.Digest
	var elements usage.Elements
	for i := range facts {
		forth.Add(elements.Of(facts[i]))
		back.Add(elements.Of(facts[len(facts)-1-i]))
	}
	fmt.Println(forth.Equal(&back), forth.Count())
	// Output: true 2
}
