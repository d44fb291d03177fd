package sip

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Steps of a scenario, in sipp's XML. A line that begins with a space is an
// action of the step before.
func sends(message string) string {
	return "<send retrans=\"500\"><![CDATA[\n" + message + "\n]]></send>\n"
}

// says sends once: nothing is repeated.
func says(message string) string { return "<send><![CDATA[\n" + message + "\n]]></send>\n" }

func gets(what string, actions ...string) string {
	kind := "request"
	if what[0] >= '0' && what[0] <= '9' {
		kind = "response"
	}
	attributes := fmt.Sprintf("%s=%q", kind, what)
	if kind == "response" {
		attributes += " rtd=\"true\""
	}
	return "<recv " + attributes + "><action>" + strings.Join(actions, "") + "</action></recv>\n"
}

func perhaps(code string) string { return fmt.Sprintf("<recv response=%q optional=\"true\"/>\n", code) }

// must checks that the message has this.
func must(pattern string) string {
	return fmt.Sprintf("<ereg regexp=%q search_in=\"msg\" check_it=\"true\" assign_to=\"seen\"/>", pattern)
}

// keep takes the value of a field.
func keep(header, name string) string {
	return fmt.Sprintf("<ereg regexp=\".*\" search_in=\"hdr\" header=%q check_it=\"true\" assign_to=%q/>", header, name)
}

const seen = "<log message=\"[$seen]\"/>" // sipp wants each variable to be used

// answer is a response to the last request.
func answer(status string, rest ...string) string {
	return "SIP/2.0 " + status + "\n[last_Via:]\n[last_From:]\n[last_To:];tag=sipp[call_number]\n[last_Call-ID:]\n[last_CSeq:]\nContact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>\n" + body(rest)
}

// body ends a message: field lines, and one that is a description.
func body(rest []string) string {
	fields, sdp := "", ""
	for _, r := range rest {
		if strings.HasPrefix(r, "v=0") {
			sdp = r
		} else {
			fields += r + "\n"
		}
	}
	if sdp == "" {
		return fields + "Content-Length: 0\n"
	}
	return fields + "Content-Type: application/sdp\nContent-Length: [len]\n\n" + sdp
}

// describe is a description at a port, with a direction.
func describe(port int, way string) string {
	return fmt.Sprintf("v=0\no=sipp 1 %d IN IP[local_ip_type] [local_ip]\ns=-\nc=IN IP[local_ip_type] [local_ip]\nt=0 0\nm=audio %d RTP/AVP 8 101\na=rtpmap:101 telephone-event/8000\na=%s", port, port, way)
}

// request is a request of sipp as caller.
func ask(method string, number int, rest ...string) string {
	tag := "[peer_tag_param]"
	if method == "INVITE" && number <= 2 {
		tag = ""
	}
	return fmt.Sprintf("%s sip:100@[remote_ip]:[remote_port] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\nFrom: <sip:sipp@[local_ip]:[local_port]>;tag=sipp[call_number]\n"+
		"To: <sip:100@[remote_ip]:[remote_port]>%s\nCall-ID: [call_id]\nCSeq: %d %s\nContact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>\nMax-Forwards: 70\n", method, tag, number, method) + body(rest)
}

// sipp runs a scenario against a peer, or waits for calls if there is none. What
// it returns waits for its end and reports what went wrong.
func sipp(t *testing.T, peer string, steps []string, more ...string) (addr string, wait func()) {
	t.Helper()
	free := listenUDP(t)
	at := free.LocalAddr().(*net.UDPAddr)
	free.Close()
	folder := t.TempDir()
	scenario := filepath.Join(folder, "scenario.xml")
	text := "<?xml version=\"1.0\"?>\n<scenario name=\"test\">\n" + strings.ReplaceAll(strings.Join(steps, ""), "check_it=\"true\" assign_to=\"seen\"/>", "check_it=\"true\" assign_to=\"seen\"/>"+seen) + "</scenario>\n"
	if err := os.WriteFile(scenario, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"-sf", scenario, "-i", "127.0.0.1", "-p", fmt.Sprint(at.Port), "-nostdin", "-timeout", "25s", "-timeout_error", "-trace_err", "-error_file", filepath.Join(folder, "errors.log"), "-m", "1"}, more...)
	if peer != "" {
		args = append(args, peer)
	}
	cmd := exec.Command("sipp", args...)
	cmd.Dir = folder
	out := &strings.Builder{}
	cmd.Stderr = out
	if err := cmd.Start(); err != nil {
		t.Fatalf("%v: sipp is needed, make deps installs it", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // of a peer that waits for more calls
	if peer == "" {
		untilTaken(t, at)
	}
	return at.String(), func() {
		t.Helper()
		if err := <-ended; err != nil {
			errors, _ := os.ReadFile(filepath.Join(folder, "errors.log"))
			t.Errorf("sipp: %v\n%s\n%s", err, out, errors)
		}
	}
}

// untilTaken waits until somebody listens at a port. It only looks: to bind the
// port for a try would take it away from whoever is about to.
func untilTaken(t testing.TB, at *net.UDPAddr) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 4000 {
		table, err := os.ReadFile("/proc/net/udp")
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(table), fmt.Sprintf(":%04X ", at.Port)) {
			return
		}
		<-tick.C
	}
	t.Fatalf("nobody listens at %v", at)
}

// dialog keeps what requests of sipp as the called side need of an INVITE.
var dialog = []string{keep("From:", "them"), keep("To:", "us"), `<ereg regexp="sip:[^>]*" search_in="hdr" header="Contact:" check_it="true" assign_to="target"/>`,
	`<log message="[$them] [$us] [$target]"/>`}

// within is a request of sipp as the called side, within the call.
func within(method string, number int, rest ...string) string {
	return fmt.Sprintf("%s [$target] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\nFrom:[$us];tag=sipp[call_number]\nTo:[$them]\nCall-ID: [call_id]\nCSeq: %d %s\n"+
		"Contact: <sip:sipp@[local_ip]:[local_port]>\nMax-Forwards: 70\n", method, number, method) + body(rest)
}
