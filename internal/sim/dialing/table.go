package dialing

import (
	"fmt"
	"strings"
)

// Markdown writes a comparison as tables.
func (r *Result) Markdown() string {
	var b strings.Builder
	name := ""
	for i := range r.Rows {
		if row := &r.Rows[i]; row.Case != name {
			name = row.Case
			r.cell(&b, name)
		}
	}
	r.shifts(&b)
	if len(r.Optimal) > 0 {
		b.WriteString("\n### The best possible, in the world that can be solved\n\n| agents | progressive | waihu-kept | best that takes nothing back | waihu |\n|---|---|---|---|---|\n")
		for _, y := range r.Optimal {
			fmt.Fprintf(&b, "| %d | %.3f | %.3f | %.3f | %.3f |\n", y.Agents, y.Progressive, y.Kept, y.Best, y.Waihu)
		}
	}
	fmt.Fprintf(&b, "\n%d seeds a cell. SHA-256 of the figures: `%s`\n", r.Seeds, r.Digest)
	return b.String()
}

// cell writes one case: a row for each policy, a column for each size.
func (r *Result) cell(b *strings.Builder, name string) {
	var sizes []int
	by := map[Policy]map[int]*Row{}
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Case != name {
			continue
		}
		if by[row.Policy] == nil {
			by[row.Policy] = map[int]*Row{}
		}
		if row.Policy == Progressive {
			sizes = append(sizes, row.Agents)
		}
		by[row.Policy][row.Agents] = row
	}
	fmt.Fprintf(b, "\n### %s\n\n| policy |", name)
	for _, n := range sizes {
		fmt.Fprintf(b, " %d |", n)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(sizes)) + "\n")
	for _, p := range Policies() {
		fmt.Fprintf(b, "| %s |", p)
		for _, n := range sizes {
			row := by[p][n]
			if p == Ratio {
				fmt.Fprintf(b, " %.3f (%.1f; %.2f) |", row.Used, 100*row.Lost, row.Setting)
				continue
			}
			fmt.Fprintf(b, " %.3f (%.1f) |", row.Used, 100*row.Lost)
		}
		b.WriteString("\n")
	}
}

// shifts writes what the ledger and the people called saw of our rule.
func (r *Result) shifts(b *strings.Builder) {
	b.WriteString("\n### The ledger and the price of waihu\n\n| case | agents | campaigns above 3 % | most calls above, ever | shifts above 3 % | worst shift | dials a conversation | taken back | of these before the phone rang | conversations an agent hour |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Policy != Waihu {
			continue
		}
		fmt.Fprintf(b, "| %s | %d | %d of %d | %.1f | %.0f %% of %d | %.2f %% | %.2f | %.0f %% | %.0f %% | %.1f |\n", row.Case, row.Agents, row.SeedsOver, r.Seeds, row.Debt,
			100*row.Over, row.Shifts, 100*row.Worst, row.Dials, 100*row.Cancelled, 100*row.Silent/max(row.Cancelled, 1e-9), row.PerHour)
	}
}
