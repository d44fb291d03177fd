package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"io"
	"net"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waihu/internal/cli"
	"waihu/internal/voice/audio"
)

// carrier runs waihu carrier until the test ends and gives its address.
func carrier(t *testing.T, script, ports string, more ...string) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	out, in := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- cli.Run(ctx, append([]string{"carrier", script, "--listen", "127.0.0.1:0", "--ports", ports}, more...), cli.Streams{In: strings.NewReader(""), Out: in, Err: in})
		in.Close()
	}()
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	if err != nil || !strings.Contains(first, "listens at ") {
		t.Fatal(first, err)
	}
	go io.Copy(io.Discard, lines) //nolint:errcheck // what it says of its calls is tested beside it
	t.Cleanup(func() {
		stop()
		if c := <-code; c != 0 {
			t.Errorf("the carrier ended with %d", c)
		}
	})
	_, rest, _ := strings.Cut(first, "listens at ")
	at, _, _ := strings.Cut(rest, ". ")
	return at
}

// TestACallGoesOverTLS to whom it trusts, and to nobody else.
func TestACallGoesOverTLS(t *testing.T) {
	web := httptest.NewTLSServer(nil)
	defer web.Close()
	der, err := x509.MarshalPKCS8PrivateKey(web.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	key := file(t, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
	trust := file(t, "trust.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw})))
	at := freeAddress(t)
	carrier(t, file(t, "script.yaml", "carrier: test\nlines:\n  - {to: \"*\", does: busy}\n"), "15550-15559", "--tls", at.String(), "--certificate", trust, "--key", key)
	idle := freeAddress(t)
	for _, c := range []struct {
		code int
		says string
		args []string
	}{
		{3, "busy", []string{"call", "sips:100@" + at.String(), "--trust", trust}},
		{0, at.String(), []string{"call", "sip:" + at.String() + ";transport=tls", "--ping", "--trust", trust}},
		{3, "Not sent to sips:100@" + at.String() + ": its certificate is not trusted", []string{"call", "sips:100@" + at.String(), "--ports", "15540-15549"}},
		{3, "Not sent to sip:100@" + idle.String() + ";transport=tcp: nothing listens there", []string{"call", "sip:100@" + idle.String() + ";transport=tcp", "--ports", "15540-15549"}},
		{2, "--certificate and --key", []string{"carrier", "--tls", at.String()}},
		{2, "--certificate and --key", []string{"carrier", "--wss", at.String()}},
		{2, "--ws here", []string{"carrier", "--ws", "here"}},
		{2, "--tls here", []string{"carrier", "--tls", "here"}},
		{1, "no certificate and its key", []string{"carrier", "--tls", at.String(), "--certificate", key, "--key", trust}},
		{1, "expected one or more in PEM", []string{"call", "sips:100@" + at.String(), "--trust", file(t, "none.pem", "none")}},
	} {
		code, out, errs := run(t, c.args...)
		if code != c.code || !strings.Contains(out+errs, c.says) || strings.Contains(out, "transcation") {
			t.Errorf("%v: %d\n%s%s", c.args, code, out, errs)
		}
	}
}

// freeAddress is one nobody listens at.
func freeAddress(t *testing.T) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).AddrPort()
}

// TestACallIsPlacedKeptAndBilled goes the way of docs/voice.md: a carrier, a
// call, its recording, its fact, its invoice.
func TestACallIsPlacedKeptAndBilled(t *testing.T) {
	at := carrier(t, file(t, "script.yaml", "carrier: test\nlines:\n  - {to: \"1*\", does: answer, ring: 20ms}\n  - {to: \"*\", does: busy}\n"), "15500-15519")
	folder := t.TempDir()
	wav, facts := filepath.Join(folder, "call.wav"), filepath.Join(folder, "facts.jsonl")
	code, out, errs := run(t, "call", "sip:13800138000@"+at, "--from", "02012345678", "--talk", "300ms", "--record", wav, "--facts", facts, "--ports", "15520-15539")
	if code != 0 || !strings.Contains(out, "02012345678: answered") || !strings.Contains(out, "Ended by us: hung up") {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
	whole, err := os.ReadFile(wav)
	if err != nil {
		t.Fatal(err)
	}
	if digest := sha256.Sum256(whole); !strings.Contains(out, hex.EncodeToString(digest[:])) {
		t.Errorf("the digest told is not that of the file\n%s", out)
	}
	if sound, err := audio.ReadWAV(bytes.NewReader(whole)); err != nil || audio.Loudness(sound.Channels[0]) < 1000 || audio.Loudness(sound.Channels[1]) < 1000 {
		t.Error("a side of the recording is silent", err)
	}
	for _, lang := range []string{"zh-Hant", "zh-Hans"} {
		code, out, _ = run(t, "call", "sip:2@"+at, "--facts", facts, "--ports", "15540-15559", "--lang", lang)
		if code != 3 || !strings.Contains(out, "SIP 486 Busy Here") || !strings.Contains(out, "17") {
			t.Errorf("%d\n%s", code, out)
		}
	}
	code, out, _ = run(t, "bill", examples+"per-minute/plan.yaml", facts, "--period", monthOf(t, facts))
	if !strings.Contains(out, "0.15") || !strings.Contains(out, "3 call records") || code != 0 {
		t.Errorf("%d\n%s", code, out)
	}
	if code, out, errs = run(t, "call", "sip:"+at, "--ping"); code != 0 || !strings.Contains(out, "answers after") {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
	code, out, _ = run(t, "call", "sip:2@"+at, "--json", "--ports", "15560-15579")
	var told map[string]any
	if err := json.Unmarshal([]byte(out), &told); err != nil || code != 3 || told["result"] != "busy" || told["ended_by"] != "them" || told["q850"] != 17.0 {
		t.Errorf("%d %v\n%s", code, err, out)
	}
}

// TestACallWithoutSoundLeavesARecordingOfBefore as it was, and makes none.
func TestACallWithoutSoundLeavesARecordingOfBefore(t *testing.T) {
	at := carrier(t, file(t, "script.yaml", "carrier: test\nlines:\n  - {to: \"*\", does: busy}\n"), "15590-15599")
	before, never := file(t, "before.wav", "what was said"), filepath.Join(t.TempDir(), "never.wav")
	for _, path := range []string{before, never} {
		code, out, _ := run(t, "call", "sip:1@"+at, "--record", path, "--ports", "15610-15619")
		if code != 3 || !strings.Contains(out, "Recording: none") {
			t.Errorf("%d %s", code, out)
		}
	}
	if got, err := os.ReadFile(before); err != nil || string(got) != "what was said" {
		t.Errorf("%q, %v", got, err)
	}
	if left, _ := filepath.Glob(never + "*"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// monthOf is the month of the first fact, in the zone of the plan.
func monthOf(t *testing.T, facts string) string {
	t.Helper()
	data, err := os.ReadFile(facts)
	if err != nil {
		t.Fatal(err)
	}
	var first struct{ Start time.Time }
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(&first); err != nil {
		t.Fatal(err)
	}
	return first.Start.In(time.FixedZone("Asia/Shanghai", 8*3600)).Format("2006-01")
}

// TestCallsThatCannotBePlaced say what to do, and leave nothing behind.
func TestCallsThatCannotBePlaced(t *testing.T) {
	wav := filepath.Join(t.TempDir(), "call.wav")
	text := file(t, "no.wav", "no sound")
	for _, c := range []struct {
		code int
		says string
		args []string
	}{
		{1, "no SIP address", []string{"call", "13800138000", "--listen", "127.0.0.1:0", "--record", wav}},
		{2, "--ports", []string{"call", "sip:1@127.0.0.1", "--ports", "some"}},
		{2, "hold no pair", []string{"call", "sip:1@127.0.0.1", "--ports", "80-90"}},
		{2, "--listen", []string{"call", "sip:1@127.0.0.1", "--listen", "here"}},
		{2, "--record", []string{"call", "sip:1@127.0.0.1", "--record", "/dev/null", "--ports", "15580-15589"}},
		{1, "no WAV file", []string{"call", "sip:1@127.0.0.1", "--play", text}},
		{2, "read", []string{"call", "sip:1@127.0.0.1", "--play", text, "--record", text}},
		{2, "--keys", []string{"call", "sip:1@127.0.0.1", "--keys", "1x"}},
		{1, "--facts", []string{"call", "sip:1@127.0.0.1", "--facts", filepath.Join(wav, "facts.jsonl")}},
		{1, "no SIP address", []string{"call", "sip:", "--listen", "127.0.0.1:0", "--facts", wav}},
		{2, "--user and --secret", []string{"carrier", "--user", "acme"}},
		{2, "klingon", []string{"call", "sip:1@127.0.0.1", "--lang", "klingon"}},
		{2, "--listen", []string{"carrier", "--listen", "here"}},
		{1, "numbers are left", []string{"carrier", file(t, "s.yaml", "carrier: x\nlines:\n  - {to: \"1\", does: busy}\n")}},
	} {
		code, out, errs := run(t, c.args...)
		if code != c.code || !strings.Contains(errs, c.says) || out != "" {
			t.Errorf("%v: %d, want %d\n%s%s", c.args, code, c.code, out, errs)
		}
	}
	if left, _ := filepath.Glob(wav + "*"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if code, out, _ := run(t, "carrier", "--show", "--lang", "zh-Hans"); code != 0 || !strings.Contains(out, "10002：忙线") {
		t.Errorf("%d %s", code, out)
	}
}
