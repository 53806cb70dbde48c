package services

import (
	"encoding/json"
	"strings"

	"github.com/understudy-iam/understudy/principal"
)

// AskGrants returns the request for the grants of a key of KMS; nil for any other
// resource.
func AskGrants(holder string) *Question {
	a, _ := principal.ParseARN(holder)
	id, ok := strings.CutPrefix(a.Resource, "key/")
	if !ok || a.Service != "kms" {
		return nil
	}
	return ask("kms", a).json("ListGrants", map[string]any{"KeyId": id, "Limit": maxGrants})
}

// maxGrants is how many grants of a key count: the maximum of one answer.
const maxGrants = 100

// grant is a grant of a key in an answer to ListGrants.
type grant struct {
	GranteePrincipal string
	Operations       []string
	Constraints      struct{ EncryptionContextEquals, EncryptionContextSubset map[string]string }
}

// allowance is what a grant allows, as a statement of the key's policy.
type allowance struct {
	Effect    string
	Principal map[string]string
	Action    []string
	Resource  string
	Condition map[string]map[string]any `json:",omitempty"`
}

// ReadGrants reads the grants from an answer to AskGrants, as statements in JSON with commas
// between them; empty if there are none. A grant allows in the same way as a statement of the key's
// policy. https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
func ReadGrants(answer []byte) string {
	var list struct{ Grants []grant }
	if json.Unmarshal(answer, &list) != nil { // an answer of another form has no grants
		return ""
	}
	var out []string
	for _, g := range list.Grants {
		if _, ok := principal.ParseARN(g.GranteePrincipal); !ok || len(g.Operations) == 0 {
			continue // of a service, which makes no call here
		}
		text, _ := json.Marshal(g.statement()) // only strings
		out = append(out, string(text))
	}
	return strings.Join(out, ",")
}

// statement returns the grant as a statement.
func (g *grant) statement() allowance {
	s := allowance{Effect: "Allow", Principal: map[string]string{"AWS": g.GranteePrincipal}, Resource: "*"}
	for _, operation := range g.Operations {
		s.Action = append(s.Action, "kms:"+operation)
	}
	exact := g.Constraints.EncryptionContextEquals
	equal := map[string]any{}
	for _, pairs := range []map[string]string{exact, g.Constraints.EncryptionContextSubset} {
		for key, text := range pairs {
			equal["kms:EncryptionContext:"+key] = withoutVariables(text)
		}
	}
	if len(equal) > 0 {
		s.Condition = map[string]map[string]any{"StringEquals": equal}
	}
	if len(exact) > 0 {
		keys := []string{}
		for key := range exact {
			keys = append(keys, withoutVariables(key))
		}
		s.Condition["ForAllValues:StringEquals"] = map[string]any{"kms:EncryptionContextKeys": keys}
	}
	return s
}

// withoutVariables escapes a string for a policy, so that nothing in it is read as a variable.
func withoutVariables(text string) string { return strings.ReplaceAll(text, "${", "${$}{") }

// WithGrants adds grants to the policy of a key. If the upstream has no policy for it, that is
// AWS's default policy, which leaves everything to identity policies. A policy that cannot be read
// is left unchanged.
func WithGrants(holder, policy, grants string) string {
	if grants == "" {
		return policy
	}
	if policy == "" {
		a, _ := principal.ParseARN(holder)
		root := "arn:" + a.Partition + ":iam::" + a.AccountID + ":root"
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + root +
			`"},"Action":"kms:*","Resource":"*"},` + grants + `]}`
	}
	var document map[string]json.RawMessage
	if json.Unmarshal([]byte(policy), &document) != nil || document["Statement"] == nil {
		return policy
	}
	own := strings.TrimSpace(string(document["Statement"]))
	if own = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(own, "["), "]")); own != "" {
		own += ","
	}
	document["Statement"] = json.RawMessage("[" + own + grants + "]")
	merged, err := json.Marshal(document)
	if err != nil {
		return policy
	}
	return string(merged)
}
