package holiday_test

import (
	"fmt"

	"waihu/internal/timex"
	"waihu/internal/timex/holiday"
)

func ExampleCalendars() {
	all, err := holiday.Calendars()
	day := timex.MustDate("2026-02-17") // the first day of the lunar year
	fmt.Println(all["cn"].IsHoliday(day), all["us"].IsHoliday(day), err)
	// Output: true false <nil>
}
