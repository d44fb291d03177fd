package console

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

func (s *Server) keyPages() {
	for _, at := range []string{"", "/c/{company}"} {
		s.page("GET "+at+"/keys", access.KeyRead, s.keys)
		s.exports(at+"/keys", access.KeyRead, "keys", "nav.keys", s.keysFile)
		s.page("GET "+at+"/keys/new", access.KeyWrite, s.newAPIKey)
		s.page("POST "+at+"/keys/new", access.KeyWrite, s.addAPIKey)
		s.page("POST "+at+"/keys/{key}/end", access.KeyWrite, s.endAPIKey)
	}
}

// keyRow is an API key in the list.
type keyRow struct {
	*access.Key
	Name                string
	Href                string
	Role                string
	Scopes              string
	From                string
	Created, Ends, Used string
	State               string // active, ended, over
}

func (v *visit) keyRow(k *access.Key, now timex.Instant) keyRow {
	row := keyRow{Key: k, Name: k.Name, Href: v.here("/keys/" + k.ID.Named("key")), Role: v.say("role." + string(k.Role)), From: strings.Join(k.From, ", "), Created: v.moment(k.Created), Ends: v.moment(k.Ends), Used: v.moment(k.LastUsed), State: "active"}
	row.Scopes = v.say("key.all_scopes")
	if k.Scopes != nil {
		row.Scopes = v.say("key.n_scopes", "n", itoa(len(k.Scopes)))
	}
	switch {
	case k.Ended != 0:
		row.State = "ended"
	case k.Ends != 0 && now >= k.Ends:
		row.State = "over"
	}
	return row
}

// keysBody is the list of API keys.
type keysBody struct {
	Form  *form
	Rows  []keyRow
	State string
	Order *order
	Files []Link
	New   string
	May   bool
}

// keysMost bounds the keys of a company that a list looks at.
const keysMost = 5_000

// findKeys are a company's keys that the address asks for, in its order, so many at most.
func (s *Server) findKeys(v *visit, most int) (rows []keyRow, o *order, err error) {
	state := v.r.URL.Query().Get("state")
	if state != "active" && state != "ended" {
		state = ""
	}
	err = s.d.System.DB.View(v.r.Context(), func(tx store.Tx) error {
		page := store.Page{Limit: store.MaxPage}
		for range keysMost / store.MaxPage {
			list, err := s.d.Gate.Keys(tx, v.company, page)
			if err != nil {
				return err
			}
			for _, k := range list {
				if row := v.keyRow(k, tx.Now()); state == "" || (row.State == "active") == (state == "active") {
					rows = append(rows, row)
				}
			}
			if len(list) < store.MaxPage {
				return nil
			}
			page.After = list[len(list)-1].ID
		}
		return nil
	})
	o = v.order(url.Values{"state": {state}}, "", column{"name", "key.name", false}, column{"role", "key.role", false}, column{"used", "key.used", true}, column{"ends", "key.ends", false})
	rows = arranged(o, rows, most, func(k *keyRow) string { return k.ID.Named("key") }, keys[keyRow]{
		"name": func(k *keyRow) string { return store.OrderText(k.Name) },
		"role": func(k *keyRow) string { return store.OrderText(k.Role) },
		"used": func(k *keyRow) string { return store.OrderInt(int64(k.LastUsed)) },
		"ends": func(k *keyRow) string { return store.OrderInt(int64(k.Key.Ends)) },
	})
	return rows, o, err
}

func (s *Server) keys(w http.ResponseWriter, _ *http.Request, v *visit) error {
	rows, o, err := s.findKeys(v, pageRows)
	if err != nil {
		return err
	}
	b := keysBody{Form: v.blank(), Rows: rows, Order: o, Files: o.files(v.here("/keys")), May: v.may(access.KeyWrite), State: o.kept.Get("state")}
	if b.May {
		b.New = v.here("/keys/new")
	}
	if _, err := b.Form.Once(); err != nil {
		return err
	}
	s.render(w, v, http.StatusOK, "keys", &Page{Title: v.say("nav.keys"), Lead: v.say("key.lead"), Here: v.here("/keys"), Crumbs: v.trail(), Body: b})
	return nil
}

// keysFile gives the list as a file.
func (s *Server) keysFile(v *visit) (*sheet, error) {
	list, o, err := s.findKeys(v, exportRows)
	if err != nil {
		return nil, err
	}
	t := v.sheet("key.name", "key.id", "key.role", "key.scopes", "key.from", "key.created", "key.used", "key.ends", "companies.state")
	for _, k := range list {
		var scopes []string
		for _, p := range k.Key.Scopes {
			scopes = append(scopes, string(p))
		}
		t.add(k.Name, k.ID.Named("key"), k.Role, strings.Join(scopes, " "), k.From, k.Created, k.Used, k.Ends, v.say("key.s_"+k.State))
	}
	t.full(v, o.Next != "")
	return t, nil
}

// keyBody is the form of a key, or the key, shown this once.
type keyBody struct {
	Form    *form
	Roles   []roleChoice
	Scopes  []option
	Refused string
	Secret  string
	Again   bool // the form was sent before: the key is not shown twice
	Back    string
}

func (s *Server) newAPIKey(w http.ResponseWriter, _ *http.Request, v *visit) error {
	return s.keyForm(w, v, http.StatusOK, v.blank("role", string(access.API)), "")
}

func (s *Server) keyForm(w http.ResponseWriter, v *visit, status int, f *form, refused string) error {
	if _, err := f.Once(); err != nil {
		return err
	}
	b := keyBody{Form: f, Roles: v.rolesHere(), Refused: refused, Back: v.here("/keys")}
	for _, g := range access.Table() {
		if v.may(g.Permission) {
			b.Scopes = append(b.Scopes, option{"value": string(g.Permission), "label": v.say("permission." + strings.ReplaceAll(string(g.Permission), ".", "_")), "on": f.Has("scope", string(g.Permission))})
		}
	}
	s.render(w, v, status, "key", &Page{Title: v.say("key.new"), Lead: v.say("key.new_why"), Here: v.here("/keys"), Crumbs: v.trail(Link{v.say("nav.keys"), v.here("/keys")}), Body: b})
	return nil
}

// readKey reads the form of a key.
func (v *visit) readKey(f *form) access.NewKey {
	n := access.NewKey{Company: v.company, Name: f.line("name", 200), From: strings.Fields(strings.ReplaceAll(f.optional("from", 2000), ",", " "))}
	var roles []string
	for _, c := range v.rolesHere() {
		roles = append(roles, string(c.Role))
	}
	n.Role = access.Role(f.choice("role", roles...))
	var all []string
	for _, g := range access.Table() {
		all = append(all, string(g.Permission))
	}
	for _, p := range f.some("scope", all...) {
		n.Scopes = append(n.Scopes, access.Permission(p))
	}
	if day := f.dayOr("ends"); day != 0 {
		n.Ends = (day + 1).Start(v.clock())
		if n.Ends <= timex.At(time.Now()) {
			f.wrong("ends", "key.ends_past")
		}
	}
	return n
}

// addAPIKey makes a key and shows it, this once.
func (s *Server) addAPIKey(w http.ResponseWriter, _ *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	n := v.readKey(f)
	if !f.OK() {
		return s.keyForm(w, v, http.StatusUnprocessableEntity, f, "")
	}
	secret := ""
	_, again, err := s.once(v, f, func(_ context.Context, tx store.Tx) (access.Deed, string, error) {
		k, text, err := s.d.Gate.KeyFor(tx, v.actor, n)
		if err != nil {
			return access.Deed{}, "", err
		}
		secret = text
		return access.Deed{Action: "key.add", Target: k.ID.Named("key"), After: k}, v.here("/keys"), nil
	})
	if problems, ok := problemsOf(err); ok {
		for _, p := range problems {
			switch p.Path {
			case "from":
				f.wrong("from", "key.from_wrong", "value", fault.Shorten(p.Value, 40))
			case "scopes":
				f.wrong("scope", "key.scope_wrong")
			default:
				return s.keyForm(w, v, http.StatusUnprocessableEntity, f, p.What)
			}
		}
		return s.keyForm(w, v, http.StatusUnprocessableEntity, f, "")
	}
	if why, ok := refusalOf(err); ok {
		return s.keyForm(w, v, http.StatusForbidden, f, why.Error())
	}
	if err != nil {
		return err
	}
	s.render(w, v, http.StatusOK, "secret", &Page{Title: v.say("key.made"), Lead: n.Name, Here: v.here("/keys"), Crumbs: v.trail(Link{v.say("nav.keys"), v.here("/keys")}),
		Body: secretBody{Secret: secret, Again: again, Why: v.say("key.made_why"), Lost: v.say("key.made_again"), Use: `curl -H "Authorization: Bearer ` + given(secret != "", secret) + `" ` + s.d.Address + "/v1/me", Back: v.here("/keys")}})
	return nil
}

// secretBody shows a secret, this once.
type secretBody struct {
	Secret string
	Again  bool // the form was sent before: it is not shown twice
	Why    string
	Lost   string
	Use    string // how it is used, as a command
	Say    string // how it is used, in words
	Back   string
}

// endAPIKey ends a key at once.
func (s *Server) endAPIKey(w http.ResponseWriter, _ *http.Request, v *visit) error {
	i, err := id.ParseNamed("key", v.r.PathValue("key"))
	if err != nil {
		return fault.New(fault.NotFound, "there is no such key")
	}
	f, err := v.form(w)
	if err != nil {
		return err
	}
	return s.effect(w, v, f, func(_ context.Context, tx store.Tx) (access.Deed, string, error) {
		k, err := s.d.Gate.EndKey(tx, v.company, i)
		return access.Deed{Action: "key.end", Target: i.Named("key"), After: k}, v.here("/keys"), err
	})
}
