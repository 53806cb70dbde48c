package evaluator_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/evaluator"
)

func TestParseOperatorTakesANameApart(t *testing.T) {
	t.Parallel()
	got, ok := evaluator.ParseOperator("ForAnyValue:StringNotLikeIfExists")
	want := evaluator.Operator{
		Name: "StringNotLike", Quantifier: "ForAnyValue", IfExists: true, Type: evaluator.StringValue,
		Negated: true, Wildcards: true, Variables: true,
	}
	if diff := cmp.Diff(want, got); diff != "" || !ok {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, ok := evaluator.ParseOperator("StringLooks"); ok {
		t.Error("StringLooks is an operator")
	}
	if got := evaluator.NearestOperator("StringLikes"); got != "StringLike" {
		t.Errorf("StringLikes is near %q", got)
	}
}

func TestOperatorReadsItsValues(t *testing.T) {
	t.Parallel()
	op, _ := evaluator.ParseOperator("NumericEquals")
	if !op.Reads("1") || op.Reads("one") {
		t.Error("NumericEquals reads 1, and does not read one")
	}
}

func TestActionPatternMatchesAsAStatementDoes(t *testing.T) {
	t.Parallel()
	p := evaluator.NewActionPattern("s3:get*T")
	if !p.Matches("s3:GetObject") || p.Matches("s3:GetObjectAcl") || p.Everything() {
		t.Error("s3:get*T does not match s3:GetObject alone")
	}
	if !evaluator.NewActionPattern("*").Everything() {
		t.Error("* does not cover everything")
	}
}

func TestResourcePatternMatchesAsAStatementDoes(t *testing.T) {
	t.Parallel()
	const text, arn = "arn:aws:s3:::${aws:username}-b/*", "arn:aws:s3:::${aws:username}-b/key"
	if !evaluator.NewResourcePattern(text, evaluator.Version2008).Matches(arn) {
		t.Error("${aws:username} is not ordinary text in the older version")
	}
	if evaluator.NewResourcePattern(text, evaluator.Version2012).Matches(arn) {
		t.Error("a variable without a value matches")
	}
}

func TestVariablesYieldsEachBeginning(t *testing.T) {
	t.Parallel()
	got := slices.Collect(evaluator.Variables("a${aws:username}${*}${b c}"))
	want := []evaluator.Variable{
		{From: 1, To: 16, Key: "aws:username", WellFormed: true},
		{From: 16, To: 20, Key: "*", Escape: true, WellFormed: true},
		{From: 20, To: 22},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for range evaluator.Variables("${a}${b}") {
		break
	}
}
