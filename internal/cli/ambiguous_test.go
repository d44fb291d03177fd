package cli_test

import (
	"strings"
	"testing"
)

// TestAmbiguousNumbersAreCounted: a called number that could be at home and
// abroad is said, once for each reason with its count; where no price hangs on
// the number nobody is bothered.
func TestAmbiguousNumbersAreCounted(t *testing.T) {
	const head = "plan: p\nversion: 1\ncurrency: CNY\ntime_zone: Asia/Shanghai\nhome_region: CN\n"
	facts := file(t, "facts.csv", "fact,id,direction,result,to,start,talk,agent\n"+
		"call,c1,outbound,answered,13122345678,2026-03-02 10:00:00,60,a\n"+
		"call,c2,outbound,answered,13122345679,2026-03-02 10:00:00,60,a\n"+
		"call,c3,outbound,answered,+13122345678,2026-03-02 10:00:00,60,a\n"+
		"call,c4,outbound,no_answer,13122345678,2026-03-02 10:00:00,0,a\n")
	byNumber := file(t, "plan.yaml", head+"components: [{id: talk, measure: talk_time, rates: [{id: home, match: {region: CN}, unit_price: 0.1}, {id: rest, default: true, unit_price: 1}]}]\n")
	code, out, errs := run(t, "bill", byNumber, facts, "--period", "2026-03", "--brief")
	if code != 0 || !strings.Contains(errs, "flagged 2: the called number has no country code and could be one abroad") || !strings.Contains(errs, "2 flagged") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	flat := file(t, "plan.yaml", head+"components: [{id: talk, measure: talk_time, unit_price: 0.1}]\n")
	if code, _, errs := run(t, "bill", flat, facts, "--period", "2026-03"); code != 0 || strings.Contains(errs, "country code") {
		t.Errorf("exit %d: %s", code, errs)
	}
}
