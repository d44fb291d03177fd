package compliance

import (
	"encoding/json"
	"strings"
	"testing"
)

// asPack is a pack of one rule as JSON.
func asPack(rule string) string {
	return `{"place":"HK","version":"2026-01-01","places":[{"code":"HK","zones":["Asia/Hong_Kong"]}],"unknown":[],"rules":[` + rule + `]}`
}

func TestPacksThatAreRefused(t *testing.T) {
	const head = `"name":"hk.x","place":"HK","force":"law","confidence":"B","known":"report","source":"s",`
	for what, c := range map[string]struct{ pack, say string }{
		"no JSON":               {`{`, "unexpected EOF"},
		"a field nobody knows":  {`{"places":[],"colour":1}`, "colour"},
		"two packs":             {asPack("") + asPack(""), "one pack a file"},
		"no version":            {`{"place":"HK","version":"new","places":[],"rules":[],"unknown":[]}`, "version"},
		"no such day":           {`{"place":"HK","version":"2026-02-30","places":[],"rules":[],"unknown":[]}`, "2026-02-30"},
		"another country's":     {asPack(strings.Replace(`{`+head+`"kind":"ring","within":"15s"}`, `"HK"`, `"US"`, 1)), "a place the pack does not have"},
		"everywhere's":          {asPack(strings.Replace(`{`+head+`"kind":"ring","within":"15s"}`, `"HK"`, `"*"`, 1)), "a place the pack does not have"},
		"no kind":               {asPack(`{` + head + `"kind":"luck"}`), "luck"},
		"read nowhere":          {asPack(`{"name":"hk.x","place":"HK","kind":"ring","force":"law","confidence":"B","source":"s","within":"15s"}`), "known"},
		"no source":             {asPack(`{"name":"hk.x","place":"HK","kind":"ring","force":"law","confidence":"B","known":"report","source":"","within":"15s"}`), "no source"},
		"no length":             {asPack(`{` + head + `"kind":"ring"}`), "the length is missing"},
		"a length too long":     {asPack(`{` + head + `"kind":"spacing","counted":"attempts","within":"500d"}`), "500d"},
		"a strange field":       {asPack(`{` + head + `"kind":"ring","within":"15s","most":3}`), "no such field"},
		"hours that end first":  {asPack(`{` + head + `"kind":"hours","hours":[{"days":"daily","from":"21:00","to":"08:00"}]}`), "no stretch of a day"},
		"hours of no day":       {asPack(`{` + head + `"kind":"hours","hours":[{"days":"someday","from":"08:00","to":"21:00"}]}`), "someday"},
		"a time after midnight": {asPack(`{` + head + `"kind":"hours","hours":[{"days":"daily","from":"08:00","to":"24:01"}]}`), "24:01"},
		"holidays of nobody":    {asPack(`{` + head + `"kind":"hours","hours":[{"days":"holiday","from":"08:00","to":"21:00"}]}`), "calendar"},
		"no limit":              {asPack(`{` + head + `"kind":"attempts","counted":"attempts","within":"1d"}`), "no limit"},
		"two stretches":         {asPack(`{` + head + `"kind":"attempts","counted":"attempts","most":1,"within":"1d","each_day":true}`), "told twice"},
		"a share of all":        {asPack(`{` + head + `"kind":"abandonment","share":"100%","days":30}`), "no limit"},
		"a share of three":      {asPack(`{` + head + `"kind":"abandonment","share":"3.001%","days":30}`), "3.001%"},
		"ends before it begins": {asPack(`{` + head + `"kind":"ring","within":"15s","from":"2026-01-02","to":"2026-01-01"}`), "ends before it begins"},
		"a basis twice":         {asPack(`{` + head + `"kind":"consent","bases":["consent","consent"]}`), "twice"},
	} {
		if _, err := ReadPack("x.json", []byte(c.pack)); err == nil || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: %v, expected something about %q", what, err, c.say)
		}
	}
	if _, err := ReadPack("x.json", []byte(asPack(`{`+head+`"kind":"ring","within":"15s"}`))); err != nil {
		t.Error(err)
	}
}

func TestPacksBesideEachOther(t *testing.T) {
	read := func(text string) Pack {
		t.Helper()
		p, err := ReadPack("x.json", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	base := read(`{"place":"*","version":"2026-01-01","places":[],"rules":[],"unknown":[]}`)
	ring := `{"name":"hk.x","place":"HK","kind":"ring","force":"law","confidence":"B","known":"report","source":"s","within":"15s"}`
	for what, list := range map[string][]Pack{
		"none holds everywhere":  {read(asPack(ring))},
		"two of a place":         {base, read(asPack("")), read(asPack(""))},
		"two rules of a name":    {base, read(asPack(ring + "," + ring))},
		"beyond nothing":         {base, read(asPack(strings.Replace(ring, `"within"`, `"tightens":"hk.y","within"`, 1)))},
		"a calendar of nobody":   {base, read(asPack(`{"name":"hk.x","place":"HK","kind":"hours","force":"law","confidence":"B","known":"report","source":"s","calendar":"mars","hours":[{"days":"holiday","from":"08:00","to":"21:00"}]}`))},
		"a zone of nobody":       {base, read(`{"place":"HK","version":"2026-01-01","places":[{"code":"HK","zones":["Asia/Nowhere"]}],"rules":[],"unknown":[]}`)},
		"an area code of nobody": {base, read(`{"place":"US","version":"2026-01-01","places":[{"code":"US-FL","zones":["America/New_York"],"areas":"99"}],"rules":[],"unknown":[]}`)},
	} {
		if _, err := New(list); err == nil {
			t.Errorf("%s: nothing is said", what)
		}
	}
	if _, err := New([]Pack{base, read(asPack(ring))}); err != nil {
		t.Error(err)
	}
}

// FuzzReadPack: what is read can be written, read again and asked, and a pack is
// refused or sound.
func FuzzReadPack(f *testing.F) {
	entries, err := packFiles.ReadDir("packs")
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range entries {
		data, err := packFiles.ReadFile("packs/" + e.Name())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(asPack(`{"name":"hk.x","place":"HK","kind":"attempts","force":"law","confidence":"B","known":"report","source":"s","most":2,"within":"90m","counted":"talks"}`)))
	base, err := ReadPack("base", []byte(`{"place":"*","version":"2026-01-01","places":[],"rules":[],"unknown":[]}`))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		pack, err := ReadPack("fuzz", data)
		if err != nil {
			return
		}
		text, err := json.Marshal(&pack)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := ReadPack("again", text)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, text)
		}
		if second, err := json.Marshal(&again); err != nil || string(second) != string(text) {
			t.Fatalf("it changes on its way: %v\n%s\n%s", err, text, second)
		}
		list := []Pack{pack}
		if pack.Place != Everywhere {
			list = append(list, base)
		}
		p, err := New(list)
		if err != nil {
			return
		}
		b, err := p.For(Campaign{Purpose: Sales, Mode: Predictive})
		if err != nil {
			t.Fatal(err)
		}
		var a Answer
		for _, code := range p.Codes() {
			at := instant(t, "2026-03-08T06:59:59.5Z")
			b.Ask(&Query{Number: 1, ByNumber: p.country(code), Past: []Past{{At: at - 1, Number: 1, Talked: true}}}, at, &a)
			if a.OK && a.Until <= at || a.Again != 0 && a.Again <= at {
				t.Fatalf("at %s: %+v", at, a)
			}
		}
	})
}
