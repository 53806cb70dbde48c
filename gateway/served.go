package gateway

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/gateway/services"
	"github.com/understudy-iam/understudy/principal"
)

// Serves reports whether an upstream has a service, given the prefix of its actions, such as
// "states".
func (g *Gateway) Serves(prefix string) bool {
	prefix = strings.ToLower(prefix)
	if services.AnsweredHere(prefix) {
		return false
	}
	return g.routes.of(prefix) != nil || slices.ContainsFunc(services.List(), func(s *services.Service) bool {
		return strings.ToLower(s.Prefix) == prefix && g.routes.of(s.Names()...) != nil
	})
}

// Resources tells what upstreams know about resources, for questions about calls that are not made.
// It is for one question. If an upstream does not answer, the error is ErrUpstream.
type Resources struct{ c *call }

// Resources asks upstreams as for a call of the caller, in the region of its request.
func (g *Gateway) Resources(ctx context.Context, caller *principal.Caller) *Resources {
	c := &call{g: g, ctx: ctx, caller: caller}
	c.request.Region = cmp.Or(caller.Request.Region, g.options.Partition.Region())
	return &Resources{c}
}

// Owner returns the account of a resource whose ARN does not say one.
func (r *Resources) Owner(resource string) (string, error) {
	owner := r.c.ownerOf(resource)
	return cmp.Or(owner, r.c.g.account(r.c.caller)), r.c.unowned
}

// Policy returns the policy that counts for a resource; empty if it has none.
func (r *Resources) Policy(ctx context.Context, resource string) (string, error) {
	return r.c.policyOf(ctx, resource)
}

// Tags returns the condition keys of the tags of a need's resource.
func (r *Resources) Tags(ctx context.Context, n *authz.Need) ([]authz.Key, error) {
	return r.c.tagsOf(ctx, n)
}
