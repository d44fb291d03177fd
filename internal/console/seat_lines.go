package console

import (
	"cmp"
	"slices"
	"strings"

	"waihu/internal/app"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/usage"
)

// seatLine is what a plan charges seats by: paid, in now, highest, idle, one fewer.
type seatLine struct {
	app.SeatLine
	Name   string
	Href   string // its line of the draft
	Said   string // the answer, in sentences
	Count  string // what it counts, in words
	Most   string // when the highest was
	Days   []seatDay
	Whole  string // seats paid, without a part of one
	Over   string // so many more in now than are paid
	Beyond string // more at once than are paid
	Hint   string // why it is paid so
	Saved  []savedRow
}

// savedRow is a part of what one seat fewer saves.
type savedRow struct {
	Name, Href string
	Amount     money.Amount
}

// seatDay is a point of the chart.
type seatDay struct {
	Day  int // of the month
	Text string
	High int64
}

// lineAt is where the draft has a line.
func (b *seatsBody) lineAt(line string) string {
	if b.Draft == "" || line == "" {
		return b.Draft
	}
	return b.Draft + "#line-" + line
}

func (v *visit) seatLine(b *seatsBody, d *app.Deal, l *app.SeatLine) seatLine {
	out := seatLine{SeatLine: *l, Name: priceNames{v.Tag, d.Plan}.component(l.Component.ID), Href: b.lineAt(l.Line), Count: v.say("seats.kind_" + string(l.Kind))}
	if l.High > 0 {
		out.Most = clockTime(l.HighAt, d.Loc)
	}
	for _, x := range l.Days {
		_, _, day := x.Day.Civil()
		out.Days = append(out.Days, seatDay{day, lang.Date(v.Tag, x.Day), x.High})
	}
	out.Whole = l.Paid.Round(exact.Down, 0).String()
	if over := exact.Int(l.Now).Sub(l.Paid.Round(exact.Down, 0)); l.Kind == app.PeakSeats && over.Sign() > 0 {
		out.Over = over.String()
	}
	switch high := exact.Int(l.High); {
	case l.Kind == app.BoughtSeats && l.Paid.Less(high):
		out.Beyond = v.say("seats.beyond", "n", lang.Number(v.Tag, high.Sub(l.Paid)))
	case l.Kind == app.PeakSeats && l.Component.IgnoreBelow > 0 && l.Used.Less(high):
		out.Hint = v.say("seats.ignored", "n", lang.Number(v.Tag, l.Used), "length", lang.Clock(int64(l.Component.IgnoreBelow)/1e9))
	case l.Kind == app.PeakSeats && l.Component.Commitment.Sign() > 0 && l.Idle.Sign() > 0:
		out.Hint = v.say("seats.least", "n", lang.Number(v.Tag, l.Component.Commitment))
	}
	if l.Fewer != nil {
		for _, p := range l.Fewer.Parts {
			row := savedRow{Name: v.say("seats.fewer_rest"), Amount: p.Saved}
			if p.Component != "" {
				row.Name, row.Href = priceNames{v.Tag, d.Plan}.component(p.Component), b.lineAt(p.Line)
			}
			out.Saved = append(out.Saved, row)
		}
	}
	out.Said = strings.Join(v.seatsSaid(l), v.gap())
	return out
}

// seatsSaid is what a line of seats comes to.
func (v *visit) seatsSaid(l *app.SeatLine) []string {
	if l.Paid.Sign() <= 0 {
		return []string{v.say("seats.say_none")}
	}
	out := []string{v.say("seats.say_paid", "n", l.Paid.String(), "amount", lang.Money(v.Tag, l.Cost))}
	if l.Idle.Sign() > 0 {
		out = append(out, v.say("seats.say_idle", "n", l.Idle.String(), "amount", lang.Money(v.Tag, l.IdleCost)))
	}
	if l.Fewer == nil {
		return out
	}
	switch saved := l.Fewer.Saved; saved.Sign() {
	case 1:
		return append(out, v.say("seats.say_fewer", "amount", lang.Money(v.Tag, saved)))
	case -1:
		return append(out, v.say("seats.say_dearer", "amount", lang.Money(v.Tag, saved.Neg())))
	}
	return append(out, v.say("seats.say_same"))
}

// seatTypeName is the name of a type of seats; a company's own is its own word.
func seatTypeName(tag lang.Tag, kind string) string {
	if key := "seats.type_" + kind; lang.Has(key) {
		return lang.Phrase(tag, key, nil)
	}
	return kind
}

// mostPeople bounds those a seat can be assigned to by choosing them; others are written.
const mostPeople = 1_000

// choices are who can get a seat and of which type: the people of the company who have
// none, those a phone system told of, and the types that the plan charges by. Where no
// seat is anybody's own, none is assigned.
func (s *Server) choices(v *visit, b *seatsBody, d *app.Deal) error {
	types := map[string]bool{}
	for i := range b.Floor.Seats {
		l := &b.Floor.Seats[i]
		b.MayAssign = b.MayAssign || l.Kind == app.NamedSeats || l.Kind == app.BoughtSeats || len(l.Types) > 0
		for _, kind := range l.Types {
			types[kind] = true
		}
		if len(l.Types) == 0 {
			types[usage.AgentSeat], types["supervisor"] = true, true
		}
	}
	for i := range b.Places {
		b.MayAssign = b.MayAssign || b.Places[i].Seat
	}
	b.Assigned = b.MayAssign
	if b.MayAssign = b.MayAssign && b.MayChange; !b.MayAssign {
		return nil
	}
	for kind := range types {
		b.Types = append(b.Types, option{"value": kind, "label": seatTypeName(v.Tag, kind)})
	}
	byLabel := func(x, y option) int { return strings.Compare(x["label"].(string), y["label"].(string)) }
	slices.SortFunc(b.Types, byLabel)
	if i := slices.IndexFunc(b.Types, func(x option) bool { return x["value"] == usage.AgentSeat }); i > 0 { // what most are comes first
		first := b.Types[i]
		b.Types = slices.Insert(slices.Delete(b.Types, i, i+1), 0, first)
	}
	has := map[string]bool{}
	for i := range b.Places {
		p := &b.Places[i]
		if has[p.User] = true; !p.Seat {
			b.People = append(b.People, option{"value": p.User, "label": p.Name})
		}
	}
	err := s.d.System.DB.View(v.r.Context(), func(tx store.Tx) error {
		list, err := s.d.Gate.Users(tx, v.company, store.Page{Limit: mostPeople})
		for _, u := range list {
			if name := u.ID.Named("user"); !has[name] && !u.Disabled {
				b.People = append(b.People, option{"value": name, "label": cmp.Or(u.Name, u.Email)})
			}
		}
		return err
	})
	slices.SortStableFunc(b.People, byLabel)
	b.People = append([]option{{"value": "", "label": v.say("seats.choose")}}, b.People...)
	return err
}
