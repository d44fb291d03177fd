package workspace

import (
	"context"
	"strings"
	"testing"

	"waihu/internal/fault"
)

// A file that comes while too much is waiting is read later, not never; until
// then whoever asks is told to come back.
func TestFilesAreReadLater(t *testing.T) {
	s, _ := shelf(t, Limits{Jobs: 1, Waiting: 1})
	sp := space(t, s)
	free := make(chan struct{})
	busy, err := s.start(func(context.Context, *Job) error { <-free; return nil })
	if err != nil {
		t.Fatal(err)
	}
	f, err := sp.Add("Master.csv", strings.NewReader(example(t, "per-minute/usage/Master.csv")))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := sp.Ask(Question{}); fault.KindOf(err) != fault.Overflow {
		t.Errorf("asked while all is busy: %v", err)
	}
	close(free)
	<-busy.Done()
	for _, now := range settled(t, sp).Files {
		if now.ID == f.ID && now.State != FileRead {
			t.Errorf("the file stays %s", now.State)
		}
	}
}
