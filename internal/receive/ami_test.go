package receive_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"waihu/internal/receive"
	"waihu/internal/usage/cdr"
)

type ctxt = context.Context

var errPulled = errors.New("the plug was pulled")

// manager is an AMI server that follows a script: what it says after the log-in.
// It gives the address and what the client sent.
func manager(t *testing.T, greeting string, accept bool, script ...string) (addr string, asked <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { l.Close() })
	out := make(chan string, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		io.WriteString(c, greeting)
		r, text := bufio.NewReader(c), ""
		for !strings.HasSuffix(text, "\r\n\r\n") {
			line, err := r.ReadString('\n')
			if err != nil {
				out <- text
				return
			}
			text += line
		}
		out <- text
		if !accept {
			io.WriteString(c, "Response: Error\r\nActionID: login\r\nMessage: Authentication failed\r\n\r\n")
			return
		}
		io.WriteString(c, "Response: Success\r\nActionID: login\r\nMessage: Authentication accepted\r\n\r\n")
		for _, s := range script {
			io.WriteString(c, s)
		}
	}()
	return l.Addr().String(), out
}

const hello = "Asterisk Call Manager/9.0.0\r\n"

func event(kind, unique string) string {
	return strings.ReplaceAll("Event: "+kind+`
Privilege: cdr,all
AccountCode: acc
Source: 8005
Destination: 13800138000
DestinationContext: out
CallerID: "x" <8005>
Channel: SIP/8005-00000001
DestinationChannel: SIP/trunk-00000002
LastApplication: Dial
LastData: SIP/trunk/1,"quoted"
StartTime: 2026-03-01 17:00:00
AnswerTime: 2026-03-01 17:00:05
EndTime: 2026-03-01 17:00:35
Duration: 35
BillableSeconds: 30
Disposition: ANSWERED
AMAFlags: DOCUMENTATION
UniqueID: `+unique+`
UserField: 

`, "\n", "\r\n")
}

func (w *world) manager(addr string) *receive.Manager {
	zone := mustZone(w.T)
	return &receive.Manager{To: w.sys, Company: w.c, Address: addr, User: "waihu", Secret: "s\r\nAction: Originate", Options: cdr.Options{Zone: zone}}
}

func TestManagerTakesCalls(t *testing.T) {
	w := newWorld(t)
	addr, asked := manager(t, hello, true, event("Cdr", "1772400000.1"), event("Hangup", "1772400000.2"), event("Cdr", "1772400000.1"), event("Cdr", "1772400000.3"), "Event: Cdr\r\nStartTime: nonsense\r\n\r\n")
	told := 0
	m := w.manager(addr)
	m.Told = func(*receive.Result) { told++ }
	if err := m.Run(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("it ended with %v, want the end of the connection", err)
	}
	if a := <-asked; !strings.Contains(a, "Events: cdr\r\n") || strings.Contains(a, "\nAction: Originate") {
		t.Errorf("it asked\n%s", a)
	}
	w.wantCalls(2)
	if told != 4 {
		t.Errorf("%d records were told, want 4", told)
	}
}

func TestManagerRefusesWhatIsNone(t *testing.T) {
	w := newWorld(t)
	for name, server := range map[string]struct {
		greeting string
		accept   bool
		script   []string
	}{
		"another protocol": {"SSH-2.0-OpenSSH\r\n", true, nil},
		"a wrong password": {hello, false, nil},
		"an endless line":  {hello, true, []string{"Event: Cdr\r\nLastData: " + strings.Repeat("x", 20<<10) + "\r\n\r\n"}},
		"endless lines":    {hello, true, []string{"Event: Cdr\r\n" + strings.Repeat("X: y\r\n", 300) + "\r\n"}},
	} {
		addr, _ := manager(t, server.greeting, server.accept, server.script...)
		if err := w.manager(addr).Run(t.Context()); err == nil || errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.wantCalls(0)
}

func TestManagerStopsWithItsContext(t *testing.T) {
	w := newWorld(t)
	client, server := net.Pipe()
	m := w.manager("pipe")
	m.Dial = func(context.Context, string, string) (net.Conn, error) { return client, nil }
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- m.Run(ctx) }()
	_, err := io.WriteString(server, hello)
	must(t, err)
	_, err = bufio.NewReader(server).ReadString('\n')
	must(t, err)
	cancel()
	if err := <-done; err == nil {
		t.Error("it ended without saying why")
	}
}
