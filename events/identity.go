package events

import (
	"cmp"
	"time"

	"github.com/understudy-iam/understudy/principal"
)

// Identity says who called.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
type Identity struct {
	// Type is "Root", "IAMUser", "AssumedRole", "FederatedUser", "WebIdentityUser",
	// "SAMLUser", "AWSService", "AWSAccount", or "Unknown" of whom it was not proved.
	Type             string          `json:"type"`
	PrincipalID      string          `json:"principalId,omitempty"`
	ARN              string          `json:"arn,omitempty"`
	AccountID        string          `json:"accountId,omitempty"`
	AccessKeyID      string          `json:"accessKeyId,omitempty"`
	UserName         string          `json:"userName,omitempty"` // of a user, not of a role
	SessionContext   *SessionContext `json:"sessionContext,omitempty"`
	InvokedBy        string          `json:"invokedBy,omitempty"` // a service of AWS
	IdentityProvider string          `json:"identityProvider,omitempty"`
}

// SessionContext says how temporary credentials came about.
type SessionContext struct {
	SessionIssuer       *SessionIssuer       `json:"sessionIssuer,omitempty"`
	WebIDFederationData *WebIDFederationData `json:"webIdFederationData,omitempty"`
	Attributes          SessionAttributes    `json:"attributes"`
	SourceIdentity      string               `json:"sourceIdentity,omitempty"`
	AssumedRoot         string               `json:"assumedRoot,omitempty"` // "true" of a session of AssumeRoot
}

// SessionIssuer is the role or user of whom a session is.
type SessionIssuer struct {
	Type        string `json:"type"` // "Role", "IAMUser" or "Root"
	PrincipalID string `json:"principalId"`
	ARN         string `json:"arn"`
	AccountID   string `json:"accountId"`
	UserName    string `json:"userName,omitempty"`
}

// WebIDFederationData names the OpenID Connect provider that vouched for the holder of a
// session.
type WebIDFederationData struct {
	FederatedProvider string            `json:"federatedProvider"`
	Attributes        map[string]string `json:"attributes"`
}

// SessionAttributes are those that each session has.
type SessionAttributes struct {
	CreationDate     time.Time `json:"creationDate"`
	MFAAuthenticated string    `json:"mfaAuthenticated"` // "true" or "false"
}

// types are CloudTrail's for those whose credentials were proved.
var types = map[principal.Kind]string{
	principal.Root: "Root", principal.User: "IAMUser", principal.AssumedRole: "AssumedRole", principal.FederatedUser: "FederatedUser",
}

// identity is who called, as the account of the caller sees it.
func (e *Event) identity() Identity {
	p := &e.Caller.Principal
	switch {
	case e.Origin == FromService:
		return Identity{Type: "AWSService", InvokedBy: e.Principal().Name}
	case p.Kind == principal.Nobody:
		return unproved(e.caller())
	case p.Kind == principal.Anonymous && e.Caller.Request.Service == "sts":
		return e.vouched()
	case p.Kind == principal.Anonymous:
		return Identity{Type: "AWSAccount", AccountID: "anonymous"}
	}
	id := Identity{
		Type: types[p.Kind], PrincipalID: p.UserID, ARN: p.ARN, AccountID: p.AccountID, AccessKeyID: p.AccessKeyID,
		SessionContext: sessionContext(p),
	}
	if p.Kind == principal.User {
		id.UserName = p.Name
	}
	return id
}

// identityAbroad is who called, as an account sees it whose resource was used from
// another account.
func (e *Event) identityAbroad() Identity {
	return Identity{Type: "AWSAccount", PrincipalID: e.Caller.UserID, AccountID: e.Caller.AccountID}
}

// unproved is who a call says that it is from.
func unproved(p *principal.Principal) Identity {
	id := Identity{Type: "Unknown", PrincipalID: p.UserID, ARN: p.ARN, AccountID: p.AccountID, AccessKeyID: p.AccessKeyID}
	if id.AccountID == "" {
		id.AccountID, _ = principal.AccountOfAccessKey(p.AccessKeyID)
	}
	if p.Kind == principal.User {
		id.UserName = p.Name
	}
	return id
}

// sessionContext says how temporary credentials came about; nil for credentials that are
// not.
func sessionContext(p *principal.Principal) *SessionContext {
	s := p.Session
	if s == nil {
		return nil
	}
	c := &SessionContext{
		SessionIssuer: issuer(p), SourceIdentity: s.SourceIdentity,
		Attributes: SessionAttributes{CreationDate: s.IssuedAt.UTC().Truncate(time.Second), MFAAuthenticated: "false"},
	}
	if !s.MFAAt.IsZero() {
		c.Attributes.MFAAuthenticated = "true"
	}
	if s.Operation == "AssumeRoot" {
		c.AssumedRoot = "true"
	}
	if s.Operation == "AssumeRoleWithWebIdentity" {
		c.WebIDFederationData = &WebIDFederationData{FederatedProvider: s.FederatedProvider, Attributes: map[string]string{}}
	}
	return c
}

// issuer is of whom a session is that has an ARN of its own; nil for those of
// GetSessionToken, which keep the ARN of the user.
func issuer(p *principal.Principal) *SessionIssuer {
	a, _ := principal.ParseARN(p.ARN)
	own := principal.Partition(a.Partition).In(p.AccountID)
	path := cmp.Or(p.EntityPath, "/")
	i := &SessionIssuer{PrincipalID: p.EntityID, AccountID: p.AccountID, UserName: p.Name}
	switch {
	case p.Kind == principal.AssumedRole:
		i.Type, i.ARN = "Role", own.Entity("role", path, p.Name)
	case p.Kind == principal.FederatedUser && p.EntityID == "":
		i.Type, i.ARN, i.PrincipalID = "Root", own.Root(), p.AccountID
	case p.Kind == principal.FederatedUser:
		i.Type, i.ARN = "IAMUser", own.Entity("user", path, p.Name)
	default:
		return nil
	}
	return i
}
