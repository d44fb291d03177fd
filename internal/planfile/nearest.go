package planfile

import "strings"

// nearest is the word of a list that someone most likely meant, empty if none
// is near: the same but for capitals and separators, or a few letters away.
func nearest(word string, list []string) string {
	if len(word) > 60 {
		return ""
	}
	best, least := "", len(word)/3+2
	for _, w := range list {
		if bare(w) == bare(word) {
			return w
		}
		d := distance(word, w)
		if a, b := bare(word), bare(w); len(a) > 2 && len(b) > 2 && (strings.HasPrefix(a, b) || strings.HasPrefix(b, a)) {
			d = min(d, 2) // monday for mon, minute for minutes_total
		}
		if d < least && d < len(w) {
			best, least = w, d
		}
	}
	return best
}

func bare(s string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(s))
}

// distance is how many letters must be put in, left out, changed or swapped
// with their neighbour to make b of a.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range len(b) {
		rows[0][j+1] = j + 1
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}
