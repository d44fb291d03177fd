// Package fault says what went wrong in words a person can act on: what, where,
// what was expected, what to do.
//
// It owns the error kinds and the Problem. A Problem is one finding about input;
// Problems is all of them at once, so that a file is mended in one go.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind sorts errors by what the caller can do about them.
type Kind string

const (
	Invalid  Kind = "invalid"   // the input is wrong; mend it
	NotFound Kind = "not_found" // what was named does not exist
	Conflict Kind = "conflict"  // it contradicts what is stored
	Unpriced Kind = "unpriced"  // usage that no component prices
	Unknown  Kind = "unknown"   // a price nobody knows: the total cannot be told
	Mismatch Kind = "mismatch"  // a check found a difference
	Overflow Kind = "overflow"  // a number left its range
	Internal Kind = "internal"  // ours
)

// Error is an error with its kind.
type Error struct {
	Kind Kind
	Msg  string
	Err  error
}

func (e *Error) Error() string {
	if e.Err == nil {
		return e.Msg
	}
	return e.Msg + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// New makes an error of a kind.
func New(k Kind, format string, args ...any) error {
	return &Error{Kind: k, Msg: fmt.Sprintf(format, args...)}
}

// Wrap puts what was being done in front of *err, once a layer:
//
//	defer fault.Wrap(&err, "rating.Rate(%s)", id)
func Wrap(err *error, format string, args ...any) {
	if *err != nil {
		*err = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), *err)
	}
}

// KindOf is the kind of the innermost error that has one, Internal otherwise.
func KindOf(err error) Kind {
	var ps Problems
	var p Problem
	if errors.As(err, &ps) || errors.As(err, &p) {
		return Invalid
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Problem is one finding about a piece of input.
type Problem struct {
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`   // from 1; 0 is not known
	Column   int    `json:"column,omitempty"` // from 1; a field number in separated files
	Path     string `json:"path,omitempty"`   // components[2].tiers[0].up_to
	Value    string `json:"value,omitempty"`  // what stands there, shortened
	What     string `json:"what"`             // what is wrong
	Expected string `json:"expected,omitempty"`
	Fix      string `json:"fix,omitempty"`     // what to do
	Warning  bool   `json:"warning,omitempty"` // legal, but look at it
}

// valueShown is how much of a wrong value a message repeats.
const valueShown = 80

func (p Problem) Error() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.File)
		b.WriteByte(':')
	}
	if p.Line > 0 {
		fmt.Fprintf(&b, "%d:", p.Line)
		if p.Column > 0 {
			fmt.Fprintf(&b, "%d:", p.Column)
		}
	}
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.What)
	if p.Value != "" {
		fmt.Fprintf(&b, " (found %q)", Shorten(p.Value, valueShown))
	}
	if p.Expected != "" {
		b.WriteString("; expected " + p.Expected)
	}
	if p.Fix != "" {
		b.WriteString("; " + p.Fix)
	}
	return b.String()
}

// Problems are findings, in the order of the input.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Errors are the findings that are not warnings.
func (ps Problems) Errors() Problems { return ps.pick(false) }

// Warnings are the findings that are.
func (ps Problems) Warnings() Problems { return ps.pick(true) }

func (ps Problems) pick(warning bool) Problems {
	var out Problems
	for _, p := range ps {
		if p.Warning == warning {
			out = append(out, p)
		}
	}
	return out
}

// Err is nil when no finding is an error.
func (ps Problems) Err() error {
	if e := ps.Errors(); len(e) > 0 {
		return e
	}
	return nil
}

// Shorten cuts s to at most n runes and says so with an ellipsis.
func Shorten(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i] + "…"
		}
	}
	return s
}
