package demo

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/console"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/serve"
	"waihu/internal/store"
	"waihu/internal/store/sqlite"
)

// Password opens every log-in of the demonstration, on this machine only.
const Password = "a quiet demonstration"

// Run fills books in a folder of their own, serves them until the context ends
// and removes the folder.
func Run(ctx context.Context, c *serve.Config, o Options, log *slog.Logger, out io.Writer) (err error) {
	if c.Data, err = os.MkdirTemp("", "waihu-demo-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(c.Data)) }()
	far, err := voice(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, far.Close()) }()
	began := time.Now()
	who, tour, err := prepare(ctx, c, o)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "a year of three companies, told in %s\n\nlog in with the password \"%s\" as\n", time.Since(began).Round(100*time.Millisecond), Password)
	for _, l := range logins(who) {
		fmt.Fprintf(out, "  %-28s %s\n", l.email, l.what)
	}
	fmt.Fprintln(out)
	return serve.RunWith(ctx, c, log, out, serve.Beside{Tour: tour, Work: func(ctx context.Context, b *serve.Books) error { return Live(ctx, b.System, who, o.Seed) }})
}

// prepare makes the key of the installation, tells the year with a clock of its
// own, then adds the people and the path through it.
func prepare(ctx context.Context, c *serve.Config, o Options) (who []Customer, path *console.Tour, err error) {
	b, err := serve.Open(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	node := b.System.Node
	if err := b.DB.Close(); err != nil {
		return nil, nil, err
	}
	clock := &Clock{}
	db, err := sqlite.Open(filepath.Join(c.Data, "books.db"), sqlite.Options{Clock: clock.Now, Relaxed: true})
	if err != nil {
		return nil, nil, err
	}
	who, err = Fill(ctx, &app.System{DB: db, IDs: id.NewMaker(dice(o.Seed)), Node: node, Vault: b.System.Vault}, clock, o)
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, nil, err
	}
	if b, err = serve.Open(ctx, c); err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, b.DB.Close()) }()
	if err = people(ctx, b, who, o.Seed); err == nil {
		path, err = tour(ctx, b, who)
	}
	return who, path, err
}

// dice are the random bytes of the history's identifiers: addresses of its pages
// are the same for one seed and day.
func dice(seed uint64) *rand.ChaCha8 {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	return rand.NewChaCha8(key)
}

// login is a person of the demonstration.
type login struct {
	email, what string
	role, firm  string // as the console tells them
	lang        lang.Tag
	member      access.Member
}

func logins(who []Customer) []login {
	out := []login{
		{"operator@demo.example", "the platform: plans, contracts, companies", "operator", "", lang.English, access.Member{Company: id.Platform, Role: access.Operator}},
		{"finance@demo.example", "finance: invoices, payments, closing", "finance", "", lang.Traditional, access.Member{Company: id.Platform, Role: access.Finance}},
	}
	for i := range who {
		out = append(out, login{who[i].Key + "@demo.example", "the portal of " + who[i].Name, "customer", who[i].Name, lang.Tag(who[i].Lang), access.Member{Company: who[i].Company, Role: access.CustomerAdmin}})
	}
	return out
}

// people makes the log-ins.
func people(ctx context.Context, b *serve.Books, who []Customer, seed uint64) error {
	for _, l := range logins(who) {
		var token string
		var user *access.User
		err := b.DB.Update(ctx, func(tx store.Tx) (err error) {
			user, token, err = b.Gate.AddUser(tx, access.NewUser{Email: l.email, Name: cmp.Or(l.firm, l.role), Lang: l.lang, Members: []access.Member{l.member}})
			return err
		})
		if err != nil {
			return err
		}
		if _, err := b.Gate.TakeInvitation(ctx, token, Password, access.Client{Address: "127.0.0.1"}); err != nil {
			return err
		}
		if c := &who[inspecting]; l.member.Company == c.Company {
			if err := ownCall(ctx, b.System, c, user.ID.Named("user"), seed); err != nil {
				return err
			}
		}
	}
	return nil
}
