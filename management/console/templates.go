package console

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/principal"
)

//go:embed templates/*.html
var templateFiles embed.FS

// templates are the parsed templates: each page has a copy of the layout and of the parts,
// with its own "main".
type templates struct{ byName map[string]*template.Template }

// shared are the files that every page may use.
var shared = []string{"templates/layout.html", "templates/parts.html"}

func parseTemplates() (*templates, error) {
	base, err := template.New("base").Funcs(functions()).ParseFS(templateFiles, shared...)
	if err != nil {
		return nil, err
	}
	files, err := templateFiles.ReadDir("templates")
	if err != nil {
		return nil, err
	}
	all := &templates{map[string]*template.Template{}}
	for _, f := range files {
		name := strings.TrimSuffix(f.Name(), ".html")
		if name == "layout" || name == "parts" {
			continue
		}
		page, err := template.Must(base.Clone()).ParseFS(templateFiles, path.Join("templates", f.Name()))
		if err != nil {
			return nil, err
		}
		all.byName[name] = page
	}
	return all, nil
}

// execute writes a block of a page's templates.
func (t *templates) execute(w io.Writer, name, block string, data any) error {
	page := t.byName[name]
	if page == nil {
		return fmt.Errorf("console: there is no template %s", name)
	}
	return page.ExecuteTemplate(w, block, data)
}

// functions are those of the templates.
func functions() template.FuncMap {
	return template.FuncMap{
		"asset":    assetURL,
		"link":     link,
		"when":     when,
		"stamp":    stamp,
		"resource": resourceOf,
		"json":     indented,
		"join":     strings.Join,
		"plural":   plural,

		"diffClass": diffClass,
	}
}

// link returns the URL of a page: the parts of its path, each escaped.
func link(parts ...any) string {
	escaped := make([]string, len(parts))
	for i, p := range parts {
		escaped[i] = url.PathEscape(stringOf(p))
	}
	return Path + strings.Join(escaped, "/")
}

// when writes a time for people, in UTC, to the second.
func when(t any) string {
	at := timeOf(t)
	if at.IsZero() {
		return "never"
	}
	return at.UTC().Format("2006-01-02 15:04:05")
}

// stamp writes a time for programs.
func stamp(t any) string { return timeOf(t).UTC().Format(time.RFC3339) }

func timeOf(t any) time.Time {
	switch t := t.(type) {
	case time.Time:
		return t
	case *time.Time:
		if t != nil {
			return *t
		}
	}
	return time.Time{}
}

// resourceOf is the last part of an ARN, such as user/team/ana; of other strings, it is all.
func resourceOf(arn string) string {
	if a, ok := principal.ParseARN(arn); ok {
		return a.Resource
	}
	return arn
}

func stringOf(s any) string {
	switch s := s.(type) {
	case string:
		return s
	case *string:
		if s != nil {
			return *s
		}
	}
	return ""
}

// indented writes JSON for people. Text that is not JSON stays as it is.
func indented(v any) (string, error) {
	var out bytes.Buffer
	if text, ok := v.(string); ok {
		if json.Indent(&out, []byte(text), "", "  ") != nil {
			return text, nil
		}
		return out.String(), nil
	}
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false) // the template escapes
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return strings.TrimSpace(out.String()), err
}

// plural writes a number with its noun, such as "1 user" or "3 users".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// diffClass is the class of a line of a difference, by how it begins.
func diffClass(line string) string {
	switch {
	case strings.HasPrefix(line, "+ "):
		return "add"
	case strings.HasPrefix(line, "- "):
		return "gone"
	}
	return ""
}
