package console

import (
	"context"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/notify"
	"waihu/internal/store"
)

// deliveryRow is something that was told outside, or is to be.
type deliveryRow struct {
	Name, Topic, To string
	State           string
	Attempts        int
	Error           string
	Due, Created    string
	Body            string
	Again           string // address that sends it once more
}

func (v *visit) deliveryRow(m *store.Message) deliveryRow {
	row := deliveryRow{Name: m.ID.Named("msg"), Topic: m.Topic, State: m.State, Attempts: m.Attempts, Error: m.Error, Created: stamp(m.Created)}
	if m.State == store.Waiting {
		row.Due = stamp(m.Due)
	}
	if m.Channel != notify.Webhook {
		row.To = v.say("webhook.letter")
		return row // letters hold invitations
	}
	row.Body = prettied(m.Body)
	if to, err := id.Parse(m.To); err == nil && m.To != "" {
		row.To = to.Named("whk")
		if v.may(access.WebhookWrite) {
			row.Again = v.at("/deliveries/" + row.Name + "/again")
		}
	}
	return row
}

// deliveryState is what the list is narrowed to; empty: all.
func deliveryState(r *http.Request) string {
	switch state := r.URL.Query().Get("state"); state {
	case store.Waiting, store.Sent, store.Dead:
		return state
	}
	return ""
}

// deliveries lists what was sent, what waits and what was given up.
func (s *Server) deliveries(w http.ResponseWriter, r *http.Request, v *visit) error {
	state := deliveryState(r)
	after, err := afterOf(r, "msg")
	if err != nil {
		return err
	}
	rows, _, err := s.findDeliveries(v, state, store.Page{After: after, Limit: pageRows + 1, Down: true})
	if err != nil {
		return err
	}
	f := v.blank()
	if _, err := f.Once(); err != nil {
		return err
	}
	next := ""
	if len(rows) > pageRows {
		next = "?state=" + state + "&after=" + rows[pageRows-1].Name
		rows = rows[:pageRows]
	}
	s.render(w, v, http.StatusOK, "deliveries", &Page{Title: v.say("webhook.deliveries"), Lead: v.say("webhook.deliveries_lead"), Here: v.at("/webhooks"), Crumbs: v.crumbs(Link{v.say("nav.webhooks"), v.at("/webhooks")}),
		Body: map[string]any{"Form": f, "Rows": rows, "State": state, "States": []string{store.Waiting, store.Sent, store.Dead}, "Next": next, "File": v.at("/deliveries.csv?state=" + state), "All": v.at("/deliveries")}})
	return nil
}

func (s *Server) findDeliveries(v *visit, state string, page store.Page) (rows []deliveryRow, last id.ID, err error) {
	err = s.d.System.DB.View(v.r.Context(), func(tx store.Tx) error {
		rows = nil
		list, err := tx.Outbox().List(v.company, state, page)
		for i := range list {
			rows, last = append(rows, v.deliveryRow(&list[i])), list[i].ID
		}
		return err
	})
	return rows, last, err
}

func (s *Server) deliveriesFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	state := deliveryState(r)
	out := [][]string{{v.say("webhook.message"), v.say("webhook.topic"), v.say("webhook.to"), v.say("companies.state"), v.say("webhook.attempts"), v.say("webhook.error"), v.say("key.created")}}
	page := store.Page{Limit: store.MaxPage, Down: true}
	for len(out) < exportRows { // bounded: After goes back in time
		rows, last, err := s.findDeliveries(v, state, page)
		if err != nil {
			return err
		}
		for _, d := range rows {
			out = append(out, []string{d.Name, d.Topic, d.To, v.say("webhook.s_" + d.State), itoa(d.Attempts), d.Error, d.Created})
		}
		if len(rows) < store.MaxPage {
			break
		}
		page.After = last
	}
	return sendCSV(w, "deliveries.csv", out)
}

// sendAgain sends a delivery once more.
func (s *Server) sendAgain(w http.ResponseWriter, _ *http.Request, v *visit) error {
	i, err := id.ParseNamed("msg", v.r.PathValue("message"))
	if err != nil {
		return fault.New(fault.NotFound, "there is no such delivery")
	}
	f, err := v.form(w)
	if err != nil {
		return err
	}
	return s.effect(w, v, f, func(_ context.Context, tx store.Tx) (access.Deed, string, error) {
		_, err := s.d.Post.Again(tx, v.company, i)
		return access.Deed{Action: "message.again", Target: i.Named("msg")}, v.at("/deliveries"), err
	})
}
