package dispute

import (
	"slices"

	"waihu/internal/money"
	"waihu/internal/timex"
)

// Fall is what an invoice asked less from a day on: a payment, a credit note.
type Fall struct {
	On     timex.Date
	Amount money.Amount
}

// Waited counts the days from the due day to today on which all that was open of
// an invoice was disputed, so that nobody could be reminded of it. What is open
// today was more before each fall: a payment of what nobody disputes makes a
// dispute of the rest one of all, and a second dispute that goes on alone is one of
// a part. A day counts once, however many disputes there were.
func Waited(list []Dispute, falls []Fall, open money.Amount, dueOn, today timex.Date) (days timex.Date) {
	at := []timex.Date{dueOn, today}
	note := func(day timex.Date) {
		if dueOn < day && day < today {
			at = append(at, day)
		}
	}
	for i := range list {
		note(list[i].RaisedOn)
		note(list[i].AnsweredOn)
	}
	for _, f := range falls {
		note(f.On)
	}
	slices.Sort(at)
	for i := 1; i < len(at); i++ {
		if held := heldOn(list, at[i-1]); held > 0 && held >= openOn(falls, open, at[i-1]) {
			days += max(at[i]-at[i-1], 0)
		}
	}
	return days
}

// heldOn is the millionths that were disputed on a day.
func heldOn(list []Dispute, day timex.Date) (micros int64) {
	for i := range list {
		if d := &list[i]; d.RaisedOn <= day && (d.State == Open || day < d.AnsweredOn) {
			micros += d.Worth.Micros()
		}
	}
	return micros
}

// openOn is the millionths that were open on a day.
func openOn(falls []Fall, now money.Amount, day timex.Date) int64 {
	micros := now.Micros()
	for _, f := range falls {
		if f.On > day {
			micros += f.Amount.Micros()
		}
	}
	return micros
}
