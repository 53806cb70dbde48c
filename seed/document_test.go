package seed

import (
	cli "flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var updateDocument = cli.Bool("update", false, "write the reference in docs/seed.md")

const (
	seedDocument = "../docs/seed.md"
	referenceTop = "<!-- reference: made by go test ./seed -run Document -update -->\n"
	referenceEnd = "<!-- end -->"
)

// The reference in docs/seed.md is made from the structs into which a file is read.
func TestDocumentAgreesWithTheForm(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(seedDocument)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(raw), referenceTop)
	_, tail, ok2 := strings.Cut(rest, referenceEnd)
	if !ok || !ok2 {
		t.Fatal("docs/seed.md has no reference")
	}
	want := head + referenceTop + reference(t) + referenceEnd + tail
	if *updateDocument {
		if err := os.WriteFile(seedDocument, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(want, string(raw)); diff != "" {
		t.Errorf("docs/seed.md is out of date; run go test ./seed -run Document -update (-want +got):\n%s", diff)
	}
}

// formWriter writes the structs of the form, each once, in the order in which
// they are met.
type formWriter struct {
	t       *testing.T
	structs map[string]*ast.StructType
	docs    map[string]string
	queue   []string
	seen    map[string]bool
	strings.Builder
}

func reference(t *testing.T) string {
	t.Helper()
	w := &formWriter{t: t, structs: map[string]*ast.StructType{}, docs: map[string]string{}, seen: map[string]bool{}}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		w.take(f)
	}
	for w.queue = []string{"file"}; len(w.queue) > 0; {
		name := w.queue[0]
		w.queue = w.queue[1:]
		w.write(name)
	}
	return w.String()
}

// take collects the structs of a file.
func (w *formWriter) take(f *ast.File) {
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, s := range g.Specs {
			if ts, ok := s.(*ast.TypeSpec); ok {
				if st, ok := ts.Type.(*ast.StructType); ok {
					w.structs[ts.Name.Name], w.docs[ts.Name.Name] = st, strings.Join(strings.Fields(g.Doc.Text()), " ")
				}
			}
		}
	}
}

func (w *formWriter) write(name string) {
	if w.seen[name] {
		return
	}
	w.seen[name] = true
	fmt.Fprintf(w, "\n### %s\n\n", name)
	if doc := w.docs[name]; doc != "" {
		fmt.Fprintf(w, "%s\n\n", doc)
	}
	fmt.Fprint(w, "| member | form | |\n|---|---|---|\n")
	before := w.Len()
	w.members(w.structs[name])
	if w.Len() == before {
		w.t.Errorf("the table of %s is empty", name)
	}
}

func (w *formWriter) members(s *ast.StructType) {
	for _, field := range s.Fields.List {
		tag := ""
		if field.Tag != nil {
			tag = reflect.StructTag(strings.Trim(field.Tag.Value, "`")).Get("seed")
		}
		if len(field.Names) == 0 { // members that several structs have in common
			if name, ok := field.Type.(*ast.Ident); ok && w.structs[name.Name] != nil {
				w.members(w.structs[name.Name])
			}
			continue
		}
		if tag == "" {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		var remarks []string
		switch options {
		case "required":
			remarks = append(remarks, "required")
		case "secret":
			remarks = append(remarks, "a secret")
		}
		if c := strings.TrimSpace(field.Comment.Text()); c != "" {
			remarks = append(remarks, c)
		}
		fmt.Fprintf(w, "| `%s` | %s | %s |\n", name, w.form(field.Type), strings.Join(remarks, "; "))
	}
}

// leafForms describe the types that have no members of their own.
var leafForms = map[string]string{
	"text": "text", "flag": "true or false", "bool": "true or false", "number": "number", "number64": "number", "instant": "time",
	"blob":    "base64",
	"content": "document", "contents": "documents by name", "texts": "texts by name", "textLists": "lists of texts by name",
}

// form describes the value of a member; its struct is described later.
func (w *formWriter) form(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.StarExpr:
		return w.form(x.X)
	case *ast.ArrayType:
		return "list of " + w.form(x.Elt)
	case *ast.Ident:
		if leaf, ok := leafForms[x.Name]; ok {
			return leaf
		}
		if w.structs[x.Name] == nil {
			return "?" + x.Name
		}
		w.queue = append(w.queue, x.Name)
		return fmt.Sprintf("[%s](#%s)", x.Name, strings.ToLower(x.Name))
	}
	return "?"
}
