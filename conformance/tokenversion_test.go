package conformance_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/server"
)

const (
	v1Begin       = "FwoGZXIvYXdz"
	v2Begin       = "IQoJb3JpZ2luX2Vj"
	invalidInOpt  = "The security token included in the request is invalid" // without a full stop
	anOptInRegion = "eu-south-1"
)

// at is the configuration for an endpoint of AWS that a proxy leads here, and
// a region to sign for.
func (w *world) at(c aws.Config, host, region string) aws.Config {
	address := strings.TrimPrefix(w.srv.URL, "http://")
	c.Region = region
	if host == "" {
		return c
	}
	c.BaseEndpoint = aws.String("http://" + host)
	c.HTTPClient = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}}}
	return c
}

func (w *world) preferTokens(version types.GlobalEndpointTokenVersion) {
	w.t.Helper()
	testkit.Must(w.SetSecurityTokenServicePreferences(w.ctx,
		&iam.SetSecurityTokenServicePreferencesInput{GlobalEndpointTokenVersion: version}))(w.t)
}

// sessionTokenAt asks an endpoint for credentials of anna, whose configuration it is.
func (w *world) sessionTokenAt(anna aws.Config, host, region string) *ststypes.Credentials {
	w.t.Helper()
	return testkit.Must(sts.NewFromConfig(w.at(anna, host, region)).GetSessionToken(w.ctx, nil))(w.t).Credentials
}

// Which tokens an endpoint issues, by the account's preference.
func TestTokenVersions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.userConfig("anna", allow("*"))
	for _, c := range []struct {
		name, host, region string
		preference         types.GlobalEndpointTokenVersion
		want               string
		size               int
	}{
		{"a regional scope", "", "eu-west-1", "", v2Begin, 688},
		{"the scope us-east-1", "", "us-east-1", "", v2Begin, 688},
		{"the global endpoint, by default", "sts.amazonaws.com", "us-east-1", "", v1Begin, 288},
		{"aws-global", "", "aws-global", "", v1Begin, 288},
		{"a regional endpoint", "sts.us-east-1.amazonaws.com", "us-east-1", "", v2Begin, 688},
		{"the global endpoint, v2 preferred", "sts.amazonaws.com", "us-east-1", types.GlobalEndpointTokenVersionV2Token, v2Begin, 688},
		{"aws-global, v2 preferred", "", "aws-global", types.GlobalEndpointTokenVersionV2Token, v2Begin, 688},
		{"the global endpoint, v1 preferred", "sts.amazonaws.com", "us-east-1", types.GlobalEndpointTokenVersionV1Token, v1Begin, 288},
		{"a regional endpoint, v1 preferred", "sts.eu-south-1.amazonaws.com", anOptInRegion, types.GlobalEndpointTokenVersionV1Token,
			v2Begin, 688},
	} {
		if c.preference != "" {
			w.preferTokens(c.preference)
		}
		token := *w.sessionTokenAt(anna, c.host, c.region).SessionToken
		if !strings.HasPrefix(token, c.want) || len(token) != c.size {
			t.Errorf("%s: %.16s, %d characters; want %s, %d", c.name, token, len(token), c.want, c.size)
		}
	}
}

// Where the tokens are good. A token keeps its version when the preference changes.
func TestV1TokensInRegions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.userConfig("anna", allow("*"))
	v1 := w.session(w.sessionTokenAt(anna, "sts.amazonaws.com", "us-east-1"))
	w.preferTokens(types.GlobalEndpointTokenVersionV2Token)
	v2 := w.session(w.sessionTokenAt(anna, "sts.amazonaws.com", "us-east-1"))
	for _, c := range []struct {
		name         string
		config       aws.Config
		host, region string
		good         bool
	}{
		{"v1, us-east-1", v1, "", "us-east-1", true},
		{"v1, a default region", v1, "", "ap-northeast-3", true},
		{"v1, the global endpoint", v1, "", "aws-global", true},
		{"v1, an opt-in region", v1, "", anOptInRegion, false},
		{"v1, another opt-in region", v1, "", "mx-central-1", false},
		{"v1, an opt-in region's endpoint", v1, "sts.af-south-1.amazonaws.com", "af-south-1", false},
		{"v2, us-east-1", v2, "", "us-east-1", true},
		{"v2, an opt-in region", v2, "", anOptInRegion, true},
		{"long-term, an opt-in region", anna, "", anOptInRegion, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := testkit.Refused(sts.NewFromConfig(w.at(c.config, c.host, c.region)).GetCallerIdentity(w.ctx, nil))
			if c.good && err != nil {
				t.Error(err)
			} else if !c.good {
				testkit.WantError(t, err, "InvalidClientTokenId", invalidInOpt)
			}
		})
	}
	// IAM has no endpoint in any other region than us-east-1.
	role := testkit.Must(w.CreateRole(w.ctx, &iam.CreateRoleInput{RoleName: aws.String("app"), AssumeRolePolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}}`)}))(t).Role
	testkit.Must(w.PutRolePolicy(w.ctx, &iam.PutRolePolicyInput{
		RoleName: role.RoleName, PolicyName: aws.String("p"), PolicyDocument: aws.String(allow("*")),
	}))(t)
	w.preferTokens(types.GlobalEndpointTokenVersionV1Token)
	out := testkit.Must(sts.NewFromConfig(w.at(anna, "sts.amazonaws.com", "us-east-1")).AssumeRole(w.ctx,
		&sts.AssumeRoleInput{RoleArn: role.Arn, RoleSessionName: aws.String("night")}))(t)
	if n := len(*out.Credentials.SessionToken); n != 352 {
		t.Errorf("a role session's v1 token has %d characters", n)
	}
	session := w.session(out.Credentials)
	testkit.Must(iam.NewFromConfig(w.at(session, "", anOptInRegion)).ListUsers(w.ctx, nil))(t)

	// A service that is emulated elsewhere is told the same.
	keys := map[string]any{"accessKeyId": out.Credentials.AccessKeyId, "secretAccessKey": out.Credentials.SecretAccessKey,
		"sessionToken": out.Credentials.SessionToken}
	for region, want := range map[string]string{
		"eu-west-1": `"allowed":true`, "": `"allowed":true`,
		anOptInRegion: `"code":"InvalidClientTokenId","message":"` + invalidInOpt + `"`,
	} {
		_, body := manage(t, w.srv, "POST", "authorize",
			map[string]any{"credentials": keys, "action": "sqs:ListQueues", "region": region}, nil)
		if !strings.Contains(body, want) {
			t.Errorf("authorize in %q: %s", region, body)
		}
	}
}

// us-east-1 is the scope of two endpoints; an option says that the global one is meant.
func TestTheScopeOfTheGlobalEndpoint(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithServer(func(o *server.Options) { o.STSGlobalRegion = "us-east-1" }))
	w := &world{Client: srv.IAM(), t: t, srv: srv, ctx: t.Context()}
	anna := w.userConfig("anna", allow("*"))
	for region, want := range map[string]string{"us-east-1": v1Begin, "us-west-2": v2Begin} {
		if token := *w.sessionTokenAt(anna, "", region).SessionToken; !strings.HasPrefix(token, want) {
			t.Errorf("%s: %.16s", region, token)
		}
	}
	testkit.WantError(t, testkit.Refused(sts.NewFromConfig(anna).GetWebIdentityToken(w.ctx,
		&sts.GetWebIdentityTokenInput{Audience: []string{"a"}, SigningAlgorithm: aws.String("RS256")})),
		"ValidationError", "Operation not supported on STS global endpoint")
}

// A request without a signature has no scope: its Host decides.
func TestTokenVersionOfAWebIdentity(t *testing.T) {
	t.Parallel()
	f := newFederation(t, "")
	in := &sts.AssumeRoleWithWebIdentityInput{
		RoleArn: &f.role, RoleSessionName: aws.String("ci"), WebIdentityToken: aws.String(f.sign(claims(nil))),
	}
	for host, want := range map[string]string{"": v2Begin, "sts.amazonaws.com": v1Begin, "sts.eu-west-1.amazonaws.com": v2Begin} {
		c := f.at(f.srv.ConfigFor(aws.Credentials{}), host, "us-east-1")
		c.Credentials = aws.AnonymousCredentials{}
		out := testkit.Must(sts.NewFromConfig(c).AssumeRoleWithWebIdentity(f.ctx, in))(t)
		if !strings.HasPrefix(*out.Credentials.SessionToken, want) {
			t.Errorf("%q: %.16s", host, *out.Credentials.SessionToken)
		}
	}
}

// Every answer of STS has two IDs, and those of IAM one.
func TestTheExtendedRequestID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, c := range map[string]struct {
		body, service string
		want          *regexp.Regexp
	}{
		"STS": {
			"Action=GetCallerIdentity&Version=2011-06-15", "sts", regexp.MustCompile(`^1:eu-west-1:S:\d{13}:R:[0-9A-Za-z]{8}$`),
		},
		"IAM":             {"Action=ListUsers&Version=2010-05-08", "iam", regexp.MustCompile(`^$`)},
		"an error of STS": {"Action=None&Version=2011-06-15", "sts", regexp.MustCompile(`^1:eu-west-1:S:\d{13}:R:[0-9A-Za-z]{8}$`)},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequest("POST", w.srv.URL, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			sum := sha256.Sum256([]byte(c.body))
			if err := v4.NewSigner().SignHTTP(w.ctx, aws.Credentials{
				AccessKeyID: "test", SecretAccessKey: "test",
			}, r, hex.EncodeToString(sum[:]), c.service, "eu-west-1", time.Now()); err != nil {
				t.Fatal(err)
			}
			answer, err := testkit.HTTP.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			id, err := base64.StdEncoding.DecodeString(answer.Header.Get("X-Amz-Sts-Extended-Request-Id"))
			if err != nil || !c.want.Match(id) {
				t.Errorf("extended ID %q, %v", id, err)
			}
		})
	}
}
