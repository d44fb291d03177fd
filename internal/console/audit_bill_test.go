package console

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"waihu/internal/lang"
	"waihu/internal/workspace"
)

// chosen is a form as the page shows it: what was guessed is sent back.
func chosen(page, action string) url.Values {
	out := url.Values{}
	at := strings.Index(page, `action="`+action+`"`)
	if at < 0 {
		return out
	}
	form := page[at : at+strings.Index(page[at:], "</form>")]
	for _, m := range regexp.MustCompile(`<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"`).FindAllStringSubmatch(form, -1) {
		out.Set(m[1], html.UnescapeString(m[2]))
	}
	for _, m := range regexp.MustCompile(`(?s)<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>`).FindAllStringSubmatch(form, -1) {
		if o := regexp.MustCompile(`<option(?: value="([^"]*)")? selected>([^<]*)`).FindStringSubmatch(m[2]); o != nil {
			value := o[1]
			if !strings.Contains(o[0], `value="`) {
				value = o[2]
			}
			out.Set(m[1], html.UnescapeString(value))
		}
	}
	return out
}

// TestAuditTheExample hands in the example bill and finds what the command finds,
// with the columns as they are guessed.
func TestAuditTheExample(t *testing.T) {
	b := opened(t, workspace.Limits{})
	w := b.upload("/audit", map[string]string{"bill.csv": exampleFile(t, "audit/vendor/bill.csv")})
	at := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(at, "/audit/") {
		t.Fatalf("%d to %q: %s", w.Code, at, w.Body)
	}
	b.want(b.upload(at+"/calls", map[string]string{"calls.csv": exampleFile(t, "audit/vendor/calls.csv")}), http.StatusSeeOther, at)
	b.want(b.upload(at+"/contract", map[string]string{"contract.yaml": exampleFile(t, "audit/contract.yaml"), "plan.yaml": exampleFile(t, "audit/plan.yaml")}), http.StatusSeeOther, at)
	records := map[string]string{}
	for _, name := range []string{"calls", "messages", "modules", "numbers", "seats"} {
		records[name+".csv"] = exampleFile(t, "audit/usage/"+name+".csv")
	}
	b.want(b.upload(at+"/files", records), http.StatusSeeOther, at)
	form := chosen(b.patient(at), at+"/mapping")
	if form.Get("col.amount") != "金额" || form.Get("first") != "2026-03-01" || form.Get("last") != "2026-03-31" || form.Get("call.component") != "talk" {
		t.Fatalf("guessed %v", form)
	}
	form.Set("last", "2026-02-31")
	if w := b.ask(at+"/mapping", form); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `value="2026-02-31"`) {
		t.Errorf("a day that is none: %d", w.Code)
	}
	form.Set("last", "2026-03-31")
	b.want(b.ask(at+"/mapping", form), http.StatusSeeOther, at)
	for _, tag := range lang.Tags() {
		page := b.patient(at + "?lang=" + string(tag))
		sound(t, tag, page)
		if !strings.Contains(page, `class="say"`) || !strings.Contains(page, `id="cause-seats"`) {
			t.Errorf("%s: no answer, or no finding about seats: %v", tag, regexp.MustCompile(`id="cause-[a-z_]+"`).FindAllString(page, -1))
		}
		sound(t, tag, b.ask("/audit?lang="+string(tag), nil).Body.String())
	}
	if page := b.patient(at); !strings.Contains(page, "634.18") || !strings.Contains(page, `id="cause-unpriced"`) {
		t.Error("the answer is not that of the command")
	}
	for path, head := range map[string]string{"/letter/pdf": "%PDF-", "/letter/txt": "", "/evidence/xlsx": "PK", "/evidence/csv": "\ufeffcause",
		"/report/html": "<!doctype html>", "/report/pdf": "%PDF-", "/report/xlsx": "PK"} {
		if w := b.ask(at+path, nil); w.Code != http.StatusOK || w.Body.Len() < 100 || !strings.HasPrefix(w.Body.String(), head) {
			t.Errorf("%s: %d, %d bytes", path, w.Code, w.Body.Len())
		}
	}
	b.want(b.ask(at+"/report/doc", nil), http.StatusNotFound, "")
	b.want(b.ask(at+"/letter/doc", nil), http.StatusNotFound, "")
	b.want(b.ask(at+"/evidence/pdf", nil), http.StatusNotFound, "")
}

func TestAuditRefuses(t *testing.T) {
	b := opened(t, workspace.Limits{})
	w := b.upload("/audit", map[string]string{"bill.csv": "just words\nand more of them\n"})
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "no row names columns") {
		t.Errorf("no table: %d", w.Code)
	}
	at := b.upload("/audit", map[string]string{"bill.csv": exampleFile(t, "audit/vendor/bill.csv")}).Header().Get("Location")
	if w := b.upload(at+"/contract", nil, "text.contract=contract: x\nplan: [\n"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "line ") {
		t.Errorf("a contract that is none: %d", w.Code)
	}
	for path, form := range map[string]url.Values{"/mapping": {}, "/run": {}} {
		if w := b.ask(at+path, form); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s before there is a contract: %d", path, w.Code)
		}
	}
	for _, path := range []string{"/letter/pdf", "/evidence/csv", "/report/html"} {
		b.want(b.ask(at+path, nil), http.StatusNotFound, "")
	}
	if w := b.upload(at+"/bill", map[string]string{"bill.xlsx": "PK\x03\x04 broken"}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "damaged") {
		t.Errorf("a broken workbook: %d", w.Code)
	}
	b.want(b.upload(at+"/else", map[string]string{"a": "b"}), http.StatusNotFound, "")
}
