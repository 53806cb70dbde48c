//go:build conformance

package conformance_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

const consoleDir = "../management/console"

// TestConsoleIsBuilt builds what the console's pages load again, and compares it byte for
// byte with what is committed.
func TestConsoleIsBuilt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "assets"), os.DirFS(filepath.Join(consoleDir, "assets"))); err != nil {
		t.Fatal(err)
	}
	tool(t, "npm")
	build := exec.Command("go", "run", "-C", "../internal/cmd/genconsole", ".", "-out", dir)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("genconsole: %v\n%s", err, out)
	}
	built, committed := files(t, filepath.Join(dir, "dist")), files(t, filepath.Join(consoleDir, "dist"))
	if len(built) < 4 {
		t.Errorf("only %d files were built", len(built))
	}
	for name, content := range built {
		if !bytes.Equal(content, committed[name]) {
			t.Errorf("%s is not what is committed; run go generate ./management/console", name)
		}
		delete(committed, name)
	}
	for name := range committed {
		t.Errorf("%s is committed and not built; run go generate ./management/console", name)
	}
}

func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all[path], err = fs.ReadFile(root, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// consoleSeed has something for every page.
const consoleSeed = `accounts:
- id: "000000000000"
  groups:
  - name: dev
    inline: {own: '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:Get*","Resource":"arn:aws:iam::*:user/${aws:username}"}}'}
  users:
  - name: ana
    groups: [dev]
    tags: {team: red}
    accessKeys: [{secret: ana-secret}]
  roles:
  - name: deploy
    trust: {Version: 2012-10-17, Statement: {Effect: Allow, Principal: {AWS: "000000000000"}, Action: "sts:AssumeRole"}}
`

// TestConsole opens the pages in Chromium, see testdata/console/pages.mjs.
func TestConsole(t *testing.T) {
	t.Parallel()
	dir := npmCI(t, "console")
	seed := filepath.Join(dir, "iam.yaml")
	if err := os.WriteFile(seed, []byte(consoleSeed), 0o600); err != nil {
		t.Fatal(err)
	}
	tool(t, "chromium")
	url := startServer(t, "--seed", seed) + "/_understudy/console/"
	cmd := exec.Command(tool(t, "node"), "pages.mjs", url, "", "decisions", "principals", "principals?kind=groups",
		"principals?kind=roles", "principals/users/ana", "principals/groups/dev", "principals/roles/deploy",
		"principals/users/nobody", "act")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
