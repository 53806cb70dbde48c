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
	make             func(context.Context, *iam.Client) error
}

func (m *modelAccount) probes() []probe {
	list := []probe{
		{"s3:GetObject", "arn:aws:s3:::bucket/u1", nil, nil},
		{"iam:ListUsers", "arn:aws:iam::" + firm + ":user/", nil, func(ctx context.Context, c *iam.Client) error {
			return testkit.Refused(c.ListUsers(ctx, nil))
		}},
	}
	for _, p := range m.principals {
		list = append(list, p.probes()...)
	}
	for _, arn := range m.groups {
		name := aws.String(arn[strings.LastIndexByte(arn, '/')+1:])
		list = append(list, probe{"iam:GetGroup", arn, nil, func(ctx context.Context, c *iam.Client) error {
			return testkit.Refused(c.GetGroup(ctx, &iam.GetGroupInput{GroupName: name}))
		}})
	}
	return list
}

// probes look at the principal itself.
func (p *modelPrincipal) probes() []probe {
	name := &p.name
	if p.kind == "user" {
		return []probe{
			{"iam:GetUser", p.arn, p.tags, func(ctx context.Context, c *iam.Client) error {
				return testkit.Refused(c.GetUser(ctx, &iam.GetUserInput{UserName: name}))
			}},
			{"iam:ListUserTags", p.arn, p.tags, func(ctx context.Context, c *iam.Client) error {
				return testkit.Refused(c.ListUserTags(ctx, &iam.ListUserTagsInput{UserName: name}))
			}},
		}
	}
	return []probe{
		{"iam:GetRole", p.arn, p.tags, func(ctx context.Context, c *iam.Client) error {
			return testkit.Refused(c.GetRole(ctx, &iam.GetRoleInput{RoleName: name}))
		}},
		{"iam:ListRoleTags", p.arn, p.tags, func(ctx context.Context, c *iam.Client) error {
			return testkit.Refused(c.ListRoleTags(ctx, &iam.ListRoleTagsInput{RoleName: name}))
		}},
	}
}

// compare asks everywhere what each principal may do.
func (h *history) compare(allowed, denied *atomic.Int64) {
	h.t.Helper()
	m := h.readModel()
	probes := m.probes()
	for _, p := range m.principals {
		client, done := h.clientOf(p)
		for i := range probes {
			q := &probes[i]
			want := m.allows(p, q)
			if want {
				allowed.Add(1)
			} else {
				denied.Add(1)
			}
			got := map[string]bool{"simulation": h.simulated(p, q), "authorize": h.authorized(p, q)}
			if q.make != nil {
				got["enforcement"] = testkit.Code(q.make(h.ctx, client)) != "AccessDenied"
			}
			for _, who := range []string{"enforcement", "simulation", "authorize"} {
				if answer, asked := got[who]; asked && answer != want {
					h.t.Errorf("%s on %s by %s: %s says %v, the model %v\nSCP: %s\n%s",
						q.action, q.resource, p.arn, who, answer, want, h.scp, strings.Join(h.calls, "\n"))
				}
			}
		}
		done()
	}
}

// clientOf calls as the user, with a key that done deletes, or in a session of the role.
func (h *history) clientOf(p *modelPrincipal) (client *iam.Client, done func()) {
	h.t.Helper()
	if p.kind == "user" {
		k := testkit.Must(h.CreateAccessKey(h.ctx, &iam.CreateAccessKeyInput{UserName: &p.name}))(h.t).AccessKey
		config := h.srv.ConfigFor(aws.Credentials{AccessKeyID: *k.AccessKeyId, SecretAccessKey: *k.SecretAccessKey})
		return iam.NewFromConfig(config), func() {
			testkit.Must(h.DeleteAccessKey(h.ctx, &iam.DeleteAccessKeyInput{UserName: &p.name, AccessKeyId: k.AccessKeyId}))(h.t)
		}
	}
	c := testkit.Must(h.srv.STS().AssumeRole(h.ctx, &sts.AssumeRoleInput{RoleArn: &p.arn, RoleSessionName: aws.String("history")}))(h.t).Credentials
	return iam.NewFromConfig(h.srv.ConfigFor(aws.Credentials{
		AccessKeyID: *c.AccessKeyId, SecretAccessKey: *c.SecretAccessKey, SessionToken: *c.SessionToken,
	})), func() {}
}

func (h *history) simulated(p *modelPrincipal, q *probe) bool {
	h.t.Helper()
	out := testkit.Must(h.SimulatePrincipalPolicy(h.ctx, &iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: &p.arn, ActionNames: []string{q.action}, ResourceArns: []string{q.resource},
	}))(h.t)
	return out.EvaluationResults[0].EvalDecision == types.PolicyEvaluationDecisionTypeAllowed
}

func (h *history) authorized(p *modelPrincipal, q *probe) bool {
	h.t.Helper()
	var answer struct{ Allowed bool }
	question := map[string]any{"principal": p.arn, "action": q.action, "resource": q.resource, "resourceTags": q.tags}
	if status, body := manage(h.t, h.srv, "POST", "authorize", question, &answer); status != 200 {
		h.t.Fatalf("authorize: %d %s", status, body)
	}
	return answer.Allowed
}
