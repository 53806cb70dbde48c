package evaluator_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/evaluator"
)

func TestParseTreeKeepsWhatIsWritten(t *testing.T) {
	t.Parallel()
	const src = "{\"a\": [1, \"\\u0062\"],\n \"a\": {\"c\": null}}"
	root, err := evaluator.ParseTree(src)
	if err != nil {
		t.Fatal(err)
	}
	if len(root.Members) != 2 || root.Members[1].Name.Text != "a" {
		t.Fatalf("the members are %+v", root.Members)
	}
	list := root.Members[0].Value
	if list.Kind != evaluator.ArrayNode || list.Elements[0].Text != "1" || list.Elements[1].Text != "b" {
		t.Errorf("the list is %+v", list)
	}
	null := root.Members[1].Value.Members[0].Value
	want := evaluator.Span{
		Start: evaluator.Position{Line: 2, Column: 13}, End: evaluator.Position{Line: 2, Column: 17}, From: 33, To: 37,
	}
	if diff := cmp.Diff(want, null.Span); diff != "" || src[null.Span.From:null.Span.To] != "null" {
		t.Errorf("the place of null is wrong (-want +got):\n%s", diff)
	}
}

func TestParseTreeRefusesWhatParseRefuses(t *testing.T) {
	t.Parallel()
	var syntax *evaluator.SyntaxError
	if _, err := evaluator.ParseTree("{"); !errors.As(err, &syntax) {
		t.Errorf("the error is %v", err)
	}
}
