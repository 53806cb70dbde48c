package conformance_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/federation/oidc"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/server"
)

// application is a world with the role app, which the callers that are given may
// be, and a program's environment in which nothing but what a test sets leads to
// credentials.
type application struct {
	*world
	metadata string // the URL of the metadata endpoint
}

func newApplication(t *testing.T, principals string, change func(*server.Options)) *application {
	srv := iamtest.Start(t, iamtest.WithServer(func(o *server.Options) {
		o.IMDS.Role = "app"
		if change != nil {
			change(o)
		}
	}))
	a := &application{world: &world{Client: srv.IAM(), t: t, srv: srv, ctx: t.Context()}, metadata: srv.IMDS(t)}
	a.role("app", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":`+principals+
		`,"Action":["sts:AssumeRole","sts:TagSession","sts:AssumeRoleWithWebIdentity"]}}`)
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "") // so that it is restored
			os.Unsetenv(name)
		}
	}
	a.set("HOME", t.TempDir())
	a.set("AWS_ENDPOINT_URL", srv.URL)
	a.set("AWS_ENDPOINT_URL_STS", srv.URL) // by which alone the SDK assumes the roles of profiles
	a.set("AWS_REGION", "eu-west-1")
	a.set("AWS_EC2_METADATA_DISABLED", "true")
	return a
}

func (a *application) set(name, value string) { a.t.Helper(); a.t.Setenv(name, value) }

func (a *application) role(name, trust string) {
	a.t.Helper()
	testkit.Must(a.CreateRole(a.ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust}))(a.t)
	testkit.Must(a.PutRolePolicy(a.ctx, &iam.PutRolePolicyInput{
		RoleName: &name, PolicyName: aws.String("own"), PolicyDocument: aws.String(allow("*")),
	}))(a.t)
}

// file writes a file of the program's and returns its name.
func (a *application) file(name, text string) string {
	a.t.Helper()
	path := filepath.Join(a.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		a.t.Fatal(err)
	}
	return path
}

// start is a program that begins: it loads the default configuration.
func (a *application) start(options ...func(*config.LoadOptions) error) aws.Config {
	a.t.Helper()
	c, err := config.LoadDefaultConfig(a.ctx, options...)
	if err != nil {
		a.t.Fatal(err)
	}
	return c
}

// wantIdentity reports a program that is not who it should be.
func (a *application) wantIdentity(c aws.Config, arn string) {
	a.t.Helper()
	who, err := sts.NewFromConfig(c).GetCallerIdentity(a.ctx, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	if *who.Arn != arn {
		a.t.Errorf("the program is %s, want %s", *who.Arn, arn)
	}
}

// wantRotation moves the clock by what a session lasts, less an hour, and on to
// its end: a program that begins in between has new credentials, which work when
// the first ones do not any more.
func (a *application) wantRotation(c aws.Config, arn string, life time.Duration) {
	a.t.Helper()
	first := a.key(c)
	if again := a.key(a.start()); life > time.Hour && again != first {
		a.t.Errorf("another program has other credentials: %s and %s", first, again)
	}
	a.srv.Clock.Advance(life - time.Hour)
	next := a.start()
	if a.key(next) == first {
		a.t.Errorf("%v later the credentials are still %s", life-time.Hour, first)
	}
	a.wantIdentity(c, arn) // it has an hour left
	a.srv.Clock.Advance(time.Hour)
	a.wantIdentity(next, arn)
	testkit.WantError(a.t, testkit.Refused(sts.NewFromConfig(c).GetCallerIdentity(a.ctx, nil)), "ExpiredToken",
		"The security token included in the request is expired")
}

// key is the access key ID of the credentials that a program found.
func (a *application) key(c aws.Config) string {
	a.t.Helper()
	found, err := c.Credentials.Retrieve(a.ctx)
	if err != nil {
		a.t.Fatal(err)
	}
	return found.AccessKeyID
}

func TestCredentialsOfAnInstance(t *testing.T) {
	a := newApplication(t, `{"Service":"ec2.amazonaws.com"}`, func(o *server.Options) { o.IMDS.Region = "eu-north-1" })
	a.set("AWS_EC2_METADATA_DISABLED", "")
	a.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", a.metadata)
	a.set("AWS_REGION", "")
	c := a.start(config.WithEC2IMDSRegion())
	if c.Region != "eu-north-1" {
		t.Errorf("the region of the instance = %q", c.Region)
	}
	a.set("AWS_REGION", "eu-north-1")
	who := testkit.Must(sts.NewFromConfig(c).GetCallerIdentity(a.ctx, nil))(t)
	if !strings.HasPrefix(*who.Arn, "arn:aws:sts::000000000000:assumed-role/app/i-0") {
		t.Errorf("the program is %s", *who.Arn)
	}
	a.wantRotation(c, *who.Arn, 6*time.Hour)

	// The calls know how the credentials came, and the record who asked for them.
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:List*","Resource":"*","Condition":{"NumericLessThan":{"ec2:RoleDelivery":"2.0"}}},
		{"Effect":"Deny","Action":"iam:ListRoles","Resource":"*","Condition":{"Null":{"ec2:SourceInstanceARN":"false"}}}]}`
	testkit.Must(a.PutRolePolicy(a.ctx, &iam.PutRolePolicyInput{RoleName: aws.String("app"), PolicyName: aws.String("own"),
		PolicyDocument: &policy}))(t)
	client := iam.NewFromConfig(a.start())
	testkit.Must(client.ListUsers(a.ctx, nil))(t)
	testkit.WantError(t, testkit.Refused(client.ListRoles(a.ctx, nil)), "AccessDenied",
		"User: "+*who.Arn+" is not authorized to perform: iam:ListRoles on resource: "+
			"arn:aws:iam::000000000000:role/ with an explicit deny in an identity-based policy")
	if _, body := manage(t, a.srv, "GET", "decisions?principal=ec2.amazonaws.com", nil, nil); !strings.Contains(body,
		`"operation":"AssumeRole"`) {
		t.Errorf("no decision on ec2.amazonaws.com is recorded: %s", body)
	}

	testkit.Must(a.UpdateAssumeRolePolicy(a.ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("app"), PolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}}`)}))(t)
	a.srv.Clock.Advance(6 * time.Hour)
	if _, err := a.start().Credentials.Retrieve(a.ctx); err == nil ||
		!strings.Contains(err.Error(), "AssumeRoleUnauthorizedAccess: EC2 cannot assume the role app.") {
		t.Errorf("a role that does not trust EC2: %v", err)
	}
}

func TestCredentialsOfContainers(t *testing.T) {
	for name, c := range map[string]struct {
		service, path, session string
	}{
		"a task of ECS": {"ecs-tasks.amazonaws.com", "/v2/credentials/app", ""},
		"a pod of EKS":  {"pods.eks.amazonaws.com", "/v1/credentials/app", "eks-understudy-pod-"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newApplication(t, `{"Service":"`+c.service+`"}`, func(o *server.Options) { o.IMDS.Token = "hush" })
			a.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", a.metadata+c.path)
			if _, err := a.start().Credentials.Retrieve(a.ctx); err == nil || !strings.Contains(err.Error(), "InvalidAuthorizationToken") {
				t.Errorf("without a token: %v", err)
			}
			a.set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", a.file("token", "hush"))
			if c.session == "" {
				a.set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "")
				a.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "hush")
			}
			program := a.start()
			who := testkit.Must(sts.NewFromConfig(program).GetCallerIdentity(a.ctx, nil))(t)
			if !strings.HasPrefix(*who.Arn, "arn:aws:sts::000000000000:assumed-role/app/"+c.session) {
				t.Errorf("the program is %s", *who.Arn)
			}
			a.wantRotation(program, *who.Arn, 6*time.Hour)
			for _, none := range []string{"none", "arn:aws-cn:iam::000000000000:role/app", "arn:aws:s3::000000000000:role/app"} {
				a.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", strings.Replace(a.metadata+c.path, "app", none, 1))
				if _, err := a.start().Credentials.Retrieve(a.ctx); err == nil ||
					!strings.Contains(err.Error(), "NoSuchRole: There is no role "+none+".") {
					t.Errorf("a role that does not exist: %v", err)
				}
			}
		})
	}
}

// A pod with a service account of EKS: a token in a file that is written anew.
func TestCredentialsOfAWebIdentityTokenFile(t *testing.T) {
	i := newIssuer(t)
	a := newApplication(t, `{"Federated":"`+oidcProvider+`"}`,
		func(o *server.Options) { o.OIDCKeys = map[string]*oidc.Keys{issuerURL: i.keys()} })
	testkit.Must(a.CreateOpenIDConnectProvider(a.ctx, &iam.CreateOpenIDConnectProviderInput{
		Url: aws.String(issuerURL), ClientIDList: []string{"sts.amazonaws.com"}, ThumbprintList: []string{strings.Repeat("0", 40)},
	}))(t)
	pod := func(valid time.Duration) string {
		now := a.srv.Clock.Now()
		return i.sign(claims(map[string]any{
			"aud": "sts.amazonaws.com", "sub": "system:serviceaccount:default:app", "iat": now.Unix(), "exp": now.Add(valid).Unix(),
			"kubernetes.io": map[string]any{"namespace": "default", "serviceaccount": map[string]string{"name": "app"}},
		}))
	}
	path := a.file("token", pod(30*time.Minute))
	a.set("AWS_WEB_IDENTITY_TOKEN_FILE", path)
	a.set("AWS_ROLE_ARN", "arn:aws:iam::000000000000:role/app")
	a.set("AWS_ROLE_SESSION_NAME", "pod")
	const arn = "arn:aws:sts::000000000000:assumed-role/app/pod"
	first := a.start()
	a.wantIdentity(first, arn)
	a.srv.Clock.Advance(time.Hour)
	testkit.WantError(t, testkit.Refused(sts.NewFromConfig(first).GetCallerIdentity(a.ctx, nil)), "ExpiredToken",
		"The security token included in the request is expired")
	if _, err := a.start().Credentials.Retrieve(a.ctx); err == nil ||
		!strings.Contains(err.Error(), "ExpiredTokenException: Token expired") {
		t.Errorf("with the token of yesterday: %v", err)
	}
	if err := os.WriteFile(path, []byte(pod(time.Hour)), 0o600); err != nil {
		t.Fatal(err)
	}
	a.wantIdentity(a.start(), arn)
}

// Profiles of a configuration file: anna, with a code of her device, may be guarded,
// and guarded, with an external ID, may be vault.
func TestCredentialsOfProfiles(t *testing.T) {
	a := newApplication(t, `{"AWS":"000000000000"}`, nil)
	anna, err := a.userConfig("anna", allow("*")).Credentials.Retrieve(a.ctx)
	if err != nil {
		t.Fatal(err)
	}
	trusted := func(arn, condition string) string {
		return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"` + arn +
			`"},"Action":"sts:AssumeRole","Condition":` + condition + `}}`
	}
	a.role("guarded", trusted("arn:aws:iam::000000000000:user/anna", `{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`))
	a.role("vault", trusted("arn:aws:iam::000000000000:role/guarded", `{"StringEquals":{"sts:ExternalId":"key"}}`))
	p := a.enabled("anna", "phone")
	a.set("AWS_CONFIG_FILE", a.file("config", fmt.Sprintf(profiles, p.serial)))
	a.set("AWS_SHARED_CREDENTIALS_FILE", a.file("credentials",
		fmt.Sprintf("[anna]\naws_access_key_id = %s\naws_secret_access_key = %s\n", anna.AccessKeyID, anna.SecretAccessKey)))
	var asked int
	withCode := config.WithAssumeRoleCredentialOptions(func(o *stscreds.AssumeRoleOptions) {
		o.TokenProvider = func() (string, error) { asked++; return *p.code(asked - 1), nil }
	})
	a.set("AWS_PROFILE", "vault")
	program := a.start(withCode)
	a.wantIdentity(program, "arn:aws:sts::000000000000:assumed-role/vault/inner")
	if asked != 1 {
		t.Errorf("a code was asked for %d times", asked)
	}
	first := a.key(program)
	a.srv.Clock.Advance(time.Hour) // which is how long sessions of a chain last
	p.now = p.now.Add(time.Hour)
	testkit.WantError(t, testkit.Refused(sts.NewFromConfig(program).GetCallerIdentity(a.ctx, nil)), "ExpiredToken",
		"The security token included in the request is expired")
	again := a.start(withCode)
	a.wantIdentity(again, "arn:aws:sts::000000000000:assumed-role/vault/inner")
	if asked != 2 || a.key(again) == first {
		t.Errorf("after an hour: %d codes, key %s", asked, a.key(again))
	}
	a.set("AWS_PROFILE", "guarded")
	a.wantIdentity(a.start(config.WithAssumeRoleCredentialOptions(func(o *stscreds.AssumeRoleOptions) {
		o.TokenProvider = func() (string, error) { return *p.code(2), nil }
	})), "arn:aws:sts::000000000000:assumed-role/guarded/outer")
	if _, err := a.start(config.WithAssumeRoleCredentialOptions(func(o *stscreds.AssumeRoleOptions) {
		o.TokenProvider = func() (string, error) { return "000000", nil }
	})).Credentials.Retrieve(a.ctx); err == nil ||
		!strings.Contains(err.Error(), "MultiFactorAuthentication failed with invalid MFA one time pass code.") {
		t.Errorf("with a wrong code: %v", err)
	}
}

// profiles is a configuration file; %s is the serial number of a device.
const profiles = `
[profile anna]
region = eu-west-1

[profile guarded]
role_arn = arn:aws:iam::000000000000:role/guarded
source_profile = anna
mfa_serial = %s
role_session_name = outer

[profile vault]
role_arn = arn:aws:iam::000000000000:role/vault
source_profile = guarded
external_id = key
role_session_name = inner
`

// A program of one's own that prints credentials; and a role whose source is the
// instance.
func TestCredentialsOfAProcess(t *testing.T) {
	a := newApplication(t, `{"AWS":"000000000000","Service":"ec2.amazonaws.com"}`, nil)
	session := testkit.Must(a.srv.STS().AssumeRole(a.ctx,
		&sts.AssumeRoleInput{
			RoleArn: aws.String("arn:aws:iam::000000000000:role/app"), RoleSessionName: aws.String("process"),
		}))(t).Credentials
	script := a.file("print",
		fmt.Sprintf("#!/bin/sh\necho '{\"Version\":1,\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"%s\",\"SessionToken\":\"%s\",\"Expiration\":\"%s\"}'\n",
			*session.AccessKeyId, *session.SecretAccessKey, *session.SessionToken, session.Expiration.Format(time.RFC3339)))
	a.set("AWS_CONFIG_FILE", a.file("config", `
[profile process]
credential_process = `+script+`

[profile instance]
role_arn = arn:aws:iam::000000000000:role/app
credential_source = Ec2InstanceMetadata
role_session_name = again
`))
	a.set("AWS_PROFILE", "process")
	a.wantIdentity(a.start(), "arn:aws:sts::000000000000:assumed-role/app/process")
	a.set("AWS_PROFILE", "instance")
	a.set("AWS_EC2_METADATA_DISABLED", "")
	a.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", a.metadata)
	a.wantIdentity(a.start(), "arn:aws:sts::000000000000:assumed-role/app/again")
}

// The endpoints of the services can be set one by one.
func TestEndpointsOfServices(t *testing.T) {
	a := newApplication(t, `{"AWS":"000000000000"}`, nil)
	a.set("AWS_ACCESS_KEY_ID", "test")
	a.set("AWS_SECRET_ACCESS_KEY", "test")
	a.set("AWS_ENDPOINT_URL", "http://127.0.0.1:1") // where nothing answers
	a.set("AWS_ENDPOINT_URL_STS", a.srv.URL)
	c := a.start(config.WithRetryMaxAttempts(1))
	a.wantIdentity(c, "arn:aws:iam::000000000000:root")
	if _, err := iam.NewFromConfig(c).ListUsers(a.ctx, nil); err == nil {
		t.Error("IAM answers where nothing does")
	}
	a.set("AWS_ENDPOINT_URL_IAM", a.srv.URL)
	testkit.Must(iam.NewFromConfig(a.start()).ListUsers(a.ctx, nil))(t)
}
