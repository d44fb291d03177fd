package console

import (
	"slices"
	"strconv"
	"strings"

	"waihu/internal/calling/campaign"
	"waihu/internal/money"
	"waihu/internal/phone"
	"waihu/internal/timex"
	"waihu/internal/timex/holiday"
)

func fillHours(f *form, c *campaign.Campaign) {
	f.setRows("hours.windows", len(c.Hours.Windows))
	for i, w := range c.Hours.Windows {
		f.Values.Del(f.At("hours.windows", i, "days"))
		for _, d := range w.Days {
			f.Values.Add(f.At("hours.windows", i, "days"), itoa(d))
		}
		f.set(f.At("hours.windows", i, "from"), w.From)
		f.set(f.At("hours.windows", i, "to"), w.To)
	}
	var days []string
	for _, d := range c.Hours.Off {
		days = append(days, d.String())
	}
	f.set("hours.off", strings.Join(days, "\n"))
	f.set("hours.holidays", c.Hours.Holiday)
}

func readHours(f *form, c *campaign.Campaign, _ money.Currency) {
	c.Hours = campaign.Hours{Holiday: f.choice("hours.holidays", append([]string{""}, holiday.Regions()...)...)}
	for i := range f.rows("hours.windows", campaign.MaxWindows+spare) {
		w := campaign.Window{From: clockText(f.Value(f.At("hours.windows", i, "from"))), To: clockText(f.Value(f.At("hours.windows", i, "to")))}
		if w.From == "" && w.To == "" {
			continue
		}
		for _, d := range f.some(f.At("hours.windows", i, "days"), "1", "2", "3", "4", "5", "6", "7") {
			n, _ := strconv.Atoi(d) // one of the above
			w.Days = append(w.Days, n)
		}
		c.Hours.Windows = append(c.Hours.Windows, w)
	}
	for _, word := range strings.Fields(strings.ReplaceAll(f.optional("hours.off", 0), ",", " ")) {
		d, err := timex.ParseDate(word)
		if err != nil {
			f.wrong("hours.off", "form.date")
			continue
		}
		if !slices.Contains(c.Hours.Off, d) {
			c.Hours.Off = append(c.Hours.Off, d)
		}
	}
}

// clockText is a time of day as plans write it: 9:00 is 09:00.
func clockText(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), "：", ":")
	if len(s) == 4 && s[1] == ':' {
		return "0" + s
	}
	return s
}

// hoursShown is what the page of hours shows besides.
type hoursShown struct {
	Days     []option
	Holidays []option
	Places   []placeNow
}

// placeNow is a place that is called, with its clocks.
type placeNow struct {
	Name string
	Now  []string
	Open bool // the campaign's hours are open in each of its zones
	Next string
}

func hoursData(s *Server, v *visit, b *campaignBody) (any, error) {
	out := hoursShown{Holidays: []option{{"value": "", "label": v.say("campaigns.no_holidays")}}}
	for d, word := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		out.Days = append(out.Days, option{"value": itoa(d + 1), "label": v.say("campaigns.day_" + word)})
	}
	for _, r := range holiday.Regions() {
		out.Holidays = append(out.Holidays, option{"value": r, "label": v.placeName(strings.ToUpper(r))})
	}
	packs, err := rulePacks()
	if err != nil {
		return nil, err
	}
	look, err := s.d.System.OutlookOf(v.r.Context(), v.company, b.C.ID, packs)
	if err != nil {
		return nil, err
	}
	calendars, err := holiday.Calendars()
	if err != nil {
		return nil, err
	}
	for _, p := range look.Places[:min(len(look.Places), placesShown)] {
		country, region, _ := strings.Cut(p.Place, "-")
		at, err := packs.OfAddress(country, region, "")
		if err != nil {
			return nil, err
		}
		row := placeNow{Name: v.placeName(p.Place), Open: len(at.Zones) > 0}
		next := timex.Instant(0)
		for _, z := range at.Zones {
			row.Now = append(row.Now, look.At.In(z).Format("15:04")+" "+z.String())
			opens := b.C.Hours.Next(look.At, z, calendars[b.C.Hours.Holiday])
			if opens != look.At {
				row.Open = false
				if opens > next {
					next, row.Next = opens, opens.In(z).Format("2006-01-02 15:04")
				}
			}
		}
		out.Places = append(out.Places, row)
	}
	return out, nil
}

// placesShown bounds the places whose clocks are shown.
const placesShown = 12

// number164 is a number in E.164, or as it is dialed in the country of the number
// beside it.
func (f *form) number164(name string) phone.Number {
	n, ok := phone.Normalize(strings.TrimSpace(f.Value(name)), "")
	if !ok {
		f.wrong(name, "campaigns.bad_number")
	}
	return n
}
