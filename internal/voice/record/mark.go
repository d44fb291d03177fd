package record

import "time"

// What a stretch of a recording can be marked as.
const (
	Paused = "paused" // nothing of it was written
	Held   = "held"   // the customer was on hold
)

// MaxMarks bounds the marks of a recording: what comes after them is silent all the
// same where it was paused, and not told apart.
const MaxMarks = 400

// Mark is a stretch of a recording, in milliseconds from its beginning. Keys that
// were pressed are no marks: an account number may be among them.
type Mark struct {
	What string `json:"what"` // paused, held
	From int64  `json:"from_ms"`
	To   int64  `json:"to_ms"` // not in it any more
}

// marks are those of a recording that goes on, in frames; one without an end has To
// nought.
type marks struct{ list []Mark }

// turn begins or ends a mark. Turning what is so already does nothing.
func (m *marks) turn(what string, on bool, frames int64) {
	open := -1
	for i := range m.list {
		if m.list[i].What == what && m.list[i].To == 0 {
			open = i
		}
	}
	switch {
	case on && open < 0 && len(m.list) < MaxMarks:
		m.list = append(m.list, Mark{What: what, From: frames})
	case !on && open >= 0 && m.list[open].From == frames:
		m.list = append(m.list[:open], m.list[open+1:]...) // it was no frame long
	case !on && open >= 0:
		m.list[open].To = frames
	}
}

// end closes what is open and gives the marks in milliseconds, within the length of
// what was kept.
func (m *marks) end(frames int64, length time.Duration) []Mark {
	const frame = 20 // milliseconds
	var out []Mark
	for _, k := range m.list {
		if k.To == 0 {
			k.To = frames
		}
		k.From, k.To = k.From*frame, min(k.To*frame, length.Milliseconds())
		if k.From < k.To {
			out = append(out, k)
		}
	}
	return out
}
