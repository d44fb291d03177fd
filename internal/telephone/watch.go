package telephone

import (
	"waihu/internal/voice/sip"
	"waihu/internal/voice/trunk"
)

// watch asks the trunks that want it whether they are there, until the endpoint is
// closed: the board places nothing over one that does not answer.
func watch(phone *sip.Endpoint, board *trunk.Board, trunks []trunk.Trunk, how sip.Watching) error {
	for i := range trunks {
		t := &trunks[i]
		if !t.Watch {
			continue
		}
		how.To = (&trunk.Route{Trunk: t, To: "ping"}).Address()
		how.Told = func(h sip.Health) { board.Ping(t.Name, h.Misses == 0) }
		if _, err := phone.Watch(how); err != nil {
			return err
		}
	}
	return nil
}
