package events

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/principal"
)

// role is the ARN of the role that somebody wants to be; empty for other calls.
func (e *Event) role() string {
	if arn := roleARN(e.Input); arn != "" {
		return arn
	}
	if n := e.firstNeed(); n != nil && n.Trust {
		return n.Resource
	}
	return ""
}

// firstNeed is the primary permission that the call needed; nil if nothing was decided.
func (e *Event) firstNeed() *authz.Need {
	if d := e.Decision(); d != nil && len(d.Checks) > 0 {
		return &d.Checks[0].Need
	}
	return nil
}

// roleResources are what CloudTrail names of a call that asks to be a role: the role, and
// the SAML provider that vouches for the caller.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html#stscloudtrailexample_saml
func (e *Event) roleResources() []Resource {
	arn := e.role()
	if arn == "" {
		return nil
	}
	list := []Resource{{AccountID: accountOf(arn), Type: "AWS::IAM::Role", ARN: arn}}
	if p := text(e.Input, "PrincipalArn"); p != "" {
		list = append(list, Resource{AccountID: accountOf(p), Type: "AWS::IAM::SAMLProvider", ARN: p})
	}
	return list
}

// accountOf is the account in an ARN; empty if it is not one.
func accountOf(arn string) string {
	a, _ := principal.ParseARN(arn)
	return a.AccountID
}

// claims are the condition keys that an identity provider has given, by their names.
func (e *Event) claims() map[string][]string {
	claims := map[string][]string{}
	if n := e.firstNeed(); n != nil {
		for _, k := range n.Keys {
			claims[k.Name] = k.Values
		}
	}
	return claims
}

// vouched is whom an identity provider vouches for. What is not known, since no claim of
// the call was believed, is left out.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html#STS-API-SAML-WIF
func (e *Event) vouched() Identity {
	claims := e.claims()
	first := func(key string) string {
		if values := claims[key]; len(values) > 0 {
			return values[0]
		}
		return ""
	}
	if e.Caller.Request.Operation == "AssumeRoleWithSAML" {
		id := Identity{
			Type: "SAMLUser", UserName: cmp.Or(first("saml:sub"), text(e.Output, "Subject")),
			IdentityProvider: cmp.Or(first("saml:namequalifier"), text(e.Output, "NameQualifier")),
		}
		id.PrincipalID = joined(id.IdentityProvider, id.UserName)
		return id
	}
	id := Identity{Type: "WebIdentityUser", IdentityProvider: cmp.Or(e.Principal().ARN, text(e.Output, "Provider"))}
	issuer := id.IdentityProvider
	if _, url, ok := strings.Cut(issuer, ":oidc-provider/"); ok {
		issuer = url
	}
	id.UserName = cmp.Or(first(issuer+":sub"), text(e.Output, "SubjectFromWebIdentityToken"))
	id.PrincipalID = joined(id.IdentityProvider, cmp.Or(first(issuer+":aud"), text(e.Output, "Audience")), id.UserName)
	return id
}

// joined are the parts with colons; empty if one is.
func joined(parts ...string) string {
	if slices.Contains(parts, "") {
		return ""
	}
	return strings.Join(parts, ":")
}

// addClaims adds to the parameters of a call what the provider's token says: the name of
// the session, its tags and its source identity.
func (e *Event) addClaims(parameters map[string]any) {
	tags := map[string]string{}
	for key, values := range e.claims() {
		tag, isTag := strings.CutPrefix(key, "aws:RequestTag/")
		switch {
		case len(values) == 0:
		case isTag:
			tags[tag] = values[0]
		case key == "sts:RoleSessionName":
			parameters["roleSessionName"] = values[0]
		case key == "sts:SourceIdentity":
			parameters["sourceIdentity"] = values[0]
		case key == "sts:TransitiveTagKeys":
			parameters["transitiveTagKeys"] = values
		}
	}
	if len(tags) > 0 {
		parameters["principalTags"] = tags
	}
}

// addInherited adds to the parameters of AssumeRole the tags that the session of the
// caller hands on to the next one.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html#stscloudtrailexample-assumerole
func (e *Event) addInherited(parameters map[string]any) {
	s := e.Caller.Session
	if s == nil {
		return
	}
	inherited := map[string]string{}
	for _, t := range s.Tags {
		if slices.Contains(s.TransitiveTagKeys, t.Key) {
			inherited[t.Key] = t.Value
		}
	}
	if len(inherited) > 0 {
		parameters["incomingTransitiveTags"] = maps.Clone(inherited)
	}
}
