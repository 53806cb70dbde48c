package alerts

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/understudy-iam/understudy/alerts/pattern"
	"github.com/understudy-iam/understudy/principal"
)

// The bounds of a file.
const (
	MaxRules = 1000
	MaxSinks = 16
)

// Config is what a file of rules says.
type Config struct {
	Rules []*Rule
	Sinks []SinkConfig
}

// SinkConfig is a sink in a file: one of its members is given.
type SinkConfig struct {
	Log     bool
	File    string // its path, as it is written
	Webhook *WebhookConfig
}

// WebhookConfig is a webhook in a file. What is not given is the zero value.
type WebhookConfig struct {
	URL        string
	SecretFile string // the file that has the secret
	SecretEnv  string // the environment variable that has it
	Timeout    time.Duration
	Attempts   int
	Queue      int
	DeadLetter string // the path of a file
}

// Fault is what is wrong with a file of rules.
type Fault struct {
	Line, Column int // from 1; a column is a character
	Sentence     string
}

// Error says where and what.
func (f *Fault) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", f.Line, f.Column, f.Sentence)
}

// Parse reads a file of rules and sinks, in YAML or JSON. The error is a *Fault, or
// that of text which is not YAML.
func Parse(text []byte) (*Config, error) {
	top, err := document(text)
	if err != nil {
		return nil, err
	}
	r := &reader{}
	m := r.mapping(top, "the file")
	c := &Config{}
	for _, n := range r.list(m.take("rules"), "rules", MaxRules) {
		c.Rules = append(c.Rules, r.rule(n))
	}
	for _, n := range r.list(m.take("sinks"), "sinks", MaxSinks) {
		c.Sinks = append(c.Sinks, r.sink(n))
	}
	m.end()
	if r.fault == nil {
		r.distinct(m.take("rules"), c.Rules)
	}
	if r.fault != nil {
		return nil, r.fault
	}
	return c, nil
}

// distinct refuses a name that two rules have.
func (r *reader) distinct(list *yaml.Node, rules []*Rule) {
	first := map[string]int{}
	for i, rule := range rules {
		n := list.Content[i]
		if line, again := first[rule.Name]; again {
			r.fail(n, "the name %q is that of the rule in line %d too; give each rule its own", rule.Name, line)
		}
		first[rule.Name] = n.Line
	}
}

func (r *reader) rule(n *yaml.Node) *Rule {
	m := r.mapping(n, "a rule")
	rule := &Rule{
		Name: m.required("name"), Severity: m.required("severity"), Description: m.text("description"),
		AtLeast: m.integer("atLeast"), Within: m.duration("within"),
	}
	if n := m.take("pattern"); n != nil {
		rule.Pattern = r.pattern(n)
	}
	if n := m.take("effect"); n != nil {
		rule.Effect = r.effect(n)
	}
	m.end()
	r.check(m, rule)
	return rule
}

// nameCharacters are those of the names of rules.
const nameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

const (
	maxName        = 64
	maxDescription = 2000
	maxAtLeast     = 10_000
	maxWithin      = 24 * time.Hour
)

func (r *reader) check(m *mapping, rule *Rule) {
	switch {
	case strings.Trim(rule.Name, nameCharacters) != "" || len(rule.Name) > maxName:
		r.fail(m.take("name"), "the name of a rule has up to %d letters, digits, dots, - and _, and no other characters", maxName)
	case !slices.Contains(Severities, rule.Severity):
		r.fail(m.take("severity"), "severity %q is not one; it is %s", rule.Severity, strings.Join(Severities, ", "))
	case len(rule.Description) > maxDescription:
		r.fail(m.take("description"), "the description is longer than %d bytes; say it in fewer words", maxDescription)
	case rule.Pattern == nil && rule.Effect == nil:
		r.fail(m.node, "the rule has neither a pattern nor an effect, so it would fire for every call; say which calls it is about")
	case (rule.AtLeast == 0) != (rule.Within == 0):
		r.fail(m.node, "atLeast and within belong together: how many events, in what time, such as atLeast: 5 and within: 1m")
	case rule.AtLeast < 0 || rule.AtLeast > maxAtLeast:
		r.fail(m.take("atLeast"), "atLeast is a number from 1 to %d", maxAtLeast)
	case rule.Within < 0 || rule.Within > maxWithin:
		r.fail(m.take("within"), "within is a time up to %s, such as 1m", maxWithin)
	}
}

// pattern compiles a pattern, and says where in the file it is wrong.
func (r *reader) pattern(n *yaml.Node) *pattern.Pattern {
	text := r.json(n)
	if r.fault != nil {
		return nil
	}
	p, err := pattern.Compile(text)
	var f *pattern.Fault
	if errors.As(err, &f) {
		r.fail(nodeAt(n, f), "%s", f.Sentence)
	}
	return p
}

func (r *reader) effect(n *yaml.Node) *Effect {
	m := r.mapping(n, "an effect")
	e := &Effect{Becomes: m.text("becomes"), Reaches: m.text("reaches")}
	for _, n := range r.list(m.take("gains"), "gains", maxGains) {
		e.Gains = append(e.Gains, r.action(n))
	}
	m.end()
	switch {
	case e.Becomes == "" && e.Reaches == "" && e.Gains == nil:
		r.fail(m.node, "the effect says nothing; give it becomes: administrator or public, gains: [actions] or reaches: the ARN of a role")
	case e.Becomes != "" && e.Becomes != Administrator && e.Becomes != Public:
		r.fail(m.take("becomes"), "becomes is %s or %s, and nothing else can be watched for", Administrator, Public)
	case e.Reaches != "" && !isRole(e.Reaches):
		r.fail(m.take("reaches"), "reaches is the ARN of a role, such as %s", principal.AWS.In("000000000000").Entity("role", "/", "deploy"))
	}
	return e
}

// maxGains is how many actions an effect has at most.
const maxGains = 100

// action is the name of one action: what a wildcard gains is not one thing.
func (r *reader) action(n *yaml.Node) string {
	s := r.scalar(n, "an action of gains")
	service, name, ok := strings.Cut(s, ":")
	if !ok || service == "" || name == "" || strings.ContainsAny(s, "*? ") {
		r.fail(n, "gains is a list of actions without wildcards, such as [iam:PassRole, iam:CreateAccessKey]")
	}
	return s
}

func isRole(s string) bool {
	a, ok := principal.ParseARN(s)
	return ok && a.Service == "iam" && strings.HasPrefix(a.Resource, "role/")
}
