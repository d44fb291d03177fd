package desk

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

// TestAnswersFit: what is answered is among what may be.
func TestAnswersFit(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		for _, kind := range []string{"yes_no", "choice", "several", "scale", "number", "date", "text"} {
			q := question{ID: "q", Kind: kind, Least: "2", Most: "5", Required: true, Choices: []struct{ ID string }{{"a"}, {"b"}}}
			if kind == "date" {
				q.Least = "2026-03-01"
			}
			said := q.answer(dice)
			n, err := strconv.Atoi(said)
			ok := map[string]bool{
				"yes_no": slices.Contains([]string{"yes", "no"}, said), "choice": slices.Contains([]string{"a", "b"}, said), "several": slices.Contains([]string{"a", "b"}, said),
				"scale": err == nil && n >= 2 && n <= 5, "number": err == nil && n >= 2 && n <= 5, "date": said == "2026-03-01", "text": said != "",
			}
			if !ok[kind] {
				t.Fatalf("%s: %q", kind, said)
			}
		}
	}
	if q := (question{Kind: "text"}); q.answer(dice) != "" {
		t.Error("an answer in words that nobody needs is given")
	}
}
