package dialing

import (
	"fmt"
	"html"
	"math"
	"strings"

	"waihu/internal/calling/pacing"
)

// Size of a plot and of what is around it, in its units.
const (
	plotWide, plotHigh                  = 720, 420
	marginLeft, marginRight             = 56, 150
	marginTop, marginBottom             = 44, 52
	plotInk, plotMuted, plotGrid, paper = "#1b2430", "#5b6675", "#e3e7ec", "#ffffff"
)

// inks of policies, told apart by lightness too.
var inks = map[Policy]string{Progressive: "#6b7583", Erlang: "#9c5f8c", Vicidial: "#a87400", VicidialIdle: "#c2571a", Ratio: "#2a8a84", Kept: "#3f74d8", Waihu: "#123a9c", Clairvoyant: "#1b2430"}

// axis maps a value to a share of a plot's side.
type axis struct {
	low, high float64
	ticks     []float64
	log       bool
	name      string
	write     func(v float64) string
}

func (a *axis) place(v float64) float64 {
	if a.log {
		return (math.Log(v) - math.Log(a.low)) / (math.Log(a.high) - math.Log(a.low))
	}
	return (v - a.low) / (a.high - a.low)
}

type point struct{ x, y float64 }

// plot is a picture of lines by policy.
type plot struct {
	title string
	x, y  axis
	bound float64 // of x that must not be passed; 0: none
	lines map[Policy][]point
}

func (p *plot) at(v point) (x, y float64) {
	x = marginLeft + p.x.place(v.x)*(plotWide-marginLeft-marginRight)
	y = plotHigh - marginBottom - p.y.place(v.y)*(plotHigh-marginTop-marginBottom)
	return x, y
}

// svg writes a plot as a file of its own.
func (p *plot) svg() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="Helvetica, Arial, sans-serif" role="img" aria-label="%s">`+"\n", plotWide, plotHigh, html.EscapeString(p.title))
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="%s"/>`+"\n", plotWide, plotHigh, paper)
	words(&b, marginLeft, 22, 15, plotInk, "start", p.title)
	p.axes(&b)
	fmt.Fprintf(&b, `<clipPath id="inside"><rect x="%d" y="%d" width="%d" height="%d"/></clipPath>`+"\n", marginLeft-4, marginTop-4, plotWide-marginLeft-marginRight+8, plotHigh-marginTop-marginBottom+4)
	var ends []ending
	for _, policy := range Policies() {
		if list := p.lines[policy]; len(list) > 0 {
			ends = append(ends, ending{policy, p.line(&b, policy, list)})
		}
	}
	labels(&b, ends)
	b.WriteString("</svg>\n")
	return b.String()
}

func words(b *strings.Builder, x, y float64, size int, ink, anchor, text string) {
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" font-size="%d" fill="%s" text-anchor="%s">%s</text>`+"\n", x, y, size, ink, anchor, html.EscapeString(text))
}

// axes draws the grid and its names.
func (p *plot) axes(b *strings.Builder) {
	for _, v := range p.y.ticks {
		x, y := p.at(point{p.x.low, v})
		fmt.Fprintf(b, `<path d="M%.1f %.1fH%d" stroke="%s"/>`+"\n", x, y, plotWide-marginRight, plotGrid)
		words(b, x-7, y+4, 11, plotMuted, "end", p.y.write(v))
	}
	for _, v := range p.x.ticks {
		x, y := p.at(point{v, p.y.low})
		fmt.Fprintf(b, `<path d="M%.1f %.1fv4" stroke="%s"/>`+"\n", x, y, plotMuted)
		words(b, x, y+17, 11, plotMuted, "middle", p.x.write(v))
	}
	if p.bound > 0 {
		x, y := p.at(point{p.bound, p.y.low})
		fmt.Fprintf(b, `<path d="M%.1f %dV%.1f" stroke="%s" stroke-dasharray="2 3"/>`+"\n", x, marginTop, y, plotMuted)
		words(b, x+5, y-6, 11, plotMuted, "start", "allowed")
	}
	words(b, marginLeft, marginTop-8, 11, plotMuted, "start", p.y.name)
	words(b, plotWide-marginRight, plotHigh-14, 11, plotMuted, "end", p.x.name)
}

// line draws one policy and gives the end of its line. What is below the plot is
// cut off, not drawn at its edge.
func (p *plot) line(b *strings.Builder, policy Policy, list []point) point {
	var path strings.Builder
	var x, y float64
	for i, v := range list {
		v.x, v.y = min(max(v.x, p.x.low), p.x.high), min(v.y, p.y.high)
		x, y = p.at(v)
		fmt.Fprintf(&path, "%s%.1f %.1f", [...]string{"M", "L"}[min(i, 1)], x, y)
		if v.y >= p.y.low {
			fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>`+"\n", x, y, inks[policy])
		}
	}
	dash, width := "", 1.6
	if policy == Kept || policy == Vicidial {
		dash = ` stroke-dasharray="5 4"`
	}
	if policy == Waihu {
		width = 2.8
	}
	fmt.Fprintf(b, `<path d="%s" fill="none" stroke="%s" stroke-width="%.1f"%s clip-path="url(#inside)"/>`+"\n", path.String(), inks[policy], width, dash)
	return point{x, min(y, plotHigh-marginBottom)}
}

// ending is where a line ends and its name stands.
type ending struct {
	policy Policy
	at     point
}

// labels writes the names beside the plot, none over another, from above; dots
// lead to the end of each.
func labels(b *strings.Builder, ends []ending) {
	const step = 16
	for i := range ends {
		for k := i; k > 0 && ends[k].at.y < ends[k-1].at.y; k-- {
			ends[k], ends[k-1] = ends[k-1], ends[k]
		}
	}
	free := float64(marginTop)
	for i, e := range ends {
		left := float64(len(ends)-1-i) * step // for those below
		y := min(max(e.at.y, free), plotHigh-marginBottom-left)
		free = y + step
		x := float64(plotWide - marginRight + 16)
		fmt.Fprintf(b, `<path d="M%.1f %.1fL%.1f %.1f" stroke="%s" stroke-width="1" stroke-dasharray="1 4"/>`+"\n", e.at.x+4, e.at.y, x-3, y, inks[e.policy])
		words(b, x, y+4, 12, inks[e.policy], "start", string(e.policy))
	}
}

func percent(v float64) string { return fmt.Sprintf("%g %%", math.Round(1000*v)/10) }

// Plots are pictures of a comparison by the name of their file: utilisation by
// size for every case with more than two sizes, and a frontier for every size of
// the first case.
func (r *Result) Plots() map[string]string {
	out := map[string]string{}
	y := axis{low: 0.3, high: 1, ticks: []float64{0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1}, name: "share of time agents are busy", write: percent}
	bySize := map[string]*plot{}
	for _, row := range r.Rows {
		p := bySize[row.Case]
		if p == nil {
			p = &plot{title: "Utilisation by number of agents, case " + row.Case, x: axis{low: 2, high: 300, log: true, ticks: []float64{2, 3, 5, 10, 20, 50, 100, 300}, name: "agents", write: func(v float64) string { return fmt.Sprint(v) }}, y: y, lines: map[Policy][]point{}}
			bySize[row.Case] = p
		}
		p.lines[row.Policy] = append(p.lines[row.Policy], point{float64(row.Agents), row.Used})
	}
	for name, p := range bySize {
		if len(p.lines[Waihu]) > 2 {
			out["sizes-"+name+".svg"] = p.svg()
		}
	}
	byAgents := map[int]*plot{}
	for _, row := range r.Frontier {
		p := byAgents[row.Agents]
		if p == nil {
			p = &plot{title: fmt.Sprintf("Frontier of %d agents, case %s", row.Agents, row.Case), x: axis{low: 0, high: 0.06, ticks: []float64{0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06}, name: "share of answered calls abandoned", write: percent}, y: y, bound: pacing.DefaultShare, lines: map[Policy][]point{}}
			byAgents[row.Agents] = p
		}
		p.lines[row.Policy] = append(p.lines[row.Policy], point{row.Lost, row.Used})
	}
	for n, p := range byAgents {
		out[fmt.Sprintf("frontier-%d.svg", n)] = p.svg()
	}
	return out
}
