package sip

import (
	"net/netip"
	"slices"
	"sync"
	"time"

	"waihu/internal/fault"
)

// Bounds of a registration.
const (
	usualLease = 10 * time.Minute // where a phone asks for no time
	maxLease   = time.Hour        // where it asks for more
	perAccount = 5                // phones of one account; a sixth takes the place of the one that registered first
)

// Phone is where an account can be called.
type Phone struct {
	Account   string
	Contact   string // what it calls itself, as a SIP address
	Source    string // address and port it was heard from: calls go there
	Transport string // UDP, TCP, TLS, WS or WSS
	Agent     string // what it says it is
	Path      string // proxies on the way to it, as Route fields have them (RFC 3327); empty: none
	Since     time.Time
	Until     time.Time // unless it registers again
}

// binding is a phone with what tells its registrations apart.
type binding struct {
	Phone
	instance string // +sip.instance, or the contact itself
	call     string // Call-ID
	sequence uint32 // CSeq
}

// registrar is the book of the phones that registered. Safe for several goroutines.
type registrar struct {
	most  int
	least time.Duration
	now   func() time.Time

	mu       sync.Mutex
	accounts map[string][]*binding // none is empty; the one that registered first stands first
	count    int
}

func newRegistrar(most int, least time.Duration, now func() time.Time) *registrar {
	return &registrar{most: most, least: least, now: now, accounts: map[string][]*binding{}}
}

// Why a registration is refused.
var (
	errStale = fault.New(fault.Conflict, "a later request of this phone was there already")
	errFull  = fault.New(fault.Conflict, "as many phones are registered as may be")
)

// update takes the bindings of one request, all or none: one whose time is over
// already leaves the book. It returns what the account has then.
func (r *registrar) update(account string, changes []binding) ([]Phone, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sweep(account)
	list := slices.Clone(r.accounts[account])
	for i := range changes {
		var err error
		if list, err = r.apply(list, &changes[i]); err != nil {
			return nil, err
		}
	}
	if more := len(list) - perAccount; more > 0 {
		list = list[more:]
	}
	if r.count+len(list)-len(r.accounts[account]) > r.most {
		for other := range r.accounts {
			r.sweep(other)
		}
		if r.count+len(list)-len(r.accounts[account]) > r.most {
			return nil, errFull
		}
	}
	r.set(account, list)
	return phonesOf(list), nil
}

// apply takes one binding into a list, or out of it. One that is refreshed keeps
// its place: whose time was renewed last says nothing of where somebody sits.
func (r *registrar) apply(list []*binding, b *binding) ([]*binding, error) {
	at := len(list)
	for i := len(list) - 1; i >= 0; i-- {
		old := list[i]
		if old.instance != b.instance && old.Contact != b.Contact {
			continue
		}
		if old.call == b.call && old.sequence >= b.sequence {
			return nil, errStale
		}
		at, b.Since = i, old.Since
		list = slices.Delete(list, i, i+1)
	}
	if b.Until.After(r.now()) {
		list = slices.Insert(list, min(at, len(list)), b)
	}
	return list, nil
}

// clear takes every phone of an account out of the book, unless one has
// registered by a later request of the same Call-ID.
func (r *registrar) clear(account, call string, sequence uint32) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, b := range r.accounts[account] {
		if b.call == call && b.sequence >= sequence {
			return errStale
		}
	}
	r.set(account, nil)
	return nil
}

// drop takes one phone out, whose connection is gone.
func (r *registrar) drop(p Phone) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.set(p.Account, slices.DeleteFunc(slices.Clone(r.accounts[p.Account]), func(b *binding) bool { return b.Source == p.Source && b.Contact == p.Contact }))
}

// of are the phones of an account, the one that registered first in front.
func (r *registrar) of(account string) []Phone {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sweep(account)
	return phonesOf(r.accounts[account])
}

// sweep takes out what is over; the lock is held.
func (r *registrar) sweep(account string) {
	now := r.now()
	if over := func(b *binding) bool { return !b.Until.After(now) }; slices.ContainsFunc(r.accounts[account], over) {
		r.set(account, slices.DeleteFunc(slices.Clone(r.accounts[account]), over))
	}
}

// set gives an account its list; the lock is held.
func (r *registrar) set(account string, list []*binding) {
	r.count += len(list) - len(r.accounts[account])
	if len(list) == 0 {
		delete(r.accounts, account)
		return
	}
	r.accounts[account] = list
}

func phonesOf(list []*binding) []Phone {
	var all []Phone
	for _, b := range list {
		all = append(all, b.Phone)
	}
	return all
}

// isPhone tells whether an account is registered from an address.
func (e *Endpoint) isPhone(from netip.Addr, account string) bool {
	if e.phones == nil {
		return false
	}
	return slices.ContainsFunc(e.phones.of(account), func(p Phone) bool {
		at, err := netip.ParseAddrPort(p.Source)
		return err == nil && at.Addr().Unmap() == from
	})
}

// Phones are where an account is registered, the one that registered first in
// front; none if it is not.
func (e *Endpoint) Phones(account string) []Phone {
	if e.phones == nil {
		return nil
	}
	var all []Phone
	for _, p := range e.phones.of(account) {
		if p.Transport != overUDP && !e.connected(p.Transport, p.Source) {
			e.phones.drop(p) // nobody but the phone can open that connection again
			continue
		}
		all = append(all, p)
	}
	return all
}

// reach is the phone of an account that is called: the last that came.
func (e *Endpoint) reach(account string) (Phone, error) {
	all := e.Phones(account)
	if len(all) == 0 {
		return Phone{}, fault.New(fault.NotFound, "no phone is registered as %q; register one, or see that it still is", fault.Shorten(account, 80))
	}
	return all[len(all)-1], nil
}
