package shift

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"waihu/internal/calling/campaign"
	"waihu/internal/serve"
)

// serving names the variable that makes this test's program a service.
const serving = "WAIHU_TEST_SERVES"

func TestMain(m *testing.M) {
	if settings := os.Getenv(serving); settings != "" {
		c, _, err := serve.Load("", nil, strings.Split(settings, "\n"))
		if err == nil {
			err = serve.Run(context.Background(), &c, slog.New(slog.DiscardHandler), io.Discard)
		}
		panic(err) // it is killed before
	}
	os.Exit(m.Run())
}

// TestKilledInTheMiddleOfAShift: the process is killed while it calls, and started
// again: the carrier sees nobody called twice, and nothing is left over.
func TestKilledInTheMiddleOfAShift(t *testing.T) {
	var out, mu = bytes.Buffer{}, sync.Mutex{}
	calls := map[string]int{}
	s := Setup{Data: t.TempDir(), Leads: 10, Agents: 4, Mode: campaign.Progressive, Talk: time.Second, Wrap: 200 * time.Millisecond, Seed: 5, First: 22_000, Most: 2 * time.Minute, Out: &out,
		Called: func(number string) { mu.Lock(); defer mu.Unlock(); calls[number]++ }}
	far, err := Carrier(&s)
	if err != nil {
		t.Fatal(err)
	}
	x, err := Prepare(t.Context(), s, far.Addr())
	if err != nil {
		t.Fatal(err)
	}
	run := func() *exec.Cmd {
		c := exec.CommandContext(t.Context(), os.Args[0])
		c.Env = append(os.Environ(), serving+"="+strings.Join(x.Settings, "\n"))
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if err := x.up(t.Context(), make(chan error)); err != nil {
			t.Fatal(err)
		}
		return c
	}
	process := run()
	kill := func() {
		_ = process.Process.Kill()
		_ = process.Wait() // it was killed
	}
	worked := make(chan error, 1)
	go func() { worked <- x.Work(t.Context()) }()
	books, err := serve.Open(t.Context(), &x.cfg)
	if err != nil {
		t.Fatal(err)
	}
	for open := 0; open < 2; { // until calls are under way
		if open, err = x.open(t.Context(), books); err != nil {
			t.Fatal(err)
		}
	}
	kill()
	process = run()
	if err := <-worked; err != nil {
		t.Fatal(err)
	}
	stop, end := context.WithTimeout(t.Context(), 20*time.Second)
	defer end()
	for left := 1; left > 0; { // agents log out
		all, err := books.System.Sittings(stop, x.company)
		if err != nil {
			t.Fatal(err)
		}
		left = len(all)
	}
	kill()
	if err := books.DB.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := x.Result(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := far.Close(); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	for number, n := range calls {
		if n > 1 {
			t.Errorf("%s was called %d times", number, n)
		}
	}
	if len(r.Twice) != 0 || r.Open != 0 || r.Left != 0 || r.Dispositions["lost"] == 0 || r.Tally.Total.Tries < 10 {
		t.Errorf("%+v\n%s", r, out.String())
	}
}
