package cdr

import (
	"bytes"
	"context"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// kept is a sink that keeps copies of all facts in their order.
type kept struct{ facts []any }

func (k *kept) Call(c *usage.Call) error {
	own := *c
	own.Course = c.Course.Clone()
	k.facts = append(k.facts, own)
	return nil
}
func (k *kept) Seat(s usage.Seat) error       { k.facts = append(k.facts, s); return nil }
func (k *kept) Session(s usage.Session) error { k.facts = append(k.facts, s); return nil }
func (k *kept) Module(m usage.Module) error   { k.facts = append(k.facts, m); return nil }
func (k *kept) Rental(r usage.Rental) error   { k.facts = append(k.facts, r); return nil }
func (k *kept) Event(e usage.Event) error     { k.facts = append(k.facts, e); return nil }

// canonical is the canonical form of one fact of kept.
func canonical(f any) string {
	switch f := f.(type) {
	case usage.Call:
		return string(f.AppendCanonical(nil))
	case usage.Seat:
		return string(f.AppendCanonical(nil))
	case usage.Session:
		return string(f.AppendCanonical(nil))
	case usage.Module:
		return string(f.AppendCanonical(nil))
	case usage.Rental:
		return string(f.AppendCanonical(nil))
	case usage.Event:
		return string(f.AppendCanonical(nil))
	}
	return ""
}

func write(w *Writer, facts ...any) error {
	for _, f := range facts {
		var err error
		switch f := f.(type) {
		case usage.Call:
			err = w.Call(&f)
		case usage.Seat:
			err = w.Seat(f)
		case usage.Session:
			err = w.Session(f)
		case usage.Module:
			err = w.Module(f)
		case usage.Rental:
			err = w.Rental(f)
		case usage.Event:
			err = w.Event(f)
		}
		if err != nil {
			return err
		}
	}
	return w.Flush()
}

// TestNativeHasEveryField fills every field of every fact by reflection: a
// field added to a fact must be written and read back.
func TestNativeHasEveryField(t *testing.T) {
	at := timex.MustDate("2026-03-01").Start(time.UTC)
	var facts []any
	for _, zero := range []any{usage.Call{}, usage.Seat{}, usage.Session{}, usage.Module{}, usage.Rental{}, usage.Event{}} {
		v := reflect.New(reflect.TypeOf(zero)).Elem()
		for i := range v.NumField() {
			f := v.Field(i)
			switch value := f.Interface().(type) {
			case timex.Instant:
				f.Set(reflect.ValueOf(at.Add(time.Duration(i) * time.Second)))
			case time.Duration:
				f.Set(reflect.ValueOf(time.Duration(i)*time.Second + 1))
			case money.Amount:
				f.Set(reflect.ValueOf(money.Micros(123456, money.MustCurrency("JPY"))))
			case exact.Number:
				f.Set(reflect.ValueOf(exact.Frac(22, 7)))
			case *usage.Course:
				f.Set(reflect.ValueOf(&usage.Course{EndedBy: usage.TheirSide, Cause: 17, Status: 486, Why: "refused", Trying: at + 1, Ringing: at + 2, Early: at + 3, OtherLeg: "b",
					Heard: usage.Quality{MOS: 430, Packets: 100, Lost: 2, Late: 1, Jitter: time.Millisecond}, Told: usage.Quality{MOS: 101, Packets: 99, Lost: 9, Late: 8, Jitter: 7},
					Detected: "machine", Sure: 93, Recording: "2026/a.wav", RecordingSHA256: strings.Repeat("a9", 32)}))
			case bool:
				f.SetBool(true)
			case interface{ Choices() []string }:
				f.SetString(value.Choices()[0])
			default:
				f.SetString("field " + string(rune('a'+i)) + " \"\\\n\r\t\x01\u2028你")
			}
		}
		facts = append(facts, v.Interface())
	}
	var file bytes.Buffer
	if err := write(NewWriter(&file), facts...); err != nil {
		t.Fatal(err)
	}
	back := &kept{}
	report, err := NewIntake(back, Options{}).Read(context.Background(), &file, "facts.jsonl", 0)
	if err != nil || len(back.facts) != len(facts) {
		t.Fatalf("%v, %s: %+v", err, report.Counts, report.Tallies)
	}
	for i, f := range facts {
		if canonical(f) != canonical(back.facts[i]) {
			t.Errorf("wrote %+v\nread  %+v", f, back.facts[i])
		}
	}
}

// TestCourseInATable: the columns of a course are columns of a table and of a
// mapping too, and a value that cannot be names its column.
func TestCourseInATable(t *testing.T) {
	head := "fact,id,result,start,talk,ended_by,q850,sip,ringing,heard_mos,heard_lost\n"
	for row, want := range map[string]string{
		"call,1,answered,2026-03-01 09:30:00,5,them,16,200,2026-03-01 09:29:58,4.3,7": "",
		"call,2,answered,2026-03-01 09:30:00,5,,,,,,":                                 "",
		"call,3,answered,2026-03-01 09:30:00,5,nobody,,,,,":                           "not known",
		"call,4,answered,2026-03-01 09:30:00,5,,x,,,,":                                "whole number",
		"call,5,answered,2026-03-01 09:30:00,5,,128,,,,":                              "Q.850",
		"call,6,answered,2026-03-01 09:30:00,5,,,,,5.01,":                             "no score",
		"call,7,answered,2026-03-01 09:30:00,5,,,,,4.301,":                            "no score",
	} {
		back := &kept{}
		report, err := NewIntake(back, Options{}).Read(context.Background(), strings.NewReader(head+row+"\n"), "x.csv", 0)
		if err != nil || (len(back.facts) == 1) != (want == "") || want != "" && !strings.Contains(report.Tallies[0].Reason, want) {
			t.Errorf("%s: %v, %+v", row, err, report.Tallies)
			continue
		}
		if want != "" {
			continue
		}
		c := back.facts[0].(usage.Call)
		if (c.Course != nil) != (c.ID == "1") || c.ID == "1" && (c.Course.Heard.MOS != 430 || c.Course.EndedBy != usage.TheirSide || c.Course.Ringing == 0) {
			t.Errorf("%s: %+v", row, c.Course)
		}
	}
}

func TestWriterRefusesWhatWouldNotComeBack(t *testing.T) {
	at := timex.MustDate("2026-03-01").Start(time.UTC)
	for _, f := range []any{
		usage.Seat{ID: "1", Source: "x", User: "\xff", From: at},
		usage.Seat{ID: "1", Source: "x", User: "mei", From: 5},
		usage.Seat{ID: "1", Source: "x", User: "mei", From: math.MaxInt64},
		usage.Seat{ID: "1", User: "mei", From: at},
		usage.Session{ID: "1", Source: "x", User: "mei", From: at, State: "asleep"},
		usage.Module{ID: "1", Source: "x", From: at},
		usage.Rental{ID: "1", Source: "x", Item: "400"},
		usage.Call{ID: "1", Source: "x", Start: at},
		usage.Call{ID: "1", Source: "x", Start: at, Result: usage.Answered, Talk: -1},
		usage.Call{ID: "1", Source: "x", Start: at, Result: usage.Answered, Total: math.MaxInt64},
		usage.Call{ID: "1", Source: "x", Start: at, Result: usage.Answered, Course: &usage.Course{Cause: 200}},
		usage.Call{ID: "1", Source: "x", Start: at, Result: usage.Answered, Course: &usage.Course{Ringing: 5}},
		usage.Event{ID: "1", Source: "x", Kind: "sms", At: at, Quantity: exact.Int(-1)},
	} {
		var b bytes.Buffer
		if err := write(NewWriter(&b), f); fault.KindOf(err) != fault.Invalid || b.Len() > 0 {
			t.Errorf("%+v: %v, wrote %q", f, err, b.String())
		}
	}
}

// FuzzNative holds read(write(x)) = x and write(read(write(x))) = write(x).
func FuzzNative(f *testing.F) {
	f.Add("1", "pbx", "13800138000", "a\"b\\c\x00\n", int64(1772357400_000_000), int64(62_500_000_001), uint8(3), int64(1))
	f.Add("x", "", "", "\u00ff", int64(31_536_000_000_000), int64(0), uint8(255), int64(-5))
	f.Fuzz(func(t *testing.T, id, source, to, other string, at, talk int64, choice uint8, micro int64) {
		c := usage.Call{ID: id, Source: source, To: to, Agent: other, Cause: other, Start: timex.Instant(at), Answer: timex.Instant(at + talk/7), Talk: time.Duration(talk)}
		c.Result = usage.Result(c.Result.Choices()[int(choice)%8])
		c.LegB = choice&1 != 0
		if choice > 100 {
			c.Cost = money.Micros(micro, money.MustCurrency("CNY"))
		}
		e := usage.Event{ID: id, Source: source, Kind: other, At: timex.Instant(at), Quantity: exact.Frac(talk&math.MaxInt32, int64(choice)+1)}
		for _, fact := range []any{c, e} {
			var first, second bytes.Buffer
			if write(NewWriter(&first), fact) != nil {
				if id != "" && source != "" && (fact == any(c) || other != "") && utf8.ValidString(id+"\n"+source+"\n"+to+"\n"+other) && at > 1<<45 && at < 1<<52 && talk >= 0 && talk < int64(longest) {
					t.Fatalf("%+v is refused", fact)
				}
				continue
			}
			back := &kept{}
			text := first.String()
			err := WaihuFacts().Read(&Input{Name: "x", R: &first, Source: source}, &strict{sink: back})
			if err != nil {
				t.Fatal(err)
			}
			if len(back.facts) != 1 || canonical(back.facts[0]) != canonical(fact) {
				t.Fatalf("wrote %+v as %s, read %+v", fact, text, back.facts)
			}
			if err := write(NewWriter(&second), back.facts[0]); err != nil || second.String() != text {
				t.Fatalf("wrote %s, then %s, %v", text, second.String(), err)
			}
		}
	})
}

func TestFlatObject(t *testing.T) {
	for line, want := range map[string]string{
		`{}`:                        "",
		` { "a" : "b" , "c":1.5 } `: "",
		`{"a":"\u4f60\n"}`:          "",
		`{"a":"b"`:                  "does not end",
		`{"a" "b"}`:                 "colon",
		`{"a":"b",}`:                "no quote",
		`{"a":01}`:                  "neither",
		`{"a":"\q"}`:                "escape",
		`{"a":"b"}{}`:               "after the object",
		`{"a":[1]}`:                 "neither",
		"{\"a\":\"\x01\"}":          "control",
		`{` + strings.Repeat(`"a":1,`, 70) + `"b":1}`: "64 keys",
		`x`:   "no JSON object",
		`{"a`: "does not end",
	} {
		_, got := flatObject(line, nil)
		if got == "" != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}
