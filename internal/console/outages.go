package console

import (
	"context"
	"math"
	"net/http"
	"strings"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/service"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// outageRow is a stretch the service was not there.
type outageRow struct {
	app.KeptOutage
	Name, From, To string
	Lasted         string
}

// outagesBody is the outages and the form that reports one.
type outagesBody struct {
	Form  *form
	Rows  []outageRow
	Order *order
	Files []Link
}

// outagesShown bounds the list: what is older stands on invoices.
const outagesShown = 200

func (s *Server) outages(w http.ResponseWriter, _ *http.Request, v *visit) error {
	return s.outagesPage(w, v, http.StatusOK, v.blank())
}

func (s *Server) outagesPage(w http.ResponseWriter, v *visit, status int, f *form) error {
	if _, err := f.Once(); err != nil {
		return err
	}
	rows, o, err := s.findOutages(v)
	if err != nil {
		return err
	}
	b := outagesBody{Form: f, Rows: rows, Order: o, Files: o.files("/outages")}
	s.render(w, v, status, "outages", &Page{Title: v.say("nav.outages"), Lead: v.say("outage.lead"), Here: "/outages", Body: b})
	return nil
}

// findOutages are the newest outages in the order the address asks for.
func (s *Server) findOutages(v *visit) (rows []outageRow, o *order, err error) {
	list, err := s.d.System.Outages(v.r.Context(), outagesShown)
	lasted := func(x *service.Outage) int64 {
		if x.To == 0 {
			return math.MaxInt64 // it goes on
		}
		return int64(x.To.Sub(x.From) / time.Second)
	}
	for _, x := range list {
		row := outageRow{KeptOutage: x, Name: x.ID.Named("out"), From: stamp(x.Outage.From), To: stamp(x.Outage.To)}
		if x.Outage.To != 0 {
			row.Lasted = lang.Clock(lasted(&x.Outage))
		}
		rows = append(rows, row)
	}
	o = v.order(nil, "-from", column{"from", "outage.from", true}, column{"to", "outage.to", true}, column{"lasted", "outage.lasted", true})
	rows = arranged(o, rows, len(rows), func(x *outageRow) string { return x.Name }, keys[outageRow]{
		"from":   func(x *outageRow) string { return store.OrderInt(int64(x.Outage.From)) },
		"to":     func(x *outageRow) string { return store.OrderInt(int64(x.Outage.To)) },
		"lasted": func(x *outageRow) string { return store.OrderInt(lasted(&x.Outage)) },
	})
	return rows, o, err
}

// outagesFile gives the list as a file.
func (s *Server) outagesFile(v *visit) (*sheet, error) {
	rows, _, err := s.findOutages(v)
	t := v.sheet("outage.from", "outage.to", "outage.lasted", "outage.planned", "outage.note")
	for i := range rows {
		x := &rows[i]
		t.add(x.From, given(x.To != "", x.To)+given(x.To == "", v.say("outage.goes_on")), x.Lasted, given(x.Planned, v.say("outage.s_planned")), x.Note)
	}
	return t, err
}

// instant reads a moment of UTC as a browser's field has it; empty is none where
// that is allowed.
func (f *form) instant(name string, needed bool) timex.Instant {
	s := strings.TrimSpace(f.Value(name))
	if s == "" && !needed {
		return 0
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return timex.At(t)
		}
	}
	f.wrong(name, "outage.time_wrong")
	return 0
}

// reportOutage keeps a stretch the service was not there, or ends one.
func (s *Server) reportOutage(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	var i id.ID
	in := service.Outage{Note: f.optional("note", 600), Planned: f.Value("planned") != ""}
	if f.Value("outage") == "" {
		in.From, in.To = f.instant("from", true), f.instant("to", false)
	} else if i = f.id("outage", "out"); f.OK() {
		if in, err = s.ended(r.Context(), f, i); err != nil {
			return err
		}
	}
	if f.OK() && in.To != 0 && in.To <= in.From {
		f.wrong("to", "outage.order")
	}
	if !f.OK() {
		return s.outagesPage(w, v, http.StatusUnprocessableEntity, f)
	}
	return s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		i, err := s.d.System.ReportOutage(ctx, i, in)
		return access.Deed{Action: "outage.report", Target: i.Named("out"), After: in}, "/outages", err
	})
}

// ended is an outage that goes on, with its end: the one in the form, or now.
func (s *Server) ended(ctx context.Context, f *form, i id.ID) (service.Outage, error) {
	list, err := s.d.System.Outages(ctx, outagesShown)
	if err != nil {
		return service.Outage{}, err
	}
	for _, o := range list {
		if o.ID == i {
			out := o.Outage
			if out.To = f.instant("to", false); out.To == 0 && f.OK() {
				out.To, err = s.d.System.Moment(ctx)
			}
			return out, err
		}
	}
	return service.Outage{}, fault.New(fault.NotFound, "there is no such outage")
}
