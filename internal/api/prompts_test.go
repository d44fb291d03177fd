package api_test

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/voice/audio"
)

// beepFile is a WAV somebody hands in.
func beepFile(length time.Duration) []byte {
	samples := audio.Beep().Samples(length)
	var out bytes.Buffer
	out.WriteString("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data")
	_ = binary.Write(&out, binary.LittleEndian, uint32(2*len(samples)))
	_ = binary.Write(&out, binary.LittleEndian, samples)
	return out.Bytes()
}

const rawFile = "Content-Type: application/octet-stream"

// TestPromptsAreHandedInAndHeard: a broadcast says what it misses until it has one.
func TestPromptsAreHandedInAndHeard(t *testing.T) {
	w := newWorld(t)
	head := w.key(w.a, access.Supervisor)
	w.ask(head, "POST", "/v1/prompts?title=News", []byte("ID3 is no WAV"), rawFile).wantCode(422, "invalid")
	made := w.ask(head, "POST", "/v1/prompts?title=News&language=cmn&name=news.wav", beepFile(300*time.Millisecond), rawFile).want(201)
	at := "/v1/prompts/" + made.field("id")
	w.ask(head, "PUT", at, map[string]any{"revision": 1, "name": "The news", "language": "yue"}).want(200)
	w.ask(head, "PUT", at+"/sound?revision=1", beepFile(200*time.Millisecond), rawFile).wantCode(409, "conflict")
	if got := w.ask(head, "PUT", at+"/sound?revision=2", beepFile(200*time.Millisecond), rawFile).want(200); !bytes.Contains(got.body, []byte(`"version":2`)) || got.field("name") != "The news" {
		t.Errorf("%s", got.body)
	}
	if first, now := w.ask(head, "GET", at+"/sound?version=1", nil).want(200), w.ask(head, "GET", at+"/sound", nil).want(200); len(first.body) != audio.HeaderLen+2400 || len(now.body) != audio.HeaderLen+1600 {
		t.Errorf("%d and %d bytes", len(first.body), len(now.body))
	}
	w.ask(head, "GET", "/v1/prompts/nobody/sound?lang=zh-Hant", nil).want(200)
	w.ask(head, "GET", "/v1/prompts/none/sound", nil).want(404)
	list := w.ask(head, "POST", "/v1/lists", map[string]any{"name": "l"}, once("l")).want(201).field("id")
	plan := map[string]any{"name": "News", "purpose": "service", "mode": "broadcast", "message": "news", "lists": []any{map[string]any{"list": list}}}
	campaign := "/v1/campaigns/" + w.ask(head, "POST", "/v1/campaigns", plan, once("c")).want(201).field("id")
	missing := w.ask(head, "GET", campaign+"/missing", nil).want(200)
	for _, path := range []string{`"ready":false`, `"path":"message","value":"news"`, `"path":"caller_ids"`, `"path":"lists","what":"nobody`, `"warning":true`} {
		if !bytes.Contains(missing.body, []byte(path)) {
			t.Errorf("%s has no %s", missing.body, path)
		}
	}
	w.ask(head, "POST", campaign+"/start", map[string]any{}, once("s")).wantCode(422, "invalid")
	plan["revision"], plan["message"] = 1, made.field("id")
	w.ask(head, "PUT", campaign, plan).want(200)
	if got := w.ask(head, "GET", at, nil).want(200); !bytes.Contains(got.body, []byte(`"paths":["message"]`)) {
		t.Errorf("%s", got.body)
	}
	w.ask(head, "DELETE", at, nil).want(200)
	w.ask(head, "GET", at, nil).want(404)
	w.ask(w.key(w.a, access.Agent), "GET", "/v1/prompts", nil).want(403)
}
