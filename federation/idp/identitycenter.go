package idp

import (
	"strings"

	"github.com/understudy-iam/understudy/principal"
)

// IdentityCenter asks for a context assertion as IAM Identity Center makes one
// with CreateTokenWithIAM, for ProvidedContexts of AssumeRole. AWS's are opaque;
// these are JSON web tokens whose claims are the condition keys of the session.
// https://docs.aws.amazon.com/singlesignon/latest/userguide/condition-context-keys-sts-idc.html
type IdentityCenter struct {
	UserID        string `json:"userId"`                  // of the user in the identity store
	IdentityStore string `json:"identityStore,omitempty"` // d-1234567890 by default
	Instance      string `json:"instance,omitempty"`      // ssoins-1234567890abcdef by default
	Application   string `json:"application,omitempty"`   // apl-1234567890abcdef by default
	Account       string `json:"account,omitempty"`       // of the instance; 000000000000 by default
}

// An assertion is signed with an algorithm of short signatures, since AssumeRole
// takes no more than 2,048 characters.
const (
	identityCenterIssuer    = "https://identitycenter.amazonaws.com/"
	identityCenterAlgorithm = "ES256"
	identityCenterLife      = 3600
)

func (i *IdentityCenter) shape(p principal.Partition) (*shape, error) {
	if i.UserID == "" {
		return nil, refused("a context of IAM Identity Center is about a user; give the user's ID in the identity store")
	}
	if strings.ContainsAny(i.IdentityStore+i.Instance+i.Application, "/:") {
		return nil, refused("give IDs, such as d-1234567890 and ssoins-1234567890abcdef, not ARNs")
	}
	account, instance := or(i.Account, "000000000000"), or(i.Instance, "ssoins-1234567890abcdef")
	arn := func(service, account, resource string) string {
		return p.ARN(principal.ARN{Service: service, AccountID: account, Resource: resource})
	}
	return &shape{
		issuer: identityCenterIssuer + instance, subject: i.UserID, algorithm: identityCenterAlgorithm, life: identityCenterLife, early: -1,
		claims: Claims{
			"identitystore:UserId":           i.UserID,
			"identitystore:IdentityStoreArn": arn("identitystore", account, "identitystore/"+or(i.IdentityStore, "d-1234567890")),
			"identitycenter:InstanceArn":     arn("sso", "", "instance/"+instance),
			"identitycenter:ApplicationArn":  arn("sso", account, "application/"+instance+"/"+or(i.Application, "apl-1234567890abcdef")),
		},
	}, nil
}
