package sts_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/principal"
)

// sessionToken authorizes and performs GetSessionToken, as the server does.
func (w *world) sessionToken(ctx context.Context, in *sts.GetSessionTokenInput) (*sts.GetSessionTokenOutput, error) {
	if err := w.authorizer.Authorize(ctx, "GetSessionToken", in); err != nil {
		return nil, err
	}
	return w.service.GetSessionToken(ctx, in)
}

func TestGetSessionToken(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	user := principal.Principal{Kind: principal.User, AccountID: account, ARN: anaARN, UserID: anaID, EntityID: anaID, Name: "ana"}
	root := principal.Principal{Kind: principal.Root, AccountID: account, ARN: "arn:aws:iam::111122223333:root", UserID: account}
	for name, c := range map[string]struct {
		root    bool
		seconds *int32
		who     principal.Principal
		lasts   time.Duration
	}{
		"a user's last twelve hours":              {false, nil, user, 12 * time.Hour},
		"a user asks for fifteen minutes":         {false, aws.Int32(900), user, 15 * time.Minute},
		"a user asks for 36 hours":                {false, aws.Int32(129600), user, 36 * time.Hour},
		"root's last an hour":                     {true, nil, root, time.Hour},
		"root asks for 36 hours and gets one":     {true, aws.Int32(129600), root, time.Hour},
		"root asks for fifteen minutes":           {true, aws.Int32(900), root, 15 * time.Minute},
		"a user whose policies deny all gets one": {false, nil, user, 12 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.inline(account, anaID, deny("*"))
			ctx := w.ana()
			if c.root {
				ctx = w.as("test", "")
			}
			out, err := w.sessionToken(ctx, &sts.GetSessionTokenInput{DurationSeconds: c.seconds})
			if err != nil {
				t.Fatal(err)
			}
			if n := len(*out.Credentials.SessionToken); int(*out.SessionTokenSize) != n || int(*out.SessionTokenUtilization) != n*100/4096 {
				t.Errorf("size %d, utilization %d of a token of %d characters", *out.SessionTokenSize, *out.SessionTokenUtilization, n)
			}
			want := c.who
			want.AccessKeyID = *out.Credentials.AccessKeyId
			want.Session = &principal.Session{Operation: "GetSessionToken", IssuedAt: begin, ExpiresAt: begin.Add(c.lasts)}
			if diff := cmp.Diff(want, principal.FromContext(w.with(out.Credentials)).Principal); diff != "" {
				t.Errorf("principal (-want +got):\n%s", diff)
			}
		})
	}
}

func TestGetSessionTokenRefusals(t *testing.T) {
	t.Parallel()
	const noSession = "AccessDenied: Cannot call GetSessionToken with session credentials"
	w := newWorld(t)
	token, err := w.sessionToken(w.ana(), &sts.GetSessionTokenInput{MinimumSessionTokenSize: aws.Int32(500)})
	if err != nil || *token.SessionTokenSize < 500 || *token.SessionTokenUtilization < 12 {
		t.Fatalf("%+v, %v", token, err)
	}
	role := w.mustAssume(w.ana(), toAudit())
	for name, ctx := range map[string]context.Context{
		"a session token": w.with(token.Credentials), "a role session": w.with(role.Credentials),
	} {
		if _, err := w.sessionToken(ctx, &sts.GetSessionTokenInput{}); testkit.Answer(err) != noSession {
			t.Errorf("%s: %s", name, testkit.Answer(err))
		}
	}
	in := &sts.GetSessionTokenInput{SerialNumber: aws.String("GAHT12345678"), TokenCode: aws.String("123456")}
	const noDevice = "AccessDenied: MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user."
	if _, err := w.sessionToken(w.ana(), in); testkit.Answer(err) != noDevice {
		t.Errorf("an unknown device: %s", testkit.Answer(err))
	}
}

// Without MFA a session token opens nothing in IAM, whatever policies allow.
func TestSessionTokensAndIAM(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.inline(account, anaID, allow("*"))
	out, err := w.sessionToken(w.ana(), &sts.GetSessionTokenInput{})
	if err != nil {
		t.Fatal(err)
	}
	ctx := w.with(out.Credentials)
	if got := testkit.Answer(w.authorizer.Authorize(ctx, "ListUsers",
		&iam.ListUsersInput{})); got != "InvalidClientTokenId: The security token included in the request is invalid" {
		t.Errorf("ListUsers: %q", got)
	}
	w.mustAssume(ctx, toAudit())
}

func TestGetAccessKeyInfo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.inline(account, anaID, allow("sts:GetAccessKeyInfo"))
	for id, want := range map[string]string{w.anaKey: account, w.newKey(): account, "ASIAY34FZKBOKMUTVV7A": "609629065308"} {
		in := &sts.GetAccessKeyInfoInput{AccessKeyId: aws.String(id)}
		if err := w.authorizer.Authorize(w.ana(), "GetAccessKeyInfo", in); err != nil {
			t.Error(err)
		}
		if out, err := w.service.GetAccessKeyInfo(w.ana(), in); err != nil || *out.Account != want {
			t.Errorf("%s: %+v, %v", id, out, err)
		}
	}
	in := &sts.GetAccessKeyInfoInput{AccessKeyId: aws.String("not-an-access-key")}
	if _, err := w.service.GetAccessKeyInfo(w.ana(),
		in); testkit.Answer(err) != "ValidationError: not-an-access-key is not a valid access key ID" {
		t.Errorf("a word: %s", testkit.Answer(err))
	}
}

func TestGetCallerIdentityCannotBeDenied(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.inline(account, anaID, deny("*"))
	if err := w.authorizer.Authorize(w.ana(), "GetCallerIdentity", &sts.GetCallerIdentityInput{}); err != nil {
		t.Error(err)
	}
}
