package audit

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// A taker is a method by which one principal acts as another.
type taker struct {
	id      string
	role    bool   // it takes roles, and else users
	action  string // on the other
	try     func(g *graph, t *trail, by, other *person) (bool, error)
	closing string // the action whose denial closes it
}

func takers() []taker {
	return []taker{
		{byAssuming, true, "sts:AssumeRole", assume, "sts:AssumeRole"},
		{byKey, false, "iam:CreateAccessKey", makeKey, "iam:CreateAccessKey"},
		{byReplacedKey, false, "iam:CreateAccessKey", replaceKey, "iam:CreateAccessKey"},
		{byNewPassword, false, "iam:CreateLoginProfile", makePassword, "iam:CreateLoginProfile"},
		{byPassword, false, "iam:UpdateLoginProfile", setPassword, "iam:UpdateLoginProfile"},
		{byTrust, true, "iam:UpdateAssumeRolePolicy", trust, "iam:UpdateAssumeRolePolicy"},
	}
}

// mayTake reports whether a taker may succeed; it spares decisions.
func (g *graph) mayTake(t *taker, by, other *person) bool {
	if by == other || other.isRole() != t.role {
		return false
	}
	if t.id != byAssuming {
		return g.mayBeOn(by, t.action, other.arn())
	}
	r, h := g.trustees[other], by.standing.Holder()
	return r.Names(h) || r.MayAdmit(h) && g.mayBeOn(by, t.action, other.arn())
}

// take tries whether the person can act as the other.
func (g *graph) take(t *taker, by, other *person) (*route, error) {
	if !g.mayTake(t, by, other) {
		return nil, nil
	}
	r := &route{method: t.id, from: by, to: other, closed: []closing{{t.closing, other.arn()}}}
	if ok, err := t.try(g, &r.trail, by, other); !ok || err != nil {
		return nil, err
	}
	return r, nil
}

// takeAny is the first way in which the person can act as the other.
func (g *graph) takeAny(by, other *person) (*route, error) {
	for i := range takersInUse {
		if r, err := g.take(&takersInUse[i], by, other); r != nil || err != nil {
			return r, err
		}
	}
	return nil, nil
}

var takersInUse = takers()

// on is the need of an action on a user or role.
func (g *graph) on(action string, other *person) *authz.Need {
	h := other.standing.Holder()
	n := &authz.Need{Action: action, Resource: other.arn(), Owner: h.Account, Tags: h.Tags}
	if h.Boundary != "" && underBoundary[action] {
		n.Keys = append(n.Keys, authz.String("iam:PermissionsBoundary", h.Boundary))
	}
	return n
}

// underBoundary are the actions of methods whose iam:PermissionsBoundary is the boundary
// that the user or role has.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
var underBoundary = map[string]bool{
	"iam:AttachRolePolicy": true, "iam:AttachUserPolicy": true, "iam:PutRolePolicy": true, "iam:PutUserPolicy": true,
	"iam:DeleteRolePermissionsBoundary": true, "iam:DeleteUserPermissionsBoundary": true,
}

// isLinked reports whether AWS protects a role: it is a service's own.
func isLinked(p *person) bool {
	return strings.HasPrefix(p.standing.Holder().Path, principal.ServiceRoles)
}

func assume(g *graph, t *trail, by, other *person) (bool, error) {
	return g.assumes(t, byAssuming, by, other, other.standing)
}

// assumes asks whether the person may assume the role as it is, or would be.
func (g *graph) assumes(t *trail, id string, by, other *person, role *authz.Standing) (bool, error) {
	if err := g.about(by.standing); err != nil {
		return false, err
	}
	ok, err := g.inquiry.MayAssume(role)
	if ok {
		g.call(t, id, by, g.on("sts:AssumeRole", other))
	}
	return ok, err
}

// keys is how many access keys the user has.
func (g *graph) keys(user *person) (int, error) {
	return persistence.AccessKeysByUser.Count(g.tx, g.o.Account, user.id())
}

// maxKeys is how many access keys a user can have.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const maxKeys = 2

func makeKey(g *graph, t *trail, by, other *person) (bool, error) {
	if n, err := g.keys(other); n >= maxKeys || err != nil {
		return false, err
	}
	return g.try(t, byKey, by.standing, by, g.on("iam:CreateAccessKey", other))
}

func replaceKey(g *graph, t *trail, by, other *person) (bool, error) {
	if n, err := g.keys(other); n < maxKeys || err != nil {
		return false, err
	}
	for _, action := range []string{"iam:DeleteAccessKey", "iam:CreateAccessKey"} {
		if ok, err := g.try(t, byReplacedKey, by.standing, by, g.on(action, other)); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

func makePassword(g *graph, t *trail, by, other *person) (bool, error) {
	if has, err := persistence.LoginProfiles.Has(g.tx, g.o.Account, other.id()); has || err != nil {
		return false, err
	}
	return g.try(t, byNewPassword, by.standing, by, g.on("iam:CreateLoginProfile", other))
}

func setPassword(g *graph, t *trail, by, other *person) (bool, error) {
	if has, err := persistence.LoginProfiles.Has(g.tx, g.o.Account, other.id()); !has || err != nil {
		return false, err
	}
	return g.try(t, byPassword, by.standing, by, g.on("iam:UpdateLoginProfile", other))
}

// trust asks whether the person may have the role trust it, and assume it then.
func trust(g *graph, t *trail, by, other *person) (bool, error) {
	if isLinked(other) {
		return false, nil
	}
	if ok, err := g.try(t, byTrust, by.standing, by, g.on("iam:UpdateAssumeRolePolicy", other)); !ok || err != nil {
		return false, err
	}
	return g.assumes(t, byTrust, by, other, other.standing.Trusting(trusting(by.id())))
}

// trusting is a trust policy that admits a user or role, as it is stored.
func trusting(id string) string {
	text, _ := json.Marshal(id)
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":` + string(text) + `},"Action":"sts:AssumeRole"}]}`
}

// unreached are those who are neither goals nor on a way to one.
func (g *graph) unreached() []*person {
	return slices.DeleteFunc(slices.Clone(g.people), func(p *person) bool { return g.goals[p] || g.routes[p] != nil })
}
