package document

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"waihu/internal/fault"
)

// The licence and the notice go wherever the fonts go.
//
//go:embed fonts/waihu-sans-hk.ttf.gz fonts/waihu-sans-sc.ttf.gz fonts/private.tsv fonts/OFL.txt fonts/NOTICE
var fontFiles embed.FS

// maxFont bounds an unpacked font, in bytes.
const maxFont = 16 << 20

// face is a font as far as layout needs it: which characters it has and how
// wide they are.
type face struct {
	family  string // as the PDF library knows it
	ttf     []byte
	units   int           // font units of an em
	advance [65536]uint16 // width in font units by character; 0 is not there
}

// The two faces, unpacked when first needed: 6 MB and about 50 ms each.
var (
	hongKong = sync.OnceValues(func() (*face, error) { return loadFace("WaihuSansHK", "fonts/waihu-sans-hk.ttf.gz") })
	mainland = sync.OnceValues(func() (*face, error) { return loadFace("WaihuSansSC", "fonts/waihu-sans-sc.ttf.gz") })
)

func loadFace(family, path string) (f *face, err error) {
	defer fault.Wrap(&err, "font %s", path)
	packed, err := fontFiles.ReadFile(path)
	if err != nil {
		return nil, err
	}
	zr, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	ttf, err := io.ReadAll(io.LimitReader(zr, maxFont))
	if err != nil {
		return nil, err
	}
	f = &face{family: family, ttf: ttf}
	return f, f.parse()
}

// parse reads the widths (hhea, hmtx) and the character map (cmap, format 4).
// OpenType 1.9, chapters of the same names.
func (f *face) parse() error {
	head, err := f.table("head", 54)
	if err != nil {
		return err
	}
	f.units = u16(head, 18)
	hhea, err := f.table("hhea", 36)
	if err != nil {
		return err
	}
	metrics := u16(hhea, 34)
	hmtx, err := f.table("hmtx", metrics*4)
	if err != nil {
		return err
	}
	cmap, err := f.table("cmap", 4)
	if err != nil {
		return err
	}
	sub, err := format4(cmap)
	if err != nil {
		return err
	}
	if metrics == 0 || f.units == 0 {
		return fmt.Errorf("no widths")
	}
	f.mapCharacters(sub, func(glyph int) uint16 { return uint16(u16(hmtx, min(glyph, metrics-1)*4)) })
	return nil
}

// table finds a table of at least so many bytes.
func (f *face) table(tag string, least int) ([]byte, error) {
	if len(f.ttf) < 12 {
		return nil, fmt.Errorf("not a font")
	}
	for i := range u16(f.ttf, 4) {
		rec := 12 + 16*i
		if rec+16 > len(f.ttf) {
			break
		}
		if string(f.ttf[rec:rec+4]) != tag {
			continue
		}
		from, size := int(binary.BigEndian.Uint32(f.ttf[rec+8:])), int(binary.BigEndian.Uint32(f.ttf[rec+12:]))
		if from > len(f.ttf) || size > len(f.ttf)-from || size < least {
			return nil, fmt.Errorf("table %s is cut", tag)
		}
		return f.ttf[from : from+size], nil
	}
	return nil, fmt.Errorf("no table %s", tag)
}

func u16(b []byte, at int) int { return int(binary.BigEndian.Uint16(b[at:])) }

// format4 finds the character map of the Basic Multilingual Plane.
func format4(cmap []byte) ([]byte, error) {
	for i := range u16(cmap, 2) {
		if 12+8*i > len(cmap) {
			break
		}
		at := int(binary.BigEndian.Uint32(cmap[8+8*i:]))
		if at+14 > len(cmap) || u16(cmap, at) != 4 {
			continue
		}
		sub := cmap[at:]
		if n := u16(sub, 6) / 2; 16+8*n <= len(sub) {
			return sub, nil
		}
	}
	return nil, fmt.Errorf("no character map of format 4")
}

// mapCharacters gives every character the width of its glyph. A glyph without
// width (a combining mark) counts as one unit: it is there.
func (f *face) mapCharacters(sub []byte, width func(glyph int) uint16) {
	segments := u16(sub, 6) / 2
	ends, starts := sub[14:], sub[16+2*segments:]
	deltas, offsets := sub[16+4*segments:], sub[16+6*segments:]
	for s := range segments {
		last, offset := u16(ends, 2*s), u16(offsets, 2*s)
		for c := u16(starts, 2*s); c <= last && c < 0xFFFF; c++ {
			glyph := c
			if offset != 0 {
				at := 2*s + offset + 2*(c-u16(starts, 2*s))
				if at+2 > len(offsets) {
					continue
				}
				if glyph = u16(offsets, at); glyph == 0 {
					continue
				}
			}
			if glyph = (glyph + u16(deltas, 2*s)) & 0xFFFF; glyph != 0 {
				f.advance[c] = max(width(glyph), 1)
			}
		}
	}
}

// has tells whether the font can print a character of the Basic Multilingual Plane.
func (f *face) has(r rune) bool { return r > 0 && r < 0xFFFF && f.advance[r] > 0 }

// private is where the fonts keep the characters beyond U+FFFF, which the PDF
// library cannot address: private-use characters, by fonts/private.tsv.
var private = sync.OnceValue(func() map[rune]rune {
	data, _ := fontFiles.ReadFile("fonts/private.tsv") // embedded: cannot fail
	out := map[rune]rune{}
	sc := bufio.NewScanner(bytes.NewReader(data))
	for sc.Scan() {
		from, to, _ := strings.Cut(sc.Text(), "\t")
		a, err1 := strconv.ParseUint(from, 16, 32)
		b, err2 := strconv.ParseUint(to, 16, 16)
		if err1 == nil && err2 == nil { // the heading is not a pair of numbers
			out[rune(a)] = rune(b)
		}
	}
	return out
})

// shownAs is the character that stands for r in the fonts. A private-use
// character of the input is refused (0): it would show as something else.
func shownAs(r rune) rune {
	switch {
	case r >= 0xE000 && r <= 0xF8FF:
		return 0
	case r > 0xFFFF:
		return private()[r]
	}
	return r
}
