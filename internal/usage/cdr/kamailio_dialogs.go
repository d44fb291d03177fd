package cdr

import (
	"container/list"
	"strings"

	"waihu/internal/fault"
)

const (
	// maxDialogs and maxDialogBytes bound the answered calls that wait for their
	// BYE: the calls of a large site at one time, and those that lost it.
	maxDialogs     = 100_000
	maxDialogBytes = 64 << 20
	// maxEnded bounds how many ended dialogs are remembered, to know a second
	// BYE; between half of it and all of it are.
	maxEnded = 100_000
)

// dialogs joins INVITE and BYE.
type dialogs struct {
	*foreign
	order      *list.List // of *accRow, oldest first
	open       map[string]*list.Element
	bytes      int
	ended, old map[string]bool // dialogs whose BYE was seen; old: the generation before
}

func newDialogs(f *foreign) *dialogs {
	return &dialogs{foreign: f, order: list.New(), open: map[string]*list.Element{}, ended: map[string]bool{}}
}

// key names the dialog of a row from either side.
func (a *accRow) key() string {
	return a.callID + "\x00" + min(a.from, a.to) + "\x00" + max(a.from, a.to)
}

// take reports a row, or holds it until its BYE comes.
func (w *dialogs) take(a *accRow) error {
	if a.flags.bad != nil {
		return w.report(a.at, a.flags)
	}
	switch a.method {
	case "INVITE":
		return w.invite(a)
	case "BYE":
		return w.bye(a)
	case "ACK":
		w.ignored(a.at, "ACK: it confirms an INVITE, which has its own row")
	case "CANCEL":
		w.ignored(a.at, "CANCEL: the INVITE it ends has its own row")
	default:
		w.ignored(a.at, fault.Shorten(a.method, 20)+" begins and ends no call")
	}
	return nil
}

func (w *dialogs) invite(a *accRow) error {
	key := a.key()
	switch {
	case w.open[key] != nil:
		w.ignored(a.at, "re-INVITE: the call has begun already")
		return nil
	case a.code < 200:
		w.ignored(a.at, "a provisional response ends no call")
		return nil
	case a.code == 401 || a.code == 407:
		w.ignored(a.at, "a challenge: the caller asks again with its credentials")
		return nil
	case a.code >= 300:
		v := a.call(w.source)
		w.steer(&v.call)
		return w.report(a.at, v)
	}
	a.keep()
	w.open[key] = w.order.PushBack(a)
	w.bytes += len(a.at.Raw)
	for w.order.Len() > maxDialogs || w.bytes > maxDialogBytes {
		w.expire("no BYE: too many newer calls wait for theirs")
	}
	return nil
}

// keep copies what must outlive the reader's block.
func (a *accRow) keep() {
	a.at.Raw = strings.Clone(a.at.Raw)
	for _, s := range []*string{&a.method, &a.from, &a.to, &a.callID, &a.caller, &a.callee, &a.account} {
		*s = strings.Clone(*s)
	}
}

// bye ends a call. Whatever the answer to a BYE, the dialog is over (RFC 3261,
// section 15.1.1).
func (w *dialogs) bye(a *accRow) error {
	key := a.key()
	e := w.open[key]
	if e == nil {
		if w.ended[key] || w.old[key] {
			w.ignored(a.at, "a second BYE of a call that has ended")
			return nil
		}
		w.rejected(a.at, fault.Problem{What: "no INVITE: the call this BYE ends did not begin in this file",
			Fix: "join the files of one system into one, in the order of time"})
		return nil
	}
	begun := e.Value.(*accRow)
	w.remove(e)
	w.remember(key)
	v := begun.call(w.source)
	c := &v.call
	c.Answer, c.End = begun.time, a.time
	c.Talk = max(0, c.End.Sub(c.Answer))
	c.Total = c.Talk
	v.flags = append(v.flags, a.flags.flags...)
	w.steer(c)
	if err := w.report(begun.at, v); err != nil {
		return err
	}
	w.ignored(a.at, "BYE: it ends a call, which was reported with its INVITE")
	return nil
}

// remember keeps the key of an ended dialog for a while.
func (w *dialogs) remember(key string) {
	if len(w.ended) >= maxEnded/2 {
		w.old, w.ended = w.ended, map[string]bool{}
	}
	w.ended[strings.Clone(key)] = true
}

// expire rejects the call that has waited longest.
func (w *dialogs) expire(why string) {
	e := w.order.Front()
	a := e.Value.(*accRow)
	w.remove(e)
	w.rejected(a.at, fault.Problem{What: why, Expected: "a BYE with the same Call-ID and tags",
		Fix: "read the file in which the call ends together with this one, or charge it by hand"})
}

func (w *dialogs) remove(e *list.Element) {
	a := e.Value.(*accRow)
	w.order.Remove(e)
	delete(w.open, a.key())
	w.bytes -= len(a.at.Raw)
}

// flush rejects what still waits.
func (w *dialogs) flush() {
	for w.order.Len() > 0 {
		w.expire("no BYE: the file ends before the call does")
	}
}
