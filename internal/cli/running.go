package cli

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"waihu/internal/api"
	"waihu/internal/explain"
	"waihu/internal/fault"
	"waihu/internal/lang"
)

// runningCmd lists the calls that run in a service, and acts on them.
type runningCmd struct {
	List     runningListCmd     `cmd:"" default:"withargs" help:"List the calls that run, the oldest first."`
	Hear     runningHearCmd     `cmd:"" help:"Listen to a call, whisper to its agent, barge in, or end that, with a telephone that stands on the floor."`
	Pause    runningPauseCmd    `cmd:"" help:"Leave out of the recording what is said from now on."`
	Resume   runningResumeCmd   `cmd:"" help:"Go on with the recording."`
	Hold     runningHoldCmd     `cmd:"" help:"Put the customer on hold, with music."`
	Unhold   runningUnholdCmd   `cmd:"" help:"Take the customer back."`
	Transfer runningTransferCmd `cmd:"" help:"Hand a call over to another agent or to a number, or let them join it."`
	End      runningEndCmd      `cmd:"" help:"Hang a call up."`
}

// Help is what the short help leaves out.
func (runningCmd) Help() string {
	return "Over the interface of a running service, with an API key: waihu key add --role supervisor. Calls of campaigns are listed and can be ended; all else reaches them by their agents, on the wallboard or at /v1/floor."
}

// runningListCmd lists them.
type runningListCmd struct {
	serviceFlags
	JSON bool `help:"Write them as JSON."`
}

// Run lists them.
func (c *runningListCmd) Run(e *env) error {
	var list api.List[api.RunningCall]
	if err := c.ask(e, http.MethodGet, "/v1/running", nil, &list); err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(e.Out, list.Items)
	}
	tag, err := lang.ParseTag(c.Lang)
	if err == nil {
		_, err = io.WriteString(e.Out, runningTable(tag, list.Items, time.Now()).Text())
	}
	return err
}

// runningTable tells them in a table.
func runningTable(tag lang.Tag, calls []api.RunningCall, now time.Time) *explain.Document {
	say := func(key string) string { return lang.Phrase(tag, key, nil) }
	d := &explain.Document{Language: tag, Title: lang.Phrase(tag, "running.title", map[string]string{"n": strconv.Itoa(len(calls))})}
	if len(calls) == 0 {
		return d
	}
	table := &explain.Table{Head: []string{say("running.call"), say("running.from"), say("running.to"), say("running.agent"), say("running.campaign"), say("running.state"), say("running.for"), say("running.ears")}}
	for i := range calls {
		k := &calls[i]
		state, since := "ringing", k.Begun
		if k.Answered != nil {
			state, since = "talking", k.Answered
		}
		if k.Held {
			state = "held"
		}
		args := map[string]string{"state": state}
		if k.Paused {
			args["paused"] = "yes"
		}
		var ears []string
		for _, l := range k.Hearing {
			ears = append(ears, lang.Phrase(tag, "running.ear", map[string]string{"user": cmp.Or(l.Name, l.User), "how": l.How}))
		}
		seconds := max(int(now.Sub(since.Time())/time.Second), 0)
		table.Rows = append(table.Rows, []string{k.ID, k.From, k.To, cmp.Or(k.Name, k.Agent), cmp.Or(k.Of, k.Campaign), lang.Phrase(tag, "running.is", args), fmt.Sprintf("%d:%02d", seconds/60, seconds%60), strings.Join(ears, ", ")})
	}
	d.Sections = []explain.Section{{Path: "calls", Table: table}}
	return d
}

// onRunningFlags name a call that runs.
type onRunningFlags struct {
	serviceFlags
	Call string `arg:"" help:"The call: call_..., as the list has it."`
}

// act does something to the call, and says in a sentence that it is done.
func (f *onRunningFlags) act(e *env, method, what string, body any, done string) error {
	path := "/v1/running/" + url.PathEscape(f.Call)
	if what != "" {
		path += "/" + what
	}
	var answer api.Done
	if err := f.ask(e, method, path, body, &answer); fault.KindOf(err) == fault.NotFound && err != nil {
		return fault.New(fault.NotFound, "no call %s runs on this node: waihu running lists those that do", f.Call)
	} else if err != nil {
		return err
	}
	tag, err := lang.ParseTag(f.Lang)
	if err == nil {
		_, err = fmt.Fprintln(e.Out, lang.Phrase(tag, "running.done", map[string]string{"call": f.Call, "done": done}))
	}
	return err
}

type runningHearCmd struct {
	onRunningFlags
	How  string `arg:"" enum:"listen,whisper,barge,none" help:"listen: nobody hears you; whisper: the agent alone does; barge: everybody does; none: no more."`
	User string `required:"" help:"Whose telephone hears: user_..., who may supervise the company's calls, and whose telephone stands on the floor." placeholder:"USER"`
}

// Run changes how somebody hears the call.
func (c *runningHearCmd) Run(e *env) error {
	return c.act(e, http.MethodPut, "hearing", api.HearingWish{How: c.How, User: c.User}, c.How)
}

type runningPauseCmd struct{ onRunningFlags }

// Run pauses the recording.
func (c *runningPauseCmd) Run(e *env) error {
	return c.act(e, http.MethodPut, "recording", api.PauseWish{Paused: true}, "paused")
}

type runningResumeCmd struct{ onRunningFlags }

// Run goes on with the recording.
func (c *runningResumeCmd) Run(e *env) error {
	return c.act(e, http.MethodPut, "recording", api.PauseWish{}, "resumed")
}

type runningHoldCmd struct{ onRunningFlags }

// Run puts the customer on hold.
func (c *runningHoldCmd) Run(e *env) error {
	return c.act(e, http.MethodPut, "hold", api.HoldWish{Held: true}, "held")
}

type runningUnholdCmd struct{ onRunningFlags }

// Run takes the customer back.
func (c *runningUnholdCmd) Run(e *env) error {
	return c.act(e, http.MethodPut, "hold", api.HoldWish{}, "taken_back")
}

type runningTransferCmd struct {
	onRunningFlags
	To   string `arg:"" help:"For whom it is: user_..., whose telephone stands on the floor, or a number with its country code: +8613800138000, which is called at the company's cost."`
	Stay bool   `help:"The agent stays: three talk. Without it the agent parts once it is answered."`
}

// Run hands the call over.
func (c *runningTransferCmd) Run(e *env) error {
	wish, done, stays := api.TransferWish{Number: c.To, Stay: c.Stay}, "number_asked", "number_joins"
	if strings.HasPrefix(c.To, "user_") {
		wish.Agent, wish.Number = c.To, ""
		done, stays = "handed_over", "joined"
	}
	if c.Stay {
		done = stays
	}
	return c.act(e, http.MethodPost, "transfer", wish, done)
}

type runningEndCmd struct{ onRunningFlags }

// Run hangs it up.
func (c *runningEndCmd) Run(e *env) error { return c.act(e, http.MethodDelete, "", nil, "ended") }
