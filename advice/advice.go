package advice

import (
	"encoding/json"
	"slices"
)

// Kind says what a piece of advice changes. The kinds are ranked: each one reaches
// further than those before it.
type Kind string

// The kinds, the best first.
const (
	// ChangeRequest leaves all policies as they are.
	ChangeRequest Kind = "changeRequest"

	// CompleteStatement adds what is missing to a statement that almost allows
	// the request: a resource, a principal or a value of a condition.
	CompleteStatement Kind = "completeStatement"

	// AddStatement adds a statement for exactly this action and resource.
	AddStatement Kind = "addStatement"

	// ChangeGuardrail changes a limit: a Deny statement, a permissions boundary, a policy
	// of an organization.
	ChangeGuardrail Kind = "changeGuardrail"

	// LeaveDenied changes nothing: a statement keeps the request denied on purpose.
	LeaveDenied Kind = "leaveDenied"
)

// kinds are all kinds, the best first.
var kinds = []Kind{ChangeRequest, CompleteStatement, AddStatement, ChangeGuardrail, LeaveDenied}

func (k Kind) rank() int { return slices.Index(kinds, k) }

// Advice is one way to get the request allowed, or the reason to leave it denied.
type Advice struct {
	// Kind is the kind of the step that reaches furthest.
	Kind Kind `json:"kind"`

	// Steps are to be taken together. LeaveDenied has one for each statement that keeps
	// the request denied on purpose.
	Steps []Step `json:"steps"`

	Warnings []Warning `json:"warnings,omitempty"`

	// AlsoAllows describes other requests that the change allows too.
	AlsoAllows []string `json:"alsoAllows,omitempty"`

	// StaysDenied describes other requests that were tried with the change and are still
	// denied.
	StaysDenied []string `json:"staysDenied,omitempty"`
}

// Step is one change.
type Step struct {
	Kind     Kind   `json:"kind"`
	Layer    string `json:"layer,omitempty"` // of the policy that denies
	Level    string `json:"level,omitempty"` // of the layer, as in records
	Sentence string `json:"sentence"`

	// Command is a line for a POSIX shell that makes the change, or makes the call
	// with the change. Its values are quoted.
	Command string `json:"command,omitempty"`

	// Arguments are to be added to the call. They are given where the rest of the call is
	// not known.
	Arguments string `json:"arguments,omitempty"`

	Request *Request `json:"request,omitempty"` // how the request changes
	Edit    *Edit    `json:"edit,omitempty"`    // how a policy changes
}

// Request describes a change of a request.
type Request struct {
	Resource string   `json:"resource,omitempty"`
	Set      []Key    `json:"set,omitempty"`
	Unset    []string `json:"unset,omitempty"` // names of keys

	// NotNeeded says that the changed call does not need this permission, so there is
	// nothing to decide.
	NotNeeded bool `json:"notNeeded,omitempty"`
}

// Key is a condition key with its values.
type Key struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
	Multi  bool     `json:"multivalued,omitempty"`
}

// Edit is a statement that changes, or a new one.
type Edit struct {
	// Policy names the policy as records do. Empty: a new policy.
	Policy string `json:"policy,omitempty"`
	ARN    string `json:"arn,omitempty"`
	Index  int    `json:"index"` // of the statement, from 0; a new statement has the index after the last one
	Sid    string `json:"sid,omitempty"`

	Before json.RawMessage `json:"before,omitempty"` // as it is written; empty for a new statement
	After  json.RawMessage `json:"after"`

	// Diff has the lines of the statement, each with the prefix "  ", "- " or "+ ".
	Diff []string `json:"diff"`
}

// Concern is a reason to think twice.
type Concern string

// The concerns.
const (
	Escalation       Concern = "escalation"       // the caller can get more permissions by the action
	OpensToOthers    Concern = "opensToOthers"    // callers other than this one are allowed too
	LoosensGuardrail Concern = "loosensGuardrail" // a limit becomes wider
	AllowsMore       Concern = "allowsMore"       // other requests of the caller are allowed too
)

// Warning is a concern in a sentence.
type Warning struct {
	Concern  Concern `json:"concern"`
	Sentence string  `json:"sentence"`
}
