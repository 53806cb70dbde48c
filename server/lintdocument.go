package server

import (
	"reflect"

	"github.com/understudy-iam/understudy/evaluator"
)

// putDocument is a policy that a call stores, or that limits the session that it makes.
type putDocument struct {
	kind evaluator.Kind
	name string // of the policy, or of whom or what it is for
	text string
}

// documentMembers are the members of an operation's input that have a policy and say what
// it is called.
type documentMembers struct {
	kind     evaluator.Kind
	document string
	name     []string
}

// putsDocument has the operations that take a policy, by their names. Managed policies count
// as identity-based ones: nothing says whether they will be a boundary.
var putsDocument = map[string]documentMembers{
	"CreatePolicy":           {evaluator.Identity, "PolicyDocument", []string{"PolicyName"}},
	"CreatePolicyVersion":    {evaluator.Identity, "PolicyDocument", []string{"PolicyArn"}},
	"CreateRole":             {evaluator.Trust, "AssumeRolePolicyDocument", []string{"RoleName"}},
	"PutGroupPolicy":         {evaluator.Identity, "PolicyDocument", []string{"GroupName", "PolicyName"}},
	"PutRolePolicy":          {evaluator.Identity, "PolicyDocument", []string{"RoleName", "PolicyName"}},
	"PutUserPolicy":          {evaluator.Identity, "PolicyDocument", []string{"UserName", "PolicyName"}},
	"UpdateAssumeRolePolicy": {evaluator.Trust, "PolicyDocument", []string{"RoleName"}},

	"AssumeRole":                {evaluator.Session, "Policy", []string{"RoleArn", "RoleSessionName"}},
	"AssumeRoleWithSAML":        {evaluator.Session, "Policy", []string{"RoleArn"}},
	"AssumeRoleWithWebIdentity": {evaluator.Session, "Policy", []string{"RoleArn", "RoleSessionName"}},
	"GetFederationToken":        {evaluator.Session, "Policy", []string{"Name"}},
	"GetScopedCredentials":      {evaluator.Session, "Policy", nil},
}

// of is the policy in the input, which is a pointer to the struct of its members. It is
// called what the members say, with slashes between them.
func (m documentMembers) of(in any) putDocument {
	members := reflect.ValueOf(in).Elem()
	text := func(name string) string {
		if p, ok := members.FieldByName(name).Interface().(*string); ok && p != nil {
			return *p
		}
		return ""
	}
	d := putDocument{kind: m.kind, text: text(m.document)}
	for i, name := range m.name {
		if i > 0 {
			d.name += "/"
		}
		d.name += text(name)
	}
	return d
}
