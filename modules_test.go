package understudy_test

import (
	"encoding/json"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// goMod is what `go mod edit -json` prints of a go.mod file.
type goMod struct {
	Module  struct{ Path string }
	Go      string
	Require []struct{ Path, Version string }
	Exclude []struct{ Path, Version string }
	Replace []struct {
		Old, New struct{ Path, Version string }
	}
}

// modules are the directories that hold a module of this repository. A new
// one is added here on purpose: it is built, vetted and updated by itself.
var modules = []string{".", "conformance/gosdk", "conformance/openapi", "docker/app", "docker/iamcontainer", "internal/cmd/genconsole"}

func TestModulesAreKnown(t *testing.T) {
	t.Parallel()
	var found []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == "go.mod" {
			found = append(found, filepath.ToSlash(filepath.Dir(path)))
		}
		if err == nil && d.IsDir() && skipped(d.Name()) {
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	if !slices.Equal(found, modules) {
		t.Errorf("modules in the tree: %v; the list in this test: %v", found, modules)
	}
}

// skipped names the directories that the go command skips too.
func skipped(name string) bool {
	return name == "testdata" || name == "node_modules" || name == "dist" || len(name) > 1 && strings.HasPrefix(name, ".")
}

// Users of one module must not get another version of a dependency than the
// tests of the other modules have seen.
func TestModulesAgreeOnVersions(t *testing.T) {
	t.Parallel()
	type use struct{ dir, version string }
	seen := map[string]use{}
	for _, dir := range modules {
		m := readModule(t, dir)
		m.Require = append(m.Require, struct{ Path, Version string }{"go", m.Go})
		for _, r := range m.Require {
			first, ok := seen[r.Path]
			if !ok {
				seen[r.Path] = use{dir, r.Version}
			} else if first.version != r.Version {
				t.Errorf("%s is %s in %s and %s in %s; use the newer one in both", r.Path, first.version, first.dir, r.Version, dir)
			}
		}
	}
	if _, ok := seen["github.com/aws/aws-sdk-go-v2"]; !ok {
		t.Error("no module requires the AWS SDK; the go.mod files were not read")
	}
}

// `go install` refuses a module with a replace or an exclude, and who imports
// a module does not get its replacements.
func TestModulesReplaceNothing(t *testing.T) {
	t.Parallel()
	for _, dir := range modules {
		m := readModule(t, dir)
		for _, r := range m.Replace {
			if dir == "." || !isOurs(r.Old.Path) {
				t.Errorf("%s replaces %s; require a version that can be had instead", dir, r.Old.Path)
			}
		}
		for _, e := range m.Exclude {
			t.Errorf("%s excludes %s %s; require another version instead", dir, e.Path, e.Version)
		}
	}
}

func readModule(t *testing.T, dir string) goMod {
	t.Helper()
	out, err := exec.Command("go", "mod", "edit", "-json", filepath.Join(dir, "go.mod")).Output()
	if err != nil {
		t.Fatalf("go mod edit of %s: %v", dir, err)
	}
	var m goMod
	if err := json.Unmarshal(out, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// What users import must not bring a driver of a database along, which only the command needs.
func TestDriverIsOfTheCommandOnly(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", "./accessanalyzer", "./audit", "./evaluator/...", "./iamtest", "./policytest",
		"./seed", "./server").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range strings.Fields(string(out)) {
		if strings.HasPrefix(path, "github.com/jackc/") {
			t.Errorf("%s is among the imports of what users import", path)
		}
	}
}
