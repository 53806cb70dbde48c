package conformance_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// issuerKey is what a service that gets tokens reads of a key.
type issuerKey struct{ Kid, Kty, N, E, Crv, X, Y string }

func getJSON(t *testing.T, url string, into any) {
	t.Helper()
	r, err := testkit.HTTP.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	if r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", url, r.Status)
	}
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

func raw(t *testing.T, text string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// verified reports whether a key of the issuer made the token's signature.
func verified(t *testing.T, keys []issuerKey, token string) bool {
	t.Helper()
	part := strings.Split(token, ".")
	var head struct{ Kid, Alg, Typ string }
	if err := json.Unmarshal(raw(t, part[0]), &head); err != nil || head.Typ != "JWT" {
		t.Fatalf("head %+v: %v", head, err)
	}
	text, signature := []byte(part[0]+"."+part[1]), raw(t, part[2])
	number := func(s string) *big.Int { return new(big.Int).SetBytes(raw(t, s)) }
	for _, k := range keys {
		switch {
		case k.Kid != head.Kid:
		case head.Alg == "RS256" && k.Kid == "RSA_0":
			sum := sha256.Sum256(text)
			return rsa.VerifyPKCS1v15(&rsa.PublicKey{N: number(k.N), E: int(number(k.E).Int64())}, crypto.SHA256, sum[:], signature) == nil
		case head.Alg == "ES384" && k.Kid == "EC384_0" && k.Crv == "P-384":
			public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P384(), append(append([]byte{4}, raw(t, k.X)...), raw(t, k.Y)...))
			if err != nil {
				t.Fatal(err)
			}
			sum := sha512.Sum384(text)
			return ecdsa.Verify(public, sum[:], new(big.Int).SetBytes(signature[:48]), new(big.Int).SetBytes(signature[48:]))
		}
	}
	return false
}

func TestWebIdentityTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := sts.NewFromConfig(w.userConfig("anna", allow("sts:*GetWebIdentityToken")))
	testkit.Must(w.TagUser(w.ctx, &iam.TagUserInput{
		UserName: aws.String("anna"), Tags: []iamtypes.Tag{{Key: aws.String("Team"), Value: aws.String("red")}},
	}))(t)
	in := &sts.GetWebIdentityTokenInput{Audience: []string{"one"}, SigningAlgorithm: aws.String("RS256"), DurationSeconds: aws.Int32(60)}
	testkit.WantError(t, testkit.Refused(anna.GetWebIdentityToken(w.ctx, in)), "OutboundWebIdentityFederationDisabledException",
		"OutboundWebIdentityFederation is disabled.")
	issuer := *testkit.Must(w.EnableOutboundWebIdentityFederation(w.ctx, nil))(t).IssuerIdentifier
	name := strings.TrimSuffix(strings.TrimPrefix(issuer, "https://"), ".tokens.sts.global.api.aws")
	var discovery struct {
		Issuer string
		JWKS   string `json:"jwks_uri"`
	}
	getJSON(t, w.srv.URL+"/_understudy/issuers/"+name+"/.well-known/openid-configuration", &discovery)
	var set struct{ Keys []issuerKey }
	getJSON(t, discovery.JWKS, &set)
	if discovery.Issuer != issuer || len(set.Keys) != 2 {
		t.Fatalf("issuer %s with %d keys, want %s with 2", discovery.Issuer, len(set.Keys), issuer)
	}
	for _, algorithm := range []string{"RS256", "ES384"} {
		in.SigningAlgorithm, in.Audience = &algorithm, append(in.Audience, "one")
		in.Tags = []types.Tag{{Key: aws.String("aws:test"), Value: aws.String("x")}}
		out := testkit.Must(anna.GetWebIdentityToken(w.ctx, in))(t)
		if !verified(t, set.Keys, *out.WebIdentityToken) {
			t.Errorf("%s: the signature is not the issuer's", algorithm)
		}
		part := strings.Split(*out.WebIdentityToken, ".")
		if verified(t, set.Keys, part[0]+"."+part[1]+"e."+part[2]) {
			t.Errorf("%s: a changed token is taken", algorithm)
		}
		var claims map[string]any
		if err := json.Unmarshal(raw(t, part[1]), &claims); err != nil {
			t.Fatal(err)
		}
		if life := time.Duration(claims["exp"].(float64)-claims["iat"].(float64)) * time.Second; life != time.Minute ||
			claims["jti"] == "" {
			t.Errorf("life %v, jti %v", life, claims["jti"])
		}
		delete(claims, "exp")
		delete(claims, "iat")
		delete(claims, "jti")
		want := map[string]any{
			"iss": issuer, "sub": "arn:aws:iam::000000000000:user/anna",
			"https://sts.amazonaws.com/": map[string]any{
				"aws_account": "000000000000", "source_region": "us-east-1", "principal_id": "arn:aws:iam::000000000000:user/anna",
				"principal_tags": map[string]any{"Team": "red"}, "request_tags": map[string]any{"aws:test": "x"},
			},
		}
		got := claims["aud"].([]any) // duplicates stay
		delete(claims, "aud")
		if diff := cmp.Diff(want, claims); diff != "" || len(got) != len(in.Audience) {
			t.Errorf("%s: audience %v, claims (-want +got):\n%s", algorithm, got, diff)
		}
	}
}

func TestWhoGetsNoWebIdentityToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.userConfig("anna", allow("sts:Get*"))
	in := func() *sts.GetWebIdentityTokenInput {
		return &sts.GetWebIdentityTokenInput{Audience: []string{"one"}, SigningAlgorithm: aws.String("RS256")}
	}
	role := w.roleThat(w.Client, "worker", "arn:aws:iam::000000000000:user/anna", allow("sts:*"))
	session := testkit.Must(sts.NewFromConfig(anna).AssumeRole(w.ctx,
		&sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: aws.String("night"), DurationSeconds: aws.Int32(900)}))(t)
	guest := testkit.Must(sts.NewFromConfig(anna).GetFederationToken(w.ctx,
		&sts.GetFederationTokenInput{Name: aws.String("guest"), Policy: aws.String(allow("*"))}))(t)
	tagged, long, strange, twice := in(), in(), in(), in()
	tagged.Tags = []types.Tag{{Key: aws.String("team"), Value: aws.String("x")}}
	long.DurationSeconds = aws.Int32(3600)
	strange.SigningAlgorithm = aws.String("HS256")
	twice.Tags = append(tagged.Tags, types.Tag{Key: aws.String("TEAM"), Value: aws.String("x")})
	testkit.WantError(t, testkit.Refused(sts.NewFromConfig(w.session(session.Credentials)).GetWebIdentityToken(w.ctx, long)),
		"SessionDurationEscalationException",
		"Requested token expiry time must be before the original session's expiry time.") // although the feature is off
	testkit.Must(w.EnableOutboundWebIdentityFederation(w.ctx, nil))(t)
	testkit.Must(sts.NewFromConfig(w.session(session.Credentials)).GetWebIdentityToken(w.ctx, in()))(t)
	own := testkit.Must(sts.NewFromConfig(anna).GetSessionToken(w.ctx, nil))(t)
	testkit.Must(sts.NewFromConfig(w.session(own.Credentials)).GetWebIdentityToken(w.ctx, in()))(t)
	for name, test := range map[string]struct {
		as            aws.Config
		in            *sts.GetWebIdentityTokenInput
		code, message string
	}{
		"a federated user": {
			w.session(guest.Credentials), in(), "AccessDenied", "GetWebIdentityToken does not support federated user sessions",
		},
		"a session that ends before": {w.session(session.Credentials), long, "SessionDurationEscalationException",
			"Requested token expiry time must be before the original session's expiry time."},
		"who may not put tags into it": {anna, tagged, "AccessDenied",
			"User: arn:aws:iam::000000000000:user/anna is not authorized to perform: " +
				"sts:TagGetWebIdentityToken on resource: arn:aws:sts::000000000000:self because no identity-based policy allows the sts:TagGetWebIdentityToken action"},
		"with another algorithm": {anna, strange, "ValidationError",
			"Requested SigningAlgorithm is not supported. See the GetWebIdentityToken documentation for supported algorithms"},
		"with a tag twice": {
			anna, twice, "InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			testkit.WantError(t, testkit.Refused(sts.NewFromConfig(test.as).GetWebIdentityToken(w.ctx, test.in)), test.code, test.message)
		})
	}
}
