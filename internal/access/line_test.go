package access_test

import (
	"crypto/md5"
	"fmt"
	"strings"
	"testing"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// line makes a telephone for somebody.
func (w *world) line(c id.Company, user id.ID, name string) (l *access.Line, secret string, err error) {
	w.Helper()
	err = w.g.DB.Update(w.Context(), func(tx store.Tx) (err error) {
		l, secret, err = w.g.AddLine(tx, c, user, name)
		return err
	})
	return l, secret, err
}

// TestALineHoldsUntilItEnds: a telephone's secret is shown once and proves itself by its
// digest, of which a copy of the database is no use; it is its holder's alone, and holds
// no longer than the holder may call.
func TestALineHoldsUntilItEnds(t *testing.T) {
	w := newWorld(t)
	c, other := w.company(), w.company()
	ann := w.actor(w.person("ann@example.com", access.Member{Company: c, Role: access.Agent}).Token).User
	bob := w.actor(w.person("bob@example.com", access.Member{Company: c, Role: access.Agent}).Token).User
	l, secret, err := w.line(c, ann, " Desk 4 ")
	must(t, err)
	if l.Name != "Desk 4" || len(secret) < 20 || !strings.HasPrefix(l.Account(), "tel_") {
		t.Fatalf("%+v, %q", l, secret)
	}
	ha1, good, err := w.g.LineDigest(t.Context(), l.Account())
	if want := fmt.Sprintf("%x", md5.Sum([]byte(l.Account()+":"+access.LineRealm+":"+secret))); !good || err != nil || ha1 != want {
		t.Errorf("%q, %v, %v", ha1, good, err)
	}
	if company, user, err := w.g.LineHolder(t.Context(), l.Account()); company != c || user != ann || err != nil {
		t.Errorf("%v, %v, %v", company, user, err)
	}
	w.update(func(tx store.Tx) error {
		rec, err := tx.Records().Get(id.Platform, "line", l.ID)
		if strings.Contains(string(rec.Body), secret) || strings.Contains(string(rec.Body), ha1) {
			t.Errorf("kept as it is: %s", rec.Body)
		}
		for who, of := range map[string]struct {
			c    id.Company
			user id.ID
		}{"another person": {c, bob}, "another company": {other, ann}} {
			if _, err := w.g.EndLine(tx, of.c, of.user, l.ID); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s ended it: %v", who, err)
			}
			if list, _ := w.g.Lines(tx, of.c, of.user); len(list) != 0 {
				t.Errorf("%s sees it", who)
			}
		}
		return err
	})
	for _, account := range []string{"", "ann", "tel_", bob.Named("user"), w.company().Named("tel")} {
		if _, good, err := w.g.LineDigest(t.Context(), account); good || err != nil {
			t.Errorf("%q: %v, %v", account, good, err)
		}
	}
	disable := func(on bool) {
		w.update(func(tx store.Tx) error {
			_, err := w.g.ChangeUser(tx, ann, access.Change{Disabled: &on})
			return err
		})
	}
	disable(true)
	if _, good, _ := w.g.LineDigest(t.Context(), l.Account()); good {
		t.Error("it holds though its holder may not log in")
	}
	disable(false)
	w.update(func(tx store.Tx) error {
		_, err := w.g.ChangeUser(tx, ann, access.Change{Members: []access.Member{{Company: other, Role: access.Agent}}})
		return err
	})
	if _, good, _ := w.g.LineDigest(t.Context(), l.Account()); good {
		t.Error("it holds though its holder left the company")
	}
	w.update(func(tx store.Tx) error {
		ended, err := w.g.EndLine(tx, c, ann, l.ID)
		if ended.Ended == 0 {
			t.Errorf("%+v", ended)
		}
		return err
	})
	if _, _, err := w.g.LineHolder(t.Context(), l.Account()); fault.KindOf(err) != fault.NotFound {
		t.Errorf("after its end: %v", err)
	}
}

// TestLinesHaveABound: five telephones at once, and a name each.
func TestLinesHaveABound(t *testing.T) {
	w := newWorld(t)
	c := w.company()
	ann := w.actor(w.person("ann@example.com", access.Member{Company: c, Role: access.Agent}).Token).User
	for _, name := range []string{"", "  ", "a\nb", strings.Repeat("x", 101)} {
		if _, _, err := w.line(c, ann, name); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", name, err)
		}
	}
	var last *access.Line
	for range 5 {
		l, _, err := w.line(c, ann, "desk")
		must(t, err)
		last = l
	}
	if _, _, err := w.line(c, ann, "one more"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a sixth: %v", err)
	}
	w.update(func(tx store.Tx) error { _, err := w.g.EndLine(tx, c, ann, last.ID); return err })
	if _, _, err := w.line(c, ann, "in its place"); err != nil {
		t.Error(err)
	}
}
