package api

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// FuzzEvents: whatever is sent, it is read or refused; what is read makes one
// line of a fact each, without a second of anything.
func FuzzEvents(f *testing.F) {
	f.Add([]byte(`{"specversion":"1.0","id":"1","source":"s","type":"waihu.call","data":{"result":"busy","start":"2026-03-02T01:30:00Z"}}`))
	f.Add([]byte(`[{"specversion":"1.0","id":"1","source":"s","type":"waihu.event","time":"2026-03-02T01:30:00Z","data":{"kind":"sms","quantity":"1"}}]`))
	f.Add([]byte(`{"data":{"id":1},"id":"\u0000"}`))
	f.Add([]byte(`[[[[`))
	f.Fuzz(func(t *testing.T, body []byte) {
		events, _, err := readEvents(body)
		if err != nil {
			return
		}
		for i := range events {
			line, wrong := events[i].fact()
			if wrong != "" {
				continue
			}
			if strings.ContainsAny(string(line), "\r\n") {
				t.Errorf("a fact of several lines: %q", line)
			}
			if err := checkJSON(line); err != nil {
				t.Errorf("%q: %v", line, err)
			}
			if _, _, err := factOf(t.Context(), line); err != nil {
				t.Errorf("%q: %v", line, err)
			}
		}
	})
}

// FuzzQuickEvents: what the quick way takes, the one that takes anything takes in
// the same way, to the last field.
func FuzzQuickEvents(f *testing.F) {
	for _, s := range []string{
		`{"specversion":"1.0","id":"1","source":"s","type":"waihu.call","data":{"result":"busy","start":"2026-03-02T01:30:00Z"}}`,
		`[{"specversion":"1.0","id":"1","source":"s","type":"waihu.call","datacontenttype":"application/json","time":"x","data":{"result":"answered", "agent":"\u738b","talk":62,"start":"2026-03-02T01:30:00Z"}} , {"type":"waihu.seat","specversion":"1.0","id":"2","source":"s","data":{"user":"a","from":"2026-03-02T01:30:00Z","leg_b":null}}]`,
		`{"specversion":"1.0","id":"1","source":"s","type":"waihu.module","data":{"module":"\ud83d","from":1e3}}`,
		`{"specversion":"1.0","id":"a\u0062","source":"s","type":"waihu.rental","data":{"item":"n","from":"2026-03-02T01:30:00Z"}}`,
		`{"specversion":"1.0","id":"é","source":"s","type":"waihu.rental","data":{"item":"n","n":-0.5e+1,"t":true}}`,
		`[{"specversion":"1.0","id":"1","source":"s","type":"waihu.call","data":{` + "\n" + `"result":"busy"}}]`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		quick, single, ok := quickEvents(body)
		if !ok {
			return
		}
		events, alone, err := readEvents(body)
		if err != nil || alone != single || len(events) != len(quick.results) {
			t.Fatalf("%q: %d events, single %v; else %d, %v, %v", body, len(quick.results), single, len(events), alone, err)
		}
		lines := bytes.Split(bytes.TrimSuffix(quick.lines, []byte("\n")), []byte("\n"))
		for i := range events {
			line, wrong := events[i].fact()
			if wrong != "" || events[i].ID != quick.results[i].ID || events[i].Source != quick.results[i].Source {
				t.Fatalf("%q: event %d is %s of %s; else %+v, %s", body, i, quick.results[i].ID, quick.results[i].Source, events[i], wrong)
			}
			a, whyA, errA := factOf(t.Context(), lines[i])
			b, whyB, errB := factOf(t.Context(), line)
			if errA != nil || errB != nil || (whyA == "") != (whyB == "") || !reflect.DeepEqual(a, b) {
				t.Fatalf("%q: %s gave %+v (%s), %s gave %+v (%s)", body, lines[i], a, whyA, line, b, whyB)
			}
		}
	})
}

// FuzzStrictJSON: what passes the check reads back the same, however it is
// written again, and is never deeper than allowed.
func FuzzStrictJSON(f *testing.F) {
	for _, s := range []string{`{}`, `{"a":[1,{"b":null}]}`, `[[[]]]`, `{"a":1,"a":2}`, `"x" "y"`, `1e999`, "\xff", strings.Repeat("[", 30)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if checkJSON(data) != nil || !json.Valid(data) {
			return
		}
		var v any
		if json.Unmarshal(data, &v) != nil {
			return // a number out of range
		}
		again, err := json.Marshal(v)
		if err != nil || checkJSON(again) != nil {
			t.Errorf("%q became %q, which is refused (%v)", data, again, err)
		}
		if d := depth(v); d > jsonDepth {
			t.Errorf("%q is %d deep", data, d)
		}
	})
}

func depth(v any) (deepest int) {
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			deepest = max(deepest, depth(e))
		}
		return deepest + 1
	case []any:
		for _, e := range v {
			deepest = max(deepest, depth(e))
		}
		return deepest + 1
	}
	return 0
}

// FuzzCursor: a cursor that was made comes back; another is refused or is numbers.
func FuzzCursor(f *testing.F) {
	f.Add("AAAAAAAAAAE", int64(5), int64(-7))
	f.Fuzz(func(t *testing.T, text string, a, b int64) {
		p := PageIn{Cursor: text, Limit: 10}
		if got, err := p.numbers(2); err == nil && len(got) != 2 {
			t.Errorf("%q gave %d numbers", text, len(got))
		}
		if _, err := p.page(false); err == nil && text != "" && len(text) != 22 {
			t.Errorf("%q was taken for a cursor", text)
		}
		p.Cursor = numberCursor(a, b)
		got, err := p.numbers(2)
		if err != nil || got[0] != a || got[1] != b {
			t.Errorf("%d %d came back as %v, %v", a, b, got, err)
		}
	})
}
