package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/understudy-iam/understudy/internal/spelling"
)

// misread is the error for a command line that cannot be parsed, with where to read more.
// kong's own exit code for it is 80.
func misread(k *kong.Kong, err error) error {
	node := k.Model.Node
	var parse *kong.ParseError
	if errors.As(err, &parse) && parse.Context != nil && parse.Context.Selected() != nil {
		node = parse.Context.Selected()
	}
	if word, ok := unknownCommand(err); ok && node.Type == kong.ApplicationNode {
		return usageError{fmt.Errorf("there is no command %s; %s", word, instead(k, word))}
	}
	return usageError{fmt.Errorf("%s; see %s --help", inOurWords(node, err.Error()), node.FullPath())}
}

// inOurWords turns an error of kong into a sentence that says what to do; an unknown
// error stays unchanged.
func inOurWords(node *kong.Node, text string) string {
	text, variable := cutVariable(text)
	for _, k := range kongErrors {
		if m := regexp.MustCompile(k.pattern).FindStringSubmatch(text); m != nil {
			return k.say(node, m) + variable
		}
	}
	return text + variable
}

// cutVariable removes from an error the name of the environment variable that has the
// value.
func cutVariable(text string) (string, string) {
	m := regexp.MustCompile(`^(.*) \(from envar (\w+)=.*\)$`).FindStringSubmatch(text)
	if m == nil {
		return text, ""
	}
	return m[1], "; the environment variable " + m[2] + " has this value"
}

// kongErrors are the errors of kong, each with its replacement.
var kongErrors = []struct {
	pattern string
	say     func(*kong.Node, []string) string
}{
	{`^unknown flag (\S+?)(?:,.*)?$`, unknownFlag},
	{`^unexpected argument (.*?)(?:, did you mean .*)?$`, unexpectedWord},
	{`^expected "(<.*)"$`, func(n *kong.Node, m []string) string { return missingArguments(n, m[1]) }},
	{`^missing positional arguments (.*)$`, func(n *kong.Node, m []string) string { return missingArguments(n, m[1]) }},
	{`^expected (?:one of )?"`, missingCommand},
	{`^missing flags: (.*)$`, func(_ *kong.Node, m []string) string {
		name, _, _ := strings.Cut(m[1], "=")
		return name + " is missing; give " + strings.TrimSuffix(m[1], ",...")
	}},
	{`^(\S+) must be one of (.*) but got "(.*)"$`, notInEnum},
	{`^(\S+): expected .* but got "EOL"`, func(_ *kong.Node, m []string) string { return m[1] + " has no value; give one behind it" }},
	{`^(\S+): expected duration but got (".*?")`, func(_ *kong.Node, m []string) string {
		return m[1] + " " + m[2] + " is not a duration; give one such as 90s, 30m or 12h"
	}},
	{`^(\S+): expected an? (?:valid \d+ bit u?)?int but got (".*?")`, func(_ *kong.Node, m []string) string {
		return m[1] + " " + m[2] + " is not a whole number"
	}},
	{`^(\S+): expected a float but got (".*?")`, func(_ *kong.Node, m []string) string {
		return m[1] + " " + m[2] + " is not a number; give one such as 0.5"
	}},
	{`^(\S+): bool value must be .* but got (".*")$`, func(_ *kong.Node, m []string) string {
		return m[1] + " takes no value but true and false, and " + m[2] + " is neither"
	}},
}

func unknownFlag(n *kong.Node, m []string) string {
	sentence := "there is no flag " + m[1]
	word, long := strings.CutPrefix(m[1], "--")
	if meant := near(word, flagNames(n)); long && meant != "" {
		return sentence + "; did you mean --" + meant + "?"
	}
	if n.Type == kong.ApplicationNode {
		sentence += " without a command; write the command first"
	}
	return sentence
}

// flagNames are the flags that a command takes.
func flagNames(n *kong.Node) (names []string) {
	for _, group := range n.AllFlags(true) {
		for _, f := range group {
			names = append(names, f.Name)
		}
	}
	return names
}

func unexpectedWord(n *kong.Node, m []string) string {
	sentence := n.FullPath() + " does not take " + m[1]
	if name := m[1]; slices.Contains(flagNames(n), name) {
		return sentence + "; did you mean --" + name + "?"
	}
	if meant := near(m[1], children(n)); meant != "" {
		return sentence + "; did you mean " + meant + "?"
	}
	return sentence
}

// children are the subcommands of a command or, for a default command that may be left
// out, those of its parent.
func children(n *kong.Node) (names []string) {
	if n.Parent != nil && n.Parent.DefaultCmd == n {
		n = n.Parent
	}
	for _, child := range n.Children {
		names = append(names, child.Name)
	}
	return names
}

func missingCommand(n *kong.Node, _ []string) string {
	return n.FullPath() + " needs another word: " + either(children(n))
}

func missingArguments(n *kong.Node, list string) string {
	names := slices.DeleteFunc(strings.Fields(list), func(word string) bool { return word == "..." }) // of a list
	is := " is"
	if len(names) > 1 {
		is = " are"
	}
	usage := n.FullPath()
	for _, p := range n.Positional {
		usage += " " + p.Summary()
	}
	return strings.Join(names, " and ") + is + " missing; write " + usage
}

func notInEnum(_ *kong.Node, m []string) string {
	var values []string
	for _, v := range strings.Split(m[2], ",") {
		if v = strings.Trim(v, `"`); v != "" {
			values = append(values, v)
		}
	}
	sentence := fmt.Sprintf("%s %q is not %s", m[1], m[3], either(values))
	if meant := spelling.Guess(m[3], values); meant != "" {
		sentence += "; did you mean " + meant + "?"
	}
	return sentence
}

// either joins words: a, b or c.
func either(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
