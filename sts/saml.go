package sts

import (
	"cmp"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/understudy-iam/understudy/authz"
	next "github.com/understudy-iam/understudy/awsapi/next/sts"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/federation/saml"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// AssumeRoleWithSAML returns credentials of a role session to somebody whom a SAML provider vouches
// for. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
//
// The request is not signed: the assertion, which a certificate of the provider's metadata must
// verify, is the proof, and the role's trust policy decides. The assertion names the session, the
// roles that may be assumed, session tags and the source identity; what it says about the person
// becomes condition keys. Its expiry dates are checked; its audience, NotBefore and the issuer of
// the response are not, and it can be used again (recorded), unless Options.StrictSAML is set.
func (s *Service) AssumeRoleWithSAML(ctx context.Context, in *sts.AssumeRoleWithSAMLInput) (*next.AssumeRoleWithSAMLOutput, error) {
	role, err := s.parseRoleARN(in.RoleArn)
	if err != nil {
		return nil, err
	}
	id, err := s.samlIdentity(ctx, in)
	if err != nil {
		return nil, err
	}
	v, err := id.vouched(in)
	if err != nil {
		return nil, err
	}
	v.still = func(tx persistence.Tx) error { return s.stillSAML(tx, id, v) }
	atMost, until, err := id.limits()
	if err != nil {
		return nil, err
	}
	undo, err := s.useOnce(id, s.now(caller(ctx)))
	if err != nil {
		return nil, err
	}
	f, err := s.federate(ctx, v, &wanted{
		input: in, role: role, policy: in.Policy, policies: in.PolicyArns, seconds: in.DurationSeconds,
		minimumSize: in.MinimumSessionTokenSize, atMost: atMost, until: until,
	})
	if err != nil {
		undo()
		return nil, err
	}
	out := &next.AssumeRoleWithSAMLOutput{
		Credentials: f.credentials, AssumedRoleUser: f.user, PackedPolicySize: f.utilization, SourceIdentity: f.source,
		SessionTokenSize: f.size, SessionTokenUtilization: f.utilization,
		Subject: &id.assertion.Subject, SubjectType: aws.String(id.subjectType()), Issuer: &id.assertion.Issuer,
		Audience: &id.assertion.Recipient, NameQualifier: aws.String(id.nameQualifier()),
	}
	if !id.assertion.Encrypted { // the answer does not show the context, though the session has it (documented)
		out.TrustedIdentityPropagationContext = propagation(v.origin)
	}
	return out, nil
}

// assumeRoleWithSAMLRule asks for nothing: the operation asks authz itself.
func assumeRoleWithSAMLRule() authz.Rule { return authz.Unsigned[sts.AssumeRoleWithSAMLInput]() }

// samlIdentity is an assertion that was verified and has not expired.
type samlIdentity struct {
	text      string // of the response
	assertion *saml.Assertion
	partition principal.Partition
	account   string // of the provider
	provider  *persistence.SAMLProvider
}

func (s *Service) samlIdentity(ctx context.Context, in *sts.AssumeRoleWithSAMLInput) (*samlIdentity, error) {
	id, err := s.samlProvider(ctx, aws.ToString(in.PrincipalArn))
	if err != nil {
		return nil, err
	}
	id.text = aws.ToString(in.SAMLAssertion)
	if id.assertion, err = s.verifiedBy(id.provider, id.text); err != nil {
		return nil, err
	}
	return id, s.checkAssertion(id, s.now(caller(ctx)))
}

// verifiedBy returns the assertion of a response, if it is signed by the provider.
func (s *Service) verifiedBy(p *persistence.SAMLProvider, text string) (*saml.Assertion, error) {
	verifier, err := samlVerifier(p)
	if err != nil {
		return nil, err
	}
	a, err := verifier.Verify(text)
	if err != nil {
		return nil, s.badResponse(err, p, verifier)
	}
	return a, nil
}

// samlProvider finds the provider of a request.
func (s *Service) samlProvider(ctx context.Context, text string) (*samlIdentity, error) {
	arn, ok := s.partition.ParseIAM(text)
	if !ok {
		return nil, invalidRequestARN()
	}
	id := &samlIdentity{partition: s.partition, account: arn.AccountID}
	name, ok := strings.CutPrefix(arn.Resource, "saml-provider/")
	err := persistence.ErrNotFound
	if ok {
		err = s.store.View(ctx, func(tx persistence.Tx) error {
			var err error
			id.provider, err = persistence.SAMLProviders.Get(tx, arn.AccountID, name)
			return err
		})
	}
	if errors.Is(err, persistence.ErrNotFound) {
		return nil, unproved(s.orNoProvider(err), "There is no SAML provider with this ARN.").
			compare("PrincipalArn", "the ARN of a SAML provider", text).
			check("aws iam list-saml-providers shows them. In the attribute Role it is the ARN with saml-provider.")
	}
	return id, err
}

func (s *Service) orNoProvider(err error) error {
	if errors.Is(err, persistence.ErrNotFound) {
		return s.discoveryError("Specified provider doesn't exist", "AuthSamlManifestNotFoundException")
	}
	return err
}

// stillSAML refuses an assertion whose provider was deleted. A provider that was changed must
// verify it again.
func (s *Service) stillSAML(tx persistence.Tx, id *samlIdentity, v *vouched) error {
	p, err := persistence.SAMLProviders.Get(tx, id.account, id.provider.Name)
	if err != nil {
		return s.orNoProvider(err)
	}
	a := id.assertion
	if p.UUID != id.provider.UUID || p.Metadata != id.provider.Metadata || p.EncryptionRequired != id.provider.EncryptionRequired {
		if a, err = s.verifiedBy(p, id.text); err != nil {
			return err
		}
	}
	v.origin, err = id.origin(p, a)
	return err
}

// subjectName is how a context provider names the subject of an assertion.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_tip_federation_configure.html
const subjectName = "Subject/NameID"

// origin returns who is behind the session, as the provider's context provider says. The issuer is
// not that of the assertion: AWS documents that it is a hash of the key that signed it, but not
// which hash. Ours is the SHA-256 of the key, in hexadecimal.
func (id *samlIdentity) origin(p *persistence.SAMLProvider, a *saml.Assertion) (map[string][]string, error) {
	o := &origin{provider: id.arn(), issuer: a.SignedBy, said: func(name string) (string, bool) {
		if name == subjectName {
			return a.Subject, true
		}
		values := a.Values(name)
		if len(values) != 1 {
			return "", false
		}
		return values[0], true
	}}
	return o.keys(p.Context)
}

// samlVerifier returns the verifier of the provider's assertions. The metadata was checked before
// it was stored.
func samlVerifier(p *persistence.SAMLProvider) (*saml.Provider, error) {
	metadata, err := saml.ParseMetadata(p.Metadata)
	if err != nil {
		return nil, err
	}
	v := &saml.Provider{Metadata: metadata, EncryptionRequired: p.EncryptionRequired}
	for _, k := range p.PrivateKeys {
		if key, err := saml.ParseKey(k.PEM); err == nil { // IAM also accepts keys that are not RSA, which decrypt nothing
			v.Keys = append(v.Keys, key)
		}
	}
	return v, nil
}

func (s *Service) samlError(err error) error {
	switch {
	case errors.Is(err, saml.ErrMalformed):
		return s.invalidResponse("Invalid base64 SAMLResponse")
	case errors.Is(err, saml.ErrUnsigned):
		return s.invalidResponse("Response (with optional signature) must contain an assertion with a mandatory signature")
	case errors.Is(err, saml.ErrIssuer):
		return s.invalidResponse("Issuer not present in specified provider")
	case errors.Is(err, saml.ErrSignature):
		return invalidSignature()
	}
	return err
}

// arn is the provider as trust policies name it.
func (id *samlIdentity) arn() string {
	return id.partition.IAM(id.account, "saml-provider/"+id.provider.Name)
}

// document is the provider as saml:doc names it.
func (id *samlIdentity) document() string { return id.account + "/" + id.provider.Name }

// subjectType returns the format of the subject's name. A format of SAML 2.0 is shortened to its
// last word.
func (id *samlIdentity) subjectType() string {
	return strings.TrimPrefix(id.assertion.SubjectFormat, "urn:oasis:names:tc:SAML:2.0:nameid-format:")
}

// nameQualifier distinguishes subjects that have the same name. AWS documents how it is made.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
func (id *samlIdentity) nameQualifier() string {
	sum := sha1.Sum([]byte(id.assertion.Issuer + id.document()))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// vouched returns what the assertion says about the caller and the session.
func (id *samlIdentity) vouched(in *sts.AssumeRoleWithSAMLInput) (*vouched, error) {
	if !id.authorizes(aws.ToString(in.RoleArn), aws.ToString(in.PrincipalArn)) {
		return nil, unproved(roleNotAsserted(), "The assertion does not name this role with this provider.").
			compare("values of the attribute "+saml.AttributeRole, aws.ToString(in.RoleArn)+","+aws.ToString(in.PrincipalArn),
				cmp.Or(strings.Join(id.assertion.Values(saml.AttributeRole), " and "), "nothing")).
			check("See the identity provider's configuration for AWS: it says which pairs " +
				"of role and provider are sent, as two ARNs with a comma between them.")
	}
	v := &vouched{
		kind: evaluator.SAML, operation: "AssumeRoleWithSAML", provider: id.arn(), account: id.account,
		keys: id.keys(), lasting: map[string][]string{}, transitive: id.assertion.Values(saml.AttributeTransitiveTagKeys),
	}
	for _, k := range v.keys {
		if slices.Contains(lastingSAMLKeys, k.Name) {
			v.lasting[k.Name] = k.Values
		}
	}
	v.sessionName = first(id.assertion.Values(saml.AttributeSessionName))
	switch {
	case v.sessionName == "":
		return nil, unproved(noSessionName(), "The assertion does not name the session.").
			compare("attribute "+saml.AttributeSessionName, nameForm, "nothing")
	case !validName(v.sessionName):
		return nil, unproved(invalidSessionName(), "The assertion has a session name that sessions cannot have.").
			compare("attribute "+saml.AttributeSessionName, nameForm, v.sessionName)
	}
	if sources := id.assertion.Values(saml.AttributeSourceIdentity); len(sources) > 0 {
		if v.sourceIdentity = first(sources); !validSourceIdentity(v.sourceIdentity) {
			return nil, unproved(invalidSourceIdentity(), "The source identity in the assertion is not one that a session can have.").
				compare("attribute "+saml.AttributeSourceIdentity, sourceIdentityForm, cmp.Or(v.sourceIdentity, "nothing"))
		}
	}
	var err error
	if v.origin, err = id.origin(id.provider, id.assertion); err != nil {
		return nil, err
	}
	v.tags, err = id.tags()
	return v, err
}

// first returns the first value that is not empty.
func first(values []string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// authorizes reports whether the assertion lists the role with the provider: two
// ARNs with a comma between them, in either order (recorded).
func (id *samlIdentity) authorizes(role, provider string) bool {
	return slices.ContainsFunc(id.assertion.Values(saml.AttributeRole), func(pair string) bool {
		a, b, _ := strings.Cut(pair, ",")
		a, b = strings.TrimSpace(a), strings.TrimSpace(b)
		return a == role && b == provider || a == provider && b == role
	})
}

// tags returns the session tags, each of which is an attribute.
func (id *samlIdentity) tags() ([]types.Tag, error) {
	var list []types.Tag
	for _, a := range id.assertion.Attributes {
		key, ok := strings.CutPrefix(a.Name, saml.AttributePrincipalTag)
		if !ok {
			continue
		}
		if len(a.Values) != 1 {
			return nil, unproved(severalTagValues(), "A session tag in the assertion does not have exactly one value.").
				compare("attribute "+a.Name, "one value", fmt.Sprintf("%d values", len(a.Values)))
		}
		list = append(list, types.Tag{Key: aws.String(key), Value: aws.String(a.Values[0])})
	}
	return list, nil
}

// limits returns the longest session that the assertion allows, in seconds, and the time at which
// it must end; 0 for no limit.
func (id *samlIdentity) limits() (atMost, until int64, err error) {
	if values := id.assertion.Values(saml.AttributeSessionDuration); len(values) > 0 {
		atMost, err = strconv.ParseInt(values[0], 10, 64)
		if err != nil || atMost < minRoleDuration || atMost > maxRoleDuration {
			return 0, 0, unproved(invalidSessionDuration(), "The duration in the assertion is not one that a session can have.").
				compare("attribute "+saml.AttributeSessionDuration,
					fmt.Sprintf("seconds between %d and %d", minRoleDuration, maxRoleDuration), values[0])
		}
	}
	if end := id.assertion.SessionExpiry; !end.IsZero() {
		until = end.Unix()
	}
	return atMost, until, nil
}
