package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/receive"
	"waihu/internal/store"
	"waihu/internal/usage"
	"waihu/internal/usage/cdr"
)

// mappingBody is the form in which the columns of a file are chosen.
type mappingBody struct {
	Form      *form
	Head      []string   // names of the columns, or their numbers
	Rows      [][]string // the first ones, below the header
	Kinds     []option
	Fields    []mappingField
	Times     []option
	Durations []option
	Result    bool // a column holds results: their words are asked for
	Results   string
	Preview   *previewBody
}

// mappingField is a field of a fact and the column that holds it.
type mappingField struct {
	Name    string // of the form: col.start
	Label   string
	Need    bool
	Value   string
	Options []option
	Wrong   string
}

// previewBody is what became of the first rows under the mapping.
type previewBody struct {
	Counts   cdr.Counts
	Calls    []previewCall
	Problems []fault.Problem
	Wrong    string // the mapping cannot be used at all
}

type previewCall struct {
	Start, To, Agent, Result string
	Talk                     int64
	Other                    string // a fact of another kind, in a line
}

// mappedKinds are the kinds of facts a page can choose columns for.
var mappedKinds = []cdr.FactKind{cdr.CallFact, cdr.SessionFact, cdr.SeatFact, cdr.ModuleFact, cdr.RentalFact, cdr.EventFact}

// unmapped are fields that a page does not ask for, as it does not for how a call
// went: a file with them has a mapping of its own, in YAML.
var unmapped = []string{"leg_b", "by", "mode", "purpose", "line", "reach", "account", "cause", "cost", "currency", "source"}

// table is the beginning of a file whose columns are asked for.
func (s *Server) table(u *receive.Uploaded) (*cdr.Table, error) {
	f, err := s.d.Uploads.OpenUpload(u.ID)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return cdr.ReadTable(f, u.Upload.Name)
}

// mappingForm is the form as it was filled in, or as it is guessed.
func (s *Server) mappingForm(v *visit, u *receive.Uploaded, asked url.Values, sent bool) (*mappingBody, error) {
	t, err := s.table(u)
	if err != nil {
		return nil, err
	}
	f := v.blank()
	if f.Values = asked; !sent {
		f.Values = columnsGuessed(t, asked.Get("fact"), u)
	}
	if _, err := f.Once(); err != nil {
		return nil, err
	}
	b := &mappingBody{Form: f}
	b.columns(v, t)
	return b, nil
}

// columnsGuessed is the form as the file suggests it.
func columnsGuessed(t *cdr.Table, kind string, u *receive.Uploaded) url.Values {
	out := url.Values{}
	if !slices.Contains(mappedKinds, cdr.FactKind(kind)) {
		kind = string(cdr.CallFact)
	}
	header := t.Header()
	out.Set("fact", kind)
	out.Set("header", given(header, "yes"))
	out.Set("name", strings.ToLower(strings.TrimSuffix(u.Upload.Name, ".csv")))
	out.Set("duration", string(cdr.Seconds))
	for field, at := range t.GuessColumns(cdr.FactKind(kind)) {
		out.Set("col."+field, strconv.Itoa(at+1))
		switch field {
		case "start", "from", "at":
			if form := t.GuessTimes(at, header); form != "" && (kind != string(cdr.CallFact) || field == "start") {
				out.Set("times", form)
			}
		case "talk":
			out.Set("duration", string(t.GuessDuration(at, header)))
		case "result":
			out.Set("results", meanings(t.Values(at, header)))
		}
	}
	return out
}

// resultWords are what exporters write for how a call ended.
var resultWords = map[string]usage.Result{
	"answered": usage.Answered, "answer": usage.Answered, "ok": usage.Answered, "接通": usage.Answered, "已接通": usage.Answered, "已接聽": usage.Answered, "已接听": usage.Answered,
	"busy": usage.Busy, "忙線": usage.Busy, "忙线": usage.Busy, "占線": usage.Busy, "占线": usage.Busy,
	"no answer": usage.NoAnswer, "noanswer": usage.NoAnswer, "未接": usage.NoAnswer, "未接通": usage.NoAnswer, "無人接聽": usage.NoAnswer, "无人接听": usage.NoAnswer,
	"failed": usage.Failed, "失敗": usage.Failed, "失败": usage.Failed,
}

// meanings are the words of a column with what they mean, a line each; a word
// nobody knows is to be filled in.
func meanings(words []string) string {
	var out []string
	for _, w := range words {
		out = append(out, w+" = "+string(resultWords[strings.ToLower(strings.ReplaceAll(w, "_", " "))]))
	}
	return strings.Join(out, "\n")
}

// columns fills in what can be chosen.
func (b *mappingBody) columns(v *visit, t *cdr.Table) {
	f := b.Form
	header := f.Value("header") == "yes"
	choices := []option{{"value": "", "label": v.say("mapping.none")}}
	for i, cell := range t.Rows[0] {
		name := v.say("mapping.column", "n", itoa(i+1))
		if header {
			name = cell
		}
		b.Head = append(b.Head, name)
		choices = append(choices, option{"value": itoa(i + 1), "label": fault.Shorten(name, 60)})
	}
	if b.Rows = t.Rows; header {
		b.Rows = t.Rows[1:]
	}
	b.Rows = b.Rows[:min(len(b.Rows), 8)]
	for _, k := range mappedKinds {
		b.Kinds = append(b.Kinds, option{"value": string(k), "label": v.say("mapping.kind_" + string(k))})
	}
	for _, x := range cdr.Fields(cdr.FactKind(f.Value("fact"))) {
		if !x.Course && !slices.Contains(unmapped, x.Name) {
			label := v.say("mapping.f_" + x.Name)
			if f.Value("fact") != string(cdr.CallFact) && x.Name == "from" {
				label = v.say("mapping.begin")
			} else if f.Value("fact") != string(cdr.CallFact) && x.Name == "to" {
				label = v.say("mapping.until")
			}
			b.Fields = append(b.Fields, mappingField{Name: "col." + x.Name, Label: label, Need: x.Need, Value: f.Value("col." + x.Name), Options: choices, Wrong: f.Error("col." + x.Name)})
		}
	}
	b.Times = []option{{"value": "", "label": v.say("mapping.times_iso")}}
	for _, form := range cdr.TimeForms() {
		b.Times = append(b.Times, option{"value": form, "label": form})
	}
	for _, d := range cdr.Seconds.Choices() {
		b.Durations = append(b.Durations, option{"value": d, "label": v.say("mapping.d_" + strings.ReplaceAll(d, ":", "_"))})
	}
	b.Result = f.Value("col.result") != "" || f.Value("results") != ""
}

// readMapping makes a mapping of the form.
func readMapping(f *form, t *cdr.Table, zone string) cdr.Mapping {
	var kinds []string
	for _, k := range mappedKinds {
		kinds = append(kinds, string(k))
	}
	m := cdr.Mapping{Name: f.line("name", 64), Fact: cdr.FactKind(f.choice("fact", kinds...)), Separator: t.Separator, Header: f.Value("header") == "yes", Columns: map[string]string{}, Zone: zone,
		Duration: cdr.DurationUnit(f.choice("duration", cdr.Seconds.Choices()...))}
	if _, err := cdr.Find(cdr.Formats(), m.Name); err == nil {
		f.wrong("name", "mapping.name_taken")
	}
	if form := f.Value("times"); form != "" {
		m.Times = []string{f.choice("times", cdr.TimeForms()...)}
	}
	for _, x := range cdr.Fields(m.Fact) {
		at, err := strconv.Atoi(f.Value("col." + x.Name))
		switch {
		case f.Value("col."+x.Name) == "" && x.Need:
			f.wrong("col."+x.Name, "mapping.needed")
		case f.Value("col."+x.Name) == "":
		case err != nil || at < 1 || at > len(t.Rows[0]):
			f.wrong("col."+x.Name, "form.choose")
		case m.Header:
			m.Columns[x.Name] = t.Rows[0][at-1]
		default:
			m.Columns[x.Name] = itoa(at)
		}
	}
	if m.Columns["result"] != "" {
		m.Values = map[string]map[string]string{"result": readMeanings(f)}
	}
	return m
}

// readMeanings reads the words of results, a line each: word = result.
func readMeanings(f *form) map[string]string {
	out := map[string]string{}
	for _, line := range strings.Split(f.optional("results", 4000), "\n") {
		word, means, ok := strings.Cut(line, "=")
		if word, means = strings.TrimSpace(word), strings.TrimSpace(means); word == "" && means == "" {
			continue
		}
		if !ok || !slices.Contains(usage.Result("").Choices(), means) {
			f.wrong("results", "mapping.results_wrong", "word", fault.Shorten(word, 40))
			continue
		}
		out[word] = means
	}
	return out
}

// takeMapping shows what the first rows come to under the mapping, or keeps it
// and has the file read.
func (s *Server) takeMapping(w http.ResponseWriter, _ *http.Request, v *visit) error {
	u, f, err := sentAbout(w, v, s.uploadOf)
	if err != nil {
		return err
	}
	if u.State != receive.UploadAsking {
		v.redirect(w, v.at("/imports/"+u.ID.Named("job"))) // it was said before
		return nil
	}
	t, err := s.table(u)
	if err != nil {
		return err
	}
	m := readMapping(f, t, u.Upload.Zone)
	show := func(status int, p *previewBody) error {
		b := &mappingBody{Form: f, Preview: p}
		if _, err := f.Once(); err != nil {
			return err
		}
		b.columns(v, t)
		return s.showImport(w, v, status, u, b)
	}
	if !f.OK() {
		return show(http.StatusUnprocessableEntity, nil)
	}
	p, err := s.preview(v, u, m)
	if err != nil {
		return err
	}
	if p.Wrong != "" {
		return show(http.StatusUnprocessableEntity, p)
	}
	if f.Value("do") != "read" {
		return show(http.StatusOK, p)
	}
	late := func() {}
	err = s.effect(w, v, f, func(ctx context.Context, tx store.Tx) (_ access.Deed, _ string, err error) {
		if err = s.d.System.KeepMapping(ctx, v.company, m); err == nil {
			late, err = s.d.Uploads.ReadUpload(ctx, tx, v.company, u.ID, m.Name)
		}
		return access.Deed{Action: "mapping.keep", Target: u.ID.Named("job"), After: m}, v.at("/imports/" + u.ID.Named("job")), err
	})
	if err == nil {
		late()
	}
	return err
}
