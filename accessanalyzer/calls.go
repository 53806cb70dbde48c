package accessanalyzer

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"

	"github.com/understudy-iam/understudy/evaluator/draft"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/principal"
)

// write drafts the policies of a generation.
func (s *Service) write(g *generation) {
	calls, whole := s.calls(g)
	d, err := draft.Identity(calls, draft.Options{})
	if err != nil {
		g.failure = &types.JobError{Code: types.JobErrorCodeServiceQuotaExceededError, Message: aws.String(err.Error())}
		return
	}
	g.whole, g.policies = whole, []types.GeneratedPolicy{}
	for i := range d.Documents {
		g.policies = append(g.policies, types.GeneratedPolicy{Policy: aws.String(compact(d.Documents[i].String()))})
	}
}

// calls are the permissions that the calls of the principal needed in the time, the oldest
// first, and whether all calls of that time are kept.
func (s *Service) calls(g *generation) (list []draft.Call, whole bool) {
	if s.events == nil {
		return nil, false
	}
	f := &events.Filter{}
	if g.trail != nil {
		f.Since, f.Until = *g.trail.StartTime, *g.trail.EndTime
	}
	whole = s.events.Whole().IsZero() || g.trail != nil && s.events.Whole().Before(f.Since)
	of, _ := principal.ParseARN(g.principal)
	kind, _, name := of.Entity()
	for _, e := range slices.Backward(s.events.List(0, f)) {
		if e.IsOf(g.account, kind, name) {
			list = append(list, e.Needs()...)
		}
	}
	return list, whole
}

// compact is a document without white space, as AWS answers it.
func compact(document string) string {
	var b bytes.Buffer
	if json.Compact(&b, []byte(document)) != nil {
		return document // never seen: drafts are JSON
	}
	return b.String()
}
