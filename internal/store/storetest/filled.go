package storetest

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
)

// OldRow is a record as it was kept before lists had orders.
type OldRow struct {
	Company, ID id.ID
	Kind        store.Kind
	Body, Keys  string
	want        []store.Key
}

// OldRows are a company, money that moved, and campaigns that nobody logs in to.
func OldRows() []OldRow {
	long := strings.Repeat("外呼", 60)
	moved := func(n int, amount, keys string, micros int64, old ...store.Key) OldRow {
		in := money.Micros(micros, yuan(1).Currency())
		return OldRow{Company: num(900), ID: num(n), Kind: "movement", Keys: keys, Body: `{"id":"x","on":"2026-03-05","amount":{"amount":"` + amount + `","currency":"CNY"},"booked":1}`,
			want: append(old, store.Key{Name: "by.on", Value: "2026-03-05"}, store.Key{Name: "by.amount", Value: store.OrderMoney(in)})}
	}
	ran := func(n int, mode, status string, more ...store.Key) OldRow {
		state := store.Key{Name: "state", Value: strings.Split(status, `"`)[3]}
		return OldRow{Company: num(900), ID: num(n), Kind: "campaign", Keys: `{"Index":[{"Name":"state","Value":"` + state.Value + `"}]}`, Body: `{"id":"x","name":"a\u0000b","mode":"` + mode + `","status":{` + status + `}}`,
			want: append(more, state)}
	}
	alone := store.Key{Name: "alone", Value: "yes"}
	return []OldRow{
		ran(911, "robot", `"state":"running"`, alone),
		ran(912, "broadcast", `"state":"paused","cause":"budget"`, alone),
		ran(913, "broadcast", `"state":"paused","cause":"person"`),
		ran(914, "predictive", `"state":"running"`),
		{num(900), num(901), "company", `{"name":"Ärger & Zeta ` + long + `","email":"A\u0000@X.example\\u0000","revision":1}`, `{"Unique":[{"Name":"name","Value":"Zeta"}]}`,
			[]store.Key{{Name: "by.name", Value: store.OrderText("Ärger & Zeta " + long)}, {Name: "by.email", Value: `a@x.example\u0000`}, {Name: "by.series", Value: ""}}},
		moved(902, "169.63", `{"Index":[{"Name":"invoice","Value":"i1"}]}`, 169_630_000, store.Key{Name: "invoice", Value: "i1"}),
		moved(903, "-0.000001", "{}", -1),
		moved(904, "0", "{}", 0),
		moved(905, "9223372036854.775807", "{}", 9223372036854775807),
		moved(906, "-12", "{}", -12_000_000),
	}
}

// CheckFilled holds that old rows have the keys they would be kept with today, both
// where lists look and where the next change looks for what to remove.
func CheckFilled(t *testing.T, db store.DB) {
	t.Helper()
	err := db.Update(t.Context(), func(tx store.Tx) error {
		for _, row := range OldRows() {
			c := id.Company{ID: row.Company}
			r, err := tx.Records().Get(c, row.Kind, row.ID)
			if err != nil {
				return err
			}
			byName := func(a, b store.Key) int { return cmp.Compare(a.Name, b.Name) }
			slices.SortFunc(r.Index, byName)
			slices.SortFunc(row.want, byName)
			if !slices.Equal(r.Index, row.want) {
				t.Errorf("%s %s has the keys %q, want %q", row.Kind, row.ID, r.Index, row.want)
			}
			var was struct{ Unique []store.Key }
			if err := json.Unmarshal([]byte(row.Keys), &was); err != nil || !slices.Equal(was.Unique, r.Unique) {
				t.Errorf("%s %s has the unique keys %q, %v", row.Kind, row.ID, r.Unique, err)
			}
			for _, k := range row.want {
				found, err := tx.Records().List(c, row.Kind, k, store.Page{Limit: 10, By: k.Name})
				if err != nil || !slices.ContainsFunc(found, func(r store.Record) bool { return r.ID == row.ID }) {
					t.Errorf("%s %s is not found by %s, %v", row.Kind, row.ID, k.Name, err)
				}
			}
			r.Index = nil
			if err := tx.Records().Put(r); err != nil {
				return err
			}
			left, err := tx.Records().List(c, row.Kind, store.Key{}, store.Page{Limit: 10, By: row.want[0].Name})
			if err != nil || slices.ContainsFunc(left, func(r store.Record) bool { return r.ID == row.ID }) {
				t.Errorf("%s %s lost its keys and is still found, %v", row.Kind, row.ID, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
