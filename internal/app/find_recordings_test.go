package app_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/record"
	"waihu/internal/voice/retention"
	"waihu/internal/voice/vault"
)

// tape makes a recording of so many tenths of a second of a tone on the left, about something.
func (b *books) tape(c id.Company, call string, tenths int, about app.RecordingAbout) app.Recording {
	b.t.Helper()
	ctx := context.Background()
	r, f, err := b.BeginRecording(ctx, c, app.BeginRecording{Call: call, Rules: []retention.Rule{{Name: "contract", Days: 30}}, About: about})
	if err != nil {
		b.t.Fatal(err)
	}
	defer f.Close()
	rec := must(record.New(f, audio.ALaw))
	tone := make([]byte, audio.FrameSamples)
	audio.ALaw.EncodeTo(tone, audio.Tone{Hertz: []float64{400}, Level: 0.5}.Samples(20*time.Millisecond))
	for i := range 5 * tenths {
		rec.Pause(i >= 5 && i < 10)
		rec.Frame(tone, nil)
	}
	return must(b.FinishRecording(ctx, c, r.ID, must(rec.Close())))
}

// TestRecordingsAreFound by whom and what they are about; the page goes on where it
// ended; another company finds nothing.
func TestRecordingsAreFound(t *testing.T) {
	b, _ := recorded(t)
	ctx := context.Background()
	one, two := b.company("One"), b.company("Two")
	var all []app.Recording
	for i := range 6 {
		b.at("2026-03-0" + string(rune('1'+i)) + " 10:00:00")
		about := app.RecordingAbout{Agent: "ann", Campaign: "spring", Number: "8613800138000", Direction: usage.Outbound, Disposition: "SALE"}
		if i%2 == 1 {
			about.Agent, about.Number, about.Disposition = "bob", "8621123456", "NI"
		}
		all = append(all, b.tape(one, "call-"+string(rune('a'+i)), 20+10*(i%3), about))
	}
	must(b.HoldRecording(ctx, one, all[2].ID, "court", "asked for"))
	find := func(q app.RecordingQuery) (out []int) {
		t.Helper()
		if q.Limit == 0 {
			q.Limit = 10
		}
		for _, r := range must(b.FindRecordings(ctx, one, q)).List {
			out = append(out, slices.IndexFunc(all, func(a app.Recording) bool { return a.ID == r.ID }))
		}
		return out
	}
	at := func(s string) timex.Instant { return timex.MustDate(s).Start(time.UTC) }
	for name, x := range map[string]struct {
		q    app.RecordingQuery
		want []int
	}{
		"all":         {app.RecordingQuery{}, []int{5, 4, 3, 2, 1, 0}},
		"agent":       {app.RecordingQuery{Agent: "ann"}, []int{4, 2, 0}},
		"number":      {app.RecordingQuery{Number: "+8621"}, []int{5, 3, 1}},
		"disposition": {app.RecordingQuery{Disposition: "SALE", Campaign: "spring"}, []int{4, 2, 0}},
		"period":      {app.RecordingQuery{Period: timex.Period{From: at("2026-03-02"), To: at("2026-03-04")}}, []int{2, 1}},
		"length":      {app.RecordingQuery{Least: 3, Most: 3}, []int{4, 1}},
		"longest":     {app.RecordingQuery{Sort: app.ByLength}, []int{5, 2, 4, 1, 3, 0}},
		"held":        {app.RecordingQuery{Held: true}, []int{2}},
		"direction":   {app.RecordingQuery{Direction: usage.Inbound}, nil},
		"scored":      {app.RecordingQuery{Sort: app.ByScore}, nil},
		"deleted":     {app.RecordingQuery{State: retention.Deleted}, nil},
	} {
		if got := find(x.q); !slices.Equal(got, x.want) {
			t.Errorf("%s: %v, want %v", name, got, x.want)
		}
	}
	first := must(b.FindRecordings(ctx, one, app.RecordingQuery{Agent: "ann", Limit: 2}))
	if got := find(app.RecordingQuery{Agent: "ann", Limit: 2, Before: first.Next}); !slices.Equal(got, []int{0}) {
		t.Errorf("the second page: %v", got)
	}
	// A search that looked at as many as it may goes on where it ended, and misses none.
	var seen []int
	pages := 0
	for q := (app.RecordingQuery{Number: "8621", Limit: 10}); pages < 10; pages++ {
		page := must(app.FindWithin(b.System, ctx, one, q, 2))
		for _, r := range page.List {
			seen = append(seen, slices.IndexFunc(all, func(a app.Recording) bool { return a.ID == r.ID }))
		}
		if page.Cut == page.Next.IsZero() {
			t.Errorf("page %d: cut %v, and goes on before %s", pages, page.Cut, page.Next)
		}
		if q.Before = page.Next; page.Next.IsZero() {
			break
		}
	}
	if !slices.Equal(seen, []int{5, 3, 1}) || pages != 2 {
		t.Errorf("%v in %d pages", seen, pages+1)
	}
	if got := must(b.FindRecordings(ctx, two, app.RecordingQuery{Limit: 10})); len(got.List) != 0 {
		t.Errorf("another company found %d", len(got.List))
	}
	wantKind(t, "no such order", second(b.FindRecordings(ctx, one, app.RecordingQuery{Sort: "mood", Limit: 1})), fault.Invalid)
}

// TestTheFactSaysWhatARecordingIsAbout, where whoever recorded did not.
func TestTheFactSaysWhatARecordingIsAbout(t *testing.T) {
	b, _ := recorded(t)
	one := b.company("One")
	b.ingest(one, &usage.Call{ID: "c-1", Source: "waihu", Direction: usage.Outbound, Result: usage.Answered, To: "8613800138000", Agent: "ann", Campaign: "spring", Start: timex.MustDate("2026-03-01").Start(time.UTC), Talk: time.Second})
	if r := b.tape(one, "c-1", 3, app.RecordingAbout{Number: "138"}); r.About != (app.RecordingAbout{Agent: "ann", Campaign: "spring", Number: "8613800138000", Direction: usage.Outbound}) {
		t.Errorf("%+v", r.About)
	}
}

// TestWhoHeardWhat: what one person is given within a sitting is one entry, of the parts
// that went out; nobody of another company sees or makes one.
func TestWhoHeardWhat(t *testing.T) {
	b, _ := recorded(t)
	ctx := context.Background()
	one, two := b.company("One"), b.company("Two")
	r := b.tape(one, "a", 20, app.RecordingAbout{})
	note := func(who string, from, to int64) bool {
		t.Helper()
		return must(b.NoteHearing(ctx, one, app.Hearing{Recording: r.ID, Who: who, How: app.HeardRecording}, app.Part{From: from, To: to}))
	}
	if !note("ann", 0, 500) || note("ann", 1500, 2000) || note("ann", 400, 700) || !note("bob", 0, 100) {
		t.Error("a sitting is not one entry")
	}
	b.at("2026-03-01 01:00:00")
	if !note("ann", 0, 100) {
		t.Error("another sitting is no entry of its own")
	}
	list := must(b.Hearings(ctx, one, r.ID, store.Page{Limit: 10}))
	if len(list) != 3 || list[0].Who != "ann" || list[1].Who != "bob" || !slices.Equal(list[2].Parts, []app.Part{{From: 0, To: 700}, {From: 1500, To: 2000}}) {
		t.Errorf("%+v", list)
	}
	if got := must(b.Hearings(ctx, two, r.ID, store.Page{Limit: 10})); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	wantKind(t, "of another company", second(b.NoteHearing(ctx, two, app.Hearing{Recording: r.ID, Who: "eve", How: app.HeardRecording}, app.Part{})), fault.NotFound)
	for i := range int64(100) {
		note("cid", 10*i, 10*i+5)
	}
	if got := must(b.Hearings(ctx, one, r.ID, store.Page{Limit: 1})); len(got[0].Parts) != 64 || got[0].Parts[0].From != 0 || got[0].Parts[63].To != 995 {
		t.Errorf("%d parts", len(got[0].Parts))
	}
}

// TestAFileThatWasChanged is not given out, and the check says so; what it is drawn by is
// made once, and made again where it was cut off.
func TestAFileThatWasChanged(t *testing.T) {
	b, folder := recorded(t)
	ctx := context.Background()
	one := b.company("One")
	r := b.tape(one, "a", 20, app.RecordingAbout{})
	peaks := must(b.PeaksOf(ctx, one, r.ID))
	if len(peaks) != 40 || peaks[0] < 100 || peaks[1] != 0 || peaks[2] != 0 || len(r.Marks) != 1 {
		t.Errorf("%v, %+v", peaks, r.Marks)
	}
	path := filepath.Join(folder, vault.Name(one, r.ID))
	beside := strings.TrimSuffix(path, ".wav") + ".peaks"
	if err := os.Truncate(beside, 7); err != nil {
		t.Fatal(err)
	}
	if again := must(b.PeaksOf(ctx, one, r.ID)); !bytes.Equal(again, peaks) {
		t.Error("what was cut off was not made again")
	}
	must(b.CheckRecording(ctx, one, r.ID))
	whole := must(os.ReadFile(path))
	whole[100] ^= 1
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	wantKind(t, "changed", second(b.CheckRecording(ctx, one, r.ID)), fault.Conflict)
	_, _, err := b.SoundOf(ctx, one, r.ID)
	wantKind(t, "changed", err, fault.Conflict)
	if due := must(b.DueRecordings(ctx, one, 60)); len(due) != 1 || due[0].Recordings != 1 || due[0].Day.String() != "2026-03-31" {
		t.Errorf("%+v", due)
	}
	b.at("2026-04-01 00:00:00")
	if due := must(b.DueRecordings(ctx, one, 2)); len(due) != 1 || due[0].Day.String() != "2026-04-01" {
		t.Errorf("%+v", due)
	}
	must(b.SweepRecordings(ctx, one))
	if gone := must(b.DeletedRecordings(ctx, one, store.Page{Limit: 5})); len(gone) != 1 || gone[0].SHA256 != r.SHA256 || len(files(t, folder)) != 0 {
		t.Errorf("%+v", gone)
	}
}
