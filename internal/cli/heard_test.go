package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waihu/internal/voice/audio"
	"waihu/internal/voice/corpus"
)

// spoken writes a WAV in which something is said, with rest around it.
func spoken(t *testing.T, name, text string) string {
	t.Helper()
	said, err := corpus.Say(corpus.Voice{Name: "cmn+f2", Speed: 330, Pitch: 50}, text)
	if err != nil {
		t.Fatal(err)
	}
	samples := make([]int16, audio.Rate/2, len(said)+2*audio.Rate)
	for _, s := range said {
		samples = append(samples, s/3)
	}
	samples = append(samples, make([]int16, audio.Rate)...)
	data := make([]byte, len(samples))
	audio.ALaw.EncodeTo(data, samples)
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, append(audio.Header(audio.ALaw, 1, int64(len(data))), data...), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestAMachineIsTold by waihu call --detect, with the second of its beep, and the
// message comes after it.
func TestAMachineIsTold(t *testing.T) {
	at := carrier(t, file(t, "script.yaml", "carrier: test\nlines:\n  - {to: \"1\", does: machine, ring: 20ms}\n  - {to: \"*\", does: announcement, ring: 1600ms, code: 480}\n"), "15600-15619")
	facts := filepath.Join(t.TempDir(), "facts.jsonl")
	code, out, errs := run(t, "call", "sip:1@"+at, "--detect", "--facts", facts, "--ports", "15620-15639")
	for _, want := range []string{"Answered by: an answering machine (9", "speech, then a beep", " s after the answer, for 0.4 s: beep of a machine, 1000 Hz (9"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("%d, no %q in\n%s%s", code, want, out, errs)
		}
	}
	if fact, err := os.ReadFile(facts); err != nil || !strings.Contains(string(fact), `"by":"machine"`) {
		t.Errorf("%s %v", fact, err)
	}
	code, out, _ = run(t, "call", "sip:2@"+at, "--detect", "--json", "--ports", "15640-15659")
	var told struct {
		Result   string
		Q850     int
		SIP      int
		Detected struct {
			Findings []struct {
				Kind, Detail string
				Confidence   float64
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &told); err != nil || code != 3 || told.Result != "unassigned" || told.Q850 != 1 || told.SIP != 480 ||
		len(told.Detected.Findings) != 1 || told.Detected.Findings[0].Kind != "sit" || told.Detected.Findings[0].Detail != "VC" {
		t.Errorf("%d %v\n%s", code, err, out)
	}
	for lang, want := range map[string]string{"en": "counts for more than SIP 480", "zh-Hant": "特別資訊音 VC", "zh-Hans": "特殊信息音 VC"} {
		if _, out, _ = run(t, "call", "sip:2@"+at, "--detect", "--ports", "15660-15679", "--lang", lang); !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

// TestAnnouncementsAreLabelledAndKnown: what was labelled is known in another
// recording, and what cannot be told apart from it is refused.
func TestAnnouncementsAreLabelledAndKnown(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "known")
	vacant := spoken(t, "vacant.wav", "您拨打的号码是空号，请核对后再拨")
	code, out, errs := run(t, "announcement", "add", vacant, "--class", "vacant", "--into", folder)
	if code != 0 || !strings.Contains(out, "Labelled as the number does not exist: "+folder) {
		t.Fatalf("%d %s%s", code, out, errs)
	}
	if code, out, errs = run(t, "announcement", "hear", vacant, "--announcements", folder, "--lang", "zh-Hans"); code != 0 || !strings.Contains(out, "语音通知，空号") {
		t.Errorf("%d %s%s", code, out, errs)
	}
	if code, out, _ = run(t, "announcement", "hear", vacant, "--announcements", folder, "--json"); code != 0 || !strings.Contains(out, `"detail": "vacant"`) {
		t.Errorf("%d %s", code, out)
	}
	if code, out, _ = run(t, "announcement", "hear", spoken(t, "hello.wav", "喂，你好"), "--answered"); code != 0 || !strings.Contains(out, "Answered by: a person") {
		t.Errorf("%d %s", code, out)
	}
	for _, c := range []struct {
		code int
		says string
		args []string
	}{
		{1, "sounds like vacant-", []string{"announcement", "add", vacant, "--class", "power_off", "--into", folder}},
		{1, "cut out what is said", []string{"announcement", "add", vacant, "--class", "vacant", "--into", folder, "--to", "600ms"}},
		{2, "no part of", []string{"announcement", "add", vacant, "--class", "vacant", "--into", folder, "--from", "1m"}},
		{2, "expected one of vacant, power_off", []string{"announcement", "add", vacant, "--class", "moved", "--into", folder}},
		{2, "klingon", []string{"announcement", "hear", vacant, "--lang", "klingon"}},
		{1, "no class of announcement", []string{"announcement", "hear", vacant, "--announcements", filepath.Dir(vacant) + "/strange"}},
	} {
		strange := filepath.Join(filepath.Dir(vacant), "strange")
		if err := os.MkdirAll(strange, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(strange, "moved-1.wav"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if code, out, errs := run(t, c.args...); code != c.code || !strings.Contains(errs, c.says) {
			t.Errorf("%v: %d\n%s%s", c.args, code, out, errs)
		}
	}
	if left, _ := filepath.Glob(folder + "/*"); len(left) != 1 {
		t.Errorf("kept: %v", left)
	}
}

// TestNoFolderOfAnnouncements: what is not there is said.
func TestNoFolderOfAnnouncements(t *testing.T) {
	if code, _, errs := run(t, "call", "sip:1@127.0.0.1:9", "--announcements", "/nowhere", "--ring", time.Second.String()); code != 2 || !strings.Contains(errs, "/nowhere") {
		t.Errorf("%d %s", code, errs)
	}
}
