package app_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/record"
	"waihu/internal/voice/retention"
	"waihu/internal/voice/vault"
)

// recorded is a system with a vault, and its folder.
func recorded(t *testing.T) (*books, string) {
	t.Helper()
	b, folder := newBooks(t), t.TempDir()
	v, err := vault.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	b.Vault = v
	return b, folder
}

// record makes a recording of a second that is kept for some days.
func (b *books) record(c id.Company, call string, days int) app.Recording {
	b.t.Helper()
	ctx := context.Background()
	r, f, err := b.BeginRecording(ctx, c, app.BeginRecording{Call: call, Rules: []retention.Rule{{Name: "contract", Days: days}}})
	if err != nil {
		b.t.Fatal(err)
	}
	defer f.Close()
	rec := must(record.New(f, audio.ALaw))
	for range 50 {
		rec.Frame(nil, nil)
	}
	return must(b.FinishRecording(ctx, c, r.ID, must(rec.Close())))
}

// TestARecordingIsItsCompanys: its sound reads back with its digest, and to
// another company it does not exist, in the same words as one that never was.
func TestARecordingIsItsCompanys(t *testing.T) {
	b, _ := recorded(t)
	ctx := context.Background()
	one, two := b.company("One"), b.company("Two")
	r := b.record(one, "call-1", 30)
	got, f, err := b.ReadRecording(ctx, one, r.ID)
	if err != nil {
		t.Fatal(err)
	}
	sound := must(io.ReadAll(f))
	f.Close()
	if sha(string(sound)) != got.SHA256 || got.Bytes != int64(len(sound)) || got.Millis != 1000 || got.Until != got.Made.Add(30*24*time.Hour) {
		t.Errorf("%+v, %d bytes", got, len(sound))
	}
	never := id.ID{7}
	words := func(i id.ID) string {
		_, _, err := b.ReadRecording(ctx, two, i)
		wantKind(t, "another company's", err, fault.NotFound)
		return strings.ReplaceAll(err.Error(), i.String(), "?")
	}
	if words(r.ID) != words(never) {
		t.Errorf("%q, %q", words(r.ID), words(never))
	}
	for name, err := range map[string]error{
		"get":    second(b.GetRecording(ctx, two, r.ID)),
		"hold":   second(b.HoldRecording(ctx, two, r.ID, "a", "b")),
		"longer": second(b.KeepRecordingLonger(ctx, two, r.ID, retention.Rule{Name: "a", Days: 1})),
		"finish": second(b.FinishRecording(ctx, two, r.ID, record.Sum{})),
	} {
		wantKind(t, name, err, fault.NotFound)
	}
	if list := must(b.RecordingsOf(ctx, one, "call-1")); len(list) != 1 || list[0].ID != r.ID {
		t.Errorf("%+v", list)
	}
	if list := must(b.RecordingsOf(ctx, two, "call-1")); len(list) != 0 {
		t.Errorf("%+v", list)
	}
}

func second[T any](_ T, err error) error { return err }

// files are the recordings in a folder.
func files(t *testing.T, folder string) (out []string) {
	t.Helper()
	if err := filepath.Walk(folder, func(path string, i os.FileInfo, err error) error {
		if err == nil && !i.IsDir() {
			out = append(out, path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestASweepDeletesWhatIsDue and nothing before: what is held stays, what is
// deleted keeps its digest and the reason, other companies' are untouched.
func TestASweepDeletesWhatIsDue(t *testing.T) {
	b, folder := recorded(t)
	ctx := context.Background()
	one, two := b.company("One"), b.company("Two")
	short, held, long, others := b.record(one, "a", 30), b.record(one, "b", 30), b.record(one, "c", 30), b.record(two, "d", 30)
	must(b.HoldRecording(ctx, one, held.ID, "court", "asked for by a court"))
	must(b.KeepRecordingLonger(ctx, one, long.ID, retention.Rule{Name: "complaint", Days: 400}))
	sweep := func(deleted, left int) {
		t.Helper()
		if got := must(b.SweepRecordings(ctx, one)); got.Deleted != deleted || len(got.Left) > 0 || (got.Bytes > 0) != (deleted > 0) {
			t.Errorf("%+v, want %d", got, deleted)
		}
		if n := len(files(t, folder)); n != left {
			t.Errorf("%d files are left, want %d", n, left)
		}
	}
	b.at("2026-03-30 23:59:59")
	sweep(0, 4)
	b.at("2026-03-31 12:00:00")
	sweep(1, 3)
	sweep(0, 3)
	got, _, err := b.ReadRecording(ctx, one, short.ID)
	wantKind(t, "deleted", err, fault.Conflict)
	if got.State != retention.Deleted || got.SHA256 != short.SHA256 || got.Bytes == 0 || !strings.Contains(got.Why, "2026-03-31") || got.Gone == 0 {
		t.Errorf("%+v", got)
	}
	must(b.ReleaseRecording(ctx, one, held.ID, "court"))
	sweep(1, 2)
	b.at("2027-06-01 00:00:00")
	sweep(1, 1)
	if got := must(b.GetRecording(ctx, two, others.ID)); got.State != retention.Kept {
		t.Errorf("%+v", got)
	}
	if got := must(b.Daily(ctx, 0)); got.Deleted != 1 || len(files(t, folder)) != 0 {
		t.Errorf("%+v", got)
	}
}

// TestASweepThatWasCutOff is finished by the next, and one whose file cannot be
// deleted is told and stops nothing.
func TestASweepThatWasCutOff(t *testing.T) {
	b, folder := recorded(t)
	ctx := context.Background()
	one := b.company("One")
	stuck, other := b.record(one, "a", 1), b.record(one, "b", 1)
	path := filepath.Join(folder, vault.Name(one, stuck.ID))
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(path, "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	b.at("2026-04-01 00:00:00")
	if got := must(b.SweepRecordings(ctx, one)); got.Deleted != 1 || len(got.Left) != 1 {
		t.Errorf("%+v", got)
	}
	_, _, err := b.ReadRecording(ctx, one, stuck.ID)
	wantKind(t, "half deleted", err, fault.Conflict)
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	if got := must(b.SweepRecordings(ctx, one)); got.Deleted != 1 || len(got.Left) != 0 {
		t.Errorf("%+v", got)
	}
	for _, i := range []id.ID{stuck.ID, other.ID} {
		if got := must(b.GetRecording(ctx, one, i)); got.State != retention.Deleted || got.SHA256 == "" {
			t.Errorf("%+v", got)
		}
	}
}

// TestARecordingThatWasNeverFinished is deleted in its time as well, and cannot be
// heard before; what makes no sense is refused.
func TestARecordingThatWasNeverFinished(t *testing.T) {
	b, folder := recorded(t)
	ctx := context.Background()
	one := b.company("One")
	r, f, err := b.BeginRecording(ctx, one, app.BeginRecording{Call: "a", Rules: []retention.Rule{{Name: "contract", Days: 2}}})
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	_, _, err = b.ReadRecording(ctx, one, r.ID)
	wantKind(t, "not finished", err, fault.Conflict)
	b.at("2026-03-04 00:00:00")
	if got := must(b.SweepRecordings(ctx, one)); got.Deleted != 1 || len(files(t, folder)) != 0 {
		t.Errorf("%+v", got)
	}
	wantKind(t, "finished late", second(b.FinishRecording(ctx, one, r.ID, record.Sum{})), fault.Conflict)
	for _, in := range []app.BeginRecording{{}, {Call: "a"}, {Call: strings.Repeat("a", 300), Rules: []retention.Rule{{Name: "a", Days: 1}}}} {
		_, _, err := b.BeginRecording(ctx, one, in)
		wantKind(t, "begin", err, fault.Invalid)
	}
	b.Vault = nil
	_, _, err = b.BeginRecording(ctx, one, app.BeginRecording{Call: "a"})
	wantKind(t, "no vault", err, fault.Conflict)
	_, _, err = b.ReadRecording(ctx, one, r.ID)
	wantKind(t, "no vault", err, fault.Conflict)
	wantKind(t, "no vault", second(b.SweepRecordings(ctx, one)), fault.Conflict)
}
