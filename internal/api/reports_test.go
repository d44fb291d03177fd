package api_test

import (
	"bytes"
	"strings"
	"testing"

	"waihu/internal/access"
	"waihu/internal/calling/report"
)

// TestReportsThroughTheInterface: every report, with its files; tries, the record of
// abandoned calls, why a lead is not called, who sits where; and what is refused.
func TestReportsThroughTheInterface(t *testing.T) {
	w := newWorld(t)
	head := w.key(w.a, access.Supervisor)
	for _, k := range report.Kind("").Choices() {
		if got := w.ask(head, "GET", "/v1/reports/"+k+"?time_zone=Asia/Shanghai", nil).want(200).json(); got["report"] != k || got["rows"] == nil || got["total"] == nil {
			t.Errorf("%s: %v", k, got)
		}
	}
	for form, first := range map[string]string{"csv": "\ufeffAgent", "html": "<!", "xlsx": "PK", "pdf": "%PDF"} {
		if got := w.ask(head, "GET", "/v1/reports/agents/"+form, nil).want(200); !bytes.HasPrefix(bytes.TrimSpace(got.body), []byte(first)) {
			t.Errorf("%s begins with %.20q", form, got.body)
		}
	}
	w.ask(head, "GET", "/v1/reports/nothing", nil).want(422)
	w.ask(head, "GET", "/v1/reports/agents?time_zone=Nowhere", nil).wantCode(422, "invalid")
	w.ask(head, "GET", "/v1/reports/agents?sort=nothing", nil).wantCode(422, "invalid")
	list := w.ask(head, "POST", "/v1/lists", map[string]any{"name": "spring", "country": "CN"}, once("l")).want(201).field("id")
	lead := w.ask(head, "POST", "/v1/leads", map[string]any{"list": list, "name": "Wang", "numbers": []any{map[string]any{"number": "8613800138000"}}}, once("w")).want(201).field("id")
	for tag, want := range map[string]string{"en": "is in no campaign", "zh-Hant": "不屬於任何外呼活動", "zh-Hans": "不属于任何外呼活动"} {
		if got := w.ask(head, "GET", "/v1/leads/"+lead+"/why?lang="+tag, nil).want(200); !strings.Contains(string(got.body), want) {
			t.Errorf("%s: %s", tag, got.body)
		}
	}
	w.ask(w.keyB, "GET", "/v1/leads/"+lead+"/why", nil).wantCode(404, "not_found")
	for _, path := range []string{"/v1/tries?first=2026-03-01&last=2026-03-31&outcome=sale", "/v1/abandonment?first=2026-03-01&last=2026-03-31"} {
		if got := w.ask(head, "GET", path, nil).want(200).json(); got["items"] == nil {
			t.Errorf("%s: %v", path, got)
		}
	}
	if got := w.ask(head, "GET", "/v1/reports/lists", nil).want(200).json(); len(got["rows"].([]any)) != 1 {
		t.Errorf("%v", got)
	}
}
