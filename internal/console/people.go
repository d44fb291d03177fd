package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// peoplePages are those of a company's people and, without a company, of the
// operator's own.
func (s *Server) peoplePages() {
	s.public("GET /invitation", s.showInvitation)
	s.public("POST /invitation", s.takeInvitation)
	s.page("GET /roles", access.UserRead, s.roles)
	for _, at := range []string{"", "/c/{company}"} {
		s.page("GET "+at+"/users", access.UserRead, s.users)
		s.exports(at+"/users", access.UserRead, "users", "nav.users", s.usersFile)
		s.page("GET "+at+"/users/new", access.UserWrite, s.newUser)
		s.page("POST "+at+"/users/new", access.UserWrite, s.inviteUser)
		s.page("GET "+at+"/users/{user}", access.UserRead, s.user)
		s.page("POST "+at+"/users/{user}", access.UserWrite, s.changeUser)
		s.page("POST "+at+"/users/{user}/reset", access.UserWrite, s.resetUser)
	}
	s.page("GET /c/{company}/roles", access.UserRead, s.roles)
}

// here is an address of the company the visit is about, or of the platform.
func (v *visit) here(rest string) string {
	if v.company == id.Platform {
		return rest
	}
	return v.at(rest)
}

// trail leads back to the company, if the visit is about one.
func (v *visit) trail(more ...Link) []Link {
	if v.company == id.Platform {
		return more
	}
	return v.crumbs(more...)
}

// moment is a moment on a page: of a company on the clock of its contract, which the foot
// of the page names, else in UTC.
func (v *visit) moment(i timex.Instant) string {
	if v.ofNoCompany() {
		return stamp(i)
	}
	if i.IsZero() {
		return ""
	}
	return clockMinute(i, v.loc())
}

// clock is whose days a filter or a field of the page has, as moment has its moments.
func (v *visit) clock() *time.Location {
	if v.ofNoCompany() {
		return time.UTC
	}
	return v.loc()
}

func (v *visit) ofNoCompany() bool { return v.company == id.Platform || v.company.IsZero() }

// stamp is a moment in UTC, that says so: in files, and on pages of no company.
func stamp(i timex.Instant) string {
	if i.IsZero() {
		return ""
	}
	return i.Time().UTC().Format("2006-01-02 15:04") + " UTC"
}

// actorShown is who did something as a page shows it: a person by their address,
// a key by its identifier.
func actorShown(name string) string {
	if words := strings.Fields(name); len(words) == 3 && words[0] == "user" || len(words) == 2 && words[0] == "key" {
		return words[len(words)-1]
	}
	return name
}

// userRow is a person in a list.
type userRow struct {
	*access.User
	Href   string
	Roles  []string
	LastIn string
	State  string // active, invited, disabled
}

// rowOf shows a person to whoever looks from a company.
func (v *visit) rowOf(u *access.User) userRow {
	u = u.Within(v.company)
	row := userRow{User: u, Href: v.here("/users/" + u.ID.Named("user")), LastIn: v.moment(u.LastIn), State: "active"}
	for _, m := range u.Members {
		row.Roles = append(row.Roles, v.say("role."+string(m.Role)))
	}
	switch {
	case u.Disabled:
		row.State = "disabled"
	case u.LastIn.IsZero():
		row.State = "invited"
	}
	return row
}

// usersBody is a list of people.
type usersBody struct {
	Rows        []userRow
	Text, State string
	Order       *order
	Files       []Link
	New, Roles  string // addresses
	All         string
	Filtered    bool
}

// peopleMost bounds how many people of one company a list looks at.
const peopleMost = 5_000

// findUsers are a company's people that the address asks for, in its order, so many at
// most.
func (s *Server) findUsers(v *visit, most int) (rows []userRow, o *order, err error) {
	asked := v.r.URL.Query()
	kept := url.Values{"q": {fault.Shorten(asked.Get("q"), 100)}}
	if state := asked.Get("state"); slices.Contains([]string{"active", "invited", "disabled"}, state) {
		kept.Set("state", state)
	}
	wanted, state := strings.ToLower(kept.Get("q")), kept.Get("state")
	err = s.d.System.DB.View(v.r.Context(), func(tx store.Tx) error {
		page := store.Page{Limit: store.MaxPage}
		for range peopleMost / store.MaxPage {
			list, err := s.d.Gate.Users(tx, v.company, page)
			if err != nil {
				return err
			}
			for _, u := range list {
				row := v.rowOf(u)
				if (wanted == "" || strings.Contains(strings.ToLower(u.Name+"\n"+u.Email), wanted)) && (state == "" || row.State == state) {
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
	o = v.order(kept, "name", column{"name", "people.name", false}, column{"email", "people.email", false}, column{"state", "companies.state", false}, column{"last", "people.last_in", true})
	rows = arranged(o, rows, most, func(u *userRow) string { return u.ID.Named("user") }, keys[userRow]{
		"name":  func(u *userRow) string { return store.OrderText(u.Name) },
		"email": func(u *userRow) string { return store.OrderText(u.Email) },
		"state": func(u *userRow) string { return v.say("people.s_" + u.State) },
		"last":  func(u *userRow) string { return store.OrderInt(int64(u.User.LastIn)) },
	})
	return rows, o, err
}

// users lists the people of a company, or the operator's own.
func (s *Server) users(w http.ResponseWriter, _ *http.Request, v *visit) error {
	rows, o, err := s.findUsers(v, pageRows)
	if err != nil {
		return err
	}
	b := usersBody{Rows: rows, Text: o.kept.Get("q"), State: o.kept.Get("state"), Order: o, All: v.here("/users"), Files: o.files(v.here("/users")), Roles: v.here("/roles"), Filtered: len(o.kept) > 0}
	if v.may(access.UserWrite) {
		b.New = v.here("/users/new")
	}
	lead := v.say("people.lead")
	if v.company == id.Platform {
		lead = v.say("people.lead_platform")
	}
	s.render(w, v, http.StatusOK, "users", &Page{Title: v.say("nav.users"), Lead: lead, Here: v.here("/users"), Crumbs: v.trail(), Body: b})
	return nil
}

// usersFile gives the list as a file.
func (s *Server) usersFile(v *visit) (*sheet, error) {
	list, o, err := s.findUsers(v, exportRows)
	if err != nil {
		return nil, err
	}
	t := v.sheet("people.name", "people.email", "people.roles", "people.factors", "people.last_in", "companies.state")
	for _, u := range list {
		t.add(u.Name, u.Email, strings.Join(u.Roles, "; "), v.factors(u.User), u.LastIn, v.say("people.s_"+u.State))
	}
	t.full(v, o.Next != "")
	return t, nil
}

// factors says which second factors somebody has.
func (v *visit) factors(u *access.User) string {
	var out []string
	if u.TOTP {
		out = append(out, v.say("people.totp"))
	}
	if u.Passkeys > 0 {
		out = append(out, v.say("people.passkeys", "n", itoa(u.Passkeys)))
	}
	if len(out) == 0 {
		return v.say("people.no_factor")
	}
	return strings.Join(out, ", ")
}
