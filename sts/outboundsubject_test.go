package sts_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	next "github.com/understudy-iam/understudy/awsapi/next/sts"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
	stssvc "github.com/understudy-iam/understudy/sts"
)

const (
	workerID  = "AROAWORKERWORKERWORKE"
	workerARN = "arn:aws:iam::" + account + ":role/worker"
	selfARN   = "arn:aws:sts::" + account + ":self"
)

// worker is a session of a role with the policy, whose condition keys are given.
func (w *world) worker(policy string, keys map[string]string) context.Context {
	w.Helper()
	w.role(account, persistence.Role{
		Name: "worker", Path: "/", ID: workerID, TrustPolicy: trusting("ec2.amazonaws.com", `"sts:AssumeRole"`, "{}"),
		MaxSessionDuration: 3600,
	})
	w.inline(account, workerID, policy)
	w.update(func(tx persistence.Tx) error {
		return persistence.Accounts.Put(tx, account,
			&persistence.Account{ID: account, SealingKey: make([]byte, 32), OutboundFederation: true, OutboundIssuer: "https://issuer"})
	})
	c, err := w.service.StartServiceSession(w.Context(), &stssvc.ServiceSession{
		Caller: &principal.Caller{Request: principal.Request{Time: w.now}}, Service: "ec2.amazonaws.com", RoleARN: workerARN, Name: "i-1",
		Duration: time.Hour, Keys: keys,
	})
	if err != nil {
		w.Fatal(err)
	}
	return w.with(c)
}

// identityToken authorizes and performs GetWebIdentityToken, as the server does.
func (w *world) identityToken(ctx context.Context, in *next.GetWebIdentityTokenInput) (*sts.GetWebIdentityTokenOutput, error) {
	ctx, err := w.authorizer.Decide(ctx, "GetWebIdentityToken", in)
	if err != nil {
		return nil, err
	}
	return w.service.GetWebIdentityToken(ctx, in)
}

// anOrigin is who is behind a session, with some keys changed; "" takes one away.
func anOrigin(changes ...string) map[string]string {
	keys := map[string]string{
		"aws:OriginIdentity/Subject": "ana@example.com", "aws:OriginIdentity/SubjectType": "user",
		"aws:OriginIdentity/Issuer":               "id.example.com",
		"aws:OriginIdentity/FederatedProviderArn": "arn:aws:iam::" + account + ":oidc-provider/id.example.com",
	}
	for i := 0; i < len(changes); i += 2 {
		name := "aws:OriginIdentity/" + changes[i]
		if keys[name] = changes[i+1]; changes[i+1] == "" {
			delete(keys, name)
		}
	}
	return keys
}

// about asks for a token about the origin identity; it is "" without a scope.
func about(scope string, audience ...string) *next.GetWebIdentityTokenInput {
	in := &next.GetWebIdentityTokenInput{
		SigningAlgorithm: aws.String("ES384"), Audience: audience, SubjectMode: next.WebIdentityTokenSubjectModeTypeOriginIdentity,
	}
	if len(audience) == 0 {
		in.Audience = []string{"one"}
	}
	if scope != "" {
		in.Scope = &scope
	}
	return in
}

// A token is about who calls, or about who is behind the session.
func TestSubjectOfAWebIdentityToken(t *testing.T) {
	t.Parallel()
	session := map[string]any{"aws_account": account, "principal_id": workerARN, "source_region": ""}
	behind := map[string]any{"aws_account": account, "principal_id": workerARN, "source_region": "", "subject_mode": "OriginIdentity"}
	plain, named := about(""), about("")
	plain.SubjectMode, named.SubjectMode = "", next.WebIdentityTokenSubjectModeTypeAwsIdentity
	for name, c := range map[string]struct {
		in   *next.GetWebIdentityTokenInput
		keys map[string]string
		want map[string]any
	}{
		"no mode":       {plain, anOrigin(), map[string]any{"sub": workerARN, "https://sts.amazonaws.com/": session}},
		"the principal": {named, nil, map[string]any{"sub": workerARN, "https://sts.amazonaws.com/": session}},
		"the origin": {
			about(""), anOrigin(), map[string]any{"sub": "ana@example.com", "https://sts.amazonaws.com/": behind},
		},
		"the origin, by its issuer": {
			about(""), anOrigin("FederatedProviderArn", ""), map[string]any{"sub": "ana@example.com", "https://sts.amazonaws.com/": behind},
		},
		"the origin, by its ARN": {
			about(""), anOrigin("Issuer", "", "Subject", "Ana Smith"),
			map[string]any{"sub": "Ana Smith", "https://sts.amazonaws.com/": behind},
		},
		"the origin, with a scope": {
			about("read READ write:*/x"), anOrigin(),
			map[string]any{"sub": "ana@example.com", "scope": "read READ write:*/x", "https://sts.amazonaws.com/": behind},
		},
		"one that is not quite ARN's": {
			about(""), anOrigin("Subject", "arn"), map[string]any{"sub": "arn", "https://sts.amazonaws.com/": behind},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			out, err := w.identityToken(w.worker(allow("sts:*"), c.keys), c.in)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := base64.RawURLEncoding.DecodeString(strings.Split(*out.WebIdentityToken, ".")[1])
			if err != nil {
				t.Fatal(err)
			}
			var claims map[string]any
			if err := json.Unmarshal(raw, &claims); err != nil {
				t.Fatal(err)
			}
			for _, always := range []string{"aud", "iss", "exp", "iat", "jti"} {
				if claims[always] == nil {
					t.Errorf("no claim %s", always)
				}
				delete(claims, always)
			}
			if diff := cmp.Diff(c.want, claims); diff != "" {
				t.Errorf("claims (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSubjectsAndScopesThatAreRefused(t *testing.T) {
	t.Parallel()
	const (
		form     = "ValidationError: Scope must be scope values separated by single spaces. A scope value has printable ASCII characters except spaces, double quotation marks, commas and backslashes."
		repeated = "ValidationError: Scope must not repeat a scope value."
		mode     = "ValidationError: Scope can be specified only when SubjectMode is OriginIdentity."
		one      = "ValidationError: Scope can be specified only with exactly one audience."
		nobody   = "ValidationError: The calling session does not have the origin identity that SubjectMode OriginIdentity requires."
		unfit    = "AccessDenied: The subject of the session's origin identity cannot be the subject of a web identity token."
	)
	empty, principals := about(""), about("read")
	empty.Scope, principals.SubjectMode = aws.String(""), next.WebIdentityTokenSubjectModeTypeAwsIdentity
	for name, c := range map[string]struct {
		in   *next.GetWebIdentityTokenInput
		keys map[string]string
		want string
	}{
		"an empty scope":                 {empty, anOrigin(), form},
		"two spaces":                     {about("a  b"), anOrigin(), form},
		"a space before":                 {about(" a"), anOrigin(), form},
		"a space after":                  {about("a "), anOrigin(), form},
		"a quotation mark":               {about(`a"b`), anOrigin(), form},
		"a comma":                        {about("a,b"), anOrigin(), form},
		"a backslash":                    {about(`a\b`), anOrigin(), form},
		"a tab":                          {about("a\tb"), anOrigin(), form},
		"a character beyond ASCII":       {about("é"), anOrigin(), form},
		"a value twice":                  {about("a b a"), anOrigin(), repeated},
		"a scope of a principal's token": {principals, anOrigin(), mode},
		"a scope for two":                {about("a", "one", "two"), anOrigin(), one},
		"no origin":                      {about(""), nil, nobody},
		"no subject":                     {about(""), anOrigin("Subject", ""), nobody},
		"a blank subject":                {about(""), anOrigin("Subject", "  "), nobody},
		"neither issuer nor provider":    {about(""), anOrigin("Issuer", "", "FederatedProviderArn", ""), nobody},
		"an ARN":                         {about(""), anOrigin("Subject", "ARN:aws:iam::1:user/ana"), unfit},
		"a subject after a space":        {about(""), anOrigin("Subject", " ana"), unfit},
		"a subject before a space":       {about(""), anOrigin("Subject", "ana "), unfit},
		"a control character":            {about(""), anOrigin("Subject", "an\x07a"), unfit},
		"a format character":             {about(""), anOrigin("Subject", "an\u200ba"), unfit},
		"another separator":              {about(""), anOrigin("Subject", "an\u00a0a"), unfit},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if _, err := w.identityToken(w.worker(allow("sts:*"), c.keys), c.in); testkit.Answer(err) != c.want {
				t.Errorf("error %s\n want %s", testkit.Answer(err), c.want)
			}
		})
	}
}

// Who may have which token is a matter of policies.
func TestWhoMaySetSubjectAndScope(t *testing.T) {
	t.Parallel()
	const head = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:GetWebIdentityToken","Resource":"*"`
	denied := func(action string) string {
		return "AccessDenied: User: arn:aws:sts::" + account + ":assumed-role/worker/i-1 is not authorized to perform: sts:" + action +
			" on resource: " + selfARN + " because no identity-based policy allows the sts:" + action + " action"
	}
	scoped := head +
		`},{"Effect":"Allow","Action":"sts:SetWebIdentityTokenScope","Resource":"*","Condition":{"ForAllValues:StringEquals":{"sts:IdentityTokenScope":["read","write"]},` +
		`"StringEquals":{"sts:SubjectMode":"OriginIdentity"}}}]}`
	plain := about("")
	plain.SubjectMode = ""
	for name, c := range map[string]struct {
		policy string
		in     *next.GetWebIdentityTokenInput
		want   string
	}{
		"a scope without its permission": {head + `}]}`, about("read"), denied("SetWebIdentityTokenScope")},
		"the same without a scope":       {head + `}]}`, about(""), ""},
		"a scope that may be":            {scoped, about("write read"), ""},
		"a scope that may not be":        {scoped, about("read admin"), denied("SetWebIdentityTokenScope")},
		"a mode that may be": {head + `,"Condition":{"StringEquals":{"sts:SubjectMode":"OriginIdentity"}}}]}`,
			about(""), ""},
		"a mode that may not be": {head + `,"Condition":{"StringEquals":{"sts:SubjectMode":"AWSIdentity"}}}]}`, about(""),
			denied("GetWebIdentityToken")},
		"no mode is the one of principals":      {head + `,"Condition":{"StringEquals":{"sts:SubjectMode":"AWSIdentity"}}}]}`, plain, ""},
		"a token without scope has no such key": {head + `,"Condition":{"Null":{"sts:IdentityTokenScope":"true"}}}]}`, about(""), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if _, err := w.identityToken(w.worker(c.policy, anOrigin()), c.in); testkit.Answer(err) != c.want {
				t.Errorf("error %s\n want %s", testkit.Answer(err), c.want)
			}
		})
	}
}
