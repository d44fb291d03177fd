package sip

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"waihu/internal/voice/sdp"
)

// kamailioScript is a registrar and proxy: who registers or calls logs in, calls
// go to who registered, and it stays in the way of every dialog (Record-Route).
const kamailioScript = `
debug=1
log_stderror=yes
children=1
tcp_children=1
auto_aliases=no
enable_tls=no
listen=udp:127.0.0.1:{port}
listen=tcp:127.0.0.1:{port}
mpath="{modules}"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
modparam("usrloc", "db_mode", 0)
modparam("registrar", "min_expires", 60)
modparam("registrar", "max_expires", 600)
modparam("rr", "append_fromtag", 1)
request_route {
	if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
	if (is_method("OPTIONS") && uri == myself) { sl_send_reply("200", "Here"); exit; }
	if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
	if (has_totag()) {
		if (loose_route()) { t_relay(); exit; }
		if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
		sl_send_reply("404", "Not Here"); exit;
	}
	if (is_method("REGISTER")) {
		if (!pv_www_authenticate("kamailio", "wonder", "0")) { www_challenge("kamailio", "1"); exit; }
		append_to_reply("Service-Route: <sip:127.0.0.1:{port};lr>\r\n");
		save("location"); exit;
	}
	if (is_method("INVITE")) {
		if (!pv_proxy_authenticate("kamailio", "wonder", "0")) { proxy_challenge("kamailio", "1"); exit; }
		consume_credentials();
	}
	record_route();
	if (!lookup("location")) { sl_send_reply("404", "Not Registered"); exit; }
	t_relay();
}
`

// kamailio runs it until the test ends and gives its address.
func kamailio(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/*/kamailio/modules")
	if err != nil || len(found) != 1 {
		t.Fatalf("%v: kamailio is needed, make deps installs it", found)
	}
	folder, port := t.TempDir(), freePort(t)
	script := filepath.Join(folder, "kamailio.cfg")
	if err := os.WriteFile(script, []byte(strings.NewReplacer("{port}", fmt.Sprint(port), "{modules}", found[0]).Replace(kamailioScript)), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/usr/sbin/kamailio", "-f", script, "-DD", "-E", "-m", "32", "-M", "4", "-Y", folder, "-w", folder)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	said := &strings.Builder{}
	cmd.Stderr, cmd.Stdout = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) // it and its children
		over := time.AfterFunc(bound, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
		_ = cmd.Wait()
		over.Stop()
		if t.Failed() {
			t.Logf("kamailio said:\n%s", said)
		}
	})
	return fmt.Sprintf("127.0.0.1:%d", port)
}

// TestKamailio: we register at a real registrar that asks who we are, and call
// one another over it as outbound proxy; everything within the call goes the way
// Record-Route says, from both sides.
func TestKamailio(t *testing.T) {
	at := kamailio(t)
	calls, media := make(chan *Call, 1), make(chan *sound, 1)
	callee, caller := endpoint(t, Config{Serve: answering(t, calls, media)}), endpoint(t, Config{})
	health, err := caller.Watch(Watching{To: "sip:" + at, Every: 20 * time.Millisecond, Within: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	reached(t, "kamailio is up", func() bool { return health.Health().Up })
	health.Close()
	for _, transport := range []string{"udp", "tcp"} {
		r, err := callee.Register(Registering{At: "sip:" + at + ";transport=" + transport, Account: "alice", Secret: "wonder", Lease: 10 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		reached(t, "registered", func() bool { return r.State().Up || r.State().Failures > 0 })
		if s := r.State(); s.Until.Sub(s.Answered) != time.Minute || len(s.Routes) != 1 || s.Routes[0] != "<sip:"+at+";lr>" {
			t.Errorf("%s: %+v", transport, s)
		}
		out, outSound := place(t, caller, "sip:alice@"+at, func(in *Invite) {
			in.Proxy, in.From, in.User, in.Secret = "sip:"+at+";transport="+transport, "bob", "bob", "wonder"
		})
		select {
		case <-out.Answered():
		case <-out.Done():
			t.Fatalf("%s: %+v", transport, out.Ending())
		}
		in, inSound := <-calls, <-media
		if len(out.routes) == 0 || len(in.routes) == 0 || !strings.Contains(out.routes[0], at) {
			t.Errorf("%s: routes %v and %v", transport, out.routes, in.routes)
		}
		outSound.want(sdp.SendOnly)
		if err := out.Reinvite(context.Background()); err != nil {
			t.Errorf("%s: hold: %v", transport, err)
		}
		if a, _ := inSound.agreed(); a.Sends || !a.Receives {
			t.Errorf("%s: held: %+v", transport, a)
		}
		if err := in.Reinvite(context.Background()); err != nil {
			t.Errorf("%s: from the other side: %v", transport, err)
		}
		ends, other := in, out
		if transport == "tcp" {
			ends, other = out, in
		}
		ends.Hangup()
		await(t, "end", in.gone)
		await(t, "end", out.gone)
		if a, b := ends.Ending(), other.Ending(); a.By != Us || a.Why != Bye || b.By != Them || b.Why != Bye {
			t.Errorf("%s: %+v, %+v", transport, a, b)
		}
		along, _ := place(t, caller, "sip:alice@192.0.2.9", func(in *Invite) {
			in.Routes, in.From, in.User, in.Secret = r.State().Routes, "bob", "bob", "wonder"
		})
		select { // where the address leads nowhere, the way it named does
		case <-along.Answered():
		case <-along.Done():
			t.Fatalf("%s: along the registrar's way: %+v", transport, along.Ending())
		}
		<-calls
		<-media
		along.Hangup()
		await(t, "end", along.gone)
		r.Close()
		nobody, _ := place(t, caller, "sip:alice@"+at, func(in *Invite) {
			in.Proxy, in.From, in.User, in.Secret = "sip:"+at, "bob", "bob", "wonder"
		})
		await(t, "end", nobody.Done())
		if e := nobody.Ending(); e.Code != 404 {
			t.Errorf("%s: it left, and is still registered: %+v", transport, e)
		}
	}
}
