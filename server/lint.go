package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/lint"
	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/principal"
)

const (
	// maxLinted is how many bytes of a policy are looked at, white space left out. AWS's
	// quotas allow no policy half as long; longer ones, of raised quotas or to be refused,
	// could delay calls.
	maxLinted = 24_000

	// maxLintLines is how many findings of a policy are logged.
	maxLintLines = 20
)

// linted are the operations with lint around those that put a policy, if the mode wants
// that and something can come of it.
func (s *Server) linted(ops []awsapi.Operation) []awsapi.Operation {
	around := s.lintAfter
	switch {
	case s.options.Lint == LintRefuse:
		around = s.lintBefore
	case s.options.Lint == LintOff, !s.options.Logger.Enabled(context.Background(), slog.LevelWarn):
		return ops
	}
	for i := range ops {
		if put, ok := putsDocument[ops[i].Name]; ok {
			ops[i] = ops[i].Around(around(put))
		}
	}
	return ops
}

// performed is a function that runs around the method of an operation; see
// awsapi.Operation.Around.
type performed = func(ctx context.Context, in any, perform func() (any, error)) (any, error)

// lintAfter logs what is found in a policy that was put, or that AWS refuses.
func (s *Server) lintAfter(put documentMembers) performed {
	return func(ctx context.Context, in any, perform func() (any, error)) (any, error) {
		out, err := perform()
		var known interface{ ErrorCode() string }
		if err == nil || errors.As(err, &known) && known.ErrorCode() == malformedCode {
			d := put.of(in)
			s.logFindings(ctx, &d, s.findings(ctx, &d))
		}
		return out, err
	}
}

// lintBefore refuses a policy in which something is found. A policy that AWS refuses gets
// AWS's refusal.
func (s *Server) lintBefore(put documentMembers) performed {
	after := s.lintAfter(put)
	return func(ctx context.Context, in any, perform func() (any, error)) (any, error) {
		d := put.of(in)
		list := s.findings(ctx, &d)
		if len(list) == 0 || s.validation().Validate(d.text, d.kind) != nil {
			return after(ctx, in, perform)
		}
		s.logFindings(ctx, &d, list)
		return nil, refusedByLint(&d, list)
	}
}

func (s *Server) validation() evaluator.Validation {
	return evaluator.Validation{Partition: s.options.Partition.String()}
}

// findings are the errors and security warnings in a policy.
func (s *Server) findings(ctx context.Context, d *putDocument) []lint.Finding {
	if d.text == "" || evaluator.Size(d.text) > maxLinted {
		return nil
	}
	var bad []lint.Finding
	for _, f := range lint.Lint(d.text, lint.Options{
		Kind: d.kind, Partition: s.options.Partition.String(), Account: principal.FromContext(ctx).AccountID,
	}) {
		if f.Type.AtLeast(lint.SecurityWarning) {
			bad = append(bad, f)
		}
	}
	return bad
}

// logFindings logs a line for each finding, and for those that are too many.
func (s *Server) logFindings(ctx context.Context, d *putDocument, list []lint.Finding) {
	request := principal.FromContext(ctx).Request
	log := s.options.Logger.With("service", request.Service, "operation", request.Operation, "policy", d.name, "request_id", request.ID)
	for i := range list[:min(len(list), maxLintLines)] {
		f := &list[i]
		log.Warn("lint finds a fault in a policy", "type", f.Type, "code", f.Code, "finding", f.Sentence(),
			"path", f.Path, "line", f.Span.Start.Line, "column", f.Span.Start.Column)
	}
	if more := len(list) - maxLintLines; more > 0 {
		log.Warn("lint finds more faults in a policy than are logged", "more", more)
	}
}

// malformedCode is AWS's code of a policy that it does not take.
const malformedCode = "MalformedPolicyDocument"

// refusedByLint is the error for a policy in which lint has found something: the worst,
// with its place. AWS would store the policy.
func refusedByLint(d *putDocument, list []lint.Finding) error {
	f := &list[0]
	for i := range list {
		if list[i].Type != f.Type && list[i].Type.AtLeast(f.Type) {
			f = &list[i]
		}
	}
	at := f.Span.Start
	message := fmt.Sprintf("%s (%s %s, line %d, column %d)", f.Sentence(), f.Type, f.Code, at.Line, at.Column)
	switch more := len(list) - 1; {
	case more == 1:
		message += " There is 1 more finding."
	case more > 1:
		message += fmt.Sprintf(" There are %d more findings.", more)
	}
	message += " AWS would store this policy; serve --lint=log lets it pass." // text not confirmed
	return iam.MalformedDocument(&evaluator.MalformedError{Message: message, At: at, Source: d.text})
}
