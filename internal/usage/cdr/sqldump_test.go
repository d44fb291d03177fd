package cdr

import (
	"fmt"
	"strings"
	"testing"
)

// rowsOf reads a dump and writes its rows down: table, columns, cells.
func rowsOf(text string, lite bool) string {
	d := newSQLDump(strings.NewReader(text))
	d.lite = lite
	var out []string
	for {
		row, err := d.next()
		if err != nil {
			return strings.Join(out, "; ")
		}
		if row.wrong != "" {
			out = append(out, "wrong: "+row.wrong)
			continue
		}
		out = append(out, fmt.Sprintf("%d %s%q%q", row.line, row.table, row.columns, row.cells))
	}
}

func TestDumpsAreRead(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
		lite             bool
	}{
		{name: "several rows, over lines", text: "INSERT INTO t VALUES (1,'a'),\n(2,NULL) , ( -3.5 , null );", want: `1 t[]["1" "a"]; 2 t[]["2" "\\N"]; 2 t[]["-3.5" "\\N"]`},
		{name: "escapes", text: `INSERT INTO t VALUES ('it''s','\'\"\\\n\t\r\0\b\Z\%\q',"a""b");`, want: `1 t[]["it's" "'\"\\\n\t\r\x00\b\x1a%q" "a\"b"]`},
		{name: "SQLite leaves backslashes alone", text: "PRAGMA x; INSERT INTO t VALUES('a\\','b');", want: `1 t[]["a\\" "b"]`},
		{name: "SQLite, told before", text: `INSERT INTO t VALUES('\');`, lite: true, want: `1 t[]["\\"]`},
		{name: "names", text: "insert ignore into `d`.`t` (`a`, \"b\", c) values (1,2,3); REPLACE INTO d.u VALUE (4);", want: `1 t["a" "b" "c"]["1" "2" "3"]; 1 u[]["4"]`},
		{name: "columns of CREATE TABLE", text: "CREATE TABLE IF NOT EXISTS t (`key` int, a enum('x','(y)') COMMENT 'a, b', b decimal(5,2), PRIMARY KEY (`key`), index (a)) ENGINE=x; INSERT INTO t VALUES (1,2,3);", want: `1 t["key" "a" "b"]["1" "2" "3"]`},
		{name: "comments", text: "-- INSERT INTO t VALUES (9);\n# INSERT\n/* INSERT INTO t VALUES (8); */ /*!40000 ALTER */; INSERT INTO t VALUES (1) -- x\n,(/* y */ 2);", want: `3 t[]["1"]; 4 t[]["2"]`},
		{name: "other statements", text: "SET x='a;b'; LOCK TABLES t WRITE; INSERT INTO t SELECT 1; INSERT t VALUES (1); CREATE VIEW v AS SELECT ';'; INSERT INTO u VALUES (2) ON DUPLICATE KEY UPDATE a=VALUES(a); INSERT INTO w VALUES (3)", want: `1 u[]["2"]; 1 w[]["3"]`},
		{name: "binary, hexadecimal, words", text: "INSERT INTO t VALUES (_binary 'x', N'y', 0x1F, TRUE);", want: `1 t[]["x" "y" "0x1F" "TRUE"]`},
		{name: "a function costs its row", text: "INSERT INTO t VALUES (NOW(),')'),(1);", want: `wrong: ` + errSQLValue.Error() + `; 1 t[]["1"]`},
		{name: "a missing comma costs its row", text: "INSERT INTO t VALUES (1 2,(3)),(4);", want: `wrong: after a value stands neither a comma nor a closing bracket; 1 t[]["4"]`},
		{name: "an open bracket costs its statement", text: "INSERT INTO t VALUES (1 2;\nINSERT INTO t VALUES (5);", want: `wrong: after a value stands neither a comma nor a closing bracket; 2 t[]["5"]`},
		{name: "the end of the file", text: "INSERT INTO t VALUES (1),(2,'x", want: `1 t[]["1"]; wrong: the file ends inside this row`},
		{name: "no dump", text: "hello, (world); 'again", want: ""},
	} {
		if got := rowsOf(c.text, c.lite); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestAQuoteThatIsNotClosedCostsWhatIsBeforeTheNextStatement(t *testing.T) {
	open := strings.Repeat("x", maxString+1)
	for name, c := range map[string]struct{ text, want string }{
		"in a row":          {"INSERT INTO t VALUES (1,'" + open + "\nINSERT INTO t VALUES (2);", `wrong: ` + errSQLUnclosed.Error() + `; 2 t[]["2"]`},
		"in a row, further": {"INSERT INTO t VALUES (1,'" + open + "\n(3),\n(4);", `wrong: ` + errSQLUnclosed.Error() + `; 2 t[]["3"]; 3 t[]["4"]`},
		"in a statement":    {"SET x = '" + open + "\nREPLACE INTO t VALUES (2);", `2 t[]["2"]`},
	} {
		if got := rowsOf(c.text, false); got != c.want {
			t.Errorf("%s: %.300s", name, got)
		}
	}
}
