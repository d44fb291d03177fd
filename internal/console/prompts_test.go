package console

import (
	"bytes"
	"encoding/binary"
	"net/http"
	"strings"
	"testing"
	"time"

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

// TestAPromptIsHandedInHeardReplacedAndRemoved: what is no WAV stands beside its field,
// and what was typed stays.
func TestAPromptIsHandedInHeardReplacedAndRemoved(t *testing.T) {
	d := newDesk(t)
	all := d.at("/prompts")
	d.every(all)
	if w := d.drop(all, "file", "beep.wav", []byte("ID3 is none"), "name", "Welcome", "language", "yue"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "another kind of sound file: MP3") || !strings.Contains(w.Body.String(), `value="Welcome"`) {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if w := d.drop(all, "file", "beep.wav", nil, "name", "Welcome", "language", "yue"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("no file: %d", w.Code)
	}
	once := d.fresh(all)
	at := ""
	for range 2 { // the same form twice is one prompt
		w := d.drop(all, "file", "beep.wav", beepFile(time.Second), "once", once, "name", "Welcome", "language", "yue")
		if at = w.Header().Get("Location"); w.Code != http.StatusSeeOther || !strings.Contains(at, "/prompts/prm_") {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	d.every(at)
	if w := d.drop(all, "file", "beep.wav", beepFile(2*time.Second), "name", "Welcome", "language", "en"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "another prompt has this name") {
		t.Errorf("a name twice: %d", w.Code)
	}
	if got := d.page(at + "/sound"); len(got) != audio.HeaderLen+audio.Rate {
		t.Errorf("%d bytes of sound", len(got))
	}
	if got := d.page(at + "/peaks"); len(got) != promptColumns || got[300] < 100 {
		t.Errorf("%d columns", len(got))
	}
	d.page(d.at("/prompts/nobody/sound"))
	w := d.drop(at+"/replace", "file", "beep.wav", beepFile(2*time.Second), "once", "p-0", "revision", d.revision(at))
	if page := d.page(at); w.Code != http.StatusSeeOther || !strings.Contains(page, "sound?version=2") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := d.drop(at+"/replace", "file", "beep.wav", beepFile(3*time.Second), "once", "p-1", "revision", "1"); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), " changed this at ") {
		t.Errorf("an old revision: %d %s", w.Code, w.Body)
	}
	d.send(at, http.StatusSeeOther, "once", "p-2", "revision", d.revision(at), "name", "Hello", "language", "en")
	d.send(at+"/remove", http.StatusSeeOther, "once", "p-3")
	if page := d.page(all); strings.Contains(page, "Hello") {
		t.Error("it is still in the list")
	}
}
