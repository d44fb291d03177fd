package access

import (
	"waihu/internal/id"
	"waihu/internal/timex"
)

// Stage is how far somebody has proved who they are.
type Stage string

const (
	Proving   Stage = "second_factor" // the password was right, the second factor is to come
	Changing  Stage = "new_password"  // a one-time password was right, a new one is to be chosen
	Enrolling Stage = "enrol"         // the role needs a second factor and there is none yet
	Full      Stage = "full"
)

// Actor is who asks: a person in a session, or a key.
type Actor struct {
	User    id.ID // zero for a key
	Key     id.ID // zero for a person
	Session id.ID
	Name    string // for the audit log: "user user_01..., a@b" or "key key_01..."
	Members []Member
	Scopes  []Permission // nil: all that the roles give
	Stage   Stage
	Proved  timex.Instant // when a secret was last shown in this session
	From    string        // address of the client
}

// Companies are those the actor has a role in; all tells that it is every one.
func (a *Actor) Companies() (some []id.Company, all bool) {
	for _, m := range a.Members {
		if m.Company == id.Platform {
			all = true
			continue
		}
		some = append(some, m.Company)
	}
	return some, all
}

// System is the actor of work the system does by itself.
func System(what string) *Actor {
	return &Actor{Name: "system " + what, Members: []Member{{id.Platform, Operator}}, Stage: Full}
}
