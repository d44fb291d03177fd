package console

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"waihu/internal/receive"
)

// patiently asks for a file until it is read.
func (d *desk) patiently(at string) string {
	d.t.Helper()
	for range 20_000 {
		if page := d.page(at); !strings.Contains(page, `id="work"`) {
			return page
		}
		runtime.Gosched()
	}
	d.t.Fatalf("%s is not read", at)
	return ""
}

func (d *desk) handIn(name, text string, fields ...string) string {
	d.t.Helper()
	w := d.upload(d.at("/imports"), map[string]string{name: text}, fields...)
	if w.Code != http.StatusSeeOther {
		d.t.Fatalf("%s: %d %s", name, w.Code, w.Body)
	}
	return w.Header().Get("Location")
}

func TestImportOfAKnownFormat(t *testing.T) {
	d := newDesk(t)
	list := d.at("/imports")
	d.every(list)
	if w := d.upload(list, nil, "zone=UTC"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Choose a file") {
		t.Errorf("no file: %d", w.Code)
	}
	for name, c := range map[string]struct{ text, zone string }{"empty": {"", "UTC"}, "no zone": {"x", "Moon/Sea"}} {
		if w := d.upload(list, map[string]string{"a.csv": c.text}, "zone="+c.zone); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	records := exampleFile(t, "per-minute/usage/Master.csv")
	records += strings.Split(strings.TrimSpace(records), "\n")[0] + "\nbroken\n"
	once := "once=" + d.fresh(list)
	at := d.handIn("Master.csv", records, once, "zone=Asia/Shanghai")
	if again := d.handIn("Master.csv", records, once, "zone=Asia/Shanghai"); again != at {
		t.Errorf("a form sent twice: %s, then %s", at, again)
	}
	page := d.patiently(at)
	for _, must := range []string{"asterisk-csv", at + "/rejects", at + "/reasons", "kept in the books"} {
		if !strings.Contains(page, must) {
			t.Errorf("the result lacks %q: %s", must, page)
		}
	}
	d.every(at)
	d.every(list)
	if w := d.ask(at+"/rejects", nil); strings.TrimSpace(w.Body.String()) != "broken" || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	if w := d.ask(at+"/reasons", nil); !strings.Contains(w.Body.String(), `"line"`) {
		t.Errorf("%s", w.Body)
	}
	if w := d.ask(list+".csv", nil); !strings.Contains(w.Body.String(), "Master.csv") {
		t.Errorf("%s", w.Body)
	}
	failed := d.patiently(d.handIn("words.txt", "just words\nand more\n", "zone=UTC"))
	if !strings.Contains(failed, "could not be read") {
		t.Errorf("words are records: %s", failed)
	}
	rest := strings.TrimPrefix(at, "/c/"+d.company.Named("co"))
	for _, p := range []string{"", "/rejects", "/reasons"} {
		d.onlyHere(rest + p)
	}
}

const theirCSV = "流水号;开始时间;被叫号码;通话时长;结果;工号\na1;05/03/2026 09:00:01;13800138000;0:01:02;接通;ann\na2;25/03/2026 09:05:00;13900139000;0:00:00;占线;ann\na3;25/03/2026 25:05:00;13900139000;0:00:00;未接;bob\n"

func TestUnknownCSVIsMappedAndRemembered(t *testing.T) {
	d := newDesk(t)
	at := d.handIn("theirs.csv", theirCSV, "zone=Asia/Shanghai")
	page := d.page(at)
	form := chosen(page, at+"/mapping")
	form.Set("header", "yes")
	if form.Get("col.start") != "2" || form.Get("col.talk") != "4" || form.Get("times") != "DD/MM/YYYY HH:mm:ss" || form.Get("duration") != "hh:mm:ss" || form.Get("fact") != "call" {
		t.Errorf("guessed %v", form)
	}
	d.every(at)
	d.every(at + "?fact=session")
	form.Set("times", "DD/MM/YYYY HH:mm:ss")
	form.Set("results", "接通 = answered\n占线 = busy\n未接 = maybe")
	form.Set("do", "preview")
	if w := d.ask(at+"/mapping", form); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Say what &#34;未接&#34; means") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	form.Set("results", "接通 = answered\n占线 = busy\n未接 = no_answer")
	for name, c := range map[string][2]string{"a field that is needed": {"col.start", ""}, "no column": {"col.to", "99"}, "a name of ours": {"name", "vicidial"}, "no such time": {"times", "whenever"}, "no name": {"name", ""}} {
		bad := url.Values{}
		for k, v := range form {
			bad[k] = v
		}
		bad.Set(c[0], c[1])
		if w := d.ask(at+"/mapping", bad); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `aria-invalid="true"`) {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	seen := d.ask(at+"/mapping", form)
	if seen.Code != http.StatusOK || !strings.Contains(seen.Body.String(), "2026-03-05 09:00") || !strings.Contains(seen.Body.String(), "0:01:02") {
		t.Fatalf("the preview: %d %s", seen.Code, seen.Body)
	}
	form.Set("do", "read")
	form.Set("name", "theirs")
	form.Set("once", onceOf(seen.Body.String()))
	d.want(d.ask(at+"/mapping", form), http.StatusSeeOther, at)
	d.want(d.ask(at+"/mapping", form), http.StatusSeeOther, at) // sent twice
	page = d.patiently(at)
	if !regexp.MustCompile(`(?s)Read</p><p class="value">3<.*Accepted</p><p class="value">2<.*Rejected</p><p class="value">1<`).MatchString(page) {
		t.Errorf("%s", page)
	}
	next := d.patiently(d.handIn("next.csv", strings.ReplaceAll(theirCSV, ";a", ";b"), "zone=Asia/Shanghai"))
	if !strings.Contains(next, "theirs") || strings.Contains(next, "choose its columns") {
		t.Error("the mapping was forgotten")
	}
	if page := d.page(d.at("/imports")); !strings.Contains(page, "Our mapping: theirs") {
		t.Error("the mapping cannot be chosen")
	}
	d.onlyHere(strings.TrimPrefix(at, "/c/"+d.company.Named("co")) + "")
}

// TestFilesThatAreSomethingElse hands in pictures, programs, workbooks that are none and
// nothing, wherever files are taken: each is refused by what it is, in the reader's language.
func TestFilesThatAreSomethingElse(t *testing.T) {
	d := newDesk(t)
	d.page("/account?lang=zh-Hant")
	d.cookies["lang"] = "zh-Hant"
	wrong := map[string]string{
		"a PDF.csv":      "%PDF-1.7\n1 0 obj",
		"a program.csv":  "\x7fELF\x02\x01\x01\x00",
		"bytes.csv":      strings.Repeat("\x01\x02\x8f\xff", 1000),
		"workbook.xlsx":  "PK\x03\x04 and nothing of a workbook",
		"sums.xlsx":      strings.Repeat("\x01\x02\x8f\xff", 1000),
		"UTF-32.csv":     "\xff\xfe\x00\x00a\x00\x00\x00",
		"page.csv":       "<!DOCTYPE html><title>Log in</title>",
		"picture.csv.gz": "\x1f\x8b cut off",
		"empty.csv":      "",
	}
	list := d.at("/lists")
	for name, text := range wrong {
		for path, fields := range map[string][]string{
			d.at("/dnc/imports"): {"source=fair", "once=" + d.fresh(d.at("/dnc"))}, d.at("/imports"): {"zone=UTC"}, "/compare": {"zone=UTC"}, "/audit": nil,
			list: {"list_name=" + name, "country=TW", "same=list", "time_zone=UTC", "once=" + d.fresh(list)},
		} {
			w := d.upload(path, map[string]string{name: text}, fields...)
			page := w.Body.String()
			if at := w.Header().Get("Location"); at != "" {
				page = d.patiently(at)
			}
			if text == "" && path == list && (!strings.Contains(page, "檔案是空的：請選擇有內容的檔案。") || !strings.Contains(page, `value="`+name+`"`) || !strings.Contains(page, `value="TW" selected`)) {
				t.Errorf("%s at %s: what was filled in, or why it was refused, is not there: %s", name, path, page)
			}
			if strings.HasPrefix(text, "%PDF") && (path == list || path == d.at("/dnc/imports")) && !strings.Contains(page, `<p class="wrong">檔案為 PDF 文件，不是資料檔。請改匯出為 CSV。</p>`) {
				t.Errorf("%s: %s", name, page)
			}
			if name == "sums.xlsx" && path == list && !strings.Contains(page, "檔名為活頁簿，內容卻不是。請重新複製或下載。") {
				t.Errorf("%s: %s", name, page)
			}
			if w.Code != http.StatusUnprocessableEntity && w.Code != http.StatusSeeOther || strings.Contains(page, `<span lang="en">`) || strings.Contains(page, "; expected ") || !strings.Contains(page, `<html lang="zh-Hant"`) {
				t.Errorf("%s at %s: %d, %s", name, path, w.Code, regexp.MustCompile(`<span lang="en">[^<]*|[^>]*; expected [^<]*`).FindAllString(page, 3))
			}
		}
	}
}

// full is a disk on which no more room is left.
type (
	uploads = Uploads // which has a method of that name
	full    struct{ uploads }
)

func (full) ReceiveFile(context.Context, io.Reader) (*receive.File, error) {
	return nil, errors.New("write /srv/books/uploads/job_1: no space left on device")
}

// TestAFullDiskIsOurs: that is nothing a form could be sent again for, and no business of its
// sender where the books lie.
func TestAFullDiskIsOurs(t *testing.T) {
	d := newDesk(t)
	d.Server.d.Uploads = full{d.Server.d.Uploads}
	for path, fields := range map[string][]string{"/imports": {"zone=UTC"}, "/lists": {"list_name=Spring", "same=list"}, "/dnc/imports": {"source=fair"}} {
		w := d.upload(d.at(path), map[string]string{"a.csv": "phone\n1\n"}, fields...)
		if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "/srv") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}
