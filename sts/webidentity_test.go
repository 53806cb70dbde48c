package sts_test

import (
	"context"
	"encoding/base64"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/federation/oidc"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
	stssvc "github.com/understudy-iam/understudy/sts"
)

// unreachable is a source of keys that cannot get any.
type unreachable struct{ err error }

func (u unreachable) Keys(context.Context, oidc.Issuer, string) (*oidc.Keys, error) {
	return nil, u.err
}

// An issuer that is silent until the time is up can be asked again; one that
// answers, but not with keys, cannot.
func TestIssuersThatCannotBeAsked(t *testing.T) {
	t.Parallel()
	part := base64.RawURLEncoding.EncodeToString
	token := part([]byte(`{"alg":"RS256","kid":"k"}`)) + "." +
		part([]byte(`{"iss":"https://id.example.com","sub":"s","aud":"a","iat":1772366400,"exp":1772370000}`)) + "." +
		part([]byte("signature"))
	for name, x := range map[string]struct {
		err  error
		want string
	}{
		"silent": {context.DeadlineExceeded, "IDPCommunicationError: The identity provider could not be reached."},
		"no keys": {errors.New("404"), "InvalidIdentityToken: Couldn't retrieve verification key from your identity provider,  " +
			"please reference AssumeRoleWithWebIdentity documentation for requirements"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.update(func(tx persistence.Tx) error {
				return persistence.OIDCProviders.Put(tx, account,
					&persistence.OIDCProvider{URL: "id.example.com", ClientIDs: []string{"a"}})
			})
			service := stssvc.New(stssvc.Options{Store: w.store, Authorizer: w.authorizer, IssuerKeys: unreachable{x.err}})
			ctx := principal.NewContext(t.Context(), &principal.Caller{Request: principal.Request{Time: w.now}})
			_, err := service.AssumeRoleWithWebIdentity(ctx, &sts.AssumeRoleWithWebIdentityInput{
				RoleArn: aws.String(audit), RoleSessionName: aws.String("night"), WebIdentityToken: &token,
			})
			if got := testkit.Answer(err); got != x.want {
				t.Errorf("error = %s\n want %s", got, x.want)
			}
		})
	}
}
