package app

import (
	"context"
	"net/mail"
	"regexp"
	"strings"
	"unicode/utf8"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// Kinds of records of brands, all of the platform.
const (
	KindBrand store.Kind = "brand"      // Brand; unique "word", "host", "standard"
	KindLogo  store.Kind = "brand_logo" // kept beside a brand under its identifier, for pages read brands often
)

// Brand is how the operator looks to customers.
type Brand struct {
	ID       id.ID   `json:"id"`
	Word     string  `json:"word"` // in addresses: letters, digits and dashes
	Name     string  `json:"name"`
	Host     string  `json:"host,omitempty"`    // name of the host whose pages have it
	Support  string  `json:"support,omitempty"` // e-mail address
	Accent   string  `json:"accent"`            // #rrggbb, on light ground
	Dark     string  `json:"dark,omitempty"`    // on dark ground; none: Accent, made lighter
	Palette  Palette `json:"palette"`
	Logo     string  `json:"logo,omitempty"`     // SHA-256 of the picture
	Standard bool    `json:"standard,omitempty"` // of companies that name none
	Revision int64   `json:"revision"`
}

// maxBrands bounds the brands of an installation.
const maxBrands = 100

var (
	brandWord = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
	hostName  = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)
)

// check says all that is wrong and works the colours out.
func (b *Brand) check() error {
	var ps fault.Problems
	add := func(path, what, expected string) {
		ps = append(ps, fault.Problem{Path: path, What: what, Expected: expected})
	}
	if !brandWord.MatchString(b.Word) {
		add("word", "a brand's word has small letters, digits and dashes", "acme")
	}
	if b.Name == "" || utf8.RuneCountInString(b.Name) > maxName {
		add("name", "a name is needed", "")
	}
	if b.Host = strings.ToLower(b.Host); b.Host != "" && (len(b.Host) > 253 || !hostName.MatchString(b.Host)) {
		add("host", "this is no name of a host", "calls.example.com")
	}
	if b.Support != "" {
		if a, err := mail.ParseAddress(b.Support); err != nil || a.Name != "" || a.Address != b.Support {
			add("support", "this is no e-mail address", "help@example.com")
		}
	}
	var more fault.Problems
	if b.Palette, more = paletteOf(b.Accent, b.Dark); len(more) > 0 {
		ps = append(ps, more...)
	}
	return ps.Err()
}

// TryBrand says what would be wrong with a brand and its picture (nil: none), and
// gives its colours.
func TryBrand(b Brand, logo []byte) (Palette, error) {
	err := b.check()
	if err == nil {
		_, _, err = cleanLogo(logo)
	}
	return b.Palette, err
}

// SetBrand keeps a brand: a new one where it has no identifier. logo nil leaves
// the picture there is; an empty one takes it away. Only one brand is the
// standard one, so another stops to be it.
func (s *System) SetBrand(ctx context.Context, in Brand, logo []byte) (out Brand, err error) {
	defer fault.Wrap(&err, "set brand %q", fault.Shorten(in.Word, 40))
	if err := in.check(); err != nil {
		return out, err
	}
	picture, sum, err := cleanLogo(logo)
	if err != nil {
		return out, err
	}
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		out = in
		r := &store.Record{Company: id.Platform, Kind: KindBrand, ID: in.ID, Revision: in.Revision}
		if in.ID.IsZero() {
			there, err := all[Brand](tx, id.Platform, KindBrand, store.Key{})
			if err != nil {
				return err
			}
			if len(there) >= maxBrands {
				return fault.New(fault.Conflict, "there are %d brands already", maxBrands)
			}
			if r.ID, err = s.newID(tx); err != nil {
				return err
			}
			out.Logo = ""
		} else {
			before, _, err := get[Brand](tx, id.Platform, KindBrand, in.ID)
			if err != nil {
				return err
			}
			out.Logo, out.Word = before.Logo, before.Word // companies name it by its word
		}
		if out.Standard {
			if err := noStandard(tx, r.ID); err != nil {
				return err
			}
		}
		if logo != nil {
			out.Logo = sum
			if err := putLogo(tx, r.ID, picture); err != nil {
				return err
			}
		}
		out.ID, out.Revision = r.ID, r.Revision+1
		return putBrand(tx, r, &out)
	})
	return out, err
}

func putBrand(tx store.Tx, r *store.Record, b *Brand) error {
	r.Unique = []store.Key{{Name: "word", Value: b.Word}}
	if b.Host != "" {
		r.Unique = append(r.Unique, store.Key{Name: "host", Value: b.Host})
	}
	if b.Standard {
		r.Unique = append(r.Unique, store.Key{Name: "standard", Value: "yes"})
	}
	return save(tx, r, b)
}

// noStandard ends that another brand is the standard one.
func noStandard(tx store.Tx, but id.ID) error {
	b, r, err := find[Brand](tx, id.Platform, KindBrand, "standard", "yes")
	if fault.KindOf(err) == fault.NotFound || err == nil && r.ID == but {
		return nil
	}
	if err != nil {
		return err
	}
	b.Standard, b.Revision = false, r.Revision+1
	return putBrand(tx, r, &b)
}

// Brands are all, in the order they were made.
func (s *System) Brands(ctx context.Context) (out []Brand, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, err = all[Brand](tx, id.Platform, KindBrand, store.Key{})
		return err
	})
	return out, err
}

// BrandFor is the brand that somebody sees: that of a word, else of a host, else
// the standard one. Without any it is nil.
func (s *System) BrandFor(ctx context.Context, word, host string) (out *Brand, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = nil
		for _, key := range []store.Key{{Name: "word", Value: word}, {Name: "host", Value: strings.ToLower(host)}, {Name: "standard", Value: "yes"}} {
			if key.Value == "" {
				continue
			}
			b, _, err := find[Brand](tx, id.Platform, KindBrand, key.Name, key.Value)
			if fault.KindOf(err) == fault.NotFound {
				continue
			}
			out = &b
			return err
		}
		return nil
	})
	return out, err
}

// keptLogo is a picture as it is kept.
type keptLogo struct {
	PNG []byte `json:"png"`
}

func putLogo(tx store.Tx, brand id.ID, picture []byte) error {
	_, r, err := get[keptLogo](tx, id.Platform, KindLogo, brand)
	if fault.KindOf(err) == fault.NotFound {
		r, err = &store.Record{Company: id.Platform, Kind: KindLogo, ID: brand}, nil
	}
	if err != nil {
		return err
	}
	return save(tx, r, keptLogo{picture})
}

// LogoOf is the picture on the invoices of a company; nil where its brand has
// none.
func (s *System) LogoOf(ctx context.Context, c id.Company) ([]byte, error) {
	company, err := s.GetCompany(ctx, c)
	if err != nil {
		return nil, err
	}
	b, err := s.BrandFor(ctx, company.Brand, "")
	if err != nil {
		return nil, err
	}
	return s.Logo(ctx, b)
}

// Logo is the picture of a brand; nil where it has none.
func (s *System) Logo(ctx context.Context, brand *Brand) (out []byte, err error) {
	if brand == nil || brand.Logo == "" {
		return nil, nil
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		l, _, err := get[keptLogo](tx, id.Platform, KindLogo, brand.ID)
		out = l.PNG
		return err
	})
	return out, err
}
