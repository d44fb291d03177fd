package telephone

import (
	"log/slog"
	"sync/atomic"
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice/sip"
	"waihu/internal/voice/trunk"
)

// register registers us at the trunks that want it, until the endpoint is closed, which
// takes the registrations back: the board places nothing over one at which we are not.
func register(phone *sip.Endpoint, board *trunk.Board, trunks []trunk.Trunk, secret func(string) string, log *slog.Logger) error {
	for i := range trunks { // bounded by the trunks of a file
		t := &trunks[i]
		if t.Registrar == "" {
			continue
		}
		board.Registration(t.Name, trunk.Standing{})
		var was atomic.Pointer[sip.Registered]
		of := sip.Registering{At: t.RegistersAt(), Account: t.User, Secret: secret(t.Secret), Lease: time.Duration(t.Lease)}
		of.Told = func(r sip.Registered) {
			s := trunk.Standing{Why: r.Why, Routes: r.Routes}
			if r.Up {
				s.Until = r.Until
			}
			board.Registration(t.Name, s)
			if before := was.Swap(&r); log != nil && (before == nil || before.Up != r.Up) {
				tell(log, t.Name, &r)
			}
		}
		if _, err := phone.Register(of); err != nil {
			return fault.New(fault.KindOf(err), "trunk %s: %v", t.Name, err)
		}
	}
	return nil
}

// tell notes that a registration stands, or does not any more.
func tell(log *slog.Logger, name string, r *sip.Registered) {
	if r.Up {
		log.Info("registered at a trunk", "trunk", name, "until", r.Until)
		return
	}
	log.Error("not registered at a trunk: no call is placed over it", "trunk", name, "why", r.Why, "next_try", r.Next)
}

// Trunks are how the trunks are now.
func (t *Telephone) Trunks() []trunk.State { return t.desk.Lines.Board.States(time.Now()) }
