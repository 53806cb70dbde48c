//go:build conformance

package conformance_test

import (
	"archive/zip"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	modulePath    = "github.com/understudy-iam/understudy"
	moduleVersion = "v0.0.0-test"
)

// The command can be installed from a module proxy, which the go command
// refuses for a module that replaces or excludes others.
func TestGoInstall(t *testing.T) {
	t.Parallel()
	bin := t.TempDir()
	env := append(consumer(t), "GOBIN="+bin)
	command(t, t.TempDir(), env, "go", "install", modulePath+"/cmd/understudy@"+moduleVersion)
	got := command(t, bin, nil, filepath.Join(bin, "understudy"), "version")
	if want := "understudy " + moduleVersion; !strings.HasPrefix(got, want) {
		t.Errorf("the installed command says %q, want %q", got, want)
	}
}

// Another module's tests can use iamtest, as docs/testing.md prints them.
func TestImportingModule(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/importer")); err != nil {
		t.Fatal(err)
	}
	env := consumer(t)
	command(t, dir, env, "go", "mod", "init", "example.com/shop")
	command(t, dir, env, "go", "get", modulePath+"@"+moduleVersion)
	command(t, dir, env, "go", "mod", "tidy")
	got := command(t, dir, env, "go", "test", "-v", "./...")
	if !strings.Contains(got, "--- PASS: TestAnaReadsOnly") {
		t.Errorf("the importing module's test did not run:\n%s", got)
	}
}

// consumer is the environment of somebody who has the module from a proxy. Its
// module cache is new, so that no earlier copy of the version is used; what the
// machine has of other modules is taken from there. They were compared with
// go.sum when they came.
func consumer(t *testing.T) []string {
	t.Helper()
	proxy := t.TempDir()
	publish(t, filepath.Join(proxy, filepath.FromSlash(modulePath), "@v"))
	facts := strings.Fields(command(t, ".", nil, "go", "env", "GOMODCACHE", "GOPROXY"))
	if len(facts) != 2 {
		t.Fatalf("go env says %q", facts)
	}
	cache := "file://" + filepath.ToSlash(filepath.Join(facts[0], "cache", "download"))
	return []string{
		"GOPROXY=file://" + filepath.ToSlash(proxy) + "," + cache + "," + facts[1],
		"GOMODCACHE=" + t.TempDir(),
		"GOFLAGS=-modcacherw -trimpath",
		"GONOSUMDB=*",
		"GOWORK=off",
		"CGO_ENABLED=0",
	}
}

// publish puts the module of the working tree into a proxy's directory.
func publish(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	goMod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"list":                  moduleVersion + "\n",
		moduleVersion + ".info": fmt.Sprintf(`{"Version":%q,"Time":"2026-01-01T00:00:00Z"}`, moduleVersion),
		moduleVersion + ".mod":  string(goMod),
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Create(filepath.Join(dir, moduleVersion+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	archive := zip.NewWriter(f)
	pack(t, archive, "..")
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
}

// pack adds the files below root that belong to the module: not those of the
// modules below it, and not what is built or hidden.
func pack(t *testing.T, archive *zip.Writer, root string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && apart(root, path):
			return fs.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		data, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			return err
		}
		w, err := archive.Create(modulePath + "@" + moduleVersion + "/" + path)
		if err == nil {
			_, err = w.Write(data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// apart reports whether a directory is no part of the module.
func apart(root, dir string) bool {
	_, err := os.Stat(filepath.Join(root, dir, "go.mod"))
	return err == nil || dir == "bin" || dir == "dist" || strings.HasPrefix(filepath.Base(dir), ".")
}
