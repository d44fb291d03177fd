package console

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/url"
	"strconv"

	"waihu/internal/fault"
)

// newKey is a word nobody can guess.
func newKey() (string, error) {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	return hex.EncodeToString(b[:]), nil
}

func itoa(n int) string { return strconv.Itoa(n) }

func queryEscape(s string) string { return url.QueryEscape(s) }

func pathEscape(s string) string { return url.PathEscape(s) }

// problemsOf are the findings in an error, if it is made of such.
func problemsOf(err error) (fault.Problems, bool) {
	var ps fault.Problems
	if errors.As(err, &ps) {
		return ps, true
	}
	var p fault.Problem
	if errors.As(err, &p) {
		return fault.Problems{p}, true
	}
	return nil, false
}
