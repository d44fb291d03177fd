package cases

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"

	"waihu/internal/exact"
)

// charge is one case as its line states it.
type charge struct {
	ID        string                     `json:"id"`
	Source    map[string]string          `json:"source"`
	Topic     string                     `json:"topic"`
	Operation string                     `json:"operation"`
	Options   map[string]json.RawMessage `json:"rule_options"`
	Price     json.RawMessage            `json:"price"`
	Usage     json.RawMessage            `json:"usage"`
	Period    json.RawMessage            `json:"period"`
	Expected  map[string]json.RawMessage `json:"expected"`
	Note      string                     `json:"note"`

	seen map[string]bool // options the adapter has looked at
}

// readCases reads the corpus.
func readCases(t *testing.T) []*charge {
	t.Helper()
	f, err := os.Open("testdata/public.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []*charge
	ids := map[string]bool{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		c := &charge{seen: map[string]bool{}}
		if err := strictly(lines.Bytes(), c); err != nil {
			t.Fatalf("public.jsonl:%d: %v", n, err)
		}
		if ids[c.ID] {
			t.Fatalf("public.jsonl:%d: %s is there twice", n, c.ID)
		}
		ids[c.ID] = true
		out = append(out, c)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// strictly reads JSON and refuses keys the target does not have: a key that is
// left out is a rule that is not tested.
func strictly(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// read reads price, usage and period; nil reads none and wants none.
func (c *charge) read(price, usage, period any) error {
	for _, part := range []struct {
		name string
		raw  json.RawMessage
		into any
	}{{"price", c.Price, price}, {"usage", c.Usage, usage}, {"period", c.Period, period}} {
		if part.into == nil {
			part.into = &struct{}{}
		}
		if err := strictly(part.raw, part.into); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return nil
}

// option is a rule option that is a word; empty if the case names none.
func (c *charge) option(name string) string {
	var s string
	c.optionInto(name, &s)
	return s
}

// optionInto reads a rule option and tells whether the case names it.
func (c *charge) optionInto(name string, into any) bool {
	raw, ok := c.Options[name]
	c.seen[name] = true
	return ok && json.Unmarshal(raw, into) == nil
}

// word is the engine's word for the option's, of pairs "theirs", "ours". A word
// that is in no pair is an error, and so is an option the case does not name
// unless the first pair is for that.
func (c *charge) word(name string, pairs ...string) (string, error) {
	have := c.option(name)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == have {
			return pairs[i+1], nil
		}
	}
	return "", fmt.Errorf("option %s: %s is not known here", name, c.Options[name])
}

// unseen lists options that neither the adapter nor the engine's only way took
// care of.
func (c *charge) unseen() []string {
	var out []string
	for name, raw := range c.Options {
		if c.seen[name] {
			continue
		}
		if ways := onlyWay[name]; !slices.Contains(ways, string(raw)) {
			out = append(out, fmt.Sprintf("option %s: %s was not looked at", name, raw))
		}
	}
	slices.Sort(out)
	return out
}

// rounding is a rule option that rounds.
type rounding struct {
	Mode     string `json:"mode"`
	Decimals int    `json:"decimals"`
}

var modes = map[string]exact.Mode{"half_up": exact.HalfAway, "half_even": exact.HalfEven, "up": exact.Up, "down": exact.Down}

func (r *rounding) mode() (exact.Mode, error) {
	m, ok := modes[r.Mode]
	if !ok {
		return "", fmt.Errorf("rounding %q is not known", r.Mode)
	}
	return m, nil
}

// num is a number written as text or as a JSON number; null is a price nobody
// knows.
type num struct {
	exact.Number
	given, null bool
}

func (n *num) UnmarshalJSON(b []byte) (err error) {
	n.given = true
	if string(b) == "null" {
		n.null = true
		return nil
	}
	n.Number, err = exact.Parse(string(bytes.Trim(b, `"`)))
	return err
}
