package exchange

import (
	"testing"
	"time"

	"waihu/internal/fault"
)

func TestPassesLiveMinutes(t *testing.T) {
	p, err := NewPasses()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	p.now = func() time.Time { return now }
	pass, err := p.Give("usr_01k7")
	if err != nil {
		t.Fatal(err)
	}
	if secret, good := p.Secret(pass.User); !good || secret != pass.Secret {
		t.Errorf("%q, %v", secret, good)
	}
	if agent, good := p.Agent(pass.User); agent != "usr_01k7" || !good {
		t.Errorf("%q, %v", agent, good)
	}
	for _, user := range []string{"", "usr_01k7", "9999999999.usr_01k7", "1.usr_01k7", pass.User[:11]} {
		if _, good := p.Secret(user); good {
			t.Errorf("%q is a pass", user)
		}
	}
	other, err := NewPasses()
	if err != nil {
		t.Fatal(err)
	}
	other.now = p.now
	if secret, _ := other.Secret(pass.User); secret == pass.Secret {
		t.Error("another process has the same key")
	}
	now = now.Add(PassLife)
	if _, good := p.Secret(pass.User); good {
		t.Error("good after its end")
	}
	for _, agent := range []string{"", "a b", "a@b", "a.b", "ann\r\n"} {
		if _, err := p.Give(agent); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", agent, err)
		}
	}
}
