package authz

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// Question is a request to a service other than IAM and STS; that service asks whether the
// caller may make it.
type Question struct {
	Caller *principal.Caller // with the request's facts

	Action   string // s3:GetObject
	Resource string // an ARN, or "*"

	// Owner is the account that owns the resource; empty means the one that the
	// ARN names, or else the caller's.
	Owner string

	// Tags are the resource's tags: aws:ResourceTag/...
	Tags []persistence.Tag

	// Keys are further condition keys. They take precedence over those of the caller and
	// the request.
	Keys []Key

	// ResourcePolicy is the resource's own policy, or empty. For the actions that assume a
	// role it is the role's trust policy; empty: the stored one is used.
	ResourcePolicy string

	// Enforce decides as in the mode On, whatever the mode is.
	Enforce bool

	// Stored, if it is not nil, returns the permission with what the state knows of the
	// resource: its tags, further keys, and a policy if it is stored here. What the
	// question itself says takes precedence.
	Stored func(q *Query, action, resource string) (Need, error)

	// PolicyOf and TagsOf, if they are not nil, are used like ServiceCall.Policy and
	// ServiceCall.Tags. What the question itself says takes precedence.
	PolicyOf func(ctx context.Context, resource string) (string, error)
	TagsOf   func(ctx context.Context, n *Need) ([]Key, error)
}

// ErrNoDecision is returned by Ask in the mode Off, in which nothing is decided.
var ErrNoDecision = errors.New("authz: enforcement is off")

// Ask decides a question as calls of IAM and STS are decided, and returns the record, which
// Options.Observe does not get. A denial is not an error. Errors are that of ctx if it ends
// before the decision, ErrTooLarge, *evaluator.SyntaxError for a ResourcePolicy that cannot
// be parsed, AWS's error for a caller that does not exist, and those of PolicyOf and TagsOf.
func (a *Authorizer) Ask(ctx context.Context, q *Question) (d *Decision, err error) {
	q, err = a.completed(ctx, q)
	if err != nil {
		return nil, err
	}
	err = a.options.Store.View(ctx, func(tx persistence.Tx) error {
		c, err := a.asked(ctx, q)
		if err == nil {
			err = c.identify(tx)
		}
		if err == nil {
			d, err = c.ask(tx, q)
		}
		return err
	})
	return d, err
}

// completed returns the question with what PolicyOf and TagsOf return.
func (a *Authorizer) completed(ctx context.Context, q *Question) (*Question, error) {
	if assumes(q.Action) || q.PolicyOf == nil && q.TagsOf == nil {
		return q, nil
	}
	call := ServiceCall{
		Policy: q.PolicyOf, Tags: q.TagsOf, Needs: []Need{
			{Action: q.Action, Resource: q.Resource, Keys: q.Keys, ResourcePolicy: q.ResourcePolicy},
		},
	}
	if q.PolicyOf != nil {
		if err := a.addPolicies(ctx, &call); err != nil {
			return nil, err
		}
	}
	if q.TagsOf != nil && len(q.Tags) == 0 {
		if err := call.addTags(ctx); err != nil {
			return nil, err
		}
	}
	full, need := *q, call.Needs[0]
	full.ResourcePolicy = need.ResourcePolicy
	full.Keys = slices.Concat(need.Keys[len(q.Keys):], q.Keys) // the last one of a name counts
	return &full, nil
}

// askOnce is Ask for a caller about which no other question is likely: what the state says
// about it is not cached.
func (a *Authorizer) askOnce(ctx context.Context, tx persistence.Tx, q *Question) (*Decision, error) {
	c, err := a.asked(ctx, q)
	if err == nil {
		c.own, err = a.readHeld(tx, q.Caller)
	}
	if err != nil {
		return nil, err
	}
	return c.ask(tx, q)
}

// asked returns the call that a question is about.
func (a *Authorizer) asked(ctx context.Context, q *Question) (*call, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	c := &call{a: a, ctx: ctx, rule: a.ruleOf(q.Action), maker: q.Caller, caller: q.Caller, mode: a.Mode()}
	if q.Enforce {
		c.mode = On
	}
	if c.mode == Off {
		return nil, ErrNoDecision
	}
	return c, nil
}

// ruleOf returns the rule of the operation with the action's name, since some operations
// are not decided by policies. For an action of another service the rule has only names.
func (a *Authorizer) ruleOf(action string) Rule {
	service, operation, _ := strings.Cut(action, ":")
	if lower := strings.ToLower(service); lower == "iam" || lower == "sts" {
		if known, ok := catalog.FindAction(action); ok {
			service, operation = known.Service, known.Name
		}
	}
	if rule, ok := a.rules[operation]; ok && rule.Service == service {
		return rule
	}
	return Rule{Service: service, Operation: operation}
}

// ask decides a question about the caller, which is already identified.
func (c *call) ask(tx persistence.Tx, q *Question) (*Decision, error) {
	if err := c.ban(); err != nil {
		d := c.decision(err)
		d.Verdict = Denied // in any mode
		return d, nil
	}
	if c.rule.free {
		return c.decision(nil), nil
	}
	need, err := q.need(tx, c.a.options.Partition)
	if err == nil && q.Stored != nil && !need.Trust {
		err = c.addStored(tx, q, &need)
	}
	if err != nil {
		return nil, err
	}
	denial, err := c.decideForRecord(tx, []Need{need})
	if err != nil {
		return nil, err
	}
	return c.decision(denial), nil
}

// HasResourcePolicy reports whether a policy of the resource may take part in the decision:
// one that the question has or can get, or the trust policy of a role.
func (q *Question) HasResourcePolicy() bool {
	return q.ResourcePolicy != "" || q.PolicyOf != nil || assumes(q.Action)
}

func (q *Question) need(tx persistence.Tx, partition principal.Partition) (Need, error) {
	n := Need{Action: q.Action, Resource: q.Resource, Owner: q.Owner, Tags: q.Tags, Keys: q.Keys}
	arn, _ := principal.ParseARN(q.Resource)
	if n.Owner == "" && principal.ValidAccountID(arn.AccountID) {
		n.Owner = arn.AccountID
	}
	if !assumes(q.Action) {
		n.ResourcePolicy = q.ResourcePolicy
		return n, nil
	}
	n.Trust, n.TrustPolicy = true, q.ResourcePolicy
	if n.TrustPolicy != "" {
		return n, nil
	}
	r, err := persistence.Roles.Get(tx, n.Owner, principal.Name(arn.Resource))
	if errors.Is(err, persistence.ErrNotFound) {
		return n, nil // nobody may assume it
	}
	if err != nil {
		return n, err
	}
	if q.Resource == partition.In(n.Owner).Entity("role", r.Path, r.Name) {
		n.TrustPolicy, n.Tags = r.TrustPolicy, append(n.Tags, r.Tags...)
	}
	return n, nil
}

// addStored adds what the state knows of the resource.
func (c *call) addStored(tx persistence.Tx, q *Question, n *Need) error {
	stored, err := q.Stored(c.a.Query(tx, c.caller), c.rule.Service+":"+c.rule.Operation, q.Resource)
	if err != nil {
		return err
	}
	if len(n.Tags) == 0 {
		n.Tags = stored.Tags
	}
	if n.ResourcePolicy == "" {
		n.ResourcePolicy = stored.ResourcePolicy
	}
	n.Keys = slices.Concat(stored.Keys, n.Keys) // the last one of a name counts
	return nil
}

// assumes reports whether a role's trust policy decides the action.
func assumes(action string) bool {
	switch strings.ToLower(action) {
	case "sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity", "sts:tagsession", "sts:setsourceidentity":
		return true
	}
	return false
}

// resourcePolicyName is the name of a resource's policy, which has none of its own.
const resourcePolicyName = "ResourcePolicy"

// resourcePolicy puts the policy of the need's resource into p, and says how it counts.
func (c *call) resourcePolicy(p *evaluator.Policies, n *Need) error {
	p.Resource, p.ResourceRule = nil, evaluator.OrdinaryRule
	document, kind := n.ResourcePolicy, evaluator.Resource
	switch {
	case n.Trust:
		document, kind, p.ResourceRule = n.TrustPolicy, evaluator.Trust, evaluator.TrustRule
	case len(n.Action) > 4 && strings.EqualFold(n.Action[:4], "kms:") && document != "":
		p.ResourceRule = evaluator.KMSRule
	}
	if document == "" {
		return nil
	}
	k := policyKey{kind: kind, name: resourcePolicyName, document: document}
	var err error
	p.Resource, err = c.a.cache.compile(&k, document)
	if err == nil && c.choose != nil {
		p.Resource = c.choose(p.Resource)
	}
	return err
}

// Caller returns the caller that an ARN names: a user, a role, a role session or a root
// user. For a role it returns a session, since only sessions make calls. The error is
// persistence.ErrNotFound if there is no such caller.
func (a *Authorizer) Caller(tx persistence.Tx, arn string) (principal.Principal, error) {
	parts, ok := principal.ParseARN(arn)
	kind, rest, _ := strings.Cut(parts.Resource, "/")
	own := a.options.Partition.In(parts.AccountID)
	if !ok || !own.Partition.Is(parts) || !principal.ValidAccountID(own.ID) || parts.Service == "iam" && arn != own.IAM(parts.Resource) {
		return principal.Principal{}, persistence.ErrNotFound
	}
	switch parts.Service + ":" + kind {
	case "iam:root":
		return own.RootUser(), nil
	case "iam:user":
		return userCaller(tx, own, rest)
	case "iam:role":
		return roleCaller(tx, own, rest)
	case "sts:assumed-role":
		return sessionCaller(tx, own, rest)
	}
	return principal.Principal{}, persistence.ErrNotFound
}

// unnamedSession is the session name that is used if the ARN is that of a role.
const unnamedSession = "session"

func userCaller(tx persistence.Tx, own principal.Account, path string) (principal.Principal, error) {
	u, err := persistence.Users.Get(tx, own.ID, principal.Name(path))
	if err != nil {
		return principal.Principal{}, err
	}
	if "/"+path != u.Path+u.Name {
		return principal.Principal{}, persistence.ErrNotFound
	}
	return own.User(u.ID, u.Path, u.Name), nil
}

// roleCaller returns a session of the role with the path and name.
func roleCaller(tx persistence.Tx, own principal.Account, path string) (principal.Principal, error) {
	r, err := persistence.Roles.Get(tx, own.ID, principal.Name(path))
	if err != nil {
		return principal.Principal{}, err
	}
	if "/"+path != r.Path+r.Name {
		return principal.Principal{}, persistence.ErrNotFound
	}
	return assumed(own, r, unnamedSession), nil
}

// sessionCaller returns the session with the name, ROLE/SESSION.
func sessionCaller(tx persistence.Tx, own principal.Account, named string) (principal.Principal, error) {
	name, session, _ := strings.Cut(named, "/")
	r, err := persistence.Roles.Get(tx, own.ID, name)
	if err != nil {
		return principal.Principal{}, err
	}
	if session == "" {
		return principal.Principal{}, persistence.ErrNotFound
	}
	return assumed(own, r, session), nil
}

func assumed(own principal.Account, r *persistence.Role, session string) principal.Principal {
	p := own.AssumedRole(r.ID, r.Name, session)
	p.Session = &principal.Session{Operation: "AssumeRole"}
	return p
}
