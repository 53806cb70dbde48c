package lint

// The checks of grants of iam:PassRole and iam:CreateServiceLinkedRole.
const (
	CreateSLRWithNotActionAndNotResource    Code = "CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE"
	CreateSLRWithNotResource                Code = "CREATE_SLR_WITH_NOT_RESOURCE"
	CreateSLRWithStarInActionAndNotResource Code = "CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE"
	CreateSLRWithStarInActionAndResource    Code = "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE"
	CreateSLRWithStarInResource             Code = "CREATE_SLR_WITH_STAR_IN_RESOURCE"
	CreateSLRWithStarInResourceAndNotAction Code = "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION"
	PassRoleWithNotActionAndNotResource     Code = "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE"
	PassRoleWithNotResource                 Code = "PASS_ROLE_WITH_NOT_RESOURCE"
	PassRoleWithStarInActionAndNotResource  Code = "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE"
	PassRoleWithStarInActionAndResource     Code = "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE"
	PassRoleWithStarInResource              Code = "PASS_ROLE_WITH_STAR_IN_RESOURCE"
	PassRoleWithStarInResourceAndNotAction  Code = "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION"
)

var grantChecks = []Check{
	{Code: CreateSLRWithNotActionAndNotResource, Type: Warning, Message: "Using NotAction with NotResource can allow creation of unintended service-linked roles because it allows iam:CreateServiceLinkedRole permissions on multiple resources. We recommend that you specify resource ARNs instead."},
	{Code: CreateSLRWithNotResource, Type: Warning, Message: "Using the iam:CreateServiceLinkedRole action with NotResource can allow creation of unintended service-linked roles for multiple resources. We recommend that you specify resource ARNs instead."},
	{Code: CreateSLRWithStarInActionAndNotResource, Type: Warning, Message: "Using an action with a wildcard(*) and NotResource can allow creation of unintended service-linked roles because it can allow iam:CreateServiceLinkedRole permissions on multiple resources. We recommend that you specify resource ARNs instead."},
	{Code: CreateSLRWithStarInActionAndResource, Type: Warning, Message: "Using wildcards (*) in the action and the resource can allow creation of unintended service-linked roles because it allows iam:CreateServiceLinkedRole permissions on all resources. We recommend that you specify resource ARNs instead."},
	{Code: CreateSLRWithStarInResource, Type: Warning, Message: "Using the iam:CreateServiceLinkedRole action with wildcards (*) in the resource can allow creation of unintended service-linked roles. We recommend that you specify resource ARNs instead."},
	{Code: CreateSLRWithStarInResourceAndNotAction, Type: Warning, Message: "Using a resource with wildcards (*) and NotAction can allow creation of unintended service-linked roles because it allows iam:CreateServiceLinkedRole permissions on all resources. We recommend that you specify resource ARNs instead."},
	{Code: PassRoleWithNotActionAndNotResource, Type: SecurityWarning, Message: "Using NotAction with NotResource can be overly permissive because it can allow iam:PassRole permissions on multiple resources.. We recommend that you specify resource ARNs instead."},
	{Code: PassRoleWithNotResource, Type: SecurityWarning, Message: "Using the iam:PassRole action with NotResource can be overly permissive because it can allow iam:PassRole permissions on multiple resources. We recommend that you specify resource ARNs instead."},
	{Code: PassRoleWithStarInActionAndNotResource, Type: SecurityWarning, Message: "Using an action with a wildcard (*) and NotResource can be overly permissive because it can allow iam:PassRole permissions on multiple resources. We recommend that you specify resource ARNs instead."},
	{Code: PassRoleWithStarInActionAndResource, Type: SecurityWarning, Message: "Using wildcards (*) in the action and the resource can be overly permissive because it allows iam:PassRole permissions on all resources. We recommend that you specify resource ARNs or add the iam:PassedToService condition key to your statement."},
	{Code: PassRoleWithStarInResource, Type: SecurityWarning, Message: "Using the iam:PassRole action with wildcards (*) in the resource can be overly permissive because it allows iam:PassRole permissions on multiple resources. We recommend that you specify resource ARNs or add the iam:PassedToService condition key to your statement."},
	{Code: PassRoleWithStarInResourceAndNotAction, Type: SecurityWarning, Message: "Using a resource with wildcards (*) and NotAction can be overly permissive because it allows iam:PassRole permissions on all resources. We recommend that you specify resource ARNs or add the iam:PassedToService condition key to your statement."},
}
