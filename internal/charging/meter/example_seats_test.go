package meter_test

import (
	"fmt"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/meter"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// The peak of users logged in, with moments of less than half an hour ignored.
func ExampleCountSeats() {
	terms := &contract.Terms{Plan: &catalog.Plan{}, Loc: time.UTC, First: timex.MustDate("2026-03-01"), After: timex.MustDate("2026-04-01")}
	at := func(hour, minute int) timex.Instant {
		return timex.At(time.Date(2026, 3, 2, hour, minute, 0, 0, time.UTC))
	}
	sessions := []usage.Session{
		{ID: "1", User: "a", From: at(9, 0), To: at(12, 0)},
		{ID: "2", User: "b", From: at(9, 30), To: at(11, 0)},
		{ID: "3", User: "c", From: at(10, 50), To: at(11, 10)},
	}
	peak := &catalog.Component{ID: "seats", Measure: catalog.SeatsConcurrentPeak, IgnoreBelow: catalog.Duration(30 * time.Minute)}
	q, err := meter.CountSeats(peak, nil, sessions, terms)
	fmt.Println(q.Raw, q.Unit, err)
	for _, s := range q.Steps {
		fmt.Println(s.Key, s.Args)
	}
	// Output:
	// 2 seat <nil>
	// users map[users:3]
	// peak map[at:2026-03-02T09:30:00Z held:1h40m0s level:2]
	// peak_ignored map[at:2026-03-02T10:50:00Z bound:30m held:10m0s level:3]
}
