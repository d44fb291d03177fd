//go:build cgo && !noduckdb

package main

import (
	"database/sql"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	_ "github.com/duckdb/duckdb-go/v2" // the engine compared with

	"waihu/internal/charging/deck"
)

// duckdb measures every formulation on one thread, the fastest first, in turns
// with Waihu, whose cost then it gives as well: the machine may be slower or
// faster by now. The deck stands in a table before the clock runs, as ours is
// built before.
func (w *workload) duckdb(o options, want totals) (cost, []ranked, error) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return cost{}, nil, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if err := w.fill(db); err != nil {
		return cost{}, nil, err
	}
	list := w.questions()
	ways := []contender{{"waihu", func() error { return w.check(want, true) }}}
	for _, f := range list {
		ways = append(ways, contender{f.name, func() error { return ask(db, f.query, want) }})
	}
	var took map[string]cost
	if err := single(func() (err error) {
		took, err = race(max(o.runs/2, 3), ways)
		return err
	}); err != nil {
		return cost{}, nil, err
	}
	var out []ranked
	for _, f := range list {
		out = append(out, ranked{f.name, f.whole, took[f.name]})
	}
	slices.SortFunc(out, func(a, b ranked) int { return int(a.cpu - b.cpu) })
	return took["waihu"], out, nil
}

// race is compare for ways that may be hopeless: those that take more than eight
// times as long as the fastest are run once only.
func race(runs int, list []contender) (map[string]cost, error) {
	once, err := takeTurns(0, list)
	if err != nil {
		return nil, err
	}
	fastest := list[0].name
	for name := range once {
		if once[name].cpu < once[fastest].cpu {
			fastest = name
		}
	}
	list = slices.DeleteFunc(list, func(c contender) bool { return once[c.name].cpu > 8*once[fastest].cpu })
	several, err := takeTurns(runs, list)
	maps.Copy(once, several)
	return once, err
}

// fill makes the tables: deck has the rows as they are, spans the same as
// disjoint stretches of numbers padded to 15 digits.
func (w *workload) fill(db *sql.DB) error {
	var rows, spans strings.Builder
	for i, e := range w.entries {
		fmt.Fprintf(&rows, "(%d,'%s',%d,%d,%d,%d),", i, e.Prefix, len(e.Prefix), e.Rate.Price, e.Rate.First, e.Rate.Next)
	}
	for _, s := range flat(w.entries) {
		id := "NULL"
		if s.row >= 0 {
			id = fmt.Sprint(s.row)
		}
		fmt.Fprintf(&spans, "(%d,%s),", s.from, id)
	}
	for _, statement := range []string{
		"SET threads=1", "SET preserve_insertion_order=false",
		"CREATE TABLE deck(id INTEGER, prefix VARCHAR, digits INTEGER, price BIGINT, first INTEGER, next INTEGER)",
		"INSERT INTO deck VALUES " + strings.TrimSuffix(rows.String(), ","),
		"CREATE TABLE spans(padded BIGINT, id INTEGER)",
		"INSERT INTO spans VALUES " + strings.TrimSuffix(spans.String(), ","),
	} {
		if _, err := db.Exec(statement); err != nil {
			return fmt.Errorf("%.60s: %w", statement, err)
		}
	}
	return nil
}

// ask runs a query and compares its totals with the reference.
func ask(db *sql.DB, query string, want totals) error {
	var got totals
	sum := new(big.Int)
	if err := db.QueryRow(query).Scan(&got.priced, &got.unpriced, &got.billed, &sum); err != nil {
		return err
	}
	got.exact = new(big.Rat).SetFrac(sum, big.NewInt(60*deck.Nano)) // price a minute x seconds
	if !got.same(want) {
		return fmt.Errorf("it has %v, the reference %v", got, want)
	}
	return nil
}
