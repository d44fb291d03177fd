package receive

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"strconv"
	"strings"
	"time"

	_ "github.com/go-sql-driver/mysql" // the driver registers itself

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/usage/cdr"
)

// Table is a table of another system that is read as it grows.
type Table struct {
	Name   string // as it is called there
	Format string // that reads its rows
	Key    string // rises with every row
	Number bool   // the key is a number; else a text that sorts as time does
	Done   string // of rows that will not change any more; empty: all
	Back   int64  // how far behind the last row it is looked again: rows become done late
}

// Tables are those that can be read, by name.
func Tables() []Table {
	return []Table{
		{"vicidial_log", "vicidial", "uniqueid", false, "COALESCE(end_epoch, 0) > 0", 6 * 3600},
		{"call_log", "vicidial", "uniqueid", false, "COALESCE(end_epoch, 0) > 0", 6 * 3600},
		{"vicidial_closer_log", "vicidial", "closecallid", true, "COALESCE(end_epoch, 0) > 0", 5_000},
		{"vicidial_carrier_log", "vicidial", "uniqueid", false, "", 6 * 3600},
		{"vicidial_agent_log", "vicidial", "agent_log_id", true, "COALESCE(dispo_epoch, 0) > 0", 5_000},
		{"vicidial_user_log", "vicidial", "user_log_id", true, "", 5_000},
		{"acc", "kamailio-acc", "id", true, "", 20_000},
		{"acc_cdrs", "kamailio-cdrs", "id", true, "", 0},
	}
}

// FindTable finds one by name.
func FindTable(name string) (Table, error) {
	var names []string
	for _, t := range Tables() {
		if t.Name == name {
			return t, nil
		}
		names = append(names, t.Name)
	}
	return Table{}, fault.Problem{Path: "table", Value: name, What: "this table cannot be read", Expected: strings.Join(names, ", ")}
}

// Poller reads new rows of a table again and again. Rows that are looked at
// twice change nothing: the books know them.
type Poller struct {
	DB      store.DB // joins transactions (store.Joining)
	IDs     *id.Maker
	To      Ingester
	Company id.Company
	Source  string
	From    *sql.DB
	Table   Table
	Options cdr.Options
}

// Bounds of polling.
const (
	pollRows = 5_000
	pollTime = 30 * time.Second
)

// OpenMySQL opens the database of another system: user:password@tcp(host:3306)/asterisk.
func OpenMySQL(dsn string) (*sql.DB, error) {
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		return nil, fault.New(fault.Invalid, "the address of the database cannot be read: user:password@tcp(host:3306)/name was expected")
	}
	db.SetMaxOpenConns(1)
	db.SetConnMaxIdleTime(time.Minute)
	return db, nil
}

// Step reads what is new and gives how many rows it looked at.
func (p *Poller) Step(ctx context.Context) (total int64, err error) {
	defer fault.Wrap(&err, "table %s", p.Table.Name)
	for { // bounded: every turn but the last goes on behind pollRows rows or more
		n, more, err := p.turn(ctx)
		total += n
		if err != nil || !more {
			return total, err
		}
	}
}

// turn reads and keeps as many rows as go into one transaction.
func (p *Poller) turn(ctx context.Context) (total int64, more bool, err error) {
	var at *placed
	if err := p.DB.View(ctx, func(tx store.Tx) (err error) {
		at, err = place(tx, p.IDs, p.Company, p.Source)
		return err
	}); err != nil {
		return 0, false, err
	}
	key, last := p.Table.from(&at.Place), at.Last
	var text bytes.Buffer
	for pages := 0; pages < pagesTogether; pages++ {
		page, err := p.page(ctx, key)
		if err != nil {
			return 0, false, err
		}
		if page.rows > 0 {
			if total > 0 { // one header is enough
				page.text = page.text[bytes.IndexByte(page.text, '\n')+1:]
			}
			text.Write(page.text)
			key, total = " > "+page.last, total+page.rows
			if !p.Table.less(page.last, last) {
				last = page.last
			}
		}
		if more = page.rows == pollRows; !more {
			break
		}
	}
	if total == 0 {
		return 0, false, nil
	}
	open := ""
	if !more {
		if open, err = p.undone(ctx, last); err != nil {
			return 0, false, err
		}
	} else if p.Table.less(strings.TrimPrefix(key, " > "), last) {
		open = strings.TrimPrefix(key, " > ") // still behind what was read before
	}
	return total, more, p.keep(ctx, at, text.Bytes(), last, open)
}

// pagesTogether bounds the rows of one transaction. Sessions and dialogs are put
// together from several rows, so rows are read together as far as that goes.
const pagesTogether = 5

// rowsRead is a page of rows as separated values.
type rowsRead struct {
	text []byte
	rows int64
	last string
}

// from is where to read on: " > key" or " >= key".
func (t *Table) from(at *Place) string {
	switch {
	case at.Open != "":
		return " >= " + at.Open
	case at.Last == "" && t.Number:
		return " > -1"
	case at.Last == "":
		return " > "
	case t.Done == "":
		return " > " + t.behind(at.Last)
	}
	return " > " + at.Last
}

// less compares keys as the table orders them.
func (t *Table) less(a, b string) bool {
	if !t.Number || a == "" || b == "" {
		return a < b
	}
	x, err1 := strconv.ParseInt(a, 10, 64)
	y, err2 := strconv.ParseInt(b, 10, 64)
	return err1 == nil && err2 == nil && x < y
}

// behind is the key that lies Back before another.
func (t *Table) behind(last string) string {
	seconds, _, _ := strings.Cut(last, ".") // "1234567890.42": seconds, then a counter
	n, err := strconv.ParseInt(seconds, 10, 64)
	switch {
	case err != nil && t.Number:
		return "-1"
	case err != nil:
		return ""
	}
	return strconv.FormatInt(max(n-t.Back, -1), 10)
}

// undone is the key of the first row, not too far behind, that is not done.
func (p *Poller) undone(ctx context.Context, last string) (string, error) {
	if p.Table.Done == "" {
		return "", nil
	}
	ctx, cancel := context.WithTimeout(ctx, pollTime)
	defer cancel()
	var key sql.NullString
	err := p.From.QueryRowContext(ctx, "SELECT MIN("+p.Table.Key+") FROM "+p.Table.Name+" WHERE "+p.Table.Key+" > ? AND "+p.Table.Key+" < ? AND NOT ("+p.Table.Done+")",
		p.Table.behind(last), last).Scan(&key)
	return key.String, err
}

// page reads rows from a place on (" > key"), in the order of keys. Names stand
// in the text of the query because they are ours, never a user's.
func (p *Poller) page(ctx context.Context, from string) (*rowsRead, error) {
	ctx, cancel := context.WithTimeout(ctx, pollTime)
	defer cancel()
	compare, key, _ := strings.Cut(strings.TrimPrefix(from, " "), " ")
	query := "SELECT * FROM " + p.Table.Name + " WHERE " + p.Table.Key + " " + compare + " ?"
	if p.Table.Done != "" {
		query += " AND " + p.Table.Done
	}
	rows, err := p.From.QueryContext(ctx, query+" ORDER BY "+p.Table.Key+" LIMIT "+strconv.Itoa(pollRows), key)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	at := -1
	for i, c := range columns {
		if strings.EqualFold(c, p.Table.Key) {
			at = i
		}
	}
	if at < 0 {
		return nil, fault.New(fault.Invalid, "it has no column %s", p.Table.Key)
	}
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	if err := w.Write(columns); err != nil {
		return nil, err
	}
	out := &rowsRead{}
	cells, into, row := make([]sql.NullString, len(columns)), make([]any, len(columns)), make([]string, len(columns))
	for i := range cells {
		into[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		for i := range cells {
			row[i] = cells[i].String
		}
		if err := w.Write(row); err != nil {
			return nil, err
		}
		out.rows, out.last = out.rows+1, row[at]
	}
	w.Flush()
	out.text = text.Bytes()
	return out, errors.Join(rows.Err(), w.Error())
}

// keep puts rows into the books, with how far the table was read.
func (p *Poller) keep(ctx context.Context, was *placed, text []byte, last, open string) error {
	opt := p.Options
	opt.Format, opt.Repeats = p.Table.Format, true
	err := p.DB.Update(ctx, func(tx store.Tx) error {
		at, err := place(tx, p.IDs, p.Company, p.Source)
		if err != nil {
			return err
		}
		if at.rec.Revision != was.rec.Revision {
			return errMoved
		}
		result, err := Read(store.Within(ctx, tx), p.To, p.Company, opt, bytes.NewReader(text), p.Table.Name+".csv", int64(len(text)))
		if err != nil {
			return err
		}
		if result.Added+result.Ended == 0 && at.Last == last && at.Open == open {
			return nil // looked at again, nothing new
		}
		at.Last, at.Open = last, open
		at.countAgain(result)
		return at.save(tx)
	})
	if errors.Is(err, errMoved) {
		return nil // another node is at it
	}
	return err
}
