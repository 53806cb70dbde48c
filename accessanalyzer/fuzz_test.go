package accessanalyzer_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"

	"github.com/understudy-iam/understudy/accessanalyzer"
)

// Whatever a document and a token are, the places of findings are in the document, and what
// cannot be checked is refused by an exception.
func FuzzValidatePolicy(f *testing.F) {
	f.Add(trust, "")
	f.Add(*wrong(2), "AAAA")
	f.Add("{\"Version\":\"é😀\xff\",\"Statement\":[{\"Effect\":\"Allow\"}]}", "x")
	f.Add(`{"Statement":{"Action":"a:é","Condition":{"Bool":{"a":[true,null]}}}}`, "AAAAAQ==")
	s := accessanalyzer.New(accessanalyzer.Options{})
	f.Fuzz(func(t *testing.T, document, token string) {
		in := &sdk.ValidatePolicyInput{PolicyDocument: &document, PolicyType: types.PolicyTypeResourcePolicy}
		if token != "" {
			in.NextToken = aws.String(token)
		}
		out, err := s.ValidatePolicy(t.Context(), in)
		if err != nil {
			checkFuzzed(t, err)
			in.NextToken = nil
			if out, err = s.ValidatePolicy(t.Context(), in); err != nil {
				t.Fatal(err)
			}
		}
		for i := range out.Findings {
			for _, l := range out.Findings[i].Locations {
				from, to := *l.Span.Start.Offset, *l.Span.End.Offset
				if from < 0 || from > to || int(to) > len(document) || *l.Span.Start.Column < 0 {
					t.Errorf("%s", shown(&out.Findings[i]))
				}
			}
		}
		_, err = s.CheckNoPublicAccess(t.Context(), &sdk.CheckNoPublicAccessInput{
			PolicyDocument: &document, ResourceType: types.AccessCheckResourceTypeSqsQueue,
		})
		if err != nil {
			checkFuzzed(t, err)
		}
	})
}

func checkFuzzed(t *testing.T, err error) {
	t.Helper()
	var invalid *types.ValidationException
	var parameter *types.InvalidParameterException
	if !errors.As(err, &invalid) && !errors.As(err, &parameter) {
		t.Error(err)
	}
}
