package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

func (s *Server) recordingPages() {
	s.page("GET /c/{company}/recordings", access.RecordFind, s.recordings)
	s.page("GET /c/{company}/recordings/list.csv", access.RecordFind, s.recordingsFile)
	s.page("GET /c/{company}/recordings/list.xlsx", access.RecordFind, s.recordingsFile)
	s.page("GET /c/{company}/recordings/keeping", access.RecordFind, s.keeping)
	s.page("GET /c/{company}/recordings/of", access.RecordFind, s.recordingOfCall)
	s.page("GET /c/{company}/recordings/{recording}", access.RecordFind, s.recording)
	s.page("GET /c/{company}/recordings/{recording}/sound", access.RecordHear, s.recordingSound)
	s.page("GET /c/{company}/recordings/{recording}/peaks", access.RecordHear, s.recordingPeaks)
	s.page("GET /c/{company}/recordings/{recording}/download", access.RecordLoad, s.recordingDownload)
	s.page("POST /c/{company}/recordings/{recording}/check", access.RecordFind, s.checkRecording)
	s.page("POST /c/{company}/recordings/{recording}/hold", access.RecordHold, s.holdRecording)
	s.page("POST /c/{company}/recordings/{recording}/release", access.RecordLift, s.liftHold)
}

// recordingRow is a recording in a list.
type recordingRow struct {
	app.Recording
	Agent, Campaign, Outcome       string // as people read them
	Href, Made, Until, Gone, Score string
	UntilDay                       string // the list has no room for the hour
	Tone                           string // of the score
	Direction                      string
	Seconds                        int64
	Size                           string
}

func (s *Server) recordingRow(v *visit, r *app.Recording) recordingRow {
	out := recordingRow{Recording: *r, Agent: s.agentName(v, r.About.Agent), Campaign: s.campaignName(v, r.About.Campaign), Outcome: s.outcomeName(v, r.About.Campaign, r.About.Disposition), Href: v.at("/recordings/" + r.ID.Named("rec")), Made: v.moment(r.Made), Until: v.moment(r.Until), Gone: v.moment(r.Gone), Direction: word(v.Tag, "direction", string(r.About.Direction)), Seconds: r.Millis / 1000, Size: sizeOf(r.Bytes)}
	out.UntilDay, _, _ = strings.Cut(out.Until, " ")
	if r.Score != nil {
		out.Score = tenths(*r.Score)
	}
	return out
}

// tenths are tenths of a percent as a page shows them.
func tenths(n int) string { return strconv.Itoa(n/10) + "." + strconv.Itoa(n%10) + " %" }

// sizeOf is a number of bytes in the unit people read it in.
func sizeOf(bytes int64) string {
	const kilo = 1000
	switch {
	case bytes == 0:
		return ""
	case bytes < kilo*kilo:
		return strconv.FormatInt((bytes+kilo-1)/kilo, 10) + " kB"
	}
	return strconv.FormatFloat(float64(bytes)/kilo/kilo, 'f', 1, 64) + " MB"
}

// recordingFilter is what a list of recordings is asked for.
type recordingFilter struct {
	*form
	query app.RecordingQuery
}

// recordingFields are the words of the filter, in its order.
var recordingFields = []string{"first", "last", "agent", "campaign", "number", "disposition", "direction", "least", "most", "score", "held", "sort"}

// recordingFilter reads the filter; days are those of the company's contract.
func (s *Server) recordingFilter(v *visit) (*recordingFilter, error) {
	f := &recordingFilter{form: v.blank()}
	asked := v.r.URL.Query()
	for _, name := range recordingFields {
		if word := asked.Get(name); word != "" {
			f.Values.Set(name, word)
		}
	}
	if err := s.byName(v, f.form, "agent", "campaign", "disposition"); err != nil {
		return nil, err
	}
	q := &f.query
	q.Agent, q.Campaign, q.Disposition = f.optional("agent", 200), f.optional("campaign", 200), f.optional("disposition", 60)
	zone := v.loc()
	q.Number = writtenNumber(f.optional("number", 40))
	if first := f.dayOr("first"); first != 0 {
		q.Period.From = first.Start(zone)
	}
	if last := f.dayOr("last"); last != 0 {
		q.Period.To = (last + 1).Start(zone)
	}
	if f.Value("direction") != "" {
		q.Direction = usage.Direction(f.choice("direction", usage.Direction("").Choices()...))
	}
	if f.Value("sort") != "" {
		q.Sort = f.choice("sort", app.ByLength, app.ByScore)
	}
	if f.Value("least") != "" {
		q.Least = int64(f.between("least", 0, 100_000))
	}
	if f.Value("most") != "" {
		q.Most = int64(f.between("most", 0, 100_000))
	}
	if f.Value("score") != "" {
		most := 10 * f.between("score", 0, 100)
		q.ScoreMost = &most
	}
	q.Held = f.Value("held") != ""
	return f, nil
}

// address is the query of the filter.
func (f *recordingFilter) address(pairs ...string) string {
	q := url.Values{}
	for _, name := range recordingFields {
		if word := f.Value(name); word != "" {
			q.Set(name, word)
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return q.Encode()
}

// recordings lists what was recorded.
func (s *Server) recordings(w http.ResponseWriter, r *http.Request, v *visit) error {
	before, err := afterOf(r, "rec")
	if err != nil {
		return err
	}
	f, err := s.recordingFilter(v)
	if err != nil {
		return err
	}
	f.query.Before, f.query.Limit = before, pageRows
	status := http.StatusOK
	found := app.FoundRecordings{}
	if f.OK() {
		if found, err = s.d.System.FindRecordings(r.Context(), v.company, f.query); err != nil {
			return err
		}
	} else {
		status = http.StatusUnprocessableEntity
	}
	var rows []recordingRow
	for i := range found.List {
		rows = append(rows, s.recordingRow(v, &found.List[i]))
	}
	next := ""
	if !found.Next.IsZero() {
		next = "?" + f.address("after", found.Next.Named("rec"))
	}
	directions := []option{{"value": "", "label": v.say("usage.any")}}
	for _, d := range usage.Direction("").Choices() {
		directions = append(directions, option{"value": d, "label": lang.Choice(v.Tag, "direction", d)})
	}
	sorts := []option{{"value": "", "label": v.say("recordings.by_newest")}, {"value": app.ByLength, "label": v.say("recordings.by_length")}, {"value": app.ByScore, "label": v.say("recordings.by_score")}}
	b := map[string]any{"First": given(v.may(access.CampaignRead), v.at("/campaigns")), "Form": f.form, "Rows": rows, "Next": next, "Cut": found.Cut, "Narrow": f.address() != "", "Directions": directions, "Sorts": sorts, "Keeping": v.at("/recordings/keeping"),
		"Files": listFiles(v.at("/recordings/list"), "?"+f.address(), "csv", "xlsx")}
	s.render(w, v, status, "recordings", &Page{Title: v.say("nav.recordings"), Lead: v.say("recordings.lead", "zone", v.loc().String()), Here: v.at("/recordings"), Crumbs: v.crumbs(), Body: b})
	return nil
}

// recordingsFile gives what the filter takes as a file.
func (s *Server) recordingsFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := s.recordingFilter(v)
	if err != nil {
		return err
	}
	if !f.OK() {
		return s.recordings(w, r, v)
	}
	t := v.sheet("recordings.made", "recordings.number", "usage.agent", "usage.campaign", "recordings.direction", "recordings.disposition", "recordings.length", "recordings.score", "recordings.state", "recordings.until", "recordings.held", "recordings.digest", "recording.call")
	f.query.Limit = store.MaxPage
	for len(t.Rows) < exportRows { // bounded: Before falls
		found, err := s.d.System.FindRecordings(r.Context(), v.company, f.query)
		if err != nil {
			return err
		}
		for i := range found.List {
			x := s.recordingRow(v, &found.List[i])
			var holds []string
			for _, h := range x.Holds {
				holds = append(holds, h.Name)
			}
			t.add(x.Made, x.About.Number, x.Agent, x.Campaign, x.Direction, x.Outcome, x.Seconds, x.Score, v.say("recordings.s_"+string(x.State)), x.Until, strings.Join(holds, ", "), x.SHA256, x.Call)
		}
		if f.query.Before = found.Next; f.query.Before.IsZero() {
			if found.Cut { // of what was sorted there is one page
				t.add(v.exportFull(len(found.List)))
			}
			break
		}
	}
	t.full(v, !f.query.Before.IsZero())
	_, ext, _ := strings.Cut(r.URL.Path, "list.")
	return s.sendSheet(w, v, "recordings", ext, v.say("nav.recordings"), t)
}

// recordingOfCall leads from a call to its recording.
func (s *Server) recordingOfCall(w http.ResponseWriter, r *http.Request, v *visit) error {
	all, err := s.d.System.RecordingsOf(r.Context(), v.company, r.URL.Query().Get("call"))
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fault.New(fault.NotFound, "the call has no recording")
	}
	v.redirect(w, v.at("/recordings/"+all[0].ID.Named("rec")))
	return nil
}

// dueDays is how far ahead the page of keeping looks.
const dueDays = 30

// keeping shows what is due, held and gone.
func (s *Server) keeping(w http.ResponseWriter, r *http.Request, v *visit) error {
	due, err := s.d.System.DueRecordings(r.Context(), v.company, dueDays)
	if err != nil {
		return err
	}
	held, err := s.d.System.FindRecordings(r.Context(), v.company, app.RecordingQuery{Held: true, Limit: pageRows})
	if err != nil {
		return err
	}
	after, err := afterOf(r, "rec")
	if err != nil {
		return err
	}
	gone, err := s.d.System.DeletedRecordings(r.Context(), v.company, store.Page{After: after, Limit: pageRows + 1})
	if err != nil {
		return err
	}
	type dueRow struct {
		Day   timex.Date
		Count int64
		Size  string
	}
	var days []dueRow
	for _, d := range due {
		days = append(days, dueRow{d.Day, d.Recordings, sizeOf(d.Bytes)})
	}
	b := map[string]any{"Due": days, "Days": dueDays, "Held": s.recordingRows(v, held.List), "Gone": s.recordingRows(v, gone[:min(len(gone), pageRows)]), "Next": ""}
	if len(gone) > pageRows {
		b["Next"] = "?after=" + gone[pageRows-1].ID.Named("rec")
	}
	s.render(w, v, http.StatusOK, "keeping", &Page{Title: v.say("recordings.keeping"), Lead: v.say("recordings.keeping_lead"), Here: v.at("/recordings"), Crumbs: v.crumbs(Link{v.say("nav.recordings"), v.at("/recordings")}), Body: b})
	return nil
}

func (s *Server) recordingRows(v *visit, list []app.Recording) []recordingRow {
	rows := make([]recordingRow, 0, len(list))
	for i := range list {
		rows = append(rows, s.recordingRow(v, &list[i]))
	}
	return slices.Clip(rows)
}

// recordingIn is the recording an address names.
func (s *Server) recordingIn(v *visit) (out app.Recording, err error) {
	i, err := id.ParseNamed("rec", v.r.PathValue("recording"))
	if err != nil {
		return out, fault.New(fault.NotFound, "there is no such recording")
	}
	return s.d.System.GetRecording(v.r.Context(), v.company, i)
}
