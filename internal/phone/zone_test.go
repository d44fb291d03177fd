package phone

import (
	"slices"
	"testing"
	"time"
	_ "time/tzdata"
)

// TestEveryZoneExists: each name in the tables is one the runtime knows, and no
// area code stands in a zone of another country's.
func TestEveryZoneExists(t *testing.T) {
	names := map[string]bool{}
	for region, zones := range around.byRegion {
		if len(region) != 2 || len(zones) == 0 {
			t.Errorf("region %q has %v", region, zones)
		}
		for _, z := range zones {
			names[z] = true
		}
	}
	for area, zones := range around.byArea {
		region := regionNANP(Of(uint64(area)*10_000_000+5550123, 10))
		for _, z := range zones {
			names[z] = true
			if canadian := slices.Contains(around.byRegion["CA"], z); region != "VI" && region != "VC" && region != "" && canadian != (region == "CA") {
				t.Errorf("%d of %s is in %s", area, region, z)
			}
		}
		if len(zones) > 2 || len(zones) == 2 && zones[0] == zones[1] {
			t.Errorf("%d is in %v", area, zones)
		}
	}
	for z := range names {
		if _, err := time.LoadLocation(z); err != nil {
			t.Error(err)
		}
	}
}

func TestZones(t *testing.T) {
	for number, want := range map[string][]string{
		"8613800138000": {"Asia/Shanghai"},
		"886912345678":  {"Asia/Taipei"},
		"85291234567":   {"Asia/Hong_Kong"},
		"442071234567":  {"Europe/London"},
		"12125550123":   {"America/New_York"},
		"19155550123":   {"America/Chicago", "America/Denver"},
		"16045550123":   {"America/Vancouver"},
		"18095550123":   {"America/Santo_Domingo"},
		"18005550123":   nil,
		"":              nil,
	} {
		n, _ := Parse(number)
		if got := Zones(n); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", number, got, want)
		}
	}
	if got := ZonesIn("cn"); !slices.Equal(got, []string{"Asia/Shanghai"}) {
		t.Errorf("%v", got)
	}
}
