package main

import "fmt"

// An addition holds what AWS has but botocore 1.43.11 lacks. Members and their
// order come from the SDK for Rust, whose builders keep the model's order, and the
// constraints from the pages of the API reference.
type addition struct {
	operations map[string]apiOperation
	shapes     map[string]*apiShape
	members    map[string][]member // appended to structures of botocore, by shape
	errors     map[string][]apiRef // of operations of botocore, besides its own
}

type member struct{ name, shape string }

// additions by service.
var additions = map[string]addition{"iam": iamAdditions, "sts": stsAdditions}

// add puts an addition into the model. It is an error if botocore already has a
// part of it.
func (m *apiModel) add(a addition) error {
	for name, op := range a.operations {
		if _, ok := m.Operations[name]; ok {
			return fmt.Errorf("operation %s is in botocore now: drop it from the additions", name)
		}
		m.Operations[name] = op
	}
	for name, s := range a.shapes {
		if _, ok := m.Shapes[name]; ok {
			return fmt.Errorf("shape %s is in botocore now: drop it from the additions", name)
		}
		m.Shapes[name] = s
	}
	for name, list := range a.members {
		s := m.Shapes[name]
		if s == nil {
			return fmt.Errorf("shape %s is not in botocore", name)
		}
		for _, x := range list {
			s.Members = append(s.Members, with(x.name, x.shape))
		}
	}
	for name, list := range a.errors {
		op, ok := m.Operations[name]
		if !ok {
			return fmt.Errorf("operation %s is not in botocore", name)
		}
		op.Errors = append(op.Errors, list...)
		m.Operations[name] = op
	}
	return nil
}

func num(n int64) *int64 { return &n }

func structure(required []string, members ...namedRef) *apiShape {
	return &apiShape{Type: "structure", Required: required, Members: members}
}

func exception(code string, status int) *apiShape {
	s := &apiShape{Type: "structure", Exception: true}
	s.Error = &struct {
		Code           string
		HTTPStatusCode int
	}{code, status}
	return s
}

// iamAdditions holds the role templates and account properties of autumn 2026
// (API_AcquireRole, API_GetRoleTemplateVersion, API_GetAccountProperties,
// API_PutAccountProperties), two members of the simulators, and the context
// providers of November 2026 (API_ContextProvider, API_UpdateOpenIDConnectProvider).
// The last are in no SDK for Go yet: their types are in awsapi/next/iam.
var iamAdditions = addition{
	operations: map[string]apiOperation{
		"AcquireRole": {
			Input: &apiRef{"AcquireRoleRequest"}, Output: &apiRef{"AcquireRoleResponse"},
			Errors: []apiRef{
				{"ConcurrentModificationException"}, {"EntityAlreadyExistsException"}, {"InvalidInputException"},
				{"LimitExceededException"},
				{"MalformedPolicyDocumentException"}, {"NameConflictException"}, {"NoSuchEntityException"}, {"RoleModifiedException"},
				{"RoleTemplateDisabledException"}, {"ServiceFailureException"},
			},
		},
		"GetRoleTemplateVersion": {
			Input: &apiRef{"GetRoleTemplateVersionRequest"}, Output: &apiRef{"GetRoleTemplateVersionResponse"},
			Errors: []apiRef{{"InvalidInputException"}, {"NoSuchEntityException"}, {"ServiceFailureException"}},
		},
		"GetAccountProperties": {
			Output: &apiRef{"GetAccountPropertiesResponse"},
			Errors: []apiRef{{"InvalidInputException"}, {"ServiceFailureException"}},
		},
		"PutAccountProperties": {
			Input: &apiRef{"PutAccountPropertiesRequest"}, Output: &apiRef{"PutAccountPropertiesResponse"},
			Errors: []apiRef{{"ConcurrentModificationException"}, {"InvalidInputException"}, {"ServiceFailureException"}},
		},
		"UpdateOpenIDConnectProvider": { // its errors are those of UpdateOpenIDConnectProviderThumbprint (not confirmed)
			Input: &apiRef{"UpdateOpenIDConnectProviderRequest"},
			Errors: []apiRef{
				{"ConcurrentModificationException"}, {"InvalidInputException"}, {"NoSuchEntityException"}, {"ServiceFailureException"},
			},
		},
	},
	members: map[string][]member{
		"CreateOpenIDConnectProviderRequest": {{"ContextProvider", "ContextProvider"}},
		"CreateSAMLProviderRequest":          {{"ContextProvider", "ContextProvider"}},
		"GetOpenIDConnectProviderResponse":   {{"ContextProvider", "ContextProvider"}, {"IdentityCenterInstanceArn", "arnType"}},
		"GetSAMLProviderResponse":            {{"ContextProvider", "ContextProvider"}},
		"UpdateSAMLProviderRequest":          {{"ContextProvider", "ContextProvider"}},

		"Role":                           {{"SourceRoleTemplate", "SourceRoleTemplate"}},
		"SimulateCustomPolicyRequest":    {{"OrderedOrganizationPolicyInputList", "OrderedOrganizationPolicyListType"}},
		"SimulatePrincipalPolicyRequest": {{"PolicyExclusionList", "PolicyExclusionListType"}},
	},
	shapes: map[string]*apiShape{
		"AcquireRoleRequest": structure([]string{"TemplateArn"},
			with("TemplateArn", "arnType"),
			with("TemplateMinorVersion", "integerType"),
			with("ReplacementValues", "ReplacementValuesMapType")),
		"AcquireRoleResponse":      structure(nil, with("Role", "Role")),
		"ReplacementValuesMapType": {Type: "map", Key: &apiRef{"stringType"}, Value: &apiRef{"ReplacementValueEntry"}, Max: num(30)},
		"ReplacementValueEntry":    structure([]string{"Values"}, with("Values", "ReplacementValueListType")),
		"ReplacementValueListType": {Type: "list", Member: &apiRef{"stringType"}, Min: num(1), Max: num(20)},
		"SourceRoleTemplate": structure(nil,
			with("TemplateArn", "arnType"),
			with("TemplateMinorVersion", "integerType")),

		"GetRoleTemplateVersionRequest": structure([]string{"TemplateArn"},
			with("TemplateArn", "arnType"),
			with("MinorVersion", "integerType")),
		"GetRoleTemplateVersionResponse": structure(nil, with("RoleTemplateVersion", "RoleTemplateVersion")),
		"RoleTemplateVersion": structure(nil,
			with("TemplateVersionId", "stringType"),
			with("TemplateArn", "arnType"),
			with("TemplateName", "stringType"),
			with("MajorVersion", "integerType"),
			with("MinorVersion", "integerType"),
			with("DefaultMinorVersion", "integerType"),
			with("Description", "stringType"),
			with("ManagedByType", "stringType"),
			with("ManagedByValue", "stringType"),
			with("Enabled", "booleanType"),
			with("VersionEnabled", "booleanType"),
			with("RoleNamePattern", "stringType"),
			with("RolePathPattern", "stringType"),
			with("RoleDescriptionPattern", "stringType"),
			with("AssumeRolePolicyDocumentTemplate", "stringType"),
			with("InlinePolicyTemplates", "InlinePolicyListType"),
			with("ManagedPolicyArns", "ManagedPolicyArnListType"),
			with("PermissionBoundaryArn", "arnType"),
			with("MaxSessionDuration", "integerType"),
			with("RoleTagsTemplate", "TagTemplateListType"),
			with("ParametersDefinition", "ParameterDefinitionListType"),
			with("CreateTimestamp", "dateType"),
			with("UpdateTimestamp", "dateType")),
		"InlinePolicyListType":        {Type: "list", Member: &apiRef{"InlinePolicy"}},
		"InlinePolicy":                structure(nil, with("PolicyName", "stringType"), with("PolicyDocument", "stringType")),
		"ManagedPolicyArnListType":    {Type: "list", Member: &apiRef{"arnType"}},
		"TagTemplateListType":         {Type: "list", Member: &apiRef{"TagTemplate"}},
		"TagTemplate":                 structure(nil, with("Key", "stringType"), with("Value", "stringType")),
		"ParameterDefinitionListType": {Type: "list", Member: &apiRef{"ParameterDefinition"}},
		"ParameterDefinition": structure(nil,
			with("Name", "stringType"),
			with("Type", "stringType"),
			with("SubType", "stringType"),
			with("Description", "stringType"),
			with("DefaultValue", "stringType"),
			with("IsRequired", "booleanType"),
			with("Immutable", "booleanType")),

		"NameConflictException":         exception("NameConflict", 409),
		"RoleModifiedException":         exception("RoleModified", 409),
		"RoleTemplateDisabledException": exception("RoleTemplateDisabled", 400),

		"GetAccountPropertiesResponse": structure(nil, with("Properties", "AccountPropertiesMapType")),
		"PutAccountPropertiesRequest":  structure([]string{"Properties"}, with("Properties", "AccountPropertiesMapType")),
		// An output without members: the answer has an empty PutAccountPropertiesResult.
		"PutAccountPropertiesResponse": structure(nil),
		"AccountPropertiesMapType":     {Type: "map", Key: &apiRef{"AccountPropertyKeyType"}, Value: &apiRef{"AccountPropertyValueType"}},
		"AccountPropertyKeyType":       {Type: "string", Min: num(1), Max: num(50), Pattern: "^[A-Za-z][A-Za-z0-9/_-]*$"},
		"AccountPropertyValueType":     {Type: "string", Min: num(1), Max: num(1024)},

		"UpdateOpenIDConnectProviderRequest": structure([]string{"OpenIDConnectProviderArn"},
			with("OpenIDConnectProviderArn", "arnType"),
			with("ContextProvider", "ContextProvider"),
			with("RemoveContextProvider", "booleanType"),
			with("IdentityCenterInstanceArn", "arnType"),
			with("RemoveIdentityCenterInstance", "booleanType")),
		"ContextProvider": structure([]string{"SubjectSourceKey"},
			with("SubjectSourceKey", "contextProviderKeyType"),
			with("KeyDefinitionList", "ContextProviderKeyDefinitionListType"),
			with("SubjectTypeSourceKey", "contextProviderKeyType"),
			with("SubjectTypeValue", "contextProviderKeyType")),
		"ContextProviderKeyDefinitionListType": {Type: "list", Member: &apiRef{"ContextProviderKeyDefinition"}, Min: num(0), Max: num(10)},
		"ContextProviderKeyDefinition": structure([]string{"SourceKey"},
			with("SourceKey", "contextProviderKeyType"),
			with("TargetKey", "contextProviderKeyType")),
		"contextProviderKeyType": {Type: "string", Min: num(1), Max: num(128)},

		"OrderedOrganizationPolicyListType": {Type: "list", Member: &apiRef{"OrderedOrganizationPolicyType"}},
		"OrderedOrganizationPolicyType":     structure(nil, with("ServiceControlPolicyInputList", "SimulationPolicyListType")),
		"PolicyExclusionListType":           {Type: "list", Member: &apiRef{"PolicyIdentifier"}},
		"PolicyIdentifier": structure(nil,
			with("PolicyType", "PolicyIdentifierPolicyType"),
			with("PolicyArn", "arnType"),
			with("InlinePolicyIdentifier", "InlinePolicyIdentifierType")),
		"PolicyIdentifierPolicyType": {
			Type: "string", Enum: []string{"inline", "aws-managed", "user-managed", "permission-boundary", "scp", "rcp"},
		},
		// The reference calls the three members required, and gives the names the usual
		// pattern. The service checks for missing members after the schema and answers
		// InvalidInput, and accepts * and ? besides other characters (recorded).
		"InlinePolicyIdentifierType": structure(nil,
			with("PolicyName", "inlinePolicyIdentifierNameType"),
			with("AttachmentType", "InlinePolicyAttachmentType"),
			with("AttachmentName", "inlinePolicyIdentifierNameType")),
		"inlinePolicyIdentifierNameType": {Type: "string", Pattern: `.*[\w+=,.@-]+.*`},
		"InlinePolicyAttachmentType":     {Type: "string", Enum: []string{"user", "group", "role"}},
	},
}

// stsAdditions holds the session token's size, in every operation that issues one,
// and what is new in November 2026: GetScopedCredentials, InvalidContextAssertion,
// Scope and SubjectMode of GetWebIdentityToken, and the context that
// AssumeRoleWithSAML and AssumeRoleWithWebIdentity return (@aws-sdk/client-sts
// 3.1177.0 and the API reference). The SDK for Go does not have these yet: their
// types are in awsapi/next/sts. We found no documentation of the maximum length of a
// scope.
var stsAdditions = addition{
	operations: map[string]apiOperation{
		"GetScopedCredentials": {
			Input: &apiRef{"GetScopedCredentialsRequest"}, Output: &apiRef{"GetScopedCredentialsResponse"},
			Errors: []apiRef{
				{"InsufficientSessionLifetimeException"}, {"InvalidSubjectCredentialsException"},
				{"MalformedPolicyDocumentException"}, {"PackedPolicyTooLargeException"},
			},
		},
	},
	shapes: map[string]*apiShape{
		"minimumSessionTokenSizeType": {Type: "integer", Min: num(0), Max: num(4096)},

		"GetScopedCredentialsRequest": structure(nil,
			with("Policy", "sessionPolicyDocumentType"),
			with("DurationSeconds", "scopedDurationSecondsType"),
			with("MinimumSessionTokenSize", "minimumSessionTokenSizeType"),
			with("ScopedSessionDescription", "scopedSessionDescriptionType")),
		"GetScopedCredentialsResponse": structure(nil,
			with("Credentials", "Credentials"),
			with("SessionInfo", "ScopedSession"),
			with("SessionTokenUtilization", "nonNegativeIntegerType"),
			with("SessionTokenSize", "nonNegativeIntegerType"),
			with("ScopedPoliciesCount", "nonNegativeIntegerType"),
			with("SourceIdentity", "sourceIdentityType")),
		"ScopedSession": structure([]string{"ScopedSessionId", "Arn"}, with("ScopedSessionId", "assumedRoleIdType"),
			with("Arn", "arnType")),
		"scopedDurationSecondsType":    {Type: "integer", Min: num(1), Max: num(129600)},
		"scopedSessionDescriptionType": {Type: "string", Max: num(256)},

		"webIdentityTokenScopeType":       {Type: "string"},
		"WebIdentityTokenSubjectModeType": {Type: "string", Enum: []string{"AWSIdentity", "OriginIdentity"}},

		"TrustedIdentityPropagationContext": structure(nil,
			with("OriginIdentity", "OriginIdentity"),
			with("TransactionContext", "TransactionContext")),
		"OriginIdentity": structure(nil,
			with("Subject", "originIdentitySubjectType"),
			with("SubjectType", "originIdentitySubjectTypeType"),
			with("Issuer", "originIdentityIssuerType"),
			with("FederatedProviderArn", "arnType")),
		"TransactionContext": structure(nil,
			with("IdentityProvider", "transactionContextIdentityProviderMapType")),
		"originIdentitySubjectType":     {Type: "string"},
		"originIdentitySubjectTypeType": {Type: "string"},
		"originIdentityIssuerType":      {Type: "string"},
		"transactionContextIdentityProviderMapType": {
			Type: "map", Key: &apiRef{"transactionContextKeyType"}, Value: &apiRef{"transactionContextValueType"},
		},
		"transactionContextKeyType":   {Type: "string"},
		"transactionContextValueType": {Type: "string", Max: num(128)},

		"InsufficientSessionLifetimeException": exception("InsufficientSessionLifetime", 400),
		"InvalidSubjectCredentialsException":   exception("InvalidSubjectCredentials", 400),
		"InvalidContextAssertionException":     exception("InvalidContextAssertion", 400),
	},
	errors: map[string][]apiRef{"AssumeRole": {{"InvalidContextAssertionException"}}},
	members: map[string][]member{
		"AssumeRoleRequest":                 {minimumTokenSize},
		"AssumeRoleWithSAMLRequest":         {minimumTokenSize},
		"AssumeRoleWithWebIdentityRequest":  {minimumTokenSize},
		"AssumeRootRequest":                 {minimumTokenSize},
		"GetFederationTokenRequest":         {minimumTokenSize},
		"GetSessionTokenRequest":            {minimumTokenSize},
		"GetWebIdentityTokenRequest":        {{"Scope", "webIdentityTokenScopeType"}, {"SubjectMode", "WebIdentityTokenSubjectModeType"}},
		"AssumeRoleResponse":                tokenSizes,
		"AssumeRoleWithSAMLResponse":        append(tokenSizes[:2:2], propagationContext),
		"AssumeRoleWithWebIdentityResponse": append(tokenSizes[:2:2], propagationContext),
		"AssumeRootResponse":                tokenSizes,
		"GetFederationTokenResponse":        tokenSizes,
		"GetSessionTokenResponse":           tokenSizes,
	},
}

var (
	propagationContext = member{"TrustedIdentityPropagationContext", "TrustedIdentityPropagationContext"}

	minimumTokenSize = member{"MinimumSessionTokenSize", "minimumSessionTokenSizeType"}
	tokenSizes       = []member{{"SessionTokenSize", "nonNegativeIntegerType"}, {"SessionTokenUtilization", "nonNegativeIntegerType"}}
)
