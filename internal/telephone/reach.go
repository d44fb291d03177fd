package telephone

import (
	"errors"
	"time"

	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/voice/trunk"
)

// reach is where the trunks go, as the books ask for it.
type reach struct{ board *trunk.Board }

// Callable is part of app.Reach.
func (r reach) Callable(number string) (string, error) {
	class, err := r.board.Class(number)
	if err == nil {
		_, err = r.board.Order(number, time.Now())
	}
	var no *trunk.Refusal
	if errors.As(err, &no) {
		return string(no.Class), &app.CallRefused{Reason: app.CallReason(no.Reason), Err: fault.New(fault.Invalid, "%v", err)}
	}
	return string(class), err
}

// Reach tells where its trunks go.
func (t *Telephone) Reach() app.Reach { return reach{t.desk.Lines.Board} }

// count notes a call that somebody asked for and that was refused for its class of
// destination: again and again, and the company is held. What a dialer finds in its lists
// does not count: a list of the wrong numbers is no fraud.
func (t *Telephone) count(c id.Company, number string, err error) {
	var never *trunk.Refusal
	var no *app.CallRefused
	if errors.As(err, &never) || errors.As(err, &no) && no.Reason == app.ClassBlocked {
		class, _ := t.desk.Lines.Board.Class(number) // one that is no number has none
		t.sys.CallRefusedTo(c, string(class))
	}
}
