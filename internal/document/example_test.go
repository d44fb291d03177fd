package document_test

import (
	"fmt"

	"waihu/internal/document"
	"waihu/internal/lang"
	"waihu/internal/money"
)

func ExampleInWords() {
	total, _ := money.Parse("13559.87", money.MustCurrency("CNY"))
	words, err := document.InWords(lang.Simplified, total)
	fmt.Println(words, err)
	// Output: 人民币壹万叁仟伍佰伍拾玖元捌角柒分 <nil>
}
