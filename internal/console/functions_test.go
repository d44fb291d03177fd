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
		if got := string(said(c.tag, c.english, false)); got != c.want {
			t.Errorf("%s %q: %s, want %s", c.tag, c.english, got, c.want)
		}
	}
}

func TestSentences(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "",
		"the file is empty":                "The file is empty.",
		"people.csv: the file is empty":    "people.csv: the file is empty.",
		"plan is not known!":               "Plan is not known!",
		"檔案是空的":                            "檔案是空的。",
		"文件 a.csv 是空的。":                    "文件 a.csv 是空的。",
		"key_1 of this company is not one": "key_1 of this company is not one.",
	} {
		if got := sentence(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := said(lang.Simplified, "the file is empty\nnobody wrote <this> down", true); got != `文件是空的。<br><span lang="en">Nobody wrote &lt;this&gt; down.</span>` {
		t.Error(got)
	}
}
