package detect

import "math"

// Special information tones: three in a row, rising. Which of two frequencies and
// lengths the first and second have says why the call fails; networks outside
// North America send 950, 1400 and 1800 Hz of equal length (ITU-T E.180).

// variant is one of them: H or L for the frequencies of the first and second tone, L or S
// for the lengths of the first and second (the third is long).
type variant struct{ name, hz, lengths string }

var variants = []variant{
	{"IC", "LL", "SS"},   // intercept: the number is not in service or has changed
	{"VC", "HL", "LS"},   // vacant code
	{"RO'", "LH", "SL"},  // reorder, within the local network
	{"RO\"", "HL", "SL"}, // reorder, between networks
	{"NC'", "HH", "LL"},  // no circuit, within the local network
	{"NC\"", "LL", "LL"}, // no circuit, between networks
	{"#1", "LH", "LS"},   // kept for other uses
	{"#2", "HH", "SS"},
}

// General is the detail of tones that do not say which variant they are.
const General = "general"

const (
	sitGap   = 4  // frames of rest between two of the tones
	sitShort = 16 // frames; a tone with more is long
)

// sit looks for the three tones in the last three runs.
func sit(runs []run) (name string, confidence float64) {
	if len(runs) < 3 {
		return "", 0
	}
	r := runs[len(runs)-3:]
	for i, middle := range []float64{950, 1400, 1785} {
		n := r[i].frames()
		if r[i].dual || math.Abs(r[i].hz[0]-middle) > 55 || n < 11 || n > 22 || i > 0 && r[i].from-r[i-1].to > sitGap {
			return "", 0
		}
	}
	letter := func(r *run, low, high float64) string {
		switch {
		case math.Abs(r.hz[0]-low) < 14:
			return "L"
		case math.Abs(r.hz[0]-high) < 14:
			return "H"
		}
		return ""
	}
	length := func(r *run) string {
		if r.frames() > sitShort {
			return "L"
		}
		return "S"
	}
	hz := letter(&r[0], 913.8, 985.2) + letter(&r[1], 1370.6, 1428.5)
	for _, v := range variants {
		if v.hz == hz && v.lengths == length(&r[0])+length(&r[1]) {
			return v.name, 0.97
		}
	}
	return General, 0.95
}
