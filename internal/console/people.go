package console

import (
	"net/http"
	"slices"
	"strings"

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
		s.page("GET "+at+"/users.csv", access.UserRead, s.usersFile)
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

// stamp is a moment on a page of people, who may be anywhere: in UTC.
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
	row := userRow{User: u, Href: v.here("/users/" + u.ID.Named("user")), LastIn: stamp(u.LastIn), State: "active"}
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
	Next, File  string
	New, Roles  string // addresses
	All         string
	Filtered    bool
}

// peopleMost bounds how many people of one company a list looks at.
const peopleMost = 5_000

// findUsers are a company's people that the address asks for, in the order
// their accounts were made.
func (s *Server) findUsers(v *visit) (rows []userRow, text, state string, err error) {
	asked := v.r.URL.Query()
	text = fault.Shorten(asked.Get("q"), 100)
	if state = asked.Get("state"); !slices.Contains([]string{"active", "invited", "disabled"}, state) {
		state = ""
	}
	wanted := strings.ToLower(text)
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
	return rows, text, state, err
}

// users lists the people of a company, or the operator's own.
func (s *Server) users(w http.ResponseWriter, r *http.Request, v *visit) error {
	rows, text, state, err := s.findUsers(v)
	if err != nil {
		return err
	}
	filter := "q=" + queryEscape(text) + "&state=" + state
	b := usersBody{Text: text, State: state, All: v.here("/users"), File: v.here("/users.csv?" + filter), Roles: v.here("/roles"), Filtered: text != "" || state != ""}
	if v.may(access.UserWrite) {
		b.New = v.here("/users/new")
	}
	from, err := afterOf(r, "user")
	if err != nil {
		return err
	}
	if !from.IsZero() {
		rows = rows[slices.IndexFunc(rows, func(u userRow) bool { return u.ID == from })+1:]
	}
	if len(rows) > pageRows {
		rows = rows[:pageRows]
		b.Next = "?" + filter + "&after=" + rows[pageRows-1].ID.Named("user")
	}
	b.Rows = rows
	lead := v.say("people.lead")
	if v.company == id.Platform {
		lead = v.say("people.lead_platform")
	}
	s.render(w, v, http.StatusOK, "users", &Page{Title: v.say("nav.users"), Lead: lead, Here: v.here("/users"), Crumbs: v.trail(), Body: b})
	return nil
}

// usersFile gives the list as CSV.
func (s *Server) usersFile(w http.ResponseWriter, _ *http.Request, v *visit) error {
	list, _, _, err := s.findUsers(v)
	if err != nil {
		return err
	}
	rows := [][]string{{v.say("people.name"), v.say("people.email"), v.say("people.roles"), v.say("people.factors"), v.say("people.last_in"), v.say("companies.state")}}
	for _, u := range list {
		rows = append(rows, []string{u.Name, u.Email, strings.Join(u.Roles, "; "), v.factors(u.User), u.LastIn, v.say("people.s_" + u.State)})
	}
	return sendCSV(w, "users.csv", rows)
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
