package compare_test

import (
	"fmt"
	"time"

	"waihu/internal/charging/compare"
	"waihu/internal/lang"
	"waihu/internal/usage"
)

// Two offers, one hundred calls of 61 seconds: the rate is not the price.
func ExampleComparison_Result() {
	c, err := compare.New(compare.Input{Candidates: []compare.Candidate{candidate(minutePlan("by-minute", "0.10", "60/60")), candidate(minutePlan("by-second", "0.14", "1/1"))}, Months: []int{1}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range 100 {
		at := day("2026-03-02").Start(time.UTC).Add(time.Duration(i) * time.Hour)
		if err := c.Call(&usage.Call{ID: fmt.Sprint(i), Start: at, Answer: at, Result: usage.Answered, Talk: 61 * time.Second, Agent: "ann"}); err != nil {
			fmt.Println(err)
		}
	}
	r, err := c.Result()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Answer[0].In(lang.English))
	fmt.Println(r.BreakEvens[0].Axis, len(r.BreakEvens[0].Points))
	// Output:
	// Plan by-second costs least over 1 month: CNY 14.23, CNY 5.77 (28.9%) less than Plan by-minute.
	// minutes_per_seat 0
}
