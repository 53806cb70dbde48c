package lint

// The checks of actions.
const (
	InvalidAction             Code = "INVALID_ACTION"
	InvalidServiceInAction    Code = "INVALID_SERVICE_IN_ACTION"
	RedundantAction           Code = "REDUNDANT_ACTION"
	UnsupportedActionInPolicy Code = "UNSUPPORTED_ACTION_IN_POLICY"
	WildcardInServiceName     Code = "WILDCARD_IN_SERVICE_NAME"
)

var actionChecks = []Check{
	{Code: InvalidAction, Type: Error, Message: "The action {{action}} does not exist. Did you mean {{valid_action}}?"},
	{Code: InvalidServiceInAction, Type: Error, Message: "The service {{service}} specified in the action does not exist. Did you mean {{service2}}?"},
	{Code: RedundantAction, Type: Suggestion, Message: "The {{redundantActionCount}} action(s) are redundant because they provide similar permissions. Update the policy to remove the redundant action such as: {{redundantAction}}."},
	{Code: UnsupportedActionInPolicy, Type: Error, Message: "The action {{action}} is not supported for the resource-based policy attached to the resource type {{resourceType}}."},
	{Code: WildcardInServiceName, Type: Suggestion, Message: "Avoid using wildcards (*, ?) in the service name because it might grant unintended access to other AWS services with similar names."},
}
