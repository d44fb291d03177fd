package console

import (
	"net/http"
	"strings"

	"waihu/internal/lang"
)

// viewOf reads from a request how its sender wants pages: the language from the
// address, the cookie or the browser, the theme from the cookie.
func viewOf(r *http.Request) view {
	v := view{Tag: languageOf(r), Path: r.URL.Path, Query: r.URL.RawQuery}
	if c, err := r.Cookie("theme"); err == nil && (c.Value == "light" || c.Value == "dark") {
		v.Theme = c.Value
	}
	return v
}

func languageOf(r *http.Request) lang.Tag {
	if tag, err := lang.ParseTag(r.URL.Query().Get("lang")); err == nil {
		return tag
	}
	if c, err := r.Cookie("lang"); err == nil {
		if tag, err := lang.ParseTag(c.Value); err == nil {
			return tag
		}
	}
	for i, part := range strings.Split(r.Header.Get("Accept-Language"), ",") {
		if i == 20 { // nobody reads that many languages
			break
		}
		name, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		if tag, err := lang.ParseTag(name); err == nil {
			return tag
		}
		if primary, _, _ := strings.Cut(name, "-"); primary == "en" {
			return lang.English
		} else if primary == "zh" {
			return lang.Traditional
		}
	}
	return lang.English
}

// choose keeps a language or theme in a cookie and goes back to the page.
func (s *Server) choose(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4096)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "bad form", http.StatusBadRequest)
		return
	}
	if tag, err := lang.ParseTag(r.PostForm.Get("lang")); err == nil {
		keep(w, "lang", string(tag))
	}
	switch theme := r.PostForm.Get("theme"); theme {
	case "light", "dark", "auto":
		keep(w, "theme", theme)
	}
	http.Redirect(w, r, back(r.PostForm.Get("back")), http.StatusSeeOther)
}

func keep(w http.ResponseWriter, name, value string) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: 365 * 86400, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// phrase is a sentence without arguments.
func phrase(tag lang.Tag, key string) string { return lang.Phrase(tag, key, nil) }
