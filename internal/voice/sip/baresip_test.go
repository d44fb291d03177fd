package sip

import (
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// softphone is baresip, steered over its control port.
type softphone struct {
	t       *testing.T
	cmd     *exec.Cmd
	control net.Conn
	out     string // file with what it says
	ended   chan error
}

// freePort is one nobody listens at.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// baresip starts a phone that registers and takes every call. Trap 11: its
// network interface must be an address on loopback.
func baresip(t *testing.T, server, user, secret, transport string, authority []byte) *softphone {
	t.Helper()
	folder := t.TempDir()
	port := freePort(t)
	modules := "module_path /usr/lib/baresip/modules\nmodule g711.so\nmodule aubridge.so\nmodule_app account.so\nmodule_app contact.so\nmodule_app menu.so\nmodule_app ctrl_tcp.so\n"
	config := modules + fmt.Sprintf("ctrl_tcp_listen 127.0.0.1:%d\nnet_interface 127.0.0.1\nsip_listen 127.0.0.1:0\naudio_source aubridge,a\naudio_player aubridge,a\naudio_alert aubridge,b\nrtp_ports 41000-41999\n", port)
	if authority != nil {
		config += "sip_cafile " + filepath.Join(folder, "authority") + "\nsip_verify_server yes\n"
	}
	account := fmt.Sprintf("<sip:%s@%s;transport=%s>;auth_user=%s;auth_pass=%s;regint=120;answermode=auto\n", user, server, strings.ToLower(transport), user, secret)
	for name, text := range map[string]string{"config": config, "accounts": account, "contacts": "", "authority": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority}))} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := &softphone{t: t, out: filepath.Join(folder, "out"), ended: make(chan error, 1)}
	out, err := os.Create(p.out)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	p.cmd = exec.Command("baresip", "-f", folder)
	p.cmd.Stdout, p.cmd.Stderr = out, out
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("%v: baresip is needed, make deps installs it", err)
	}
	go func() { p.ended <- p.cmd.Wait() }()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // of one that did not leave
		if t.Failed() {
			text, _ := os.ReadFile(p.out)
			t.Logf("baresip said:\n%s", text)
		}
	})
	p.until(func() bool {
		p.control, err = net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		return err == nil
	})
	t.Cleanup(func() { p.control.Close() })
	return p
}

// until waits for something the phone brings about.
func (p *softphone) until(is func() bool) {
	p.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for began := time.Now(); !is(); <-tick.C {
		if time.Since(began) > bound {
			p.t.Fatal("baresip did not get so far")
		}
	}
}

// does gives it a command.
func (p *softphone) does(command, parameter string) {
	p.t.Helper()
	text := fmt.Sprintf(`{"command":%q,"params":%q}`, command, parameter)
	if _, err := fmt.Fprintf(p.control, "%d:%s,", len(text), text); err != nil {
		p.t.Fatal(err)
	}
}

// leaves ends it in order: it unregisters.
func (p *softphone) leaves() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	select {
	case <-p.ended:
	case <-time.After(bound):
		p.t.Fatal("baresip does not leave")
	}
}
