package authz

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// requestContext fills ctx with the condition keys of a call: those of the
// request, of the caller, of the session, and of the operation, which win.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
func (c *call) requestContext(ctx *evaluator.Context, h *Holder, n *Need) {
	ctx.Reset()
	now := c.a.now(&c.caller.Request)
	requestKeys(ctx, &c.caller.Request, c.region(), now)
	if c.federation != nil {
		federationKeys(ctx, c.federation)
	} else {
		principalKeys(ctx, c.caller, h, c.a.options.Partition)
	}
	sessionKeys(ctx, c.caller, now)
	organizationKeys(ctx, c.organization, n.organization)
	needKeys(ctx, c.caller, n)
}

func requestKeys(ctx *evaluator.Context, r *principal.Request, region string, now time.Time) {
	ctx.Set("aws:CurrentTime", now.UTC().Format(time.RFC3339))
	ctx.Set("aws:EpochTime", strconv.FormatInt(now.Unix(), 10))
	ctx.Set("aws:SecureTransport", strconv.FormatBool(r.SecureTransport))
	ctx.Set("aws:RequestedRegion", region)
	ctx.Set("aws:ViaAWSService", "false")
	if r.UserAgent != "" {
		ctx.Set("aws:UserAgent", r.UserAgent)
	}
	if r.SourceIP.IsValid() {
		ctx.Set("aws:SourceIp", r.SourceIP.String())
	}
	if r.Referer != "" {
		ctx.Set("aws:Referer", r.Referer)
	}
}

// region returns the region that is called: all calls of IAM, a global service, go to one
// region of the partition, us-east-1 in aws, as do those to the global endpoint of STS.
func (c *call) region() string {
	r := &c.caller.Request
	if c.rule.Service == "iam" || r.Region == "" || r.GlobalEndpoint {
		return c.a.options.Partition.Region()
	}
	return r.Region
}

func principalKeys(ctx *evaluator.Context, c *principal.Caller, h *Holder, p principal.Partition) {
	ctx.Set("aws:PrincipalType", c.Kind.Type())
	if c.Kind == principal.Anonymous {
		ctx.Set("aws:userid", "anonymous")
		ctx.Set("aws:PrincipalAccount", "anonymous")
		return
	}
	ctx.Set("aws:userid", c.UserID)
	ctx.Set("aws:PrincipalAccount", c.AccountID)
	ctx.Set("aws:PrincipalIsAWSService", "false")
	arn := c.ARN
	if c.Kind == principal.AssumedRole {
		arn = h.ARN(p) // the role, not the session
	}
	ctx.Set("aws:PrincipalArn", arn)
	if c.Kind == principal.User {
		ctx.Set("aws:username", h.Name)
	}
	if h != nil && c.Kind != principal.FederatedUser {
		for _, t := range h.Tags {
			ctx.Set("aws:PrincipalTag/"+t.Key, t.Value)
		}
	}
}

// sessionKeys are the keys of temporary credentials. Long-term credentials
// have no aws:MultiFactorAuthPresent at all, not even false.
func sessionKeys(ctx *evaluator.Context, c *principal.Caller, now time.Time) {
	s := c.Session
	if s == nil {
		return
	}
	ctx.Set("aws:TokenIssueTime", s.IssuedAt.UTC().Format(time.RFC3339))
	ctx.Set("aws:MultiFactorAuthPresent", strconv.FormatBool(!s.MFAAt.IsZero()))
	if !s.MFAAt.IsZero() {
		ctx.Set("aws:MultiFactorAuthAge", strconv.FormatInt(int64(now.Sub(s.MFAAt)/time.Second), 10))
	}
	for _, t := range s.Tags { // over the role's, without regard to case
		ctx.Set("aws:PrincipalTag/"+t.Key, t.Value)
	}
	if s.SourceIdentity != "" {
		ctx.Set("aws:SourceIdentity", s.SourceIdentity)
	}
	if s.Operation == "AssumeRoot" {
		ctx.Set("aws:AssumedRoot", "true")
	}
	if s.FederatedProvider != "" {
		ctx.Set("aws:FederatedProvider", s.FederatedProvider)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Keys)) {
		// Of the keys that persist in a session only amr has several values.
		setKey(ctx, Key{Name: name, Values: s.Keys[name], Multi: strings.HasSuffix(name, ":amr")})
	}
}

func needKeys(ctx *evaluator.Context, c *principal.Caller, n *Need) {
	if owner := n.owner(c); owner != "" {
		ctx.Set("aws:ResourceAccount", owner)
	}
	resourceTags(ctx, n.Tags)
	for _, k := range n.Keys {
		setKey(ctx, k)
	}
}

// resourceTags sets both spellings that IAM supports.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
func resourceTags(ctx *evaluator.Context, tags []persistence.Tag) {
	for _, t := range tags {
		ctx.Set("aws:ResourceTag/"+t.Key, t.Value)
		ctx.Set("iam:ResourceTag/"+t.Key, t.Value)
	}
}

func setKey(ctx *evaluator.Context, k Key) {
	switch {
	case k.Multi:
		ctx.SetMulti(k.Name, k.Values...)
	case len(k.Values) > 0:
		ctx.Set(k.Name, k.Values[0])
	}
}
