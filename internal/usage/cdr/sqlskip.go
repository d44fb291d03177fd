package cdr

import "bytes"

// skipUnless reads past the statement if err is nil.
func (d *sqlDump) skipUnless(err error) error {
	if err != nil {
		return err
	}
	return d.skipStatement()
}

// skipStatement reads past the next semicolon that is in no string.
func (d *sqlDump) skipStatement() error {
	for {
		c, err := d.skipSpace()
		if err != nil {
			return err
		}
		if c == '\'' || c == '"' || c == '`' {
			if err := d.skipQuoted(); err != nil {
				return err
			}
			continue
		}
		if _, err := d.read(); err != nil || c == ';' {
			return err
		}
	}
}

// skipDefinition reads on to the comma or bracket that ends a column's
// definition, without taking it.
func (d *sqlDump) skipDefinition() error {
	depth := 0
	for {
		c, err := d.skipSpace()
		if err != nil {
			return err
		}
		switch {
		case c == '\'' || c == '"' || c == '`':
			if err := d.skipQuoted(); err != nil {
				return err
			}
			continue
		case depth == 0 && (c == ',' || c == ')'):
			return nil
		case c == '(':
			depth++
		case c == ')':
			depth--
		}
		_, _ = d.read()
	}
}

// skipQuoted reads past a string. A doubled quote begins the next one.
func (d *sqlDump) skipQuoted() error {
	quote, _ := d.read()
	for range maxString {
		c, err := d.read()
		if err != nil || c == quote {
			return err
		}
		if c == '\\' && !d.lite {
			if _, err := d.read(); err != nil {
				return err
			}
		}
	}
	return errSQLUnclosed
}

// skipSpace reads past spaces and comments, conditional ones too, and shows
// the byte behind them.
func (d *sqlDump) skipSpace() (byte, error) {
	for {
		c, err := d.peek()
		if err != nil {
			return 0, err
		}
		switch c {
		case ' ', '\t', '\r', '\n', 0xEF, 0xBB, 0xBF:
			_, _ = d.read()
			continue
		case '#':
			err = d.skipTo("\n")
		case '-', '/':
			switch ahead, _ := d.r.Peek(3); {
			case bytes.HasPrefix(ahead, []byte("/*")):
				err = d.skipTo("*/")
			case bytes.HasPrefix(ahead, []byte("--")) && (len(ahead) == 2 || ahead[2] <= ' '):
				err = d.skipTo("\n")
			default:
				return c, nil
			}
		default:
			return c, nil
		}
		if err != nil {
			return 0, err
		}
	}
}

// skipTo reads past a mark of one or two bytes.
func (d *sqlDump) skipTo(mark string) error {
	var last byte
	for {
		c, err := d.read()
		if err != nil {
			return err
		}
		if c == mark[len(mark)-1] && (len(mark) == 1 || last == mark[0]) {
			return nil
		}
		last = c
	}
}

// restOfRow reads on to the bracket that closes the row, or the end of the
// statement.
func (d *sqlDump) restOfRow() error {
	for depth := 1; depth > 0; {
		c, err := d.skipSpace()
		if err != nil {
			return err
		}
		switch c {
		case '\'', '"', '`':
			if err := d.skipQuoted(); err != nil {
				return err
			}
			continue
		case ';':
			return nil
		case '(':
			depth++
		case ')':
			depth--
		}
		_, _ = d.read()
	}
	return nil
}

// skipDamage goes to the next line that begins with "(" or with a statement
// that carries rows or columns.
func (d *sqlDump) skipDamage() error {
	for {
		c, err := d.read()
		if err != nil {
			return err
		}
		if c != '\n' {
			continue
		}
		ahead, _ := d.r.Peek(len("REPLACE "))
		ahead = bytes.ToUpper(ahead)
		switch {
		case bytes.HasPrefix(ahead, []byte("(")):
			return nil
		case bytes.HasPrefix(ahead, []byte("INSERT ")), bytes.HasPrefix(ahead, []byte("REPLACE ")), bytes.HasPrefix(ahead, []byte("CREATE ")):
			d.open = false
			return nil
		}
	}
}
