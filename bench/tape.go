package main

import (
	"math/rand/v2"
	"strings"

	"waihu/internal/charging/deck"
	"waihu/internal/charging/meter"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// tape is calls in memory, packed. They are handed over one at a time in one
// Call, as the readers of records do it.
type tape struct {
	numbers string
	calls   []taped
}

type taped struct {
	at     uint32 // where the number stands in numbers
	start  uint32 // seconds after the beginning of the period
	talk   uint16 // seconds
	digits uint8
}

// newTape makes calls to numbers of 11 to 13 digits, each row of the deck as
// likely as another: the hardest case for the processor's caches.
func newTape(entries []deck.Entry, count int) *tape {
	r := rand.New(rand.NewPCG(3, 4))
	t := &tape{calls: make([]taped, count)}
	var numbers strings.Builder
	for i := range t.calls {
		c := &t.calls[i]
		c.at, c.start, c.talk = uint32(numbers.Len()), uint32(i/2%(31*86400)), uint16(1+r.IntN(300))
		prefix := entries[r.IntN(len(entries))].Prefix
		numbers.WriteString("+" + prefix + "5" + digits(r, 10+r.IntN(3)-len(prefix)))
		c.digits = uint8(numbers.Len() - int(c.at))
	}
	t.numbers = numbers.String()
	return t
}

// number is the called number of call i.
func (t *tape) number(i int) string {
	c := &t.calls[i]
	return t.numbers[c.at : c.at+uint32(c.digits)]
}

// play counts the calls from one on, to another. talk is how many seconds each
// talks; 0: as recorded.
func (t *tape) play(m *meter.Meter, begin timex.Instant, from, to, talk int) error {
	c := usage.Call{Source: "tape", ID: "1", Direction: usage.Outbound, Result: usage.Answered, From: "+862150000000"}
	for i := from; i < to; i++ {
		length := talk
		if talk == 0 {
			length = int(t.calls[i].talk)
		}
		c.To, c.Talk = t.number(i), seconds(length)
		c.Start = begin + timex.Instant(t.calls[i].start)*1_000_000
		c.Answer, c.Total = c.Start, c.Talk
		c.End = c.Start.Add(c.Talk)
		if err := m.Call(&c); err != nil {
			return err
		}
	}
	return nil
}
