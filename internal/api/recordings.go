package api

import (
	"context"
	"encoding/base64"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/timex"
	"waihu/internal/usage"
	"waihu/internal/voice/record"
	"waihu/internal/voice/retention"
)

type (
	// Recording is what is known of a recording.
	Recording struct {
		ID          string           `json:"id" example:"rec_01jd8..."`
		Call        string           `json:"call"`
		State       retention.State  `json:"state" enum:"open,kept,leaving,deleted"`
		Made        Time             `json:"made" format:"date-time"`
		Agent       string           `json:"agent,omitempty"`
		Campaign    string           `json:"campaign,omitempty"`
		Number      string           `json:"number,omitempty" doc:"Of the customer."`
		Direction   usage.Direction  `json:"direction,omitempty" enum:"outbound,inbound,internal"`
		Disposition string           `json:"disposition,omitempty"`
		Score       *float64         `json:"score_percent,omitempty" doc:"Of its newest inspection."`
		SHA256      string           `json:"sha256,omitempty"`
		Bytes       int64            `json:"bytes,omitempty"`
		Seconds     int64            `json:"seconds,omitempty"`
		Lost        bool             `json:"lost,omitempty" doc:"The disk failed in mid-call: what was said after its end was not recorded."`
		Marks       []record.Mark    `json:"marks,omitempty" doc:"Where it was paused, and where the customer was on hold."`
		Rules       []retention.Rule `json:"rules,omitempty" doc:"Why it is kept, and for how many days; the longest counts."`
		Until       Time             `json:"until,omitempty" format:"date-time" doc:"It may be deleted then."`
		Holds       []RecordingHold  `json:"holds,omitempty" doc:"Legal holds that keep it longer."`
		Gone        Time             `json:"gone,omitempty" format:"date-time" doc:"When it was decided to delete it."`
		Why         string           `json:"why,omitempty" doc:"Why it was deleted."`
	}
	// RecordingHold keeps a recording from being deleted.
	RecordingHold struct {
		Name   string `json:"name"`
		Reason string `json:"reason"`
		Since  Time   `json:"since" format:"date-time"`
	}
	// Hearing is that somebody was given a recording, or parts of it.
	Hearing struct {
		Who   string     `json:"who"`
		From  string     `json:"from,omitempty" doc:"Address of the client."`
		How   string     `json:"how" enum:"heard,downloaded"`
		At    Time       `json:"at" format:"date-time"`
		Last  Time       `json:"last" format:"date-time"`
		Parts []app.Part `json:"parts"`
	}
	// RecordingIn names a recording in an address.
	RecordingIn struct {
		Recording string `path:"recording" maxLength:"40"`
	}
)

func recordingOf(x *app.Recording) Recording {
	out := Recording{ID: x.ID.Named("rec"), Call: x.Call, State: x.State, Made: timeOf(x.Made), Agent: x.About.Agent, Campaign: x.About.Campaign, Number: x.About.Number, Direction: x.About.Direction, Disposition: x.About.Disposition,
		SHA256: x.SHA256, Bytes: x.Bytes, Seconds: x.Millis / 1000, Lost: x.Lost, Marks: x.Marks, Rules: x.Rules, Until: timeOf(x.Until), Gone: timeOf(x.Gone), Why: x.Why}
	if x.Score != nil {
		percent := float64(*x.Score) / 10
		out.Score = &percent
	}
	for _, h := range x.Holds {
		out.Holds = append(out.Holds, RecordingHold{h.Name, h.Reason, timeOf(h.Since)})
	}
	return out
}

func (a *API) recordingRoutes() {
	type findIn struct {
		PageIn
		Call        string          `query:"call" maxLength:"200" doc:"Those of one call; nothing else is looked at then."`
		From        Moment          `query:"from"`
		Until       Moment          `query:"until"`
		Agent       string          `query:"agent" maxLength:"200"`
		Campaign    string          `query:"campaign" maxLength:"200"`
		Number      string          `query:"number" maxLength:"40" doc:"Of the customer: its beginning."`
		Disposition string          `query:"disposition" maxLength:"60"`
		Direction   usage.Direction `query:"direction" enum:"outbound,inbound,internal"`
		Least       int64           `query:"least_seconds" minimum:"0"`
		Most        int64           `query:"most_seconds" minimum:"0"`
		Held        bool            `query:"held"`
		State       retention.State `query:"state" enum:"open,kept,leaving,deleted"`
	}
	read(a, op{id: "recording-list", method: http.MethodGet, path: "/v1/recordings", what: "Recordings, the newest first: those of a call, or those that fit all that is asked.", may: access.RecordFind},
		func(r *request, in *findIn) (*List[Recording], error) {
			p, err := in.page(true)
			if err != nil {
				return nil, err
			}
			var all []app.Recording
			var more id.ID
			if in.Call != "" {
				all, err = r.sys.RecordingsOf(r.ctx, r.company, in.Call)
				in.Limit = len(all)
			} else {
				var found app.FoundRecordings
				found, err = r.sys.FindRecordings(r.ctx, r.company, app.RecordingQuery{Period: timex.Period{From: in.From.Instant, To: in.Until.Instant}, Agent: in.Agent, Campaign: in.Campaign, Number: in.Number, Disposition: in.Disposition,
					Direction: in.Direction, Least: in.Least, Most: in.Most, Held: in.Held, State: in.State, Before: p.After, Limit: p.Limit})
				if all = found.List; found.Cut { // a bound on what one search looks at: it goes on from there
					more = found.Next
				}
			}
			if err != nil {
				return nil, err
			}
			out := paged(&in.PageIn, all, func(x app.Recording) id.ID { return x.ID }, func(x app.Recording) Recording { return recordingOf(&x) })
			if !out.HasMore && !more.IsZero() {
				out.HasMore, out.NextCursor = true, cursorOf(more)
			}
			return out, nil
		})
	read(a, op{id: "recording-get", method: http.MethodGet, path: "/v1/recordings/{recording}", what: "One recording, deleted or not.", may: access.RecordFind},
		func(r *request, in *RecordingIn) (*Recording, error) {
			x, err := recordingIn(r, in)
			if err != nil {
				return nil, err
			}
			out := recordingOf(x)
			return &out, nil
		})
	type logIn struct {
		RecordingIn
		PageIn
	}
	read(a, op{id: "recording-log", method: http.MethodGet, path: "/v1/recordings/{recording}/log", what: "Who listened to a recording or took it away, and which parts, the newest first.", may: access.RecordLog},
		func(r *request, in *logIn) (*List[Hearing], error) {
			x, err := recordingIn(r, &in.RecordingIn)
			if err != nil {
				return nil, err
			}
			p, err := in.page(true)
			if err != nil {
				return nil, err
			}
			all, err := r.sys.Hearings(r.ctx, r.company, x.ID, p)
			if err != nil {
				return nil, err
			}
			return paged(&in.PageIn, all, func(h app.Hearing) id.ID { return h.ID }, func(h app.Hearing) Hearing {
				return Hearing{h.Who, h.From, h.How, timeOf(h.At), timeOf(h.Last), h.Parts}
			}), nil
		})
	type peaksOut struct {
		Tenths string `json:"tenths" doc:"Base64: the loudest sample of each tenth of a second, 0 to 255, agent and customer in turn."`
	}
	allowed(a, op{id: "recording-peaks", method: http.MethodGet, path: "/v1/recordings/{recording}/peaks", what: "What a recording is drawn by.", may: access.RecordHear},
		func(ctx context.Context, _ *caller, c id.Company, in *RecordingIn) (*bodyOf[peaksOut], error) {
			i, err := inPath("rec", in.Recording)
			if err != nil {
				return nil, err
			}
			peaks, err := a.d.System.PeaksOf(ctx, c, i)
			return &bodyOf[peaksOut]{peaksOut{base64.StdEncoding.EncodeToString(peaks)}}, err
		})
	a.legalHoldRoutes()
	a.soundRoutes()
	a.qualityRoutes()
}

// recordingIn reads the recording an address names.
func recordingIn(r *request, in *RecordingIn) (*app.Recording, error) {
	i, err := inPath("rec", in.Recording)
	if err != nil {
		return nil, err
	}
	x, err := r.sys.GetRecording(r.ctx, r.company, i)
	return &x, err
}

type holdBody struct {
	Name   string `json:"name" minLength:"1" maxLength:"200" doc:"What the hold is called, such as the number of a case."`
	Reason string `json:"reason" minLength:"1" maxLength:"2000"`
}

type liftBody struct {
	Recording string `json:"recording,omitempty" maxLength:"40" doc:"Filled in from the address."`
	Name      string `json:"name" minLength:"1" maxLength:"200"`
	Reason    string `json:"reason" minLength:"1" maxLength:"2000"`
}

func (a *API) legalHoldRoutes() {
	type holdIn struct {
		RecordingIn
		Body holdBody
	}
	change(a, op{id: "recording-hold", method: http.MethodPost, path: "/v1/recordings/{recording}/hold", what: "Keep a recording from being deleted until the hold is lifted.", may: access.RecordHold},
		func(r *request, in *holdIn) (*Recording, error) {
			before, err := recordingIn(r, &in.RecordingIn)
			if err != nil {
				return nil, err
			}
			x, err := r.sys.HoldRecording(r.ctx, r.company, before.ID, in.Body.Name, in.Body.Reason)
			if err != nil {
				return nil, err
			}
			out := recordingOf(&x)
			return &out, r.did(access.Deed{Action: "recording.hold", Target: out.ID, Reason: in.Body.Reason, After: in.Body})
		})
	lift := guarded(a, app.LiftHold, access.RecordLift, func(_ *request, in *liftBody) (string, bool, error) {
		return "the hold " + in.Name + " of recording " + in.Recording + " is to be lifted: " + in.Reason, true, nil
	}, liftHold)
	type liftIn struct {
		RecordingIn
		Body liftBody
	}
	change(a, op{id: "recording-release", method: http.MethodPost, path: "/v1/recordings/{recording}/release", what: "Lift a hold. Where the house wants a second person, one approves it.", may: access.RecordLift},
		func(r *request, in *liftIn) (*Maybe[Recording], error) {
			x, err := recordingIn(r, &in.RecordingIn)
			if err != nil {
				return nil, err
			}
			if !x.HeldBy(in.Body.Name) {
				return nil, fault.New(fault.NotFound, "nothing called %q holds the recording", fault.Shorten(in.Body.Name, 40))
			}
			in.Body.Recording = in.Recording
			return lift(r, &in.Body)
		})
	type checkOut struct {
		SHA256 string `json:"sha256" doc:"Of the file, and of the books: they are equal."`
	}
	allowed(a, op{id: "recording-check", method: http.MethodGet, path: "/v1/recordings/{recording}/check", what: "Whether the file is as it was recorded: it is read anew. One that is not is a conflict.", may: access.RecordFind},
		func(ctx context.Context, _ *caller, c id.Company, in *RecordingIn) (*bodyOf[checkOut], error) {
			i, err := inPath("rec", in.Recording)
			if err != nil {
				return nil, err
			}
			x, err := a.d.System.CheckRecording(ctx, c, i)
			return &bodyOf[checkOut]{Body: checkOut{x.SHA256}}, err
		})
	type dueIn struct {
		Days int `query:"days" minimum:"1" maximum:"90" default:"30"`
	}
	type dueOut struct {
		Day        timex.Date `json:"day"`
		Recordings int64      `json:"recordings"`
		Bytes      int64      `json:"bytes"`
	}
	read(a, op{id: "recording-due", method: http.MethodGet, path: "/v1/recordings-due", what: "What will be deleted on each of the next days, UTC; what is overdue is among today's.", may: access.RecordFind},
		func(r *request, in *dueIn) (*List[dueOut], error) {
			all, err := r.sys.DueRecordings(r.ctx, r.company, in.Days)
			out := &List[dueOut]{Items: []dueOut{}}
			for _, d := range all {
				out.Items = append(out.Items, dueOut(d))
			}
			return out, err
		})
}

// liftHold lifts a hold.
func liftHold(r *request, in *liftBody) (*Recording, error) {
	i, err := inPath("rec", in.Recording)
	if err != nil {
		return nil, err
	}
	x, err := r.sys.ReleaseRecording(r.ctx, r.company, i, in.Name)
	if err != nil {
		return nil, err
	}
	out := recordingOf(&x)
	return &out, r.did(access.Deed{Action: app.LiftHold, Target: out.ID, Reason: in.Reason, Before: in})
}
