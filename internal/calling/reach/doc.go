// Package reach is when people answer: learned by the hour of the week and by area,
// and used to choose when somebody is tried next.
//
// It owns what was seen, the chance of an answer, and the choice among hours. It does
// not own whether somebody may be called then (calling/compliance), how often and not
// before when (calling/lead), or how many calls are placed now (calling/pacing, which
// learns for the next minutes what this room learns for the week).
//
// A cell is an area in one hour of the week. Few cells have seen much, so each leans
// on what its hour and its area are like elsewhere, as if it had seen Leaning calls of
// that kind; those lean on all calls alike. What is old counts less: half after
// HalfLife.
//
// What always holds: a chance lies between 0 and 1; without anything seen every hour is
// alike, and the first that is allowed is chosen; the choice lies between its two ends;
// the same calls in the same order give the same choice.
//
// Its hours are wall clocks of the called person; floats are chances, never money.
package reach
