package fault_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"waihu/internal/fault"
)

var kinds = []fault.Kind{fault.Invalid, fault.NotFound, fault.Conflict, fault.Unpriced, fault.Unknown, fault.Mismatch, fault.Overflow, fault.Internal}

// TestKindsSurviveWrapping: however often an error is wrapped, its kind and its
// words are there.
func TestKindsSurviveWrapping(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, k := range kinds {
		err := fault.New(k, "line %d", 7)
		want := "line 7"
		for range rng.IntN(5) {
			fault.Wrap(&err, "step %d", 3)
			want = "step 3: " + want
		}
		if fault.KindOf(err) != k || err.Error() != want {
			t.Errorf("%s: %v is of kind %s", k, err, fault.KindOf(err))
		}
	}
	var none error
	if fault.Wrap(&none, "nothing"); none != nil {
		t.Errorf("success was wrapped into %v", none)
	}
	inner := errors.New("the disk")
	e := &fault.Error{Kind: fault.NotFound, Msg: "plan.yaml", Err: inner}
	if !errors.Is(e, inner) || e.Error() != "plan.yaml: the disk" {
		t.Error(e)
	}
	if fault.KindOf(errors.New("plain")) != fault.Internal || fault.KindOf(nil) != fault.Internal {
		t.Error("an error without a kind is ours")
	}
	for _, err := range []error{fault.Problem{What: "x"}, fault.Problems{{What: "x"}}, fmt.Errorf("reading: %w", fault.Problems{{What: "x"}})} {
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v is of kind %s", err, fault.KindOf(err))
		}
	}
}

// TestProblemSaysEverything: every field that is there is in the message, in
// the order a person needs it.
func TestProblemSaysEverything(t *testing.T) {
	p := fault.Problem{File: "plan.yaml", Line: 3, Column: 9, Path: "components[0]", Value: "x", What: "not a number", Expected: "12.34", Fix: "write digits"}
	if want := `plan.yaml:3:9: components[0]: not a number (found "x"); expected 12.34; write digits`; p.Error() != want {
		t.Errorf("%s\nnot\n%s", p.Error(), want)
	}
	for mask := range 64 {
		q := fault.Problem{What: "what"}
		var parts []string
		for i, f := range []struct {
			set  func()
			says string
		}{{func() { q.File = "file" }, "file:"}, {func() { q.Line = 5 }, "5:"}, {func() { q.Path = "path" }, "path: "}, {func() { q.Value = "value" }, `(found "value")`},
			{func() { q.Expected = "this" }, "; expected this"}, {func() { q.Fix = "do" }, "; do"}} {
			if mask>>i&1 == 1 {
				f.set()
				parts = append(parts, f.says)
			}
		}
		at := 0
		for _, s := range parts {
			i := strings.Index(q.Error()[at:], s)
			if i < 0 {
				t.Errorf("%q does not say %q in its place", q.Error(), s)
			}
			at += max(i, 0)
		}
	}
	if got := (fault.Problem{Value: strings.Repeat("長", 200), What: "long"}).Error(); utf8.RuneCountInString(got) > 100 {
		t.Errorf("the value is repeated whole: %s", got)
	}
}

// TestErrorsAndWarningsArePartsOfAll: each finding is one or the other, in order.
func TestErrorsAndWarningsArePartsOfAll(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		var all fault.Problems
		for i := range rng.IntN(8) {
			all = append(all, fault.Problem{What: fmt.Sprint(i), Warning: rng.IntN(2) == 0})
		}
		e, w := all.Errors(), all.Warnings()
		if len(e)+len(w) != len(all) || (all.Err() == nil) != (len(e) == 0) {
			t.Fatalf("%d errors and %d warnings of %d", len(e), len(w), len(all))
		}
		if all.Err() != nil && !reflect.DeepEqual(all.Err(), error(e)) {
			t.Fatal("the error is not the errors")
		}
		if len(all) > 0 && strings.Count(all.Error(), "\n") != len(all)-1 {
			t.Fatalf("not a line each: %q", all.Error())
		}
		data, err := json.Marshal(all)
		var back fault.Problems
		if err != nil || json.Unmarshal(data, &back) != nil || !reflect.DeepEqual(back, all) {
			t.Fatalf("%s, %v", data, err)
		}
	}
}

// FuzzShorten: never longer than asked, never in the middle of a character, and
// what was cut says so.
func FuzzShorten(f *testing.F) {
	f.Add("short", 10)
	f.Add("長文字的開頭", 3)
	f.Add("", 0)
	f.Add("\xff\xfe", 1)
	f.Fuzz(func(t *testing.T, s string, n int) {
		if n < 0 || n > 1000 {
			return
		}
		got := fault.Shorten(s, n)
		body, cut := strings.CutSuffix(got, "…")
		switch {
		case got == s:
		case !cut || !strings.HasPrefix(s, body) || utf8.RuneCountInString(body) != n:
			t.Fatalf("%q to %d is %q", s, n, got)
		}
		if utf8.RuneCountInString(s) <= n && got != s {
			t.Fatalf("%q is short enough and became %q", s, got)
		}
		if utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Fatalf("%q was cut within a character: %q", s, got)
		}
	})
}

func ExampleProblem() {
	fmt.Println(fault.Problem{File: "plan.yaml", Line: 4, Column: 12, Path: "components[0].unit_price", Value: "0,12", What: "not a decimal", Expected: "0.12"})
	// Output: plan.yaml:4:12: components[0].unit_price: not a decimal (found "0,12"); expected 0.12
}
