package app_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"waihu/internal/fault"
	"waihu/internal/usage"
)

func TestExportMonth(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	who := b.customer("a", fiveSeats)
	b.at("2026-03-20 00:00:00")
	var digest usage.Digest
	for n := range 30 {
		c := aCall(n, "2026-03-10 08:00:00", n)
		b.ingest(who.company, c)
		e := usage.ElementOf(c.AppendCanonical(nil))
		digest.Add(&e)
	}
	path := filepath.Join(t.TempDir(), "march.parquet")
	_, err := b.ExportMonth(context.Background(), who.company, day("2026-03-01"), path)
	wantKind(t, "a month that is not over", err, fault.Conflict)
	b.at("2026-04-01 00:00:00")
	s, err := b.ExportMonth(context.Background(), who.company, day("2026-03-01"), path)
	if err != nil || s.Calls != 30 || s.Digest != digest.String() {
		t.Errorf("%+v, %v; the facts have the digest %s", s, err, digest.String())
	}
	_, err = b.ExportMonth(context.Background(), who.company, day("2026-03-01"), path)
	wantKind(t, "a file that is there", err, fault.Conflict)
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
}
