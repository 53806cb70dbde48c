package services

import (
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/principal"
)

// functionPrefix begins the part of an ARN that names a function of Lambda.
const functionPrefix = "function:"

// errQualifier is Lambda's refusal of a function whose name has another version or alias than the
// request. Message not confirmed.
var errQualifier = &Malformed{
	Reason: "The derived qualifier from the function name does not match the specified qualifier.",
	Said:   true,
}

// refineLambda finds the account of a function's short name, the function of an event source
// mapping, and the condition keys that are made of several members.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
func refineLambda(r *reader, n *Needs) error {
	account, err := r.functionAccount()
	if err != nil {
		return err
	}
	for i := range n.Needs {
		need := &n.Needs[i]
		if need.Action == "lambda:TagResource" && need.Resource == "*" {
			become(need, r.request.arn("lambda", taggedByLambda[r.call.Operation]))
		}
		if err := refineFunction(need, account); err != nil {
			return err
		}
	}
	if err := functionOfMapping(r, &n.Needs[0]); err != nil {
		return err
	}
	return lambdaKeys(r, n)
}

// taggedByLambda is the kind of resource that gets the tags of a request, if Lambda assigns the ID.
var taggedByLambda = map[string]string{
	"CreateCodeSigningConfig":  "code-signing-config:*",
	"CreateEventSourceMapping": "event-source-mapping:*",
}

// functionAccount returns the account in the short form of the name of a function,
// ACCOUNT:function:NAME or REGION:ACCOUNT:function:NAME; empty if there is none.
func (r *reader) functionAccount() (string, error) {
	name := r.call.labels["FunctionName"]
	if name == "" {
		if r.call.Body != Whole {
			return "", nil
		}
		var err error
		if name, err = r.text("FunctionName"); err != nil {
			return "", err
		}
	}
	before, _, ok := strings.Cut(name, ":"+functionPrefix)
	if !ok || isARN(name) {
		return "", nil
	}
	region, account, whole := strings.Cut(before, ":")
	switch {
	case !whole:
		account = before
	case region != r.request.Region:
		return "", errElsewhere
	}
	if !principal.ValidAccountID(account) {
		return "", errNoARN
	}
	return account, nil
}

// refineFunction puts the account that is named into the need on a function, and removes the second
// of two equal qualifiers.
func refineFunction(need *authz.Need, account string) error {
	a, ok := principal.ParseARN(need.Resource)
	name, isFunction := strings.CutPrefix(a.Resource, functionPrefix)
	if !ok || !isFunction || strings.Contains(name, "/") { // a durable execution
		return nil
	}
	if parts := strings.Split(name, ":"); len(parts) > 2 {
		if len(parts) > 3 || parts[1] != parts[2] {
			return errQualifier
		}
		a.Resource = functionPrefix + parts[0] + ":" + parts[1]
	}
	if account != "" {
		a.AccountID = account
		ofAccount(need, account)
	}
	become(need, a.String())
	return nil
}

// ofAccount puts the account into the key that has the function's ARN.
func ofAccount(need *authz.Need, account string) {
	const key = "lambda:FunctionArn"
	for _, k := range need.Keys {
		if k.Name != key || len(k.Values) == 0 {
			continue
		}
		if a, ok := principal.ParseARN(k.Values[0]); ok {
			a.AccountID = account
			replaceKey(need, authz.String(key, a.String()))
			return
		}
	}
}

// functionOfMapping returns the function of an existing event source mapping.
func functionOfMapping(r *reader, need *authz.Need) error {
	if r.call.labels["UUID"] == "" {
		return nil
	}
	if function := r.request.resolve(FunctionOfMapping, need.Resource); function != "" {
		setKey(need, authz.String("lambda:FunctionArn", function))
	}
	return nil
}

// lambdaLists are the members that are condition keys with several values.
var lambdaLists = []struct{ key, path string }{
	{"lambda:Layer", "Layers[]"}, {"lambda:SubnetIds", "VpcConfig.SubnetIds[]"},
	{"lambda:SecurityGroupIds", "VpcConfig.SecurityGroupIds[]"},
}

// lambdaKeys adds the keys of single operations.
func lambdaKeys(r *reader, n *Needs) error {
	switch r.call.Operation {
	case "CreateFunction", "UpdateFunctionConfiguration":
		for _, l := range lambdaLists {
			values, err := r.list(l.path)
			if err != nil {
				return err
			}
			if len(values) > 0 {
				setKey(&n.Needs[0], authz.Strings(l.key, values...))
			}
		}
	case "CreateFunctionUrlConfig", "UpdateFunctionUrlConfig":
		kind, err := r.text("AuthType")
		if err != nil || kind == "" {
			return err
		}
		setKey(&n.Needs[0], authz.String("lambda:FunctionUrlAuthType", kind))
	}
	return nil
}
