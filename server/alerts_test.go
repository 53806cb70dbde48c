package server_test

import (
	"context"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/internal/localclient"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/server"
)

// watchedPeople have keys whose IDs are made of their names, and the secret "secret".
// The user admin makes the calls.
const watchedPeople = `
accounts:
- id: "000000000000"
  passwordPolicy: {minimumPasswordLength: 12, requireSymbols: true, requireNumbers: true, maxPasswordAge: 90, passwordReusePrevention: 5}
  policies:
  - {name: reads, document: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "s3:Get*", Resource: "*"}]}}
  - {name: limits, document: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}}
  - {name: spare, document: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}}
  users:
  - {name: admin, policies: [AdministratorAccess], accessKeys: [{id: AKIAQAAAAAAAADMINAA2, secret: secret}]}
  - {name: ana, policies: [IAMFullAccess], boundary: limits, accessKeys: [{id: AKIAQAAAAAAAANAAAAA2, secret: secret}]}
  - {name: bob, accessKeys: [{id: AKIAQAAAAAAABOBAAAA2, secret: secret}, {id: AKIAQAAAAAAABOBAAAA3, secret: secret, status: Inactive}]}
  - {name: free}
  - {name: phone}
  roles:
  - name: app
    boundary: limits
    trust: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}]}
  - name: open
    trust: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {AWS: "111122223333"}, Action: "sts:AssumeRole"}]}
  - name: zoes
    trust:
      Version: 2012-10-17
      Statement: [{Effect: Allow, Principal: {AWS: "arn:aws:iam::111122223333:user/zoe"}, Action: "sts:AssumeRole"}]
  mfaDevices: [{name: phone, user: phone, seed: JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP}]
- id: "111122223333"
  users: [{name: zoe}]
`

// watched is a server with rules, and its clients.
type watched struct {
	testing.TB
	server *server.Server
	url    string
}

func watch(t testing.TB, rules []*alerts.Rule) *watched {
	t.Helper()
	s, err := server.New(server.Options{Store: memstore.New(), Alerts: server.AlertOptions{Rules: rules}})
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(s)
	t.Cleanup(front.Close)
	if err := s.ApplySeed(t.Context(), "seed.yaml", []byte(watchedPeople)); err != nil {
		t.Fatal(err)
	}
	return &watched{t, s, front.URL}
}

func (w *watched) config(keyID, secret string) aws.Config {
	return localclient.Config(w.url, "us-east-1", aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secret})
}

// as is a client of a user; a name with 12 digits is the root user of the account.
func (w *watched) as(user string) *iam.Client {
	if user == "000000000000" {
		return iam.NewFromConfig(w.config(user, "test"))
	}
	return iam.NewFromConfig(w.config(watchedKey(user), "secret"))
}

func watchedKey(user string) string {
	return "AKIAQAAAAAAA" + strings.ToUpper(user) + strings.Repeat("A", 7-len(user)) + "2"
}

// fired are the names of the rules of the alerts, in their order.
func (w *watched) fired() []string {
	w.Helper()
	if err := w.server.Alerts().Settle(w.Context()); err != nil {
		w.Fatal(err)
	}
	names := []string{}
	for _, a := range slices.Backward(w.server.Alerts().List(&alerts.Filter{}, 0)) {
		names = append(names, a.Rule)
	}
	return names
}

// act is one call of a user, or several.
type act func(ctx context.Context, w *watched) error

// by is a call of the user admin, which must succeed.
func by[In, Out any](f func(*iam.Client, context.Context, *In, ...func(*iam.Options)) (*Out, error), in *In) act {
	return byUser("admin", f, in)
}

func byUser[In, Out any](user string, f func(*iam.Client, context.Context, *In, ...func(*iam.Options)) (*Out, error), in *In) act {
	return func(ctx context.Context, w *watched) error {
		_, err := f(w.as(user), ctx, in)
		return err
	}
}

// refused makes a call that fails.
func refused(a act) act {
	return func(ctx context.Context, w *watched) error {
		if err := a(ctx, w); err == nil {
			w.Error("the call succeeded")
		}
		return nil
	}
}

func times(n int, a act) act {
	return func(ctx context.Context, w *watched) error {
		for range n {
			if err := a(ctx, w); err != nil {
				return err
			}
		}
		return nil
	}
}

func trusts(principal string) *string {
	return aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + principal + `,"Action":"sts:AssumeRole"}]}`)
}

func allows(action string) *string {
	return aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + action + `","Resource":"*"}]}`)
}

const (
	watchedPolicy = "arn:aws:iam::000000000000:policy/"
	watchedPhone  = "arn:aws:iam::000000000000:mfa/phone"
)

// role changes the trust policy of a role.
func role(name, principal string) act {
	return by((*iam.Client).UpdateAssumeRolePolicy, &iam.UpdateAssumeRolePolicyInput{RoleName: &name, PolicyDocument: trusts(principal)})
}

func attach(user, policy string) act {
	return by((*iam.Client).AttachUserPolicy, &iam.AttachUserPolicyInput{UserName: &user, PolicyArn: &policy})
}

// trustOf gives the role app a trust policy of the statements.
func trustOf(statements string) act {
	return by((*iam.Client).UpdateAssumeRolePolicy, &iam.UpdateAssumeRolePolicyInput{
		RoleName: app, PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[` + statements + `]}`),
	})
}

const github = "token.actions.githubusercontent.com"

// web is a statement that admits identities of a provider on a condition.
func web(provider, condition string) string {
	return `{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":` +
		`"arn:aws:iam::000000000000:oidc-provider/` + provider + `"},"Condition":` + condition + `}`
}

// onCondition allows bob everything on a condition.
func onCondition(condition string) act {
	return by((*iam.Client).PutUserPolicy, &iam.PutUserPolicyInput{UserName: bob, PolicyName: aws.String("all"), PolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":` + condition + `}]}`)})
}

// madeAndReset makes a credential of a service for the user, and then a new password of it.
func madeAndReset(user *string) act {
	return func(ctx context.Context, w *watched) error {
		made, err := w.as("admin").CreateServiceSpecificCredential(ctx, &iam.CreateServiceSpecificCredentialInput{
			UserName: user, ServiceName: aws.String("codecommit.amazonaws.com"),
		})
		if err != nil {
			return err
		}
		_, err = w.as("admin").ResetServiceSpecificCredential(ctx, &iam.ResetServiceSpecificCredentialInput{
			UserName: user, ServiceSpecificCredentialId: made.ServiceSpecificCredential.ServiceSpecificCredentialId,
		})
		return err
	}
}

func userBoundary(user, policy string) act {
	return by((*iam.Client).PutUserPermissionsBoundary, &iam.PutUserPermissionsBoundaryInput{
		UserName: &user, PermissionsBoundary: aws.String(watchedPolicy + policy),
	})
}

func policyVersion(name, action string, isDefault bool) act {
	return by((*iam.Client).CreatePolicyVersion, &iam.CreatePolicyVersionInput{
		PolicyArn: aws.String(watchedPolicy + name), PolicyDocument: allows(action), SetAsDefault: isDefault,
	})
}

func defaultVersion(name, version string) act {
	return by((*iam.Client).SetDefaultPolicyVersion, &iam.SetDefaultPolicyVersionInput{
		PolicyArn: aws.String(watchedPolicy + name), VersionId: &version,
	})
}

func keyStatus(user, key string, status types.StatusType) act {
	return by((*iam.Client).UpdateAccessKey, &iam.UpdateAccessKeyInput{UserName: &user, AccessKeyId: &key, Status: status})
}

// whoami is a call that each user may make.
func whoami(keyID, secret string) act {
	return func(ctx context.Context, w *watched) error {
		_, err := sts.NewFromConfig(w.config(keyID, secret)).GetCallerIdentity(ctx, nil)
		return err
	}
}

var brief = aws.String("brief")

// bySession assumes a role that is made for it, does something else, and makes a call with
// the session, which must fail.
func bySession(between act) act {
	return func(ctx context.Context, w *watched) error {
		_, err := w.as("admin").CreateRole(ctx, &iam.CreateRoleInput{
			RoleName: brief, AssumeRolePolicyDocument: trusts(`{"AWS":"000000000000"}`),
		})
		if err != nil {
			return err
		}
		door := sts.NewFromConfig(w.config(watchedKey("admin"), "secret"))
		out, err := door.AssumeRole(ctx, &sts.AssumeRoleInput{
			RoleArn: aws.String("arn:aws:iam::000000000000:role/brief"), RoleSessionName: aws.String("night"),
		})
		if err != nil {
			return err
		}
		if err := between(ctx, w); err != nil {
			return err
		}
		cfg := localclient.Config(w.url, "us-east-1", aws.Credentials{
			AccessKeyID: *out.Credentials.AccessKeyId, SecretAccessKey: *out.Credentials.SecretAccessKey,
			SessionToken: *out.Credentials.SessionToken,
		})
		if _, err := iam.NewFromConfig(cfg).ListUsers(ctx, listUsers); err == nil {
			w.Error("the call of the session succeeded")
		}
		return nil
	}
}

// revoke revokes the sessions of the role that are older.
func revoke(than string) act {
	return by((*iam.Client).PutRolePolicy, &iam.PutRolePolicyInput{
		RoleName: brief, PolicyName: aws.String("AWSRevokeOlderSessions"), PolicyDocument: aws.String(
			`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*",` +
				`"Condition":{"DateLessThan":{"aws:TokenIssueTime":"` + than + `"}}}]}`),
	})
}

// strict is the password policy of the seed, with a change.
func strict(change func(*iam.UpdateAccountPasswordPolicyInput)) act {
	in := &iam.UpdateAccountPasswordPolicyInput{
		MinimumPasswordLength: aws.Int32(12), RequireSymbols: true, RequireNumbers: true, MaxPasswordAge: aws.Int32(90),
		PasswordReusePrevention: aws.Int32(5),
	}
	change(in)
	return by((*iam.Client).UpdateAccountPasswordPolicy, in)
}

var (
	bob       = aws.String("bob")
	ana       = aws.String("ana")
	app       = aws.String("app")
	createBob = &iam.CreateAccessKeyInput{UserName: bob}
	nobody    = aws.String("nobody")
	listUsers = &iam.ListUsersInput{}
)

// Each built-in rule fires by each route, and is silent on its nearest harmless
// neighbour.
func TestBuiltinAlerts(t *testing.T) {
	t.Parallel()
	for rule, cases := range map[string][]struct {
		name  string
		acts  []act
		fires int
	}{
		"administrator-gained": {
			{"by a policy", []act{attach("bob", "arn:aws:iam::aws:policy/AdministratorAccess")}, 1},
			{"by an own policy that becomes wider", []act{attach("bob", watchedPolicy+"limits"), policyVersion("limits", "*", true)}, 1},
			{"by a role", []act{
				by((*iam.Client).AttachRolePolicy, &iam.AttachRolePolicyInput{
					RoleName: aws.String("open"), PolicyArn: aws.String("arn:aws:iam::aws:policy/AdministratorAccess"),
				}),
			}, 1},
			{"on a condition that every call fulfils", []act{onCondition(`{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}`)}, 1},
			{"on a condition that every client fulfils", []act{onCondition(`{"StringLike":{"aws:UserAgent":"*"}}`)}, 1},
			{"on a condition on the user agent", []act{onCondition(`{"StringEquals":{"aws:UserAgent":"secret"}}`)}, 1},
			{"on a condition on the referer and another one", []act{
				onCondition(`{"StringEquals":{"aws:Referer":"x"},"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`),
			}, 0},
			{"on a condition on a tag of the user", []act{onCondition(`{"StringEquals":{"aws:PrincipalTag/team":"blue"}}`)}, 0},
			{"on a condition on a tag of the session of a role", []act{by((*iam.Client).PutRolePolicy, &iam.PutRolePolicyInput{
				RoleName: aws.String("open"), PolicyName: aws.String("all"), PolicyDocument: aws.String(
					`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*",` +
						`"Condition":{"StringEquals":{"aws:PrincipalTag/team":"blue"}}}]}`),
			})}, 1},
			{"who is denied with another user agent", []act{by((*iam.Client).PutUserPolicy, &iam.PutUserPolicyInput{
				UserName: bob, PolicyName: aws.String("all"), PolicyDocument: aws.String(
					`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*",` +
						`"Condition":{"StringNotEquals":{"aws:UserAgent":"x"}}},{"Effect":"Allow","Action":"*","Resource":"*"}]}`),
			})}, 1},
			{"who is denied elsewhere", []act{by((*iam.Client).PutUserPolicy, &iam.PutUserPolicyInput{
				UserName: bob, PolicyName: aws.String("all"), PolicyDocument: aws.String(
					`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*",` +
						`"Condition":{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}},{"Effect":"Allow","Action":"*","Resource":"*"}]}`),
			})}, 0},
			{"on a condition that calls on this machine fulfil", []act{onCondition(`{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}}`)}, 1},
			{"on a condition that calls from elsewhere fulfil", []act{onCondition(`{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`)}, 0},
			{"much, and not all", []act{attach("bob", "arn:aws:iam::aws:policy/PowerUserAccess")}, 0},
			{"by whom a boundary limits", []act{attach("ana", "arn:aws:iam::aws:policy/AdministratorAccess")}, 0},
		},
		"root-used": {
			{"by root", []act{byUser("000000000000", (*iam.Client).ListUsers, listUsers)}, 1},
			{"by root, refused", []act{
				refused(byUser("000000000000", (*iam.Client).DeleteUser, &iam.DeleteUserInput{UserName: nobody})),
			}, 1},
			{"by an administrator", []act{by((*iam.Client).ListUsers, listUsers)}, 0},
			{"with a wrong secret of root", []act{refused(whoami("test", "wrong"))}, 0},
		},
		"trust-opened": {
			{"to an account", []act{role("app", `{"AWS":"111122223333"}`)}, 1},
			{"to a user of another account", []act{role("app", `{"AWS":"arn:aws:iam::111122223333:user/zoe"}`)}, 1},
			{"to everybody", []act{role("app", `{"AWS":"*"}`)}, 1},
			{"of a new role", []act{by((*iam.Client).CreateRole, &iam.CreateRoleInput{
				RoleName: aws.String("new"), AssumeRolePolicyDocument: trusts(`{"AWS":"111122223333"}`),
			})}, 1},
			{"of a role that is open to another account", []act{role("open", `{"AWS":["111122223333","444455556666"]}`)}, 1},
			{"again, after it was closed", []act{
				role("open", `{"Service":"ec2.amazonaws.com"}`), role("open", `{"AWS":"111122223333"}`),
			}, 1},
			{"and closed at once", []act{role("app", `{"AWS":"111122223333"}`), role("app", `{"Service":"ec2.amazonaws.com"}`)}, 1},
			{"of a role that a user of another account is trusted by", []act{role("zoes", `{"AWS":"111122223333"}`)}, 1},
			{"to the user who is trusted already", []act{role("zoes", `{"AWS":"arn:aws:iam::111122223333:user/zoe"}`)}, 0},
			{"to the same account", []act{role("app", `{"AWS":"000000000000"}`)}, 0},
			{"to a user of the same account", []act{role("app", `{"AWS":"arn:aws:iam::000000000000:user/ana"}`)}, 0},
			{"to a service", []act{role("app", `{"Service":"lambda.amazonaws.com"}`)}, 0},
			{"that is open already", []act{role("open", `{"AWS":"111122223333"}`)}, 0},
			{"that becomes narrower", []act{role("open", `{"AWS":"arn:aws:iam::111122223333:user/zoe"}`)}, 0},
			{"to another account, which is denied", []act{trustOf(`{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"},` +
				`{"Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}`)}, 0},
			{"to two accounts, one of which is denied", []act{trustOf(
				`{"Effect":"Allow","Principal":{"AWS":["111122223333","444455556666"]},"Action":"sts:AssumeRole"},` +
					`{"Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}`)}, 1},
			{"to everybody but those who are denied as not of the account", []act{trustOf(
				`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"},{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole",` +
					`"Condition":{"StringNotEquals":{"aws:PrincipalAccount":"000000000000"}}}`)}, 0},
			{"to everybody but on a condition", []act{trustOf(
				`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"},{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole",` +
					`"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}}`)}, 1},
			{"to any identity of a provider", []act{trustOf(web("oidc.example.com", `{"StringEquals":{"oidc.example.com:aud":"us"}}`))}, 1},
			{"to any identity by a pattern", []act{trustOf(web("oidc.example.com", `{"StringLike":{"oidc.example.com:sub":"*"}}`))}, 1},
			{"to some identities of a provider", []act{trustOf(web("oidc.example.com", `{"StringLike":{"oidc.example.com:sub":"we-*"}}`))}, 0},
			{"to the repositories of an owner", []act{trustOf(web(github, `{"StringLike":{"`+github+`:sub":"repo:we/*"}}`))}, 0},
			{"to a subject", []act{trustOf(web(github, `{"StringEquals":{"`+github+`:sub":"repo:we/it:ref:refs/heads/x"}}`))}, 0},
			{"to all of an identity provider of SAML", []act{trustOf(`{"Effect":"Allow","Action":"sts:AssumeRoleWithSAML",` +
				`"Principal":{"Federated":"arn:aws:iam::000000000000:saml-provider/sso"}}`)}, 1},
			{"to an audience of SAML", []act{trustOf(`{"Effect":"Allow","Action":"sts:AssumeRoleWithSAML",` +
				`"Principal":{"Federated":"arn:aws:iam::000000000000:saml-provider/sso"},` +
				`"Condition":{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}}}`)}, 0},
			{"to everybody of the account", []act{by((*iam.Client).UpdateAssumeRolePolicy, &iam.UpdateAssumeRolePolicyInput{
				RoleName: app, PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},` +
					`"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:PrincipalAccount":"000000000000"}}}]}`),
			})}, 0},
			{"by somebody who may not", []act{refused(byUser("bob", (*iam.Client).UpdateAssumeRolePolicy, &iam.UpdateAssumeRolePolicyInput{
				RoleName: app, PolicyDocument: trusts(`{"AWS":"*"}`),
			}))}, 0},
		},
		"boundary-widened": {
			{"removed from a user", []act{
				by((*iam.Client).DeleteUserPermissionsBoundary, &iam.DeleteUserPermissionsBoundaryInput{UserName: ana}),
			}, 1},
			{"removed from a role", []act{
				by((*iam.Client).DeleteRolePermissionsBoundary, &iam.DeleteRolePermissionsBoundaryInput{RoleName: app}),
			}, 1},
			{"a wider policy", []act{policyVersion("spare", "*", true), userBoundary("ana", "spare")}, 1},
			{"a wider policy of AWS", []act{by((*iam.Client).PutRolePermissionsBoundary, &iam.PutRolePermissionsBoundaryInput{
				RoleName: app, PermissionsBoundary: aws.String("arn:aws:iam::aws:policy/AdministratorAccess"),
			})}, 1},
			{"a wider version", []act{policyVersion("limits", "*", true)}, 1},
			{"a wider version made the default", []act{policyVersion("limits", "*", false), defaultVersion("limits", "v2")}, 1},
			{"of a user who was renamed", []act{
				by((*iam.Client).UpdateUser, &iam.UpdateUserInput{UserName: ana, NewUserName: aws.String("anna")}),
				by((*iam.Client).DeleteUserPermissionsBoundary, &iam.DeleteUserPermissionsBoundaryInput{UserName: aws.String("anna")}),
			}, 1},
			{"of a new user", []act{
				by((*iam.Client).CreateUser, &iam.CreateUserInput{
					UserName: aws.String("new"), PermissionsBoundary: aws.String(watchedPolicy + "reads"),
				}),
				userBoundary("new", "limits"),
			}, 1},
			{"the same one again", []act{userBoundary("ana", "limits")}, 0},
			{"one that says the same", []act{userBoundary("ana", "spare")}, 0},
			{"a narrower one", []act{userBoundary("ana", "reads")}, 0},
			{"a narrower version", []act{policyVersion("limits", "s3:GetObject", true)}, 0},
			{"a wider version that is not the default", []act{policyVersion("limits", "*", false)}, 0},
			{"a wider version of a policy that is not a boundary", []act{policyVersion("spare", "*", true)}, 0},
			{"where there was none", []act{userBoundary("free", "limits")}, 0},
			{"a role that is deleted with it", []act{by((*iam.Client).DeleteRole, &iam.DeleteRoleInput{RoleName: app})}, 0},
		},
		"mfa-deactivated": {
			{"deactivated", []act{by((*iam.Client).DeactivateMFADevice, &iam.DeactivateMFADeviceInput{
				UserName: aws.String("phone"), SerialNumber: aws.String(watchedPhone),
			})}, 1},
			{"of another user", []act{refused(by((*iam.Client).DeactivateMFADevice, &iam.DeactivateMFADeviceInput{
				UserName: bob, SerialNumber: aws.String(watchedPhone),
			}))}, 0},
			{"a device that was never active", []act{
				by((*iam.Client).CreateVirtualMFADevice, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("new")}),
				by((*iam.Client).DeleteVirtualMFADevice, &iam.DeleteVirtualMFADeviceInput{
					SerialNumber: aws.String("arn:aws:iam::000000000000:mfa/new"),
				}),
			}, 0},
		},
		"key-for-another": {
			{"by an administrator", []act{by((*iam.Client).CreateAccessKey, &iam.CreateAccessKeyInput{UserName: ana})}, 1},
			{"by root", []act{byUser("000000000000", (*iam.Client).CreateAccessKey, &iam.CreateAccessKeyInput{UserName: ana})}, 1},
			{"a credential of a service", []act{by((*iam.Client).CreateServiceSpecificCredential, &iam.CreateServiceSpecificCredentialInput{
				UserName: bob, ServiceName: aws.String("codecommit.amazonaws.com"),
			})}, 1},
			{"a new password of a credential of a service", []act{madeAndReset(bob)}, 2},
			{"a new password of one's own credential", []act{madeAndReset(aws.String("admin"))}, 0},
			{"for oneself", []act{by((*iam.Client).CreateAccessKey, &iam.CreateAccessKeyInput{})}, 0},
			{"for oneself by name", []act{by((*iam.Client).CreateAccessKey, &iam.CreateAccessKeyInput{UserName: aws.String("Admin")})}, 0},
			{"for root", []act{byUser("000000000000", (*iam.Client).CreateAccessKey, &iam.CreateAccessKeyInput{})}, 0},
			{"too many", []act{refused(by((*iam.Client).CreateAccessKey, createBob))}, 0},
			{"a password of the console, and another one", []act{
				by((*iam.Client).CreateLoginProfile, &iam.CreateLoginProfileInput{UserName: ana, Password: aws.String("Correct-horse-1")}),
				by((*iam.Client).UpdateLoginProfile, &iam.UpdateLoginProfileInput{UserName: ana, Password: aws.String("Correct-horse-2")}),
			}, 2},
			{"a password of one's own", []act{by((*iam.Client).CreateLoginProfile,
				&iam.CreateLoginProfileInput{UserName: aws.String("admin"), Password: aws.String("Correct-horse-1")})}, 0},
			{"a key that is made active", []act{keyStatus("bob", "AKIAQAAAAAAABOBAAAA3", types.StatusTypeActive)}, 0},
		},
		"password-policy-weakened": {
			{"shorter", []act{strict(func(in *iam.UpdateAccountPasswordPolicyInput) { in.MinimumPasswordLength = aws.Int32(11) })}, 1},
			{"without symbols", []act{strict(func(in *iam.UpdateAccountPasswordPolicyInput) { in.RequireSymbols = false })}, 1},
			{"for longer", []act{strict(func(in *iam.UpdateAccountPasswordPolicyInput) { in.MaxPasswordAge = aws.Int32(91) })}, 1},
			{"for ever", []act{strict(func(in *iam.UpdateAccountPasswordPolicyInput) { in.MaxPasswordAge = nil })}, 1},
			{"used again sooner", []act{strict(func(in *iam.UpdateAccountPasswordPolicyInput) { in.PasswordReusePrevention = nil })}, 1},
			{"removed", []act{by((*iam.Client).DeleteAccountPasswordPolicy, &iam.DeleteAccountPasswordPolicyInput{})}, 1},
			{"the first one, which is longer", []act{
				by((*iam.Client).DeleteAccountPasswordPolicy, &iam.DeleteAccountPasswordPolicyInput{}),
				strict(func(in *iam.UpdateAccountPasswordPolicyInput) { in.RequireSymbols = false }),
			}, 1},
			{"the same", []act{strict(func(*iam.UpdateAccountPasswordPolicyInput) {})}, 0},
			{"stronger", []act{strict(func(in *iam.UpdateAccountPasswordPolicyInput) {
				in.MinimumPasswordLength, in.RequireUppercaseCharacters, in.MaxPasswordAge = aws.Int32(14), true, aws.Int32(30)
			})}, 0},
			{"who may change it", []act{
				strict(func(in *iam.UpdateAccountPasswordPolicyInput) { in.AllowUsersToChangePassword = true }),
			}, 0},
		},
		"denials": {
			{"ten", []act{times(10, refused(byUser("bob", (*iam.Client).ListUsers, listUsers)))}, 1},
			{"twenty", []act{times(20, refused(byUser("bob", (*iam.Client).ListUsers, listUsers)))}, 2},
			{"nine", []act{times(9, refused(byUser("bob", (*iam.Client).ListUsers, listUsers)))}, 0},
			{"of two users", []act{
				times(5, refused(byUser("bob", (*iam.Client).ListUsers, listUsers))),
				times(5, refused(byUser("ana", (*iam.Client).DeleteUser, &iam.DeleteUserInput{UserName: nobody}))),
			}, 0},
			{"for other reasons", []act{times(10, refused(by((*iam.Client).DeleteUser, &iam.DeleteUserInput{UserName: nobody})))}, 0},
		},
		"disabled-credentials-used": {
			{"an inactive key", []act{refused(whoami("AKIAQAAAAAAABOBAAAA3", "secret"))}, 1},
			{"a key made inactive", []act{
				keyStatus("bob", watchedKey("bob"), types.StatusTypeInactive), refused(whoami(watchedKey("bob"), "secret")),
			}, 1},
			{"a key that was deleted", []act{
				by((*iam.Client).DeleteAccessKey, &iam.DeleteAccessKeyInput{UserName: bob, AccessKeyId: aws.String(watchedKey("bob"))}),
				refused(whoami(watchedKey("bob"), "secret")),
			}, 1},
			{"a key that is active again", []act{
				keyStatus("bob", "AKIAQAAAAAAABOBAAAA3", types.StatusTypeActive), whoami("AKIAQAAAAAAABOBAAAA3", "secret"),
			}, 0},
			{"a session that was revoked", []act{bySession(revoke("2099-01-01T00:00:00Z"))}, 1},
			{"a session of a role whose older sessions were revoked", []act{bySession(revoke("2001-01-01T00:00:00Z"))}, 0},
			{"a session of a role that was deleted", []act{bySession(by((*iam.Client).DeleteRole, &iam.DeleteRoleInput{RoleName: brief}))}, 1},
			{"a session of a role that may do nothing", []act{bySession(by((*iam.Client).ListUsers, listUsers))}, 0},
			{"a session of a role while another one is deleted", []act{
				bySession(by((*iam.Client).DeleteRole, &iam.DeleteRoleInput{RoleName: aws.String("zoes")})),
			}, 0},
			{"a key that never was", []act{refused(whoami("AKIAQAAAAAAANOBODYA2", "secret"))}, 0},
			{"an active key with a wrong secret", []act{refused(whoami(watchedKey("bob"), "wrong"))}, 0},
		},
	} {
		for _, c := range cases {
			t.Run(rule+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				w := watch(t, alerts.Builtin())
				for _, a := range c.acts {
					if err := a(t.Context(), w); err != nil {
						t.Fatal(err)
					}
				}
				fired := slices.DeleteFunc(w.fired(), func(name string) bool { return name != rule })
				if len(fired) != c.fires {
					t.Errorf("fired %d times; want %d", len(fired), c.fires)
				}
			})
		}
	}
}

// What a seed, a reset or a snapshot changes is not told, and what calls change after it
// is compared with it.
func TestAlertsAfterASeed(t *testing.T) {
	t.Parallel()
	w := watch(t, alerts.Builtin())
	if err := role("app", `{"AWS":"111122223333"}`)(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	seed := strings.Replace(watchedPeople, "{Service: ec2.amazonaws.com}", `{AWS: "111122223333"}`, 1)
	if err := w.server.ApplySeed(t.Context(), "seed.yaml", []byte(seed)); err != nil {
		t.Fatal(err)
	}
	for _, principal := range []string{`{"AWS":"111122223333"}`, `{"AWS":"444455556666"}`} {
		if err := role("app", principal)(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"trust-opened", "trust-opened"}, w.fired()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
