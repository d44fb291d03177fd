package telephone_test

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/dialer"
	"waihu/internal/phone"
	"waihu/internal/voice/audio"
)

// said is a prompt of the company that lasts so long.
func (o *office) said(name string, length time.Duration) string {
	o.Helper()
	samples := audio.Beep().Samples(length)
	var file bytes.Buffer
	file.WriteString("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data")
	_ = binary.Write(&file, binary.LittleEndian, uint32(2*len(samples)))
	_ = binary.Write(&file, binary.LittleEndian, samples)
	p := must(o.sys.SetPrompt(o.Context(), o.company, app.SetPrompt{Name: name, Sound: must(app.ReadSound("a.wav", file.Bytes())), By: "wu"}))
	return p.Named()
}

// TestABroadcastSaysTheCompanysPrompts: whoever answers hears them over the lines, and is
// never called again once they press the key for it.
func TestABroadcastSaysTheCompanysPrompts(t *testing.T) {
	o := open(t, "100.00")
	f, _ := o.floor()
	news, bye := o.said("news", 3*time.Second), o.said("bye", 100*time.Millisecond)
	camp := o.campaign(campaign.Broadcast, "+8613800000005", func(c *campaign.Campaign) { // they press 2
		c.Message, c.Contract = news, o.contract
		c.Menu.Steps = []campaign.MenuStep{{ID: "a", Keys: []campaign.KeyAct{{Key: "2", Does: campaign.KeyRefuse, Prompt: bye}}}}
	})
	must(o.sys.StartCampaign(o.Context(), o.company, camp.ID, "wu"))
	f.Changed(o.company, camp.ID) // as the interface says: nobody waits for the next look
	a := o.try(&camp)
	if a.Disposition != "refused" || a.By != attempt.ByKeys {
		t.Errorf("%+v", a)
	}
	if fact := o.facts(1)[0]; len(fact.Charges) != 1 || fact.Call.Seconds() > 2 { // the message was broken off by the key
		t.Errorf("%+v", fact)
	}
	if barred := must(o.sys.Barred(o.Context(), o.company, []phone.Number{a.Number})); len(barred) != 1 {
		t.Error("they are not on the do-not-call list")
	}
}

// TestWhoeverIsRecordedHearsSoFirst: before the agent is heard, and once.
func TestWhoeverIsRecordedHearsSoFirst(t *testing.T) {
	o := open(t, "100.00")
	lines := o.phones.Floor()
	o.stand(ann)
	out := o.outgoing("8613800138000")
	out.Record, out.Notice = true, o.said("recorded here", 200*time.Millisecond)
	events := o.place(out)
	want[dialer.Dialed](t, events)
	want[dialer.Rings](t, events)
	want[dialer.Answered](t, events)
	for range 2 { // the second joins anew who has it
		if err := lines.Join(out.Try, ann); err != nil {
			t.Fatal(err)
		}
	}
	lines.Say(out.Try, "wait")
	want[dialer.Said](t, events) // of this alone: nobody is told of the notice
	lines.Hang(out.Try)
	want[dialer.Over](t, events)
}
