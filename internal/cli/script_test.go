package cli_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"waihu/internal/cli"
)

// TestScriptWalk: the example is right, and a walk through it asks again, goes back,
// and ends as its answers say.
func TestScriptWalk(t *testing.T) {
	run := func(in string, args ...string) (string, int) {
		var out bytes.Buffer
		code := cli.Run(context.Background(), append([]string{"script"}, args...), cli.Streams{In: strings.NewReader(in), Out: &out, Err: &out})
		return out.String(), code
	}
	const file = "../../examples/survey.yaml"
	if out, code := run("", "check", file); code != 0 || !strings.Contains(out, "0 errors, 0 warnings") {
		t.Errorf("%d: %s", code, out)
	}
	out, code := run("gladly\n<\ngladly\nold\n35\noil, tyres\n3\nslow\nyes\ndear\nno\n", "walk", file, "--lang", "en", "--field", "name=Li")
	for _, want := range []string{"Good day Li. This is the workshop.", "! open.age: this is no such number", "You gave us 3 of 5.", "The end: complete, disposition done.", "hello, person, visit, why, why, thanks", "under_40"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("%d: %q is not in\n%s", code, want, out)
		}
	}
	if out, _ := run("gladly\n50\n", "walk", file, "--full", "from_40"); !strings.Contains(out, "The end: screened, quota from_40 is full") {
		t.Error(out)
	}
	if out, _ := run("gladly\n", "walk", file); !strings.Contains(out, "It stands at step person.") {
		t.Error(out)
	}
}
