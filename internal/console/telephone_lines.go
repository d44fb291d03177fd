package console

import (
	"context"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// lineRow is a desk telephone of the visitor.
type lineRow struct {
	Account, Name, Made string
	Ended               string // empty: it holds
	End                 string
}

// linesBody is the part of the page about desk telephones; nil: nobody calls here.
type linesBody struct {
	Rows      []lineRow
	Add, Host string
}

func (s *Server) lines(v *visit, f *form) (*linesBody, error) {
	if s.d.Telephone == nil {
		return nil, nil
	}
	if _, err := f.Once(); err != nil {
		return nil, err
	}
	b := &linesBody{Add: v.at("/telephone/lines"), Host: s.d.Telephone.Host()}
	err := s.d.System.DB.View(v.r.Context(), func(tx store.Tx) error {
		b.Rows = nil
		list, err := s.d.Gate.Lines(tx, v.company, v.actor.User)
		for _, l := range list {
			b.Rows = append(b.Rows, lineRow{Account: l.Account(), Name: l.Name, Made: v.moment(l.Created), Ended: v.moment(l.Ended), End: b.Add + "/" + l.Account() + "/end"})
		}
		return err
	})
	return b, err
}

// addLine makes a log-in for a desk telephone and shows its secret, this once.
func (s *Server) addLine(w http.ResponseWriter, _ *http.Request, v *visit) error {
	if s.d.Telephone == nil {
		return fault.New(fault.NotFound, "nobody can call here")
	}
	f, err := v.form(w)
	if err != nil {
		return err
	}
	name := f.line("name", 100)
	if !f.OK() {
		return s.telephonePage(w, v, http.StatusUnprocessableEntity, f)
	}
	var line *access.Line
	secret := ""
	_, again, err := s.once(v, f, func(_ context.Context, tx store.Tx) (_ access.Deed, _ string, err error) {
		if line, secret, err = s.d.Gate.AddLine(tx, v.company, v.actor.User, name); err != nil {
			return access.Deed{}, "", err
		}
		return access.Deed{Action: "telephone.add", Target: line.Account(), After: line}, v.at("/telephone"), nil
	})
	if fault.KindOf(err) == fault.Conflict {
		f.wrong("name", "telephone.desk_many")
		return s.telephonePage(w, v, http.StatusConflict, f)
	}
	if err != nil {
		return err
	}
	use := ""
	if line != nil {
		use = v.say("telephone.desk_use", "account", line.Account(), "host", s.d.Telephone.Host(), "key", access.NextCall)
	}
	s.render(w, v, http.StatusOK, "secret", &Page{Title: v.say("telephone.desk_made"), Lead: name, Here: v.at("/telephone"), Crumbs: v.crumbs(Link{v.say("nav.telephone"), v.at("/telephone")}),
		Body: secretBody{Secret: secret, Again: again, Why: v.say("telephone.desk_made_why"), Lost: v.say("telephone.desk_again"), Say: use, Back: v.at("/telephone")}})
	return nil
}

// endLine ends the log-in of a desk telephone at once.
func (s *Server) endLine(w http.ResponseWriter, _ *http.Request, v *visit) error {
	i, err := id.ParseNamed("tel", v.r.PathValue("line"))
	if err != nil {
		return fault.New(fault.NotFound, "there is no such telephone")
	}
	f, err := v.form(w)
	if err != nil {
		return err
	}
	return s.effect(w, v, f, func(_ context.Context, tx store.Tx) (access.Deed, string, error) {
		l, err := s.d.Gate.EndLine(tx, v.company, v.actor.User, i)
		return access.Deed{Action: "telephone.end", Target: i.Named("tel"), After: l}, v.at("/telephone"), err
	})
}
