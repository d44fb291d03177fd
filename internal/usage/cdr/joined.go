package cdr

import "strings"

// joinedBlock is how much room joined takes at once.
const joinedBlock = 32 << 10

// joined makes strings out of parts without an allocation for each: they share
// blocks. What was made stays as it is.
type joined struct{ b strings.Builder }

func (j *joined) join(x, between, y string) string {
	j.room(len(x) + len(between) + len(y))
	start := j.b.Len()
	j.b.WriteString(x)
	j.b.WriteString(between)
	j.b.WriteString(y)
	return j.b.String()[start:]
}

func (j *joined) room(need int) {
	if j.b.Cap()-j.b.Len() < need {
		j.b = strings.Builder{}
		j.b.Grow(max(joinedBlock, need))
	}
}
