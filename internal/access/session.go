package access

import (
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

const day = 24 * time.Hour

// Bounds of sessions.
const (
	sessionLength = day              // however it is used
	staffIdle     = 30 * time.Minute // who can move money
	usualIdle     = time.Hour
	shiftIdle     = 12 * time.Hour // agents: a shift
	provingTime   = 10 * time.Minute
	proofHolds    = 10 * time.Minute // how long a shown password lets factors be changed
	touchEvery    = time.Minute
	sessionsMost  = 20 // of one person; the oldest ends
)

// Session is a log-in as its owner may see it.
type Session struct {
	ID      id.ID
	User    id.ID
	Stage   Stage
	From    string
	Agent   string // what the browser calls itself
	Began   timex.Instant
	Used    timex.Instant
	Ends    timex.Instant
	IdleEnd timex.Instant
}

// login is what is kept of a session.
type login struct {
	Token  string        `json:"token"` // hash
	User   id.ID         `json:"user"`
	Stage  Stage         `json:"stage"`
	From   string        `json:"from"`
	Agent  string        `json:"agent"`
	Began  timex.Instant `json:"began"`
	Used   timex.Instant `json:"used"`
	Proved timex.Instant `json:"proved"`
}

func (l *login) keys() (unique, index []store.Key) {
	return []store.Key{{Name: "token", Value: l.Token}}, []store.Key{{Name: "user", Value: l.User.String()}}
}

// idle is how long a session of somebody may lie unused.
func idle(a *account, stage Stage) time.Duration {
	if stage != Full {
		return provingTime
	}
	shortest := shiftIdle
	for _, m := range a.Members {
		switch {
		case m.Role == Agent:
		case m.Company == id.Platform:
			shortest = min(shortest, staffIdle)
		default:
			shortest = min(shortest, usualIdle)
		}
	}
	return shortest
}

func sessionShown(r *row[login], a *account) *Session {
	l := &r.Body
	return &Session{ID: r.id(), User: l.User, Stage: l.Stage, From: l.From, Agent: l.Agent, Began: l.Began, Used: l.Used,
		Ends: l.Began.Add(sessionLength), IdleEnd: l.Used.Add(idle(a, l.Stage))}
}

// Client is where a request comes from.
type Client struct {
	Address string
	Agent   string
}

// begin starts a session at a stage and gives its token, which is nowhere else.
func (g *Gate) begin(tx store.Tx, user id.ID, stage Stage, cl Client) (string, *Session, error) {
	acc, err := g.account(tx, user)
	if err != nil {
		return "", nil, err
	}
	if err := g.crowd(tx, user); err != nil {
		return "", nil, err
	}
	now, token := tx.Now(), newToken()
	r, err := add(g, tx, sessionKind, login{Token: tokenHash(token), User: user, Stage: stage, From: cl.Address,
		Agent: fault.Shorten(cl.Agent, 200), Began: now, Used: now, Proved: now})
	if err != nil {
		return "", nil, err
	}
	unique, index := r.Body.keys()
	if err := r.put(tx, unique, index); err != nil {
		return "", nil, err
	}
	return token, sessionShown(r, &acc.Body), nil
}

// crowd ends the oldest sessions of a person who has many.
func (g *Gate) crowd(tx store.Tx, user id.ID) error {
	rows, err := list[login](tx, sessionKind, store.Key{Name: "user", Value: user.String()}, store.Page{})
	if err != nil {
		return err
	}
	for i := 0; len(rows)-i >= sessionsMost; i++ {
		if err := tx.Records().Delete(id.Platform, sessionKind, rows[i].id()); err != nil {
			return err
		}
	}
	return nil
}

// renew gives a session a new token and stage: the old token is worth nothing.
func (g *Gate) renew(tx store.Tx, session id.ID, stage Stage) (string, error) {
	r, err := get[login](tx, sessionKind, session)
	if err != nil {
		return "", err
	}
	if r == nil {
		return "", refuse(NoCredentials, "the session has ended: log in again")
	}
	token := newToken()
	r.Body.Token, r.Body.Stage, r.Body.Used, r.Body.Proved = tokenHash(token), stage, tx.Now(), tx.Now()
	unique, index := r.Body.keys()
	return token, r.put(tx, unique, index)
}

// Resume finds the session of a token. stale tells that its use should be noted
// (Touch), which is not done each time.
func (g *Gate) Resume(tx store.Tx, token string, cl Client) (a *Actor, stale bool, err error) {
	ended := refuse(NoCredentials, "the session has ended: log in again")
	r, err := find[login](tx, sessionKind, store.Key{Name: "token", Value: tokenHash(token)})
	if err != nil {
		return nil, false, err
	}
	if r == nil {
		return nil, false, ended
	}
	acc, err := get[account](tx, userKind, r.Body.User)
	if err != nil {
		return nil, false, err
	}
	now, l := tx.Now(), &r.Body
	if acc == nil || acc.Body.Disabled || now >= l.Began.Add(sessionLength) || now >= l.Used.Add(idle(&acc.Body, l.Stage)) {
		return nil, false, ended
	}
	return &Actor{User: l.User, Session: r.id(), Name: "user " + l.User.Named("user") + " " + acc.Body.Email, Members: acc.Body.Members,
		Stage: l.Stage, Proved: l.Proved, From: cl.Address}, now >= l.Used.Add(touchEvery), nil
}

// Touch notes that a session was used.
func (g *Gate) Touch(tx store.Tx, session id.ID) error {
	r, err := get[login](tx, sessionKind, session)
	if err != nil || r == nil {
		return err
	}
	r.Body.Used = tx.Now()
	unique, index := r.Body.keys()
	return r.put(tx, unique, index)
}

// Sessions are the running ones of a person.
func (g *Gate) Sessions(tx store.Tx, user id.ID) ([]*Session, error) {
	acc, err := g.account(tx, user)
	if err != nil {
		return nil, err
	}
	rows, err := list[login](tx, sessionKind, store.Key{Name: "user", Value: user.String()}, store.Page{})
	if err != nil {
		return nil, err
	}
	var out []*Session
	for _, r := range rows {
		if s := sessionShown(r, &acc.Body); tx.Now() < s.Ends && tx.Now() < s.IdleEnd {
			out = append(out, s)
		}
	}
	return out, nil
}

// EndSession ends one session of a person.
func (g *Gate) EndSession(tx store.Tx, user, session id.ID) error {
	r, err := get[login](tx, sessionKind, session)
	if err != nil {
		return err
	}
	if r == nil || r.Body.User != user {
		return fault.New(fault.NotFound, "there is no session %s", session.Named("ses"))
	}
	return tx.Records().Delete(id.Platform, sessionKind, session)
}

// endSessions ends all sessions of a person but one.
func (g *Gate) endSessions(tx store.Tx, user, but id.ID) error {
	rows, err := list[login](tx, sessionKind, store.Key{Name: "user", Value: user.String()}, store.Page{})
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.id() != but {
			if err := tx.Records().Delete(id.Platform, sessionKind, r.id()); err != nil {
				return err
			}
		}
	}
	return nil
}

// Sweep removes what has ended, at most so many records, and gives how many.
func (g *Gate) Sweep(tx store.Tx, limit int) (int, error) {
	n := 0
	sweep := func(k store.Kind, dead func(rec *store.Record) (bool, error)) error {
		recs, err := tx.Records().List(id.Platform, k, store.Key{}, store.Page{Limit: min(max(limit-n, 1), 1000)})
		if err != nil {
			return err
		}
		for i := range recs {
			gone, err := dead(&recs[i])
			if err != nil {
				return err
			}
			if gone {
				n++
				if err := tx.Records().Delete(id.Platform, k, recs[i].ID); err != nil {
					return err
				}
			}
		}
		return nil
	}
	old := func(age time.Duration) func(*store.Record) (bool, error) {
		return func(rec *store.Record) (bool, error) { return tx.Now() >= rec.Updated.Add(age), nil }
	}
	if err := sweep(sessionKind, func(rec *store.Record) (bool, error) {
		return tx.Now() >= rec.Created.Add(sessionLength), nil
	}); err != nil {
		return n, err
	}
	if err := sweep(attemptsKind, old(attemptsWindow)); err != nil {
		return n, err
	}
	return n, sweep(flowKind, old(provingTime))
}
