package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// echoGoal is how long an echo over two relays may take, 99 of 100.
const echoGoal = 5 * time.Millisecond

// measureBridge lets telephones on the same cores talk over bridges that record
// and analyse: 400 calls are the goal. The last two are relayed only, by us and by
// rtpengine where it is installed.
func measureBridge(r *report, o options) error {
	counts, err := numbers(o.bridged)
	if err != nil {
		return err
	}
	for i, n := range counts {
		h, cpu, a, err := overBridges(o, n, true)
		if err != nil {
			return err
		}
		rows := told(h, cpu, n)
		if i == 0 { // the others are reported
			rows[0].goal, rows[0].met = "none", h.sent == h.there && h.there == h.back && a.Lost == 0
			rows[1].goal, rows[1].met = "99 of 100 under "+echoGoal.String(), h.p99 < echoGoal
		}
		rows = append(rows, finding{what: "recordings with their digest, frames analysed", measured: fmt.Sprintf("%d, %d", a.Recorded, a.Heard)},
			finding{what: "MOS of the worst leg", measured: fmt.Sprintf("%.2f", a.MOS)})
		r.table(fmt.Sprintf("%d calls bridged, recorded and analysed for %v%s", n, o.lasting, load()), rows)
	}
	h, ours, _, err := overBridges(o, counts[0], false)
	if err != nil {
		return err
	}
	r.table(fmt.Sprintf("%d calls relayed only%s", counts[0], load()), told(h, ours, counts[0]))
	return besideRTPEngine(r, o, counts[0], perCall(ours, h, counts[0]))
}

// numbers reads "400,600,800".
func numbers(text string) (out []int, err error) {
	for word := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > 2400 {
			return nil, fmt.Errorf("-bridged %s: expected numbers of calls from 1 to 2400, with commas between", text)
		}
		out = append(out, n)
	}
	return out, nil
}

// perCall is the processor time of a call for a second.
func perCall(cpu time.Duration, h heardOf, calls int) time.Duration {
	return time.Duration(float64(cpu) / (h.lasted.Seconds() * float64(calls)))
}

// told are the rows of one run.
func told(h heardOf, cpu time.Duration, calls int) []finding {
	small := func(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d)/1e6) }
	return []finding{
		{what: "packets lost", measured: h.lost()},
		{what: "echo: median, 99 of 100, 999 of 1000", measured: small(h.median) + ", " + small(h.p99) + ", " + small(h.p999)},
		{what: "processor time of a call for a second", measured: fmt.Sprintf("%.2f ms", float64(perCall(cpu, h, calls))/1e6)},
		{what: "processors in use", measured: fmt.Sprintf("%.2f", cpu.Seconds()/h.lasted.Seconds())},
	}
}

// talk lets telephones speak over legs and tells what they heard and what the
// process took meanwhile.
func talk(t *telephones, legs [][2]int, pid int, d time.Duration) (heardOf, time.Duration, error) {
	t.listen(legs)
	time.Sleep(time.Second / 2) // whoever joined last is in
	t.forget()
	began, cpu := time.Now(), processTime(pid)
	err := t.speak(legs, d)
	lasted := time.Since(began)
	cpu = processTime(pid) - cpu
	time.Sleep(time.Second) // what is under way arrives
	if err = errors.Join(err, t.close()); err != nil {
		return heardOf{}, 0, err
	}
	h := t.heard()
	h.lasted = lasted
	return h, cpu, nil
}

// overBridges measures a process of its own that bridges.
func overBridges(o options, n int, full bool) (h heardOf, cpu time.Duration, a bridgeAnswer, err error) {
	t, err := newTelephones(n)
	if err != nil {
		return h, 0, a, err
	}
	self, err := os.Executable()
	if err != nil {
		return h, 0, a, err
	}
	cmd := exec.Command(self, "bridging")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return h, 0, a, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return h, 0, a, err
	}
	if err := cmd.Start(); err != nil {
		return h, 0, a, err
	}
	defer func() {
		_ = in.Close() // it may be closed already
		err = errors.Join(err, cmd.Wait())
	}()
	if err := json.NewEncoder(in).Encode(bridgeOrder{Phones: t.ports(), Full: full, Folder: o.dir, Address: "127.0.0.1"}); err != nil {
		return h, 0, a, err
	}
	answers := json.NewDecoder(bufio.NewReader(out))
	if err := answers.Decode(&a); err != nil {
		return h, 0, a, errors.Join(err, t.close())
	}
	if h, cpu, err = talk(t, a.Legs, cmd.Process.Pid, o.lasting); err != nil {
		return h, 0, a, err
	}
	if err := in.Close(); err != nil {
		return h, 0, a, err
	}
	a = bridgeAnswer{}
	return h, cpu, a, answers.Decode(&a)
}

// portOf is the port of the first media line of a description.
func portOf(description []byte) (port int, err error) {
	_, line, found := bytes.Cut(description, []byte("m=audio "))
	if !found {
		return 0, fmt.Errorf("a description without sound:\n%s", description)
	}
	_, err = fmt.Sscan(string(line), &port)
	return port, err
}
