package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// besideRTPEngine lets the same telephones talk over rtpengine in user space, and
// compares processor time. Without the program it is left out, and said.
func besideRTPEngine(r *report, o options, n int, ours time.Duration) error {
	program, err := exec.LookPath("rtpengine")
	if err != nil {
		r.table("rtpengine is not installed: apt install rtpengine-daemon", nil)
		return nil
	}
	e, err := startEngine(program)
	if err != nil {
		return err
	}
	defer e.stop()
	t, err := newTelephones(n)
	if err != nil {
		return err
	}
	var legs [][2]int
	for i, phones := range t.ports() {
		at, err := e.call(i, phones)
		if err != nil {
			return errors.Join(err, t.close())
		}
		legs = append(legs, at)
	}
	h, cpu, err := talk(t, legs, e.cmd.Process.Pid, o.lasting)
	if err != nil {
		return err
	}
	theirs := perCall(cpu, h, n)
	rows := append(told(h, cpu, n), finding{what: "Waihu, relaying the same calls", measured: fmt.Sprintf("%.2f times its processor time", ratio(ours, theirs)), goal: "at most 2 times", met: ratio(ours, theirs) <= 2})
	r.table(fmt.Sprintf("%d calls relayed by rtpengine in user space%s", n, load()), rows)
	return nil
}

// engine is a running rtpengine and its control port.
type engine struct {
	cmd  *exec.Cmd
	conn *net.UDPConn
	next int
}

// enginePort takes its commands.
const enginePort = 8671

func startEngine(program string) (*engine, error) {
	cmd := exec.Command(program, "--foreground", "--log-stderr", "--log-level=3", "--table=-1", "--interface=127.0.0.1",
		"--listen-ng=127.0.0.1:"+strconv.Itoa(enginePort), "--port-min=30000", "--port-max=39999")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	e := &engine{cmd: cmd}
	var err error
	if e.conn, err = net.DialUDP("udp", nil, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: enginePort}); err != nil {
		e.stop()
		return nil, err
	}
	for range 50 { // five seconds to come up
		if answer, err := e.ask("d7:command4:pinge"); err == nil && bytes.Contains(answer, []byte("pong")) {
			return e, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	e.stop()
	return nil, errors.New("rtpengine does not answer")
}

func (e *engine) stop() {
	if e.conn != nil {
		_ = e.conn.Close()
	}
	_ = e.cmd.Process.Kill() // it keeps nothing
	_ = e.cmd.Wait()
}

// ask sends a command in bencode and waits for its answer.
func (e *engine) ask(command string) ([]byte, error) {
	e.next++
	if _, err := fmt.Fprintf(e.conn, "%d %s", e.next, command); err != nil {
		return nil, err
	}
	if err := e.conn.SetReadDeadline(time.Now().Add(time.Second)); err != nil {
		return nil, err
	}
	b := make([]byte, 8192)
	n, err := e.conn.Read(b)
	if err != nil {
		return nil, err
	}
	_, answer, _ := bytes.Cut(b[:n], []byte(" "))
	return answer, nil
}

// call sets up one call: the customer offers, the agent answers. The leg towards
// the agent is in what the offer becomes, that towards the customer in the answer.
func (e *engine) call(n int, phones [2]int) (at [2]int, err error) {
	for i, command := range []string{"offer", "answer"} {
		what := dict("call-id", fmt.Sprintf("bench-%d", n), "command", command, "from-tag", "a", "sdp", string(describe("127.0.0.1", phones[i])))
		if command == "answer" {
			what = dict("call-id", fmt.Sprintf("bench-%d", n), "command", command, "from-tag", "a", "sdp", string(describe("127.0.0.1", phones[i])), "to-tag", "b")
		}
		answer, err := e.ask(what)
		if err != nil {
			return at, fmt.Errorf("rtpengine, %s: %w", command, err)
		}
		if at[1-i], err = portOf(answer); err != nil {
			return at, fmt.Errorf("rtpengine, %s: %w", command, err)
		}
	}
	return at, nil
}

// dict is a dictionary of strings in bencode; keys must be in order.
func dict(pairs ...string) string {
	out := "d"
	for _, s := range pairs {
		out += strconv.Itoa(len(s)) + ":" + s
	}
	return out + "e"
}
