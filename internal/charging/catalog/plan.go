package catalog

import (
	"slices"
	"strconv"
	"strings"

	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Plan is one version of a price plan.
type Plan struct {
	ID          string         `plan:"plan,required" doc:"Identifier of the plan: letters, digits, - _ and dots."`
	Version     int            `plan:"version" doc:"Number of this version, from 1. A published version never changes."`
	Effective   timex.Date     `plan:"effective" doc:"First local day this version can be bought."`
	Name        lang.Text      `plan:"name" doc:"Name for people, one text or one a language."`
	Description lang.Text      `plan:"description" doc:"What the plan is for."`
	Currency    money.Currency `plan:"currency,required" doc:"ISO 4217 code all prices are in."`
	Zone        string         `plan:"time_zone,required" doc:"IANA zone of billing days, for example Asia/Shanghai."`
	Home        string         `plan:"home_region" doc:"ISO region whose numbers are written without country code, for example CN."`
	Period      Cycle          `plan:"period" doc:"Billing period; a calendar month if absent."`
	Tax         Tax            `plan:"tax" doc:"Tax classes and whether prices contain tax."`
	Schedules   []Schedule     `plan:"schedules" doc:"Named times of the week for prices that depend on the hour."`
	Decks       []Deck         `plan:"decks" doc:"Rate decks by called prefix."`
	Modules     []Module       `plan:"modules" doc:"Feature modules that can be switched on."`
	Components  []Component    `plan:"components,required" doc:"What is charged."`
	Packages    []Package      `plan:"packages" doc:"Included quantities shared by several components."`
	PackOrder   PackOrder      `plan:"package_order" doc:"Order in which several packages are used up: soonest_expiry (default), oldest, listed."`
	Cheapest    []Cheapest     `plan:"cheapest" doc:"The cheaper of: groups of which only the lowest total is charged."`
	Discounts   []Discount     `plan:"discounts" doc:"Discounts on several components."`
	Minimums    []Limit        `plan:"minimum_spend" doc:"Least amount a period costs; the shortfall is a line of its own."`
	Maximums    []Limit        `plan:"maximum_spend" doc:"Most a period costs; what is above it is taken off."`
	Unmetered   []string       `plan:"unmetered" doc:"Usage that is free on purpose: calls, sessions, events, modules, rentals, seats, or events:KIND."`
	Termination *Termination   `plan:"early_termination" doc:"What leaving before the term costs."`
	Offer       *OfferNote     `plan:"offer" doc:"For a market offer: vendor, source, date read, confidence."`
}

// Cycle is a billing period as a plan names it.
type Cycle struct {
	Every  timex.Unit `plan:"every" doc:"Length: day, week, month, quarter, half_year or year."`
	Count  int        `plan:"count" doc:"How many units one period has; 1 if absent."`
	Anchor Anchor     `plan:"anchor" doc:"calendar (default): from the 1st; contract: from the day the contract starts."`
}

// Anchor says where periods begin.
type Anchor string

const (
	CalendarAnchor Anchor = "calendar"
	ContractAnchor Anchor = "contract"
)

func (Anchor) Choices() []string { return []string{"calendar", "contract"} }

// Tax is how a plan's prices are taxed.
type Tax struct {
	Prices   TaxPrices   `plan:"prices" doc:"exclusive (default): tax is added; inclusive: prices contain it."`
	Rounding TaxRounding `plan:"rounding" doc:"once_per_rate (default) or per_line."`
	Classes  []TaxClass  `plan:"classes" doc:"Classes that components name."`
	Default  string      `plan:"default" doc:"Class of components that name none."`
}

// TaxClass is a kind of service and its rates over time.
type TaxClass struct {
	ID    string    `plan:"id,required" doc:"Identifier components use."`
	Name  lang.Text `plan:"name" doc:"Name for people."`
	Rates []TaxRate `plan:"rates,required" doc:"Rates by date, oldest first."`
}

// TaxRate holds from a local day on.
type TaxRate struct {
	From timex.Date `plan:"from" doc:"First local day the rate holds; absent: always did."`
	Rate Percent    `plan:"rate,required" doc:"For example 6%."`
}

// RateOn is the rate of a class on a day.
func (t *Tax) RateOn(class string, on timex.Date) (exact.Number, bool) {
	for i := range t.Classes {
		if t.Classes[i].ID != class {
			continue
		}
		best := -1
		for j, r := range t.Classes[i].Rates {
			if r.From <= on {
				best = j
			}
		}
		if best < 0 {
			return exact.Zero, false
		}
		return t.Classes[i].Rates[best].Rate.Number, true
	}
	return exact.Zero, false
}

// Schedule is a named part of the week.
type Schedule struct {
	ID       string    `plan:"id,required" doc:"Identifier rate rows use."`
	Name     lang.Text `plan:"name" doc:"Name for people."`
	Windows  []Window  `plan:"windows,required" doc:"When it applies."`
	Calendar string    `plan:"calendar" doc:"Holiday calendar that day words refer to: cn, tw, hk, us, or none."`
	Weight   int       `plan:"weight" doc:"Where schedules overlap the highest weight wins; equal weights are an error."`
}

// Window is a stretch of certain days.
type Window struct {
	Days  []DayWord  `plan:"days" doc:"mon..sun, workday, holiday, all; all if absent. A make-up working day counts as workday."`
	Dates []DateWord `plan:"dates" doc:"Dates such as 10-01 (each year) or 2026-02-17; they narrow days."`
	From  Clock      `plan:"from" doc:"Wall-clock time, 00:00 if absent."`
	To    Clock      `plan:"to" doc:"Wall-clock time it ends, 24:00 if absent; not after from: it runs past midnight."`
}

// Deck is a rate deck: from a file beside the plan or written in it.
type Deck struct {
	ID        string    `plan:"id,required" doc:"Identifier components use."`
	Name      lang.Text `plan:"name" doc:"Name for people."`
	File      string    `plan:"file" doc:"CSV file beside the plan."`
	Rows      []DeckRow `plan:"rows" doc:"Rows written here instead of a file."`
	Increment Increment `plan:"increment" doc:"Increment of rows that name none; 60/60 if absent."`
	Unit      UnitOf    `plan:"unit" doc:"What the prices are for: minute (default), second, hour."`
}

// DeckRow is one prefix of a deck written in the plan.
type DeckRow struct {
	Prefix     string     `plan:"prefix" doc:"Digits after the plus; empty is every other number."`
	Name       string     `plan:"name" doc:"Destination."`
	UnitPrice  Price      `plan:"unit_price" doc:"Price for a unit of talk time; unknown is possible."`
	Blocked    bool       `plan:"blocked" doc:"Such numbers may not be called."`
	Increment  Increment  `plan:"increment" doc:"First and next increment in seconds."`
	ConnectFee Price      `plan:"connect_fee" doc:"Fee for each answered call."`
	From       timex.Date `plan:"from" doc:"First local day the row holds."`
}

// Module is a feature that can be switched on.
type Module struct {
	ID       string      `plan:"id,required" doc:"Identifier: recording, predictive, quality ..."`
	Name     lang.Text   `plan:"name" doc:"Name for people."`
	Class    ModuleClass `plan:"class" doc:"value_added (default) or base."`
	Requires []string    `plan:"requires" doc:"Modules it needs."`
	Excludes []string    `plan:"excludes" doc:"Modules it cannot be with."`
}

// Package is a quantity that components use before they cost money.
type Package struct {
	ID        string    `plan:"id,required" doc:"Identifier."`
	Name      lang.Text `plan:"name" doc:"Name for people."`
	AppliesTo []string  `plan:"applies_to,required" doc:"Components that use it."`
	Included  `plan:",inline"`
	ChargedBy string `plan:"charged_by" doc:"With sizes: the recurring component that is the price of the package."`
	Sizes     []Size `plan:"sizes" doc:"All sizes it is sold in. The one with the package's own quantity holds unless a contract or an offer picks another."`
}

// Included is how much is free, for whom and for how long.
type Included struct {
	Quantity exact.Number `plan:"quantity,required" doc:"How much, in the unit of the component."`
	Per      Per          `plan:"per" doc:"account (default) or seat."`
	SeatsOf  string       `plan:"seats_of" doc:"Component whose billed seats are counted when per is seat."`
	Scope    Scope        `plan:"scope" doc:"pool (default): shared; per_seat: each seat its own."`
	Rollover *Rollover    `plan:"rollover" doc:"What is left moves to later periods."`
	Burn     Burn         `plan:"burn" doc:"Order among calls of different rates: time (default), dearest_first, cheapest_first."`
	From     timex.Date   `plan:"from" doc:"First local day it can be used, for a package with dates."`
	To       timex.Date   `plan:"to" doc:"Day after the last it can be used."`
	Prorate  bool         `plan:"prorate" doc:"A part of a period includes a part of the quantity."`
}

// Rollover is how long and how much may be carried to later periods.
type Rollover struct {
	Periods int          `plan:"periods,required" doc:"How many later periods can use what is left, 1 to 36."`
	Cap     exact.Number `plan:"cap" doc:"Most that may be carried; absent: no limit."`
}

// Cheapest charges the option with the lowest total.
type Cheapest struct {
	ID      string           `plan:"id,required" doc:"Identifier."`
	Name    lang.Text        `plan:"name" doc:"Name for people."`
	Options []CheapestOption `plan:"options,required" doc:"At least two options."`
}

// CheapestOption is one way to charge.
type CheapestOption struct {
	ID         string    `plan:"id,required" doc:"Identifier."`
	Name       lang.Text `plan:"name" doc:"Name for people."`
	Components []string  `plan:"components,required" doc:"Components charged when this option is the cheapest."`
}

// Discount lowers what components cost.
type Discount struct {
	ID         string       `plan:"id" doc:"Identifier."`
	Name       lang.Text    `plan:"name" doc:"Name for people."`
	Percent    *Percent     `plan:"percent" doc:"Share taken off, for example 10%."`
	Amount     exact.Number `plan:"amount" doc:"Amount taken off, never below zero."`
	Components []string     `plan:"components" doc:"Which components; absent: all."`
	From       timex.Date   `plan:"from" doc:"First local day of a period it holds for."`
	To         timex.Date   `plan:"to" doc:"Day after the last."`
}

// Limit is a least or most amount for a period.
type Limit struct {
	ID         string       `plan:"id" doc:"Identifier."`
	Name       lang.Text    `plan:"name" doc:"Name for people."`
	Amount     exact.Number `plan:"amount,required" doc:"Amount before tax (with tax where prices contain it)."`
	Components []string     `plan:"components" doc:"What counts toward it; absent: all."`
	Prorate    bool         `plan:"prorate" doc:"Part of a period needs part of the amount, by days."`
	Base       LimitBase    `plan:"base" doc:"For a minimum: what lines count with, as they stand rounded (default) or exact."`
	TaxClass   string       `plan:"tax" doc:"Tax class of the line that makes up the difference."`
}

// Termination is what leaving before the term costs.
type Termination struct {
	Share  Percent      `plan:"share" doc:"Share of what the rest of the term would have cost without any use: recurring fees and commitments."`
	Months int          `plan:"months" doc:"So many months of what the next billing period would have cost without any use."`
	Amount exact.Number `plan:"amount" doc:"Fixed amount."`
	Tax    string       `plan:"tax" doc:"Tax class."`
}

// Args are its parts as phrases take them: share, months and amount, each where it
// is something.
func (t *Termination) Args() map[string]string {
	out := map[string]string{}
	if t.Share.Sign() > 0 {
		out["share"] = t.Share.Number.String()
	}
	if t.Months > 0 {
		out["months"] = strconv.Itoa(t.Months)
	}
	if t.Amount.Sign() > 0 {
		out["amount"] = t.Amount.String()
	}
	return out
}

// OfferNote says where a market offer was read.
type OfferNote struct {
	Vendor     string     `plan:"vendor,required" doc:"Who offers it."`
	Source     string     `plan:"source,required" doc:"Where it was read."`
	ReadOn     timex.Date `plan:"read_on,required" doc:"When it was read."`
	Confidence string     `plan:"confidence,required" doc:"A the vendor's own page, B a dated transcription."`
	Notes      []string   `plan:"notes" doc:"What the source leaves open."`
}

// AsksNumbers tells whether a price hangs on what the called number tells: its
// prefix, its country, its kind of line.
func (p *Plan) AsksNumbers() bool {
	asks := func(f *Filter) bool { return len(f.Line)+len(f.Reach)+len(f.Region) > 0 }
	for i := range p.Components {
		c := &p.Components[i]
		if c.Deck != "" || asks(&c.Where) || slices.ContainsFunc(c.Rates, func(r RateRow) bool { return r.Deck != "" || asks(&r.Match) }) {
			return true
		}
	}
	return false
}

// ByMonth tells whether the plan is billed month by month.
func (p *Plan) ByMonth() bool {
	return (p.Period.Every == "" || p.Period.Every == timex.Month) && p.Period.Count <= 1
}

// Component finds a component by its identifier.
func (p *Plan) Component(id string) (*Component, bool) {
	for i := range p.Components {
		if p.Components[i].ID == id {
			return &p.Components[i], true
		}
	}
	return nil, false
}

// Schedule finds a schedule by its identifier.
func (p *Plan) Schedule(id string) (*Schedule, bool) {
	for i := range p.Schedules {
		if p.Schedules[i].ID == id {
			return &p.Schedules[i], true
		}
	}
	return nil, false
}

// IncludedFor lists the packages a component can use: its own first, then the
// shared ones in the order of the plan.
func (p *Plan) IncludedFor(id string) []Package {
	var out []Package
	if c, ok := p.Component(id); ok && c.Included != nil {
		out = append(out, Package{ID: c.ID, Name: c.Name, AppliesTo: []string{c.ID}, Included: *c.Included})
	}
	for _, pk := range p.Packages {
		if slices.Contains(pk.AppliesTo, id) {
			out = append(out, pk)
		}
	}
	return out
}

// AllPackages lists every included quantity: those of components, then the
// shared ones.
func (p *Plan) AllPackages() []Package {
	var out []Package
	for i := range p.Components {
		if c := &p.Components[i]; c.Included != nil {
			out = append(out, Package{ID: c.ID, Name: c.Name, AppliesTo: []string{c.ID}, Included: *c.Included})
		}
	}
	return append(out, p.Packages...)
}

// Module finds a module by its identifier, whatever its capitals.
func (p *Plan) Module(id string) (*Module, bool) {
	for i := range p.Modules {
		if strings.EqualFold(p.Modules[i].ID, id) {
			return &p.Modules[i], true
		}
	}
	return nil, false
}
