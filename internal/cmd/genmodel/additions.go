package main

import "fmt"

// An addition is what AWS has and botocore 1.43.11 lacks. Members and
// their order come from the SDK for Rust, whose builders keep the model's
// order, and the constraints from the pages of the API reference.
type addition struct {
	operations map[string]apiOperation
	shapes     map[string]*apiShape
	members    map[string][]member // appended to structures of botocore, by shape
	errors     map[string][]apiRef // of operations of botocore, beside its own
}

type member struct{ name, shape string }

// additions by service.
var additions = map[string]addition{"iam": iamAdditions, "sts": stsAdditions}

// add puts an addition into the model. What botocore has by now is an error.
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
			s.Members = append(s.Members, namedRef(x))
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

// iamAdditions are the role templates and account properties of autumn 2026
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
			namedRef{"TemplateArn", "arnType"},
			namedRef{"TemplateMinorVersion", "integerType"},
			namedRef{"ReplacementValues", "ReplacementValuesMapType"}),
		"AcquireRoleResponse":      structure(nil, namedRef{"Role", "Role"}),
		"ReplacementValuesMapType": {Type: "map", Key: &apiRef{"stringType"}, Value: &apiRef{"ReplacementValueEntry"}, Max: num(30)},
		"ReplacementValueEntry":    structure([]string{"Values"}, namedRef{"Values", "ReplacementValueListType"}),
		"ReplacementValueListType": {Type: "list", Member: &apiRef{"stringType"}, Min: num(1), Max: num(20)},
		"SourceRoleTemplate": structure(nil,
			namedRef{"TemplateArn", "arnType"},
			namedRef{"TemplateMinorVersion", "integerType"}),

		"GetRoleTemplateVersionRequest": structure([]string{"TemplateArn"},
			namedRef{"TemplateArn", "arnType"},
			namedRef{"MinorVersion", "integerType"}),
		"GetRoleTemplateVersionResponse": structure(nil, namedRef{"RoleTemplateVersion", "RoleTemplateVersion"}),
		"RoleTemplateVersion": structure(nil,
			namedRef{"TemplateVersionId", "stringType"},
			namedRef{"TemplateArn", "arnType"},
			namedRef{"TemplateName", "stringType"},
			namedRef{"MajorVersion", "integerType"},
			namedRef{"MinorVersion", "integerType"},
			namedRef{"DefaultMinorVersion", "integerType"},
			namedRef{"Description", "stringType"},
			namedRef{"ManagedByType", "stringType"},
			namedRef{"ManagedByValue", "stringType"},
			namedRef{"Enabled", "booleanType"},
			namedRef{"VersionEnabled", "booleanType"},
			namedRef{"RoleNamePattern", "stringType"},
			namedRef{"RolePathPattern", "stringType"},
			namedRef{"RoleDescriptionPattern", "stringType"},
			namedRef{"AssumeRolePolicyDocumentTemplate", "stringType"},
			namedRef{"InlinePolicyTemplates", "InlinePolicyListType"},
			namedRef{"ManagedPolicyArns", "ManagedPolicyArnListType"},
			namedRef{"PermissionBoundaryArn", "arnType"},
			namedRef{"MaxSessionDuration", "integerType"},
			namedRef{"RoleTagsTemplate", "TagTemplateListType"},
			namedRef{"ParametersDefinition", "ParameterDefinitionListType"},
			namedRef{"CreateTimestamp", "dateType"},
			namedRef{"UpdateTimestamp", "dateType"}),
		"InlinePolicyListType":        {Type: "list", Member: &apiRef{"InlinePolicy"}},
		"InlinePolicy":                structure(nil, namedRef{"PolicyName", "stringType"}, namedRef{"PolicyDocument", "stringType"}),
		"ManagedPolicyArnListType":    {Type: "list", Member: &apiRef{"arnType"}},
		"TagTemplateListType":         {Type: "list", Member: &apiRef{"TagTemplate"}},
		"TagTemplate":                 structure(nil, namedRef{"Key", "stringType"}, namedRef{"Value", "stringType"}),
		"ParameterDefinitionListType": {Type: "list", Member: &apiRef{"ParameterDefinition"}},
		"ParameterDefinition": structure(nil,
			namedRef{"Name", "stringType"},
			namedRef{"Type", "stringType"},
			namedRef{"SubType", "stringType"},
			namedRef{"Description", "stringType"},
			namedRef{"DefaultValue", "stringType"},
			namedRef{"IsRequired", "booleanType"},
			namedRef{"Immutable", "booleanType"}),

		"NameConflictException":         exception("NameConflict", 409),
		"RoleModifiedException":         exception("RoleModified", 409),
		"RoleTemplateDisabledException": exception("RoleTemplateDisabled", 400),

		"GetAccountPropertiesResponse": structure(nil, namedRef{"Properties", "AccountPropertiesMapType"}),
		"PutAccountPropertiesRequest":  structure([]string{"Properties"}, namedRef{"Properties", "AccountPropertiesMapType"}),
		// An output of no members: the answer has an empty PutAccountPropertiesResult.
		"PutAccountPropertiesResponse": structure(nil),
		"AccountPropertiesMapType":     {Type: "map", Key: &apiRef{"AccountPropertyKeyType"}, Value: &apiRef{"AccountPropertyValueType"}},
		"AccountPropertyKeyType":       {Type: "string", Min: num(1), Max: num(50), Pattern: "^[A-Za-z][A-Za-z0-9/_-]*$"},
		"AccountPropertyValueType":     {Type: "string", Min: num(1), Max: num(1024)},

		"UpdateOpenIDConnectProviderRequest": structure([]string{"OpenIDConnectProviderArn"},
			namedRef{"OpenIDConnectProviderArn", "arnType"},
			namedRef{"ContextProvider", "ContextProvider"},
			namedRef{"RemoveContextProvider", "booleanType"},
			namedRef{"IdentityCenterInstanceArn", "arnType"},
			namedRef{"RemoveIdentityCenterInstance", "booleanType"}),
		"ContextProvider": structure([]string{"SubjectSourceKey"},
			namedRef{"SubjectSourceKey", "contextProviderKeyType"},
			namedRef{"KeyDefinitionList", "ContextProviderKeyDefinitionListType"},
			namedRef{"SubjectTypeSourceKey", "contextProviderKeyType"},
			namedRef{"SubjectTypeValue", "contextProviderKeyType"}),
		"ContextProviderKeyDefinitionListType": {Type: "list", Member: &apiRef{"ContextProviderKeyDefinition"}, Min: num(0), Max: num(10)},
		"ContextProviderKeyDefinition": structure([]string{"SourceKey"},
			namedRef{"SourceKey", "contextProviderKeyType"},
			namedRef{"TargetKey", "contextProviderKeyType"}),
		"contextProviderKeyType": {Type: "string", Min: num(1), Max: num(128)},

		"OrderedOrganizationPolicyListType": {Type: "list", Member: &apiRef{"OrderedOrganizationPolicyType"}},
		"OrderedOrganizationPolicyType":     structure(nil, namedRef{"ServiceControlPolicyInputList", "SimulationPolicyListType"}),
		"PolicyExclusionListType":           {Type: "list", Member: &apiRef{"PolicyIdentifier"}},
		"PolicyIdentifier": structure(nil,
			namedRef{"PolicyType", "PolicyIdentifierPolicyType"},
			namedRef{"PolicyArn", "arnType"},
			namedRef{"InlinePolicyIdentifier", "InlinePolicyIdentifierType"}),
		"PolicyIdentifierPolicyType": {
			Type: "string", Enum: []string{"inline", "aws-managed", "user-managed", "permission-boundary", "scp", "rcp"},
		},
		// The reference calls the three members required and gives the names the
		// pattern of names. The service answers a missing one with InvalidInput
		// after the schema, and takes * and ? beside other characters (recorded).
		"InlinePolicyIdentifierType": structure(nil,
			namedRef{"PolicyName", "inlinePolicyIdentifierNameType"},
			namedRef{"AttachmentType", "InlinePolicyAttachmentType"},
			namedRef{"AttachmentName", "inlinePolicyIdentifierNameType"}),
		"inlinePolicyIdentifierNameType": {Type: "string", Pattern: `.*[\w+=,.@-]+.*`},
		"InlinePolicyAttachmentType":     {Type: "string", Enum: []string{"user", "group", "role"}},
	},
}

// stsAdditions are the session token's size, in every operation that issues one, and
// what is new in November 2026: GetScopedCredentials, InvalidContextAssertion, Scope
// and SubjectMode of GetWebIdentityToken, and the context that AssumeRoleWithSAML and
// AssumeRoleWithWebIdentity answer (@aws-sdk/client-sts 3.1177.0 and the API
// reference). The SDK for Go does not have these yet: their types are in
// awsapi/next/sts. How long a scope may be is not documented where we could read it.
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
			namedRef{"Policy", "sessionPolicyDocumentType"},
			namedRef{"DurationSeconds", "scopedDurationSecondsType"},
			namedRef{"MinimumSessionTokenSize", "minimumSessionTokenSizeType"},
			namedRef{"ScopedSessionDescription", "scopedSessionDescriptionType"}),
		"GetScopedCredentialsResponse": structure(nil,
			namedRef{"Credentials", "Credentials"},
			namedRef{"SessionInfo", "ScopedSession"},
			namedRef{"SessionTokenUtilization", "nonNegativeIntegerType"},
			namedRef{"SessionTokenSize", "nonNegativeIntegerType"},
			namedRef{"ScopedPoliciesCount", "nonNegativeIntegerType"},
			namedRef{"SourceIdentity", "sourceIdentityType"}),
		"ScopedSession": structure([]string{"ScopedSessionId", "Arn"}, namedRef{"ScopedSessionId", "assumedRoleIdType"},
			namedRef{"Arn", "arnType"}),
		"scopedDurationSecondsType":    {Type: "integer", Min: num(1), Max: num(129600)},
		"scopedSessionDescriptionType": {Type: "string", Max: num(256)},

		"webIdentityTokenScopeType":       {Type: "string"},
		"WebIdentityTokenSubjectModeType": {Type: "string", Enum: []string{"AWSIdentity", "OriginIdentity"}},

		"TrustedIdentityPropagationContext": structure(nil,
			namedRef{"OriginIdentity", "OriginIdentity"},
			namedRef{"TransactionContext", "TransactionContext"}),
		"OriginIdentity": structure(nil,
			namedRef{"Subject", "originIdentitySubjectType"},
			namedRef{"SubjectType", "originIdentitySubjectTypeType"},
			namedRef{"Issuer", "originIdentityIssuerType"},
			namedRef{"FederatedProviderArn", "arnType"}),
		"TransactionContext": structure(nil,
			namedRef{"IdentityProvider", "transactionContextIdentityProviderMapType"}),
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
