package planfile_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/planfile"
)

// checker judges values by the part of JSON Schema that Schema writes.
type checker struct{ root map[string]any }

func newChecker(t *testing.T, root any) *checker {
	t.Helper()
	c := &checker{}
	if err := json.Unmarshal(planfile.Schema(root, "x"), &c.root); err != nil {
		t.Fatal(err)
	}
	return c
}

// refuse says why a value does not fit a schema; empty: it fits.
func (c *checker) refuse(s map[string]any, v any, path string) string {
	if ref, ok := s["$ref"].(string); ok {
		def := c.root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")]
		if why := c.refuse(def.(map[string]any), v, path); why != "" {
			return why
		}
	}
	if list, ok := s["anyOf"].([]any); ok {
		var whys []string
		for _, one := range list {
			whys = append(whys, c.refuse(one.(map[string]any), v, path))
		}
		if !slices.Contains(whys, "") {
			return strings.Join(whys, " or ")
		}
	}
	if list, ok := s["enum"].([]any); ok && !slices.Contains(list, v) {
		return fmt.Sprintf("%s: %v is not a choice", path, v)
	}
	if want, ok := s["type"]; ok && !isOf(v, strings.Fields(strings.Trim(fmt.Sprint(want), "[]"))) {
		return fmt.Sprintf("%s: %v is no %v", path, v, want)
	}
	if pattern, ok := s["pattern"].(string); ok {
		if text, isText := v.(string); isText && !regexp.MustCompile(pattern).MatchString(text) {
			return fmt.Sprintf("%s: %q does not fit %s", path, text, pattern)
		}
	}
	return c.inside(s, v, path)
}

func (c *checker) inside(s map[string]any, v any, path string) string {
	switch v := v.(type) {
	case []any:
		items, _ := s["items"].(map[string]any)
		for i, item := range v {
			if why := c.refuse(items, item, fmt.Sprintf("%s[%d]", path, i)); why != "" {
				return why
			}
		}
	case map[string]any:
		properties, _ := s["properties"].(map[string]any)
		for key, item := range v {
			one, known := properties[key].(map[string]any)
			if !known {
				rest, _ := s["additionalProperties"].(map[string]any)
				if s["additionalProperties"] == false {
					return fmt.Sprintf("%s: no key %s", path, key)
				}
				one = rest
			}
			if why := c.refuse(one, item, path+"."+key); why != "" {
				return why
			}
		}
		required, _ := s["required"].([]any)
		for _, key := range required {
			if _, there := v[key.(string)]; !there {
				return fmt.Sprintf("%s: %v is missing", path, key)
			}
		}
	}
	return ""
}

// isOf tells whether a value is of one of the types; an integer is a number.
func isOf(v any, types []string) bool {
	kind := kindOf(v)
	return slices.Contains(types, kind) || kind == "integer" && slices.Contains(types, "number")
}

func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case int:
		return "integer"
	case float64:
		return "number"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return "null"
}

// read makes plain values of a YAML file, as an editor with the schema would.
func read(t *testing.T, file string) any {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if strings.HasSuffix(file, ".json") {
		err = json.Unmarshal(data, &v)
	} else {
		err = yaml.Unmarshal(data, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return whole(plain(v))
}

func plain(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.Format("2006-01-02")
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = plain(v[k])
		}
	}
	return v
}

// TestSchemaAgreesWithTheDecoder: what the decoder reads fits the schema, and
// what it refuses for its shape does not.
func TestSchemaAgreesWithTheDecoder(t *testing.T) {
	plans, contracts := newChecker(t, catalog.Plan{}), newChecker(t, contract.Contract{})
	for file, c := range map[string]*checker{"good/everything.yaml": plans, "good/short.json": plans, "contracts/plan.yaml": plans, "contracts/everything.yaml": contracts, "bad/warn-inversion.yaml": plans} {
		if why := c.refuse(c.root, read(t, "testdata/"+file), ""); why != "" {
			t.Errorf("%s: %s", file, why)
		}
	}
	for file, c := range map[string]*checker{"bad/words.yaml": plans, "bad/wrong-shapes.yaml": plans, "bad/list.yaml": plans, "bad/contract-own.yaml": contracts, "good/everything.yaml": contracts} {
		if why := c.refuse(c.root, read(t, "testdata/"+file), ""); why == "" {
			t.Errorf("%s fits the schema", file)
		}
	}
	var canonical any
	p, _, _ := planfile.LoadPlan(os.DirFS("testdata/good"), "everything.yaml")
	if err := json.Unmarshal(catalog.Canonical(p), &canonical); err != nil {
		t.Fatal(err)
	}
	if why := plans.refuse(plans.root, whole(canonical), ""); why != "" {
		t.Errorf("the canonical form: %s", why)
	}
}

// whole turns the floats of encoding/json that are whole into integers.
func whole(v any) any {
	switch v := v.(type) {
	case float64:
		if v == float64(int(v)) {
			return int(v)
		}
	case []any:
		for i := range v {
			v[i] = whole(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = whole(v[k])
		}
	}
	return v
}
