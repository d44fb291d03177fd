package app_test

import (
	"context"
	"strings"
	"testing"

	"waihu/internal/app"
	"waihu/internal/lang"
)

// TestAdviceIsTold: the day's work tells each billed period's advice once, to
// webhooks and in a letter; where nothing could have cost less nobody is written to.
func TestAdviceIsTold(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	b.publish("plan: small\nversion: 1\ncurrency: CNY\ntime_zone: Asia/Shanghai\ncomponents:\n  - {id: talk, measure: talk_time, unit_price: 0.10}\n")
	who, other := b.customer("one", ""), b.company("two")
	small := func(word string) string {
		return strings.Replace(contractText(word, ""), "plan: p@1", "plan: small@1", 1)
	}
	b.contractIn(other, small("two"), "")
	b.calls(who, "2026-03-10 02:00:00", 6000)
	must(b.Quote(context.Background(), who.company, app.Quote{File: small("offer")}))
	b.at("2026-03-20 03:00:00")
	if got := must(b.Daily(context.Background(), 0)); got.Advised != 0 {
		t.Errorf("before anything was billed: %+v", got)
	}
	b.at("2026-04-01 03:00:00")
	b.close("2026-04-01")
	for i, want := range []int{1, 0} {
		if got := must(b.Daily(context.Background(), 0)); got.Advised != want {
			t.Errorf("day's work %d: %+v", i, got)
		}
	}
	if got := b.messages(who.company); got["webhook advice.given"] != 1 || got["mail advice.given"] != 1 {
		t.Errorf("told: %v", got)
	}
	if got := b.messages(other); got["webhook advice.given"] != 0 {
		t.Errorf("told of nothing: %v", got)
	}
	if got := b.letter(who.company, "advice.given", lang.English); !strings.Contains(got, "1 Mar 2026") || !strings.Contains(got, "pay less: 1") || !strings.Contains(got, "100.80") {
		t.Errorf("the letter says %q", got)
	}
}
