package planfile_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"waihu/internal/planfile"
	"waihu/internal/voice/script"
)

// TestScriptOfACarrier: what is written is read, and what is wrong has its line.
func TestScriptOfACarrier(t *testing.T) {
	files := fstest.MapFS{
		"good.yaml": {Data: []byte("carrier: test\nlines:\n  - {to: 138*, does: answer, ring: 200ms, talk: 5s, loss: 5%, jitter: 30ms}\n  - {to: \"*\", does: refuse, code: 503, retry: 30s}\n")},
		"bad.yaml":  {Data: []byte("carrier: test\nlines:\n  - {to: 138*, does: sing, ring: 3, loss: 5}\n")},
		"open.yaml": {Data: []byte("carrier: test\nlines:\n  - {to: 138*, does: busy}\n")},
	}
	s, problems := planfile.LoadScript(files, "good.yaml")
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	if l := s.For("13800138000"); l.Does != script.Answer || time.Duration(l.Ring) != 200*time.Millisecond || l.Loss != 0.05 {
		t.Errorf("%+v", l)
	}
	if l := s.For("1"); l.Code != 503 || time.Duration(l.Retry) != 30*time.Second {
		t.Errorf("%+v", l)
	}
	_, problems = planfile.LoadScript(files, "bad.yaml")
	for _, want := range []string{"bad.yaml:3", "does", "ring", "loss"} {
		if !strings.Contains(problems.Error(), want) {
			t.Errorf("%q is not in\n%s", want, problems.Error())
		}
	}
	if _, problems = planfile.LoadScript(files, "open.yaml"); !strings.Contains(problems.Error(), "a last line") {
		t.Error(problems)
	}
}
