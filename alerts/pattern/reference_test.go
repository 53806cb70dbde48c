package pattern_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/alerts/pattern"
)

// A leaf is a value of an event with its path, and with the elements of arrays of
// objects in which it is: array by array, by the path of the array.
type leaf struct {
	path  string
	value any
	in    map[string]string
}

// leaves are all values of an event, as AWS's matcher lists them. The elements that lead
// to a value without an object between do not count: any of them may fit.
func leaves(path, at string, v any, in, elements map[string]string) (list []leaf) {
	switch v := v.(type) {
	case map[string]any:
		in, _ = together(in, elements)
		for name, member := range v {
			list = append(list, leaves(path+"/"+name, at+"/"+name, member, in, nil)...)
		}
	case []any:
		for i, e := range v {
			inner, _ := together(elements, map[string]string{at: fmt.Sprint(i)})
			list = append(list, leaves(path, fmt.Sprint(at, "#", i), e, in, inner)...)
		}
	default:
		list = append(list, leaf{path, v, in})
	}
	return list
}

// A want is a field of a pattern with the list of what is wanted.
type want struct {
	path  string
	tests []any
}

// alternatives are the patterns without "$or" that a pattern stands for.
func alternatives(path string, p map[string]any) [][]want {
	all := [][]want{nil}
	for name, v := range p {
		var choices [][]want
		switch v := v.(type) {
		case map[string]any:
			choices = alternatives(path+"/"+name, v)
		case []any:
			if name != "$or" {
				choices = [][]want{{{path + "/" + name, v}}}
				break
			}
			for _, a := range v {
				choices = append(choices, alternatives(path, a.(map[string]any))...)
			}
		}
		var next [][]want
		for _, before := range all {
			for _, c := range choices {
				next = append(next, append(append([]want{}, before...), c...))
			}
		}
		all = next
	}
	return all
}

// matchesSlowly tries all ways to choose a value for each field, and admits those in
// which no two are in different elements of an array.
func matchesSlowly(p map[string]any, event any) bool {
	all := leaves("", "", event, nil, nil)
	for _, a := range alternatives("", p) {
		if choose(a, all, map[string]string{}) {
			return true
		}
	}
	return false
}

func choose(wants []want, all []leaf, in map[string]string) bool {
	if len(wants) == 0 {
		return true
	}
	w := wants[0]
	there := false
	for _, l := range all {
		there = there || l.path == w.path
	}
	for _, t := range w.tests {
		if o, ok := t.(map[string]any); ok && o["exists"] == false {
			if !there && choose(wants[1:], all, in) {
				return true
			}
			continue
		}
		for _, l := range all {
			if l.path != w.path || !fits(t, l.value) {
				continue
			}
			if merged, ok := together(in, l.in); ok && choose(wants[1:], all, merged) {
				return true
			}
		}
	}
	return false
}

// together joins the elements that two values are in; false: they are in different ones
// of an array.
func together(a, b map[string]string) (map[string]string, bool) {
	all := map[string]string{}
	for k, v := range a {
		all[k] = v
	}
	for k, v := range b {
		if other, ok := all[k]; ok && other != v {
			return nil, false
		}
		all[k] = v
	}
	return all, true
}

// fits reports whether a value is as one element of a list wants it.
func fits(t, v any) bool {
	o, ok := t.(map[string]any)
	if !ok {
		return t == v
	}
	s, isString := v.(string)
	for operator, operand := range o {
		switch operator {
		case "exists":
			return true
		case "prefix":
			return isString && strings.HasPrefix(s, operand.(string))
		case "suffix":
			return isString && strings.HasSuffix(s, operand.(string))
		case "equals-ignore-case":
			return isString && strings.EqualFold(s, operand.(string))
		case "wildcard":
			expression := strings.ReplaceAll(regexp.QuoteMeta(operand.(string)), `\*`, ".*")
			return isString && regexp.MustCompile("^(?s:"+expression+")$").MatchString(s)
		case "anything-but":
			return operand != v
		case "numeric":
			n, isNumber := v.(float64)
			list := operand.([]any)
			return isNumber && (list[0] == "<") == (n < list[1].(float64)) && n != list[1].(float64)
		}
	}
	return false
}

// generator makes patterns and events of few names and values, so that they often match.
type generator struct{ *rand.Rand }

func (g generator) pick(list ...any) any { return list[g.IntN(len(list))] }

func (g generator) scalar() any { return g.pick("a", "ab", "aba", "B", "", 1.0, 2.0, true, nil) }

func (g generator) name() string { return g.pick("x", "y", "z").(string) }

func (g generator) test() any {
	switch g.IntN(10) {
	case 0:
		return map[string]any{"exists": g.IntN(2) == 0}
	case 1:
		return map[string]any{"prefix": g.pick("a", "ab")}
	case 2:
		return map[string]any{"suffix": g.pick("a", "ba")}
	case 3:
		return map[string]any{"equals-ignore-case": g.pick("A", "AB", "b")}
	case 4:
		return map[string]any{"wildcard": g.pick("a*a", "*b*", "*", "ab*")}
	case 5:
		return map[string]any{"anything-but": g.pick("a", "ab", 1.0)}
	case 6:
		return map[string]any{"numeric": []any{g.pick("<", ">"), g.pick(1.0, 2.0)}}
	}
	return g.scalar()
}

func (g generator) pattern(depth int) map[string]any {
	p := map[string]any{}
	for range 1 + g.IntN(2) {
		switch {
		case depth > 0 && g.IntN(3) == 0:
			p["$or"] = []any{g.pattern(depth - 1), g.pattern(depth - 1)}
		case depth > 0 && g.IntN(2) == 0:
			p[g.name()] = g.pattern(depth - 1)
		default:
			tests := []any{g.test()}
			if g.IntN(2) == 0 {
				tests = append(tests, g.test())
			}
			p[g.name()] = tests
		}
	}
	return p
}

func (g generator) event(depth int) any {
	switch kind := g.IntN(4); {
	case depth > 0 && kind < 2:
		o := map[string]any{}
		for range g.IntN(4) {
			o[g.name()] = g.event(depth - 1)
		}
		return o
	case depth > 0 && kind == 2:
		list := []any{}
		for range g.IntN(3) {
			list = append(list, g.event(depth-1))
		}
		return list
	}
	return g.scalar()
}

// Match says what trying all ways to match says.
func TestMatchAgreesWithASlowReference(t *testing.T) {
	t.Parallel()
	matched, rounds := 0, 3_000
	for seed := range rounds {
		g := generator{rand.New(rand.NewPCG(uint64(seed), 1))}
		p := g.pattern(3)
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		compiled, err := pattern.Compile(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		event := map[string]any{g.name(): g.event(3), g.name(): g.event(3), g.name(): g.event(3)}
		got, want := compiled.Match(event), matchesSlowly(p, event)
		if got != want {
			shown, _ := json.Marshal(event)
			t.Fatalf("seed %d: %t; want %t\n%s\n%s", seed, got, want, text, shown)
		}
		if got {
			matched++
		}
	}
	if matched < rounds/20 {
		t.Errorf("only %d of %d match, which proves little", matched, rounds)
	}
}

func FuzzCompileAndMatch(f *testing.F) {
	for _, file := range files(f) {
		for _, c := range readCases(f, file) {
			f.Add(c.pattern, "{}")
			for event := range c.matches {
				f.Add(c.pattern, event)
			}
		}
	}
	f.Fuzz(func(t *testing.T, text, event string) {
		p, err := pattern.Compile([]byte(text))
		if (p == nil) == (err == nil) {
			t.Fatal(p, err)
		}
		var v any
		if err != nil || json.Unmarshal([]byte(event), &v) != nil {
			return
		}
		if _, isObject := v.(map[string]any); p.Match(v) && !isObject {
			t.Error("what is not an object matches")
		}
	})
}

func TestBoundsOfAPattern(t *testing.T) {
	t.Parallel()
	or := `{"$or":[{"a":[1]},{"b":[1]},{"c":[1]},{"d":[1]},{"e":[1]},{"f":[1]},{"g":[1]},{"h":[1]},{"i":[1]},{"j":[1]},{"k":[1]}]}`
	for name, c := range map[string]struct{ text, want string }{
		"size":         {`{"a":["` + strings.Repeat("x", pattern.MaxSize) + `"]}`, "larger than 16 KiB"},
		"depth":        {strings.Repeat(`{"a":`, 40) + "[1]" + strings.Repeat("}", 40), "nested more than 32 deep"},
		"combinations": {`{"x":` + or + `,"y":` + or + `,"z":` + or + `}`, "more than 1000 combinations"},
	} {
		if _, err := pattern.Compile([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
