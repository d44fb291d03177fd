package access_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

func (w *world) key(n access.NewKey) (*access.Key, string) {
	w.Helper()
	var k *access.Key
	var text string
	w.update(func(tx store.Tx) (err error) {
		k, text, err = w.g.AddKey(tx, n)
		return err
	})
	return k, text
}

func TestKeyWorksUntilItEnds(t *testing.T) {
	w := newWorld(t)
	c := w.company()
	k, text := w.key(access.NewKey{Company: c, Name: "switch", Role: access.API, Ends: w.now.Add(time.Hour)})
	if !strings.HasPrefix(text, "wh_live_"+k.ID.String()+"_") {
		t.Fatalf("key %q does not name its record", text)
	}
	a, err := w.g.LetKey(t.Context(), text, home)
	must(t, err)
	if !access.Can(a, access.UsageWrite, c) || access.Can(a, access.UsageWrite, w.company()) || access.Can(a, access.InvoiceVoid, c) {
		t.Error("the key may something else than its role in its company")
	}
	w.update(func(tx store.Tx) error {
		all, err := w.g.Keys(tx, c, store.Page{})
		if len(all) != 1 || all[0].LastUsed != w.now || all[0].LastFrom != home.Address {
			t.Errorf("its use was not noted: %+v", all)
		}
		return err
	})
	w.after(time.Hour)
	_, err = w.g.LetKey(t.Context(), text, home)
	w.wantRefusal(err, access.BadCredentials)
}

func TestKeyIsEndedByItsCompanyOnly(t *testing.T) {
	w := newWorld(t)
	c := w.company()
	k, text := w.key(access.NewKey{Company: c, Name: "switch", Role: access.API})
	w.update(func(tx store.Tx) error {
		if _, err := w.g.EndKey(tx, w.company(), k.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another company ended it: %v", err)
		}
		_, err := w.g.EndKey(tx, c, k.ID)
		return err
	})
	_, err := w.g.LetKey(t.Context(), text, home)
	w.wantRefusal(err, access.BadCredentials)
}

func TestDamagedKeysAreNotLookedUp(t *testing.T) {
	w := newWorld(t)
	_, text := w.key(access.NewKey{Company: w.company(), Name: "switch", Role: access.API})
	if _, ok := access.WellFormed(text); !ok {
		t.Fatal("a sound key is not well-formed")
	}
	for i := range text {
		b := []byte(text)
		b[i] ^= 1
		if _, ok := access.WellFormed(string(b)); ok {
			t.Errorf("a key with letter %d changed has a right checksum", i)
		}
	}
	for _, bad := range []string{"", "wh_live_", text[:len(text)-1], text + "0", "wh_live_" + strings.Repeat("z", 26) + "_" + strings.Repeat("0", 59), "sk_live_" + text[8:]} {
		_, err := w.g.LetKey(t.Context(), bad, home)
		w.wantRefusal(err, access.BadCredentials)
	}
}

func TestKeyScopesAndAddresses(t *testing.T) {
	w := newWorld(t)
	c := w.company()
	_, text := w.key(access.NewKey{Company: c, Name: "usage only", Role: access.API, Scopes: []access.Permission{access.UsageWrite}, From: []string{"198.51.100.0/24", "2001:db8::1"}})
	a, err := w.g.LetKey(t.Context(), text, home)
	must(t, err)
	if !access.Can(a, access.UsageWrite, c) || access.Can(a, access.UsageRead, c) {
		t.Error("scopes do not narrow the role")
	}
	for _, from := range []string{"203.0.113.1", "2001:db8::2", "", "nonsense"} {
		_, err := w.g.LetKey(t.Context(), text, access.Client{Address: from})
		w.wantRefusal(err, access.WrongAddress)
	}
	must(t, w.g.DB.View(t.Context(), func(tx store.Tx) error {
		_, _, err := w.g.AddKey(tx, access.NewKey{Company: c, Name: "x", Role: access.API, Scopes: []access.Permission{access.InvoiceVoid}})
		w.wantKind(err, fault.Invalid)
		_, _, err = w.g.AddKey(tx, access.NewKey{Company: c, Name: "x", Role: access.Finance})
		w.wantKind(err, fault.Invalid)
		_, _, err = w.g.AddKey(tx, access.NewKey{Name: "x", Role: access.CustomerAdmin})
		w.wantKind(err, fault.Invalid)
		return nil
	}))
}

func TestTableOfPermissions(t *testing.T) {
	seen := map[access.Permission]bool{}
	for _, g := range access.Table() {
		if seen[g.Permission] {
			t.Errorf("%s stands twice", g.Permission)
		}
		seen[g.Permission] = true
		if g.What == "" {
			t.Errorf("%s does not say what it lets somebody do", g.Permission)
		}
	}
	if len(seen) < 40 {
		t.Errorf("only %d permissions", len(seen))
	}
	// What moves money is the operator's, whatever role a customer's people have.
	for _, p := range []access.Permission{access.InvoiceVoid, access.InvoiceCredit, access.PaymentWrite, access.PaymentRefund, access.WalletTopUp, access.WalletAdjust, access.PlanPublish, access.ContractQuote, access.PeriodClose, access.ApprovalDecide, access.MarginRead} {
		for _, r := range []access.Role{access.CustomerAdmin, access.API, access.Agent, access.Supervisor, access.Auditor} {
			if r.Has(p) {
				t.Errorf("%s has %s", r, p)
			}
		}
	}
	for _, p := range access.Auditor.Permissions() {
		if !strings.HasSuffix(string(p), ".read") && p != access.InvoiceDraft { // a draft changes nothing
			t.Errorf("an auditor has %s", p)
		}
	}
	if access.Can(nil, access.CompanyRead, id.Platform) {
		t.Error("nobody may something")
	}
	if slices.Contains(access.Role("king").Permissions(), access.CompanyRead) || access.Operator.Has("no.such") {
		t.Error("what is not in the table is given")
	}
}

func TestNobodyGivesWhatTheyDoNotHave(t *testing.T) {
	w := newWorld(t)
	c := w.company()
	admin := &access.Actor{Members: []access.Member{{Company: c, Role: access.CustomerAdmin}}, Stage: access.Full}
	for m, want := range map[access.Member]bool{
		{Company: c, Role: access.Agent}:             true,
		{Company: c, Role: access.CustomerAdmin}:     true,
		{Company: c, Role: access.Auditor}:           true,
		{Company: c, Role: access.API}:               true,
		{Company: w.company(), Role: access.Agent}:   false,
		{Company: id.Platform, Role: access.Finance}: false,
		{Company: id.Platform, Role: access.Agent}:   false,
	} {
		if got := access.MayGrant(admin, m); got != want {
			t.Errorf("customer admin gives %v: %v, want %v", m, got, want)
		}
	}
}
