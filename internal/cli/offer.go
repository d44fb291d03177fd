package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"waihu/internal/charging/offer"
	"waihu/internal/explain"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/planfile"
)

// offerCmd groups what can be done with an offer.
type offerCmd struct {
	Check   offerCheck   `cmd:"" help:"Say everything that is wrong with offers, and which questions are open."`
	Explain offerExplain `cmd:"" help:"Tell an offer in words: hidden fees, term, notice, support."`
	New     offerNew     `cmd:"" help:"Ask the checklist of hidden fees and write an offer file."`
	Schema  offerSchema  `cmd:"" help:"Print the JSON Schema of offers, or of usage profiles."`
}

type offerCheck struct {
	Files []string `arg:"" help:"Offer or plan files, or folders of them."`
	JSON  bool     `help:"Write the findings as JSON."`
}

// Run checks each file and counts.
func (c *offerCheck) Run(e *env) error {
	files, err := offerFiles(c.Files)
	if err != nil {
		return err
	}
	all := fault.Problems{}
	for _, path := range files {
		_, problems, err := loadOffer(path)
		if err != nil {
			return err
		}
		all = append(all, problems...)
		if !c.JSON {
			printFindings(e.Out, path, problems)
		}
	}
	if c.JSON {
		if err := writeJSON(e.Out, all); err != nil {
			return err
		}
	}
	if len(all.Errors()) > 0 {
		return coded{exitFailed, errors.New("")}
	}
	return nil
}

type offerExplain struct {
	File string `arg:"" help:"Offer or plan file." type:"existingfile"`
	Lang string `default:"en" help:"Language: en, zh-Hant, zh-Hans."`
	Plan bool   `help:"Tell its plan as well."`
}

// Run prints the offer in words.
func (c *offerExplain) Run(e *env) error {
	tag, err := lang.ParseTag(c.Lang)
	if err != nil {
		return coded{exitUsage, err}
	}
	b, err := readOffer(e, c.File, false)
	if err != nil {
		return err
	}
	text := explain.Offer(b.Offer, b.Plan, tag).Text()
	if c.Plan {
		text += "\n" + explain.Plan(b.Plan, tag).Text()
	}
	_, err = fmt.Fprint(e.Out, text)
	return err
}

type offerSchema struct{}

// Run prints the schema.
func (offerSchema) Run(e *env) error {
	_, err := e.Out.Write(planfile.Schema(offer.Offer{}, "offer.schema.json"))
	return err
}

// offerFiles lists the offers of files and folders, each once.
func offerFiles(paths []string) ([]string, error) {
	var out []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, fault.New(fault.NotFound, "%v", err)
		}
		found := []string{path}
		if info.IsDir() {
			names, err := planfile.OffersIn(os.DirFS(path), ".")
			if err != nil {
				return nil, err
			}
			found = nil
			for _, n := range names {
				found = append(found, filepath.Join(path, n))
			}
			if len(found) == 0 {
				return nil, fault.New(fault.NotFound, "%s holds no offer and no plan", path)
			}
		}
		for _, f := range found {
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out, nil
}

// loadOffer reads an offer and its plan in its own folder; links out of the
// folder are not followed.
func loadOffer(path string) (planfile.OfferBundle, fault.Problems, error) {
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return planfile.OfferBundle{}, nil, fault.New(fault.NotFound, "%s: %v", path, err)
	}
	defer root.Close()
	b, problems := planfile.LoadOffer(root.FS(), filepath.Base(path))
	return b, inFolder(problems, path), nil
}

// readOffer reads an offer; its warnings are printed unless quiet.
func readOffer(e *env, path string, quiet bool) (planfile.OfferBundle, error) {
	b, problems, err := loadOffer(path)
	if err != nil {
		return b, err
	}
	if !quiet {
		for _, w := range problems.Warnings() {
			fmt.Fprintf(e.Err, "warning: %v\n", w)
		}
	}
	return b, problems.Err()
}
