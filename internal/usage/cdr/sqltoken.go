package cdr

import (
	"errors"
	"strings"
)

// errSQLValue says that what stands where a value should is none.
var errSQLValue = errors.New("a value is neither a string nor a number nor NULL")

// errSQLUnclosed says that a string has no end within maxString.
var errSQLUnclosed = errors.New("a quote is opened and not closed")

// cell reads one value: a string, a number, NULL, or a word or function as it
// stands.
func (d *sqlDump) cell() (string, error) {
	c, err := d.skipSpace()
	if err != nil {
		return "", err
	}
	if c == '\'' || c == '"' {
		return d.quoted()
	}
	word, err := d.word()
	if err != nil {
		return "", err
	}
	if word == "" {
		return "", errSQLValue
	}
	next, err := d.skipSpace()
	if err != nil {
		return "", err
	}
	switch {
	case strings.EqualFold(word, "NULL"):
		return sqlNull, nil
	case next == '\'' && (word[0] == '_' || len(word) == 1): // _binary 'x', N'x'
		return d.quoted()
	case next == '(':
		return "", errSQLValue
	}
	return word, nil
}

// quoted reads a string with doubled quotes and, for MySQL, backslashes. Of a
// string longer than a row may be, the beginning is kept.
func (d *sqlDump) quoted() (string, error) {
	quote, _ := d.read()
	var b strings.Builder
	for n := 0; ; n++ {
		c, err := d.read()
		if err != nil {
			return "", err
		}
		switch {
		case c == quote:
			if next, _ := d.peek(); next != quote {
				return b.String(), nil
			}
			_, _ = d.read()
		case c == '\\' && !d.lite:
			if c, err = d.read(); err != nil {
				return "", err
			}
			c = sqlEscape(c)
		}
		if n >= maxString {
			return "", errSQLUnclosed
		}
		if n < maxRow {
			b.WriteByte(c)
		}
	}
}

// sqlEscape is what a backslash and c stand for (MySQL, string literals).
func sqlEscape(c byte) byte {
	switch c {
	case '0':
		return 0
	case 'b':
		return '\b'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'Z':
		return 26
	}
	return c
}

// name reads a name, without quotes and without the database before it; empty
// if none stands here, and the byte that stands here is taken.
func (d *sqlDump) name() (string, error) {
	for range 3 { // catalogue, database, table
		c, err := d.skipSpace()
		if err != nil {
			return "", err
		}
		var name string
		if c == '`' || c == '"' || c == '\'' {
			name, err = d.quoted()
		} else if name, err = d.word(); name == "" && err == nil {
			_, err = d.read()
			return "", err
		} else {
			name = name[strings.LastIndexByte(name, '.')+1:]
		}
		if next, _ := d.peek(); err != nil || next != '.' && name != "" {
			return name, err
		}
		if _, err := d.read(); err != nil {
			return "", err
		}
	}
	return "", nil
}

// word reads letters, digits and the marks numbers and names have; empty if
// none stands here. What is longer than maxWord is cut.
func (d *sqlDump) word() (string, error) {
	var b []byte
	for {
		c, err := d.peek()
		if err != nil || !isWordByte(c) {
			if len(b) > 0 {
				err = nil
			}
			return string(b), err
		}
		_, _ = d.read()
		if len(b) < maxWord {
			b = append(b, c)
		}
	}
}

func isWordByte(c byte) bool {
	return c-'0' <= 9 || c|0x20 >= 'a' && c|0x20 <= 'z' || strings.IndexByte("_$.+-", c) >= 0 || c >= 0x80
}

func (d *sqlDump) spacedWord() (string, error) {
	if _, err := d.skipSpace(); err != nil {
		return "", err
	}
	return d.word()
}

// wordsTo reads a few words up to one: IGNORE INTO, TEMPORARY TABLE.
func (d *sqlDump) wordsTo(last string) (bool, error) {
	for range 4 {
		w, err := d.spacedWord()
		if err != nil || w == "" {
			return false, err
		}
		if strings.EqualFold(w, last) {
			return true, nil
		}
	}
	return false, nil
}

func (d *sqlDump) peek() (byte, error) {
	b, err := d.r.Peek(1)
	if len(b) == 0 {
		return 0, err
	}
	return b[0], nil
}

func (d *sqlDump) read() (byte, error) {
	c, err := d.r.ReadByte()
	if err != nil {
		return 0, err
	}
	if c == '\n' {
		d.line++
	}
	if d.long = d.long || len(d.raw) >= maxRow; !d.long {
		d.raw = append(d.raw, c)
	}
	return c, nil
}
