package app

import (
	"context"
	"time"

	"waihu/internal/fault"
	"waihu/internal/store"
)

// TrunkShare is what one node wants, or has, of what a trunk carries.
type TrunkShare struct {
	Trunk        string
	Channels     int // calls at once
	Rate         int // begun in any one second
	MostChannels int // of all nodes together
	MostRate     int
}

// ShareTrunks gives this node what it wants of trunks, as far as other nodes leave it,
// for so long, and tells what it got. What it had is given back.
func (s *System) ShareTrunks(ctx context.Context, wants []TrunkShare, long time.Duration) (got []TrunkShare, err error) {
	defer fault.Wrap(&err, "share trunks")
	err = s.DB.Update(ctx, func(tx store.Tx) (err error) {
		got = append(got[:0], wants...)
		for i := range got { // bounded by the trunks of a file
			t := &got[i]
			if t.Channels, err = store.TakeShare(tx, "channels of trunk "+t.Trunk, s.Node, t.Channels, t.MostChannels, long); err == nil {
				t.Rate, err = store.TakeShare(tx, "rate of trunk "+t.Trunk, s.Node, t.Rate, t.MostRate, long)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return got, err
}
