package access

import (
	"context"
	"slices"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
)

// Claim is what the first person of an installation says about themselves. Token
// is the one-time password that was shown where the service runs.
type Claim struct {
	Token    string
	Email    string
	Name     string
	Lang     lang.Tag
	Password string
}

// claimant is who is counted for wrong tokens.
const claimant = "first operator"

// Unclaimed tells whether the installation has one account alone, the first
// operator's, and nobody has used its one-time password yet.
func (g *Gate) Unclaimed(ctx context.Context) (bool, error) {
	first := false
	err := g.DB.View(ctx, func(tx store.Tx) error {
		r, err := unclaimed(tx)
		first = r != nil
		return err
	})
	return first, err
}

// unclaimed is that account; nil where there is none (any more).
func unclaimed(tx store.Tx) (*row[account], error) {
	rows, err := list[account](tx, userKind, store.Key{}, store.Page{Limit: 2})
	if err != nil || len(rows) != 1 {
		return nil, err
	}
	a := &rows[0].Body
	if !a.MustChange || a.LastIn != 0 || !slices.Contains(a.Members, Member{id.Platform, Operator}) {
		return nil, nil
	}
	return rows[0], nil
}

// Claim gives the first account to whoever has its token: with their address,
// their name and a password of their own. A wrong token counts as a wrong
// password does.
func (g *Gate) Claim(ctx context.Context, c Claim, cl Client) (*Step, error) {
	var acc *row[account]
	err := g.DB.View(ctx, func(tx store.Tx) (err error) {
		if err := throttled(tx, claimant, cl.Address); err != nil {
			return err
		}
		acc, err = unclaimed(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	if acc == nil {
		return nil, fault.New(fault.Conflict, "somebody set this installation up before: log in")
	}
	stored := acc.Body.Password
	ok, _, err := g.Hasher.Verify(ctx, strings.TrimSpace(c.Token), stored, true)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, g.refused(ctx, claimant, cl)
	}
	email, err := Address(c.Email)
	if err != nil {
		return nil, fault.Problems{err.(fault.Problem)}
	}
	name := strings.TrimSpace(c.Name)
	if err := checkName(name).Err(); err != nil {
		return nil, err
	}
	if err := CheckPassword(c.Password, email, name); err != nil {
		return nil, err
	}
	hash, err := g.Hasher.Hash(ctx, c.Password, true)
	if err != nil {
		return nil, err
	}
	return g.enter(ctx, acc.id(), cl, func(_ store.Tx, r *row[account]) (Stage, error) {
		if r.Body.Password != stored {
			return "", errLogin() // claimed since it was looked at
		}
		r.Body.Email, r.Body.Name, r.Body.Lang = email, name, c.Lang
		r.Body.Password, r.Body.MustChange = hash, false
		return g.afterPassword(&r.Body), nil
	})
}
