package conformance_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/internal/document"
)

// documentBlocks are the code blocks of all documents.
func documentBlocks(t *testing.T) []document.Block {
	t.Helper()
	list, err := document.Documents("..")
	if err != nil {
		t.Fatal(err)
	}
	var all []document.Block
	for _, path := range list {
		blocks, err := document.Read("..", path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, blocks...)
	}
	return all
}

// Languages of blocks that no test of ours can run; each says so to its reader.
var withoutRunner = map[string]bool{"java": true, "csharp": true, "rust": true, "ruby": true, "yaml": true, "typescript": true}

// Everything that the documents show is run by a test, or says that it is not:
// the commands by TestDocuments, which needs the clients that they are for.
func TestEveryBlockIsRun(t *testing.T) {
	t.Parallel()
	tests, code := goFiles(t)
	for _, b := range documentBlocks(t) {
		switch {
		case b.NotRun && !withoutRunner[b.Language]:
			t.Errorf("%s:%d: a block of %s can be run, and is not", b.Document, b.Line, b.Language)
		case b.NotRun, b.File != "", b.Language == "text":
		case b.TestedBy != "":
			if !tests[b.TestedBy] && !gate(t, b.TestedBy) {
				t.Errorf("%s:%d: there is no test %s", b.Document, b.Line, b.TestedBy)
			}
		case b.Language == "sh" || b.Language == "console":
		case b.Language == "go":
			if !strings.Contains(code, strings.TrimSpace(unindented(b.Text))) {
				t.Errorf("%s:%d: no Go file of the project holds this:\n%s", b.Document, b.Line, b.Text)
			}
		default:
			t.Errorf("%s:%d: nothing says how the block of %q is tested", b.Document, b.Line, b.Language)
		}
	}
}

// gate reports whether it is a target of make, such as "make test", that CI runs.
func gate(t *testing.T, command string) bool {
	t.Helper()
	raw, err := os.ReadFile("../.ci/run")
	if err != nil {
		t.Fatal(err)
	}
	return strings.HasPrefix(command, "make ") && strings.Contains(string(raw), "\n"+command+"\n")
}

var testFunction = regexp.MustCompile(`(?m)^func ((?:Test|Example)\w*)\(`)

// goFiles are the names of all tests, and the text of all Go files without the
// indentation of their lines.
func goFiles(t *testing.T) (tests map[string]bool, code string) {
	t.Helper()
	tests = map[string]bool{}
	var all strings.Builder
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_gen.go") {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, m := range testFunction.FindAllStringSubmatch(string(raw), -1) {
			tests[m[1]] = true
		}
		all.WriteString(unindented(string(raw)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tests, all.String()
}

// unindented is a string without the white space around its lines and comments at
// their ends, so that a document may indent and explain otherwise than a file.
func unindented(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if code, _, ok := strings.Cut(line, " // "); ok {
			line = code
		}
		lines[i] = strings.TrimSpace(line)
	}
	return strings.TrimSpace(strings.Join(lines, "\n")) + "\n"
}
