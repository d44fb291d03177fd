package cli_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/export"
	"waihu/internal/id"
	"waihu/internal/serve"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// TestAMonthAsParquet: the calls of a month, their count and the digest of their
// facts; what is no month of one company is a wrong command line.
func TestAMonthAsParquet(t *testing.T) {
	data, ctx := filepath.Join(t.TempDir(), "data"), context.Background()
	config := serve.Defaults()
	config.Data = data
	b, err := serve.Open(ctx, &config)
	if err != nil {
		t.Fatal(err)
	}
	made, err := b.System.AddCompany(ctx, app.Company{Name: "Harbour"})
	if err != nil {
		t.Fatal(err)
	}
	start := timex.At(time.Date(2026, 3, 31, 23, 59, 0, 0, time.UTC))
	march := &usage.Call{ID: "1", Source: "pbx", Direction: usage.Outbound, Result: usage.Answered, To: "13800138000", Start: start, Answer: start, End: start.Add(time.Minute), Talk: time.Minute, Total: time.Minute}
	april := *march
	april.ID, april.Start, april.Answer, april.End = "2", start.Add(time.Minute), start.Add(time.Minute), start.Add(2*time.Minute)
	if _, err := b.System.Ingest(ctx, id.Company{ID: made.ID}, []usage.Fact{march, &april}); err != nil {
		t.Fatal(err)
	}
	if err := b.DB.Close(); err != nil {
		t.Fatal(err)
	}
	var want usage.Digest
	e := usage.ElementOf(march.AppendCanonical(nil))
	want.Add(&e)
	company, file := id.Company{ID: made.ID}.Named("co"), filepath.Join(t.TempDir(), "march.parquet")
	code, out, errs := run(t, "export", file, "--data", data, "--company", company, "--month", "2026-03")
	if code != 0 || !strings.Contains(out, "1 calls, digest of their facts "+want.String()) {
		t.Errorf("%d %s %s", code, out, errs)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := export.Read(f, info.Size(), nil); err != nil || got.Digest != want.String() {
		t.Errorf("%+v, %v", got, err)
	}
	for _, args := range [][]string{
		{file + "2", "--month", "2026-03"},
		{"--company", company, "--month", "2026-03"},
		{file + "2", "--company", company, "--month", "2026-03", "--all"},
		{file + "2", "--company", company, "--month", "March"},
	} {
		if code, _, errs := run(t, append([]string{"export", "--data", data}, args...)...); code != 2 {
			t.Errorf("%v: exit code %d, %s", args, code, errs)
		}
	}
	if code, _, errs = run(t, "export", file, "--data", data, "--company", company, "--month", "2026-03"); code == 0 || !strings.Contains(errs, "there already") {
		t.Errorf("written over: %d %s", code, errs)
	}
}
