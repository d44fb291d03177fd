package app_test

import (
	"context"
	"testing"

	"waihu/internal/fault"
	"waihu/internal/usage/cdr"
)

func TestKeepMapping(t *testing.T) {
	b, ctx := newBooks(t), context.Background()
	one, two := b.company("one"), b.company("two")
	m := cdr.Mapping{Name: "ours", Fact: cdr.CallFact, Header: true, Columns: map[string]string{"start": "begin", "talk": "seconds"}}
	for range 2 { // the second is in place of the first
		if err := b.KeepMapping(ctx, one, m); err != nil {
			t.Fatal(err)
		}
		m.Columns["to"] = "called"
	}
	if got := must(b.Mappings(ctx, one)); len(got) != 1 || got[0].Columns["to"] != "called" {
		t.Errorf("%+v", got)
	}
	if got := must(b.Mappings(ctx, two)); len(got) != 0 {
		t.Errorf("another company sees %+v", got)
	}
	for name, wrong := range map[string]cdr.Mapping{"no columns": {Name: "x", Fact: cdr.CallFact}, "a format's name": {Name: "vicidial", Fact: m.Fact, Header: true, Columns: m.Columns}, "no name": {Fact: m.Fact, Columns: m.Columns}} {
		wantKind(t, name, b.KeepMapping(ctx, one, wrong), fault.Invalid)
	}
	for i := range 49 {
		m.Name = string(rune('a'+i/26)) + string(rune('a'+i%26))
		if err := b.KeepMapping(ctx, one, m); err != nil {
			t.Fatal(err)
		}
	}
	m.Name = "one too many"
	wantKind(t, "many", b.KeepMapping(ctx, one, m), fault.Conflict)
}
