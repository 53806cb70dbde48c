package draft

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// JSON returns the documents of the draft, one after the other.
func (d *Draft) JSON() string {
	var b strings.Builder
	for i := range d.Documents {
		b.WriteString(d.Documents[i].String())
	}
	return b.String()
}

// YAML returns the documents of the draft in YAML, as CloudFormation takes them under
// PolicyDocument, separated by "---".
func (d *Draft) YAML() string {
	var b strings.Builder
	for i := range d.Documents {
		if i > 0 {
			b.WriteString("---\n")
		}
		b.WriteString("Version: " + quote(evaluator.Version2012) + "\nStatement:")
		if len(d.Documents[i].Statements) == 0 {
			b.WriteString(" []")
		}
		b.WriteByte('\n')
		for j := range d.Documents[i].Statements {
			d.Documents[i].Statements[j].yaml(&b)
		}
	}
	return b.String()
}

func (s *Statement) yaml(b *strings.Builder) {
	b.WriteString("  - Sid: " + scalar(s.Sid) + "\n    Effect: Allow\n")
	if len(s.Principals) > 0 {
		b.WriteString("    Principal:\n")
		for _, g := range byType(s.Principals) {
			sequence(b, "      ", g.kind, g.values)
		}
	}
	sequence(b, "    ", "Action", s.Actions)
	if len(s.Resources) > 0 {
		sequence(b, "    ", "Resource", s.Resources)
	}
	if len(s.Conditions) > 0 {
		b.WriteString("    Condition:\n")
	}
	for _, o := range byOperator(s.Conditions) {
		b.WriteString("      " + scalar(o.operator) + ":\n")
		for _, c := range o.conditions {
			sequence(b, "        ", scalar(c.Key), c.Values)
		}
	}
}

func sequence(b *strings.Builder, indent, key string, values []string) {
	b.WriteString(indent + key + ":\n")
	for _, v := range values {
		b.WriteString(indent + "  - " + scalar(v) + "\n")
	}
}

// plain matches strings that YAML reads as strings without quotes.
var plain = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]+[A-Za-z0-9:/_.-]*[A-Za-z0-9_/-]$`)

func scalar(s string) string {
	switch strings.ToLower(s) {
	case "true", "false", "null", "yes", "off":
		return quote(s)
	}
	if plain.MatchString(s) {
		return s
	}
	return quote(s)
}

// HCL returns the draft as Terraform data sources aws_iam_policy_document. The name must be
// a Terraform identifier; the second document gets the name with _2.
func (d *Draft) HCL(name string) string {
	var b strings.Builder
	for i := range d.Documents {
		label := name
		if i > 0 {
			label += "_" + strconv.Itoa(i+1)
			b.WriteByte('\n')
		}
		b.WriteString(`data "aws_iam_policy_document" ` + template(label) + " {\n")
		for j := range d.Documents[i].Statements {
			if j > 0 {
				b.WriteByte('\n')
			}
			d.Documents[i].Statements[j].hcl(&b)
		}
		b.WriteString("}\n")
	}
	return b.String()
}

func (s *Statement) hcl(b *strings.Builder) {
	fields := [][2]string{{"sid", template(s.Sid)}, {"effect", template("Allow")}, {"actions", templates("    ", s.Actions)}}
	if len(s.Resources) > 0 {
		fields = append(fields, [2]string{"resources", templates("    ", s.Resources)})
	}
	b.WriteString("  statement {\n")
	attributes(b, "    ", fields)
	for _, g := range byType(s.Principals) {
		b.WriteString("\n    principals {\n")
		attributes(b, "      ", [][2]string{{"type", template(g.kind)}, {"identifiers", templates("      ", g.values)}})
		b.WriteString("    }\n")
	}
	for _, c := range s.Conditions {
		b.WriteString("\n    condition {\n")
		attributes(b, "      ", [][2]string{
			{"test", template(c.Operator)}, {"variable", template(c.Key)}, {"values", templates("      ", c.Values)},
		})
		b.WriteString("    }\n")
	}
	b.WriteString("  }\n")
}

// attributes writes fields as terraform fmt does: the equals signs of consecutive lines are
// aligned, up to a list of several lines.
func attributes(b *strings.Builder, indent string, fields [][2]string) {
	for from := 0; from < len(fields); {
		to, width := from, 0
		for to < len(fields) && !strings.Contains(fields[to][1], "\n") {
			width = max(width, len(fields[to][0]))
			to++
		}
		for _, f := range fields[from:to] {
			b.WriteString(indent + f[0] + strings.Repeat(" ", width-len(f[0])) + " = " + f[1] + "\n")
		}
		if to < len(fields) {
			b.WriteString(indent + fields[to][0] + " = " + fields[to][1] + "\n")
			to++
		}
		from = to
	}
}

func templates(indent string, values []string) string {
	if len(values) == 1 {
		return "[" + template(values[0]) + "]"
	}
	text := "[\n"
	for _, v := range values {
		text += indent + "  " + template(v) + ",\n"
	}
	return text + indent + "]"
}

// template returns an HCL string without interpolation. The data source turns "&{" into
// "${", so a "&{" in a name is lost: there is no way to write it.
func template(s string) string {
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(quote(s))
}
