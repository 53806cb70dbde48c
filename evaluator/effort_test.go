package evaluator

import (
	"fmt"
	"strings"
	"testing"
)

// AWS's greatest lengths: of a document that an IAM operation takes, of a resource
// in a simulation, and of an action.
const (
	longestDocument = 131_072
	longestKey      = 2048
	longestAction   = 128
)

// matchSet is a string and patterns that fill a document. None matches the string,
// and each takes as long as possible.
type matchSet struct {
	name    string
	text    string
	pattern func(n int) string // of about n characters
	kind    string             // "", "resource", "arn" or "action"
}

var matchSets = []matchSet{
	{"text", strings.Repeat("a", longestKey), func(n int) string { return "*" + strings.Repeat("a", n) + "b" }, ""},
	{"text between stars", strings.Repeat("a", longestKey), func(n int) string { return "*" + strings.Repeat("a", n) + "b*" }, ""},
	{"question marks", strings.Repeat("a", longestKey), func(n int) string { return "*" + strings.Repeat("?a", n/2) + "b*" }, ""},
	{"stars", strings.Repeat("a", longestKey), func(n int) string { return strings.Repeat("*a", n/2) + "b" }, ""},
	{"characters of two units", strings.Repeat("𐐀", longestKey/4), func(n int) string { return "*" + strings.Repeat("?", n) + "𐐀a*" }, ""},
	{"parts of a resource", "arn:" + strings.Repeat("a", longestKey/2) + ":a:a:a:" + strings.Repeat("a", longestKey/2),
		func(n int) string {
			return "arn:*" + strings.Repeat("a", n/2) + "b:*:*:*:*" + strings.Repeat("?", n/2) + "a*"
		}, "resource"},
	{"colons of a resource", "arn:" + strings.Repeat("a:", longestKey/2),
		func(n int) string { return "arn:*:*:*:*:" + strings.Repeat("?:", n/2) + "*b" }, "resource"},
	{"prefixes behind colons", "arn:" + strings.Repeat("a:", longestKey/2), func(n int) string {
		return "arn:*:a:a:a:" + strings.Repeat("a:", n/2) + "b*"
	}, "resource"},
	{"parts of an ARN", "arn:" + strings.Repeat("a", longestKey/2) + ":a:a:a:" + strings.Repeat("a:", longestKey/4),
		func(n int) string {
			return "arn:*" + strings.Repeat("a", n/2) + "*:*:*:*:*" + strings.Repeat("?", n/2) + "b*"
		}, "arn"},
	{"actions", "s3:" + strings.Repeat("aA", longestAction/2),
		func(n int) string { return "*" + strings.Repeat("Aa", n/2) + "b*" }, "action"},
}

// matchers compiles patterns of n characters, as many as fill a document.
func (m *matchSet) matchers(n int) (list []func(*scratch) bool, size int) {
	target := newTarget(m.text)
	for size < longestDocument {
		text := m.pattern(n)
		size += len(text) + len(`"",`)
		list = append(list, m.matcher(text, &target))
	}
	return list, size
}

func (m *matchSet) matcher(text string, t *target) func(*scratch) bool {
	switch m.kind {
	case "resource":
		r := compileResource(text, wildcards|variables)
		return func(sc *scratch) bool { return r.match(t, nil, sc) }
	case "arn":
		a := compileARN(text, wildcards|variables)
		return func(sc *scratch) bool { return a.match(t, nil, sc) == yes }
	case "action":
		p := compilePattern(text, wildcards|ignoreCase)
		return func(sc *scratch) bool { return p.match(m.text, nil, sc) }
	}
	p := compilePattern(text, wildcards|variables)
	return func(sc *scratch) bool { return p.match(m.text, nil, sc) }
}

// A step takes about a nanosecond.
const stepsIn10ms = 10_000_000

// TestEffort counts the steps that it takes to match the patterns of the longest
// document with the longest string.
func TestEffort(t *testing.T) {
	t.Parallel()
	for i := range matchSets {
		m := &matchSets[i]
		for _, n := range []int{4, 60, 1000} {
			t.Run(fmt.Sprint(m.name, " of ", n), func(t *testing.T) {
				list, size := m.matchers(n)
				var sc scratch
				for _, match := range list {
					if match(&sc) {
						t.Fatal("a pattern matches; it should need every step to fail")
					}
				}
				steps := sc.effort.steps
				if sc.effort.x != nil {
					steps += sc.effort.x.steps
				}
				text := len(m.text)
				bound := stepsPerText + stepsPerByte*text + (size+8*len(list))*(text/64+1)
				if steps > bound || steps > stepsIn10ms {
					t.Errorf("%d patterns take %d steps; the bound is %d, and %d for 10 ms", len(list), steps, bound, stepsIn10ms)
				}
			})
		}
	}
}

// TestEffortOfTwoTexts: a result is used for one string after another, and keeps
// none of them.
func TestEffortOfTwoTexts(t *testing.T) {
	t.Parallel()
	slow := "*" + strings.Repeat("a", 500) + "b*"
	p := mustCompile(t, wrap(Version2012, strings.Repeat(`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringLike":{"x":"`+
		slow+`","y":"`+slow+`"}}},`, 9)+
		`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringLike":{"x":"`+slow+`","y":["`+slow+`","*c"]}}}`), Identity)
	var r Result
	for _, end := range []string{"b", "", "b"} {
		var c Context
		c.Set("x", strings.Repeat("a", longestKey)+end)
		c.Set("y", strings.Repeat("a", longestKey)+"c")
		req := benchRequest("*")
		req.Context = &c
		Evaluate(req, &Policies{Identity: []*Policy{p}}, &r)
		if r.Allowed() != (end == "b") {
			t.Errorf("x ends in %q: %v", end, r.Decision)
		}
		if r.scratch.effort != (effort{}) {
			t.Error("the result keeps the text")
		}
	}
}

// TestDefaultsAreSearchedOnce: the search for the end of a default begins where the
// last one stopped.
func TestDefaultsAreSearchedOnce(t *testing.T) {
	t.Parallel()
	open := strings.Repeat("${a,'", maxDefault)
	d := defaults{len(open)}
	if d.end(open) >= 0 || d.left != len(open)-maxDefault+1 {
		t.Errorf("the last %d bytes are left to search, want all but %d", d.left, maxDefault-1)
	}
	if at := d.end("'" + strings.Repeat("x", 100) + "'}" + open[:d.left]); at >= 0 {
		t.Errorf("what was searched was searched again, up to %d", at)
	}
	if at := d.end("'x'}"); at < 0 {
		t.Error("what was not searched was left out")
	}
}

// exhausted returns a scratch that may spend no more effort on s.
func exhausted(s string) *scratch {
	sc := new(scratch)
	sc.effort.begin(s)
	sc.effort.steps = sc.effort.limit + 1
	return sc
}

// wild returns a string of up to n pieces.
func (d dice) wild(n int, pieces ...string) string {
	var b strings.Builder
	for range d.IntN(n + 1) {
		b.WriteString(d.one(pieces...))
	}
	return b.String()
}

// matchAll compares both ways to match a string with the naive one.
func matchAll(t *testing.T, d dice) {
	n := 1 + d.IntN(1+d.IntN(100)) // most are short
	text := d.wild(n, "a", "a", "a", "b", ":", ":", "é", "中", "𐐀", "A", "arn:")
	pattern := d.wild(1+n/4, "a", "a", "b", "*", "*", "?", ":", ":", "é", "𐐀", "${x}", "${y}", "${*}", "A", "aaa")
	if d.chance(50) {
		text, pattern = "arn:"+text, "arn:"+pattern
	}
	var c Context
	c.Set("x", d.wild(3, "a", "b", ":", "é"))
	req := &Request{Context: &c}
	first := naive{req: req}
	target := newTarget(text)
	sx := wildcards | variables
	resource, arn, plain := compileResource(pattern, sx), compileARN(pattern, sx), compilePattern(pattern, sx)
	folded := compilePattern(pattern, wildcards|ignoreCase)
	for name, sc := range map[string]*scratch{"quick": {}, "thorough": exhausted(text)} {
		if got, want := plain.match(text, &c, sc), first.glob(pattern, text, true, true); got != want {
			t.Fatalf("%s: text %q matches %q: %v, want %v", name, pattern, text, got, want)
		}
		if got, want := folded.match(text, &c, sc), naiveAction(pattern, text); got != want {
			t.Fatalf("%s: action %q matches %q: %v, want %v", name, pattern, text, got, want)
		}
		if got, want := resource.match(&target, &c, sc), first.resource(pattern, text, true); got != want {
			t.Fatalf("%s: resource %q matches %q: %v, want %v", name, pattern, text, got, want)
		}
		if !isARN(text) {
			continue
		}
		if got, want := arn.match(&target, &c, sc), truth(first.arn(pattern, text, true)); got != want {
			t.Fatalf("%s: ARN %q matches %q: %v, want %v", name, pattern, text, got, want)
		}
	}
}

func TestBothWaysToMatch(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20_000) {
		matchAll(t, newDice(seed))
	}
}

// FuzzMatch compares both ways to match a string with the naive one.
func FuzzMatch(f *testing.F) {
	f.Add([]byte("a*a?b"))
	f.Fuzz(func(t *testing.T, choices []byte) { matchAll(t, thrownDice(choices, nil)) })
}

// BenchmarkLongestDocument must take less than 10 ms.
func BenchmarkLongestDocument(b *testing.B) {
	for i := range matchSets {
		m := &matchSets[i]
		for _, n := range []int{4, 60, 1000} {
			b.Run(fmt.Sprint(m.name, " of ", n), func(b *testing.B) {
				list, _ := m.matchers(n)
				b.ReportAllocs()
				var sc scratch
				for b.Loop() {
					sc.effort.end()
					for _, match := range list {
						match(&sc)
					}
				}
			})
		}
	}
}
