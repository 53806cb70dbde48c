package conformance_test

import (
	"context"
	"strings"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// probe is a question whether something is allowed. make is a call that needs
// just that and changes nothing; nil for actions of other services.
type probe struct {
	action, resource string
	tags             map[string]string // of the resource
	make             func(context.Context, aws.Config) error

	policy   *modelPolicy // of the resource; nil: it has none
	document string       // of a policy that only the question knows
	trusts   bool         // the policy is a trust policy: it has to allow
}

// ofIAM makes a call of IAM.
func ofIAM[In, Out any](call func(*iam.Client, context.Context, *In, ...func(*iam.Options)) (*Out, error),
	in *In) func(context.Context, aws.Config) error {
	return func(ctx context.Context, c aws.Config) error {
		return testkit.Refused(call(iam.NewFromConfig(c), ctx, in))
	}
}

func (h *history) probes(m *modelAccount) []probe {
	document := *h.ofResource()
	policy := h.parse(document)
	list := []probe{
		{action: "s3:GetObject", resource: "arn:aws:s3:::bucket/u1"},
		{action: "s3:GetObject", resource: "arn:aws:s3:::bucket/u1", policy: &policy, document: document},
		{action: "iam:ListUsers", resource: "arn:aws:iam::" + firm + ":user/", make: ofIAM((*iam.Client).ListUsers, &iam.ListUsersInput{})},
	}
	for _, p := range m.principals {
		list = append(list, p.probes()...)
	}
	for _, arn := range m.groups {
		name := aws.String(arn[strings.LastIndexByte(arn, '/')+1:])
		list = append(list, probe{
			action: "iam:GetGroup", resource: arn, make: ofIAM((*iam.Client).GetGroup, &iam.GetGroupInput{GroupName: name}),
		})
	}
	return list
}

// probes look at the principal itself, and become it if it is a role.
func (p *modelPrincipal) probes() []probe {
	name := &p.name
	switch p.kind {
	case "user":
		return []probe{
			{action: "iam:GetUser", resource: p.arn, tags: p.tags, make: ofIAM((*iam.Client).GetUser, &iam.GetUserInput{UserName: name})},
			{action: "iam:ListUserTags", resource: p.arn, tags: p.tags,
				make: ofIAM((*iam.Client).ListUserTags, &iam.ListUserTagsInput{UserName: name})},
		}
	case "role":
		return []probe{
			{action: "iam:GetRole", resource: p.arn, tags: p.tags, make: ofIAM((*iam.Client).GetRole, &iam.GetRoleInput{RoleName: name})},
			{action: "iam:ListRoleTags", resource: p.arn, tags: p.tags,
				make: ofIAM((*iam.Client).ListRoleTags, &iam.ListRoleTagsInput{RoleName: name})},
			{action: "sts:AssumeRole", resource: p.arn, tags: p.tags, policy: p.trust, trusts: true,
				make: func(ctx context.Context, c aws.Config) error {
					return testkit.Refused(sts.NewFromConfig(c).AssumeRole(ctx,
						&sts.AssumeRoleInput{RoleArn: &p.arn, RoleSessionName: aws.String("history")}))
				}},
		}
	}
	return nil
}

// compare asks everywhere what each principal may do.
func (h *history) compare(allowed, denied *atomic.Int64) {
	h.t.Helper()
	m := h.readModel()
	probes := h.probes(m)
	for _, c := range h.callers(m) {
		for i := range probes {
			want := m.allows(c.modelPrincipal, &probes[i])
			if want {
				allowed.Add(1)
			} else {
				denied.Add(1)
			}
			for who, answer := range h.answers(c, &probes[i]) {
				if answer != want {
					q := &probes[i]
					h.t.Errorf("%s on %s (%s) by %s %s %s: %s says %v, the model %v\nSCPs: %s\nRCPs: %s\n%s",
						q.action, q.resource, q.document, c.kind, c.arn, c.limit, who, answer, want, h.scp, h.rcp,
						strings.Join(h.calls, "\n"))
				}
			}
		}
		c.done()
	}
}

// answers are what is said of a probe by whoever can be asked about the caller.
func (h *history) answers(c *historyCaller, q *probe) map[string]bool {
	h.t.Helper()
	answers := map[string]bool{}
	if q.make != nil {
		code := testkit.Code(q.make(h.ctx, h.srv.ConfigFor(c.credentials)))
		answers["enforcement"] = code != "AccessDenied" &&
			(code != "InvalidClientTokenId" || c.kind != "federated") // whom IAM does not take
	}
	if c.kind == "user" || c.kind == "role" && q.document == "" { // a role has no caller to give with a policy
		answers["simulation"] = h.simulated(c.modelPrincipal, q)
	}
	question := map[string]any{"action": q.action, "resource": q.resource, "resourceTags": q.tags}
	if q.document != "" {
		question["resourcePolicy"] = q.document
	}
	if q.trusts {
		return answers // authorize is asked by other services; whom a role trusts is STS's to say
	}
	if c.kind != "session" && c.kind != "federated" {
		question["principal"] = c.arn
		answers["authorize"] = h.authorized(question)
		delete(question, "principal")
	}
	if c.kind != "federated" || strings.HasPrefix(q.action, "s3:") { // the others, no emulator would ask
		question["credentials"] = map[string]string{
			"accessKeyId": c.credentials.AccessKeyID, "secretAccessKey": c.credentials.SecretAccessKey,
			"sessionToken": c.credentials.SessionToken,
		}
		answers["authorize with credentials"] = h.authorized(question)
	}
	return answers
}

func (h *history) simulated(p *modelPrincipal, q *probe) bool {
	h.t.Helper()
	out := testkit.Must(h.SimulatePrincipalPolicy(h.ctx, &iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: &p.arn, ActionNames: []string{q.action}, ResourceArns: []string{q.resource}, ResourcePolicy: nonEmpty(q.document),
	}))(h.t)
	return out.EvaluationResults[0].EvalDecision == types.PolicyEvaluationDecisionTypeAllowed
}

func (h *history) authorized(question map[string]any) bool {
	h.t.Helper()
	var answer struct{ Allowed bool }
	if status, body := manage(h.t, h.srv, "POST", "authorize", question, &answer); status != 200 {
		h.t.Fatalf("authorize: %d %s", status, body)
	}
	return answer.Allowed
}

func nonEmpty(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
