package understudy_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// spellsAWS are the files whose texts name the partition aws, with the reason.
// Everywhere else ARNs come from package principal, in the server's partition.
var spellsAWS = map[string]string{
	"principal/partition.go":           "what is rewritten",
	"sts/packed.go":                    "words of a dictionary for compression",
	"iam/managed/servicelinked_gen.go": "generated; rewritten when it is read",
	"cmd/understudy/simulate.go":       "examples in the help text",
	"cmd/understudy/faults.go":         "examples in the help text",
	"cmd/understudy/can.go":            "examples in the help text",
	"cmd/understudy/whocan.go":         "an example in the help text",
	"cmd/understudy/token.go":          "an example in the help text",
}

// Nothing but the places above spells an ARN of the partition aws.
func TestPartitionsAreSpelledInOnePlace(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (path == "internal/cmd" || strings.HasPrefix(path, ".git") || path == "node_modules"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if text, ok := n.(*ast.BasicLit); ok && strings.Contains(text.Value, "arn:aws") {
				found[filepath.ToSlash(path)] = true
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for path := range found {
		if spellsAWS[path] == "" {
			t.Errorf("%s spells an ARN of a partition; let package principal make it", path)
		}
	}
	for path := range spellsAWS {
		if !found[path] {
			t.Errorf("%s spells no ARN any more; take it off the list", path)
		}
	}
}
