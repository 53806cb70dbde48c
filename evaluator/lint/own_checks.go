package lint

// The checks of what AWS does not check.
const (
	ActionMatchesNoResource       Code = own + "ACTION_MATCHES_NO_RESOURCE"
	DeadStatement                 Code = own + "DEAD_STATEMENT"
	ConditionNeverMatches         Code = own + "CONDITION_NEVER_MATCHES"
	ConditionAlwaysMatches        Code = own + "CONDITION_ALWAYS_MATCHES"
	ForAllValuesAbsentKey         Code = own + "FORALLVALUES_ABSENT_KEY"
	LiteralDollar                 Code = own + "LITERAL_DOLLAR"
	BoolKeyAbsent                 Code = own + "BOOL_KEY_ABSENT"
	TrustOpenToWorld              Code = own + "TRUST_OPEN_TO_WORLD"
	TrustEveryRepository          Code = own + "TRUST_EVERY_GITHUB_REPOSITORY"
	TrustAccountWithoutExternalID Code = own + "TRUST_ACCOUNT_WITHOUT_EXTERNAL_ID"
	EscalationByPolicy            Code = own + "ESCALATION_BY_POLICY_WRITE"
	EscalationByTrust             Code = own + "ESCALATION_BY_TRUST_WRITE"
	AllowNotAction                Code = own + "ALLOW_NOT_ACTION"
	AllowNotResource              Code = own + "ALLOW_NOT_RESOURCE"
	WorldReaches                  Code = own + "RESOURCE_OPEN_TO_WORLD"
)

var ownChecks = []Check{
	{Code: ActionMatchesNoResource, Type: Warning, Message: "The action {{action}} never applies to a resource of this statement: it acts on {{resources}}. Add such a resource, or move the action to another statement."},
	{Code: DeadStatement, Type: Warning, Message: "This statement allows nothing, because {{statement}} denies all of it. Remove this statement, or narrow the other."},
	{Code: ConditionNeverMatches, Type: Warning, Message: "This condition never holds: {{reason}}. The statement has no effect. Correct the condition."},
	{Code: ConditionAlwaysMatches, Type: Warning, Message: "This condition always holds: {{reason}}. It restricts nothing. Correct the condition, or remove it."},
	{Code: ForAllValuesAbsentKey, Type: SecurityWarning, Message: "ForAllValues also holds when the request does not have {{key}}, and the statement then allows the request. Add the Null operator with the value false for the key."},
	{Code: LiteralDollar, Type: Warning, Message: "The text {{text}} is not a policy variable, and is compared as it is written. Write {{variable}} to use the variable."},
	{Code: BoolKeyAbsent, Type: SecurityWarning, Message: "Requests that are signed with long-term keys do not have {{key}}, so this Deny does not apply to them. Use BoolIfExists."},
	{Code: TrustOpenToWorld, Type: SecurityWarning, Message: "Every AWS account can assume this role, because the principal is * and no condition says who may. Name the accounts or roles, or add a condition on aws:PrincipalOrgID or aws:PrincipalArn."},
	{Code: TrustEveryRepository, Type: SecurityWarning, Message: "Workflows of every GitHub organization can assume this role, because {{value}} matches all of them. Name the organization, the repository and the branch."},
	{Code: TrustAccountWithoutExternalID, Type: SecurityWarning, Message: "The account {{account}} can assume this role for anybody whom it serves, because no condition looks at sts:ExternalId. If it belongs to somebody else, add a condition on sts:ExternalId."},
	{Code: EscalationByPolicy, Type: SecurityWarning, Message: "The wildcard in {{action}} includes {{actions}} on every resource, with which callers can give themselves any permission. List the actions that are needed, or name the resources."},
	{Code: EscalationByTrust, Type: SecurityWarning, Message: "The wildcard in {{action}} includes iam:UpdateAssumeRolePolicy on every role, with which callers can assume any role. List the actions that are needed, or name the roles."},
	{Code: AllowNotAction, Type: SecurityWarning, Message: "NotAction with Allow allows every action that is not listed, also of services that AWS adds later. List what is allowed in Action."},
	{Code: AllowNotResource, Type: SecurityWarning, Message: "NotResource with Allow allows the actions on every resource that is not listed, also on those made later. List what is allowed in Resource."},
	{Code: WorldReaches, Type: SecurityWarning, Message: "Anybody can use this resource, because the principal is * and no condition says who may. Name the principals, or add a condition."},
}
