package compare

import (
	"fmt"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/evaluator"
)

// overlapping is a document of 59 KB whose resources overlap in very many ways.
func overlapping(resource func(i int) string) string {
	var entries []string
	for size := 0; size < 59_000; {
		entries = append(entries, `"`+resource(len(entries))+`"`)
		size += len(entries[len(entries)-1]) + 1
	}
	list := strings.Join(entries, ",")
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":[` + list + `]}]}`
}

// TestMemoryIsBounded compares documents whose automatons are too large: what is kept of
// these is bounded, and nothing is taken for proved.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	for name, resource := range map[string]func(int) string{
		"letters":   func(i int) string { return fmt.Sprintf("arn:aws:s3:::*%c*%c*%c*", 'a'+i%26, 'a'+i*7%26, 'a'+i*11%26) },
		"variables": func(i int) string { return fmt.Sprintf("arn:aws:s3:::*-%d-${aws:username}*", i) },
		"long":      func(i int) string { return fmt.Sprintf("arn:aws:s3:::%s%d", strings.Repeat("*a", 400), i) },
		"marks":     func(i int) string { return fmt.Sprintf("arn:aws:s3:::*a%s%d", strings.Repeat("?", 20+i%40), i) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, err := evaluator.Parse(overlapping(resource))
			if err != nil {
				t.Fatal(err)
			}
			after, err := newSide(doc, evaluator.Identity)
			if err != nil {
				t.Fatal(err)
			}
			before, err := newSide(&evaluator.Document{Version: evaluator.Version2012}, evaluator.Identity)
			if err != nil {
				t.Fatal(err)
			}
			c := &comparison{old: before, new: after, callers: callers(evaluator.Identity)}
			if grants := c.run(); len(grants) == 0 {
				t.Error("nothing is granted")
			}
			found := 0
			for _, list := range c.explored {
				for _, r := range list {
					found += len(r.resource) + len(r.surely) + len(r.possibly)
				}
			}
			if found > maxFound {
				t.Errorf("%d letters and words of resources are kept", found)
			}
			if len(c.large) != 1 {
				t.Errorf("%d automatons are too large; the document does not overlap enough", len(c.large))
			}
		})
	}
}

// TestStatesAreBounded adds states until there is no room.
func TestStatesAreBounded(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]int{"small": 1, "large": 1000} {
		s := newStates(state{from: -1})
		for n := int32(0); s.add(&state{surely: make([]int32, size), possibly: []int32{n}}); n++ {
			if len(s.list) > maxStates || s.kept > maxKept {
				t.Fatalf("%s: %d states with %d places", name, len(s.list), s.kept)
			}
		}
		if len(s.list) < maxStates && s.kept+size+1 <= maxKept {
			t.Errorf("%s: no room beside %d states with %d places", name, len(s.list), s.kept)
		}
	}
	s := newStates(state{surely: []int32{1}})
	if !s.add(&state{surely: []int32{1}}) || len(s.list) != 1 || !s.add(&state{possibly: []int32{1}}) || len(s.list) != 2 {
		t.Errorf("%d states", len(s.list))
	}
}

// TestWorkIsBounded compares a document with itself, when all that may be spent is spent:
// nothing is taken for proved. A document that would take minutes ends.
func TestWorkIsBounded(t *testing.T) {
	t.Parallel()
	compared := func(source string, spent int) *comparison {
		doc, err := evaluator.Parse(source)
		if err != nil {
			t.Fatal(err)
		}
		s, err := newSide(doc, evaluator.Resource)
		if err != nil {
			t.Fatal(err)
		}
		c := &comparison{old: s, new: s, callers: callers(evaluator.Resource, s), work: spent}
		c.run()
		return c
	}
	small := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":["*","arn:aws:s3:::a"],` +
		`"Condition":{"Bool":{"aws:SecureTransport":"true"}}}]}`
	if c := compared(small, 0); len(c.grants) != 0 {
		t.Errorf("nothing is spent, and %+v are found", c.grants)
	}
	if c := compared(small, maxWork); len(c.grants) == 0 || c.grants[0].Proved {
		t.Errorf("all is spent, and %+v are found", c.grants)
	}
	var values, statements []string
	for i := range 60 {
		values = append(values, fmt.Sprintf(`"o-%d*"`, i))
	}
	for i := range 80 {
		statements = append(statements, fmt.Sprintf(`{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::*%c*",`+
			`"Condition":{"StringLike":{"aws:PrincipalOrgID":[%s]},"Bool":{"k%d":"true"}}},{"Effect":"Deny","Principal":"*","Action":"s3:*",`+
			`"Resource":"*","Condition":{"StringNotLike":{"aws:PrincipalOrgID":[%[2]s]},"StringEquals":{"x%[3]d":"y"}}}`,
			'a'+i%26, strings.Join(values, ","), i))
	}
	if c := compared(`{"Version":"2012-10-17","Statement":[`+strings.Join(statements, ",")+`]}`, 0); c.work < maxWork {
		t.Errorf("%d is spent of %d; the document does not take enough", c.work, maxWork)
	}
}
