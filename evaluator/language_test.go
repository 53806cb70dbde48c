package evaluator_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/understudy-iam/understudy/evaluator"
)

// written shows symbols: "*" and "?" that do not match a colon as "-" and "_".
func written(list []evaluator.Symbol) string {
	var b strings.Builder
	for _, s := range list {
		switch {
		case s.Kind == evaluator.VariableSymbol:
			b.WriteString("{" + s.Variable + "}")
		case s.Kind == evaluator.StarSymbol && s.NoColon:
			b.WriteString("-")
		case s.Kind == evaluator.StarSymbol:
			b.WriteString("*")
		case s.Kind == evaluator.MarkSymbol && s.NoColon:
			b.WriteString("_")
		case s.Kind == evaluator.MarkSymbol:
			b.WriteString("?")
		default:
			b.WriteString(string(utf16.Decode([]uint16{s.Unit})))
		}
	}
	return b.String()
}

func TestResourceSymbols(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, version, want string }{
		{"*", evaluator.Version2012, "*"},
		{"arn:aws:s3:::a/*", evaluator.Version2012, "arn:aws:s3:::a/*"},
		{"arn:a*s:s?:::x?", evaluator.Version2012, "arn:a-s:s_:::x?"},
		{"arn:aws:s3", evaluator.Version2012, "arn:aws:s3:*:*:*"},
		{"arn:aws:iam::1:user/${aws:username}", evaluator.Version2012, "arn:aws:iam::1:user/{${aws:username}}"},
		{"arn:aws:iam::1:user/${aws:username}", evaluator.Version2008, "arn:aws:iam::1:user/${aws:username}"},
		{"arn:aws:s3:::${*}$x\u00e9", evaluator.Version2012, "arn:aws:s3:::*$x\u00e9"},
		{"arn:aws:${a}", evaluator.Version2012, "nothing"},
	} {
		got := "nothing"
		if list, ok := evaluator.ResourceSymbols(c.text, c.version); ok {
			got = written(list)
		}
		if got != c.want {
			t.Errorf("%s of %s: %s; want %s", c.text, c.version, got, c.want)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	p, err := evaluator.Compile(`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"*","Resource":"*"},`+
		`{"Effect":"Allow","NotPrincipal":{"AWS":"111122223333"},"Action":"*","Resource":"*"}]}`, evaluator.Resource, evaluator.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	for account, want := range map[string]bool{"111122223333": true, "444455556666": false} {
		c := &evaluator.Principal{Kind: evaluator.User, Account: account}
		if p.Names(0, c) != want || p.Names(1, c) == want {
			t.Errorf("account %s is named: %v and %v", account, p.Names(0, c), p.Names(1, c))
		}
	}
}

func TestWhatConditionsNeed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		operator         string
		values           []string
		always, key, any bool
	}{
		{"StringEquals", []string{"a"}, false, true, true},
		{"StringEqualsIfExists", []string{"a"}, false, false, true},
		{"StringNotEquals", []string{"a"}, false, false, false},
		{"ForAllValues:StringEquals", []string{"a"}, false, false, false},
		{"Null", []string{"true"}, false, false, true},
		{"Null", []string{"false"}, false, true, true},
		{"Null", []string{"true", "false"}, true, false, true},
	} {
		k := condition(c.operator, c.values...)
		if k.AlwaysHolds(evaluator.Version2012) != c.always || k.NeedsKey() != c.key || k.AnyValue() != c.any {
			t.Errorf("%s %v: %v, %v, %v", c.operator, c.values, k.AlwaysHolds(evaluator.Version2012), k.NeedsKey(), k.AnyValue())
		}
	}
}

func condition(operator string, values ...string) *evaluator.Condition {
	c := &evaluator.Condition{Operator: operator, Key: "aws:username"}
	for _, v := range values {
		c.Values = append(c.Values, evaluator.Text{Value: v})
	}
	return c
}

// Variables are compared as strings, and have no meaning in the older version.
func TestImpliesOfVariables(t *testing.T) {
	t.Parallel()
	own, other := condition("StringLike", "${aws:userid}*"), condition("StringLike", "a*")
	many := condition("StringEquals", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t")
	for _, c := range []struct {
		name        string
		from, to    *evaluator.Condition
		fromVersion string
		want        bool
	}{
		{"the same variable", own, own, evaluator.Version2012, true},
		{"a variable and a text", own, other, evaluator.Version2012, false},
		{"a text that looks like one", own, own, evaluator.Version2008, false},
		{"one of many values", condition("StringEquals", "b"), many, evaluator.Version2012, true},
		{"many values", many, condition("StringLike", "?"), evaluator.Version2012, true},
		{"bytes", condition("BinaryEquals", "QQ=="), condition("BinaryEquals", "QUE="), evaluator.Version2012, false},
	} {
		if got := c.from.Implies(c.fromVersion, c.to, evaluator.Version2012); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
