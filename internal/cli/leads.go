package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/leadfile"
	"waihu/internal/serve"
	"waihu/internal/store"
	"waihu/internal/usage/cdr"
)

// leadsCmd is about people to be called.
type leadsCmd struct {
	Look   leadsLookCmd   `cmd:"" help:"Say what the columns of a list of leads seem to be, as a mapping in JSON."`
	Import leadsImportCmd `cmd:"" help:"Bring a list of leads into the books: CSV, XLSX or VICIdial's layout."`
	Why    leadsWhyCmd    `cmd:"" help:"Say why a lead was called, and why it is not called now."`
	Bar    leadsBarCmd    `cmd:"" help:"Put the numbers of a file on a company's do-not-call list."`
}

type leadsLookCmd struct {
	File    string `arg:"" help:"The list." type:"existingfile"`
	Sheet   string `help:"Sheet of a workbook; the first if absent." placeholder:"NAME"`
	Country string `help:"Country of numbers without a country code: CN." placeholder:"CC"`
}

// Run guesses what the columns are. Where a guess is not sure it says so.
func (c *leadsLookCmd) Run(e *env) error {
	g, err := leadfile.Look(fileSource(c.File), c.Sheet, strings.ToUpper(c.Country))
	if err != nil {
		return err
	}
	if err := writeJSON(e.Out, g); err != nil {
		return err
	}
	if len(g.Unsure) > 0 {
		return coded{exitDecide, fmt.Errorf("nobody can be sure of these columns: %s", strings.Join(g.Unsure, ", "))}
	}
	return nil
}

type leadsImportCmd struct {
	configFlags
	File     string         `arg:"" help:"The list." type:"existingfile"`
	Company  string         `required:"" help:"Whose leads: co_..." placeholder:"CO"`
	List     string         `required:"" help:"Into which list, by its name or as lst_..." placeholder:"NAME"`
	New      bool           `help:"Make the list if there is none of that name."`
	Campaign string         `help:"Give the list to a campaign: cmp_..." placeholder:"CMP"`
	Country  string         `help:"Country of numbers without a country code: CN; the list's if absent." placeholder:"CC"`
	Same     app.SameNumber `help:"Of a new list: where a number that is there already makes a row a duplicate: file, list or company." default:"list" enum:"file,list,company"`
	Sheet    string         `help:"Sheet of a workbook; the first if absent." placeholder:"NAME"`
	Mapping  string         `help:"A mapping that is remembered; the one that fits, else a guess, if absent." placeholder:"NAME"`
	Guess    bool           `help:"Take a guess that is not sure as it is."`
	Remember string         `help:"Remember the mapping under this name, for the next list of the source." placeholder:"NAME"`
	Aside    string         `help:"File of rows that are wrong, to be mended and imported again; FILE.aside.csv if absent." placeholder:"FILE"`
	JSON     bool           `help:"Write what became of the rows as JSON."`
}

// Run imports a list. Stopped in the middle, the same command goes on where it
// stopped.
func (c *leadsImportCmd) Run(e *env) error {
	of, err := companyOf(c.Company)
	if err != nil {
		return err
	}
	if c.Aside == "" {
		c.Aside = c.File + ".aside.csv"
	}
	digest, err := digestOf(c.File)
	if err != nil {
		return err
	}
	return c.withBooks(e, func(_ *serve.Config, b *serve.Books) error {
		m, err := c.begin(e, b, of, digest)
		if err != nil {
			return err
		}
		bar := newProgress(e, []string{c.File})
		out, err := b.System.ImportLeads(e.ctx, of, m.ID, fileSource(c.File), c.Aside, func(p app.ImportProgress) { bar.told(cdr.Progress{File: c.File, Done: p.Bytes}) })
		bar.stop()
		if err != nil {
			return fmt.Errorf("%w\n%d rows are kept; the same command goes on behind them", err, out.Read)
		}
		return c.tell(e, &out)
	})
}

// begin finds the list and the mapping and keeps the import, with its deed in the
// audit log.
func (c *leadsImportCmd) begin(e *env, b *serve.Books, of id.Company, digest string) (m app.LeadImport, err error) {
	err = b.DB.Update(e.ctx, func(tx store.Tx) error {
		ctx := store.Within(e.ctx, tx)
		list, err := c.list(ctx, b, of)
		if err != nil {
			return err
		}
		mapping, err := c.mapping(ctx, b, of, list.Country)
		if err != nil {
			return err
		}
		if c.Remember != "" {
			mapping.Name = c.Remember
			if err := b.System.KeepLeadMapping(ctx, of, mapping); err != nil {
				return err
			}
		}
		if err := c.join(ctx, b, of, list.ID); err != nil {
			return err
		}
		m, err = b.System.BeginLeadImport(ctx, of, app.BeginLeadImport{List: list.ID, File: filepath.Base(c.File), Digest: digest, Mapping: mapping, By: "command line"})
		if err != nil {
			return err
		}
		return access.Record(tx, access.System("command line"), access.Deed{Company: of, Action: "lead.import", Target: list.ID.Named("lst"), After: map[string]any{"file": m.File, "mapping": m.Mapping}})
	})
	return m, err
}

// list is the list that --list names, made if --new says so.
func (c *leadsImportCmd) list(ctx context.Context, b *serve.Books, of id.Company) (app.LeadList, error) {
	if i, err := id.ParseNamed("lst", c.List); err == nil {
		l, err := b.System.GetLeadList(ctx, of, i)
		return l.LeadList, err
	}
	l, err := b.System.LeadListNamed(ctx, of, c.List)
	if fault.KindOf(err) != fault.NotFound || err == nil {
		return l, err
	}
	if !c.New {
		return l, fault.New(fault.NotFound, "there is no list %q: --new makes it", c.List)
	}
	return b.System.SetLeadList(ctx, of, app.LeadList{Name: c.List, Country: strings.ToUpper(c.Country), Same: c.Same})
}

// mapping is the one that --mapping names, or fits, or is guessed.
func (c *leadsImportCmd) mapping(ctx context.Context, b *serve.Books, of id.Company, country string) (leadfile.Mapping, error) {
	if c.Country != "" {
		country = strings.ToUpper(c.Country)
	}
	g, _, err := b.System.GuessLeads(ctx, of, fileSource(c.File), c.Sheet, country)
	if err != nil {
		return leadfile.Mapping{}, err
	}
	if c.Mapping == "" {
		if len(g.Unsure) > 0 && !c.Guess {
			return g.Mapping, fault.Problem{File: c.File, Path: "columns", Value: strings.Join(g.Unsure, ", "), What: "nobody can be sure what these columns are", Expected: "--mapping NAME, or --guess", Fix: "waihu leads look shows the guess"}
		}
		return g.Mapping, nil
	}
	kept, err := b.System.LeadMappings(ctx, of)
	if err != nil {
		return leadfile.Mapping{}, err
	}
	if i := slices.IndexFunc(kept, func(m leadfile.Mapping) bool { return m.Name == c.Mapping }); i >= 0 {
		return kept[i], nil
	}
	return leadfile.Mapping{}, fault.New(fault.NotFound, "no mapping %q is remembered", c.Mapping)
}

// join gives the list to the campaign of --campaign, if it has it not yet.
func (c *leadsImportCmd) join(ctx context.Context, b *serve.Books, of id.Company, list id.ID) error {
	if c.Campaign == "" {
		return nil
	}
	i, err := id.ParseNamed("cmp", c.Campaign)
	if err != nil {
		return coded{exitUsage, fmt.Errorf("--campaign: %w", err)}
	}
	now, err := b.System.GetCampaign(ctx, of, i)
	if err != nil || slices.ContainsFunc(now.Lists, func(s campaign.Share) bool { return s.List == list }) {
		return err
	}
	now.Lists = append(now.Lists, campaign.Share{List: list, Share: 1})
	_, err = b.System.SetCampaign(ctx, of, now)
	return err
}

// tell says what became of the rows.
func (c *leadsImportCmd) tell(e *env, m *app.LeadImport) error {
	if c.JSON {
		if err := writeJSON(e.Out, m); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(e.Out, "%d rows: %d leads added (%d of them forbidden, %d with something left out), %d duplicates (%d in the file, %d in the list, %d in the company), %d set aside\n",
			m.Read, m.Added, m.Forbidden, m.Flawed, m.InFile+m.InList+m.InCompany, m.InFile, m.InList, m.InCompany, m.Bad)
		for _, p := range m.Samples {
			fmt.Fprintln(e.Err, p.Error())
		}
	}
	if m.Bad > 0 {
		return coded{exitDecide, fmt.Errorf("%d rows are in %s, each with why: mend them and import that file", m.Bad, c.Aside)}
	}
	return nil
}

type leadsBarCmd struct {
	configFlags
	File    string `arg:"" help:"CSV or XLSX with a column of numbers." type:"existingfile"`
	Company string `required:"" help:"Whose list: co_..." placeholder:"CO"`
	Source  string `required:"" help:"Where the numbers come from, for the record." placeholder:"TEXT"`
	Country string `help:"Country of numbers without a country code: CN." placeholder:"CC"`
	Aside   string `help:"File of rows without a number; FILE.aside.csv if absent." placeholder:"FILE"`
}

// Run puts numbers on the do-not-call list.
func (c *leadsBarCmd) Run(e *env) error {
	of, err := companyOf(c.Company)
	if err != nil {
		return err
	}
	if c.Aside == "" {
		c.Aside = c.File + ".aside.csv"
	}
	return c.withBooks(e, func(_ *serve.Config, b *serve.Books) error {
		if err := b.DB.Update(e.ctx, func(tx store.Tx) error {
			return access.Record(tx, access.System("command line"), access.Deed{Company: of, Action: "dnc.import", Target: "dnc", Reason: c.Source, After: filepath.Base(c.File)})
		}); err != nil {
			return err
		}
		bar := newProgress(e, []string{c.File})
		out, err := b.System.BarFile(e.ctx, of, fileSource(c.File), app.BarFile{Country: strings.ToUpper(c.Country), Source: c.Source, By: "command line", Aside: c.Aside},
			func(n int64) { bar.told(cdr.Progress{File: c.File, Done: n}) })
		bar.stop()
		if err != nil {
			return err
		}
		fmt.Fprintf(e.Out, "%d rows: %d numbers added, %d were on the list, %d rows set aside\n", out.Read, out.Added, out.There, out.Bad)
		if out.Bad > 0 {
			return coded{exitDecide, fmt.Errorf("%d rows are in %s, each with why", out.Bad, c.Aside)}
		}
		return nil
	})
}

// digested is how much of a file's beginning names it.
const digested = 1 << 20

// digestOf names a file by its length and its beginning.
func digestOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	fmt.Fprintln(h, info.Size())
	if _, err := io.CopyN(h, f, digested); err != nil && err != io.EOF {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}
