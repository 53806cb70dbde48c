package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/cli.md")

const cliDocument = "../../docs/cli.md"

// docs/cli.md is made from the output of --help.
func TestDocumentAgreesWithTheHelp(t *testing.T) {
	t.Parallel()
	k := parser(&cli{})
	var b strings.Builder
	fmt.Fprintf(&b, "# The command\n\n<!-- made by go test ./cmd/understudy -run Document -update -->\n\n%s Each flag of `serve` is also "+
		"an environment variable; an empty one counts as none.\n", sentence(k.Model.Help))
	exitCodes(&b)
	describeShared(&b, k.Model.Node)
	for _, command := range k.Model.Children {
		if !command.Hidden {
			describeCommand(&b, command)
		}
	}
	want := b.String()
	if *update {
		if err := os.WriteFile(cliDocument, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(cliDocument)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/cli.md is behind the code; run go test ./cmd/understudy -run Document -update (-want +got):\n%s", diff)
	}
}

func exitCodes(b *strings.Builder) {
	fmt.Fprintf(b, "\n## Exit codes\n\n| code | meaning |\n|---|---|\n")
	list := strings.TrimSuffix(strings.TrimPrefix(exitHelp, "Exit codes: "), ".")
	for _, code := range strings.Split(list, "; ") {
		number, meaning, _ := strings.Cut(code, " ")
		fmt.Fprintf(b, "| %s | %s |\n", number, meaning)
	}
}

// describeCommand writes a command and its subcommands.
func describeCommand(b *strings.Builder, n *kong.Node) {
	fmt.Fprintf(b, "\n## %s\n\n```text\n%s\n```\n\n%s\n", n.FullPath(), "understudy "+n.Summary(), sentence(n.Help))
	describeDetail(b, n.Detail)
	if len(n.Positional) > 0 {
		b.WriteString("\n| argument | |\n|---|---|\n")
		for _, p := range n.Positional {
			fmt.Fprintf(b, "| `%s` | %s |\n", p.Summary(), cell(p.Help))
		}
	}
	describeFlags(b, n, func(group string) bool { return group != sharedFlags || n.Name == "serve" })
	for _, child := range n.Children {
		if !child.Hidden {
			describeCommand(b, child)
		}
	}
}

// describeDetail writes the longer text of a command: paragraphs, and indented
// lines, which are examples.
func describeDetail(b *strings.Builder, detail string) {
	paragraph, example := []string(nil), false
	end := func() {
		if text := strings.Trim(strings.Join(paragraph, "\n"), "\n"); text != "" && example {
			fmt.Fprintf(b, "\n```text\n%s\n```\n", text)
		} else if text != "" {
			fmt.Fprintf(b, "\n%s\n", text)
		}
		paragraph = nil
	}
	for _, line := range strings.Split(detail, "\n") {
		if indented := strings.HasPrefix(line, "  "); indented != example && line != "" {
			end()
			example = indented
		}
		paragraph = append(paragraph, strings.TrimRight(strings.TrimPrefix(strings.TrimPrefix(line, "  "), "  "), " "))
	}
	end()
}

// sharedFlags is the group of the flags for the address of the server, which nearly every
// command has.
const sharedFlags = "Server"

// describeShared writes the shared flags once.
func describeShared(b *strings.Builder, n *kong.Node) {
	fmt.Fprintf(b, "\n## Where the server is\n\nThe commands that ask a server, and `serve` and `env`, have these flags:\n")
	for _, command := range n.Children {
		if command.Name == "env" {
			describeFlags(b, command, func(group string) bool { return group == sharedFlags })
		}
	}
}

// describeFlags writes the flags of the wanted groups, in the groups in which the
// help shows them.
func describeFlags(b *strings.Builder, n *kong.Node, wanted func(group string) bool) {
	var groups []string
	flags := map[string][]*kong.Flag{}
	for _, f := range n.Flags {
		if f.Hidden || f.Name == "help" {
			continue
		}
		group := ""
		if f.Group != nil {
			group = strings.TrimSuffix(f.Group.Title, ":")
		}
		if !wanted(group) {
			continue
		}
		if !slices.Contains(groups, group) {
			groups = append(groups, group)
		}
		flags[group] = append(flags[group], f)
	}
	for _, group := range groups {
		fmt.Fprintf(b, "\n| %s | default | variable | |\n|---|---|---|---|\n", map[bool]string{true: "flag", false: group}[group == ""])
		for _, f := range flags[group] {
			name, _, _ := strings.Cut(f.Summary(), `="`) // without the default
			name = "`" + cell(name) + "`"
			if f.Short != 0 {
				name = "`-" + string(f.Short) + "`, " + name
			}
			variable, byDefault := "", ""
			if len(f.Envs) > 0 {
				variable = "`" + f.Envs[0] + "`"
			}
			if f.HasDefault && f.Default != "" {
				byDefault = "`" + f.Default + "`"
			}
			fmt.Fprintf(b, "| %s | %s | %s | %s |\n", name, byDefault, variable, cell(f.Help))
		}
	}
}

// A placeholder describes the value to give, not its type in the code.
func TestPlaceholdersSayWhatToGive(t *testing.T) {
	t.Parallel()
	var visit func(n *kong.Node)
	visit = func(n *kong.Node) {
		for _, f := range n.Flags {
			if f.IsBool() || f.HasDefault || f.Enum != "" {
				continue
			}
			switch placeholder := f.FormatPlaceHolder(); placeholder {
			case "STRING", "INT", "UINT-64", "FLOAT-64":
				t.Errorf("%s --%s: the placeholder is %s", n.FullPath(), f.Name, placeholder)
			}
		}
		for _, child := range n.Children {
			visit(child)
		}
	}
	visit(parser(&cli{}).Model.Node)
}

// The examples of the help fit into a terminal of 80 columns, and begin after a
// sentence, since kong takes the indentation of the first line away.
func TestExamplesFitTheTerminal(t *testing.T) {
	t.Parallel()
	var visit func(n *kong.Node)
	visit = func(n *kong.Node) {
		if strings.HasPrefix(n.Detail, " ") {
			t.Errorf("%s: the help begins with an example", n.FullPath())
		}
		for line := range strings.Lines(n.Detail) {
			if line = strings.TrimRight(line, "\n"); strings.HasPrefix(line, "  ") && len(line) > 80 {
				t.Errorf("%s: %d columns: %s", n.FullPath(), len(line), line)
			}
		}
		for _, child := range n.Children {
			visit(child)
		}
	}
	visit(parser(&cli{}).Model.Node)
}

// sentence is a string with a full stop.
func sentence(s string) string { return strings.TrimSuffix(s, ".") + "." }

// cell is a string that is in a cell of a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
