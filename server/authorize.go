package server

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// question is the body of POST /_understudy/authorize: an emulator of another
// service asks whether a caller may do something to a resource. Exactly one of
// Credentials, SignedRequest and Principal says who the caller is.
type question struct {
	Credentials   *keys          `json:"credentials"`
	SignedRequest *signedRequest `json:"signedRequest"`
	Principal     string         `json:"principal"` // ARN of a user, role, role session or root user

	Action          string            `json:"action"`          // s3:GetObject
	Resource        string            `json:"resource"`        // an ARN; empty is "*"
	ResourceAccount string            `json:"resourceAccount"` // empty: the one in the ARN, or the caller's
	ResourceTags    map[string]string `json:"resourceTags"`
	ResourcePolicy  string            `json:"resourcePolicy"` // a policy document, as text

	// Context holds further condition keys: a text, or a list of texts for keys
	// that are multivalued. They go before what is known of the request.
	Context map[string]any `json:"context"`

	SourceIP        string `json:"sourceIp"`
	UserAgent       string `json:"userAgent"`
	Region          string `json:"region"`
	SecureTransport bool   `json:"secureTransport"`
}

// keys are credentials that somebody holds.
type keys struct {
	AccessKeyID     string `json:"accessKeyId"`
	SecretAccessKey string `json:"secretAccessKey"`
	SessionToken    string `json:"sessionToken"`
}

// signedRequest is what an emulator received; see awsapi.SignedRequest.
type signedRequest struct {
	Method  string            `json:"method"`
	Host    string            `json:"host"`
	Target  string            `json:"target"` // path and query
	Headers map[string]string `json:"headers"`
	Body    []byte            `json:"body"` // in base64
}

// authorize answers with the decision record, whose member "allowed" is what
// the asking service goes by. A caller who cannot be authenticated is answered
// 403 with AWS's error; a question that makes no sense 400.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	begun := time.Now()
	var q question
	if err := readJSON(w, r, &q); err != nil {
		badRequest(w, err)
		return
	}
	asked, err := s.asked(r.Context(), &q)
	var d *authz.Decision
	if err == nil {
		d, err = s.authorizer.Ask(r.Context(), asked)
	}
	if errors.Is(err, authz.ErrNoDecision) {
		writeJSON(w, http.StatusOK, map[string]any{"allowed": true, "enforcement": authz.Off.String()})
		return
	}
	if err != nil {
		s.refuseQuestion(w, err)
		return
	}
	record := decisions.NewRecord(s.recordQuestion(d, begun))
	if d.Denial != nil {
		if record.EncodedMessage, err = s.encodedMessage(r.Context(), d); err != nil {
			s.refuse(w, err)
			return
		}
	}
	writeJSON(w, http.StatusOK, record)
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

// encodedMessage is what services such as EC2 give to a caller who was denied.
func (s *Server) encodedMessage(ctx context.Context, d *authz.Decision) (string, error) {
	message, err := json.Marshal(decisions.NewMessage(d))
	if err != nil {
		return "", err
	}
	return s.sts.EncodeAuthorizationMessage(ctx, d.Caller.AccountID, message)
}

// errBadQuestion is returned for a question that cannot be asked.
var errBadQuestion = errors.New("the question cannot be asked")

func (s *Server) refuseQuestion(w http.ResponseWriter, err error) {
	var syntax *evaluator.SyntaxError
	var known interface {
		ErrorCode() string
		ErrorMessage() string
	}
	switch {
	case errors.Is(err, errBadQuestion):
		badRequest(w, err)
	case errors.As(err, &syntax):
		badRequest(w, fmt.Errorf("resourcePolicy: %w", err))
	case errors.As(err, &known):
		writeJSON(w, http.StatusForbidden, map[string]any{
			"allowed": false, "error": map[string]string{"code": known.ErrorCode(), "message": known.ErrorMessage()},
		})
	default:
		s.refuse(w, err)
	}
}

// asked is the question as authz understands it.
func (s *Server) asked(ctx context.Context, q *question) (*authz.Question, error) {
	if service, name, ok := strings.Cut(q.Action, ":"); !ok || service == "" || name == "" || strings.ContainsAny(q.Action, "*? ") {
		return nil, fmt.Errorf("%w: action %q is not one such as s3:GetObject", errBadQuestion, q.Action)
	}
	if q.ResourceAccount != "" && !principal.ValidAccountID(q.ResourceAccount) {
		return nil, fmt.Errorf("%w: resourceAccount %q has not 12 digits", errBadQuestion, q.ResourceAccount)
	}
	out := &authz.Question{Action: q.Action, Resource: q.Resource, Owner: q.ResourceAccount, ResourcePolicy: q.ResourcePolicy}
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
	out.Caller, err = s.asker(ctx, q)
	return out, err
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
					return nil, fmt.Errorf("%w: context key %s has a value that is no text", errBadQuestion, name)
				}
				k.Values = append(k.Values, text)
			}
			list = append(list, k)
		default:
			return nil, fmt.Errorf("%w: context key %s is neither a text nor a list of texts", errBadQuestion, name)
		}
	}
	return list, nil
}

// asker is the caller with the facts of the request.
func (s *Server) asker(ctx context.Context, q *question) (*principal.Caller, error) {
	service, operation, _ := strings.Cut(q.Action, ":")
	var err error
	c := &principal.Caller{Request: principal.Request{
		ID: s.newID(), Time: s.clock.Now(), Received: s.clock.Real(), Service: service, Operation: operation,
		Region: q.Region, UserAgent: q.UserAgent, SecureTransport: q.SecureTransport,
	}}
	if q.SourceIP != "" {
		if c.Request.SourceIP, err = netip.ParseAddr(q.SourceIP); err != nil {
			return nil, fmt.Errorf("%w: sourceIp %q is no address", errBadQuestion, q.SourceIP)
		}
	}
	if err := s.identify(ctx, q, c); err != nil {
		return nil, err
	}
	if c.Session != nil && c.Session.IssuedAt.IsZero() {
		c.Session.IssuedAt = c.Request.Time
	}
	return c, nil
}

// identify finds out who the caller is.
func (s *Server) identify(ctx context.Context, q *question, c *principal.Caller) error {
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
		err = s.options.Store.View(ctx, func(tx persistence.Tx) error {
			c.Principal, err = authz.Caller(tx, q.Principal)
			return err
		})
		if errors.Is(err, persistence.ErrNotFound) {
			err = fmt.Errorf("%w: there is no principal %q", errBadQuestion, q.Principal)
		}
	}
	return err
}

// holder is who holds the credentials, in a region, "" if that is not known. The secret is compared in constant time,
// with the answer that a wrong signature gets.
func (s *Server) holder(ctx context.Context, k *keys, region string) (principal.Principal, error) {
	found, err := s.credentials.Lookup(ctx, k.AccessKeyID, k.SessionToken, region)
	if err != nil {
		return principal.Principal{}, err
	}
	if subtle.ConstantTimeCompare([]byte(found.Secret), []byte(k.SecretAccessKey)) != 1 {
		return principal.Principal{}, awsapi.SignatureDoesNotMatch()
	}
	found.Principal.AccessKeyID = k.AccessKeyID
	return found.Principal, nil
}

func (s *Server) signer(ctx context.Context, r *signedRequest, now time.Time) (awsapi.Signer, error) {
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
