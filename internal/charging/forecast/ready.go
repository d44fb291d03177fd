package forecast

import (
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/usage"
)

// Ready lists the profiles that come with the program, as templates to start
// from: what each assumes, and where that comes from, is in their Sources.
func Ready() []string { return []string{"sales", "service", "survey"} }

// ReadyProfile is one of them; nil: there is none of that name.
func ReadyProfile(name string) *Profile {
	p := readyBase(name)
	switch name {
	case "sales":
		readySales(p)
	case "service":
		readyService(p)
	case "survey":
		readySurvey(p)
	default:
		return nil
	}
	return p
}

// source is a sentence about where figures come from, in every language.
func source(key string, args map[string]string) lang.Text {
	return lang.Text{En: lang.Phrase(lang.English, key, args), Hant: lang.Phrase(lang.Traditional, key, args), Hans: lang.Phrase(lang.Simplified, key, args)}
}

// sources are sentences without figures of their own.
func sources(names ...string) []lang.Text {
	var out []lang.Text
	for _, name := range names {
		out = append(out, source("profile.from."+name, nil))
	}
	return out
}

func percent(n int64) catalog.Percent  { return catalog.Percent{Number: exact.Frac(n, 100)} }
func share(n int64) *catalog.Percent   { p := percent(n); return &p }
func seconds(n int64) catalog.Duration { return catalog.Duration(time.Duration(n) * time.Second) }
func clock(hour int16) catalog.Clock   { return catalog.Clock{Minute: hour * 60, Set: true} }
func workdays(from, to int16) Hours {
	return Hours{Days: []catalog.DayWord{catalog.Workday}, From: clock(from), To: clock(to)}
}

// readyBase is what the three have in common.
func readyBase(name string) *Profile {
	return &Profile{ID: name, Template: true, Purpose: usage.Purpose(name), Zone: "Asia/Shanghai", Home: "CN", Calendar: "cn", From: MustMonth("2026-01"),
		Length: Length{Shape: Lognormal, Mean: seconds(90), CV: exact.One}, Hours: []Hours{workdays(9, 12), workdays(14, 18)},
		Season:  []Season{{2, percent(70)}, {10, percent(80)}},
		Service: Service{WrapUp: seconds(20), Abandons: share(3)}}
}

func readySales(p *Profile) {
	p.Name = lang.Text{En: "Sales calls, ten seats", Hant: "銷售外呼，十個座席", Hans: "销售外呼，十个坐席"}
	p.Sources = sources("simulation", "rules", "market", "assumed")
	p.Seats = SeatNeed{Average: exact.Int(10), Peak: 12, Minimum: 7}
	p.Calls = []CallType{
		{ID: "mobile", Line: usage.Mobile, Reach: usage.Local, Mode: usage.Predictive, Minutes: exact.Int(32000), AnswerRate: share(25)},
		{ID: "landline", Line: usage.Landline, Reach: usage.Local, Mode: usage.Predictive, Minutes: exact.Int(8000), AnswerRate: share(25)},
		{ID: "mobile-far", Line: usage.Mobile, Reach: usage.LongDistance, Mode: usage.Predictive, Minutes: exact.Int(5000), AnswerRate: share(25), Numbers: "86139"},
	}
	p.Modules = []ModuleNeed{{"recording", Must}, {"predictive", Must}, {"quality", Nice}}
	p.Rentals = []RentalNeed{{"number", 10}}
}

func readyService(p *Profile) {
	p.Name = lang.Text{En: "Customer service, eight seats", Hant: "客服，八個座席", Hans: "客服，八个坐席"}
	p.Sources = sources("erlang", "assumed")
	p.Seats = SeatNeed{Average: exact.Int(8), Peak: 10, Minimum: 6}
	p.Length = Length{Shape: Exponential, Mean: seconds(180)}
	p.Hours = []Hours{workdays(9, 18)}
	p.Hours[0].Days = []catalog.DayWord{catalog.AllDays}
	p.Season = []Season{{2, percent(80)}}
	p.Calls = []CallType{
		{ID: "incoming", Direction: usage.Inbound, Line: usage.SharedFee, Minutes: exact.Int(45000), AnswerRate: share(95)},
		{ID: "call-back", Line: usage.Mobile, Reach: usage.Local, Mode: usage.Manual, Minutes: exact.Int(6000), AnswerRate: share(60)},
	}
	p.Modules = []ModuleNeed{{"recording", Must}, {"ticket", Nice}}
	p.Rentals = []RentalNeed{{"number", 1}}
	p.Service.Level, p.Service.Within, p.Service.Patience = share(80), seconds(20), seconds(120)
}

func readySurvey(p *Profile) {
	p.Name = lang.Text{En: "Survey, twenty seats", Hant: "市場調研，二十個座席", Hans: "市场调研，二十个坐席"}
	p.Sources = sources("lengths", "rules", "assumed")
	p.Seats = SeatNeed{Average: exact.Int(16), Peak: 20, Minimum: 8}
	p.Hours = []Hours{workdays(14, 20)}
	p.Season = []Season{{2, percent(50)}, {10, percent(70)}}
	p.Length = Length{Shape: Histogram, Bins: []Bin{{seconds(10), percent(45)}, {seconds(60), percent(15)}, {seconds(150), percent(15)}, {seconds(240), percent(20)}, {seconds(480), percent(5)}}}
	p.Calls = []CallType{
		{ID: "mobile", Line: usage.Mobile, Reach: usage.Local, Mode: usage.Predictive, Minutes: exact.Int(40000), AnswerRate: share(20)},
		{ID: "landline", Line: usage.Landline, Reach: usage.Local, Mode: usage.Predictive, Minutes: exact.Int(10000), AnswerRate: share(15)},
	}
	p.Modules = []ModuleNeed{{"recording", Must}, {"survey", Must}, {"transcription", Nice}}
	p.Events = []EventNeed{{"sms", exact.Int(3000)}}
	p.Rentals = []RentalNeed{{"number", 5}}
}
