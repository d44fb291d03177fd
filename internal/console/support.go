package console

import (
	"context"
	"math"
	"net/http"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/store"
)

// supportBody is the plans of support.
type supportBody struct {
	Form  *form
	Rows  []supportRow
	Order *order
	Files []Link
	Zones []option
	May   bool
}

type supportRow struct {
	app.Support
	Hours             string
	FirstIn, ResolvIn string
}

func (s *Server) supports(w http.ResponseWriter, _ *http.Request, v *visit) error {
	plans, err := s.d.System.Supports(v.r.Context())
	if err != nil {
		return err
	}
	f := v.blank("first", "60", "resolution", "480")
	for _, p := range plans {
		if p.Name == v.r.URL.Query().Get("name") { // to be changed
			f = v.blank("name", p.Name, "first", itoa(p.First), "resolution", itoa(p.Resolution), "zone", p.Zone, "calendar", p.Calendar,
				"weekends", given(p.Weekends, "yes"), "revision", itoa(int(p.Revision)))
			if p.Zone != "" {
				f.Values.Set("from", ofDay(p.From))
				f.Values.Set("to", ofDay(p.To))
			}
		}
	}
	return s.supportPage(w, v, http.StatusOK, f)
}

func (s *Server) supportPage(w http.ResponseWriter, v *visit, status int, f *form) error {
	if _, err := f.Once(); err != nil {
		return err
	}
	rows, o, err := s.findSupports(v)
	if err != nil {
		return err
	}
	b := supportBody{Form: f, Rows: rows, Order: o, Files: o.files("/support"), May: v.may(access.ServiceWrite), Zones: []option{{"value": "", "label": v.say("support.always")}}}
	for _, z := range zones(v.Tag) {
		b.Zones = append(b.Zones, option{"value": z, "label": z})
	}
	s.render(w, v, status, "support", &Page{Title: v.say("nav.support"), Lead: v.say("support.lead"), Here: "/support", Body: b})
	return nil
}

// findSupports are the plans of support in the order the address asks for.
func (s *Server) findSupports(v *visit) (rows []supportRow, o *order, err error) {
	list, err := s.d.System.Supports(v.r.Context())
	for _, p := range list {
		row := supportRow{Support: p, Hours: v.say("support.always"), FirstIn: minutes(p.First), ResolvIn: minutes(p.Resolution)}
		if p.Zone != "" {
			row.Hours = ofDay(p.From) + "–" + ofDay(p.To) + " " + p.Zone
			if p.Weekends {
				row.Hours += " · " + v.say("support.weekends")
			}
		}
		rows = append(rows, row)
	}
	o = v.order(nil, "name", column{"name", "support.name", false}, column{"first", "ticket.first", false}, column{"resolution", "ticket.resolution", false})
	rows = arranged(o, rows, len(rows), func(p *supportRow) string { return p.Name }, keys[supportRow]{
		"name":       func(p *supportRow) string { return store.OrderText(p.Name) },
		"first":      func(p *supportRow) string { return store.OrderInt(int64(p.First)) },
		"resolution": func(p *supportRow) string { return store.OrderInt(int64(p.Resolution)) },
	})
	return rows, o, err
}

// supportFile gives the list as a file.
func (s *Server) supportFile(v *visit) (*sheet, error) {
	rows, _, err := s.findSupports(v)
	t := v.sheet("support.name", "support.hours", "support.first", "support.resolution")
	for i := range rows {
		p := &rows[i]
		t.add(p.Name, p.Hours, p.First, p.Resolution)
	}
	return t, err
}

// ofDay is a minute of the day as a clock; 0 at the end is midnight.
func ofDay(minute int) string {
	return time.Date(2000, 1, 1, 0, minute, 0, 0, time.UTC).Format("15:04")
}

// minuteOf reads a clock as a minute of the day; empty is midnight.
func (f *form) minuteOf(name string) int {
	s := f.Value(name)
	if s == "" {
		return 0
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		f.wrong(name, "support.clock_wrong")
	}
	return t.Hour()*60 + t.Minute()
}

// mostMinutes bounds what a desk promises: a year.
const mostMinutes = 365 * 24 * 60

// setSupport keeps a plan of support.
func (s *Server) setSupport(w http.ResponseWriter, _ *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	in := app.Support{Name: f.line("name", 64), Zone: f.choice("zone", append([]string{""}, zones(v.Tag)...)...), From: f.minuteOf("from"), To: f.minuteOf("to"), Weekends: f.Value("weekends") != "",
		Calendar: f.choice("calendar", "", "cn", "tw", "hk", "us"), First: f.between("first", 0, mostMinutes), Resolution: f.between("resolution", 0, mostMinutes)}
	if f.Value("revision") != "" {
		in.Revision = int64(f.between("revision", 1, math.MaxInt32))
	}
	if in.Zone != "" && in.To != 0 && in.To <= in.From {
		f.wrong("to", "support.hours_wrong")
	}
	if len(in.Name) > 64 {
		f.wrong("name", "form.too_long", "n", "21") // bytes are counted: Chinese takes three
	}
	if !f.OK() {
		return s.supportPage(w, v, http.StatusUnprocessableEntity, f)
	}
	return s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		after, err := s.d.System.SetSupport(ctx, in)
		return access.Deed{Action: "support.set", Target: after.Name, After: after}, "/support", err
	})
}
