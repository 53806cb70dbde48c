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
	// ARN is what GetCallerIdentity answers him.
	ARN string

	server      *Server
	credentials aws.Credentials
}

// As is a user, a role or a root user, ready to call:
//
//	_, err := srv.As("ana").IAM().ListUsers(ctx, nil)
//	role := srv.As("deploy", iamtest.SessionName("build"), iamtest.SessionTags(map[string]string{"team": "red"}))
//
// The name is that of a user or role of the default account, or an ARN: of a user,
// a role, a role session or a root user. A test fails that names nobody.
//
// Nobody is asked for the credentials: they are handed out by a back door, and
// calls that are made with them are decided as if AWS had given them. A user has a
// long-term access key, the same at each call of As, which counts for no quota and
// is in no list. A role has a session for which its trust policy is not
// consulted; to test that, call AssumeRole.
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

// Credentials are those that he signs with.
func (p *Principal) Credentials() aws.Credentials { return p.credentials }

// Config is a client configuration that signs as him.
func (p *Principal) Config(context.Context) aws.Config { return p.server.ConfigFor(p.credentials) }

// Env are the variables of the environment that make AWS's SDKs and tools call the
// server as him.
func (p *Principal) Env() map[string]string {
	region := p.server.options.Partition.Region()
	return map[string]string{
		"AWS_ENDPOINT_URL": p.server.URL, "AWS_REGION": region, "AWS_DEFAULT_REGION": region,
		"AWS_ACCESS_KEY_ID": p.credentials.AccessKeyID, "AWS_SECRET_ACCESS_KEY": p.credentials.SecretAccessKey,
		"AWS_SESSION_TOKEN": p.credentials.SessionToken,
	}
}

// IAM is an IAM client of the principal.
func (p *Principal) IAM() *iam.Client { return iam.NewFromConfig(p.Config(context.Background())) }

// STS is an STS client of the principal.
func (p *Principal) STS() *sts.Client { return sts.NewFromConfig(p.Config(context.Background())) }

// A SessionOption says what the credentials of As are to have. Those of a role may
// have all but MFA; those of a user MFA and a duration, and are then such as
// GetSessionToken returns.
type SessionOption func(*server.Session)

// SessionName names the session of a role; without it it is "test".
func SessionName(name string) SessionOption { return func(s *server.Session) { s.Name = name } }

// SessionPolicy limits the session of a role by a policy document.
func SessionPolicy(document string) SessionOption {
	return func(s *server.Session) { s.Policy = document }
}

// SessionPolicyARNs limits the session of a role by managed policies.
func SessionPolicyARNs(arns ...string) SessionOption {
	return func(s *server.Session) { s.PolicyARNs = append(s.PolicyARNs, arns...) }
}

// SessionTags tags the session of a role: aws:PrincipalTag/KEY.
func SessionTags(tags map[string]string) SessionOption {
	return func(s *server.Session) { s.Tags = tags }
}

// TransitiveTags are the keys of session tags that the sessions inherit which the
// session of a role asks for.
func TransitiveTags(keys ...string) SessionOption {
	return func(s *server.Session) { s.TransitiveTags = append(s.TransitiveTags, keys...) }
}

// SourceIdentity sets the source identity of the session of a role.
func SourceIdentity(name string) SessionOption {
	return func(s *server.Session) { s.SourceIdentity = name }
}

// MFA gives a user credentials with MFA, as if GetSessionToken had been given the
// code of a device now: aws:MultiFactorAuthPresent and aws:MultiFactorAuthAge. The
// user needs no device.
func MFA() SessionOption { return func(s *server.Session) { s.MFA = true } }

// Lasting is how long the credentials last, by the server's clock; without it as
// long as AWS's do by default.
func Lasting(d time.Duration) SessionOption { return func(s *server.Session) { s.Duration = d } }
