package saml

// The attributes that AWS reads from assertions. PrincipalTag is followed by the
// key of the tag.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
const (
	AttributeRole              = attributePrefix + "Role"
	AttributeSessionName       = attributePrefix + "RoleSessionName"
	AttributeSessionDuration   = attributePrefix + "SessionDuration"
	AttributeSourceIdentity    = attributePrefix + "SourceIdentity"
	AttributeTransitiveTagKeys = attributePrefix + "TransitiveTagKeys"
	AttributePrincipalTag      = attributePrefix + "PrincipalTag:"

	attributePrefix = "https://aws.amazon.com/SAML/Attributes/"
)

// SignInURL is where browsers post assertions for AWS.
const SignInURL = "https://signin.aws.amazon.com/saml"
