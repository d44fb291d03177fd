package tables

import (
	"sync"

	"waihu/internal/id"
)

// What a short number stands for.
const (
	companyName  = 0
	sourceName   = 1
	contractName = 2
	priceName    = 3
)

// name is a text that has a number: of a company (number of the company 0) or
// of something of one.
type name struct {
	company int64
	kind    byte
	text    string
}

// maxNames bounds what is remembered; beyond it everything is looked up anew.
const maxNames = 1 << 20

// Names remembers numbers that are committed. They never change.
type Names struct {
	mu     sync.RWMutex
	byText map[name]int64
	byKey  map[int64]string // of kinds other than companyName
}

func NewNames() *Names { return &Names{byText: map[name]int64{}, byKey: map[int64]string{}} }

func (n *Names) find(of name) (int64, bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	key, ok := n.byText[of]
	return key, ok
}

func (n *Names) text(key int64) (string, bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	s, ok := n.byKey[key]
	return s, ok
}

func (n *Names) keep(fresh map[name]int64) {
	if len(fresh) == 0 {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.byText) > maxNames {
		clear(n.byText)
		clear(n.byKey)
	}
	for of, key := range fresh {
		n.byText[of] = key
		if of.kind != companyName {
			n.byKey[key] = of.text
		}
	}
}

// number is the number of a name; add gives it one if it has none. Without
// add a name nobody has used is of kind NotFound.
func (t *Tx) number(of name, add bool) (key int64, err error) {
	if key, ok := t.fresh[of]; ok {
		return key, nil
	}
	if key, ok := t.names.find(of); ok {
		return key, nil
	}
	find, args := "SELECT key FROM names WHERE company = ? AND kind = ? AND text = ?", []any{of.company, int64(of.kind), []byte(of.text)}
	insert := "INSERT INTO names (company, kind, text) VALUES (?, ?, ?) RETURNING key"
	if of.kind == companyName {
		find, args, insert = "SELECT key FROM companies WHERE id = ?", []any{[]byte(of.text)}, "INSERT INTO companies (id) VALUES (?) RETURNING key"
	}
	read := func(r Row) error { key = r.Int(0); return nil }
	if err = t.one(find, args, read); isNone(err) && add {
		err = t.one(insert, args, read)
	}
	if err == nil {
		t.learn(of, key)
	}
	return key, err
}

func (t *Tx) company(c id.Company, add bool) (int64, error) {
	return t.number(name{0, companyName, string(c.ID[:])}, add)
}

// called is the text of a number that stands in a stored row.
func (t *Tx) called(key int64) (s string, err error) {
	if s, ok := t.names.text(key); ok {
		return s, nil
	}
	if s, ok := t.texts[key]; ok {
		return s, nil
	}
	var of name
	err = t.one("SELECT company, kind, text FROM names WHERE key = ?", []any{key}, func(r Row) error {
		of = name{r.Int(0), byte(r.Int(1)), string(r.Bytes(2))}
		return nil
	})
	if err == nil {
		t.learn(of, key)
	}
	return of.text, missing(err, "name %d of a stored row", key)
}

// writing is the number of a company that is written to from here on.
func (t *Tx) writing(c id.Company) (int64, error) {
	if err := t.lock(c); err != nil {
		return 0, err
	}
	return t.company(c, true)
}

func (t *Tx) contract(company int64, contract id.ID, add bool) (int64, error) {
	return t.number(name{company, contractName, string(contract[:])}, add)
}

func (t *Tx) learn(of name, key int64) {
	t.fresh[of] = key
	if of.kind != companyName {
		t.texts[key] = of.text
	}
}
