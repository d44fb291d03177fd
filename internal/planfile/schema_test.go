package planfile_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"waihu/internal/calling/script"
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/forecast"
	"waihu/internal/charging/offer"
	"waihu/internal/planfile"
)

func TestSchemasAreUpToDate(t *testing.T) {
	for name, root := range map[string]any{"plan": catalog.Plan{}, "contract": contract.Contract{}, "offer": offer.Offer{}, "profile": forecast.Profile{}, "script": script.Script{}} {
		got := planfile.Schema(root, name+".schema.json")
		if again := planfile.Schema(root, name+".schema.json"); !bytes.Equal(got, again) {
			t.Errorf("%s: two runs differ", name)
		}
		file := filepath.Join("..", "..", "docs", name+".schema.json")
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not up to date (%v): run go test ./internal/planfile -update", file, err)
		}
	}
}
