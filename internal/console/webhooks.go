package console

import (
	"context"
	"net/http"
	"strings"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/notify"
	"waihu/internal/store"
)

func (s *Server) webhookPages() {
	s.page("GET /c/{company}/webhooks", access.WebhookRead, s.webhooks)
	s.exports("/c/{company}/webhooks", access.WebhookRead, "webhooks", "nav.webhooks", s.webhooksFile)
	s.page("GET /c/{company}/webhooks/new", access.WebhookWrite, s.newWebhook)
	s.page("POST /c/{company}/webhooks/new", access.WebhookWrite, s.addWebhook)
	s.page("POST /c/{company}/webhooks/test", access.WebhookWrite, s.testWebhooks)
	s.page("GET /c/{company}/webhooks/{webhook}", access.WebhookRead, s.webhook)
	s.page("POST /c/{company}/webhooks/{webhook}", access.WebhookWrite, s.changeWebhook)
	s.page("POST /c/{company}/webhooks/{webhook}/rotate", access.WebhookWrite, s.rotateWebhook)
	s.page("POST /c/{company}/webhooks/{webhook}/remove", access.WebhookWrite, s.removeWebhook)
	s.page("GET /c/{company}/deliveries", access.WebhookRead, s.deliveries)
	s.exports("/c/{company}/deliveries", access.WebhookRead, "deliveries", "webhook.deliveries", s.deliveriesFile)
	s.page("POST /c/{company}/deliveries/{message}/again", access.WebhookWrite, s.sendAgain)
}

// webhookRow is a webhook in the list.
type webhookRow struct {
	*notify.Endpoint
	Name    string
	Href    string
	Topics  string
	Failing string
	Created string
}

func (v *visit) webhookRow(e *notify.Endpoint) webhookRow {
	row := webhookRow{Endpoint: e, Name: e.ID.Named("whk"), Href: v.at("/webhooks/" + e.ID.Named("whk")), Topics: strings.Join(e.Topics, ", "), Failing: v.moment(e.FailingSince), Created: v.moment(e.Created)}
	if row.Topics == "" {
		row.Topics = v.say("webhook.all_topics")
	}
	return row
}

// stateKey is the phrase of how it stands.
func (w webhookRow) stateKey() string {
	switch {
	case w.Disabled != "":
		return "webhook.off"
	case w.Failing != "":
		return "webhook.fails"
	}
	return "webhook.is_on"
}

// webhooksBody is the list of webhooks.
type webhooksBody struct {
	Form       *form
	Rows       []webhookRow
	Order      *order
	Files      []Link
	New, Test  string
	Deliveries string
	Tested     bool
}

// findWebhooks are a company's webhooks in the order the address asks for.
func (s *Server) findWebhooks(v *visit) (rows []webhookRow, o *order, err error) {
	err = s.d.System.DB.View(v.r.Context(), func(tx store.Tx) error {
		list, err := s.d.Post.Endpoints(tx, v.company)
		rows = nil
		for _, e := range list {
			rows = append(rows, v.webhookRow(e))
		}
		return err
	})
	o = v.order(nil, "created", column{"url", "webhook.url", false}, column{"created", "key.created", true})
	rows = arranged(o, rows, len(rows), func(x *webhookRow) string { return x.Name }, keys[webhookRow]{
		"url":     func(x *webhookRow) string { return store.OrderText(x.URL) },
		"created": func(x *webhookRow) string { return store.OrderInt(int64(x.Endpoint.Created)) },
	})
	return rows, o, err
}

// webhooksFile gives the list as a file, without secrets.
func (s *Server) webhooksFile(v *visit) (*sheet, error) {
	rows, _, err := s.findWebhooks(v)
	t := v.sheet("key.id", "webhook.url", "webhook.note", "webhook.topics", "companies.state", "webhook.last", "key.created")
	for i := range rows {
		x := &rows[i]
		t.add(x.Name, x.URL, x.Note, x.Topics, v.say(x.stateKey()), x.LastStatus, x.Created)
	}
	return t, err
}

func (s *Server) webhooks(w http.ResponseWriter, r *http.Request, v *visit) error {
	rows, o, err := s.findWebhooks(v)
	if err != nil {
		return err
	}
	b := webhooksBody{Form: v.blank(), Rows: rows, Order: o, Files: o.files(v.at("/webhooks")), Deliveries: v.at("/deliveries"), Tested: r.URL.Query().Get("tested") != ""}
	if v.may(access.WebhookWrite) {
		b.New, b.Test = v.at("/webhooks/new"), v.at("/webhooks/test")
	}
	if _, err := b.Form.Once(); err != nil {
		return err
	}
	s.render(w, v, http.StatusOK, "webhooks", &Page{Title: v.say("nav.webhooks"), Lead: v.say("webhook.lead"), Here: v.at("/webhooks"), Crumbs: v.crumbs(), Body: b})
	return nil
}

// webhookBody is one webhook, or the form of a new one.
type webhookBody struct {
	Form       *form
	Row        *webhookRow // nil: a new one
	May        bool
	Back       string
	Deliveries string
}

func (s *Server) newWebhook(w http.ResponseWriter, _ *http.Request, v *visit) error {
	return s.webhookForm(w, v, http.StatusOK, v.blank("url", "https://"), nil)
}

func (s *Server) webhookForm(w http.ResponseWriter, v *visit, status int, f *form, e *notify.Endpoint) error {
	if _, err := f.Once(); err != nil {
		return err
	}
	b := webhookBody{Form: f, May: v.may(access.WebhookWrite), Back: v.at("/webhooks"), Deliveries: v.at("/deliveries")}
	p := &Page{Title: v.say("webhook.new"), Lead: v.say("webhook.new_why"), Here: v.at("/webhooks"), Crumbs: v.crumbs(Link{v.say("nav.webhooks"), v.at("/webhooks")})}
	if e != nil {
		row := v.webhookRow(e)
		b.Row = &row
		p.Title, p.Lead = v.say("webhook.one"), e.URL
	}
	p.Body = b
	s.render(w, v, status, "webhook", p)
	return nil
}

// topicsMost bounds the topics of a webhook.
const topicsMost = 50

// readWebhook reads the form of a webhook.
func readWebhook(f *form) (address, note string, topics []string) {
	address, note = f.line("url", 2000), f.optional("note", 200)
	topics = strings.FieldsFunc(f.optional("topics", 2000), func(r rune) bool { return strings.ContainsRune(" ,;\r\n\t，、", r) })
	if len(topics) > topicsMost {
		f.wrong("topics", "webhook.topics_many", "n", itoa(topicsMost))
	}
	for _, t := range topics {
		if !app.TakesTopics(t) {
			f.wrong("topics", "webhook.topic_wrong", "value", fault.Shorten(t, 40))
		}
	}
	return address, note, topics
}

// refusedWebhook puts what is wrong with a webhook beside its field.
func (s *Server) refusedWebhook(w http.ResponseWriter, v *visit, f *form, e *notify.Endpoint, err error) error {
	if _, ok := problemsOf(err); ok {
		f.wrong("url", "webhook.url_wrong")
		return s.webhookForm(w, v, http.StatusUnprocessableEntity, f, e)
	}
	return err
}

func (s *Server) addWebhook(w http.ResponseWriter, _ *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	address, note, topics := readWebhook(f)
	if !f.OK() {
		return s.webhookForm(w, v, http.StatusUnprocessableEntity, f, nil)
	}
	secret := ""
	_, again, err := s.once(v, f, func(_ context.Context, tx store.Tx) (access.Deed, string, error) {
		e, text, err := s.d.Post.Add(tx, v.company, address, topics, note)
		if err != nil {
			return access.Deed{}, "", err
		}
		secret = text
		return access.Deed{Action: "webhook.add", Target: e.ID.Named("whk"), After: e}, v.at("/webhooks"), nil
	})
	if err != nil {
		return s.refusedWebhook(w, v, f, nil, err)
	}
	return s.webhookSecret(w, v, secret, again)
}

// webhookSecret shows what signs deliveries, this once.
func (s *Server) webhookSecret(w http.ResponseWriter, v *visit, secret string, again bool) error {
	s.render(w, v, http.StatusOK, "secret", &Page{Title: v.say("webhook.secret"), Here: v.at("/webhooks"), Crumbs: v.crumbs(Link{v.say("nav.webhooks"), v.at("/webhooks")}),
		Body: secretBody{Secret: secret, Again: again, Why: v.say("webhook.secret_why"), Lost: v.say("webhook.secret_again"), Back: v.at("/webhooks")}})
	return nil
}

func (s *Server) webhookOf(v *visit) (out *notify.Endpoint, err error) {
	i, err := id.ParseNamed("whk", v.r.PathValue("webhook"))
	if err != nil {
		return nil, fault.New(fault.NotFound, "there is no such webhook")
	}
	return out, s.d.System.DB.View(v.r.Context(), func(tx store.Tx) (err error) {
		out, err = s.d.Post.Endpoint(tx, v.company, i)
		return err
	})
}

func (s *Server) webhook(w http.ResponseWriter, _ *http.Request, v *visit) error {
	e, err := s.webhookOf(v)
	if err != nil {
		return err
	}
	return s.webhookForm(w, v, http.StatusOK, v.filledWebhook(e), e)
}

// filledWebhook is the form of a webhook as it is.
func (v *visit) filledWebhook(e *notify.Endpoint) *form {
	return v.blank("url", e.URL, "topics", strings.Join(e.Topics, " "), "note", e.Note, "on", given(e.Disabled == "", "yes")).remember()
}

func (s *Server) changeWebhook(w http.ResponseWriter, _ *http.Request, v *visit) error {
	e, f, err := sentAbout(w, v, s.webhookOf)
	if err != nil {
		return err
	}
	address, note, topics := readWebhook(f)
	if topics == nil {
		topics = []string{} // all, not as before
	}
	on := f.choice("on", "", "yes") == "yes"
	if !f.OK() {
		return s.webhookForm(w, v, http.StatusUnprocessableEntity, f, e)
	}
	ch := notify.EndpointChange{URL: &address, Topics: topics, Note: &note}
	if on != (e.Disabled == "") {
		ch.On = &on
	}
	err = s.effect(w, v, f, func(_ context.Context, tx store.Tx) (access.Deed, string, error) {
		now, err := s.d.Post.Endpoint(tx, v.company, e.ID)
		if err == nil {
			err = f.unchanged(v.filledWebhook(now))
		}
		if err != nil {
			return access.Deed{}, "", err
		}
		after, err := s.d.Post.Change(tx, v.company, e.ID, ch)
		return access.Deed{Action: "webhook.change", Target: e.ID.Named("whk"), Before: e, After: after}, v.at("/webhooks/" + e.ID.Named("whk")), err
	})
	err = f.stale(err, func(status int) error { return s.webhookForm(w, v, status, f, e) })
	return s.refusedWebhook(w, v, f, e, err)
}

func (s *Server) rotateWebhook(w http.ResponseWriter, _ *http.Request, v *visit) error {
	e, f, err := sentAbout(w, v, s.webhookOf)
	if err != nil {
		return err
	}
	secret := ""
	_, again, err := s.once(v, f, func(_ context.Context, tx store.Tx) (_ access.Deed, _ string, err error) {
		secret, err = s.d.Post.Rotate(tx, v.company, e.ID)
		return access.Deed{Action: "webhook.rotate", Target: e.ID.Named("whk")}, v.at("/webhooks"), err
	})
	if err != nil {
		return err
	}
	return s.webhookSecret(w, v, secret, again)
}

func (s *Server) removeWebhook(w http.ResponseWriter, _ *http.Request, v *visit) error {
	e, f, err := sentAbout(w, v, s.webhookOf)
	if err != nil {
		return err
	}
	return s.effect(w, v, f, func(_ context.Context, tx store.Tx) (access.Deed, string, error) {
		return access.Deed{Action: "webhook.remove", Target: e.ID.Named("whk"), Before: e}, v.at("/webhooks"), s.d.Post.Remove(tx, v.company, e.ID)
	})
}

// testWebhooks sends an event to every webhook that takes it.
func (s *Server) testWebhooks(w http.ResponseWriter, _ *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	return s.effect(w, v, f, func(_ context.Context, tx store.Tx) (access.Deed, string, error) {
		return access.Deed{Action: "webhook.test"}, v.at("/webhooks?tested=1"), notify.Announce(tx, s.d.System.IDs, v.company, "test.ping", map[string]string{"company": v.company.Named("co")})
	})
}
