package console

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/voice/record"
	"waihu/internal/voice/retention"
)

// playerView is the player of a recording, on its own page and where it is scored.
type playerView struct {
	Sound, Peaks string
	Millis       int64
	Marks        []markView
}

// markView is a marked stretch.
type markView struct {
	record.Mark
	At, For string
}

// player is that of a recording whose sound is there, at an address that gives it.
func (v *visit) player(r *app.Recording, base string) *playerView {
	if r.State != retention.Kept {
		return nil
	}
	p := &playerView{Sound: base + "/sound", Peaks: base + "/peaks", Millis: r.Millis}
	for _, m := range r.Marks {
		p.Marks = append(p.Marks, markView{m, lang.Clock(m.From / 1000), lang.Duration(v.Tag, max(1, (m.To-m.From+500)/1000))})
	}
	return p
}

// hearing lets a page play what the console itself serves.
func hearing(w http.ResponseWriter) {
	w.Header().Set("Content-Security-Policy", policy+"; media-src 'self'")
}

// heardRow is an entry of the access log.
type heardRow struct {
	Who, From, How, At string
	Parts              []string
}

// maxHeard bounds the entries of the access log on a page, the newest first.
const maxHeard = 100

// recordingBody is the page of a recording.
type recordingBody struct {
	Row              recordingRow
	Base             string
	Player           *playerView
	Why              string // there is none
	Download         string
	Call             string
	Lead, Campaign   Link // a name alone where the visitor may see no more
	Costs            []money.Amount
	Paused           string
	Rules            []keptRule
	Held             []keptHold
	MayHold, MayLift bool
	Form             *form
	Refused          string
	Asked            *waiting
	Checked          string // whole, changed: what a check just found
	Log              []heardRow
	MayLog           bool
	Inspections      []inspectionRow
	Forms            []option // it can be inspected by
	Calibrate        string
}

type keptRule struct {
	retention.Rule
	Until  string
	Counts bool
}

type keptHold struct {
	retention.Hold
	At string
}

// recording shows one.
func (s *Server) recording(w http.ResponseWriter, r *http.Request, v *visit) error {
	x, err := s.recordingIn(v)
	if err != nil {
		return err
	}
	return s.recordingPage(w, v, http.StatusOK, &x, v.blank(), "", "")
}

func (s *Server) recordingPage(w http.ResponseWriter, v *visit, status int, x *app.Recording, f *form, refused, found string) error {
	if _, err := f.Once(); err != nil {
		return err
	}
	b := recordingBody{Row: s.recordingRow(v, x), Base: v.at("/recordings/" + x.ID.Named("rec")), Form: f, Refused: refused, Checked: found, Asked: v.waits(),
		MayHold: v.may(access.RecordHold), MayLift: v.may(access.RecordLift), MayLog: v.may(access.RecordLog), Paused: lang.Duration(v.Tag, x.Paused/1000)}
	switch {
	case x.State == retention.Open:
		b.Why = v.say("recording.is_open")
	case x.State != retention.Kept:
		b.Why = v.say("recording.is_gone", "at", v.moment(x.Gone), "why", v.toldWhy(x.Why))
	case !v.may(access.RecordHear):
		b.Why = v.say("recording.may_not")
	default:
		b.Player = v.player(x, b.Base)
		hearing(w)
	}
	b.Download = given(x.State == retention.Kept && v.may(access.RecordLoad), b.Base+"/download")
	if err := s.callOf(v, &b, x); err != nil {
		return err
	}
	s.terms(v, &b, x)
	if err := s.beside(v, &b, x); err != nil {
		return err
	}
	s.render(w, v, status, "recording", &Page{Title: v.say("recording.title", "at", b.Row.Made), Lead: strings.TrimSpace(x.About.Number + " " + v.loc().String()), Here: v.at("/recordings"), Crumbs: v.crumbs(Link{v.say("nav.recordings"), v.at("/recordings")}), Island: "player", Body: b})
	return nil
}

// callOf leads to the call in the usage, with what it cost, if it is told there, and to whom
// and what it was about.
func (s *Server) callOf(v *visit, b *recordingBody, x *app.Recording) error {
	if _, err := id.ParseNamed("cmp", x.About.Campaign); err == nil && v.may(access.CampaignRead) {
		b.Campaign.Href = v.at("/campaigns/" + x.About.Campaign)
	}
	if b.Campaign.Text = b.Row.Campaign; !x.About.Lead.IsZero() && v.may(access.LeadRead) {
		b.Lead = Link{x.About.Number, v.at("/leads/" + x.About.Lead.Named("lead"))}
	}
	if !v.may(access.UsageRead) {
		return nil
	}
	k, err := s.d.System.LookAtCall(v.r.Context(), v.company, "waihu", x.Call, store.MonthOf(x.Made))
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	b.Call = v.callPage("waihu", x.Call, x.Made)
	if b.Lead.Href != "" {
		b.Lead.Text = cmp.Or(k.Lead, b.Lead.Text)
	}
	for _, h := range k.Charges {
		b.Costs = addCost(b.Costs, h.Cost)
	}
	return nil
}

// toldWhy is a reason of the program in the language of the page.
func (v *visit) toldWhy(english string) string {
	text, _ := lang.Said(v.Tag, english)
	return text
}

// terms are the rules and holds that keep it.
func (s *Server) terms(v *visit, b *recordingBody, x *app.Recording) {
	for _, r := range x.Rules {
		ends, err := retention.Begin(x.Made, []retention.Rule{r})
		if err != nil {
			continue // it was checked when it was added
		}
		b.Rules = append(b.Rules, keptRule{r, v.moment(ends.Until), ends.Until == x.Until})
	}
	for _, h := range x.Holds {
		b.Held = append(b.Held, keptHold{h, v.moment(h.Since)})
	}
}

// beside adds who heard it, and how it was scored.
func (s *Server) beside(v *visit, b *recordingBody, x *app.Recording) error {
	if b.MayLog {
		list, err := s.d.System.Hearings(v.r.Context(), v.company, x.ID, store.Page{Limit: maxHeard})
		if err != nil {
			return err
		}
		for i := range list {
			h := &list[i]
			row := heardRow{Who: actorShown(h.Who), From: h.From, How: v.say("recording.h_" + h.How), At: v.moment(h.At)}
			for _, p := range h.Parts {
				row.Parts = append(row.Parts, lang.Clock(p.From/1000)+"–"+lang.Clock((p.To+999)/1000))
			}
			b.Log = append(b.Log, row)
		}
	}
	if !v.may(access.QualityRead) {
		return nil
	}
	list, err := s.d.System.Inspections(v.r.Context(), v.company, app.InspectionQuery{Recording: x.ID, Page: store.Page{Limit: pageRows}})
	if err != nil {
		return err
	}
	for i := range list {
		b.Inspections = append(b.Inspections, s.inspectionRow(v, &list[i], v.at("/quality/inspections/")))
	}
	if x.State != retention.Kept || !v.may(access.QualityScore) {
		return nil
	}
	if b.Forms, err = s.formOptions(v); err == nil && len(b.Forms) > 0 {
		b.Calibrate = given(v.may(access.QualityWrite), v.at("/quality/calibrations?recording="+x.ID.Named("rec")))
	}
	return err
}

// soundPiece bounds what one request of a player is given, about half a minute: so the
// access log says what was asked for, and not what was read ahead.
const soundPiece = 512 << 10

// recordingSound gives a piece of the sound, once the log has it.
func (s *Server) recordingSound(w http.ResponseWriter, r *http.Request, v *visit) error {
	x, err := s.recordingIn(v)
	if err != nil {
		return err
	}
	return s.giveSound(w, v, x.ID, app.HeardRecording)
}

// giveSound gives a recording, or the piece that is asked for.
func (s *Server) giveSound(w http.ResponseWriter, v *visit, recording id.ID, how string) (err error) {
	x, f, err := s.d.System.SoundOf(v.r.Context(), v.company, recording)
	if err != nil {
		return err
	}
	defer f.Close()
	from, to, part := record.Range(v.r.Header.Get("Range"), x.Bytes)
	if part = part && how == app.HeardRecording; part {
		to = min(to, from+soundPiece)
	} else {
		from, to = 0, x.Bytes
	}
	if err := s.noteSound(v, &x, how, from, to); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "audio/wav")
	h.Set("Cache-Control", "no-store")
	h.Set("ETag", `"`+x.SHA256+`"`)
	if how == app.DownloadedRecording {
		h.Set("Content-Disposition", `attachment; filename="`+x.ID.Named("rec")+`.wav"`)
	}
	return sendPiece(w, v.r, f, from, to, x.Bytes, part)
}

// noteSound notes who is given which part, and in the audit log that it began.
func (s *Server) noteSound(v *visit, x *app.Recording, how string, from, to int64) error {
	return s.d.System.DB.Update(v.r.Context(), func(tx store.Tx) error {
		ctx := store.Within(v.r.Context(), tx)
		began, err := s.d.System.NoteHearing(ctx, v.company, app.Hearing{Recording: x.ID, Who: v.actor.Name, From: v.actor.From, How: how}, app.Part{From: record.At(from), To: record.At(to)})
		if err != nil || !began {
			return err
		}
		action := "recording.hear"
		if how == app.DownloadedRecording {
			action = "recording.download"
		}
		return access.Record(tx, v.actor, access.Deed{Company: v.company, Action: action, Target: x.ID.Named("rec")})
	})
}

// recordingPeaks gives what the waveform is drawn from.
func (s *Server) recordingPeaks(w http.ResponseWriter, r *http.Request, v *visit) error {
	x, err := s.recordingIn(v)
	if err != nil {
		return err
	}
	return s.givePeaks(w, v, x.ID)
}

func (s *Server) givePeaks(w http.ResponseWriter, v *visit, recording id.ID) error {
	peaks, err := s.d.System.PeaksOf(v.r.Context(), v.company, recording)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Cache-Control", "private, max-age=3600")
	_, _ = w.Write(peaks) // the client went away
	return nil
}

// recordingDownload gives the file as it was recorded.
func (s *Server) recordingDownload(w http.ResponseWriter, r *http.Request, v *visit) error {
	x, err := s.recordingIn(v)
	if err != nil {
		return err
	}
	return s.giveSound(w, v, x.ID, app.DownloadedRecording)
}

// checkRecording reads the file anew and says whether it is as it was recorded.
func (s *Server) checkRecording(w http.ResponseWriter, r *http.Request, v *visit) error {
	x, err := s.recordingIn(v)
	if err != nil {
		return err
	}
	found, status := "whole", http.StatusOK
	if _, err := s.d.System.CheckRecording(r.Context(), v.company, x.ID); err != nil {
		if kind := fault.KindOf(err); kind != fault.Conflict && kind != fault.NotFound {
			return err
		}
		found, status = "changed", http.StatusConflict
	}
	return s.recordingPage(w, v, status, &x, v.blank(), "", found)
}

// holdRecording places a legal hold.
func (s *Server) holdRecording(w http.ResponseWriter, _ *http.Request, v *visit) error {
	x, f, err := sentAbout(w, v, s.recordingIn)
	if err != nil {
		return err
	}
	name, reason := f.line("name", 60), f.text("reason", 600)
	if !f.OK() {
		return s.recordingPage(w, v, http.StatusUnprocessableEntity, &x, f, "", "")
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		_, err := s.d.System.HoldRecording(ctx, v.company, x.ID, name, reason)
		return access.Deed{Action: "recording.hold", Target: x.ID.Named("rec"), Reason: reason, After: map[string]string{"name": name}}, v.at("/recordings/" + x.ID.Named("rec")), err
	})
	var why string
	return again(err, &why, func(status int) error { return s.recordingPage(w, v, status, &x, f, why, "") })
}

// liftHold lifts one, or asks a second person to.
func (s *Server) liftHold(w http.ResponseWriter, _ *http.Request, v *visit) error {
	x, f, err := sentAbout(w, v, s.recordingIn)
	if err != nil {
		return err
	}
	name, reason := f.Value("name"), f.text("lift", 600)
	if !f.OK() || !x.HeldBy(name) {
		return s.recordingPage(w, v, http.StatusUnprocessableEntity, &x, f, "", "")
	}
	here := v.at("/recordings/" + x.ID.Named("rec"))
	err = s.effect(w, v, f, func(ctx context.Context, tx store.Tx) (access.Deed, string, error) {
		input := map[string]string{"recording": x.ID.Named("rec"), "name": name, "reason": reason}
		if s.d.Gate.Policy.SecondPerson {
			p, err := s.d.Gate.Ask(tx, v.actor, v.company, app.LiftHold, "the hold "+name+" of recording "+x.ID.Named("rec")+" is to be lifted: "+reason, input)
			if err != nil {
				return access.Deed{}, "", err
			}
			return access.Deed{Action: app.LiftHold + ".ask", Target: p.ID.Named("apr"), Reason: reason, After: p}, here + "?asked=" + p.ID.Named("apr"), nil
		}
		_, err := s.d.System.ReleaseRecording(ctx, v.company, x.ID, name)
		return access.Deed{Action: app.LiftHold, Target: x.ID.Named("rec"), Reason: reason, Before: input}, here, err
	})
	var why string
	return again(err, &why, func(status int) error { return s.recordingPage(w, v, status, &x, f, why, "") })
}
