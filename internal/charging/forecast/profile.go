package forecast

import (
	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/usage"
)

// Profile describes the usage of a company: what it needs, how it calls, what
// it wants to spend.
type Profile struct {
	ID       string          `plan:"profile,required" doc:"Identifier of the profile: letters, digits, - _ and dots."`
	Name     lang.Text       `plan:"name" doc:"Name for people."`
	Template bool            `plan:"template" doc:"It is a template to start from, not anybody's usage."`
	Sources  []lang.Text     `plan:"sources" doc:"Where its figures come from."`
	Purpose  usage.Purpose   `plan:"purpose" doc:"sales, service or survey."`
	Zone     string          `plan:"time_zone,required" doc:"IANA zone of days and hours, for example Asia/Shanghai."`
	Home     string          `plan:"home_region" doc:"ISO region the calls are made from, for example CN."`
	Calendar string          `plan:"calendar" doc:"Holiday calendar that workday and holiday refer to: cn, tw, hk, us, or none (default)."`
	From     Month           `plan:"from" doc:"First month, for example 2026-01."`
	Seats    SeatNeed        `plan:"seats,required" doc:"Seats in use."`
	Hours    []Hours         `plan:"hours,required" doc:"When people work."`
	Calls    []CallType      `plan:"calls,required" doc:"Calls of a usual month, by type."`
	Length   Length          `plan:"length" doc:"How long answered calls talk, where a type does not say."`
	Season   []Season        `plan:"season" doc:"Months of the year that differ from the usual one."`
	Growth   catalog.Percent `plan:"growth" doc:"Growth a year; it comes in equal steps each month."`
	Months   []MonthNeed     `plan:"months" doc:"Single months that differ."`
	Modules  []ModuleNeed    `plan:"modules" doc:"Feature modules, must have and nice to have."`
	Rentals  []RentalNeed    `plan:"rentals" doc:"Rented things: numbers, lines, devices."`
	Events   []EventNeed     `plan:"events" doc:"Metered events of a usual month: messages, storage, speech minutes."`
	Service  Service         `plan:"service" doc:"How well calls are to be served."`
	Budget   exact.Number    `plan:"budget" doc:"What a month may cost."`
	Currency money.Currency  `plan:"currency" doc:"Currency of the budget."`
}

// SeatNeed is seats in use at a time on working days.
type SeatNeed struct {
	Average exact.Number `plan:"average,required" doc:"Mean over the working days of a month."`
	Peak    int          `plan:"peak" doc:"Most on one day; the average, rounded up, if absent."`
	Minimum int          `plan:"minimum" doc:"Fewest on one day."`
	Type    string       `plan:"type" doc:"Seat type: agent (default), supervisor, robot or your own."`
	ByMonth []SeatMonth  `plan:"by_month" doc:"Months of the year with other seats."`
}

// SeatMonth is the seats of one month of every year.
type SeatMonth struct {
	Month   int          `plan:"month,required" doc:"Month of the year, 1 to 12."`
	Average exact.Number `plan:"average,required" doc:"Mean over the working days."`
	Peak    int          `plan:"peak" doc:"Most on one day; the average, rounded up, if absent."`
	Minimum int          `plan:"minimum" doc:"Fewest on one day."`
}

// Hours are working hours on some days.
type Hours struct {
	Days   []catalog.DayWord `plan:"days" doc:"mon..sun, workday, holiday, all; all if absent."`
	From   catalog.Clock     `plan:"from,required" doc:"Wall-clock time, for example 09:00."`
	To     catalog.Clock     `plan:"to,required" doc:"Wall-clock time it ends, after from."`
	Weight int               `plan:"weight" doc:"How busy an hour is beside the other rows; 1 if absent."`
}

// CallType is one kind of call and how much of it a usual month has.
type CallType struct {
	ID         string           `plan:"id,required" doc:"Identifier."`
	Name       lang.Text        `plan:"name" doc:"Name for people."`
	Direction  usage.Direction  `plan:"direction" doc:"outbound (default), inbound, internal, callback."`
	Line       usage.Line       `plan:"line" doc:"mobile, landline, toll_free, shared_cost, premium, voip, short."`
	Reach      usage.Reach      `plan:"reach" doc:"local, long_distance, international."`
	Mode       usage.Mode       `plan:"mode" doc:"manual, preview, progressive, predictive, robot."`
	Purpose    usage.Purpose    `plan:"purpose" doc:"sales, service, survey; the profile's if absent."`
	Minutes    exact.Number     `plan:"minutes,required" doc:"Talk minutes of a usual month."`
	Answered   int64            `plan:"answered" doc:"Answered calls of a usual month; worked out from the mean length if absent."`
	Attempts   int64            `plan:"attempts" doc:"Attempts of a usual month; worked out from the answer rate if absent."`
	AnswerRate *catalog.Percent `plan:"answer_rate" doc:"Share of attempts that are answered; 100% if absent."`
	Length     *Length          `plan:"length" doc:"How long answered calls talk."`
	Numbers    string           `plan:"numbers" doc:"First digits of the numbers called, with country code; made from region and line if absent."`
}

// Length is the law of talk times.
type Length struct {
	Shape Shape            `plan:"shape" doc:"lognormal (default), exponential or histogram."`
	Mean  catalog.Duration `plan:"mean" doc:"Mean talk time, for example 90s; a histogram has its own."`
	CV    exact.Number     `plan:"cv" doc:"For lognormal: standard deviation over mean; 1 if absent."`
	Bins  []Bin            `plan:"bins" doc:"For histogram: bounds and shares, short to long."`
}

// Bin is a share of calls up to a length.
type Bin struct {
	UpTo  catalog.Duration `plan:"up_to,required" doc:"Longest talk time of the bin."`
	Share catalog.Percent  `plan:"share,required" doc:"Share of answered calls."`
}

// Shape names a law.
type Shape string

const (
	Lognormal   Shape = "lognormal"
	Exponential Shape = "exponential"
	Histogram   Shape = "histogram"
)

// Choices lists them.
func (Shape) Choices() []string { return []string{"lognormal", "exponential", "histogram"} }

// Season is how much a month of the year has beside the usual one.
type Season struct {
	Month  int             `plan:"month,required" doc:"Month of the year, 1 to 12."`
	Factor catalog.Percent `plan:"factor,required" doc:"100% is the usual month."`
}

// MonthNeed is what one month has.
type MonthNeed struct {
	Month   Month            `plan:"month,required" doc:"Month, for example 2026-03."`
	Factor  *catalog.Percent `plan:"factor" doc:"Share of the usual month, in the place of season and growth; 100% is the usual month."`
	Average *exact.Number    `plan:"average" doc:"Mean of seats in use over its working days."`
	Peak    int              `plan:"peak" doc:"Most seats on one day."`
	Minimum int              `plan:"minimum" doc:"Fewest seats on one day."`
}

// ModuleNeed is a module and how much it is needed.
type ModuleNeed struct {
	Module string `plan:"module,required" doc:"Module: recording, predictive, quality ..."`
	Need   Need   `plan:"need" doc:"must (default) or nice."`
}

// Need says whether something can be done without.
type Need string

const (
	Must Need = "must"
	Nice Need = "nice"
)

// Choices lists them.
func (Need) Choices() []string { return []string{"must", "nice"} }

// RentalNeed is things rented all the time.
type RentalNeed struct {
	Item     string `plan:"item,required" doc:"number, line, device or the plan's own word."`
	Quantity int    `plan:"quantity,required" doc:"How many."`
}

// EventNeed is metered events.
type EventNeed struct {
	Kind     string       `plan:"kind,required" doc:"sms, storage_gb_day, transcription_minute ..."`
	Quantity exact.Number `plan:"quantity,required" doc:"How much in a usual month."`
}

// Service is how well calls are to be served.
type Service struct {
	Level     *catalog.Percent `plan:"level" doc:"Share of incoming calls answered in time; 80% if absent."`
	Within    catalog.Duration `plan:"within" doc:"In time is within this; 20s if absent."`
	Occupancy *catalog.Percent `plan:"occupancy" doc:"Most an agent may be busy; 85% if absent."`
	Abandons  *catalog.Percent `plan:"abandons" doc:"Most calls that may be lost; 3% if absent."`
	Patience  catalog.Duration `plan:"patience" doc:"How long callers wait on the mean; absent: for ever."`
	WrapUp    catalog.Duration `plan:"wrap_up" doc:"Work after each answered call; 20s if absent."`
	Absence   *catalog.Percent `plan:"absence" doc:"Share of paid time people are away: leave, training, breaks."`
}

// must tells whether a module is a must: one that names no need is.
func (m ModuleNeed) must() bool { return m.Need != Nice }

func (c *CallType) direction() usage.Direction {
	if c.Direction == "" {
		return usage.Outbound
	}
	return c.Direction
}

func (c *CallType) length(p *Profile) Length {
	if c.Length != nil {
		return *c.Length
	}
	return p.Length
}

// MustModules lists the modules a profile must have, and those it would like.
func (p *Profile) MustModules() (must, nice []string) {
	for _, m := range p.Modules {
		if m.must() {
			must = append(must, m.Module)
		} else {
			nice = append(nice, m.Module)
		}
	}
	return must, nice
}
