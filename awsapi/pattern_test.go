package awsapi_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/awsapi/model"
)

// accountAlias has a look-ahead, which Go's regular expressions lack.
const accountAlias = `^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$`

// modelPatterns are the patterns of the model, each once.
func modelPatterns() []string {
	var list []string
	for _, s := range model.New().Services {
		for _, shape := range s.Shapes {
			if shape.Pattern != "" {
				list = append(list, shape.Pattern)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// A table of characters must say what the regular expression says, for every
// pattern of the model and a value of each kind of character.
func TestPatternsAgreeWithRegexp(t *testing.T) {
	t.Parallel()
	values := []string{"", "/", "//", "/a/", "/a//b/", "/a", "a", "a-b", "v1", "v1.x", "v0", "123456789012", "o-abcdefghij", "a b", "a\nb",
		"a$", "^a", "é", "ÿ", "Ā", "例", "𐐀", "a\u0301", "\u0085", "\u00a0", "\ufffd", "\uffff", "aB9_", "http://a.b/c?d=e#f"}
	for r := rune(0); r < 0x180; r++ {
		values = append(values, string(r), "a"+string(r))
	}
	for _, p := range modelPatterns() {
		if p == accountAlias {
			continue
		}
		for _, v := range values {
			if got, want := awsapi.Match(p, v), awsapi.MatchRegexp(p, v); got != want {
				t.Errorf("%s on %q: %v, the regular expression says %v", p, v, got, want)
			}
		}
	}
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	const stsARN = `[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+`
	cases := map[string]struct {
		pattern string
		yes, no []string
	}{
		"account alias": {
			accountAlias, []string{"abc", "a-b", "a-b-c", "0a0", strings.Repeat("a", 63)},
			[]string{"", "a", "ab", "-ab", "ab-", "a--b", "aBc", "a_b", strings.Repeat("a", 64), "é-a"},
		},
		"name":             {`[\w+=,.@-]+`, []string{"a", "A_9+=,.@-"}, []string{"", "a b", "a/b", "é", "a\n"}},
		"may be empty":     {`[\w+=,.@-]*`, []string{"", "a"}, []string{" "}},
		"escaped in class": {`[\w+=,.@:\/-]*`, []string{"a:/b"}, []string{`a\b`}},
		"tag key": {
			`[\p{L}\p{Z}\p{N}_.:/=+\-@]+`, []string{"a b", "é", "例", "½", "𐐀", "a\u00a0b"}, []string{"", "a\n", "a*", "e\u0301", "😀"},
		},
		"STS's ARN": {stsARN, []string{"arn:aws:iam::1:role/x", "\u0085", "例"}, []string{"", "\x01", "𐐀", "\ufffe"}},
		"version":   {`v[1-9][0-9]*(\.[A-Za-z0-9-]*)?`, []string{"v1", "v10.a-b", "v1."}, []string{"", "v0", "1", "v1x", "xv1", "v1\n"}},
		"path": {
			`(\u002F)|(\u002F[\u0021-\u007E]+\u002F)`, []string{"/", "/a/", "/a//b/"},
			[]string{"", "//", "/a", "a/", "/ a/", "/\x7f/", "/a/\n"},
		},
		"anchored": {`^o-[a-z0-9]{10,32}$`, []string{"o-abcdefghij"}, []string{"o-abcdefghij\n", "xo-abcdefghij"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for _, v := range c.yes {
				if !awsapi.Match(c.pattern, v) {
					t.Errorf("%q does not match", v)
				}
			}
			for _, v := range c.no {
				if awsapi.Match(c.pattern, v) {
					t.Errorf("%q matches", v)
				}
			}
		})
	}
}

// The orders are those in which AWS was recorded to list faults.
func TestJavaOrder(t *testing.T) {
	t.Parallel()
	cases := map[string][]string{
		"recorded, a tag":           {"value", "key"},
		"recorded, a provider":      {"clientIDList", "thumbprintList", "url"},
		"recorded, password policy": {"minimumPasswordLength", "passwordReusePrevention", "maxPasswordAge"},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			sorted := slices.Sorted(slices.Values(want))
			if diff := cmp.Diff(want, awsapi.JavaOrder(sorted...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
