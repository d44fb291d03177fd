package app

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
	"waihu/internal/voice/trunk"
)

// FraudBound is when the calls of a company are held without anybody: whoever stole a
// log-in tries number after number that earns them money.
type FraudBound struct {
	Refusals int           // calls that were refused to costly classes of destination ...
	Within   time.Duration // ... in so long; 0 refusals: nobody is held
	Tell     string        // mail address of the operator; empty: the company alone is told
}

// Bounds of what is counted.
const (
	MostRefusals  = 1_000 // of a company
	mostCompanies = 10_000
	holding       = 10 * time.Second // for the books to hold a company
)

// costly are the classes of destination that toll fraud calls.
func costly(class string) bool {
	return class == string(trunk.Premium) || class == string(trunk.International)
}

// refusals counts what was refused, on this node, since it began: a bound over several
// nodes holds on each.
type refusals struct {
	mu  sync.Mutex
	of  map[id.Company][]time.Time
	now func() time.Time // nil: time.Now
}

// add counts one and tells whether there were as many as may be; then it begins anew.
func (r *refusals) add(c id.Company, b *FraudBound) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now
	if r.now != nil {
		now = r.now
	}
	at := now()
	if r.of == nil || len(r.of) >= mostCompanies && r.of[c] == nil {
		r.of = map[id.Company][]time.Time{} // of so many, those that matter come again at once
	}
	list := append(slices.DeleteFunc(r.of[c], func(t time.Time) bool { return at.Sub(t) >= b.Within }), at)
	if len(list) < min(b.Refusals, MostRefusals) {
		r.of[c] = list
		return false
	}
	delete(r.of, c)
	return true
}

// CallRefusedTo notes that a call of a company was refused for its class of destination.
// Where that happens again and again the company's calls are held, beside whoever asked:
// they may be within a transaction that is given up.
func (s *System) CallRefusedTo(c id.Company, class string) {
	b := s.Fraud
	if b.Refusals <= 0 || !costly(class) || !s.refused.add(c, &b) {
		return
	}
	go func() { // it ends with its bound; where the books are away the next refusals hold it
		ctx, stop := context.WithTimeout(context.Background(), holding)
		defer stop()
		_ = s.holdForRefusals(ctx, c, &b)
	}()
}

// fraudNews is what is told of a company whose calls are held.
type fraudNews struct {
	companyNews
	Refusals int `json:"refusals"`
	Minutes  int `json:"minutes"`
}

func (n fraudNews) words() map[string]string {
	return map[string]string{"name": n.Name, "refusals": strconv.Itoa(n.Refusals), "minutes": strconv.Itoa(n.Minutes)}
}

// holdForRefusals holds a company's calls and tells it and the operator. A person
// releases it, as every hold.
func (s *System) holdForRefusals(ctx context.Context, c id.Company, b *FraudBound) (err error) {
	defer fault.Wrap(&err, "hold %s for calls that were refused", c)
	return s.DB.Update(ctx, func(tx store.Tx) error {
		company, r, err := get[Company](tx, id.Platform, KindCompany, c.ID)
		if err != nil || company.Held != "" {
			return err
		}
		minutes := max(1, int(b.Within/time.Minute))
		company.Held = strconv.Itoa(b.Refusals) + " calls to premium or foreign numbers were refused within " + strconv.Itoa(minutes) + " minutes: see who called"
		company.Revision = r.Revision + 1
		r.Unique = []store.Key{{Name: "name", Value: company.Name}}
		if err := save(tx, r, &company); err != nil {
			return err
		}
		news := fraudNews{companyNews{company.Name}, b.Refusals, minutes}
		if err := s.tell(tx, c, "calling.held", news); err != nil || b.Tell == "" {
			return err
		}
		tag, err := lang.ParseTag(company.Lang)
		if err != nil {
			tag = lang.English
		}
		return s.send(tx, c, "mail", b.Tell, "calling.held", letter{tag, "calling.held", news.words()})
	})
}
