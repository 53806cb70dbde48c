package iamtest

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/server"
)

// Principal is somebody with credentials.
type Principal struct {
	// ARN is the ARN that GetCallerIdentity returns to the principal.
	ARN string

	server      *Server
	credentials aws.Credentials
}

// As returns a user, a role or a root user that is ready to make calls:
//
//	_, err := srv.As("ana").IAM().ListUsers(ctx, nil)
//	role := srv.As("deploy", iamtest.SessionName("build"), iamtest.SessionTags(map[string]string{"team": "red"}))
//
// The name is the name of a user or role in the default account, or the ARN of a
// user, a role, a role session or a root user. The test fails if there is no such
// principal.
//
// The credentials do not come from a call: the server makes them directly, and
// calls that use them are decided as if AWS had issued them. A user gets a
// long-term access key, the same at each call of As, which does not count for
// quotas and is not listed. A role gets a session without its trust policy being
// evaluated; to test the trust policy, call AssumeRole.
func (s *Server) As(name string, options ...SessionOption) *Principal {
	s.t.Helper()
	var want server.Session
	for _, o := range options {
		o(&want)
	}
	a, err := s.handler.Act(context.Background(), name, want)
	if err != nil {
		s.t.Fatalf("iamtest: As(%q): %v", name, err)
		return nil
	}
	return &Principal{a.ARN, s, aws.Credentials{
		AccessKeyID: a.AccessKeyID, SecretAccessKey: a.SecretAccessKey, SessionToken: a.SessionToken, Source: "iamtest",
	}}
}

// Credentials returns the credentials that the principal signs with.
func (p *Principal) Credentials() aws.Credentials { return p.credentials }

// Config returns a client configuration that signs as the principal.
func (p *Principal) Config(context.Context) aws.Config { return p.server.ConfigFor(p.credentials) }

// Env returns the environment variables that make AWS's SDKs and tools call the
// server as the principal.
func (p *Principal) Env() map[string]string {
	region := p.server.options.Partition.Region()
	return map[string]string{
		"AWS_ENDPOINT_URL": p.server.URL, "AWS_REGION": region, "AWS_DEFAULT_REGION": region,
		"AWS_ACCESS_KEY_ID": p.credentials.AccessKeyID, "AWS_SECRET_ACCESS_KEY": p.credentials.SecretAccessKey,
		"AWS_SESSION_TOKEN": p.credentials.SessionToken,
	}
}

// IAM returns an IAM client of the principal.
func (p *Principal) IAM() *iam.Client { return iam.NewFromConfig(p.Config(context.Background())) }

// STS returns an STS client of the principal.
func (p *Principal) STS() *sts.Client { return sts.NewFromConfig(p.Config(context.Background())) }

// A SessionOption changes the credentials that As makes. A role takes all options
// but MFA. A user takes MFA and Lasting, and its credentials are then like those
// that GetSessionToken returns.
type SessionOption func(*server.Session)

// SessionName names the session of a role; the default is "test".
func SessionName(name string) SessionOption { return func(s *server.Session) { s.Name = name } }

// SessionPolicy limits the session of a role with a policy document.
func SessionPolicy(document string) SessionOption {
	return func(s *server.Session) { s.Policy = document }
}

// SessionPolicyARNs limits the session of a role with managed policies.
func SessionPolicyARNs(arns ...string) SessionOption {
	return func(s *server.Session) { s.PolicyARNs = append(s.PolicyARNs, arns...) }
}

// SessionTags tags the session of a role: aws:PrincipalTag/KEY.
func SessionTags(tags map[string]string) SessionOption {
	return func(s *server.Session) { s.Tags = tags }
}

// TransitiveTags makes session tags transitive, by their keys: sessions that this
// session starts inherit them.
func TransitiveTags(keys ...string) SessionOption {
	return func(s *server.Session) { s.TransitiveTags = append(s.TransitiveTags, keys...) }
}

// SourceIdentity sets the source identity of the session of a role.
func SourceIdentity(name string) SessionOption {
	return func(s *server.Session) { s.SourceIdentity = name }
}

// MFA gives a user credentials with MFA, as if the user had just called
// GetSessionToken with the code of a device. It sets aws:MultiFactorAuthPresent and
// aws:MultiFactorAuthAge. The user does not need a device.
func MFA() SessionOption { return func(s *server.Session) { s.MFA = true } }

// Lasting sets how long the credentials last, by the server's clock; the default is
// AWS's.
func Lasting(d time.Duration) SessionOption { return func(s *server.Session) { s.Duration = d } }
