package planfile

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/offer"
	"waihu/internal/fault"
)

// OfferBundle is an offer with the plan it names.
type OfferBundle struct {
	Offer *offer.Offer
	Bundle
	File string // of the offer
}

// LoadOffer reads and checks an offer and the plan it names, in its folder. A
// plan file is read as the offer it makes alone: its own note, and a checklist
// nobody has answered.
func LoadOffer(fsys fs.FS, file string) (OfferBundle, fault.Problems) {
	if kind, _ := kindOfFile(fsys, file); kind != "offer" {
		b, problems := Load(fsys, file)
		if problems.Err() != nil {
			return OfferBundle{}, problems
		}
		o := offer.FromPlan(b.Plan)
		return OfferBundle{Offer: o, Bundle: b, File: file}, append(problems, b.Locate(withoutOffer(o, b.Plan))...)
	}
	o := &offer.Offer{}
	where, problems := LoadInto(fsys, file, o)
	if problems.Err() != nil {
		return OfferBundle{}, problems
	}
	name, missing := findPlan(fsys, file, o.Plan)
	if missing != nil {
		return OfferBundle{}, append(problems, where.Locate(fault.Problems{*missing})...)
	}
	b, ofPlan := loadPlan(fsys, name)
	if ofPlan.Err() != nil {
		return OfferBundle{}, append(problems, ofPlan...)
	}
	o.Complete(b.Plan)
	problems = append(inOrder(append(problems, where.Locate(o.Check(b.Plan))...)), ofPlan...)
	if problems.Err() != nil {
		return OfferBundle{}, problems
	}
	return OfferBundle{Offer: o, Bundle: b, File: file}, problems
}

// withoutOffer is what to know about a plan that stands as an offer by itself.
func withoutOffer(o *offer.Offer, p *catalog.Plan) fault.Problems {
	if p.Offer == nil {
		return fault.Problems{{Path: "offer", What: "the plan does not say who offers it", Fix: "write an offer file that names it: waihu offer new", Warning: true}}
	}
	return slices.DeleteFunc(o.Check(p), func(f fault.Problem) bool { return !f.Warning })
}

// maxOffers bounds the offers of one folder.
const maxOffers = 200

// OffersIn lists the offers of a folder: its offer files, and the plan files that
// no offer file names. Files that are neither are passed over.
func OffersIn(fsys fs.FS, folder string) ([]string, error) {
	entries, err := fs.ReadDir(fsys, folder)
	if err != nil {
		return nil, err
	}
	var offers, plans []string
	named := map[string]bool{}
	for _, e := range entries {
		file := path.Join(folder, e.Name())
		ext := strings.ToLower(path.Ext(e.Name()))
		if e.IsDir() || ext != ".yaml" && ext != ".yml" && ext != ".json" {
			continue
		}
		switch kind, plan := kindOfFile(fsys, file); kind {
		case "offer":
			offers = append(offers, file)
			if name, missing := findPlan(fsys, file, plan); missing == nil {
				named[name] = true
			}
		case "plan":
			plans = append(plans, file)
		}
		if len(offers)+len(plans) > maxOffers {
			return nil, fault.New(fault.Invalid, "%s holds more than %d offers: name those to compare", folder, maxOffers)
		}
	}
	for _, p := range plans {
		if !named[p] {
			offers = append(offers, p)
		}
	}
	slices.Sort(offers)
	return offers, nil
}

// isOffer tells whether a file is an offer: it has its identifier where a plan has
// a group of keys.
func isOffer(root *node) bool {
	o := root.child("offer")
	return o != nil && o.kind == scalar
}

// kindOfFile tells offers and plans from other files, and which plan an offer
// names.
func kindOfFile(fsys fs.FS, file string) (kind, plan string) {
	data, problems := read(fsys, file, MaxBytes)
	if problems != nil {
		return "", ""
	}
	f := findings{file: file}
	root := parse(&f, data)
	if root == nil || root.kind != mapping {
		return "", ""
	}
	names := root.child("plan")
	if isOffer(root) {
		if names != nil {
			plan = names.text
		}
		return "offer", plan
	}
	if names != nil && root.child("components") != nil {
		return "plan", ""
	}
	return "", ""
}
