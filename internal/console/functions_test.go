package console

import (
	"testing"

	"waihu/internal/lang"
)

func TestSaidOnPages(t *testing.T) {
	for _, c := range []struct {
		tag           lang.Tag
		english, want string
	}{
		{lang.Traditional, "the file is empty", "檔案是空的"},
		{lang.Simplified, "close a period: a price nobody knows: <talk>", "价格未知：&lt;talk&gt;"},
		{lang.Traditional, "nobody wrote <this> down", `<span lang="en">nobody wrote &lt;this&gt; down</span>`},
		{lang.English, "nobody wrote <this> down", "nobody wrote &lt;this&gt; down"},
		{lang.Traditional, "", ""},
	} {
		if got := string(said(c.tag, c.english)); got != c.want {
			t.Errorf("%s %q: %s, want %s", c.tag, c.english, got, c.want)
		}
	}
}
