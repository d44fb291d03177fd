package workspace

import (
	"context"
	"slices"
	"time"

	"waihu/internal/app"
	"waihu/internal/charging/compare"
	"waihu/internal/charging/forecast"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Answer is a comparison made.
type Answer struct {
	*compare.Comparison
	Result   *compare.Result
	Question Question
	Modules  []string // of any of the offers, for switching on and off
	Gen      int
	Whole    bool // the smallest bill possible, sizes and months ahead are in the result
}

// Ask gives the answer to a question, or the job that makes it. An error says
// why there is none: of kind Invalid where usage or offers are missing or leave
// nothing to compare.
func (sp *Space) Ask(q Question) (*Answer, *Job, error) {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	key := q.key()
	if sp.answers == nil {
		sp.answers = &answers{made: map[string]*Answer{}}
	}
	a := sp.answers
	if made := a.made[key]; made != nil {
		own := *made
		own.Question = q
		return &own, nil, nil
	}
	if a.job != nil && a.key == key {
		if err := a.job.Err(); err != nil {
			return nil, nil, err
		}
		return nil, a.job, nil
	}
	if err := sp.looked(); err != nil {
		return nil, nil, err
	}
	if sp.looking != nil && !sp.looking.Over() {
		return nil, sp.looking, nil // what the files are must be known first
	}
	in, err := sp.input(q)
	if err != nil {
		return nil, nil, err
	}
	if a.job != nil {
		a.job.stop() // nobody waits for the question before
	}
	source, base, gen := sp.source(&in), a.base, sp.gen
	job, err := sp.shelf.start(func(ctx context.Context, j *Job) error {
		made, base, err := compared(ctx, j, in, base, source)
		if err != nil {
			return err
		}
		made.Question, made.Gen, made.Modules = q, gen, modulesOf(in.Candidates)
		sp.shelf.makeRoom(sp)
		sp.mu.Lock()
		defer sp.mu.Unlock()
		if sp.gen == gen && sp.answers == a {
			a.base = base
			a.keep(key, made)
			sp.loaded.Store(true)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	a.job, a.key = job, key
	return nil, job, nil
}

// Complete is Ask for an answer with the smallest bill possible, sizes and months
// ahead in it. They take some seconds more and the usage once more: until they
// are there the answer comes with the job that works them out.
func (sp *Space) Complete(q Question) (*Answer, *Job, error) {
	made, job, err := sp.Ask(q)
	if err != nil || job != nil || made.Whole {
		return made, job, err
	}
	sp.mu.Lock()
	defer sp.mu.Unlock()
	a, key := sp.answers, q.key()
	switch {
	case a == nil || a.made[key] == nil:
		return nil, nil, fault.New(fault.Conflict, "usage or offers changed meanwhile: ask again")
	case a.beside != nil && a.besideKey == key && !a.beside.Over():
		return made, a.beside, nil
	case a.beside != nil && a.besideKey == key && a.beside.Err() != nil:
		return made, nil, a.beside.Err()
	case a.made[key].Whole: // it became so in between
		own := *a.made[key]
		own.Question = q
		return &own, nil, nil
	}
	in, err := sp.input(q)
	if err != nil {
		return nil, nil, err
	}
	if a.beside != nil {
		a.beside.stop() // nobody waits for the one before
	}
	source, work := sp.source(&in), app.Comparing{Input: in}
	if sp.basis.Profile != "" {
		work.Source.Profile = forecast.ReadyProfile(sp.basis.Profile)
	}
	job, err = sp.shelf.start(func(ctx context.Context, j *Job) error {
		r, err := app.Beside(work, made.Comparison, made.Result, func(to usage.Sink) error {
			err := source(ctx, j, to)
			j.phase.Store(Searching)
			return err
		})
		if err != nil {
			return err
		}
		sp.mu.Lock()
		defer sp.mu.Unlock()
		if was := a.made[key]; sp.answers == a && was != nil {
			own := *was
			own.Result, own.Whole = r, true
			a.made[key] = &own
		}
		return nil
	})
	if err != nil {
		return made, nil, err
	}
	a.beside, a.besideKey = job, key
	return made, job, nil
}

// Wait waits for a job, for as long as a page may take.
func Wait(ctx context.Context, j *Job, most time.Duration) {
	ctx, stop := context.WithTimeout(ctx, most)
	defer stop()
	select {
	case <-j.Done():
	case <-ctx.Done():
	}
}

// compared makes an answer: of the usage in memory where it will do, else of
// usage read anew.
func compared(ctx context.Context, j *Job, in compare.Input, base *compare.Comparison, source source) (*Answer, *compare.Comparison, error) {
	var c *compare.Comparison
	var err error
	if base != nil {
		if c, err = base.Again(in); err != nil && fault.KindOf(err) != fault.Conflict {
			return nil, nil, err
		}
	}
	if c == nil {
		if c, err = compare.New(in); err != nil {
			return nil, nil, err
		}
		if err := source(ctx, j, c); err != nil {
			return nil, nil, err
		}
		base = c
	}
	j.phase.Store(Comparing)
	r, err := c.Result()
	if err != nil {
		return nil, nil, err
	}
	return &Answer{Comparison: c, Result: r}, base, nil
}

// input is what compare is asked; sp.mu is held.
func (sp *Space) input(q Question) (compare.Input, error) {
	in := compare.Input{Months: q.Months, Currency: q.Currency, Tax: q.Tax, Rates: q.Rates, Seats: q.Seats, Budget: q.Budget, Weights: q.Weights, Holidays: sp.shelf.holidays}
	var err error
	if in.Candidates, err = sp.candidates(); err != nil {
		return in, err
	}
	if in.Currency.IsZero() {
		in.Currency = usualCurrency(in.Candidates)
	}
	if slices.ContainsFunc(in.Candidates, func(c compare.Candidate) bool { return c.Offer.ID == q.Current }) {
		in.Current = q.Current
	}
	switch {
	case sp.basis.Profile != "":
		p := forecast.ReadyProfile(sp.basis.Profile)
		in.First, in.After = p.From.First(), (p.From + profileMonths).First()
		in.Must, in.Nice = p.MustModules()
		in.Profile = true
	case sp.basis.Own > 0:
		in.First, in.After = sp.basis.months(timex.DateOf(sp.shelf.now()))
	case !slices.ContainsFunc(sp.files, func(f *File) bool { return f.State == FileRead }):
		return in, fault.New(fault.Invalid, "no usage: hand in call records, or choose a profile")
	}
	return in, nil
}

// usualCurrency is the currency most offers are in; of equals, the first.
func usualCurrency(list []compare.Candidate) (best money.Currency) {
	most := 0
	for _, c := range list {
		n := 0
		for _, o := range list {
			if o.Plan.Currency == c.Plan.Currency {
				n++
			}
		}
		if n > most {
			best, most = c.Plan.Currency, n
		}
	}
	return best
}

// profileMonths is how many months of a described team are made.
const profileMonths = 12

func knownProfile(name string) error {
	if forecast.ReadyProfile(name) == nil {
		return fault.New(fault.Invalid, "there is no profile %q", name)
	}
	return nil
}

// source gives all usage of a workspace to a sink.
type source func(context.Context, *Job, usage.Sink) error

// source is where the usage comes from; sp.mu is held.
func (sp *Space) source(in *compare.Input) source {
	basis, company, system := sp.basis, sp.Company, sp.shelf.system
	switch {
	case basis.Profile != "":
		holidays := sp.shelf.holidays
		return func(ctx context.Context, j *Job, to usage.Sink) error {
			j.phase.Store(Reading)
			s := app.Source{Profile: forecast.ReadyProfile(basis.Profile), Plan: forecast.Plan{Months: profileMonths, Seed: 1, Cal: holidays}}
			_, _, err := s.Read(ctx, to)
			return err
		}
	case basis.Own > 0:
		return func(ctx context.Context, j *Job, to usage.Sink) error {
			j.phase.Store(Reading)
			return system.OwnUsage(ctx, company, in.First, in.After, to)
		}
	}
	var sound []*File
	for _, f := range sp.files {
		if f.State == FileRead {
			sound = append(sound, f)
		}
	}
	opt := sp.intake()
	return func(ctx context.Context, j *Job, to usage.Sink) error {
		found, err := readAll(ctx, j, sound, opt, to)
		if err == nil && slices.ContainsFunc(found, func(f File) bool { return f.State == FileRefused }) {
			return fault.New(fault.Conflict, "a file changed while it was read: hand it in again")
		}
		return err
	}
}

// modulesOf are the modules of all offers, each once, in the order of names.
func modulesOf(list []compare.Candidate) (out []string) {
	for _, c := range list {
		for _, m := range c.Plan.Modules {
			if !slices.Contains(out, m.ID) {
				out = append(out, m.ID)
			}
		}
	}
	slices.Sort(out)
	return out
}
