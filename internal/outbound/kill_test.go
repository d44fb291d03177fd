package outbound_test

import (
	"bufio"
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/outbound"
	"waihu/internal/usage"
	"waihu/internal/voice"
	"waihu/internal/voice/script"
	"waihu/internal/voice/trunk"
)

const childKey = "WAIHU_TEST_CALLER"

// TestMain runs the tests, or, in a process that a test started, one call that
// will not see its end.
func TestMain(m *testing.M) {
	if args := os.Getenv(childKey); args != "" {
		if err := child(strings.Fields(args)); err != nil {
			fmt.Println(err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// telling are books that say what was just written, and then wait where they are
// told to.
type telling struct {
	*app.System
	waitAt string
}

func (b *telling) tell(what string) {
	fmt.Println(what)
	if what == b.waitAt {
		select {}
	}
}

func (b *telling) BeginCall(ctx context.Context, c id.Company, in app.BeginCall) (app.Attempt, error) {
	a, err := b.System.BeginCall(ctx, c, in)
	if err == nil {
		b.tell("begun")
	}
	return a, err
}

func (b *telling) GoOnCalling(ctx context.Context, c id.Company, in app.GoingOn) (app.Attempt, error) {
	a, err := b.System.GoOnCalling(ctx, c, in)
	switch {
	case err != nil:
	case in.Answered != 0:
		b.tell("answered")
	case in.Trunk != "":
		b.tell("routed")
	}
	return a, err
}

func (b *telling) EndCall(ctx context.Context, c id.Company, fact *usage.Call) (app.EndedCall, error) {
	e, err := b.System.EndCall(ctx, c, fact)
	if err == nil {
		b.tell("ended")
	}
	return e, err
}

// child places a call: path of the books, company, contract, address of the
// trunk, where to wait.
func child(args []string) error {
	sys, err := openBooks(args[0])
	if err != nil {
		return err
	}
	at := netip.MustParseAddrPort(args[3])
	only := to("only", at, 1)
	only.Callers = "main"
	d, _, err := newDesk(&telling{sys, args[4]}, 15910, []trunk.Trunk{only})
	if err != nil {
		return err
	}
	d.Owner = "child"
	_, err = d.Place(context.Background(), outbound.Wish{Company: id.Company{ID: must(id.Parse(args[1]))}, Contract: must(id.Parse(args[2])), Call: "killed-" + args[4], Order: voice.Order{Number: mobile, Talk: time.Hour}})
	return err
}

// TestKillNine: whatever a process was doing when it was killed, its call is one
// fact afterwards that says so, and over which trunk it went and with which number, as
// soon as that was known; charged once, it holds nothing.
func TestKillNine(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for until, c := range map[string]struct {
		does    script.Line
		result  usage.Result
		why     string
		left    int // attempts
		charged bool
	}{
		"begun":    {script.Line{To: "*", Does: script.Answer}, usage.Failed, app.Interrupted, 1, false},
		"routed":   {script.Line{To: "*", Does: script.NoAnswer}, usage.Failed, app.Interrupted, 1, false},
		"answered": {script.Line{To: "*", Does: script.Answer}, usage.Answered, app.Interrupted, 1, true},
		"ended":    {script.Line{To: "*", Does: script.Answer, Talk: script.Span(50 * time.Millisecond)}, usage.Answered, "bye", 0, true},
	} {
		t.Run(until, func(t *testing.T) {
			o := newOffice(t, "10.00")
			at, calls := callee(t, 15860, c.does)
			cmd := exec.Command(self)
			cmd.Env = append(os.Environ(), childKey+"="+strings.Join([]string{o.path, o.company.ID.String(), o.contract.String(), at.String(), until}, " "))
			out := must(cmd.StdoutPipe())
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(out)
			for lines.Scan() && lines.Text() != until {
				if strings.ContainsAny(lines.Text(), " :") {
					t.Errorf("the caller says: %s", lines.Text())
				}
			}
			if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err == nil {
				t.Error("it was not killed")
			}
			if until == "begun" && calls.Load() != 0 {
				t.Error("something was sent before the attempt was written")
			}
			if n := must(o.sys.CutOffCalls(t.Context(), o.company, "somebody else")); n != 0 {
				t.Errorf("another owner cut off %d calls that may live", n)
			}
			for _, want := range []int{c.left, 0} {
				if n := must(o.sys.CutOffCalls(t.Context(), o.company, "child")); n != want {
					t.Errorf("%d cut off, want %d", n, want)
				}
			}
			facts := o.facts()
			if len(facts) != 1 || facts[0].Call.ID != "killed-"+until || facts[0].Call.Result != c.result || facts[0].Call.Course.Why != c.why {
				t.Fatalf("%+v", facts)
			}
			if call, known := facts[0].Call, until != "begun"; known && (call.Trunk != "only" || call.From != pooled) || !known && call.Trunk+call.From != "" {
				t.Errorf("trunk %q, from %q", call.Trunk, call.From)
			}
			if spent := o.funds().Balance != must(money.Parse("10.00", cny)); spent != c.charged {
				t.Errorf("the balance is %s", o.funds().Balance)
			}
			o.settled(o.funds().Balance.Decimal())
		})
	}
}
