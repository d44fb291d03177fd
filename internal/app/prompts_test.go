package app_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/phone"
	"waihu/internal/usage"
	"waihu/internal/voice/audio"
)

// toneFile is a WAV of a tone, 16 bits, as somebody hands it in.
func toneFile(hertz float64) []byte {
	samples := audio.Tone{Hertz: []float64{hertz}, Level: 0.4}.Samples(500 * time.Millisecond)
	var out bytes.Buffer
	out.WriteString("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data")
	_ = binary.Write(&out, binary.LittleEndian, uint32(2*len(samples)))
	_ = binary.Write(&out, binary.LittleEndian, samples)
	return out.Bytes()
}

func tone(t *testing.T, hertz float64) *app.NewSound {
	t.Helper()
	return must(app.ReadSound("tone.wav", toneFile(hertz)))
}

// heardAs is the pitch of what is played.
func heardAs(sound []int16) float64 {
	for _, hertz := range []float64{500, 900} {
		if audio.Power(sound, hertz) > 0.9 {
			return hertz
		}
	}
	return 0
}

// TestANewVersionIsForCallsThatBeginLater: what is playing goes on as it was, and what is
// named like one of the system's own comes before it.
func TestANewVersionIsForCallsThatBeginLater(t *testing.T) {
	f, ctx := newFloor(t), context.Background()
	p := must(f.SetPrompt(ctx, f.c, app.SetPrompt{Name: " Spring offer ", Language: "yue", Sound: tone(t, 500), By: "wu"}))
	if p.Name != "Spring offer" || p.Newest().Millis != 500 || p.Newest().Form.Rate != 8000 || p.Newest().SHA256 == "" {
		t.Fatalf("%+v", p)
	}
	began := f.now()
	f.clock.Add(int64(time.Minute / time.Microsecond))
	p = must(f.SetPrompt(ctx, f.c, app.SetPrompt{ID: p.ID, Revision: p.Revision, Name: "Offer", Language: "yue", Sound: tone(t, 900), By: "wu"}))
	again := must(f.SetPrompt(ctx, f.c, app.SetPrompt{ID: p.ID, Revision: p.Revision, Name: "Offer", Sound: tone(t, 900), By: "wu"}))
	if len(again.Versions) != 2 {
		t.Errorf("the same sound again made version %d", len(again.Versions))
	}
	for range 2 { // from the books, then from what was played
		before, after := must(f.PlayPrompt(ctx, f.c, app.Spoken{Prompt: p.Named(), Began: began})), must(f.PlayPrompt(ctx, f.c, app.Spoken{Prompt: "Offer", Began: f.now()}))
		if heardAs(before) != 500 || heardAs(after) != 900 {
			t.Errorf("a call from before heard %v, one from now %v", heardAs(before), heardAs(after))
		}
	}
	_, err := f.SetPrompt(ctx, f.c, app.SetPrompt{ID: p.ID, Revision: p.Revision, Name: "Offer"})
	wantKind(t, "an older revision", err, fault.Conflict)
	_, err = f.SetPrompt(ctx, f.c, app.SetPrompt{Name: "Offer", Sound: tone(t, 500)})
	wantKind(t, "a name that is taken", err, fault.Invalid)
	must(f.SetPrompt(ctx, f.c, app.SetPrompt{Name: "closed", Sound: tone(t, 500)}))
	own, system := must(f.PlayPrompt(ctx, f.c, app.Spoken{Prompt: "closed", Lang: lang.English})), must(f.PlayPrompt(ctx, f.c, app.Spoken{Prompt: "nobody", Lang: lang.English}))
	if heardAs(own) != 500 || len(system) == 0 || heardAs(system) != 0 {
		t.Error("the company's own was to be heard for closed, and the system's for nobody")
	}
	other := f.company("two")
	_, err = f.GetPrompt(ctx, other, p.ID)
	wantKind(t, "another company", err, fault.NotFound)
	_, err = f.PlayPrompt(ctx, other, app.Spoken{Prompt: p.Named()})
	wantKind(t, "to another company", err, fault.NotFound)
	if file, v, err := f.PromptSound(ctx, f.c, p.ID, 1); err != nil || v.Version != 1 || !bytes.HasPrefix(file, []byte("RIFF")) || must(audio.ReadWAV(bytes.NewReader(file))).Channels == nil {
		t.Errorf("%v, %+v", err, v)
	}
}

func TestWhatIsHandedInMustBeSound(t *testing.T) {
	f, ctx := newFloor(t), context.Background()
	_, err := app.ReadSound("a.mp3", []byte("ID3 and so on"))
	wantKind(t, "an MP3", err, fault.Invalid)
	if err == nil || !strings.HasPrefix(err.Error(), "file: ") {
		t.Errorf("%v does not name its field", err)
	}
	_, err = app.ReadSound("big.wav", make([]byte, app.MaxPromptFile+1))
	wantKind(t, "a large file", err, fault.Invalid)
	for _, in := range []app.SetPrompt{{Name: "", Sound: tone(t, 500)}, {Name: strings.Repeat("長", 61), Sound: tone(t, 500)}, {Name: "x"}, {Name: "x", Language: "tlh", Sound: tone(t, 500)}} {
		_, err := f.SetPrompt(ctx, f.c, in)
		wantKind(t, in.Name, err, fault.Invalid)
	}
}

// TestABroadcastStartsOnceNothingIsMissing: what the check names is what the start
// refuses, and a prompt that a running campaign says stays.
func TestABroadcastStartsOnceNothingIsMissing(t *testing.T) {
	f, ctx := newFloor(t), context.Background()
	f.publish(planText)
	f.contractIn(f.c, contractText("C-1", ""), "")
	list := must(f.SetLeadList(ctx, f.c, app.LeadList{Name: "news", Country: "CN"}))
	f.lead(list.ID, 7)
	plan := campaign.New("news", usage.Service, campaign.Broadcast, 0)
	camp := must(f.AddCampaign(ctx, f.c, plan))
	paths := func() (stops, looks []string) {
		t.Helper()
		for _, p := range must(f.Missing(ctx, f.c, camp.ID)) {
			if p.Warning {
				looks = append(looks, p.Path)
			} else {
				stops = append(stops, p.Path)
			}
		}
		_, err := f.StartCampaign(ctx, f.c, camp.ID, "wu")
		if (err == nil) != (len(stops) == 0) {
			t.Errorf("missing are %q, and the start says %v", stops, err)
		}
		return stops, looks
	}
	if stops, looks := paths(); !slices.Equal(stops, []string{"lists", "caller_ids", "message"}) || !slices.Equal(looks, []string{"trunks", "menu.steps"}) {
		t.Errorf("missing are %q, to be looked at %q", stops, looks)
	}
	camp.Lists, camp.CallerIDs = []campaign.Share{{List: list.ID}}, []campaign.CallerID{{Number: phone.Of(862161234567, 12)}}
	camp.Message = id.ID{1}.Named("prm")
	camp.Menu.Steps = []campaign.MenuStep{{ID: "a", Keys: []campaign.KeyAct{{Key: "9", Does: campaign.KeyRefuse, Prompt: "never"}}}}
	camp = must(f.SetCampaign(ctx, f.c, camp))
	if stops, _ := paths(); !slices.Equal(stops, []string{"message", "menu.steps[0].keys[0].prompt"}) {
		t.Errorf("missing are %q", stops)
	}
	p := must(f.SetPrompt(ctx, f.c, app.SetPrompt{Name: "news", Sound: tone(t, 500), By: "wu"}))
	camp.Message, camp.Menu.Steps[0].Keys[0].Prompt = p.Name, "goodbye"
	camp = must(f.SetCampaign(ctx, f.c, camp))
	if stops, _ := paths(); !slices.Equal(stops, []string{"message"}) {
		t.Errorf("a name that may be changed is taken: missing are %q", stops)
	}
	camp.Message = p.Named()
	camp = must(f.SetCampaign(ctx, f.c, camp))
	if stops, looks := paths(); len(stops) > 0 || !slices.Equal(looks, []string{"trunks"}) {
		t.Fatalf("missing are %q, to be looked at %q", stops, looks)
	}
	other := must(f.SetPrompt(ctx, f.c, app.SetPrompt{Name: "other", Sound: tone(t, 700), By: "wu"}))
	if uses := must(f.PromptUses(ctx, f.c, other, p)); len(uses) != 1 || len(uses[p.ID]) != 1 || !slices.Equal(uses[p.ID][0].Paths, []string{"message"}) {
		t.Errorf("%+v", uses)
	}
	must(f.RemovePrompt(ctx, f.c, other.ID))
	_, err := f.RemovePrompt(ctx, f.c, p.ID)
	wantKind(t, "a prompt that is said", err, fault.Conflict)
	running := must(f.GetCampaign(ctx, f.c, camp.ID))
	running.Voicemail = "gone"
	_, err = f.SetCampaign(ctx, f.c, running)
	wantKind(t, "a prompt nobody has, while it runs", err, fault.Invalid)
	must(f.FinishCampaign(ctx, f.c, camp.ID, "wu", ""))
	must(f.RemovePrompt(ctx, f.c, p.ID))
	if list := must(f.CompanyPrompts(ctx, f.c)); len(list) != 0 {
		t.Errorf("%d prompts are left", len(list))
	}
	must(f.SetPrompt(ctx, f.c, app.SetPrompt{Name: "news", Sound: tone(t, 900)})) // its name is free
}

// TestSoundsThatNobodyPlaysGoInTheirTime: as recordings do; what proves them stays.
func TestSoundsThatNobodyPlaysGoInTheirTime(t *testing.T) {
	f, ctx := newFloor(t), context.Background()
	p := must(f.SetPrompt(ctx, f.c, app.SetPrompt{Name: "one", Sound: tone(t, 500)}))
	p = must(f.SetPrompt(ctx, f.c, app.SetPrompt{ID: p.ID, Revision: p.Revision, Name: "one", Sound: tone(t, 900)}))
	gone := must(f.SetPrompt(ctx, f.c, app.SetPrompt{Name: "two", Sound: tone(t, 500)}))
	must(f.RemovePrompt(ctx, f.c, gone.ID))
	day := int64(24 * time.Hour / time.Microsecond)
	f.clock.Add((app.DefaultKeepDays - 1) * day)
	if n := must(f.SweepPrompts(ctx, f.c)); n != 0 {
		t.Errorf("%d went too soon", n)
	}
	f.clock.Add(2 * day)
	if n, again := must(f.SweepPrompts(ctx, f.c)), must(f.SweepPrompts(ctx, f.c)); n != 2 || again != 0 {
		t.Errorf("%d and then %d went", n, again)
	}
	p = must(f.GetPrompt(ctx, f.c, p.ID))
	if p.Versions[0].Gone.IsZero() || p.Versions[0].SHA256 == "" || !p.Versions[1].Gone.IsZero() {
		t.Errorf("%+v", p.Versions)
	}
	_, _, err := f.PromptSound(ctx, f.c, p.ID, 1)
	wantKind(t, "a sound that went", err, fault.Conflict)
	if sound := must(f.PlayPrompt(ctx, f.c, app.Spoken{Prompt: "one", Began: f.now()})); heardAs(sound) != 900 {
		t.Error("what is played now went as well")
	}
}
