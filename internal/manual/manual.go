package manual

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"waihu/docs/guide"
	"waihu/internal/fault"
	"waihu/internal/lang"
)

// order is how the chapters follow each other.
var order = []string{"getting-started", "plans", "charging", "comparing", "campaigns", "agents", "recordings", "api", "operations"}

// Chapter is one page of the manual.
type Chapter struct {
	Name     string // in addresses: plans
	Title    string
	Headings []Heading
	HTML     string // safe to show as it is
}

// Heading is a place within a chapter.
type Heading struct {
	ID, Text string
}

// books are the chapters of a language, made when they are first asked for.
var books = sync.OnceValues(func() (map[lang.Tag][]Chapter, error) {
	out := map[lang.Tag][]Chapter{}
	for _, tag := range lang.Tags() {
		for _, name := range order {
			c, err := read(tag, name)
			if err != nil {
				return nil, err
			}
			out[tag] = append(out[tag], c)
		}
	}
	return out, nil
})

// Chapters are all of them in their order. The texts are part of the program and
// tested: with one that cannot be read there are none.
func Chapters(tag lang.Tag) []Chapter {
	all, err := books()
	if err != nil {
		return nil
	}
	return all[tag]
}

// Find is a chapter by its name. The error is of kind NotFound.
func Find(tag lang.Tag, name string) (*Chapter, error) {
	all, err := books()
	if err != nil {
		return nil, err
	}
	for i := range all[tag] {
		if all[tag][i].Name == name {
			return &all[tag][i], nil
		}
	}
	return nil, fault.New(fault.NotFound, "the manual has no chapter %q", fault.Shorten(name, 40))
}

var writer = goldmark.New(goldmark.WithExtensions(extension.Table), goldmark.WithParserOptions(parser.WithAutoHeadingID()))

// read makes a chapter of its file: the first line is its title, links to other
// chapters lead to their pages.
func read(tag lang.Tag, name string) (Chapter, error) {
	c := Chapter{Name: name}
	src, err := guide.Files.ReadFile(string(tag) + "/" + name + ".md")
	if err != nil {
		return c, err
	}
	head, rest, _ := strings.Cut(string(src), "\n")
	title, ok := strings.CutPrefix(head, "# ")
	if !ok {
		return c, fmt.Errorf("manual: %s/%s.md does not begin with its title", tag, name)
	}
	c.Title = title
	body := []byte(rest)
	tree := writer.Parser().Parse(text.NewReader(body))
	err = ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			id, _ := n.AttributeString("id")
			if raw, ok := id.([]byte); ok && n.Level == 2 {
				c.Headings = append(c.Headings, Heading{string(raw), plain(n, body)})
			}
		case *ast.Link:
			to, err := target(string(n.Destination))
			if err != nil {
				return ast.WalkStop, fmt.Errorf("manual: %s/%s.md: %w", tag, name, err)
			}
			n.Destination = []byte(to)
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		return c, err
	}
	var b bytes.Buffer
	if err := writer.Renderer().Render(&b, body, tree); err != nil {
		return c, err
	}
	c.HTML = dressed(b.String())
	return c, nil
}

// plain is the text of a node without its marks.
func plain(n ast.Node, src []byte) string {
	var b strings.Builder
	for k := n.FirstChild(); k != nil; k = k.NextSibling() {
		if t, ok := k.(*ast.Text); ok {
			b.Write(t.Segment.Value(src))
			continue
		}
		b.WriteString(plain(k, src))
	}
	return b.String()
}

var chapterLink = regexp.MustCompile(`^([a-z-]+)\.md(#[^ ]*)?$`)

// target is where a link of a chapter leads in the console: another chapter, or a
// page of ours.
func target(to string) (string, error) {
	if m := chapterLink.FindStringSubmatch(to); m != nil {
		return "/docs/" + m[1] + m[2], nil
	}
	if strings.HasPrefix(to, "/") || strings.HasPrefix(to, "#") {
		return to, nil
	}
	return "", fmt.Errorf("the link %q leads out of the manual", to)
}

// dressed gives tables the style of the console, and lets a keyboard scroll what
// is wider than the page.
func dressed(html string) string {
	return strings.NewReplacer(
		"<table>", `<div class="table-box" tabindex="0" role="group"><table class="table tight">`, "</table>", "</table></div>",
		"<pre>", `<pre tabindex="0">`,
	).Replace(html)
}
