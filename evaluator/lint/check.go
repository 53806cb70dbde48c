package lint

import (
	"slices"
	"strings"
)

// Code is the name of a check. Those that AWS has are AWS's issue codes.
type Code string

// own is how the codes begin that AWS does not have.
const own = "UNDERSTUDY_"

// Own reports whether AWS does not have the check.
func (c Code) Own() bool { return strings.HasPrefix(string(c), own) }

// Check is something that is looked for.
type Check struct {
	Code Code
	Type Type

	// Message is the sentence of its findings. What is in braces, as in
	// {{action}}, is filled.
	Message string

	// Unconfirmed says that AWS has a check of this code, but that its message is
	// not known and ours stands in its place.
	Unconfirmed bool
}

// awsPage is the page on which AWS explains its checks.
const awsPage = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"

// ownPage is the page on which this project explains its own.
const ownPage = "https://github.com/understudy-iam/understudy/blob/main/docs/policy-checks.md"

// anchorWords are the types as AWS's anchors have them.
var anchorWords = map[Type]string{
	Error: "error", SecurityWarning: "security-warning", Warning: "general-warning", Suggestion: "suggestion",
}

// Link is where the check is explained.
func (c Check) Link() string {
	name := strings.ReplaceAll(strings.ToLower(string(c.Code)), "_", "-")
	if c.Code.Own() {
		return ownPage + "#" + strings.ToLower(string(c.Code))
	}
	return awsPage + "#access-analyzer-reference-policy-checks-" + anchorWords[c.Type] + "-" + name
}

// tables are the checks by theme.
var tables = [][]Check{
	grammarChecks, variableChecks, actionChecks, grantChecks, resourceChecks, conditionChecks, valueChecks, supportChecks,
	principalChecks, trustChecks, organizationChecks, sizeChecks, ownChecks,
}

// index has the checks by their codes.
var index = func() map[Code]Check {
	m := make(map[Code]Check)
	for _, table := range tables {
		for _, c := range table {
			m[c.Code] = c
		}
	}
	return m
}()

// Checks returns all checks in the order of their codes, AWS's first.
func Checks() []Check {
	list := slices.Concat(tables...)
	slices.SortFunc(list, func(a, b Check) int {
		if a.Code.Own() != b.Code.Own() {
			if a.Code.Own() {
				return 1
			}
			return -1
		}
		return strings.Compare(string(a.Code), string(b.Code))
	})
	return list
}

// Find returns the check of a code.
func Find(code Code) (Check, bool) {
	c, ok := index[code]
	return c, ok
}

// maxFilled is how many bytes of a value a message shows.
const maxFilled = 200

// fill puts the values into the message, in the order in which it names them.
func (c Check) fill(values []string) string {
	var b strings.Builder
	var names []string
	rest := c.Message
	for {
		before, after, ok := strings.Cut(rest, "{{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, _ := strings.Cut(after, "}}")
		i := slices.Index(names, name)
		if i < 0 {
			i = len(names)
			names = append(names, name)
		}
		b.WriteString(clip(values[i]))
		rest = after
	}
}

// clip cuts a long value at a whole character.
func clip(s string) string {
	if len(s) <= maxFilled {
		return s
	}
	return strings.ToValidUTF8(s[:maxFilled], "") + "..."
}
