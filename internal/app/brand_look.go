package app

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/png"
	"math"

	"waihu/internal/fault"
)

// Palette is what pages make of a brand's colours, each #rrggbb.
type Palette struct {
	Light, Dark             string
	LightStrong, DarkStrong string
	LightSoft, DarkSoft     string
}

// Grounds the console's pages have, and how much text must stand out from what
// is behind it (WCAG 2.2, success criterion 1.4.3).
const (
	lightGround = "#ffffff"
	darkGround  = "#1b282c"
	lightInk    = "#ffffff" // on a button of the accent
	darkInk     = "#06282c"
	readable    = 4.5
)

// paletteOf works a brand's colours out and says where they cannot be read.
func paletteOf(accent, dark string) (p Palette, ps fault.Problems) {
	light, ok := colourOf(accent)
	if !ok {
		return p, fault.Problems{{Path: "accent", What: "this is no colour", Expected: "#0b5c66"}}
	}
	if got := contrast(light, known(lightGround)); got < readable {
		ps = append(ps, fault.Problem{Path: "accent", Value: fmt.Sprintf("%.1f", got), What: "it cannot be read on light ground: take a darker one"})
	}
	onDark := light
	if dark == "" {
		for range 20 { // lighter, until it can be read
			if contrast(onDark, known(darkGround)) >= readable && contrast(onDark, known(darkInk)) >= readable {
				break
			}
			onDark = onDark.mixed(colour{255, 255, 255}, 0.12)
		}
	} else if onDark, ok = colourOf(dark); !ok {
		return p, append(ps, fault.Problem{Path: "dark", What: "this is no colour", Expected: "#5cc3cd"})
	}
	if got := min(contrast(onDark, known(darkGround)), contrast(onDark, known(darkInk))); got < readable {
		ps = append(ps, fault.Problem{Path: "dark", Value: fmt.Sprintf("%.1f", got), What: "it cannot be read on dark ground: take a lighter one"})
	}
	black, white := colour{0, 0, 0}, colour{255, 255, 255}
	p = Palette{Light: light.String(), Dark: onDark.String(), LightStrong: light.mixed(black, 0.25).String(), DarkStrong: onDark.mixed(white, 0.35).String(),
		LightSoft: light.mixed(white, 0.88).String(), DarkSoft: onDark.mixed(known("#101a1c"), 0.8).String()}
	return p, ps
}

// colour is red, green, blue.
type colour struct{ r, g, b uint8 }

func (c colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c.r, c.g, c.b) }

func colourOf(s string) (c colour, ok bool) {
	if len(s) != 7 || s[0] != '#' {
		return c, false
	}
	b, err := hex.DecodeString(s[1:])
	if err != nil {
		return c, false
	}
	return colour{b[0], b[1], b[2]}, true
}

// known is a colour that is written in this file.
func known(s string) colour {
	c, _ := colourOf(s)
	return c
}

// mixed is the colour with a share of another.
func (c colour) mixed(d colour, share float64) colour {
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a)*(1-share) + float64(b)*share)) }
	return colour{mix(c.r, d.r), mix(c.g, d.g), mix(c.b, d.b)}
}

// luminance is how bright a colour is, as WCAG counts it.
func (c colour) luminance() float64 {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.r) + 0.7152*linear(c.g) + 0.0722*linear(c.b)
}

func contrast(a, b colour) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// Bounds of a logo.
const (
	LogoBytes = 512 << 10
	logoWide  = 2000
	logoHigh  = 1000
)

// cleanLogo reads a picture and writes it anew, so that nothing but its points
// is kept, and gives its digest. Nothing in, nothing out.
func cleanLogo(in []byte) (out []byte, sum string, err error) {
	if len(in) == 0 {
		return nil, "", nil
	}
	wrong := func(what string) (a []byte, b string, err error) {
		return nil, "", fault.Problem{Path: "logo", What: what, Expected: fmt.Sprintf("a PNG of at most %d by %d points and %d KB", logoWide, logoHigh, LogoBytes>>10)}
	}
	if len(in) > LogoBytes {
		return wrong("the picture is too large")
	}
	c, err := png.DecodeConfig(bytes.NewReader(in))
	if err != nil {
		return wrong("this is no PNG")
	}
	if c.Width > logoWide || c.Height > logoHigh || c.Width < 8 || c.Height < 8 {
		return wrong("the picture has too many or too few points")
	}
	m, err := png.Decode(bytes.NewReader(in))
	if err != nil {
		return wrong("this PNG is damaged")
	}
	plain := image.NewNRGBA(m.Bounds()) // eight bits a point: a form that every reader knows
	for y := m.Bounds().Min.Y; y < m.Bounds().Max.Y; y++ {
		for x := m.Bounds().Min.X; x < m.Bounds().Max.X; x++ {
			plain.Set(x, y, m.At(x, y))
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, plain); err != nil {
		return nil, "", err
	}
	digest := sha256.Sum256(b.Bytes())
	return b.Bytes(), hex.EncodeToString(digest[:]), nil
}
