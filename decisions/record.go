package decisions

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/advice"
	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/principal"
)

// Record is the decision of a call as it is shown.
type Record struct {
	RequestID   string    `json:"requestId"`
	Time        time.Time `json:"time"`
	Service     string    `json:"service"`
	Operation   string    `json:"operation"`
	Principal   Principal `json:"principal"`
	SourceIP    string    `json:"sourceIp,omitempty"`
	UserAgent   string    `json:"userAgent,omitempty"`
	Region      string    `json:"region,omitempty"`
	Enforcement string    `json:"enforcement"` // on or log
	Verdict     string    `json:"verdict"`     // allowed, denied, would-be-denied, faulted or refused
	Allowed     bool      `json:"allowed"`     // whether the call went on

	// Error is the error that was answered: that of a denial (in the mode log, the one that
	// would have been answered), or that of an allowed call that failed.
	Error *Error `json:"error,omitempty"`

	// Faults are the faults that were injected into the request: the ID and the kind of
	// each rule, such as "f1 throttle".
	Faults []string `json:"faults,omitempty"`

	// Document says where the policy document of the call is at fault.
	Document *events.DocumentFault `json:"documentFault,omitempty"`

	// Refusal says why a call was refused, if policies are not the reason.
	Refusal *events.Refusal `json:"refusal,omitempty"`

	// EncodedMessage is a message for DecodeAuthorizationMessage of STS. Only answers to
	// questions of other services have one.
	EncodedMessage string `json:"encodedMessage,omitempty"`

	// Checks are the permissions that the call needs, in the order in which they
	// are asked for. There are none for an operation that needs no permission, and
	// for credentials that cannot make the call whatever policies say.
	Checks []Check `json:"checks"`
}

// Principal is the caller.
type Principal struct {
	Type        string `json:"type"` // as aws:PrincipalType has it
	ARN         string `json:"arn,omitempty"`
	Account     string `json:"account,omitempty"`
	UserID      string `json:"userId,omitempty"`
	AccessKeyID string `json:"accessKeyId,omitempty"`
	IssuedBy    string `json:"issuedBy,omitempty"` // the operation that issued temporary credentials
	Delegate    string `json:"delegate,omitempty"` // the account that acts for the principal, CloudTrail's invokedByDelegate
}

// Error is an error of AWS.
type Error struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Check is one permission and how it was decided.
type Check struct {
	Action          string `json:"action"`
	Resource        string `json:"resource"`
	ResourceAccount string `json:"resourceAccount,omitempty"`

	// Note says that Resource is "*" only because the resource is not known.
	Note string `json:"note,omitempty"`

	Decision string `json:"decision"`           // allowed, implicitDeny or explicitDeny
	DeniedBy string `json:"deniedBy,omitempty"` // the layer that AWS names
	Reason   string `json:"reason"`
	Sentence string `json:"sentence"` // the reason in English

	Context []ContextKey `json:"context"`
	Layers  []Layer      `json:"layers"`

	// MissingKeys are, for a denial, the condition keys that the request lacks and that are
	// required by a statement that could have allowed it.
	MissingKeys []string `json:"missingKeys,omitempty"`

	// Advice is what can be done about a denial, the best first; none if the
	// permission is there.
	Advice []advice.Advice `json:"advice,omitempty"`
}

// ContextKey is a condition key of the request.
type ContextKey struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
	Multi  bool     `json:"multivalued,omitempty"`
}

// Layer is what one layer, or one level of an organization, decided.
type Layer struct {
	Layer string `json:"layer"`           // identity, boundary, session, trust, resource, scp, rcp
	Level string `json:"level,omitempty"` // of an scp or rcp: the ID of the root, unit or account; of a limit of the session: its name

	// Name is the layer in AWS's words, such as "identity-based policies" or
	// "SCPs of OU Work".
	Name string `json:"name"`

	Decision string `json:"decision"`
	Reason   string `json:"reason"`
	Sentence string `json:"sentence"`

	// Waived says that the layer need not allow: its implicit denial does not count here.
	Waived bool `json:"waived,omitempty"`

	// LeftOut says that there is a policy that does not count here; the sentence of the
	// check, or its note, says why.
	LeftOut bool `json:"leftOut,omitempty"`

	Policies   []Policy    `json:"policies"`             // those that were consulted
	Statements []Statement `json:"statements"`           // those that applied
	NearMisses []NearMiss  `json:"nearMisses,omitempty"` // if the layer allows nothing

	// Closest are Allow statements of a layer that allows nothing and has no NearMisses:
	// those with the fewest elements that keep them from applying.
	Closest []Statement `json:"closest,omitempty"`
}

// Policy is a policy that was consulted, named as the policy simulator does.
type Policy struct {
	ID   string `json:"id"`
	Type string `json:"type"`
	ARN  string `json:"arn,omitempty"`
	Name string `json:"name,omitempty"` // for people, such as "inline policy read of user alice"
}

// Statement is a statement of a policy and its place in the document.
type Statement struct {
	Policy Policy   `json:"policy"`
	Index  int      `json:"index"` // from 0
	Sid    string   `json:"sid,omitempty"`
	Effect string   `json:"effect"`
	Start  Position `json:"start"`
	End    Position `json:"end"`

	// Source is where in a seed the statement is, if its policy is at exactly one place of
	// the seeds that were applied.
	Source *Source `json:"source,omitempty"`

	// Text is the statement as it is written, and Elements say how each element compares
	// with the request. A record without explanations has neither.
	Text     string    `json:"text,omitempty"`
	Elements []Element `json:"elements,omitempty"`
}

// Position is a place in a document; both numbers start at 1.
type Position struct {
	Line   int32 `json:"line"`
	Column int32 `json:"column"`
}

// Source is a place in a file.
type Source struct {
	File   string `json:"file"`
	Line   int32  `json:"line"`
	Column int32  `json:"column,omitempty"` // 0: only the line is known
}

// NewRecord explains the decision of a call, or says which fault ended it. The explanation
// decides the call again many times; if ctx ends meanwhile, it returns no record and the
// error of ctx. Facts are those of the present state.
func NewRecord(ctx context.Context, e *events.Event, facts Facts) (*Record, error) {
	i := &inquiry{ctx: ctx, facts: facts}
	r := newRecord(e, i)
	if i.ended != nil {
		return nil, i.ended
	}
	return r, nil
}

// NewSummary is NewRecord without the explanation, which takes time to find:
// checks have no Advice and no MissingKeys, and layers no NearMisses.
func NewSummary(e *events.Event) *Record { return newRecord(e, nil) }

// inquiry decides calls again to explain them, until its context ends.
type inquiry struct {
	ctx                context.Context
	ended              error  // of the context; when it is set every decision denies
	service, operation string // of the call
	input              any    // of the call; nil if it is not known
	facts              Facts
}

// over reports whether the context has ended.
func (i *inquiry) over() bool {
	if i.ended == nil {
		i.ended = i.ctx.Err()
	}
	return i.ended != nil
}

func (i *inquiry) evaluate(r *evaluator.Request, p *evaluator.Policies, into *evaluator.Result) {
	if !i.over() {
		i.ended = authz.EvaluateContext(i.ctx, r, p, into)
	}
	if i.ended != nil {
		*into = evaluator.Result{}
	}
}

// newRecord explains the decision if there is an inquiry.
func newRecord(e *events.Event, i *inquiry) *Record {
	c, verdict := e.Caller, e.Verdict()
	r := &Record{
		RequestID: c.Request.ID, Time: c.Request.Time.UTC(), Service: c.Request.Service, Operation: c.Request.Operation,
		Principal: newPrincipal(e.Principal()), UserAgent: c.Request.UserAgent, Region: c.Request.Region,
		Enforcement: e.Mode.String(), Verdict: verdict, Faults: c.Request.Faults, Checks: []Check{}, Document: e.Document,
		Allowed: verdict == authz.Allowed.String() || verdict == authz.WouldBeDenied.String(),
	}
	if c.Request.SourceIP.IsValid() {
		r.SourceIP = c.Request.SourceIP.String()
	}
	if e.Code != "" {
		r.Error = &Error{e.Code, e.Message}
	}
	d := e.Decision()
	if r.Refusal = e.Refusal; d == nil {
		return r
	}
	r.Enforcement = d.Mode.String()
	if i != nil {
		i.service, i.operation, i.input = d.Service, d.Operation, e.Input
	}
	var api smithy.APIError
	if errors.As(d.Denial, &api) {
		r.Error = &Error{api.ErrorCode(), api.ErrorMessage()}
	}
	for n := range d.Checks {
		r.Checks = append(r.Checks, newCheck(&d.Checks[n], i))
	}
	return r
}

func newPrincipal(p *principal.Principal) Principal {
	out := Principal{Type: p.Kind.Type(), ARN: p.ARN, Account: p.AccountID, UserID: p.UserID, AccessKeyID: p.AccessKeyID}
	if p.Session != nil {
		out.IssuedBy, out.Delegate = p.Session.Operation, p.Session.Delegate
	}
	return out
}

func newCheck(c *authz.Check, i *inquiry) Check {
	if i != nil {
		c = i.shown(c)
	}
	res := &c.Result
	out := Check{
		Action: c.Need.Action, Resource: c.Need.Resource, ResourceAccount: c.Need.Owner,
		Decision: res.Decision.String(), Reason: res.Reason.String(), Sentence: res.Reason.Sentence(),
		Context: []ContextKey{}, Layers: []Layer{},
	}
	out.Note = c.Need.Note
	if c.Need.Wide != "" {
		out.Note = "It is decided on *, because " + c.Need.Wide + ": only statements count whose Resource covers everything."
	}
	if bar := c.Need.Barred; bar != nil && res.DeniedBy == evaluator.Resource {
		out.Sentence = bar.Why
	} else if bar != nil {
		out.Note = bar.Why
	}
	if !res.Allowed() {
		out.DeniedBy = res.DeniedBy.String()
		switch {
		case i == nil:
		case c.Need.Barred != nil:
			out.Advice = lift(c.Need.Barred)
		default:
			out.Advice, out.MissingKeys = i.advise(c)
		}
	}
	for _, name := range c.Request.Context.Names() {
		values, multi, _ := c.Request.Context.Lookup(name)
		out.Context = append(out.Context, ContextKey{name, append([]string{}, values...), multi})
	}
	for n := range res.Layers {
		out.Layers = append(out.Layers, newLayer(c, &res.Layers[n], i))
	}
	return out
}

func newLayer(c *authz.Check, l *evaluator.Layer, i *inquiry) Layer {
	out := Layer{
		Layer: l.Kind.String(), Level: levelName(c, l), Name: title(c, l), Decision: l.Decision.String(),
		Reason: l.Reason.String(), Sentence: l.Reason.Sentence(), Waived: l.Waived,
		Policies: []Policy{}, Statements: []Statement{},
	}
	out.LeftOut = l.Kind == evaluator.Resource && c.Need.Barred != nil
	consulted := policiesOf(&c.Policies, l)
	for _, p := range consulted {
		out.Policies = append(out.Policies, newPolicy(p))
	}
	for _, m := range l.Matches {
		out.Statements = append(out.Statements, newStatement(m.Policy, m.Statement))
	}
	if i != nil {
		out.explain(i, c, l, consulted)
	}
	out.called(c, l)
	return out
}

func newPolicy(p *evaluator.Policy) Policy {
	o := p.Origin()
	return Policy{ID: o.ID, Type: o.Type, ARN: o.ARN, Name: o.Name}
}

func newStatement(p *evaluator.Policy, s *evaluator.Statement) Statement {
	return Statement{
		Policy: newPolicy(p), Index: s.Index, Sid: s.Sid, Effect: s.Effect.String(),
		Start: Position{s.Start.Line, s.Start.Column}, End: Position{s.End.Line, s.End.Column},
	}
}

// levelName returns the ID of the root, unit or account to which the policies of an
// organization are attached, taken from the path in a condition key; for a policy that
// narrows a session it returns the policy's name.
func levelName(c *authz.Check, l *evaluator.Layer) string {
	key, account := "aws:PrincipalOrgPaths", c.Request.Principal.Account
	switch l.Kind {
	case evaluator.SCP:
	case evaluator.RCP:
		key = "aws:ResourceOrgPaths"
		if c.Need.Owner != "" {
			account = c.Need.Owner
		}
	case evaluator.Session:
		return limitName(&c.Policies, l)
	default:
		return ""
	}
	values, _, _ := c.Request.Context.Lookup(key)
	if len(values) == 0 {
		return account
	}
	levels := append(strings.Split(strings.Trim(values[0], "/"), "/")[1:], account)
	return levels[min(l.Level, len(levels)-1)]
}

// policiesOf returns the policies that a layer consulted.
func policiesOf(p *evaluator.Policies, l *evaluator.Layer) []*evaluator.Policy {
	switch l.Reason {
	case evaluator.ManagementAccountIsExempt, evaluator.ServiceLinkedRoleIsExempt, evaluator.ActionIsExempt:
		return nil
	}
	single := func(p *evaluator.Policy) []*evaluator.Policy {
		if p == nil {
			return nil
		}
		return []*evaluator.Policy{p}
	}
	switch l.Kind {
	case evaluator.Identity:
		return p.Identity
	case evaluator.Session:
		if limit := limitOf(p, l); limit != nil {
			return single(limit)
		}
		return p.Session
	case evaluator.Boundary:
		return single(p.Boundary)
	case evaluator.Resource, evaluator.Trust:
		return single(p.Resource)
	case evaluator.VPCEndpoint:
		return single(p.VPCEndpoint)
	case evaluator.SCP:
		return levelOf(p.SCP, l.Level)
	case evaluator.RCP:
		return levelOf(p.RCP, l.Level)
	}
	return nil
}

// limitOf returns the policy of a layer that narrows the session; nil for the session policies
// that were passed, and for every other layer.
func limitOf(p *evaluator.Policies, l *evaluator.Layer) *evaluator.Policy {
	if l.Kind != evaluator.Session || l.Level == 0 || l.Level > len(p.Limits) {
		return nil
	}
	return p.Limits[l.Level-1]
}

// limitName returns the name of that policy, such as "scope-down policy 1".
func limitName(p *evaluator.Policies, l *evaluator.Layer) string {
	if limit := limitOf(p, l); limit != nil {
		return limit.Origin().ID
	}
	return ""
}

func levelOf(levels [][]*evaluator.Policy, i int) []*evaluator.Policy {
	if i < len(levels) {
		return levels[i]
	}
	return nil
}
