package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"waihu/internal/access"
	"waihu/internal/id"
	"waihu/internal/serve"
	"waihu/internal/store"
	"waihu/internal/usage"
	"waihu/internal/usage/cdr"
)

const (
	httpShare   = 0.5 // of what the stores are to do without HTTP
	httpSenders = 2
)

// measureHTTP hands usage to the running service as a switch does: CloudEvents by
// HTTP, with an API key, acknowledged once they are rated, booked and on disk.
func measureHTTP(r *report, o options) error {
	program, err := buildProgram(o.dir)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(o.dir, "http")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	o.dir = dir
	if err := measureService(r, o, program, "SQLite", "", sqliteGoal*httpShare); err != nil {
		return err
	}
	cluster, dsn, err := startPostgres()
	if err != nil {
		return err
	}
	defer cluster.Close()
	address, err := serverAddress(dsn)
	if err != nil {
		return err
	}
	return measureService(r, o, program, "PostgreSQL", address, serverGoal*httpShare)
}

// serverAddress is the address of a database as the service is told it.
func serverAddress(dsn string) (string, error) {
	var host, name string
	if _, err := fmt.Sscanf(dsn, "host=%s user=waihu dbname=%s", &host, &name); err != nil {
		return "", fmt.Errorf("%s: %w", dsn, err)
	}
	return "postgres://waihu@/" + name + "?host=" + url.QueryEscape(host), nil
}

// measureService measures a service over one database.
func measureService(r *report, o options, program, name, database string, goal float64) (err error) {
	s, err := startService(program, filepath.Join(o.dir, "http-"+name), database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	g := newGenerator(firstCall, callEvery)
	if _, _, err := s.postMany(g, 20); err != nil { // tables, caches, statements
		return err
	}
	busy := s.cpu()
	took, times, err := s.postMany(g, o.batches)
	if err != nil {
		return err
	}
	cpu := (s.cpu() - busy) / time.Duration(o.batches*batchCalls)
	disk, err := newBareDisk(filepath.Join(o.dir, "disk-"+name))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, disk.close()) }()
	var single, bare, ends, bareEnds []time.Duration
	for range singleRounds { // in turn: a disk has slow moments of its own
		times, e := s.postSingly(g)
		alone, f := disk.writeSingly()
		if err := errors.Join(e, f); err != nil {
			return err
		}
		single, bare = append(single, times...), append(bare, alone...)
		ends, bareEnds = append(ends, quantile(times, 0.99)), append(bareEnds, quantile(alone, 0.99))
	}
	rate := float64(o.batches*batchCalls) / took.Seconds()
	r.table(fmt.Sprintf("%s, through HTTP: %d batches of %d CloudEvents%s", name, o.batches, batchCalls, load()), []finding{
		{"processor time a call, of the service", cpu.String(), "", false},
		{fmt.Sprintf("%d senders, calls a second", httpSenders), fmt.Sprintf("%.0f", rate), fmt.Sprintf("at least %.0f", goal), rate >= goal},
		{"a batch: median, 99 of 100", quantile(times, 0.5).String() + ", " + quantile(times, 0.99).String(), "", false},
		{fmt.Sprintf("single calls, %d a second, from when each was to be sent: median", singleRate), quantile(single, 0.5).String(), "", false},
		{fmt.Sprintf("  99 of 100, in the middle one of %d rounds", singleRounds), quantile(ends, 0.5).String(), "under " + singleGoal.String(), quantile(ends, 0.5) < singleGoal},
		{"a page and a sync of the bare disk at the same pace: median", quantile(bare, 0.5).String(), "", false},
		{"  99 of 100, in the middle one of the rounds", quantile(bareEnds, 0.5).String(), "", false},
	})
	return nil
}

// service is a running "waihu serve" with a company and a key to it.
type service struct {
	cmd     *exec.Cmd
	address string
	key     string
	company id.Company
	client  *http.Client
}

var listening = regexp.MustCompile(`listening on ([0-9.:]+)`)

// startService makes books with a company in a new folder, and serves them.
func startService(program, folder, database string) (*service, error) {
	set := []string{"data=" + folder, "database=" + database, "http.listen=127.0.0.1:0", "http.key_rate=1000000", "http.key_burst=1000000"}
	s := &service{client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}}
	if err := s.prepare(set); err != nil {
		return nil, err
	}
	return s, s.start(program, set)
}

// start begins to serve, and waits until it does.
func (s *service) start(program string, set []string) error {
	args := []string{"serve"}
	for _, kv := range set {
		args = append(args, "--set", kv)
	}
	s.cmd = exec.Command(program, args...)
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.cmd.Start(); err != nil {
		return err
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			s.address = "http://" + m[1]
			return nil
		}
	}
	return errors.Join(errors.New("waihu serve did not begin to listen"), s.cmd.Wait())
}

// prepare makes the company, its contract and the key.
func (s *service) prepare(set []string) error {
	c, _, err := serve.Load("", nil, set)
	if err != nil {
		return err
	}
	b, err := serve.Open(context.Background(), &c)
	if err != nil {
		return err
	}
	if s.company, err = openBooks(b.System); err == nil {
		err = b.DB.Update(context.Background(), func(tx store.Tx) (err error) {
			_, s.key, err = b.Gate.AddKey(tx, access.NewKey{Company: s.company, Name: "switch", Role: access.API})
			return err
		})
	}
	return errors.Join(err, b.DB.Close())
}

func (s *service) stop() error {
	return errors.Join(s.cmd.Process.Signal(syscall.SIGTERM), s.cmd.Wait())
}

// cpu is what the process has used so far.
func (s *service) cpu() time.Duration { return processTime(s.cmd.Process.Pid) }

// processTime is the processor time a process took so far.
func processTime(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	var user, system int64
	if _, err := fmt.Sscan(string(fields[11])+" "+string(fields[12]), &user, &system); err != nil {
		return 0
	}
	return time.Duration(user+system) * 10 * time.Millisecond // the kernel counts in hundredths of a second
}

// cloudEvents writes facts as a batch of events, or a single one.
func cloudEvents(facts []usage.Fact, single bool) ([]byte, error) {
	var lines, out bytes.Buffer
	w := cdr.NewWriter(&lines)
	for _, f := range facts {
		if err := w.Call(f.(*usage.Call)); err != nil {
			return nil, err
		}
	}
	if err := w.Flush(); err != nil {
		return nil, err
	}
	for i := range facts {
		c := facts[i].(*usage.Call)
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return nil, err
		}
		head := fmt.Sprintf(`{"fact":"call","id":%q,"source":%q,`, c.ID, c.Source)
		data, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte(head))
		if !ok {
			return nil, fmt.Errorf("%s does not begin with %s", line, head)
		}
		fmt.Fprintf(&out, `,{"specversion":"1.0","id":%q,"source":%q,"type":"waihu.call","datacontenttype":"application/json","data":{%s}`, c.ID, c.Source, data)
	}
	if single {
		return out.Bytes()[1:], nil
	}
	b := append(out.Bytes(), ']')
	b[0] = '['
	return b, nil
}

// post hands in a body and sees that all of it was new.
func (s *service) post(body []byte, calls int) error {
	req, err := http.NewRequest(http.MethodPost, s.address+"/v1/events", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+s.key)
	res, err := s.client.Do(req)
	if err != nil {
		return err
	}
	answer, err := io.ReadAll(res.Body)
	if err = errors.Join(err, res.Body.Close()); err != nil {
		return err
	}
	if want := fmt.Sprintf(`{"accepted":%d,`, calls); res.StatusCode != http.StatusOK || !bytes.HasPrefix(answer, []byte(want)) {
		return fmt.Errorf("%s: %.200s", res.Status, answer)
	}
	return nil
}

// postMany hands in batches from some senders, written down beforehand.
func (s *service) postMany(g *generator, batches int) (took time.Duration, times []time.Duration, err error) {
	for len(times) < batches {
		bodies := make([][]byte, min(roundBatches, batches-len(times)))
		for i := range bodies {
			if bodies[i], err = cloudEvents(g.batch(batchCalls), false); err != nil {
				return 0, nil, err
			}
		}
		begin := time.Now()
		round, err := each(len(bodies), httpSenders, func(i int) error { return s.post(bodies[i], batchCalls) })
		if err != nil {
			return 0, nil, err
		}
		took, times = took+time.Since(begin), append(times, round...)
	}
	return took, times, nil
}

// each does n things, some at once, and tells how long each took.
func each(n, atOnce int, do func(int) error) ([]time.Duration, error) {
	var next atomic.Int64
	times, errs := make([]time.Duration, n), make([]error, atOnce)
	var wg sync.WaitGroup
	for w := range atOnce {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				at := time.Now()
				if errs[w] = do(i); errs[w] != nil {
					return
				}
				times[i] = time.Since(at)
			}
		})
	}
	wg.Wait()
	return times, errors.Join(errs...)
}

// postSingly hands in one call at a time.
func (s *service) postSingly(g *generator) ([]time.Duration, error) {
	bodies := make([][]byte, singleCalls)
	for i, f := range g.batch(singleCalls) {
		var err error
		if bodies[i], err = cloudEvents([]usage.Fact{f}, true); err != nil {
			return nil, err
		}
	}
	return atPace(len(bodies), func(i int) error { return s.post(bodies[i], 1) })
}

// atPace does n things, so many a second, whether or not those before are done. What
// counts is the time from when each was to begin: one that had to wait for its turn
// is not taken for a quick one.
func atPace(n int, do func(int) error) ([]time.Duration, error) {
	times, errs := make([]time.Duration, n), make([]error, n)
	var wg sync.WaitGroup
	begin := time.Now().Add(100 * time.Millisecond)
	for i := range n {
		due := begin.Add(time.Duration(i) * time.Second / singleRate)
		time.Sleep(time.Until(due))
		wg.Go(func() {
			errs[i] = do(i)
			times[i] = time.Since(due)
		})
	}
	wg.Wait()
	return times, errors.Join(errs...)
}
