package planfile

import (
	"io/fs"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/deck"
	"waihu/internal/fault"
)

// Bundle is what a bill needs beside usage: a plan with its decks, and the
// contract if one was read.
type Bundle struct {
	Plan     *catalog.Plan
	Decks    map[string]*deck.Deck
	Contract *contract.Contract // nil: the plan as it is

	ofPlan, ofContract Positions
}

// Locate finds the places of problems about the contract, or about the plan
// where there is no contract.
func (b Bundle) Locate(problems fault.Problems) fault.Problems {
	if b.Contract != nil {
		return b.ofContract.Locate(problems)
	}
	return b.ofPlan.Locate(problems)
}

// Load reads and checks a file that is a plan, a contract (it has the key
// contract) or an offer: of an offer, its plan alone. The bundle is empty if
// there is an error; warnings may come with it.
func Load(fsys fs.FS, file string) (Bundle, fault.Problems) {
	data, problems := read(fsys, file, MaxBytes)
	if problems != nil {
		return Bundle{}, problems
	}
	f := findings{file: file}
	if root := parse(&f, data); root != nil && root.child("contract") != nil {
		return LoadContract(fsys, file)
	} else if root != nil && isOffer(root) {
		b, problems := LoadOffer(fsys, file)
		return b.Bundle, problems
	}
	return loadPlan(fsys, file)
}

// IsContract tells whether a text is a contract, whatever words are in it: it has
// the key contract. file says by its ending whether it is YAML or JSON.
func IsContract(file, text string) bool {
	f := findings{file: file}
	root := parse(&f, []byte(text))
	return root != nil && root.child("contract") != nil
}

// LoadPlan reads and checks a plan and the rate decks in its folder. Plan and
// decks are nil if there is an error. What a plan means is checked once all of
// it can be read.
func LoadPlan(fsys fs.FS, file string) (*catalog.Plan, map[string]*deck.Deck, fault.Problems) {
	b, problems := loadPlan(fsys, file)
	return b.Plan, b.Decks, problems
}

func loadPlan(fsys fs.FS, file string) (Bundle, fault.Problems) {
	p := &catalog.Plan{}
	where, problems := LoadInto(fsys, file, p)
	if problems.Err() != nil {
		return Bundle{}, problems
	}
	if p.Version == 0 {
		if where.root.child("version") != nil {
			problems = append(problems, where.Locate(fault.Problems{{Path: "version", What: "a version below 1", Expected: "1 or more"}})...)
		}
		p.Version = 1
	}
	problems = append(problems, where.Locate(p.Validate())...)
	decks, ofDecks := loadDecks(fsys, where, p)
	if problems = inOrder(append(problems, ofDecks...)); problems.Err() != nil {
		return Bundle{}, problems
	}
	return Bundle{Plan: p, Decks: decks, ofPlan: where}, problems
}

// LoadContract reads and checks a contract and the plan it names: a file in its
// folder, or id@version of a plan file there.
func LoadContract(fsys fs.FS, file string) (Bundle, fault.Problems) {
	c := &contract.Contract{}
	where, problems := LoadInto(fsys, file, c)
	if problems.Err() != nil {
		return Bundle{}, problems
	}
	problems = append(problems, where.Locate(c.Validate())...)
	name, missing := findPlan(fsys, file, c.Plan)
	if missing != nil {
		return Bundle{}, append(problems, where.Locate(fault.Problems{*missing})...)
	}
	b, ofPlan := loadPlan(fsys, name)
	if ofPlan.Err() == nil {
		problems = append(problems, where.Locate(c.Check(b.Plan))...)
	}
	if problems = append(inOrder(problems), ofPlan...); problems.Err() != nil {
		return Bundle{}, problems
	}
	b.Contract, b.ofContract = c, where
	return b, problems
}

// LoadInto reads any file of tagged keys, for example a mapping of call records,
// into a pointer to a struct.
func LoadInto(fsys fs.FS, file string, into any) (Positions, fault.Problems) {
	data, problems := read(fsys, file, MaxBytes)
	if problems != nil {
		return Positions{file: file}, problems
	}
	return Decode(file, data, into)
}
