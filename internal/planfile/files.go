package planfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/deck"
	"waihu/internal/fault"
)

const (
	maxDeckBytes = 256 << 20 // two million rows
	maxFiles     = 1000      // looked at to find a plan by its id
)

// read reads a file and one byte more than there may be, so that too much shows.
func read(fsys fs.FS, file string, most int64) ([]byte, fault.Problems) {
	in, err := fsys.Open(file)
	if err != nil {
		return nil, fault.Problems{cannotOpen(file, err)}
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, most+1))
	if err != nil {
		return nil, fault.Problems{cannotOpen(file, err)}
	}
	return data, nil
}

func cannotOpen(file string, err error) fault.Problem {
	what := err.Error()
	var inner *fs.PathError
	if errors.As(err, &inner) {
		what = inner.Err.Error()
	}
	return fault.Problem{File: file, What: "cannot be read: " + what, Fix: "check the name and the folder"}
}

// beside makes the path of a file that a file in a folder names. Names that lead
// out of the folder are refused: a plan sent by mail must not read what it likes.
func beside(file, name string) (string, bool) {
	if name == "" || strings.ContainsAny(name, `\:`) || !fs.ValidPath(name) || name == "." {
		return "", false
	}
	return path.Join(path.Dir(file), name), true
}

func outside(at, name string) fault.Problem {
	return fault.Problem{Path: at, Value: name, What: "not a file in this folder", Expected: "a name such as rates.csv, without .. and without a leading slash"}
}

// findPlan is the file of the plan a contract names.
func findPlan(fsys fs.FS, file, plan string) (string, *fault.Problem) {
	id, version, byID := strings.Cut(plan, "@")
	if !byID {
		name, ok := beside(file, plan)
		if !ok {
			p := outside("plan", plan)
			return "", &p
		}
		return name, nil
	}
	n, err := strconv.Atoi(version)
	if err != nil || n < 1 || !catalog.ValidID(id) {
		return "", &fault.Problem{Path: "plan", Value: plan, What: "not a plan and its version", Expected: "id@version such as basic@3, or a file name"}
	}
	folder := path.Dir(file)
	entries, err := fs.ReadDir(fsys, folder)
	if err != nil {
		p := cannotOpen(folder, err)
		return "", &p
	}
	for i, e := range entries {
		if i == maxFiles {
			break
		}
		name := path.Join(folder, e.Name())
		if !e.IsDir() && isPlanName(e.Name()) && isPlan(fsys, name, id, n) {
			return name, nil
		}
	}
	return "", &fault.Problem{Path: "plan", Value: plan, What: "no file in this folder is that version of the plan", Expected: fmt.Sprintf("a YAML or JSON file with plan: %s and version: %d", id, n)}
}

func isPlanName(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return false
}

// isPlan tells whether a file is a version of a plan, without reading all of it
// strictly.
func isPlan(fsys fs.FS, file, id string, version int) bool {
	data, problems := read(fsys, file, MaxBytes)
	if problems != nil {
		return false
	}
	root := parse(&findings{file: file}, data)
	if root == nil || root.child("components") == nil {
		return false
	}
	name, n := root.child("plan"), root.child("version")
	if name == nil || name.text != id {
		return false
	}
	return n == nil && version == 1 || n != nil && n.text == strconv.Itoa(version)
}

// loadDecks builds the rate decks of a plan, from its own rows or from files.
func loadDecks(fsys fs.FS, where Positions, p *catalog.Plan) (map[string]*deck.Deck, fault.Problems) {
	out := map[string]*deck.Deck{}
	var problems fault.Problems
	for i := range p.Decks {
		d, at := &p.Decks[i], at("decks", i)
		var entries []deck.Entry
		var found fault.Problems
		if d.File != "" {
			entries, found = readDeck(fsys, where, join(at, "file"), d)
		} else {
			entries = deckRows(d)
		}
		problems = append(problems, found...)
		if found.Err() != nil {
			continue
		}
		built, found := deck.Build(entries)
		problems = append(problems, where.Locate(within(at, d, found))...)
		out[d.ID] = built
	}
	return out, problems
}

// within turns the paths of rows that came from the plan itself into paths of
// the plan.
func within(at string, d *catalog.Deck, problems fault.Problems) fault.Problems {
	for i := range problems {
		p := &problems[i]
		if rest, ok := strings.CutPrefix(p.Path, "entries["); ok && d.File == "" {
			p.Path = at + ".rows[" + strings.Replace(rest, "].rate.price", "].unit_price", 1)
			p.Fix = strings.Replace(p.Fix, "entries[", at+".rows[", 1)
		} else if p.File == "" && p.Path == "" {
			p.Path = at
		}
	}
	return problems
}

// defaults are what rows of a deck take where they do not say.
func defaults(d *catalog.Deck) deck.Rate {
	inc := d.Increment
	if inc.IsZero() {
		inc = catalog.Increment{First: 60, Next: 60}
	}
	return deck.Rate{Per: int32(d.Unit.Seconds()), First: inc.First, Next: inc.Next}
}

// readDeck reads the file of a deck, which stands in the plan at a path.
func readDeck(fsys fs.FS, where Positions, path string, d *catalog.Deck) ([]deck.Entry, fault.Problems) {
	name, ok := beside(where.file, d.File)
	if !ok {
		return nil, where.Locate(fault.Problems{outside(path, d.File)})
	}
	in, err := fsys.Open(name)
	if err != nil {
		p := cannotOpen(name, err)
		p.File, p.Path, p.Value = "", path, d.File
		return nil, where.Locate(fault.Problems{p})
	}
	defer in.Close()
	limited := &io.LimitedReader{R: in, N: maxDeckBytes + 1}
	entries, problems := deck.ReadCSV(limited, name, defaults(d))
	if limited.N <= 0 {
		problems = append(problems, fault.Problem{File: name, What: "the file is too large", Expected: fmt.Sprintf("at most %d MiB", maxDeckBytes>>20), Fix: "split the deck"})
	}
	return entries, problems
}
