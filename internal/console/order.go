package console

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
)

// column is what a list can be sorted by.
type column struct {
	name string // in addresses
	text string // phrase of its heading
	down bool   // the greatest or newest comes first when it is chosen
}

// order is how a list is sorted, as its address says: sort=due is from the least up,
// sort=-due from the greatest down. The next page names the last row of this one with
// what it had in the order, after and from, so that nothing is missed or told twice
// while others work.
type order struct {
	By    string // of a column; empty: newest first
	Down  bool
	After string
	From  string
	Next  string // query of the next page; empty: this is the last

	tag     lang.Tag
	usual   string
	columns []column
	kept    url.Values // what else the address narrows the list to
}

// order reads it from the address. usual is the order where none is chosen, with its
// minus; empty: newest first, which no column shows.
func (v *visit) order(kept url.Values, usual string, columns ...column) *order {
	o := &order{tag: v.Tag, usual: usual, columns: columns, kept: url.Values{}}
	for name, values := range kept {
		if len(values) > 0 && values[0] != "" {
			o.kept[name] = values
		}
	}
	asked := v.r.URL.Query()
	word := asked.Get("sort")
	if !slices.ContainsFunc(columns, func(c column) bool { return c.name == strings.TrimPrefix(word, "-") }) {
		word = usual
	}
	o.By, o.Down = strings.CutPrefix(word, "-")
	o.After, o.From = asked.Get("after"), asked.Get("from")
	return o
}

// Chosen is the word of the order in addresses; empty: the usual one.
func (o *order) Chosen() string {
	word := o.By
	if o.Down {
		word = "-" + word
	}
	if word == o.usual {
		return ""
	}
	return word
}

func (o *order) query(sort string) url.Values {
	q := url.Values{}
	for name, values := range o.kept {
		q[name] = values
	}
	if sort != "" && sort != o.usual {
		q.Set("sort", sort)
	}
	return q
}

// address is a link to the list: a question mark and a query.
func address(q url.Values) string { return "?" + q.Encode() }

// With is the list narrowed in another way, in the same order.
func (o *order) With(name, value string) string {
	q := o.query(o.Chosen())
	q.Set(name, value)
	if value == "" {
		q.Del(name)
	}
	return address(q)
}

// files are the links to the list as files, narrowed and sorted as the page.
func (o *order) files(at string) []Link {
	return listFiles(at, address(o.query(o.Chosen())), "csv", "xlsx")
}

// goOn says where the next page begins: behind a row, with what it has in the order.
func (o *order) goOn(from, after string) {
	q := o.query(o.Chosen())
	q.Set("after", after)
	if from != "" {
		q.Set("from", from)
	}
	o.Next = address(q)
}

// sortHead is the heading of a column.
type sortHead struct {
	Text, Href, Class string
	Sort              string // as aria-sort has it; empty: another column decides
	Then              string // phrase of the order that the link leads to
}

// Head is the heading of a column: its link turns the order round, and then back to
// the usual one where no column stands for that.
func (o *order) Head(name string, class ...string) (sortHead, error) {
	at := slices.IndexFunc(o.columns, func(c column) bool { return c.name == name })
	if at < 0 {
		return sortHead{}, fault.New(fault.Internal, "the list cannot be sorted by %q", name)
	}
	c := o.columns[at]
	h := sortHead{Text: phrase(o.tag, c.text), Class: strings.Join(class, " ")}
	words := []string{name, "-" + name}
	if c.down {
		slices.Reverse(words)
	}
	to := words[0]
	if o.By == name {
		h.Sort = "ascending"
		if o.Down {
			h.Sort = "descending"
		}
		if to = words[1]; o.Down == strings.HasPrefix(to, "-") {
			if to = words[0]; o.usual == "" {
				to = ""
			}
		}
	}
	h.Href = address(o.query(to))
	h.Then = "sort.up"
	switch {
	case to == "":
		h.Then = "sort.newest"
	case strings.HasPrefix(to, "-"):
		h.Then = "sort.down"
	}
	return h, nil
}

// Heads are all columns, for narrow screens, where a table has no headings.
func (o *order) Heads() (out []sortHead, err error) {
	for _, c := range o.columns {
		h, err := o.Head(c.name)
		if err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}

// By says in words how the list is sorted.
func (o *order) Said() string {
	for _, c := range o.columns {
		if c.name == o.By {
			way := "sort.up"
			if o.Down {
				way = "sort.down"
			}
			return phrase(o.tag, c.text) + " " + phrase(o.tag, way)
		}
	}
	return phrase(o.tag, "sort.newest")
}

// page is the part of a stored list that the address asks for. Columns that no key is
// named for are in the order of identifiers, which is that of time.
func (o *order) page(noun string, by map[string]string) (store.Page, error) {
	p := store.Page{Down: o.Down || o.By == "", By: by[o.By], From: o.From}
	if !utf8.ValidString(o.From) || strings.ContainsRune(o.From, 0) || len(o.From) > 1000 {
		return p, fault.New(fault.NotFound, "there is no such page of the list")
	}
	var err error
	if o.After != "" {
		p.After, err = id.ParseNamed(noun, o.After)
	}
	return p, err
}

// stored reads a list that the books keep in its orders: so many rows from where the
// address goes on. noun is that of identifiers in addresses, by the name of the books
// for each column, place what a row has in such an order.
func stored[T any](o *order, noun string, by map[string]string, most int, read func(store.Page) ([]T, error), place func(row *T, by string) (id.ID, string, error)) (out []T, err error) {
	p, err := o.page(noun, by)
	if err != nil {
		return nil, err
	}
	for len(out) <= most { // one more tells whether there are more
		p.Limit = min(store.MaxPage, most+1-len(out))
		part, err := read(p)
		out = append(out, part...)
		if err != nil || len(part) < p.Limit {
			return out, err
		}
		if p.After, p.From, err = place(&part[len(part)-1], p.By); err != nil {
			return nil, err
		}
	}
	after, from, err := place(&out[most-1], p.By)
	o.goOn(from, after.Named(noun))
	return out[:most], err
}

// keys are what the columns of a list sort by, as texts that sort (store.OrderText and
// its like).
type keys[T any] map[string]func(*T) string

// arranged puts rows that were read whole into the order, from where the address goes
// on; at most so many. name is what goOn names a row by; identifiers, in the order of time.
func arranged[T any](o *order, rows []T, most int, name func(*T) string, by keys[T]) []T {
	key, down := by[o.By], o.Down
	if key == nil {
		key, down = func(*T) string { return "" }, true
	}
	type placed struct {
		key, name string
		at        int
	}
	places := make([]placed, len(rows))
	for i := range rows {
		places[i] = placed{key(&rows[i]), name(&rows[i]), i}
	}
	compare := func(a, b placed) int {
		if down {
			a, b = b, a
		}
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.name, b.name))
	}
	slices.SortStableFunc(places, compare)
	if last := (placed{key: o.From, name: o.After}); last.name != "" {
		places = slices.DeleteFunc(places, func(p placed) bool { return compare(p, last) <= 0 })
	}
	if len(places) > most && most > 0 {
		places = places[:most]
		o.goOn(places[most-1].key, places[most-1].name)
	}
	out := make([]T, len(places))
	for i, p := range places {
		out[i] = rows[p.at]
	}
	return out
}
