package advice

import "strings"

// created are the types of resources that operations of IAM create, as they appear in
// ARNs. Such a resource has no tags yet when the call is decided.
var created = map[string]string{
	"CreateUser": "user", "CreateRole": "role", "CreateGroup": "group", "CreatePolicy": "policy",
	"CreateInstanceProfile": "instance-profile", "CreateVirtualMFADevice": "mfa",
	"CreateOpenIDConnectProvider": "oidc-provider", "CreateSAMLProvider": "saml-provider",
	"CreateServiceLinkedRole": "role",
}

// creates reports whether the call creates the resource of the request.
func (s *search) creates(st *state) bool {
	kind := created[s.Operation]
	return kind != "" && strings.EqualFold(s.Service, "iam") && resourceType(st.request.Resource) == kind
}

// isResourceTag reports whether a key is a tag of the resource.
func isResourceTag(key string) bool {
	return beginsWith(key, "aws:ResourceTag/") || beginsWith(key, "iam:ResourceTag/")
}
