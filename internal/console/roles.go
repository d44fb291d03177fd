package console

import (
	"net/http"
	"strings"

	"waihu/internal/access"
)

// grantRow is a permission in words, with the roles that have it.
type grantRow struct {
	Permission access.Permission
	What       string
	Has        []bool
}

// roles explains what each role may do.
func (s *Server) roles(w http.ResponseWriter, _ *http.Request, v *visit) error {
	var rows []grantRow
	all := access.Roles()
	for _, g := range access.Table() {
		row := grantRow{Permission: g.Permission, What: v.say("permission." + strings.ReplaceAll(string(g.Permission), ".", "_"))}
		for _, r := range all {
			row.Has = append(row.Has, r.Has(g.Permission))
		}
		rows = append(rows, row)
	}
	s.render(w, v, http.StatusOK, "roles", &Page{Title: v.say("roles.title"), Lead: v.say("roles.lead"), Here: v.here("/users"), Crumbs: v.trail(Link{v.say("nav.users"), v.here("/users")}),
		Body: map[string]any{"Roles": all, "Rows": rows}})
	return nil
}
