package draft

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/understudy-iam/understudy/evaluator"
)

// String returns the document in JSON, indented by two spaces, as AWS accepts it: characters
// that AWS refuses in a document are escaped.
func (d *Document) String() string {
	var b strings.Builder
	b.WriteString("{\n  \"Version\": " + quote(evaluator.Version2012) + ",\n  \"Statement\": [")
	for i := range d.Statements {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n" + d.Statements[i].text("    "))
	}
	if len(d.Statements) > 0 {
		b.WriteString("\n  ")
	}
	b.WriteString("]\n}\n")
	return b.String()
}

// String returns the statement in JSON.
func (s *Statement) String() string { return s.text("") }

// text returns the statement in JSON, with each line indented.
func (s *Statement) text(indent string) string {
	m := []string{`"Sid": ` + quote(s.Sid), `"Effect": "Allow"`}
	if len(s.Principals) > 0 {
		m = append(m, `"Principal": `+principals(s.Principals, indent+"  "))
	}
	m = append(m, `"Action": `+list(s.Actions, indent+"  "))
	if len(s.Resources) > 0 {
		m = append(m, `"Resource": `+list(s.Resources, indent+"  "))
	}
	if len(s.Conditions) > 0 {
		m = append(m, `"Condition": `+conditionText(s.Conditions, indent+"  "))
	}
	return indent + object(m, indent)
}

// object returns a JSON object of members that are already JSON.
func object(members []string, indent string) string {
	return "{\n" + indent + "  " + strings.Join(members, ",\n"+indent+"  ") + "\n" + indent + "}"
}

// list returns one value, or an array.
func list(values []string, indent string) string {
	if len(values) == 1 {
		return quote(values[0])
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = quote(v)
	}
	return "[\n" + indent + "  " + strings.Join(quoted, ",\n"+indent+"  ") + "\n" + indent + "]"
}

func principals(all []Entity, indent string) string {
	var members []string
	for _, g := range byType(all) {
		members = append(members, quote(g.kind)+": "+list(g.values, indent+"  "))
	}
	return object(members, indent)
}

// typed holds the principals of one type.
type typed struct {
	kind   string
	values []string
}

// byType groups principals, which are sorted by type.
func byType(all []Entity) []typed {
	var out []typed
	for _, e := range all {
		if len(out) == 0 || out[len(out)-1].kind != e.Type {
			out = append(out, typed{kind: e.Type})
		}
		last := &out[len(out)-1]
		last.values = append(last.values, e.Value)
	}
	return out
}

// operated holds the conditions under one operator.
type operated struct {
	operator   string
	conditions []Condition
}

// byOperator groups conditions, in the order in which their operators first occur.
func byOperator(all []Condition) []operated {
	var out []operated
	for _, c := range all {
		i := slices.IndexFunc(out, func(o operated) bool { return o.operator == c.Operator })
		if i < 0 {
			i, out = len(out), append(out, operated{operator: c.Operator})
		}
		out[i].conditions = append(out[i].conditions, c)
	}
	return out
}

func conditionText(all []Condition, indent string) string {
	var members []string
	for _, o := range byOperator(all) {
		var keys []string
		for _, c := range o.conditions {
			keys = append(keys, quote(c.Key)+": "+list(c.Values, indent+"    "))
		}
		members = append(members, quote(o.operator)+": "+object(keys, indent+"  "))
	}
	return object(members, indent)
}

// quote returns a JSON string that has only the characters that a policy may have,
// up to U+00FF.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
func quote(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return `""` // never reached: a string can always be encoded
	}
	text := strings.TrimSuffix(b.String(), "\n")
	if strings.IndexFunc(text, outside) < 0 {
		return text
	}
	b.Reset()
	for _, r := range text {
		if !outside(r) {
			b.WriteRune(r)
			continue
		}
		for _, u := range utf16.Encode([]rune{r}) {
			const hex = "0123456789abcdef"
			b.WriteString(`\u` + string([]byte{hex[u>>12], hex[u>>8&15], hex[u>>4&15], hex[u&15]}))
		}
	}
	return b.String()
}

func outside(r rune) bool { return r > 0xff || r >= 0x7f && r < 0xa0 }
