package cdr

import (
	"fmt"
	"strings"

	"waihu/internal/timex"
)

// dateOrder says how dates such as 03/04/2026 are meant: "dmy", "mdy", or ""
// for nobody knows.
type dateOrder string

// read reads "31/12/2026 9:30" or "31.12.26 09:30:00" in its order; years of two
// digits are of this century.
func (o dateOrder) read(clock *wallClock, text string) (timex.Instant, stampNote, bool) {
	if o == "" {
		return 0, 0, false
	}
	p := stampParts{rest: strings.TrimSpace(text)}
	first := p.number(1, 2)
	sep := p.one("/.-")
	second := p.number(1, 2)
	p.expect(sep)
	before := len(p.rest)
	year := p.number(2, 4)
	digits := before - len(p.rest)
	if p.bad || digits == 3 {
		return 0, 0, false
	}
	if digits == 2 {
		year += 2000
	}
	if o == "mdy" {
		first, second = second, first
	}
	return clock.read(fmt.Sprintf("%04d-%02d-%02d%s", year, second, first, p.rest))
}
