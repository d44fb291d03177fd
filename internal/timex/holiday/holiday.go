// Package holiday knows the public holidays and make-up working days of
// mainland China (cn), Taiwan (tw), Hong Kong (hk) and the United States (us).
//
// It owns the dates, in one file a region with the years it covers. It does not
// own what a holiday does to a price (schedules of a plan do).
package holiday

import (
	"embed"
	"fmt"
	"strings"

	"waihu/internal/timex"
)

//go:embed *.tsv
var files embed.FS

// Regions lists the calendars there are.
func Regions() []string { return []string{"cn", "tw", "hk", "us"} }

// Calendars reads all of them, by region.
func Calendars() (map[string]*timex.Calendar, error) {
	out := map[string]*timex.Calendar{}
	for _, region := range Regions() {
		c, err := read(region)
		if err != nil {
			return nil, fmt.Errorf("holiday calendar %s: %w", region, err)
		}
		out[region] = c
	}
	return out, nil
}

func read(region string) (*timex.Calendar, error) {
	data, err := files.ReadFile(region + ".tsv")
	if err != nil {
		return nil, err
	}
	days := map[timex.Date]bool{}
	for i, line := range strings.Split(string(data), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) < 2 || f[1] != "off" && f[1] != "work" {
			return nil, fmt.Errorf("line %d: %q is not a date and off or work", i+1, line)
		}
		d, err := timex.ParseDate(f[0])
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		days[d] = f[1] == "off"
	}
	return timex.NewCalendar(region, days), nil
}
