package workspace

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"waihu/internal/app"
	"waihu/internal/charging/audit"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/document"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/sheet"
	"waihu/internal/timex"
	"waihu/internal/vendorbill"
)

// Paper is a file a vendor sent: the bill, or its list of calls.
type Paper struct {
	Name   string
	Size   int64
	Looked *vendorbill.Looked // nil: it is an invoice of ours as JSON, which needs no mapping
	path   string
}

func (p *Paper) source() sheet.Source {
	return sheet.Source{Name: p.Name, Open: func() (io.ReadCloser, error) { return os.Open(p.path) }}
}

// Audit is what a workspace holds of an audit.
type Audit struct {
	Bill, Calls  *Paper
	Agreed       *Agreed
	Mapping      *vendorbill.Mapping // nil: nobody has said what the columns are
	First, After timex.Date
	Done         *app.Audited
	LeftOut      int64 // pieces of evidence of Done that its files have no room for
	Job          *Job  // that runs, or the last
}

// Ready tells whether everything is there that an audit needs.
func (a *Audit) Ready() bool {
	return a.Bill != nil && a.Agreed != nil && (a.Bill.Looked == nil || a.Mapping != nil) && a.First != 0
}

func (a *Audit) size() (n int64) {
	for _, p := range []*Paper{a.Bill, a.Calls} {
		if p != nil {
			n += p.Size
		}
	}
	return n
}

// Audit is the audit of the workspace as it stands.
func (sp *Space) Audit() Audit {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	return sp.audit
}

// TakePaper takes the vendor's bill in, or (calls) its list of calls. One that
// is no table is refused with what it is.
func (sp *Space) TakePaper(calls bool, name string, r io.Reader) error {
	f, err := sp.receive(CleanName(name), r)
	if err != nil {
		return err
	}
	p := &Paper{Name: f.Name, Size: f.Size, path: f.path}
	if calls || !strings.EqualFold(filepath.Ext(p.Name), ".json") {
		if p.Looked, err = vendorbill.Look(p.source(), ""); err == nil && p.Looked.Header == 0 {
			err = fault.Problem{File: p.Name, What: "no row names columns with figures below them", Expected: "a bill as CSV or XLSX", Fix: "save the sheet with the priced lines as CSV"}
		}
	}
	if err != nil {
		sp.shelf.give(p.Size)
		return errors.Join(err, os.Remove(p.path))
	}
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if sp.gone {
		sp.shelf.give(p.Size)
		return errGone
	}
	old := sp.audit.Bill
	if calls {
		old, sp.audit.Calls = sp.audit.Calls, p
	} else {
		sp.audit.Bill, sp.audit.Mapping = p, sp.shelf.remembered(sp.Company, p.Looked)
	}
	sp.audit.Done = nil
	if old != nil {
		sp.shelf.give(old.Size)
		return os.Remove(old.path)
	}
	return nil
}

// Map says what the columns of the bill are, and which period it is for.
// Problems are about the mapping.
func (sp *Space) Map(m *vendorbill.Mapping, first, after timex.Date) error {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	a := &sp.audit
	if a.Bill == nil || a.Agreed == nil {
		return fault.New(fault.Invalid, "hand in the bill and the contract first")
	}
	if after <= first {
		return fault.New(fault.Invalid, "the period ends before it begins")
	}
	if a.Bill.Looked != nil {
		if err := m.Check(a.Agreed.Plan).Err(); err != nil {
			return err
		}
		a.Mapping = m
		sp.shelf.remember(sp.Company, a.Bill.Looked, m)
	}
	a.First, a.After, a.Done = first, after, nil
	return nil
}

// RunAudit holds the bill against the contract and the files of records; the
// evidence is written as it is found, in a language.
func (sp *Space) RunAudit(tag lang.Tag) (*Job, error) {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	a := sp.audit
	if a.Job != nil && !a.Job.Over() {
		return a.Job, nil
	}
	if !a.Ready() {
		return nil, fault.New(fault.Invalid, "hand in the bill and the contract, and say what the columns are")
	}
	if err := sp.looked(); err != nil {
		return nil, err
	}
	if sp.looking != nil && !sp.looking.Over() {
		return sp.looking, nil
	}
	work, err := sp.auditing(&a)
	if err != nil {
		return nil, err
	}
	dir := sp.dir
	job, err := sp.shelf.start(func(ctx context.Context, j *Job) error {
		j.phase.Store(Checking)
		done, leftOut, err := audited(ctx, work, dir, document.DetailOptions{Tag: tag, Zone: a.Agreed.Loc})
		if err != nil {
			return err
		}
		sp.mu.Lock()
		defer sp.mu.Unlock()
		sp.audit.Done, sp.audit.LeftOut = done, leftOut
		return nil
	})
	if err == nil {
		sp.audit.Job, sp.audit.Done = job, nil
	}
	return job, err
}

// auditing gathers what an audit is made of; sp.mu is held.
func (sp *Space) auditing(a *Audit) (app.Auditing, error) {
	in := contract.Inputs{Plan: a.Agreed.Plan, Decks: a.Agreed.Decks, Contract: a.Agreed.Contract, Loc: a.Agreed.Loc, First: a.First, After: a.After, Holidays: sp.shelf.holidays}
	terms, problems := contract.TermsFor(in)
	if err := a.Agreed.Locate(problems).Err(); err != nil {
		return app.Auditing{}, err
	}
	out := app.Auditing{Terms: terms, Intake: sp.intake()}
	out.Intake.Zone = a.Agreed.Loc
	if a.Agreed.Plan.AsksNumbers() {
		out.Intake.Home = a.Agreed.Plan.Home
	}
	if c := a.Agreed.Contract; c != nil {
		list := *terms
		list.Plan = a.Agreed.Plan
		out.List = &list
		out.Heading = invoice.Heading{Contract: c.ID, Seller: invoice.Party(c.Seller), Buyer: invoice.Party(c.Buyer)}
	}
	for _, f := range sp.files {
		if f.State == FileRead {
			out.Files = append(out.Files, f.path)
		}
	}
	bill, err := readBill(a, terms)
	out.Bill = bill
	return out, err
}

func readBill(a *Audit, terms *contract.Terms) (*audit.Bill, error) {
	if a.Bill.Looked == nil {
		f, err := os.Open(a.Bill.path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		inv, err := document.ReadJSON(f)
		if err != nil {
			return nil, fault.New(fault.Invalid, "%s: %v", a.Bill.Name, err)
		}
		return vendorbill.FromInvoice(a.Bill.Name, inv), nil
	}
	files := vendorbill.Files{Bill: a.Bill.source()}
	if a.Calls != nil {
		calls := a.Calls.source()
		files.Calls = &calls
	}
	bill, _, err := vendorbill.Read(files, a.Mapping, terms.Loc)
	return bill, err
}

// audited runs the audit and writes the evidence as CSV and XLSX; leftOut is how
// many pieces of it had no room there.
func audited(ctx context.Context, work app.Auditing, dir string, o document.DetailOptions) (_ *app.Audited, leftOut int64, err error) {
	ev, err := newEvidence(o, maxEvidence)
	if err != nil {
		return nil, 0, err
	}
	work.Evidence = ev.write
	done, err := app.Audit(ctx, work)
	if err := errors.Join(ev.asCSV.Close(), ev.asBook.Close()); err != nil {
		return nil, 0, err
	}
	if err != nil {
		return nil, 0, err
	}
	return done, ev.leftOut, errors.Join(os.WriteFile(filepath.Join(dir, "evidence.csv"), ev.plain.Bytes(), 0o600), os.WriteFile(filepath.Join(dir, "evidence.xlsx"), ev.book.Bytes(), 0o600))
}

// Evidence is the file of evidence of the last audit: csv or xlsx. The error is
// of kind NotFound if there is none.
func (sp *Space) Evidence(form string) ([]byte, error) {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if sp.audit.Done == nil || form != "csv" && form != "xlsx" {
		return nil, fault.New(fault.NotFound, "there is no evidence")
	}
	return os.ReadFile(filepath.Join(sp.dir, "evidence."+form))
}

// Letter is the letter that disputes the bill, as PDF or text.
func (sp *Space) Letter(form string, tag lang.Tag, on timex.Date) ([]byte, error) {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	a := sp.audit
	if a.Done == nil || len(a.Done.Result.Findings) == 0 {
		return nil, fault.New(fault.NotFound, "there is nothing to dispute")
	}
	o := document.LetterOptions{Tag: tag, On: on, ReplyBy: on + replyDays, Evidence: "evidence.xlsx"}
	if c := a.Agreed.Contract; c != nil {
		o.ObjectionDays, o.DataSource = c.ObjectionDays, c.DataSource
	}
	write := document.LetterPDF
	switch form {
	case "pdf":
	case "txt":
		write = document.LetterText
	default:
		return nil, fault.New(fault.NotFound, "a letter is pdf or txt, not %s", strconv.Quote(form))
	}
	var b bytes.Buffer
	err := write(&b, a.Done.Result, o)
	return b.Bytes(), err
}

// replyDays is how long a letter gives for an answer.
const replyDays = 14
