package conformance_test

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// historyCaller is a principal with credentials.
type historyCaller struct {
	*modelPrincipal
	credentials aws.Credentials
	limit       string // the session policy
	done        func() // gives back what the credentials took
}

// callers are all who can call: the users, those whom they may federate, the roles
// in sessions of both kinds, the root user and a federated user of root.
func (h *history) callers(m *modelAccount) (list []*historyCaller) {
	h.t.Helper()
	for _, p := range m.principals {
		switch p.kind {
		case "user":
			user := h.withKey(p)
			list = append(list, user)
			if f := h.federate(m, user); f != nil {
				list = append(list, f)
			}
		case "role":
			limit := h.limit()
			session := *p
			session.kind, session.session = "session", []modelPolicy{h.parse(limit)}
			list = append(list, h.inSession(p, ""), h.inSession(&session, limit))
		case "root":
			root := &historyCaller{p, h.srv.As(p.arn).Credentials(), "", func() {}}
			list = append(list, root)
			if f := h.federate(m, root); f != nil {
				list = append(list, f)
			}
		}
	}
	return list
}

// limit is a random session policy. It is short: sessions hold no long ones.
func (h *history) limit() string {
	allow := map[string]any{"Effect": "Allow", "Action": h.one("*", h.action()), "Resource": h.one("*", h.resource())}
	if h.IntN(2) == 0 {
		return *h.wrap(allow)
	}
	return *h.wrap(allow, map[string]any{"Effect": "Deny", "Action": h.action(), "Resource": h.resource()})
}

// withKey calls as the user, with a key that done deletes.
func (h *history) withKey(p *modelPrincipal) *historyCaller {
	h.t.Helper()
	k := testkit.Must(h.CreateAccessKey(h.ctx, &iam.CreateAccessKeyInput{UserName: &p.name}))(h.t).AccessKey
	return &historyCaller{p, aws.Credentials{AccessKeyID: *k.AccessKeyId, SecretAccessKey: *k.SecretAccessKey}, "", func() {
		testkit.Must(h.DeleteAccessKey(h.ctx, &iam.DeleteAccessKeyInput{UserName: &p.name, AccessKeyId: k.AccessKeyId}))(h.t)
	}}
}

// inSession calls in a session of the role, whoever may assume it.
func (h *history) inSession(p *modelPrincipal, limit string) *historyCaller {
	h.t.Helper()
	var options []iamtest.SessionOption
	if limit != "" {
		options = append(options, iamtest.SessionPolicy(limit))
	}
	return &historyCaller{p, h.srv.As(p.arn, options...).Credentials(), limit, func() {}}
}

// federate asks for a federated user with a session policy; nil if the caller may
// not ask, which the model must have said.
func (h *history) federate(m *modelAccount, by *historyCaller) *historyCaller {
	h.t.Helper()
	f := &modelPrincipal{kind: "federated", name: "fed", arn: "arn:aws:sts::" + firm + ":federated-user/fed", id: firm + ":fed"}
	limit := h.limit()
	f.session = []modelPolicy{h.parse(limit)}
	if by.kind == "user" {
		f.issuer, f.identity, f.boundary = by.modelPrincipal, by.identity, by.boundary
	}
	out, err := sts.NewFromConfig(h.srv.ConfigFor(by.credentials)).GetFederationToken(h.ctx,
		&sts.GetFederationTokenInput{Name: &f.name, Policy: &limit})
	if want := m.allows(by.modelPrincipal, &probe{action: "sts:GetFederationToken", resource: f.arn}); (err == nil) != want {
		h.t.Errorf("GetFederationToken by %s: %v; the model says %v\nSCPs: %s\nRCPs: %s", by.arn, err, want, h.scp, h.rcp)
	}
	if err != nil {
		return nil
	}
	return &historyCaller{f, temporary(out.Credentials), limit, func() {}}
}

func temporary(c *types.Credentials) aws.Credentials {
	return aws.Credentials{AccessKeyID: *c.AccessKeyId, SecretAccessKey: *c.SecretAccessKey, SessionToken: *c.SessionToken}
}
