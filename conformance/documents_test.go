//go:build conformance

package conformance_test

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/internal/document"
)

// documentPrelude is what the shell of a document knows before its first block.
//
//go:embed testdata/documents.sh
var documentPrelude string

// TestDocuments runs the commands of each document in order, in one shell, with
// an empty directory, an empty home and a server with a clean state. The address
// that documents write, 127.0.0.1:4260, is that of the server.
func TestDocuments(t *testing.T) {
	t.Parallel()
	list, err := document.Documents("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range list {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			blocks, err := document.Read("..", path)
			if err != nil {
				t.Fatal(err)
			}
			d := &documentRun{t: t, dir: t.TempDir(), addr: "127.0.0.1:" + freePort(t)}
			for _, b := range blocks {
				d.add(&b)
			}
			if d.commands == 0 {
				return
			}
			d.run()
		})
	}
}

// documentRun is a document on its way to become a script.
type documentRun struct {
	t         *testing.T
	dir, addr string
	script    strings.Builder
	commands  int
	wanted    []wantedOutput
}

// wantedOutput is what a command of a console block must print.
type wantedOutput struct {
	where, file, text string
}

func (d *documentRun) add(b *document.Block) {
	text := strings.ReplaceAll(b.Text, "127.0.0.1:4260", d.addr)
	where := fmt.Sprintf("%s:%d", b.Document, b.Line)
	switch {
	case b.TestedBy != "" || b.NotRun:
	case b.File != "":
		// Files come into being when their turn comes: a document may change one.
		fmt.Fprintf(&d.script, "at %s\nmkdir -p \"$(dirname %s)\"\ncat >%s <<'END OF THE FILE'\n%sEND OF THE FILE\n", where,
			b.File, b.File, text)
	case b.Language == "sh":
		d.commands++
		d.command(where, text, "/dev/stdout", b.ExitCode)
	case b.Language == "console":
		d.console(where, text, b.ExitCode)
	}
}

// command adds commands whose output goes to a file.
func (d *documentRun) command(where, text, out string, exitCode int) {
	fmt.Fprintf(&d.script, "at %s\n", where)
	if exitCode == 0 {
		fmt.Fprintf(&d.script, "{\n%s} >%s 2>&1\n", text, out)
		return
	}
	test := fmt.Sprintf("= %d", exitCode)
	if exitCode == document.AnyFailure {
		test = "!= 0"
	}
	fmt.Fprintf(&d.script, "code=0\n(\n%s) >%s 2>&1 || code=$?\n[ $code %s ] || wrong \"the exit code is $code; $code %s is wanted\"\n",
		text, out, test, test)
}

// console adds the commands of a console block, which stand after "$ " and go on
// after "> ", and remembers what they must print.
func (d *documentRun) console(where, text string, exitCode int) {
	for i, part := range strings.Split("\n"+text, "\n$ ")[1:] {
		d.commands++
		line, output, _ := strings.Cut(part, "\n")
		for strings.HasPrefix(output, "> ") { // the command goes on
			var more string
			more, output, _ = strings.Cut(output[2:], "\n")
			line += "\n" + more
		}
		out := filepath.Join(d.dir, fmt.Sprintf(".out-%d-%d", d.commands, i))
		d.command(where, line+"\n", out, exitCode)
		d.wanted = append(d.wanted, wantedOutput{where, out, output})
	}
}

// run runs the script and compares what it printed.
func (d *documentRun) run() {
	d.t.Helper()
	cmd := exec.Command("bash", "-c", documentPrelude+d.script.String())
	cmd.Dir = d.dir
	cmd.Env = append(os.Environ(), "HOME="+d.dir, "TF_CLI_CONFIG_FILE="+terraformConfig(d.t), "WORK="+d.t.TempDir(),
		"UNDERSTUDY_ADDR="+d.addr,
		"PATH="+onPath(d.t)+":"+os.Getenv("PATH"), "AWS_PAGER=", "AWS_EC2_METADATA_DISABLED=true", "PYTHONDONTWRITEBYTECODE=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		d.t.Fatalf("%v\n%s", err, out)
	}
	for _, w := range d.wanted {
		raw, err := os.ReadFile(w.file)
		if err != nil {
			d.t.Error(err)
			continue
		}
		if !outputPattern(w.text).MatchString(strings.TrimRight(string(raw), "\n")) {
			d.t.Errorf("%s shows\n%s\nbut this is printed:\n%s", w.where, w.text, raw)
		}
	}
	d.t.Logf("documents: %d commands run", d.commands)
}

// outputPattern matches what a document shows; three dots stand for anything.
func outputPattern(text string) *regexp.Regexp {
	text = regexp.QuoteMeta(strings.TrimRight(text, "\n"))
	return regexp.MustCompile("(?s)^" + strings.ReplaceAll(text, `\.\.\.`, ".*") + "$")
}

// terraformConfig is a configuration of Terraform's command that takes providers
// from the mirror that TERRAFORM_PROVIDER_MIRROR names, without a network.
func terraformConfig(t *testing.T) string {
	t.Helper()
	mirror := os.Getenv("TERRAFORM_PROVIDER_MIRROR")
	if mirror == "" {
		t.Fatal("TERRAFORM_PROVIDER_MIRROR is not set; it names the directory that holds registry.terraform.io")
	}
	path := filepath.Join(t.TempDir(), "terraform.rc")
	text := "provider_installation {\n  filesystem_mirror {\n    path = \"" + mirror + "\"\n  }\n}\ndisable_checkpoint = true\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
