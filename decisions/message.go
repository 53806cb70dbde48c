package decisions

import (
	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
)

// Message is a denial as DecodeAuthorizationMessage of STS shows it. The form is
// that of the example in the reference of the AWS CLI:
// https://docs.aws.amazon.com/cli/latest/reference/sts/decode-authorization-message.html
type Message struct {
	Allowed           bool                    `json:"allowed"`
	ExplicitDeny      bool                    `json:"explicitDeny"`
	MatchedStatements Items[MessageStatement] `json:"matchedStatements"`
	Failures          Items[struct{}]         `json:"failures"`
	Context           MessageContext          `json:"context"`
}

// Items is a list as messages hold it.
type Items[T any] struct {
	Items []T `json:"items"`
}

// MessageStatement is a Deny statement that applied.
type MessageStatement struct {
	StatementID     string              `json:"statementId"`
	Effect          string              `json:"effect"` // DENY
	Principals      Items[MessageValue] `json:"principals"`
	PrincipalGroups Items[MessageValue] `json:"principalGroups"`
	Actions         Items[MessageValue] `json:"actions"`
	Resources       Items[MessageValue] `json:"resources"`
	Conditions      Items[MessageKey]   `json:"conditions"`
}

// MessageValue is one string of a list.
type MessageValue struct {
	Value string `json:"value"`
}

// MessageKey is a condition key with its values.
type MessageKey struct {
	Key    string              `json:"key"`
	Values Items[MessageValue] `json:"values"`
}

// MessageContext describes the request.
type MessageContext struct {
	Principal struct {
		ID  string `json:"id"`
		ARN string `json:"arn"`
	} `json:"principal"`
	Action     string            `json:"action"`
	Resource   string            `json:"resource"`
	Conditions Items[MessageKey] `json:"conditions"`
}

// NewMessage returns the message about the first permission that was denied.
func NewMessage(d *authz.Decision) *Message {
	m := &Message{Allowed: d.Denial == nil}
	m.MatchedStatements.Items, m.Failures.Items = []MessageStatement{}, []struct{}{}
	m.Context.Principal.ID, m.Context.Principal.ARN = d.Caller.UserID, d.Caller.ARN
	m.Context.Conditions.Items = []MessageKey{}
	for i := range d.Checks {
		if c := &d.Checks[i]; !c.Result.Allowed() {
			m.about(c)
			break
		}
	}
	return m
}

func (m *Message) about(c *authz.Check) {
	m.ExplicitDeny = c.Result.Decision == evaluator.ExplicitDeny
	m.Context.Action, m.Context.Resource = c.Need.Action, c.Need.Resource
	for _, name := range c.Request.Context.Names() {
		values, _, _ := c.Request.Context.Lookup(name)
		m.Context.Conditions.Items = append(m.Context.Conditions.Items, MessageKey{name, valuesOf(values)})
	}
	for _, match := range c.Result.Matches {
		if match.Effect() == evaluator.Deny {
			m.MatchedStatements.Items = append(m.MatchedStatements.Items, messageStatement(c, match.Statement))
		}
	}
}

func messageStatement(c *authz.Check, s *evaluator.Statement) MessageStatement {
	out := MessageStatement{
		StatementID: s.Sid, Effect: "DENY", PrincipalGroups: valuesOf(nil),
		Principals: valuesOf([]string{c.Request.Principal.EntityID}), // AWS shows the identity to which the policy is attached
		Actions:    valuesOf(texts(s.Actions)), Resources: valuesOf(texts(s.Resources)),
	}
	out.Conditions.Items = []MessageKey{}
	for _, k := range s.Conditions {
		out.Conditions.Items = append(out.Conditions.Items, MessageKey{k.Key, valuesOf(texts(k.Values))})
	}
	return out
}

func texts(list []evaluator.Text) []string {
	out := make([]string, len(list))
	for i, t := range list {
		out[i] = t.Value
	}
	return out
}

func valuesOf(list []string) Items[MessageValue] {
	out := Items[MessageValue]{Items: []MessageValue{}}
	for _, v := range list {
		out.Items = append(out.Items, MessageValue{v})
	}
	return out
}
