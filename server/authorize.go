package server

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/gateway"
	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// Authorize decides a question.
func (b backend) Authorize(ctx context.Context, q *management.Question) (*decisions.Record, error) {
	begun := time.Now()
	asked, err := b.s.asked(ctx, q)
	var d *authz.Decision
	if err == nil {
		d, err = b.s.authorizer.Ask(ctx, asked)
	}
	if errors.Is(err, authz.ErrNoDecision) {
		return nil, nil
	}
	if err != nil {
		return nil, refusedQuestion(err)
	}
	record, err := decisions.NewRecord(ctx, b.s.recordQuestion(d, begun), b.s.facts(ctx))
	if err == nil && d.Denial != nil {
		record.EncodedMessage, err = b.s.encodedMessage(ctx, d)
	}
	return record, err
}

// recordQuestion keeps the event of a question.
func (s *Server) recordQuestion(d *authz.Decision, begun time.Time) *events.Event {
	var denial error
	if d.Verdict == authz.Denied {
		denial = d.Denial
	}
	events.Note(d.Caller, d)
	e := ended(events.Asked, d.Caller, begun, denial)
	s.record(e)
	return e
}

// encodedMessage returns the message that services such as EC2 give to a denied caller.
func (s *Server) encodedMessage(ctx context.Context, d *authz.Decision) (string, error) {
	message, err := json.Marshal(decisions.NewMessage(d))
	if err != nil {
		return "", err
	}
	return s.sts.EncodeAuthorizationMessage(ctx, d.Caller.AccountID, message)
}

// errBadQuestion is returned for a question that cannot be asked.
var errBadQuestion = errors.New("the question cannot be asked")

// badQuestion says what is wrong with the question, without the sentinel's own words.
func badQuestion(err error) error {
	return errors.New(strings.TrimPrefix(err.Error(), errBadQuestion.Error()+": "))
}

func refusedQuestion(err error) error {
	var syntax *evaluator.SyntaxError
	var known interface {
		ErrorCode() string
		ErrorMessage() string
	}
	switch {
	case errors.Is(err, errBadQuestion):
		return management.Invalid(badQuestion(err))
	case errors.Is(err, gateway.ErrUpstream):
		return management.Unavailable("%v, so that it is not known which policy and tags the resource has; start the upstream, or ask without it (resourcePolicy without askUpstream, --resource-policy FILE)", err)
	case errors.Is(err, authz.ErrTooLarge):
		return management.Invalid(err)
	case errors.As(err, &syntax):
		return management.Invalid(fmt.Errorf("resourcePolicy: %w", err))
	case errors.As(err, &known):
		return &management.Unauthenticated{Code: known.ErrorCode(), Message: known.ErrorMessage()}
	}
	return err
}

// asked is the question as authz understands it.
func (s *Server) asked(ctx context.Context, q *management.Question) (*authz.Question, error) {
	out, err := s.askedAccess(ctx, &q.Access)
	if err != nil {
		return nil, err
	}
	out.Enforce = q.Enforce
	if out.Caller, err = s.asker(ctx, q); err != nil {
		return nil, err
	}
	return out, s.askUpstream(ctx, &q.Access, out, out.Caller)
}

// askUpstream lets a question be decided with what the upstream of the service knows.
func (s *Server) askUpstream(ctx context.Context, q *management.Access, asked *authz.Question, by *principal.Caller) (err error) {
	service, _, _ := strings.Cut(q.Action, ":")
	if !q.AskUpstream || !s.gateway.Serves(service) {
		return nil
	}
	r := s.gateway.Resources(ctx, by)
	asked.PolicyOf, asked.TagsOf = r.Policy, r.Tags
	asked.Owner, asked.ResourcePolicy = q.ResourceAccount, q.ResourcePolicy // what a seed declares counts where the upstream has none
	if arn, _ := principal.ParseARN(asked.Resource); asked.Owner == "" && !principal.ValidAccountID(arn.AccountID) {
		asked.Owner, err = r.Owner(asked.Resource)
	}
	return err
}

// askedAccess is the question without a caller.
func (s *Server) askedAccess(ctx context.Context, q *management.Access) (*authz.Question, error) {
	if service, name, ok := strings.Cut(q.Action, ":"); !ok || service == "" || name == "" || strings.ContainsAny(q.Action, "*? ") {
		return nil, fmt.Errorf("%w: action %q is not one such as s3:GetObject", errBadQuestion, q.Action)
	}
	if q.ResourceAccount != "" && !principal.ValidAccountID(q.ResourceAccount) {
		return nil, fmt.Errorf("%w: resourceAccount %q does not have 12 digits", errBadQuestion, q.ResourceAccount)
	}
	out := &authz.Question{Action: q.Action, Resource: q.Resource, Owner: q.ResourceAccount, ResourcePolicy: q.ResourcePolicy,
		Stored: iam.StoredNeed}
	if q.Resource == "" {
		out.Resource = "*"
	}
	for key, value := range q.ResourceTags {
		out.Tags = append(out.Tags, persistence.Tag{Key: key, Value: value})
	}
	var err error
	if out.Keys, err = contextKeys(q.Context); err != nil {
		return nil, err
	}
	return out, s.addDeclared(ctx, out)
}

func contextKeys(context map[string]any) ([]authz.Key, error) {
	var list []authz.Key
	for name, value := range context {
		switch v := value.(type) {
		case string:
			list = append(list, authz.String(name, v))
		case []any:
			k := authz.Strings(name)
			for _, element := range v {
				text, ok := element.(string)
				if !ok {
					return nil, fmt.Errorf("%w: context key %s has a value that is not a string", errBadQuestion, name)
				}
				k.Values = append(k.Values, text)
			}
			list = append(list, k)
		default:
			return nil, fmt.Errorf("%w: context key %s is neither a string nor a list of strings", errBadQuestion, name)
		}
	}
	return list, nil
}

// asker is the caller with the facts of the request.
func (s *Server) asker(ctx context.Context, q *management.Question) (*principal.Caller, error) {
	facts, err := s.askedRequest(&q.Access)
	if err != nil {
		return nil, err
	}
	c := &principal.Caller{Request: *facts}
	if err := s.identify(ctx, q, c); err != nil {
		return nil, err
	}
	if c.Session != nil && c.Session.IssuedAt.IsZero() {
		c.Session.IssuedAt = c.Request.Time
	}
	if q.SessionPolicy == "" {
		return c, nil
	}
	return c, s.limitSession(&c.Principal, q.SessionPolicy, c.Request.Time)
}

// askedRequest is the request that the caller would make.
func (s *Server) askedRequest(q *management.Access) (*principal.Request, error) {
	service, operation, _ := strings.Cut(q.Action, ":")
	r := &principal.Request{
		ID: s.newID(), Time: s.clock.Now(), Received: s.clock.Real(), Service: service, Operation: operation,
		Region: q.Region, UserAgent: q.UserAgent,
	}
	r.SecureTransport = !s.options.PlainTransport
	if q.SecureTransport != nil {
		r.SecureTransport = *q.SecureTransport
	}
	if q.SourceIP == "" {
		return r, nil
	}
	var err error
	if r.SourceIP, err = netip.ParseAddr(q.SourceIP); err != nil {
		return nil, fmt.Errorf("%w: sourceIp %q is not an address", errBadQuestion, q.SourceIP)
	}
	return r, nil
}

// limitSession gives the principal a session with the policy, or narrows the
// session that it has; see management.Question.
func (s *Server) limitSession(p *principal.Principal, policy string, now time.Time) error {
	if _, err := evaluator.Compile(policy, evaluator.Session, evaluator.Origin{}); err != nil {
		return fmt.Errorf("%w: sessionPolicy: %w", errBadQuestion, err)
	}
	switch {
	case p.Session == nil: // a user or root user, whose credentials carry no policy
		*p = s.sts.FederatedSession(p, now)
		p.Session.Policy = policy
	case p.AccessKeyID != "":
		narrowed := *p.Session // which others have, too
		narrowed.ScopeDown = append(slices.Clone(narrowed.ScopeDown), policy)
		p.Session = &narrowed
	default:
		p.Session.Policy = policy
	}
	return nil
}

// identify finds out who the caller is.
func (s *Server) identify(ctx context.Context, q *management.Question, c *principal.Caller) error {
	given := 0
	for _, is := range []bool{q.Credentials != nil, q.SignedRequest != nil, q.Principal != ""} {
		if is {
			given++
		}
	}
	var err error
	switch {
	case given != 1:
		return fmt.Errorf("%w: give one of credentials, signedRequest and principal", errBadQuestion)
	case q.Credentials != nil:
		c.Principal, err = s.holder(ctx, q.Credentials, q.Region)
	case q.SignedRequest != nil:
		var signer awsapi.Signer
		signer, err = s.signer(ctx, q.SignedRequest, c.Request.Received)
		c.Principal, c.Request.Region = signer.Principal, signer.Region
	default:
		c.Principal, err = s.principalOf(ctx, q.Principal)
	}
	return err
}

// holder finds who holds the credentials. The region is "" if it is not known. The secret
// is compared in constant time; a wrong one gets the answer of a wrong signature.
func (s *Server) holder(ctx context.Context, k *management.Credentials, region string) (principal.Principal, error) {
	found, err := s.credentials.Lookup(ctx, k.AccessKeyID, k.SessionToken, region)
	if err != nil {
		return principal.Principal{}, err
	}
	if subtle.ConstantTimeCompare([]byte(found.Secret), []byte(k.SecretAccessKey)) != 1 {
		return principal.Principal{}, awsapi.SignatureDoesNotMatch()
	}
	if found.Admit != nil {
		if err := found.Admit(ctx); err != nil {
			return principal.Principal{}, err
		}
	}
	found.Principal.AccessKeyID = k.AccessKeyID
	return found.Principal, nil
}

func (s *Server) signer(ctx context.Context, r *management.SignedRequest, now time.Time) (awsapi.Signer, error) {
	header := http.Header{}
	for name, value := range r.Headers {
		header.Add(name, value)
	}
	signed := awsapi.SignedRequest{Method: r.Method, Host: r.Host, Target: r.Target, Header: header, Body: r.Body}
	if signed.Host == "" {
		signed.Host = header.Get("Host")
	}
	signer, err := signed.Verify(ctx, s.credentials, now)
	signer.Principal.AccessKeyID = signer.AccessKeyID
	return signer, err
}
