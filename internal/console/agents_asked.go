package console

import (
	"slices"

	"waihu/internal/access"
	"waihu/internal/store"
)

// agentAsked is the agent a filter is narrowed to, as calls name them. In the form a person
// of the company stands by name, and may be written so; others are written as their calls
// have them. The words are the names that are offered.
func (s *Server) agentAsked(v *visit, f *form) (agent string, offered []string) {
	agent = f.optional("agent", 200)
	var people []*access.User
	_ = s.d.System.DB.View(v.r.Context(), func(tx store.Tx) (err error) { // books that are away: as they are called
		people, err = s.d.Gate.Users(tx, v.company, store.Page{Limit: store.MaxPage})
		return err
	})
	namesakes := map[string]int{}
	for _, u := range people {
		namesakes[u.Name]++
	}
	asked := agent
	for _, u := range people {
		named := u.Name
		if named == "" || namesakes[named] > 1 {
			named = u.Email
		}
		offered = append(offered, named)
		switch user := u.ID.Named("user"); asked {
		case user:
			f.Values.Set("agent", named)
		case named, u.Email:
			agent = user
		}
	}
	slices.Sort(offered)
	return agent, offered
}
