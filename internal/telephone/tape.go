package telephone

import (
	"context"
	"errors"
	"os"

	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/usage"
	"waihu/internal/voice/record"
	"waihu/internal/voice/retention"
)

// tape is the recording of a call of the dialer. A nil tape is none.
type tape struct {
	ready chan struct{} // closed when the books know it, or cannot be told
	kept  app.Recording
	file  *os.File
	err   error
}

// record begins to keep an answered call: beside it, for a customer does not wait for
// the books. A call that cannot be recorded goes on without, and its fact names none.
func (d *dialed) record() {
	k := &tape{ready: make(chan struct{})}
	d.tape = k
	t := d.f.t
	go func() {
		defer close(k.ready)
		ctx, stop := context.WithTimeout(context.Background(), asking)
		defer stop()
		k.kept, k.file, k.err = t.sys.BeginRecording(ctx, d.o.Company, app.BeginRecording{Call: callName(d.o.Try), Rules: []retention.Rule{{Name: "installation", Days: t.cfg.KeepDays}}, About: d.about()})
		if k.err == nil {
			d.line.Record(k.file)
		} else {
			d.kept(k.err)
		}
	}()
}

// about is what is known of a call at its answer; who spoke and what came of it follow.
func (d *dialed) about() app.RecordingAbout {
	out := app.RecordingAbout{Agent: d.o.Agent, Campaign: campaignName(d.o.Campaign), Number: number(d.o.Number), Direction: usage.Outbound, Lead: d.o.Lead}
	if d.in != nil {
		out.Direction = usage.Inbound
	}
	return out
}

// kept tells the floor how the recording is: it runs, or it does not and why.
func (d *dialed) kept(failed error) {
	if log := d.f.t.cfg.Log; failed != nil && log != nil {
		log.Error("a call goes on that is not recorded", "call", callName(d.o.Try), "error", failed)
	}
	if d.o.Kept != nil {
		d.o.Kept(failed)
	}
}

// told is the recording as the fact has it: one without a digest was begun, and nothing
// could be kept of it.
func (k *tape) told(sum record.Sum) (name, sha256 string) {
	if k == nil {
		return "", ""
	}
	<-k.ready // within the bound it was begun with
	if k.kept.ID.IsZero() || sum.SHA256 == "" && k.err == nil && !sum.Lost {
		return "", ""
	}
	return k.kept.ID.Named("rec"), sum.SHA256
}

// finish tells the books what was recorded; nothing: they forget it.
func (k *tape) finish(t *Telephone, c id.Company, sum record.Sum) {
	if k == nil {
		return
	}
	<-k.ready
	if k.kept.ID.IsZero() {
		return // the books do not know of it
	}
	ctx, stop := context.WithTimeout(context.Background(), asking)
	defer stop()
	sum.Lost = sum.Lost || k.err != nil
	_, err := t.sys.FinishRecording(ctx, c, k.kept.ID, sum)
	if k.file != nil {
		err = errors.Join(err, k.file.Close())
	}
	if err != nil && t.cfg.Log != nil { // it is mended at the next start
		t.cfg.Log.Error("a recording is not finished", "recording", k.kept.ID.Named("rec"), "error", err)
	}
}
