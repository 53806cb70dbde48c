package lint_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/lint"
	"github.com/understudy-iam/understudy/principal"
)

// kinds are all kinds that a document can be looked at as; NoKind lets it be guessed.
var kinds = []evaluator.Kind{
	evaluator.NoKind, evaluator.Identity, evaluator.Boundary, evaluator.Session, evaluator.Resource, evaluator.Trust,
	evaluator.SCP, evaluator.RCP, evaluator.VPCEndpoint,
}

// FuzzLint looks for documents that have findings outside of their text, or other
// findings the second time, or none although AWS refuses them.
func FuzzLint(f *testing.F) {
	for _, theme := range pairs {
		for _, p := range theme {
			f.Add(p.document, uint8(p.kind), p.resourceType)
		}
	}
	f.Fuzz(func(t *testing.T, src string, kind uint8, resourceType string) {
		o := lint.Options{Kind: kinds[int(kind)%len(kinds)], ResourceType: resourceType}
		list := lint.Lint(src, o)
		failed := false
		for _, found := range list {
			failed = failed || found.Type == lint.Error
			checkPlace(t, src, found)
		}
		if err := refusedEverywhere(src, o.Kind); o.Kind != evaluator.NoKind && err != nil && !failed {
			t.Errorf("AWS refuses it (%v), and there is no ERROR", err)
		}
		if told, ok := lint.Refusal(src, o.Kind, evaluator.Validate(src, o.Kind)); ok {
			checkPlace(t, src, told)
		}
		var refused *lint.RefusedError
		if err := lint.Storable(evaluator.Validation{}, src, o.Kind); errors.As(err, &refused) {
			checkPlace(t, src, refused.Finding)
		}
		if diff := cmp.Diff(list, lint.Lint(src, o)); diff != "" {
			t.Errorf("the second time it has other findings:\n%s", diff)
		}
	})
}

// refusedEverywhere is the error of a document that AWS stores in no partition.
func refusedEverywhere(src string, kind evaluator.Kind) (err error) {
	for _, p := range principal.Partitions() {
		if err = (evaluator.Validation{Partition: p}).Validate(src, kind); err == nil {
			return nil
		}
	}
	return err
}

func checkPlace(t *testing.T, src string, f lint.Finding) {
	t.Helper()
	if f.Span.From < 0 || f.Span.To < f.Span.From || f.Span.To > len(src) {
		t.Errorf("%s is at %+v of %d bytes", f.Code, f.Span, len(src))
	}
	if f.Fix != nil && (f.Fix.From < 0 || f.Fix.To < f.Fix.From || f.Fix.To > len(src)) {
		t.Errorf("the fix of %s is at %+v of %d bytes", f.Code, *f.Fix, len(src))
	}
	if f.Span.Start.Line < 1 || f.Span.Start.Column < 1 || int(f.Span.Start.Line) > strings.Count(src, "\n")+strings.Count(src, "\r")+1 {
		t.Errorf("%s is at %+v", f.Code, f.Span)
	}
}
