package compare_test

import (
	"errors"
	"testing"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/compare"
)

func TestPoliciesOfAnotherKindAreNotCompared(t *testing.T) {
	t.Parallel()
	without := document(t, statement("Allow", "s3:GetObject", bucket+"/*"))
	with := document(t, statement("Allow", "s3:GetObject", bucket+"/*", `"Principal":"*"`))
	for _, kind := range []evaluator.Kind{
		evaluator.Identity, evaluator.Boundary, evaluator.Session, evaluator.SCP, evaluator.Resource, evaluator.Trust,
		evaluator.RCP,
	} {
		right, wrong := without, with
		if kind == evaluator.Resource || kind == evaluator.Trust || kind == evaluator.RCP {
			right, wrong = with, without
		}
		if _, err := compare.Compare(right, right, kind); err != nil {
			t.Errorf("%v: %v", kind, err)
		}
		var fault *evaluator.SyntaxError
		if _, err := compare.Compare(right, wrong, kind); !errors.As(err, &fault) {
			t.Errorf("%v, new: got %v, want a fault", kind, err)
		}
		if _, err := compare.Compare(wrong, right, kind); !errors.As(err, &fault) {
			t.Errorf("%v, old: got %v, want a fault", kind, err)
		}
	}
}
