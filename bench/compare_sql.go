package main

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // driver pgx
	_ "modernc.org/sqlite"             // driver sqlite

	"waihu/internal/exact"
	"waihu/internal/money"
)

// besideSQL lets databases rate the same calls twenty times. They are given the
// month and the hour of each call ready made, and the result must be the same
// to the last digit.
func (b *comparing) besideSQL(r *report, o options) error {
	engines := []struct{ name, driver, dsn string }{{"SQLite", "sqlite", filepath.Join(o.dir, "calls.db")}}
	if dsn := os.Getenv("BENCH_POSTGRES"); dsn != "" {
		engines = append(engines, struct{ name, driver, dsn string }{"PostgreSQL", "pgx", dsn})
	}
	waihu, err := compareRuns(o.runs, b.costs)
	if err != nil {
		return err
	}
	found := []finding{{"Waihu: 20 offers, seats and horizons included", ms(waihu.wall), "", false}}
	for _, e := range engines {
		took, load, err := b.engine(e.driver, e.dsn, o)
		if err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
		found = append(found, finding{e.name + ": loading the calls", ms(load), "", false},
			finding{e.name + ": rating them 20 times", fmt.Sprintf("%s, %.1f times as long", ms(took.wall), ratio(took.wall, waihu.wall)), "", false})
	}
	if len(engines) == 1 {
		found = append(found, finding{"PostgreSQL", "not measured: BENCH_POSTGRES is not set", "", false})
	}
	r.table("The same calls rated twenty times by SQL; totals agree to the last digit", found)
	return nil
}

func (b *comparing) engine(driver, dsn string, o options) (took cost, load time.Duration, err error) {
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return took, 0, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	began := time.Now()
	if err := b.load(db, driver); err != nil {
		return took, 0, err
	}
	load = time.Since(began)
	if driver == "pgx" {
		if _, err := db.Exec("VACUUM ANALYZE calls"); err != nil {
			return took, 0, err
		}
	}
	took, err = compareRuns(min(o.runs, 3), func() error { return b.rate(db) })
	return took, load, err
}

// load writes the calls into one table.
func (b *comparing) load(db *sql.DB, driver string) error {
	if _, err := db.Exec("CREATE TABLE IF NOT EXISTS calls (month SMALLINT, hour SMALLINT, line SMALLINT, talk INTEGER)"); err != nil {
		return err
	}
	if _, err := db.Exec("DELETE FROM calls"); err != nil {
		return err
	}
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	insert := "INSERT INTO calls VALUES (?, ?, ?, ?)"
	const batch = 1000
	if driver == "pgx" {
		insert = "INSERT INTO calls SELECT * FROM UNNEST($1::smallint[], $2::smallint[], $3::smallint[], $4::int[])"
	}
	stmt, err := tx.Prepare(insert)
	if err != nil {
		return err
	}
	var months, hours, lines []int16
	var talks []int32
	for i := range b.year.calls {
		c := &b.year.calls[i]
		at := c.start.Time()
		if driver != "pgx" {
			if _, err := stmt.Exec(int(at.Month()), at.Hour(), c.line, c.talk); err != nil {
				return err
			}
			continue
		}
		months, hours, lines, talks = append(months, int16(at.Month())), append(hours, int16(at.Hour())), append(lines, int16(c.line)), append(talks, c.talk)
		if len(months) == batch || i == len(b.year.calls)-1 {
			if _, err := stmt.Exec(months, hours, lines, talks); err != nil {
				return err
			}
			months, hours, lines, talks = months[:0], hours[:0], lines[:0], talks[:0]
		}
	}
	return tx.Commit()
}

// rate asks for every offer's sums and prices them; the totals must be those of
// the comparison.
func (b *comparing) rate(db *sql.DB) error {
	want := map[string]money.Amount{}
	for _, o := range b.result.Offers {
		want[o.Offer] = o.Horizons[0].Total.Low
	}
	for _, t := range b.list {
		got, err := t.total(db)
		if err != nil {
			return fmt.Errorf("%s: %w", t.id, err)
		}
		if !got.Equal(want[t.id].Exact()) {
			return fmt.Errorf("%s: SQL makes %s, the comparison %s", t.id, got, want[t.id])
		}
	}
	return nil
}

// total is twelve months of one offer, each month's line rounded to cents.
func (t *tariff) total(db *sql.DB) (exact.Number, error) {
	twelve := exact.Int(12)
	total := t.seats.Mul(exact.Int(comparedUsers)).Add(t.base).Mul(twelve)
	if t.sum == "" {
		return total, nil
	}
	rows, err := db.Query(fmt.Sprintf("SELECT month, %s AS r, SUM(%s) FROM calls WHERE talk > 0 GROUP BY 1, 2", t.rows, t.sum))
	if err != nil {
		return total, err
	}
	defer rows.Close()
	lines := map[int]exact.Number{}
	for rows.Next() {
		var month, row int
		var n int64
		if err := rows.Scan(&month, &row, &n); err != nil {
			return total, err
		}
		lines[month] = lines[month].Add(t.prices[row].Mul(exact.Int(max(n-t.free, 0))))
	}
	for _, l := range lines {
		total = total.Add(l.Round(exact.HalfAway, 2))
	}
	return total, rows.Err()
}
