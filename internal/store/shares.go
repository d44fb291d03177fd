package store

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/timex"
)

// shareKind is the kind of the records that shares are kept in, under id.Platform.
const shareKind Kind = "share"

// Bounds of shares.
const (
	maxShareName = 200
	maxSharers   = 1000 // nodes that share one thing
	longestShare = time.Hour
)

// Share is how much of one thing, of which there is so much and no more, a node may
// use: channels of a trunk, calls that begin in a second.
type Share struct {
	Node   string        `json:"node"`
	Amount int           `json:"amount"`
	Until  timex.Instant `json:"until"` // comes back then, unless it is taken anew
}

type shares struct {
	Of []Share `json:"of"`
}

// TakeShare gives a node as much of a thing as it wants, or as much as others leave of
// most, for so long; what it had before is given back. Those whose time is over count
// for nothing: so what a dead node held comes back. To want nothing gives all back.
func TakeShare(tx Tx, name, node string, want, most int, long time.Duration) (int, error) {
	if name == "" || len(name) > maxShareName || node == "" || len(node) > maxShareName || want < 0 || most < 0 || long <= 0 || long > longestShare {
		return 0, fault.New(fault.Invalid, "a share has a name and a node of 1 to %d characters, nothing below nought, and a time up to %v", maxShareName, longestShare)
	}
	r, of, err := sharesOf(tx, name)
	if err != nil {
		return 0, err
	}
	now, left := tx.Now(), most
	of = slices.DeleteFunc(of, func(s Share) bool { return s.Node == node || s.Until <= now })
	for _, s := range of {
		left -= s.Amount
	}
	got := max(0, min(want, left))
	if got > 0 && len(of) >= maxSharers {
		return 0, fault.New(fault.Conflict, "%d nodes share %s, as many as may", len(of), name)
	}
	if got > 0 {
		of = append(of, Share{node, got, now.Add(long)})
	}
	if r.Body, err = json.Marshal(shares{of}); err != nil {
		return 0, err
	}
	return got, tx.Records().Put(r)
}

// Shares are who has how much of a thing, those whose time is over left out.
func Shares(tx Tx, name string) ([]Share, error) {
	_, of, err := sharesOf(tx, name)
	return slices.DeleteFunc(of, func(s Share) bool { return s.Until <= tx.Now() }), err
}

// sharesOf is the record of a thing, new where there is none.
func sharesOf(tx Tx, name string) (*Record, []Share, error) {
	sum := sha256.Sum256([]byte("share " + name))
	at := id.ID(sum[:len(id.ID{})])
	r, err := tx.Records().Get(id.Platform, shareKind, at)
	if fault.KindOf(err) == fault.NotFound {
		return &Record{Company: id.Platform, Kind: shareKind, ID: at}, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	var all shares
	if err := json.Unmarshal(r.Body, &all); err != nil {
		return nil, nil, fault.New(fault.Internal, "the shares of %s cannot be read: %v", name, err)
	}
	return r, all.Of, nil
}
