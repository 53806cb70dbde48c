//go:build conformance

package conformance_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// completions are command lines as they are typed, and what a tab makes of them.
var completions = map[string]string{
	"understudy hea":                           "understudy health",
	"understudy serve --enf":                   "understudy serve --enforcement",
	"understudy serve --enforcement l":         "understudy serve --enforcement log",
	"understudy serve --enforcement=l":         "understudy serve --enforcement=log",
	"understudy simulate --action iam:CreateU": "understudy simulate --action iam:CreateUser",
	"understudy simulate --action access-an":   "understudy simulate --action access-analyzer:",
	"understudy serve --seed docs/on":          "understudy serve --seed docs/one.yaml",
	"understudy serve --seed=docs/on":          "understudy serve --seed=docs/one.yaml",
	"understudy serve --data-dir do":           "understudy serve --data-dir docs",
	"understudy completion f":                  "understudy completion fish",
}

// A tab completes in each shell, with keys that are typed at a terminal.
func TestShellsComplete(t *testing.T) {
	script, err := filepath.Abs("testdata/complete.py")
	if err != nil {
		t.Fatal(err)
	}
	var typed, want []string
	for line, completed := range completions {
		typed, want = append(typed, line), append(want, completed)
	}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		t.Run(shell, func(t *testing.T) {
			tool(t, shell)
			cmd := exec.Command(tool(t, "python3"), append([]string{script, shell}, typed...)...)
			cmd.Dir = t.TempDir()
			if err := os.MkdirAll(filepath.Join(cmd.Dir, "docs"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(cmd.Dir, "docs", "one.yaml"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			cmd.Env = append(os.Environ(), "HOME="+cmd.Dir, "PATH="+onPath(t)+":"+os.Getenv("PATH"))
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v\n%s\n%s", err, out, stderr(err))
			}
			got := strings.ReplaceAll(string(out), "/\n", "\n") // zsh takes the slash away again
			if diff := cmp.Diff(want, strings.Split(strings.TrimSpace(got), "\n")); diff != "" {
				t.Errorf("completed lines (-want +got):\n%s", diff)
			}
			t.Logf("%s: %d lines completed", shell, len(typed))
		})
	}
}

// onPath is a directory that holds the binary under its own name.
func onPath(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Symlink(binary(t), filepath.Join(dir, "understudy")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// stderr is what a command that failed has said.
func stderr(err error) []byte {
	if failed, ok := err.(*exec.ExitError); ok {
		return failed.Stderr
	}
	return nil
}
