package console

import (
	"fmt"
	"html/template"
	"strings"

	"rsc.io/qr"
)

// quiet is the empty edge a reader of the code needs, in modules.
const quiet = 4

// qr draws a text as a QR code: one path of squares, black on white in either
// theme, as readers want it.
func drawQR(text string) (template.HTML, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", err
	}
	var path strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	side := code.Size + 2*quiet
	return template.HTML(fmt.Sprintf(`<svg class="qr" viewBox="0 0 %d %d" role="img" aria-label="QR"><path class="paper" d="M0 0h%dv%dH0z"></path><path class="dots" d="%s"></path></svg>`, side, side, side, side, path.String())), nil
}
