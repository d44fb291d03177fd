package cli

import (
	"errors"
	"fmt"
	"strings"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/serve"
	"waihu/internal/store"
)

// userCmd and keyCmd work on the database itself: who may read its folder may
// let people in. The service may run meanwhile.
type userCmd struct {
	Add   userAddCmd   `cmd:"" help:"Add a person, with a one-time password."`
	Reset userResetCmd `cmd:"" help:"Give a person a one-time password; their sessions end."`
	List  userListCmd  `cmd:"" help:"List people."`
}

type keyCmd struct {
	Add  keyAddCmd  `cmd:"" help:"Make an API key and print it, this once."`
	End  keyEndCmd  `cmd:"" help:"End an API key at once."`
	List keyListCmd `cmd:"" help:"List API keys, without their secrets."`
}

// withBooks opens the database of a configuration for a command.
func (f *configFlags) withBooks(e *env, do func(*serve.Config, *serve.Books) error) error {
	config, _, err := f.load()
	if err != nil {
		return err
	}
	b, err := serve.Open(e.ctx, &config)
	if err != nil {
		return err
	}
	return errors.Join(do(&config, b), b.DB.Close())
}

// companyOf reads --company; empty is the operator.
func companyOf(text string) (id.Company, error) {
	if text == "" {
		return id.Platform, nil
	}
	i, err := id.ParseNamed("co", text)
	if err != nil {
		return id.Platform, coded{exitUsage, fmt.Errorf("--company: %w", err)}
	}
	return id.Company{ID: i}, nil
}

type userAddCmd struct {
	configFlags
	Email   string `arg:"" help:"E-mail address."`
	Name    string `required:"" help:"Name."`
	Role    string `required:"" help:"platform_operator, finance, supervisor, inspector, agent, auditor, api or customer_admin."`
	Company string `help:"Company of the role: co_...; absent: all companies, for the operator's own people." placeholder:"ID"`
}

// Run adds a person and prints their password.
func (c *userAddCmd) Run(e *env) error {
	company, err := companyOf(c.Company)
	if err != nil {
		return err
	}
	return c.withBooks(e, func(_ *serve.Config, b *serve.Books) error {
		err := b.DB.Update(e.ctx, func(tx store.Tx) error {
			u, _, err := b.Gate.AddUser(tx, access.NewUser{Email: c.Email, Name: c.Name, Members: []access.Member{{Company: company, Role: access.Role(c.Role)}}})
			if err != nil {
				return err
			}
			return access.Record(tx, access.System("command line"), access.Deed{Company: company, Action: "user.add", Target: u.ID.Named("user"), After: u.Members})
		})
		if err != nil {
			return err
		}
		return printOneTime(e, b, c.Email, false)
	})
}

func printOneTime(e *env, b *serve.Books, email string, factors bool) error {
	password, err := b.Gate.OneTimePassword(e.ctx, email, factors)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.Out, "one-time password of %s (shown this once, to be changed when it is used): %s\n", email, password)
	return err
}

type userResetCmd struct {
	configFlags
	Email   string `arg:"" help:"E-mail address."`
	Factors bool   `help:"Take away one-time codes, lookup codes and passkeys too, of somebody who lost them; they set up new ones."`
}

// Run gives a one-time password.
func (c *userResetCmd) Run(e *env) error {
	return c.withBooks(e, func(_ *serve.Config, b *serve.Books) error {
		if err := printOneTime(e, b, c.Email, c.Factors); err != nil {
			return err
		}
		return b.DB.Update(e.ctx, func(tx store.Tx) error {
			u, err := b.Gate.UserByEmail(tx, c.Email)
			if err != nil {
				return err
			}
			return access.Record(tx, access.System("command line"), access.Deed{Action: "user.reset", Target: u.ID.Named("user"), After: map[string]bool{"factors_taken": c.Factors}})
		})
	})
}

type userListCmd struct {
	configFlags
	Company string `help:"Of this company: co_...; absent: the operator's own people." placeholder:"ID"`
}

// Run lists people.
func (c *userListCmd) Run(e *env) error {
	company, err := companyOf(c.Company)
	if err != nil {
		return err
	}
	return c.withBooks(e, func(_ *serve.Config, b *serve.Books) error {
		return b.DB.View(e.ctx, func(tx store.Tx) error {
			all, err := b.Gate.Users(tx, company, store.Page{})
			for _, u := range all {
				var roles []string
				for _, m := range u.Members {
					roles = append(roles, string(m.Role))
				}
				fmt.Fprintf(e.Out, "%s\t%s\t%s\t%s\n", u.ID.Named("user"), u.Email, u.Name, strings.Join(roles, ","))
			}
			return err
		})
	})
}

type keyAddCmd struct {
	configFlags
	Name    string   `required:"" help:"What it is for."`
	Role    string   `default:"api" help:"platform_operator, finance, supervisor, inspector, agent, auditor, api or customer_admin."`
	Company string   `help:"Company it belongs to: co_...; absent: the operator." placeholder:"ID"`
	Scope   []string `help:"Only this permission of the role (docs/permissions.md). Can be repeated."`
	From    []string `help:"Only from this address or network. Can be repeated."`
}

// Run makes a key and prints it alone, so that a script can take it.
func (c *keyAddCmd) Run(e *env) error {
	company, err := companyOf(c.Company)
	if err != nil {
		return err
	}
	n := access.NewKey{Company: company, Name: c.Name, Role: access.Role(c.Role), From: c.From}
	for _, s := range c.Scope {
		n.Scopes = append(n.Scopes, access.Permission(s))
	}
	return c.withBooks(e, func(_ *serve.Config, b *serve.Books) error {
		var text string
		err := b.DB.Update(e.ctx, func(tx store.Tx) error {
			k, made, err := b.Gate.AddKey(tx, n)
			if err != nil {
				return err
			}
			text = made
			return access.Record(tx, access.System("command line"), access.Deed{Company: company, Action: "key.add", Target: k.ID.Named("key"), After: k})
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(e.Out, text)
		return err
	})
}

type keyEndCmd struct {
	configFlags
	Key     string `arg:"" help:"key_..."`
	Company string `help:"Company it belongs to: co_...; absent: the operator." placeholder:"ID"`
}

// Run ends a key.
func (c *keyEndCmd) Run(e *env) error {
	company, err := companyOf(c.Company)
	if err != nil {
		return err
	}
	i, err := id.ParseNamed("key", c.Key)
	if err != nil {
		return fault.New(fault.Invalid, "%v", err)
	}
	return c.withBooks(e, func(_ *serve.Config, b *serve.Books) error {
		return b.DB.Update(e.ctx, func(tx store.Tx) error {
			if _, err := b.Gate.EndKey(tx, company, i); err != nil {
				return err
			}
			return access.Record(tx, access.System("command line"), access.Deed{Company: company, Action: "key.end", Target: c.Key})
		})
	})
}

type keyListCmd struct {
	configFlags
	Company string `help:"Of this company: co_...; absent: the operator's own." placeholder:"ID"`
}

// Run lists keys.
func (c *keyListCmd) Run(e *env) error {
	company, err := companyOf(c.Company)
	if err != nil {
		return err
	}
	return c.withBooks(e, func(_ *serve.Config, b *serve.Books) error {
		return b.DB.View(e.ctx, func(tx store.Tx) error {
			all, err := b.Gate.Keys(tx, company, store.Page{})
			for _, k := range all {
				state := "runs"
				if k.Ended != 0 || k.Ends != 0 && tx.Now() >= k.Ends {
					state = "ended"
				}
				fmt.Fprintf(e.Out, "%s\t%s\t%s\t%s\n", k.ID.Named("key"), k.Role, state, k.Name)
			}
			return err
		})
	})
}
