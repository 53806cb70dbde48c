package lint_test

import (
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/evaluator/lint"
)

// hostile are documents that would take long if the work were not bounded.
func hostile() map[string]string {
	list := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strings.ReplaceAll(format, "#", string(rune('a'+i%26))+string(rune('a'+i/26%26))+string(rune('a'+i/676%26))))
		}
		return b.String()
	}
	return map[string]string{
		"actions with wildcards":  one(`{"Effect": "Allow", "Resource": "*", "Action": [` + list(`"*#*:*#*"`, 20000) + `]}`),
		"unknown actions":         one(`{"Effect": "Allow", "Resource": "*", "Action": [` + list(`"s3:Get#Objekt"`, 20000) + `]}`),
		"resources":               one(`{"Effect": "Allow", "Action": "*", "Resource": [` + list(`"arn:aws:ec2:*:*:*#*?*#*"`, 15000) + `]}`),
		"statements":              one(list(`{"Effect": "Allow", "Action": ["s3:*#*", "s3:#?"], "Resource": "arn:aws:s3:::#*"}`, 4000)),
		"unknown keys":            one(`{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {` + list(`"s3:#": true`, 17576) + `}}}`),
		"a long name of a member": `{"` + strings.Repeat("a", 200000) + `": [` + strings.Repeat("1,", 100000) + `1]}`,
		"a long resource":         one(`{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::` + strings.Repeat("${a,'", 80000) + `"}`),
	}
}

// BenchmarkHostile says how long documents take that are made to take long.
func BenchmarkHostile(b *testing.B) {
	for name, src := range hostile() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				lint.Lint(src, lint.Options{})
			}
		})
	}
}

// BenchmarkExamples lints the examples of all checks.
func BenchmarkExamples(b *testing.B) {
	for b.Loop() {
		for _, theme := range pairs {
			for _, p := range theme {
				lint.Lint(p.document, p.options())
			}
		}
	}
}
