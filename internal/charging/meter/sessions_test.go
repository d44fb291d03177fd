package meter_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"waihu/internal/charging/meter"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// TestLogInsGivenAtOnce: a list counts as each of its log-ins does, whether it
// can be shared or not, and what is added later does not show in it.
func TestLogInsGivenAtOnce(t *testing.T) {
	terms := termsFor(t, "2026-06", "Asia/Shanghai")
	at := func(days int) timex.Instant { return terms.Period.From.Add(time.Duration(days) * 24 * time.Hour) }
	inside := []usage.Session{{ID: "a", User: "a", From: at(-1), To: at(0)}, {ID: "b", User: "b", From: at(3), To: at(4)}}
	for name, more := range map[string]usage.Session{
		"inside":          {ID: "c", User: "c", From: at(5), To: at(6)},
		"before":          {ID: "c", User: "c", From: at(-3), To: at(-2)},
		"after":           {ID: "c", User: "c", From: at(40), To: at(41)},
		"still logged in": {ID: "c", User: "c", From: at(5)},
	} {
		list := append(append(make([]usage.Session, 0, 8), inside...), more)
		whole, each := meterOf(t, terms, meter.Options{}), meterOf(t, terms, meter.Options{})
		later := usage.Session{ID: "d", User: "d", From: at(7), To: at(8)}
		if err := whole.Sessions(list); err != nil {
			t.Fatal(err)
		}
		for _, s := range append(list[:len(list):len(list)], later) {
			if err := each.Session(s); err != nil {
				t.Fatal(err)
			}
		}
		if err := whole.Session(later); err != nil {
			t.Fatal(err)
		}
		if got, want := finished(t, whole), finished(t, each); !reflect.DeepEqual(got.Sessions, want.Sessions) || got.Counts != want.Counts {
			t.Errorf("%s: %s, want %s", name, fmt.Sprint(got.Sessions, got.Counts), fmt.Sprint(want.Sessions, want.Counts))
		}
		if spare := list[:cap(list)]; spare[len(list)].ID != "" {
			t.Errorf("%s: %s was written behind the list", name, spare[len(list)].ID)
		}
	}
}
