package leadfile

import (
	"fmt"
	"strings"
	"time"

	"waihu/internal/calling/lead"
	"waihu/internal/timex"
)

// stamps are the forms of dates and times that lists have.
var stamps = []string{time.DateOnly, time.DateTime, "2006/1/2", "2006/1/2 15:04", "2006/1/2 15:04:05", "2006-01-02 15:04", time.RFC3339}

func (r *Reader) moment(s string) (timex.Instant, bool) {
	for _, form := range stamps {
		if t, err := time.ParseInLocation(form, s, r.opt.Zone); err == nil {
			return timex.At(t), true
		}
	}
	return 0, false
}

func whole(s string) (n int, ok bool) {
	_, err := fmt.Sscanf(s, "%d", &n)
	return n, err == nil && fmt.Sprint(n) == s && n >= -1000 && n <= 1000
}

// join puts a first and a last name together: in the order of the language they
// are written in.
func join(first, last string) string {
	if first == "" || last == "" {
		return first + last
	}
	if last[0] >= 0x80 { // 王, then 小明
		return last + first
	}
	return first + " " + last
}

// bases are what lists write for a basis of calling.
var bases = map[string]lead.Basis{
	"yes": lead.Agreed, "y": lead.Agreed, "true": lead.Agreed, "1": lead.Agreed, "consent": lead.Agreed, "是": lead.Agreed, "同意": lead.Agreed, "已同意": lead.Agreed, "已授权": lead.Agreed, "已授權": lead.Agreed,
	"no": lead.NoBasis, "n": lead.NoBasis, "false": lead.NoBasis, "0": lead.NoBasis, "none": lead.NoBasis, "否": lead.NoBasis, "无": lead.NoBasis, "無": lead.NoBasis,
	"written": lead.Written, "书面": lead.Written, "書面": lead.Written, "customer": lead.Customer, "客户": lead.Customer, "客戶": lead.Customer,
	"requested": lead.Requested, "published": lead.Published,
}

// country is the ISO letters of a country as lists write it, else the text.
func country(s string) string {
	if code, ok := countries[plain(s)]; ok {
		return code
	}
	return cut(strings.ToUpper(s), lead.MaxText)
}

var countries = map[string]string{"china": "CN", "中国": "CN", "中國": "CN", "chn": "CN", "prc": "CN", "taiwan": "TW", "台湾": "TW", "台灣": "TW", "臺灣": "TW", "twn": "TW", "hongkong": "HK", "香港": "HK", "hkg": "HK",
	"macao": "MO", "macau": "MO", "澳门": "MO", "澳門": "MO", "usa": "US", "unitedstates": "US", "美国": "US", "美國": "US", "uk": "GB", "unitedkingdom": "GB", "gbr": "GB", "singapore": "SG", "新加坡": "SG", "japan": "JP", "日本": "JP", "can": "CA", "canada": "CA"}

// standing is where a lead stands by the status another system gave it, VICIdial's
// codes among them: what was sold stays sold, and who refused is not called. All
// others begin anew.
func standing(status string) (lead.State, string) {
	switch plain(status) {
	case "dnc", "refused", "donotcall", "optout", "拒绝", "拒絕", "拒访", "拒接":
		return lead.Forbidden, lead.Refused
	case "dncl", "dncc", "dnccar":
		return lead.Forbidden, lead.OnDNC
	case "sale", "sold", "成交":
		return lead.Connected, ""
	}
	return lead.Pending, ""
}
