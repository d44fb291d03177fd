package app_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/retention"
	"waihu/internal/voice/vault"
)

// cutOff is a recording of a call whose process ended: two seconds were written and
// half a frame, and no length.
func (b *books) cutOff(c id.Company, call string) app.Recording {
	b.t.Helper()
	r, f, err := b.BeginRecording(context.Background(), c, app.BeginRecording{Call: call, Rules: []retention.Rule{{Name: "contract", Days: 30}}})
	if err != nil {
		b.t.Fatal(err)
	}
	sound := bytes.Repeat([]byte{audio.ALaw.Silence()}, 2*2*audio.Rate+1)
	if _, err := f.Write(append(audio.Header(audio.ALaw, 2, 0), sound...)); err != nil {
		b.t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.t.Fatal(err)
	}
	return r
}

// wantHeard checks that a recording can be heard, for two seconds.
func (b *books) wantHeard(c id.Company, recording id.ID) {
	b.t.Helper()
	got, f, err := b.ReadRecording(context.Background(), c, recording)
	if err != nil {
		b.t.Fatal(err)
	}
	defer f.Close()
	sound := must(io.ReadAll(f))
	w, err := audio.ReadWAV(bytes.NewReader(sound))
	if err != nil || len(w.Channels) != 2 || len(w.Channels[0]) != 2*audio.Rate || got.Millis != 2000 || got.SHA256 != sha(string(sound)) {
		b.t.Errorf("%+v, %d bytes, %v", got, len(sound), err)
	}
}

// TestACallThatWasCutOffKeepsItsRecording: as far as it was written, and its fact
// says so.
func TestACallThatWasCutOffKeepsItsRecording(t *testing.T) {
	b, who := prepaid(t)
	ctx := context.Background()
	b.Vault = must(vault.Open(t.TempDir()))
	t.Cleanup(func() { b.Vault.Close() })
	b.topUp(who.company, "k", "5.00")
	r := b.cutOff(who.company, "talked")
	must(b.beginCall(who, "talked", mobile))
	b.tick(5 * time.Minute)
	if n := must(b.MendRecordings(ctx, who.company)); n != 0 {
		t.Errorf("%d recordings of calls that go on were finished", n)
	}
	if n := must(b.CutOffCalls(ctx, who.company, "me")); n != 1 {
		t.Fatalf("%d calls were cut off", n)
	}
	b.wantHeard(who.company, r.ID)
	b.view(func(tx store.Tx) error {
		kept, err := tx.Usage().CallByID(who.company, "waihu", "talked", day("2026-03-01"))
		if err == nil && (kept.Call.Course.Recording != r.ID.Named("rec") || len(kept.Call.Course.RecordingSHA256) != 64) {
			t.Errorf("%+v", kept.Call.Course)
		}
		return err
	})
}

// TestRecordingsWithoutACallAreMended: not those just begun, nor those of another
// machine; what is no recording is told and stops nothing; in an empty one nothing is.
func TestRecordingsWithoutACallAreMended(t *testing.T) {
	b, folder := recorded(t)
	ctx := context.Background()
	one := b.company("One")
	path := func(r app.Recording) string { return filepath.Join(folder, vault.Name(one, r.ID)) }
	odd, away, empty, heard := b.cutOff(one, "odd"), b.cutOff(one, "away"), b.cutOff(one, "empty"), b.cutOff(one, "heard")
	for _, err := range []error{os.WriteFile(path(odd), make([]byte, 1000), 0o600), os.Remove(path(away)), os.Truncate(path(empty), 0)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if n := must(b.MendRecordings(ctx, one)); n != 0 {
		t.Errorf("%d recordings that were just begun were finished", n)
	}
	b.tick(2 * time.Minute)
	if n, err := b.MendRecordings(ctx, one); n != 2 || err == nil {
		t.Errorf("%d were finished, %v", n, err)
	}
	b.wantHeard(one, heard.ID)
	for _, c := range []struct {
		r    app.Recording
		want retention.State
	}{{odd, retention.Open}, {away, retention.Open}, {empty, retention.Deleted}} {
		if got := must(b.GetRecording(ctx, one, c.r.ID)); got.State != c.want {
			t.Errorf("%s is %s, want %s", c.r.Call, got.State, c.want)
		}
	}
}
