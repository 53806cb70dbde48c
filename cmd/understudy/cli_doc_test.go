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

// docs/cli.md is made of what --help shows.
func TestDocumentAgreesWithTheHelp(t *testing.T) {
	t.Parallel()
	k := parser(&cli{})
	var b strings.Builder
	fmt.Fprintf(&b, "# The command\n\n<!-- made by go test ./cmd/understudy -run Document -update -->\n\n%s Each flag of `serve` is also an environment variable; an empty one counts as none.\n", sentence(k.Model.Help))
	exitCodes(&b)
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

// describeCommand writes a command and what it has below it.
func describeCommand(b *strings.Builder, n *kong.Node) {
	fmt.Fprintf(b, "\n## %s\n\n```text\n%s\n```\n\n%s\n", n.FullPath(), strings.TrimSpace(n.Parent.Path()+" understudy "+n.Summary()), sentence(n.Help))
	if n.Detail != "" {
		example := false
		for _, line := range strings.Split("\n"+strings.TrimSpace(n.Detail), "\n") {
			if indented := strings.HasPrefix(line, "  "); indented != example && line != "" {
				b.WriteString(map[bool]string{true: "```text\n", false: "```\n\n"}[indented])
				example = indented
			}
			fmt.Fprintln(b, strings.TrimRight(strings.TrimPrefix(strings.TrimPrefix(line, "  "), "  "), " "))
		}
		if example {
			b.WriteString("```\n")
		}
	}
	if len(n.Positional) > 0 {
		b.WriteString("\n| argument | |\n|---|---|\n")
		for _, p := range n.Positional {
			fmt.Fprintf(b, "| `%s` | %s |\n", p.Summary(), cell(p.Help))
		}
	}
	describeFlags(b, n)
	for _, child := range n.Children {
		if !child.Hidden {
			describeCommand(b, child)
		}
	}
}

// describeFlags writes the flags in the groups in which the help shows them.
func describeFlags(b *strings.Builder, n *kong.Node) {
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
		if !slices.Contains(groups, group) {
			groups = append(groups, group)
		}
		flags[group] = append(flags[group], f)
	}
	for _, group := range groups {
		fmt.Fprintf(b, "\n| %s | default | variable | |\n|---|---|---|---|\n", map[bool]string{true: "flag", false: group}[group == ""])
		for _, f := range flags[group] {
			name, _, _ := strings.Cut(f.Summary(), `="`) // without the default
			name = "`" + name + "`"
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

// sentence is a text with a full stop.
func sentence(s string) string { return strings.TrimSuffix(s, ".") + "." }

// cell is a text that stands in a cell of a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
