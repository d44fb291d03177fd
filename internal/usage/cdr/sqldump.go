package cdr

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"waihu/internal/fault"
)

const (
	maxTables       = 4096 // whose columns are remembered; a full dump has some hundred
	maxTableColumns = 1024
	maxWord         = 256 // bytes of a name or a number
	// maxString is where a string is taken for a quote that is not closed: the
	// longest packet mysqldump sends unless told otherwise is 24 MiB.
	maxString = 24 << 20
)

// sqlNull is a cell that is NULL. No quoted text of MySQL can be this.
const sqlNull = `\N`

// sqlDump reads the rows that the INSERT statements of a dump carry: mysqldump's
// long lines of many rows, one row a statement, with or without a column list,
// and SQLite's dumps. CREATE TABLE gives the columns of a table where it stands
// before its rows. Every other statement is read past.
//
// A row that cannot be read costs itself, as long as its brackets and quotes
// match. If they do not, reading goes on at the next line that begins with "(",
// or with a statement.
type sqlDump struct {
	r       *bufio.Reader
	line    int
	lite    bool                // SQLite's rules: a backslash is no escape
	tables  map[string][]string // columns by table
	table   string              // of the INSERT that is open
	columns []string            // of its rows; nil: not known
	open    bool                // within the rows of an INSERT
	inserts int                 // INSERT statements seen
	raw     []byte              // the row that is being read
	long    bool                // it is longer than raw keeps
	cells   []string
}

// sqlRow is one row. What it points to is valid until the next call.
type sqlRow struct {
	line    int
	raw     []byte
	table   string
	columns []string // nil: not known
	cells   []string
	wrong   string // why it cannot be read, in words; empty: it can
}

func newSQLDump(r io.Reader) *sqlDump {
	return &sqlDump{r: bufio.NewReaderSize(r, 16<<10), line: 1, tables: map[string][]string{}}
}

// whole is an error if the dump ended inside an INSERT statement: it was cut off.
func (d *sqlDump) whole(name string) error {
	if !d.open {
		return nil
	}
	return fault.Problem{File: name, Line: d.line, What: "the dump ends inside an INSERT statement",
		Expected: "a semicolon after the last row", Fix: "dump it again: rows are missing"}
}

// restart reads another input under the same rules.
func (d *sqlDump) restart(r io.Reader) {
	d.r.Reset(r)
	d.line, d.open = 1, false
}

// next is the next row of any table. Its error is io.EOF at the end, or the
// reader's own.
func (d *sqlDump) next() (sqlRow, error) {
	for {
		if !d.open {
			if err := d.statement(); err != nil {
				return sqlRow{}, err
			}
			continue
		}
		c, err := d.skipSpace()
		if err != nil {
			return sqlRow{}, err
		}
		switch c {
		case ',':
			_, _ = d.read()
		case '(':
			return d.row()
		default: // ";" or ON DUPLICATE KEY
			d.open = false
			err := d.skipStatement()
			if errors.Is(err, errSQLUnclosed) {
				err = d.skipDamage()
			}
			if err != nil {
				return sqlRow{}, err
			}
		}
	}
}

// statement reads one statement, up to the rows if it has some.
func (d *sqlDump) statement() error {
	err := d.readStatement()
	if errors.Is(err, errSQLUnclosed) {
		return d.skipDamage()
	}
	return err
}

func (d *sqlDump) readStatement() error {
	if _, err := d.skipSpace(); err != nil {
		return err
	}
	word, err := d.word()
	if err != nil {
		return err
	}
	switch strings.ToUpper(word) {
	case "INSERT", "REPLACE":
		return d.insert()
	case "CREATE":
		return d.create()
	case "PRAGMA":
		d.lite = true
	}
	return d.skipStatement()
}

// insert reads INTO table (columns) VALUES.
func (d *sqlDump) insert() error {
	if found, err := d.wordsTo("INTO"); err != nil || !found {
		return d.skipUnless(err)
	}
	table, err := d.name()
	if err != nil {
		return err
	}
	d.table, d.columns = table, d.tables[table]
	c, err := d.skipSpace()
	if err != nil {
		return err
	}
	if c == '(' {
		if d.columns, err = d.columnNames(true); err != nil {
			return err
		}
	}
	word, err := d.spacedWord()
	if err != nil {
		return err
	}
	if w := strings.ToUpper(word); w != "VALUES" && w != "VALUE" {
		return d.skipStatement() // INSERT ... SELECT
	}
	d.open = true
	d.inserts++
	return nil
}

// create remembers the columns of a table.
func (d *sqlDump) create() error {
	if found, err := d.wordsTo("TABLE"); err != nil || !found {
		return d.skipUnless(err)
	}
	table, err := d.name()
	for err == nil && (strings.EqualFold(table, "if") || strings.EqualFold(table, "not") || strings.EqualFold(table, "exists")) {
		table, err = d.name()
	}
	if err != nil {
		return err
	}
	if c, err := d.skipSpace(); err != nil || c != '(' {
		return d.skipUnless(err)
	}
	columns, err := d.columnNames(false)
	if err != nil {
		return err
	}
	if len(d.tables) < maxTables {
		d.tables[table] = columns
	}
	return d.skipStatement()
}

// columnNames reads a list in brackets: names alone, or definitions of which
// the first word is the name, save those of keys.
func (d *sqlDump) columnNames(plain bool) ([]string, error) {
	var names []string
	_, _ = d.read() // the bracket
	for {
		c, err := d.skipSpace()
		if err != nil {
			return nil, err
		}
		if c == ')' || c == ',' {
			_, _ = d.read()
			if c == ')' {
				return names, nil
			}
			continue
		}
		quoted := c == '`' || c == '"'
		name, err := d.name()
		if err != nil {
			return nil, err
		}
		if (plain || quoted || !isKeyWord(name)) && len(names) < maxTableColumns {
			names = append(names, name)
		}
		if err := d.skipDefinition(); err != nil {
			return nil, err
		}
	}
}

func isKeyWord(s string) bool {
	switch strings.ToUpper(s) {
	case "PRIMARY", "KEY", "UNIQUE", "INDEX", "CONSTRAINT", "FULLTEXT", "SPATIAL", "FOREIGN", "CHECK":
		return true
	}
	return false
}

// row reads one row in brackets.
func (d *sqlDump) row() (sqlRow, error) {
	row := sqlRow{line: d.line, table: d.table, columns: d.columns}
	d.raw, d.long, d.cells = d.raw[:0], false, nil
	_, _ = d.read() // the bracket
	wrong, done, err := d.rowCells()
	if err == nil && !done {
		err = d.restOfRow()
	}
	row.raw, row.cells, row.wrong = d.raw, d.cells, wrong
	switch {
	case err == io.EOF:
		row.wrong, err = "the file ends inside this row", nil
	case errors.Is(err, errSQLUnclosed):
		row.wrong, err = err.Error(), eofIsFine(d.skipDamage())
	}
	return row, err
}

// rowCells reads the values of a row. wrong says what is wrong with one of
// them; done, that the closing bracket was read.
func (d *sqlDump) rowCells() (wrong string, done bool, err error) {
	for {
		cell, err := d.cell()
		if errors.Is(err, errSQLValue) {
			return err.Error(), false, nil
		}
		if err != nil {
			return "", false, err
		}
		d.cells = append(d.cells, cell)
		c, err := d.skipSpace()
		if err != nil {
			return "", false, err
		}
		if done = c == ')'; done || c == ',' {
			_, _ = d.read()
		}
		switch {
		case d.long:
			return wrongLong, done, nil
		case len(d.cells) > maxTableColumns:
			return "the row has more than 1,024 values", done, nil
		case done:
			return "", true, nil
		case c != ',':
			return "after a value stands neither a comma nor a closing bracket", false, nil
		}
	}
}
