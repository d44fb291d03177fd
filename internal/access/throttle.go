package access

import (
	"fmt"
	"net/netip"
	"time"

	"waihu/internal/store"
	"waihu/internal/timex"
)

// Bounds of failed log-ins. They are kept in the database, so that they hold
// over all nodes and over restarts.
const (
	attemptsWindow  = 15 * time.Minute // failures are forgotten after so long without one
	accountFailures = 5                // of one account before it must wait
	addressFailures = 50               // of one address
	longestWait     = 15 * time.Minute
)

// attempts are the failures of one account or address.
type attempts struct {
	Subject string        `json:"subject"`
	Count   int           `json:"count"`
	Last    timex.Instant `json:"last"`
}

// Network is what an address counts as where failures and requests are counted:
// itself, or the /64 of an IPv6 address, of which one line has 2^64. What is no
// address counts as it is written.
func Network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil || a.Unmap().Is4() {
		return address
	}
	p, err := a.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return p.String()
}

func subjects(email, address string) [2]struct {
	name  string
	limit int
} {
	return [2]struct {
		name  string
		limit int
	}{{"account " + email, accountFailures}, {"address " + Network(address), addressFailures}}
}

// wait is how long a subject with so many failures must wait after the last:
// 1 s, 2 s, 4 s ... up to a quarter of an hour; never for good, so that nobody
// can lock somebody else out.
func wait(failures, limit int) time.Duration {
	if failures < limit {
		return 0
	}
	if over := failures - limit; over < 10 {
		return min(time.Second<<over, longestWait)
	}
	return longestWait
}

// throttled refuses where an account or an address must wait.
func throttled(tx store.Tx, email, address string) error {
	for _, s := range subjects(email, address) {
		r, err := find[attempts](tx, attemptsKind, store.Key{Name: "subject", Value: tokenHash(s.name)})
		if err != nil {
			return err
		}
		if r == nil {
			continue
		}
		if left := r.Body.Last.Add(wait(r.Body.Count, s.limit)).Sub(tx.Now()); left > 0 {
			seconds := (left + time.Second - 1).Truncate(time.Second)
			return &Refusal{Code: TooMany, Msg: fmt.Sprintf("too many attempts: try again in %s", seconds), Wait: seconds}
		}
	}
	return nil
}

// failed counts a failure.
func (g *Gate) failed(tx store.Tx, email, address string) error {
	for _, s := range subjects(email, address) {
		key := store.Key{Name: "subject", Value: tokenHash(s.name)}
		r, err := find[attempts](tx, attemptsKind, key)
		if err != nil {
			return err
		}
		if r == nil {
			if r, err = add(g, tx, attemptsKind, attempts{Subject: s.name}); err != nil {
				return err
			}
		}
		if tx.Now() >= r.Body.Last.Add(attemptsWindow) {
			r.Body.Count = 0
		}
		r.Body.Count++
		r.Body.Last = tx.Now()
		if err := r.put(tx, []store.Key{key}, nil); err != nil {
			return err
		}
	}
	return nil
}

// succeeded forgets the failures of an account, not of the address: one known
// account must not pay for guesses at others.
func succeeded(tx store.Tx, email, address string) error {
	r, err := find[attempts](tx, attemptsKind, store.Key{Name: "subject", Value: tokenHash(subjects(email, address)[0].name)})
	if err != nil || r == nil {
		return err
	}
	r.Body.Count = 0
	return r.put(tx, r.rec.Unique, nil)
}
