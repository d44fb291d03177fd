package lang_test

import (
	"fmt"

	"waihu/internal/lang"
)

func ExamplePhrase() {
	args := map[string]string{"quantity": "50", "unit": "minute", "used": "12", "left": "38"}
	for _, tag := range lang.Tags() {
		fmt.Println(lang.Phrase(tag, "rule.included", args))
	}
	// Output:
	// 50 minutes included, 12 minutes used, 38 minutes left
	// 內含 50 分鐘，已用 12 分鐘，剩餘 38 分鐘
	// 内含 50 分钟，已用 12 分钟，剩余 38 分钟
}
