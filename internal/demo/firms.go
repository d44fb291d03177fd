package demo

import (
	"embed"
	"strconv"
	"strings"
	"time"

	"waihu/internal/money"
	"waihu/internal/sim"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

//go:embed books
var books embed.FS

// firm is one customer of the demonstration.
type firm struct {
	Key     string // of its files and log-in
	Name    string
	Lang    string
	Series  string
	Spent   int64 // percent of its budget that is spent today
	Calling sim.Firm
	Seats   []string // users who have a seat assigned
}

// firms are the three, each on another charging method.
func firms(calendars map[string]*timex.Calendar) ([]firm, error) {
	zone := func(name string) *time.Location {
		loc, err := timex.LoadZone(name)
		if err != nil {
			panic(err) // the names stand below
		}
		return loc
	}
	// Load by month: spring sales, a quiet February, a strong autumn.
	season := [12]float64{.85, .55, .9, 1, 1, .95, .85, .8, .95, 1, 1, .9}
	return []firm{
		{Key: "floor", Name: "晨星电销示例有限公司", Lang: "zh-Hans", Series: "CX", Spent: 97, Calling: sim.Firm{Name: "floor", Zone: zone("Asia/Shanghai"), Calendar: calendars["cn"],
			Purpose: usage.Sales, Mode: usage.Predictive, Agents: 9, Opens: 9, Closes: 18, Tries: 9, Answered: .34, Talk: 75, Season: season, From: "+862150000000", Trunk: "sh-1",
			Cost: money.Micros(60_000, money.MustCurrency("CNY")), Numbers: []sim.Numbers{{Prefix: "+86139", Digits: 8, Line: usage.Mobile, Reach: usage.LongDistance, Weight: 8}, {Prefix: "+8621", Digits: 8, Line: usage.Landline, Reach: usage.Local, Weight: 2}}}},
		{Key: "minutes", Name: "Harbour Service Example Ltd.", Lang: "en", Series: "HB", Spent: 91, Calling: sim.Firm{Name: "minutes", Zone: zone("Asia/Hong_Kong"), Calendar: calendars["hk"],
			Purpose: usage.Service, Mode: usage.Manual, Agents: 6, Opens: 9, Closes: 18, Tries: 6, Answered: .62, Talk: 150, Season: season, From: "+85230000000", Trunk: "hk-1",
			Cost: money.Micros(120_000, money.MustCurrency("HKD")), Numbers: []sim.Numbers{{Prefix: "+8529", Digits: 7, Line: usage.Mobile, Reach: usage.Local, Weight: 6}, {Prefix: "+8522", Digits: 7, Line: usage.Landline, Reach: usage.Local, Weight: 3}, {Prefix: "+86755", Digits: 8, Line: usage.Landline, Reach: usage.International, Weight: 1}}}},
		{Key: "modules", Name: "福爾摩沙市調示例有限公司", Lang: "zh-Hant", Series: "FS", Spent: 84, Calling: sim.Firm{Name: "modules", Zone: zone("Asia/Taipei"), Calendar: calendars["tw"],
			Purpose: usage.Survey, Mode: usage.Robot, Agents: 2, Robots: 4, Opens: 10, Closes: 20, Tries: 9, Answered: .41, Talk: 95, Season: season, From: "+886200000000", Trunk: "tw-1",
			Cost: money.Micros(250_000, money.MustCurrency("TWD")), Numbers: []sim.Numbers{{Prefix: "+88691", Digits: 7, Line: usage.Mobile, Weight: 7}, {Prefix: "+8862", Digits: 8, Line: usage.Landline, Weight: 3}}}},
	}, nil
}

// plan is the text of a firm's plan.
func (f *firm) plan() (string, error) {
	b, err := books.ReadFile("books/" + f.Key + ".plan.yaml")
	return string(b), err
}

// contract is the text of its contract, beginning on a day.
func (f *firm) contract(start timex.Date) (string, error) {
	b, err := books.ReadFile("books/" + f.Key + ".contract.yaml")
	return strings.NewReplacer("START", start.String(), "QUALITY", start.AddMonths(5).String(), "THIS_MONTH", start.AddMonths(months).String()).Replace(string(b)), err
}

// renewed is the text of the contract that follows it.
func (f *firm) renewed(start timex.Date) (string, error) {
	text, err := f.contract(start)
	word, rest, _ := strings.Cut(text, "\n")
	return word + "-R\n" + strings.Replace(rest, "term: "+strconv.Itoa(renewalMonths)+" months", "term: 12 months", 1), err
}
