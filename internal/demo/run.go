package demo

import (
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
	"waihu/internal/store/sqlite"
)

// Password opens every log-in of the demonstration, on this machine only.
const Password = "a quiet demonstration"

// Run fills books in a folder of their own, serves them until the context ends
// and removes the folder.
func Run(ctx context.Context, c *serve.Config, o Options, log *slog.Logger, out io.Writer) (err error) {
	if err := clearLeft(os.TempDir()); err != nil {
		return err
	}
	if c.Data, err = os.MkdirTemp("", folders); err != nil {
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
	beside := serve.Beside{Tour: tour}
	if !o.Still {
		w := &floorWork{to: &who[0], seed: o.Seed, address: "http://" + c.HTTP.Listen, log: log, heard: inspector{folder: c.Recordings}}
		beside.Work = func(ctx context.Context, b *serve.Books) error { return live(ctx, b, w, who[1:], o.Seed) }
	}
	return serve.RunWith(ctx, c, log, out, beside)
}

// folders are what those of demonstrations are called.
const folders = "waihu-demo-"

// clearLeft removes those of demonstrations that were killed, with what they recorded. One
// that somebody has stays, as does one that may just be filled.
func clearLeft(in string) error {
	left, err := filepath.Glob(filepath.Join(in, folders+"*"))
	for _, folder := range left {
		if at, failed := os.Stat(folder); failed != nil || time.Since(at.ModTime()) < time.Hour {
			continue
		}
		free, failed := serve.Own(&serve.Config{Data: folder})
		if failed != nil {
			continue // it runs, or is somebody else's
		}
		err = errors.Join(err, free(), os.RemoveAll(folder))
	}
	return err
}

// live lets the floor work, and calls come in from the switches of the others. Where one
// fails the other ends too: the worker that runs it tells why, and begins again.
func live(ctx context.Context, b *serve.Books, w *floorWork, others []Customer, seed uint64) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	go func() {
		defer stop()
		done <- w.run(ctx, b)
	}()
	err := Live(ctx, b.System, others, seed)
	stop()
	return errors.Join(err, <-done)
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
	name        string
	role, firm  string // as the console tells them
	lang        lang.Tag
	member      access.Member
}

// leader is whoever leads the calling of a firm, by its language: nobody is made up.
var leader = map[string]string{"en": "Supervisor", "zh-Hant": "主管", "zh-Hans": "主管"}

func logins(who []Customer) []login {
	out := []login{
		{email: "operator@demo.example", what: "the platform: plans, contracts, companies", name: "operator", role: "operator", lang: lang.English, member: access.Member{Company: id.Platform, Role: access.Operator}},
		{email: "finance@demo.example", what: "finance: invoices, payments, closing", name: "finance", role: "finance", lang: lang.Traditional, member: access.Member{Company: id.Platform, Role: access.Finance}},
	}
	for i := range who {
		c := &who[i]
		out = append(out, login{email: c.Key + "@demo.example", what: "the portal of " + c.Name, name: leader[c.Lang], role: "customer", firm: c.Name, lang: lang.Tag(c.Lang), member: access.Member{Company: c.Company, Role: access.CustomerAdmin}})
		if c.Key == working {
			out = append(out, login{email: "seat@demo.example", what: "a seat on its floor: put on a headset, open Desk, be ready", name: "访客坐席", role: "agent", firm: c.Name, lang: lang.Tag(c.Lang), member: access.Member{Company: c.Company, Role: access.Agent}})
		}
	}
	return out
}

// people makes the log-ins.
func people(ctx context.Context, b *serve.Books, who []Customer, seed uint64) error {
	for _, l := range logins(who) {
		user, err := l.add(ctx, b)
		if err != nil {
			return err
		}
		if c := &who[inspecting]; l.member.Company == c.Company {
			if err := ownCall(ctx, b.System, c, user.Named("user"), seed); err != nil {
				return err
			}
		}
	}
	return nil
}
