package cli_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestDoctorVoice says in sentences, in each language, what is well and what is
// not, and in JSON too.
func TestDoctorVoice(t *testing.T) {
	at := carrier(t, file(t, "c.yaml", "carrier: c\nlines:\n  - {to: \"*\", does: busy}\n"), "15690-15699")
	trunks := file(t, "trunks.yaml", "home: CN\nzone: Asia/Shanghai\nallow: [mobile]\ntrunks:\n  - {name: gw, address: \""+at+"\", channels: 2, rate: 5}\n")
	code, out, errs := run(t, "doctor", "voice", "--trunks", trunks, "--recordings", t.TempDir(), "--ports", "15500-15519")
	if code != 0 || !strings.Contains(out, "Trunk gw ("+at+") answers after") || !strings.Contains(out, "recordings can be kept") {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
	code, out, _ = run(t, "doctor", "voice", "--listen", "203.0.113.1:5060", "--lang", "zh-Hant")
	if code != 4 || !strings.Contains(out, "不屬於本機") || !strings.Contains(out, "處理方式") {
		t.Errorf("%d\n%s", code, out)
	}
	code, out, _ = run(t, "doctor", "voice", "--listen", "203.0.113.1:5060", "--json")
	var found []struct{ What, Level, Says, Fix string }
	if err := json.Unmarshal([]byte(out), &found); err != nil || code != 4 || found[0].What != "address_foreign" || found[0].Level != "problem" || found[0].Fix == "" {
		t.Errorf("%d %v\n%s", code, err, out)
	}
	for want, args := range map[string][]string{"--listen": {"doctor", "voice"}, "address and a port": {"doctor", "voice", "--listen", "here"}, "--ports": {"doctor", "voice", "--listen", "127.0.0.1:0", "--ports", "x"}} {
		if code, _, errs := run(t, args...); code != 2 || !strings.Contains(errs, want) {
			t.Errorf("%v: %d %s", args, code, errs)
		}
	}
}
