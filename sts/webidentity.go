package sts

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/understudy-iam/understudy/authz"
	next "github.com/understudy-iam/understudy/awsapi/next/sts"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/federation/oidc"
	"github.com/understudy-iam/understudy/persistence"
)

// Claims that AWS reads from the tokens of any issuer.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role-idp
const (
	tagsClaim           = "https://aws.amazon.com/tags"
	principalTagsClaim  = tagsClaim + "/principal_tags/"
	transitiveTagsClaim = tagsClaim + "/transitive_tag_keys"
	sourceIdentityClaim = "https://aws.amazon.com/source_identity"
	rolesClaim          = "https://aws.amazon.com/roles"
)

// google and cognito are the issuers that every account trusts without a provider of its own; trust policies
// name their domains.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
const (
	google  = "accounts.google.com"
	cognito = "cognito-identity.amazonaws.com"
)

// IssuerKeys finds the keys of issuers of ID tokens; *oidc.Source does.
type IssuerKeys interface {
	Keys(ctx context.Context, issuer oidc.Issuer, keyID string) (*oidc.Keys, error)
}

// AssumeRoleWithWebIdentity returns credentials of a role session to somebody whom an OpenID
// Connect provider vouches for.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
//
// The request is not signed: the ID token, which the issuer's key must verify, is the proof, and
// the role's trust policy decides. The token's claims are condition keys; session tags, the source
// identity and the roles that may be assumed are claims too. The access tokens of Login with Amazon
// and Facebook are refused: only these companies can verify them.
func (s *Service) AssumeRoleWithWebIdentity(ctx context.Context,
	in *sts.AssumeRoleWithWebIdentityInput) (*next.AssumeRoleWithWebIdentityOutput, error) {
	arn, err := s.parseRoleARN(in.RoleArn)
	if err != nil {
		return nil, err
	}
	if err := checkProviderID(in.ProviderId); err != nil {
		return nil, err
	}
	id, err := s.webIdentity(ctx, arn.AccountID, aws.ToString(in.WebIdentityToken))
	if err != nil {
		return nil, err
	}
	v, err := id.vouched(in)
	if err != nil {
		return nil, err
	}
	f, err := s.federate(ctx, v, &wanted{
		input: in, role: arn, policy: in.Policy, policies: in.PolicyArns, seconds: in.DurationSeconds,
		minimumSize: in.MinimumSessionTokenSize,
	})
	if err != nil {
		return nil, err
	}
	return &next.AssumeRoleWithWebIdentityOutput{
		Credentials: f.credentials, AssumedRoleUser: f.user, PackedPolicySize: f.utilization, SourceIdentity: f.source,
		SessionTokenSize: f.size, SessionTokenUtilization: f.utilization,
		Provider: &id.provider, Audience: &id.audience, SubjectFromWebIdentityToken: &id.token.Subject,
		TrustedIdentityPropagationContext: propagation(v.origin),
	}, nil
}

// assumeRoleWithWebIdentityRule asks for nothing: the operation asks authz itself.
func assumeRoleWithWebIdentityRule() authz.Rule {
	return authz.Unsigned[sts.AssumeRoleWithWebIdentityInput]()
}

// checkProviderID refuses a provider ID: a request has one only with OAuth access tokens
// (recorded).
func checkProviderID(id *string) error {
	switch aws.ToString(id) {
	case "":
		return nil
	case "www.amazon.com":
		return unverifiedToken()
	case "graph.facebook.com":
		return rejectedAccessToken()
	}
	return authz.FederationDenied("AssumeRoleWithWebIdentity")
}

// webIdentity is a token that was verified.
type webIdentity struct {
	token    *oidc.Token
	issuer   string // as in condition keys: without https://
	provider string // as trust policies name it
	account  string // of the provider, or empty
	audience string // the one that counts

	known *persistence.OIDCProvider // nil for Google and Cognito
}

// webIdentity verifies a token for an account.
func (s *Service) webIdentity(ctx context.Context, account, text string) (*webIdentity, error) {
	t, err := oidc.Parse(text)
	if err != nil {
		return nil, badToken(err)
	}
	id := &webIdentity{token: t, issuer: strings.TrimPrefix(t.Issuer, "https://")}
	issuer := oidc.Issuer{URL: t.Issuer}
	var clients []string
	shared := id.issuer == google || id.issuer == cognito
	if shared {
		issuer.URL, id.provider = "https://"+id.issuer, id.issuer
	} else {
		p, err := s.oidcProvider(ctx, account, t.Issuer)
		if err != nil {
			return nil, err
		}
		id.account, id.provider, id.known = account, s.own(account).IAM("oidc-provider/"+p.URL), p
		issuer.Thumbprints, clients = p.Thumbprints, p.ClientIDs
	}
	if id.audience, err = takenAudience(t, clients, shared); err != nil {
		return nil, err
	}
	if s.issuerKeys == nil {
		return nil, noKey(noVerificationKey(), t, errNoKeys)
	}
	keys, err := s.issuerKeys.Keys(ctx, issuer, t.KeyID)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return nil, noKey(providerUnreachable(), t, err)
	case err != nil, !keys.Has(t.KeyID):
		return nil, noKey(noVerificationKey(), t, err)
	}
	now := s.now(caller(ctx))
	if err := t.Verify(keys, now); err != nil {
		return nil, unverified(tokenError(err), err, t, now)
	}
	return id, nil
}

// errNoKeys is the cause if the service has no source of keys.
var errNoKeys = errors.New("this server does not ask issuers for keys")

// oidcProvider finds the account's provider for an issuer.
func (s *Service) oidcProvider(ctx context.Context, account, issuer string) (*persistence.OIDCProvider, error) {
	url, ok := strings.CutPrefix(issuer, "https://")
	if !ok {
		return nil, unknownIssuer(account, issuer, nil)
	}
	var p *persistence.OIDCProvider
	err := s.store.View(ctx, func(tx persistence.Tx) (err error) {
		p, err = findOIDCProvider(tx, account, url)
		return err
	})
	return p, err
}

func findOIDCProvider(tx persistence.Tx, account, url string) (*persistence.OIDCProvider, error) {
	p, err := persistence.OIDCProviders.Get(tx, account, url)
	if errors.Is(err, persistence.ErrNotFound) {
		known, err := providerURLs(tx, account)
		if err != nil {
			return nil, err
		}
		return nil, unknownIssuer(account, "https://"+url, known)
	}
	return p, err
}

// still refuses a token whose provider was deleted or no longer accepts the audience.
func (id *webIdentity) still(tx persistence.Tx, v *vouched) error {
	if id.account == "" {
		return nil
	}
	p, err := findOIDCProvider(tx, id.account, strings.TrimPrefix(id.token.Issuer, "https://"))
	if err != nil {
		return err
	}
	if _, err = takenAudience(id.token, p.ClientIDs, false); err != nil {
		return err
	}
	v.origin, err = id.origin(p)
	return err
}

// origin returns who is behind the session, as the provider's context provider says.
func (id *webIdentity) origin(p *persistence.OIDCProvider) (map[string][]string, error) {
	if p == nil {
		return nil, nil
	}
	o := &origin{provider: id.provider, issuer: id.issuer, instance: p.IdentityCenterInstance, said: id.token.Scalar}
	return o.keys(p.Context)
}

// takenAudience returns the audience that counts: azp if the token has it, which it must if there
// are several audiences. It must be a client ID of the provider (recorded); for Google and Cognito
// any audience is accepted.
func takenAudience(t *oidc.Token, clients []string, anyClient bool) (string, error) {
	audience := t.AuthorizedParty
	if audience == "" {
		if len(t.Audience) > 1 {
			return "", unproved(severalAudiences(), "The token is for several audiences and does not say which one it was issued to.").
				compare("authorized party of the token (claim azp)", "one of "+strings.Join(t.Audience, ", "), "none")
		}
		audience = t.Audience[0]
	}
	if !anyClient && !slices.Contains(clients, audience) {
		return "", unproved(wrongAudience(), "The provider does not accept tokens for this audience.").
			compare("audience of the token (claim azp, or else aud)", strings.Join(clients, " or "), audience).
			check("Ask the issuer for a token with one of these audiences.").
			check("Or let the provider accept this one: aws iam add-client-id-to-open-id-connect-provider")
	}
	return audience, nil
}

func tokenError(err error) error {
	var missing *oidc.MissingClaimError
	var expired *oidc.ExpiredError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &missing):
		return missingClaim(missing.Claim)
	case errors.As(err, &expired):
		return expiredIdentity(expired.Now, expired.Expiry)
	case errors.Is(err, oidc.ErrMalformed):
		return malformedToken()
	case errors.Is(err, oidc.ErrUnverified):
		return unverifiedToken()
	}
	return err
}

// vouched returns what the token says about the caller and the session.
func (id *webIdentity) vouched(in *sts.AssumeRoleWithWebIdentityInput) (*vouched, error) {
	v := &vouched{
		kind: evaluator.WebIdentity, operation: "AssumeRoleWithWebIdentity", provider: id.provider, account: id.account,
		sessionName: aws.ToString(in.RoleSessionName), keys: id.keys(),
	}
	v.still = func(tx persistence.Tx) error { return id.still(tx, v) }
	if id.account == "" { // AWS's documentation names no other keys that stay
		v.lasting = map[string][]string{}
		for _, k := range v.keys {
			v.lasting[k.Name] = k.Values
		}
	}
	var err error
	if v.origin, err = id.origin(id.known); err != nil {
		return nil, err
	}
	authorized, err := id.authorizes(aws.ToString(in.RoleArn))
	if err != nil {
		return nil, err
	}
	v.keys = append(v.keys, authz.String("sts:RoleAuthorizedByIdp", authorized))
	if v.tags, v.transitive, err = id.tags(); err != nil {
		return nil, unproved(tokenError(err), "The session tags of the token cannot be read.").
			compare("claim "+tagsClaim,
				"principal_tags with a list of one value for each key, and transitive_tag_keys with a list of keys", "another form")
	}
	if id.token.Has(sourceIdentityClaim) {
		source, ok := id.token.Text(sourceIdentityClaim)
		if !ok || !validSourceIdentity(source) {
			return nil, unproved(invalidSourceIdentity(), "The source identity in the token is not one that a session can have.").
				compare("claim "+sourceIdentityClaim, sourceIdentityForm, cmp.Or(source, "nothing"))
		}
		v.sourceIdentity = source
	}
	return v, nil
}

// keys returns the condition keys of the provider: the audience, the subject, amr, and the claims that AWS knows
// for this issuer.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
func (id *webIdentity) keys() []authz.Key {
	t := id.token
	keys := []authz.Key{authz.String(id.issuer+":aud", id.audience), authz.String(id.issuer+":sub", t.Subject)}
	if id.issuer == google {
		keys = append(keys, authz.String(google+":oaud", t.Audience[0]))
	}
	if amr, ok := t.Texts("amr"); ok {
		keys = append(keys, authz.Strings(id.issuer+":amr", amr...))
	}
	names := t.Names()
	slices.Sort(names)
	for _, name := range names {
		value, ok := t.Text(name)
		if !ok || slices.Contains([]string{"aud", "sub", "amr"}, name) {
			continue
		}
		if _, known := catalog.FindKey(id.issuer + ":" + name); known {
			keys = append(keys, authz.String(id.issuer+":"+name, value))
		}
	}
	return keys
}

// authorizes reports, as the value of sts:RoleAuthorizedByIdp, whether the token lists the role. A
// token that lists roles can be used only for these (recorded). The claim is a list of ARNs, or one
// string with semicolons between them; whatever is not the ARN of a role is ignored.
func (id *webIdentity) authorizes(role string) (string, error) {
	if !id.token.Has(rolesClaim) {
		return "false", nil
	}
	list, ok := id.token.Texts(rolesClaim)
	if text, is := id.token.Text(rolesClaim); is {
		list = strings.Split(text, ";")
	}
	if ok && slices.ContainsFunc(list, func(arn string) bool { return strings.TrimSpace(arn) == role }) {
		return "true", nil
	}
	return "", unproved(roleNotListed(), "The token lists the roles that may be assumed with it, and this role is not among them.").
		compare("roles of the token (claim "+rolesClaim+")", "a list with "+role, strings.Join(list, ", "))
}

// tags returns the session tags, which issuers send nested, with lists of one value, or flat, each
// as a claim (recorded).
func (id *webIdentity) tags() (list []types.Tag, transitive []string, err error) {
	var nested struct {
		PrincipalTags     map[string][]string `json:"principal_tags"`
		TransitiveTagKeys []string            `json:"transitive_tag_keys"`
	}
	if err := id.token.Decode(tagsClaim, &nested); err != nil {
		return nil, nil, err
	}
	if err := id.token.Decode(transitiveTagsClaim, &nested.TransitiveTagKeys); err != nil {
		return nil, nil, err
	}
	values := map[string]string{}
	for key, value := range nested.PrincipalTags {
		if len(value) != 1 {
			return nil, nil, oidc.ErrUnverified
		}
		values[key] = value[0]
	}
	for _, name := range id.token.Names() {
		key, ok := strings.CutPrefix(name, principalTagsClaim)
		if !ok {
			continue
		}
		if values[key], ok = id.token.Text(name); !ok {
			return nil, nil, oidc.ErrUnverified
		}
	}
	for key, value := range values {
		list = append(list, types.Tag{Key: aws.String(key), Value: aws.String(value)})
	}
	slices.SortFunc(list, func(a, b types.Tag) int { return strings.Compare(*a.Key, *b.Key) })
	return list, nested.TransitiveTagKeys, nil
}
