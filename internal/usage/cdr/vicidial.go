package cdr

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"waihu/internal/fault"
)

// VICIdial reads the tables call_log, vicidial_log, vicidial_closer_log,
// vicidial_carrier_log (calls), vicidial_agent_log and vicidial_user_log
// (sessions) of VICIdial, and their _archive twins: a mysqldump, or one table as
// separated values, with a header or in the order of the table's columns.
//
// One dial stands in several tables under one uniqueid, which is the ID of the
// call in all of them, so that no dial is charged twice, whatever is read in
// which order. Still one table should speak for all: in a dump the calls are
// those of vicidial_log, since it alone has number, status, agent and campaign
// in one row; rows of the others are ignored. A file of one table speaks for
// itself. The option "calls" names another one: vicidial_carrier_log is what the
// carrier bills, but has no number; call_log has every channel, but does not
// tell whether it was answered; vicidial_closer_log has calls that came in.
// In the same way sessions are those of vicidial_agent_log, which tells states,
// unless "sessions" says vicidial_user_log. A dump that has rows of calls, or
// of sessions, but none in the table that counts, is an error.
//
// Params: "calls", "sessions", "direction"; "phone_code"="join" puts phone_code
// before the number called.
func VICIdial() Format {
	return Format{
		Name:  "vicidial",
		Title: "VICIdial tables, mysqldump or CSV",
		Sniff: sniffVICIdial,
		Read:  readVICIdial,
		Params: map[string]string{
			"direction":  directionHelp,
			"calls":      "the table whose rows are calls: " + strings.Join(vicidialCallTables(), ", "),
			"sessions":   "the table whose rows are sessions: " + vdAgentLog + ", " + vdUserLog,
			"phone_code": "join: put phone_code and a plus before the number called",
		},
	}
}

func vicidialCallTables() []string {
	return []string{vdDialerLog, vdCallLog, vdCarrierLog, vdCloserLog}
}

// vicidial reads one file.
type vicidial struct {
	*foreign
	tables          []vicidialTable
	calls, sessions string // the tables that count; empty: that of the file
	chosen          map[string]bool
	rows            map[string]int // rows of each table
	seats           *logins
	join            bool
}

func newVICIdial(in *Input, out Out) (*vicidial, error) {
	f, err := newForeign(in, out, "vicidial")
	if err != nil {
		return nil, err
	}
	v := &vicidial{foreign: f, tables: vicidialTables(), rows: map[string]int{}, chosen: map[string]bool{}}
	v.seats = newLogins(v)
	if v.calls, err = f.choice("calls", vicidialCallTables()...); err != nil {
		return nil, err
	}
	if v.sessions, err = f.choice("sessions", vdAgentLog, vdUserLog); err != nil {
		return nil, err
	}
	v.chosen["calls"], v.chosen["sessions"] = v.calls != "", v.sessions != ""
	join, err := f.choice("phone_code", "join")
	v.join = join != ""
	return v, err
}

func readVICIdial(in *Input, out Out) error {
	v, err := newVICIdial(in, out)
	if err != nil {
		return err
	}
	head, rest, err := headOf(in.R)
	if err != nil {
		return err
	}
	if statementOfDump.Match(head) {
		return v.readDump(rest)
	}
	return v.readTable(newSplitter(rest, separatorOf(head)))
}

// readDump reads a dump of any tables.
func (v *vicidial) readDump(r io.Reader) error {
	if v.calls == "" {
		v.calls = vdDialerLog
	}
	if v.sessions == "" {
		v.sessions = vdAgentLog
	}
	d := newSQLDump(r)
	for {
		row, err := d.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		at := Row{Line: row.line, Raw: string(row.raw)}
		if row.wrong != "" {
			v.rejected(at, fault.Problem{What: row.wrong, Expected: "a row of values of table " + row.table})
			continue
		}
		if err := v.dumped(at, &row); err != nil {
			return err
		}
	}
	if err := v.seats.flush(); err != nil {
		return err
	}
	if d.inserts == 0 {
		return fault.Problem{File: v.in.Name, What: "the dump has no INSERT statement", Expected: "a mysqldump with data"}
	}
	if err := d.whole(v.in.Name); err != nil {
		return err
	}
	return v.silent()
}

// dumped reports a row of a dump.
func (v *vicidial) dumped(at Row, row *sqlRow) error {
	t := v.table(row.table)
	if t == nil {
		v.ignored(at, "table "+fault.Shorten(row.table, 64)+" holds neither calls nor sessions")
		return nil
	}
	columns := row.columns
	if columns == nil {
		columns = t.columns
	}
	if n := len(row.cells); n > len(columns) || n < len(columns) && (row.columns != nil || n < t.least) {
		v.rejected(at, fault.Problem{What: "the row has another number of values than " + t.name + " has columns", Value: strconv.Itoa(len(row.cells)),
			Expected: strconv.Itoa(len(columns))})
		return nil
	}
	return v.row(at, t, &namedRow{at: indexColumns(columns, nil), cells: row.cells})
}

// silent is an error if the file has rows that are set aside for another table
// that has none.
func (v *vicidial) silent() error {
	for _, kind := range []struct {
		option, table string
		others        []string
	}{{"calls", v.calls, vicidialCallTables()}, {"sessions", v.sessions, []string{vdAgentLog, vdUserLog}}} {
		if v.chosen[kind.option] || v.rows[kind.table] > 0 {
			continue
		}
		for _, other := range kind.others {
			if n := v.rows[other]; n > 0 {
				return fault.Problem{File: v.in.Name, Path: kind.option,
					What:     fmt.Sprintf("no row of %s, but %d of %s, which were ignored", kind.table, n, other),
					Expected: "rows of " + kind.table, Fix: fmt.Sprintf("say %s=%s", kind.option, other)}
			}
		}
	}
	return nil
}

// readTable reads the rows of one table.
func (v *vicidial) readTable(s *splitter) error {
	var t *vicidialTable
	row := namedRow{}
	if v.in.Columns != nil {
		row.at = indexColumns(v.in.Columns, nil)
		if t = v.tableOfNames(row.at); t == nil {
			return v.missingColumns(0, v.in.Columns, "the columns of a table of VICIdial")
		}
	}
	for first := true; s.next(); first = false {
		if s.wrong != "" {
			v.cut(s)
			continue
		}
		row.cells = s.fields()
		if at := indexColumns(row.cells, nil); first && t == nil && v.tableOfNames(at) != nil {
			t, row.at = v.tableOfNames(at), at
			takeHeader(v.out, s.raw)
			continue
		}
		known := t
		if t == nil {
			if known = v.tableOfCells(row.cells); known == nil {
				v.rejected(s.row(), fault.Problem{What: "the row is of no table that is known", Value: strconv.Itoa(len(row.cells)) + " columns",
					Expected: "a row of a table of VICIdial", Fix: "add the line of column names, or name them with columns="})
				continue
			}
			row.at = indexColumns(known.columns, nil)
		}
		v.speakFor(known.name)
		if bad := row.cutRow(); bad != nil && t != nil {
			v.rejected(s.row(), *bad)
			continue
		}
		if err := v.row(s.row(), known, &row); err != nil {
			return err
		}
	}
	if s.err != nil {
		return s.err
	}
	return v.seats.flush()
}

// speakFor lets the first table of calls, or of sessions, in a file count where
// no option names one.
func (v *vicidial) speakFor(table string) {
	switch table {
	case vdAgentLog, vdUserLog:
		if v.sessions == "" {
			v.sessions = table
		}
	case vdUserCallLog:
	default:
		if v.calls == "" {
			v.calls = table
		}
	}
}

// row reports a row of a table that is read.
func (v *vicidial) row(at Row, t *vicidialTable, row *namedRow) error {
	v.rows[t.name]++
	switch {
	case t.name == vdUserCallLog:
		v.ignored(at, "user_call_log tells no length: the call has its row in call_log")
		return nil
	case (t.name == vdAgentLog || t.name == vdUserLog) && t.name != v.sessions:
		v.ignored(at, "sessions are taken from "+v.sessions)
		return nil
	case t.name == vdAgentLog:
		return v.agentLog(at, row)
	case t.name == vdUserLog:
		return v.seats.take(at, row)
	case t.name != v.calls:
		v.ignored(at, "calls are taken from "+v.calls)
		return nil
	}
	f := v.call(t.name, row)
	row.locate(f)
	return v.report(at, f)
}

func sniffVICIdial(head []byte, _ string) (int, Why) {
	if m := tableOfDump(head); m != nil {
		return 95, because("vicidial_dump", "table", string(m))
	}
	v, err := newVICIdial(&Input{}, nil)
	rows := sampleRows(head, separatorOf(head))
	if err != nil || len(rows) == 0 {
		return 0, Why{}
	}
	if t := v.tableOfNames(indexColumns(rows[0], nil)); t != nil {
		return 90, because("vicidial_names", "table", t.name)
	}
	t := v.tableOfCells(rows[0])
	for _, cells := range rows {
		if other := v.tableOfCells(cells); other == nil || other != t {
			return 0, Why{}
		}
	}
	return 85, because("vicidial_columns", "table", t.name)
}
