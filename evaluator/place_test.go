package evaluator

import (
	"errors"
	"strings"
	"testing"
)

func TestLocate(t *testing.T) {
	t.Parallel()
	statement := func(text string) string { return `{"Version":"2012-10-17","Statement":[{` + text + `}]}` }
	const rest = `,"Effect":"Allow","Action":"*","Resource":"*"`
	for _, c := range []struct {
		name, document string
		kind           Kind
		want           string
	}{
		{"a member of the document", `{"Version":"2012-10-17","Statment":[]}`, Identity,
			"line 1, column 25, Statment: unknown member Statment; did you mean Statement?"},
		{"a member of a statement", statement(`"Efect":"Allow","Action":"*","Resource":"*"`), Identity,
			"line 1, column 39, Statement[0].Efect: unknown member Efect; did you mean Effect?"},
		{"exchanged letters", statement(`"Effect":"Allow","Aciton":"*","Resource":"*"`), Identity,
			"line 1, column 56, Statement[0].Aciton: unknown member Aciton; did you mean Action?"},
		{"a statement that is not a list", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Resources":"*"}}`, Identity,
			"line 1, column 55, Statement.Resources: unknown member Resources; did you mean Resource?"},
		{"a member like no other", statement(`"xyzzy":1` + rest), Identity, "line 1, column 39, Statement[0].xyzzy: unknown member xyzzy"},
		{"an effect", statement(`"Effect":"Alow","Action":"*","Resource":"*"`), Identity,
			`line 1, column 48, Statement[0].Effect: Effect is Allow or Deny, and not "Alow"; did you mean Allow?`},
		{"an effect in the wrong case", statement(`"Effect":"allow","Action":"*","Resource":"*"`), Identity,
			"line 1, column 48, Statement[0].Effect: Effect is Allow or Deny, in this spelling; did you mean Allow?"},
		{"an effect that is not a string", statement(`"Effect":1,"Action":"*","Resource":"*"`), Identity,
			`line 1, column 48, Statement[0].Effect: Effect is Allow or Deny, and not "1"`},
		{"a version", `{"Version":"2012-10-18","Statement":[]}`, Identity,
			"line 1, column 12, Version: unknown Version; did you mean 2012-10-17?"},
		{"an operator", statement(`"Condition":{"StringEqual":{"aws:username":"a"}}` + rest), Identity,
			"line 1, column 52, Statement[0].Condition.StringEqual: there is no condition operator StringEqual; did you mean StringEquals?"},
		{"an operator with prefix and suffix", statement(`"Condition":{"ForAnyValues:StringLikesIfExists":{"aws:TagKeys":"a"}}` +
			rest), Identity,
			"line 1, column 52, Statement[0].Condition.ForAnyValues:StringLikesIfExists: there is no condition operator ForAnyValues:StringLikesIfExists; did you mean ForAnyValue:StringLikeIfExists?"},
		{"a value that the operator cannot read",
			statement(`"Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":["1","soon"]}}` + rest), Identity,
			`line 1, column 101, Statement[0].Condition.NumericLessThan.aws:MultiFactorAuthAge[1]: NumericLessThan cannot read the value "soon"`},
		{"a date", statement(`"Condition":{"DateLessThan":{"aws:CurrentTime":"soon"}}` + rest), Identity,
			`line 1, column 86, Statement[0].Condition.DateLessThan.aws:CurrentTime: DateLessThan cannot read the value "soon"`},
		{"a comma that is missing", "{\"Version\":\"2012-10-17\"\n \"Statement\":[]}", Identity, "line 2, column 2: it is not JSON: "},
		{"no statement", `{"Version":"2012-10-17"}`, Identity, "line 1, column 1: the document has no Statement"},
		{"an empty list", `{"Version":"2012-10-17","Statement":[]}`, Identity, "line 1, column 37, Statement: Statement is an empty list"},
		{"a late version", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"},"Version":"2012-10-17"}`, Identity,
			"line 1, column 71, Version: Version has to come before"},
		{"no version where it counts", "\n" + ` {"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`, SCP, "line 2, column 2"},
		{"a principal where none may be", statement(`"Principal":"*"` + rest), Identity, "line 1, column 38, Statement[0]"},
		{"an action without a vendor", statement(`"Effect":"Allow","Action":["iam:Get*","GetUser"],"Resource":"*"`), Identity,
			"line 1, column 77, Statement[0].Action[1]"},
		{"a principal's type", statement(`"Effect":"Allow","Principal":{"Aws":"111122223333"},"Action":"sts:AssumeRole"`), Trust,
			`Statement[0].Principal.Aws; did you mean AWS?`},
		{"a member of a trust policy", statement(`"Effect":"Allow","Principle":{"AWS":"*"},"Action":"sts:AssumeRole"`), Trust,
			"Statement[0].Principle: unknown member Principle; did you mean Principal?"},
		{"an SCP", statement(`"Efect":"Allow","Action":"*","Resource":"*"`), SCP,
			"Statement[0].Efect: unknown member Efect; did you mean Effect?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := Validate(c.document, c.kind)
			var malformed *MalformedError
			if !errors.As(err, &malformed) || malformed.Source != c.document {
				t.Fatalf("%v of %+v", err, malformed)
			}
			place, ok := Locate(malformed.Source, err)
			if got := place.String(); !ok || !strings.Contains(got, c.want) {
				t.Errorf("%s\nwant %s", got, c.want)
			}
		})
	}
}

// An error of Parse has a place too; other errors do not.
func TestLocateOtherErrors(t *testing.T) {
	t.Parallel()
	const document = `{"Statement":{"Effect":"Alow"}}`
	_, err := Parse(document)
	if place, ok := Locate(document, err); !ok || place.Nearest != "Allow" || place.Member != "Statement.Effect" {
		t.Errorf("%+v", place)
	}
	if place, ok := Locate("", ErrInvalidPrincipal(PrincipalRef{Type: "AWS", Value: "x", At: Position{2, 3}})); !ok ||
		place.At.Line != 2 || place.String() != "line 2, column 3" {
		t.Errorf("%+v", place)
	}
	if _, ok := Locate(document, errors.New("other")); ok {
		t.Error("any error has a place")
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"Effect": "", "effect": "Effect", "Efect": "Effect", "Effct": "Effect", "Effcet": "Effect", "Effects": "Effect",
		"Zebra": "", "": "",
		strings.Repeat("E", 100): "",
	} {
		if got := nearest(word, []string{"Effect", "Action"}); got != want {
			t.Errorf("%q: %q; want %q", word, got, want)
		}
	}
}
