package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"waihu/internal/charging/deck"
)

// increments are those in use: first and next block in seconds.
var increments = [][2]int32{{60, 60}, {30, 6}, {6, 6}, {1, 1}}

// someRate is a rate as decks have them: a price a minute with four decimals.
func someRate(r *rand.Rand) deck.Rate {
	inc := increments[r.IntN(len(increments))]
	return deck.Rate{Price: int64(1+r.IntN(3000)) * 100_000, Per: 60, First: inc[0], Next: inc[1]}
}

// rows gathers entries of distinct prefixes.
type rows struct {
	rng  *rand.Rand
	seen map[string]bool
	list []deck.Entry
}

func newRows(seed uint64) *rows {
	return &rows{rng: rand.New(rand.NewPCG(seed, 11)), seen: map[string]bool{}}
}

func (d *rows) add(prefix, name string) {
	if !d.seen[prefix] {
		d.seen[prefix] = true
		d.list = append(d.list, deck.Entry{Prefix: prefix, Name: name, Rate: someRate(d.rng)})
	}
}

// countries are the country codes of two digits, without China's.
var countries = strings.Fields("20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 90 91 92 93 94 95 98")

// worldDeck is shaped like the decks carriers sell: three fifths North American
// exchanges of seven digits, the rest country codes with up to six digits more.
func worldDeck(count int) []deck.Entry {
	d := newRows(1)
	for len(d.list) < count*3/5 { // bounded: there are 640,000 exchanges to draw from
		d.add(fmt.Sprintf("1%d%d%02d", 201+d.rng.IntN(789), 2+d.rng.IntN(8), d.rng.IntN(100)), "North America")
	}
	for len(d.list) < count {
		country := countries[d.rng.IntN(len(countries))]
		area := strconv.Itoa(1 + d.rng.IntN(9)) // never 0: that is dialled within a country only
		d.add(country+(area + digits(d.rng, 5))[:d.rng.IntN(7)], "Country "+country)
	}
	return d.list
}

// centreDeck is what an outbound centre in China buys: most rows are parts of
// the mobile ranges the calls go to, of four to seven digits below the country
// code, some are countries it calls, the rest places it never calls. Australia,
// which it does call, is missing: such calls must come out as calls without a
// price.
func centreDeck(count int) []deck.Entry {
	d := newRows(2)
	d.add("86", "China")
	for _, range3 := range []string{"134", "135", "136", "137", "138", "139", "150", "151", "152", "158", "159", "177", "181", "186", "188", "189", "199"} {
		d.add("86"+range3, "China mobile "+range3)
		for range count / 25 {
			d.add("86"+range3+digits(d.rng, 1+d.rng.IntN(4)), "China mobile "+range3)
		}
	}
	for _, country := range []string{"852", "886", "65", "81", "44", "49", "1"} {
		d.add(country, "Country "+country)
		for range count / 50 {
			d.add(country+digits(d.rng, 1+d.rng.IntN(5)), "Country "+country)
		}
	}
	for len(d.list) < count {
		d.add("2"+digits(d.rng, 2+d.rng.IntN(5)), "Africa")
	}
	return d.list
}

func digits(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = '0' + byte(r.IntN(10))
	}
	return string(b)
}
