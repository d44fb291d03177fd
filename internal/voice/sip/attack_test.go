package sip

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// attack runs a tool of sipvicious against a server and returns what it says.
func attack(t *testing.T, e *Endpoint, tool string, args ...string) string {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), bound)
	defer stop()
	args = append(args, "-b", "127.0.0.1", "-x", "127.0.0.1", "-P", fmt.Sprint(freePort(t)), "-p", fmt.Sprint(e.Addr().Port()), e.Addr().Addr().String())
	cmd := exec.CommandContext(ctx, tool, args...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil || len(out) == 0 {
		t.Errorf("%s: %v, sipvicious is needed, make deps installs it\n%s", tool, err, out)
	}
	return string(out)
}

// TestAttacker is trap 10 with a real attacker. Accounts that are there cannot be
// told from those that are not, by any method. The right secret is found where it
// is the first guess, which shows that the attacker can; further down its list it
// is not, for guessing is throttled. The server goes on.
func TestAttacker(t *testing.T) {
	t.Parallel() // it waits more than it works
	guesses := func(first, n int) string {
		var list strings.Builder
		for i := range n {
			fmt.Fprintln(&list, first+i)
		}
		path := filepath.Join(t.TempDir(), "words")
		if err := os.WriteFile(path, []byte(list.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var all sync.WaitGroup
	for _, c := range []struct {
		finds string // in what it says; empty: it must say that it found nothing
		tool  string
		args  []string
	}{
		{"", "svwar", []string{"-e", "100-105", "--force", "-m", "REGISTER", "--maximumtime", "1"}},
		{"", "svwar", []string{"-e", "100-105", "--force", "-m", "INVITE", "--maximumtime", "1"}},
		{"", "svwar", []string{"-e", "100-105", "--force", "-m", "OPTIONS", "--maximumtime", "1"}},
		{"| 777 ", "svcrack", []string{"-u", "103", "-d", guesses(777, 1), "--maximumtime", "1"}},
		{"", "svcrack", []string{"-u", "103", "-d", guesses(600, 300), "--maximumtime", "1"}},
		{"", "svcrack", []string{"-u", "109", "-d", guesses(777, 1), "--maximumtime", "1"}},
		{"Waihu", "svmap", nil},
	} {
		server := endpoint(t, Config{Register: true, Serve: func(c *Call) { c.Refuse(480, "Temporarily Unavailable", 0) },
			Secret: func(user string) (string, bool) { return "777", user == "103" }})
		all.Go(func() {
			said := attack(t, server, c.tool, c.args...)
			if c.finds == "" && !strings.Contains(said, "found nothing") || !strings.Contains(said, c.finds) {
				t.Errorf("%s %v\n%s", c.tool, c.args, said)
			}
			if _, err := server.Ping(t.Context(), "sip:"+server.Addr().String()); err != nil {
				t.Errorf("the server does not go on: %v", err)
			}
		})
	}
	all.Wait()
}
