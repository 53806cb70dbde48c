package conformance_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/document"
)

// iamtestNames are names of package iamtest in documents: srv is a server in them.
var iamtestNames = regexp.MustCompile(`\b(srv|iamtest)\.([A-Z]\w*)`)

// A document names only what package iamtest has, in its text as in its code.
func TestDocumentsNameWhatIamtestHas(t *testing.T) {
	t.Parallel()
	list, err := document.Documents("..")
	if err != nil {
		t.Fatal(err)
	}
	exported := exportedNames(t, "../iamtest")
	server := reflect.TypeFor[iamtest.Server]()
	found := 0
	for _, path := range list {
		raw, err := os.ReadFile(filepath.Join("..", path))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range iamtestNames.FindAllStringSubmatch(string(raw), -1) {
			_, method := reflect.PointerTo(server).MethodByName(m[2])
			_, field := server.FieldByName(m[2])
			if m[1] == "srv" && !method && !field || m[1] == "iamtest" && !exported[m[2]] {
				t.Errorf("%s: there is no %s", path, m[0])
			}
			found++
		}
	}
	if found < 20 {
		t.Errorf("only %d names were found", found)
	}
}

// exportedNames are the names that a package declares and exports, without methods.
func exportedNames(t *testing.T, dir string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				names[d.Name.Name] = names[d.Name.Name] || d.Recv == nil
			case *ast.GenDecl:
				for _, s := range d.Specs {
					addNames(names, s)
				}
			}
		}
	}
	return names
}

func addNames(names map[string]bool, s ast.Spec) {
	switch s := s.(type) {
	case *ast.TypeSpec:
		names[s.Name.Name] = true
	case *ast.ValueSpec:
		for _, name := range s.Names {
			names[name.Name] = true
		}
	}
}
