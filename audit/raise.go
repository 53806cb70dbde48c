package audit

import (
	"slices"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/actions"
	"github.com/understudy-iam/understudy/persistence"
)

// A raiser is a method by which a principal makes one an administrator: itself, or
// another that it takes then.
type raiser struct {
	id     string
	action string
	of     string // "user", "role", or "" of both
	try    func(g *graph, r *route, who *authz.Standing, by, other *person) (bool, error)
}

func raisers() []raiser {
	return []raiser{
		{byUserPolicy, "iam:PutUserPolicy", "user", put},
		{byUserAttached, "iam:AttachUserPolicy", "user", attach},
		{byRolePolicy, "iam:PutRolePolicy", "role", put},
		{byRoleAttached, "iam:AttachRolePolicy", "role", attach},
		{byGroupPolicy, "iam:PutGroupPolicy", "user", putOnGroup},
		{byGroupAttached, "iam:AttachGroupPolicy", "user", attachToGroup},
		{byVersion, "iam:CreatePolicyVersion", "", rewrite},
		{byGroup, "iam:AddUserToGroup", "user", join},
		{byDefault, "iam:SetDefaultPolicyVersion", "", rollBack},
	}
}

var raisersInUse = raisers()

// raise tries whether the person can make the other an administrator.
func (g *graph) raise(x *raiser, by, other *person) (*route, error) {
	if !g.has(by, x.action) || x.of != "" && (x.of == "role") != other.isRole() || isLinked(other) {
		return nil, nil
	}
	r := &route{method: x.id, from: by, to: other}
	if ok, err := x.try(g, r, by.standing, by, other); !ok || err != nil {
		return nil, err
	}
	return r, nil
}

// did notes a call that raises, and whose denial closes the route.
func (g *graph) did(r *route, id string, who *authz.Standing, by *person, n *authz.Need) (bool, error) {
	ok, err := g.try(&r.trail, id, who, by, n)
	if ok {
		r.closed = append(r.closed, closing{n.Action, n.Resource})
	}
	return ok, err
}

func put(g *graph, r *route, who *authz.Standing, by, other *person) (bool, error) {
	if ok, err := g.raisable(other); !ok || err != nil {
		return false, err
	}
	action := "iam:PutUserPolicy"
	if other.isRole() {
		action = "iam:PutRolePolicy"
	}
	return g.did(r, r.method, who, by, g.on(action, other))
}

func attach(g *graph, r *route, who *authz.Standing, by, other *person) (bool, error) {
	if ok, err := g.raisable(other); !ok || err != nil {
		return false, err
	}
	action := "iam:AttachUserPolicy"
	if other.isRole() {
		action = "iam:AttachRolePolicy"
	}
	return g.attaching(r, who, by, g.on(action, other))
}

// attaching asks whether the call may attach a policy that allows everything: AWS's own, or
// one of the account.
func (g *graph) attaching(r *route, who *authz.Standing, by *person, n *authz.Need) (bool, error) {
	keys := n.Keys
	for _, arn := range g.administering() {
		n.Keys = append(slices.Clip(keys), authz.String("iam:PolicyARN", arn))
		if ok, err := g.did(r, r.method, who, by, n); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// administering are the managed policies that allow everything without a condition.
func (g *graph) administering() []string {
	list := []string{g.o.Partition.AWSPolicy("AdministratorAccess")}
	for _, p := range g.policies {
		if p.allowsEverything {
			list = append(list, p.ARN)
		}
	}
	slices.Sort(list[1:])
	return list
}

func putOnGroup(g *graph, r *route, who *authz.Standing, by, other *person) (bool, error) {
	return g.onGroups(other, func(n *authz.Need) (bool, error) { return g.did(r, r.method, who, by, n) }, "iam:PutGroupPolicy")
}

func attachToGroup(g *graph, r *route, who *authz.Standing, by, other *person) (bool, error) {
	return g.onGroups(other, func(n *authz.Need) (bool, error) { return g.attaching(r, who, by, n) }, "iam:AttachGroupPolicy")
}

// onGroups tries an action on each group of the user, until one is allowed.
func (g *graph) onGroups(user *person, try func(*authz.Need) (bool, error), action string) (bool, error) {
	if ok, err := g.raisable(user); !ok || err != nil {
		return false, err
	}
	for m, err := range persistence.MembershipsByUser.Scan(g.tx, g.o.Account, persistence.Key{user.id()}, nil) {
		if err != nil {
			return false, err
		}
		of := g.groups[m.GroupID]
		if of == nil {
			continue
		}
		if ok, err := try(&authz.Need{Action: action, Resource: of.arn, Owner: g.o.Account}); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// An ownPolicy is a managed policy of the account.
type ownPolicy struct {
	*persistence.Policy
	allowsEverything bool
}

// owns are the account's managed policies that the person has, each once.
func (g *graph) owns(p *person) (list []*ownPolicy) {
	for _, policy := range p.standing.Identity() {
		if own := g.policies[policy.Origin().ARN]; own != nil && !slices.Contains(list, own) {
			list = append(list, own)
		}
	}
	return list
}

// maxVersions is how many versions a managed policy can have.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const maxVersions = 5

func rewrite(g *graph, r *route, who *authz.Standing, by, other *person) (bool, error) {
	for _, policy := range g.owns(other) {
		ok, err := g.mayEverything(other.standing.Without(is(policy.ARN)).With(g.everything))
		if err == nil && ok {
			ok, err = g.rewriting(r, who, by, policy)
		}
		if ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// rewriting asks whether the person may make a new version of the policy.
func (g *graph) rewriting(r *route, who *authz.Standing, by *person, policy *ownPolicy) (bool, error) {
	need := func(action string) *authz.Need {
		return &authz.Need{Action: action, Resource: policy.ARN, Owner: g.o.Account, Tags: policy.Tags}
	}
	n := 0
	for _, err := range persistence.PolicyVersions.Scan(g.tx, g.o.Account, persistence.Key{policy.ID}, nil) {
		if err != nil {
			return false, err
		}
		n++
	}
	t := r.trail
	if n >= maxVersions {
		if ok, err := g.try(&t, r.method, who, by, need("iam:DeletePolicyVersion")); !ok || err != nil {
			return false, err
		}
	}
	if ok, err := g.may(who, need("iam:CreatePolicyVersion")); !ok || err != nil {
		return false, err
	}
	r.trail = t
	return g.did(r, r.method, who, by, need("iam:CreatePolicyVersion"))
}

// is reports of policies whether they have the ARN.
func is(arn string) func(*evaluator.Policy) bool {
	return func(p *evaluator.Policy) bool { return p.Origin().ARN == arn }
}

func rollBack(g *graph, r *route, who *authz.Standing, by, other *person) (bool, error) {
	for _, policy := range g.owns(other) {
		for v, err := range persistence.PolicyVersions.Scan(g.tx, g.o.Account, persistence.Key{policy.ID}, nil) {
			if err != nil {
				return false, err
			}
			if v.Number == policy.DefaultVersion {
				continue
			}
			older, err := evaluator.Compile(v.Document, evaluator.Identity, evaluator.Origin{ARN: policy.ARN})
			if err != nil {
				continue // it would be no policy
			}
			ok, err := g.mayEverything(other.standing.Without(is(policy.ARN)).With(older))
			if err == nil && ok {
				ok, err = g.did(r, r.method, who, by, &authz.Need{
					Action: "iam:SetDefaultPolicyVersion", Resource: policy.ARN, Owner: g.o.Account, Tags: policy.Tags,
				})
			}
			if ok || err != nil {
				return ok, err
			}
		}
	}
	return false, nil
}

// A group is a group of the account with its policies.
type group struct {
	arn      string
	id       string
	policies []*evaluator.Policy
}

// readGroups reads the groups and managed policies of the account.
func (g *graph) readGroups() error {
	for r, err := range persistence.Groups.Scan(g.tx, g.o.Account, nil, nil) {
		if err != nil {
			return err
		}
		h := authz.GroupHolder(g.o.Account, r)
		var p evaluator.Policies
		if err := g.o.Authorizer.Gather(g.tx, &h, &p); err != nil {
			return err
		}
		of := &group{arn: h.ARN(g.o.Partition), id: r.ID, policies: p.Identity}
		g.groups[r.ID] = of
		if slices.ContainsFunc(p.Identity, g.allowsUnknown) {
			g.rich = append(g.rich, of)
		}
	}
	for r, err := range persistence.Policies.Scan(g.tx, g.o.Account, nil, nil) {
		if err != nil {
			return err
		}
		p, err := g.o.Authorizer.ManagedPolicy(g.tx, g.o.Account, r.ARN, evaluator.Identity)
		if err != nil {
			return err
		}
		g.policies[r.ARN] = &ownPolicy{r, slices.ContainsFunc(p.Document().Statements, allowsEverything)}
	}
	return nil
}

// allowsUnknown reports whether a policy may allow an action that AWS adds one day: only
// such a policy makes an administrator.
func (g *graph) allowsUnknown(p *evaluator.Policy) bool {
	d := p.Document()
	for i := range d.Statements {
		if d.Statements[i].Effect == evaluator.Allow && g.classes.About(&d.Statements[i], actions.Unknown) {
			return true
		}
	}
	return false
}

func allowsEverything(s evaluator.Statement) bool {
	has := func(list []evaluator.Text) bool {
		return slices.ContainsFunc(list, func(t evaluator.Text) bool { return t.Value == "*" })
	}
	return s.Effect == evaluator.Allow && len(s.Conditions) == 0 && has(s.Actions) && has(s.Resources)
}

func join(g *graph, r *route, who *authz.Standing, by, other *person) (bool, error) {
	for _, of := range g.rich {
		in, err := persistence.Memberships.Has(g.tx, g.o.Account, of.id, other.id())
		if err != nil {
			return false, err
		}
		if in || !g.mayBeOn(by, "iam:AddUserToGroup", of.arn) {
			continue
		}
		ok, err := g.mayEverything(other.standing.With(of.policies...))
		if err == nil && ok {
			ok, err = g.did(r, r.method, who, by, &authz.Need{Action: "iam:AddUserToGroup", Resource: of.arn, Owner: g.o.Account})
		}
		if ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// unbind tries whether the person can take away its own permissions boundary, and is an
// administrator then or can make itself one.
func (g *graph) unbind(by *person) (*route, error) {
	if by.standing.Boundary() == nil {
		return nil, nil
	}
	action := "iam:DeleteUserPermissionsBoundary"
	if by.isRole() {
		action = "iam:DeleteRolePermissionsBoundary"
	}
	if !g.has(by, action) {
		return nil, nil
	}
	r := &route{method: byBoundary, from: by, to: by}
	if ok, err := g.did(r, byBoundary, by.standing, by, g.on(action, by)); !ok || err != nil {
		return nil, err
	}
	free := by.standing.Unbounded()
	if ok, err := g.mayEverything(free); ok || err != nil {
		return r, err
	}
	unbound := &person{standing: free, index: by.index}
	for i := range raisersInUse {
		next, err := g.raise(&raisersInUse[i], unbound, unbound)
		if err != nil {
			return nil, err
		}
		if next != nil {
			r.trail.steps = append(r.trail.steps, next.trail.steps...)
			r.trail.evidence = append(r.trail.evidence, next.trail.evidence...)
			return r, nil
		}
	}
	return nil, nil
}
