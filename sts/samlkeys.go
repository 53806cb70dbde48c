package sts

import (
	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// lastingSAMLKeys are the keys that the role's permissions policies can use: they stay in the session.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-saml_permission-policy
var lastingSAMLKeys = []string{"saml:namequalifier", "saml:sub", "saml:sub_type"}

const (
	eduPerson  = "urn:oid:1.3.6.1.4.1.5923.1.1.1."
	eduOrg     = "urn:oid:1.3.6.1.4.1.5923.1.2.1."
	xmlSOAP    = "http://schemas.xmlsoap.org/"
	identities = xmlSOAP + "ws/2005/05/identity/claims/"
)

// samlAttributes are the attributes of assertions that are condition keys: those of eduPerson and eduOrg, Active
// Directory and X.500. AWS's table maps primarygroupsid to uid and has nothing for saml:primaryGroupSID, which is in
// AWS's list of keys; so here it sets both.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html#saml-attribute-mapping
var samlAttributes = map[string][]string{
	eduPerson + "1":     {"saml:edupersonaffiliation"},
	eduPerson + "2":     {"saml:edupersonnickname"},
	eduPerson + "3":     {"saml:edupersonorgdn"},
	eduPerson + "4":     {"saml:edupersonorgunitdn"},
	eduPerson + "5":     {"saml:edupersonprimaryaffiliation"},
	eduPerson + "6":     {"saml:edupersonprincipalname"},
	eduPerson + "7":     {"saml:edupersonentitlement"},
	eduPerson + "8":     {"saml:edupersonprimaryorgunitdn"},
	eduPerson + "9":     {"saml:edupersonscopedaffiliation"},
	eduPerson + "10":    {"saml:edupersontargetedid"},
	eduPerson + "11":    {"saml:edupersonassurance"},
	eduOrg + "2":        {"saml:eduorghomepageuri"},
	eduOrg + "3":        {"saml:eduorgidentityauthnpolicyuri"},
	eduOrg + "4":        {"saml:eduorglegalname"},
	eduOrg + "5":        {"saml:eduorgsuperioruri"},
	eduOrg + "6":        {"saml:eduorgwhitepagesuri"},
	"urn:oid:2.5.4.3":   {"saml:cn"},
	identities + "name": {"saml:name"},

	xmlSOAP + "claims/CommonName": {"saml:commonName"},
	identities + "givenname":      {"saml:givenName"},
	identities + "surname":        {"saml:surname"},
	identities + "emailaddress":   {"saml:mail"},
	"http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid": {"saml:uid", "saml:primaryGroupSID"},

	"2.5.4.3":                    {"saml:commonName"},
	"2.5.4.4":                    {"saml:surname"},
	"2.4.5.42":                   {"saml:givenName"},
	"2.5.4.45":                   {"saml:x500UniqueIdentifier"},
	"0.9.2342.19200300100.1.1":   {"saml:uid"},
	"0.9.2342.19200300100.1.3":   {"saml:mail"},
	"0.9.2342.19200300.100.1.45": {"saml:organizationStatus"},
}

// keys returns the condition keys of the assertion and of its provider. If several attributes map to one key, the
// first counts, as AWS says of claims.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-saml
func (id *samlIdentity) keys() []authz.Key {
	a := id.assertion
	keys := []authz.Key{
		authz.String("saml:aud", a.Recipient), authz.String("saml:doc", id.document()), authz.String("saml:iss", a.Issuer),
		authz.String("saml:namequalifier", id.nameQualifier()), authz.String("saml:sub", a.Subject),
		authz.String("saml:sub_type", id.subjectType()),
	}
	seen := map[string]bool{}
	for _, x := range a.Attributes {
		for _, name := range samlAttributes[x.Name] {
			if seen[name] || len(x.Values) == 0 {
				continue
			}
			seen[name] = true
			keys = append(keys, authz.Key{Name: name, Values: x.Values, Multi: catalog.MultiValued(name)})
		}
	}
	return keys
}
