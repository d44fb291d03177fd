package workspace

import (
	"strings"
	"testing"
	"time"

	"waihu/internal/charging/audit"
	"waihu/internal/document"
	"waihu/internal/lang"
)

// What the files of evidence have no room for is counted, never dropped unsaid.
func TestEvidenceBeyondItsRoomIsCounted(t *testing.T) {
	const most = 100_000
	e, err := newEvidence(document.DetailOptions{Tag: lang.English, Zone: time.UTC}, most)
	if err != nil {
		t.Fatal(err)
	}
	const all = 20_000
	for range all {
		if err := e.write(&audit.Evidence{Cause: audit.Rate, Line: "talk", Kind: "call", ID: "c"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.asCSV.Close(); err != nil {
		t.Fatal(err)
	}
	written := int64(strings.Count(e.plain.String(), "\n")) - 1 // beside the head
	if e.leftOut == 0 || written == 0 || written+e.leftOut != all {
		t.Errorf("%d written and %d left out of %d", written, e.leftOut, all)
	}
}
