package access_test

import (
	"strings"
	"testing"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/store"
)

// TestNamesOfPeople: a name is one line, wherever it is given.
func TestNamesOfPeople(t *testing.T) {
	w := newWorld(t)
	var there *access.User
	add := func(name string) error {
		return w.g.DB.Update(w.Context(), func(tx store.Tx) (err error) {
			u, _, err := w.g.AddUser(tx, access.NewUser{Email: "n@example.com", Name: name, Members: []access.Member{{Company: w.company(), Role: access.Agent}}})
			if err == nil {
				there = u
			}
			return err
		})
	}
	bad := []string{"", "  ", "Li\r\nBcc: x@example.com", "a\tb", "\x1b[31mred", "a\u0085b", strings.Repeat("x", 201)}
	for _, name := range bad {
		w.wantKind(add(name), fault.Invalid)
	}
	if err := add(" 王小明 "); err != nil || there.Name != "王小明" {
		t.Fatalf("%+v, %v", there, err)
	}
	for _, name := range bad {
		w.wantKind(w.g.DB.Update(w.Context(), func(tx store.Tx) error {
			_, err := w.g.ChangeUser(tx, there.ID, access.Change{Name: &name})
			return err
		}), fault.Invalid)
	}
}
