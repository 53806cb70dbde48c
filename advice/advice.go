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

	// ChangeGuardrail changes what exists to deny: a Deny statement, a permissions
	// boundary, a policy of an organization.
	ChangeGuardrail Kind = "changeGuardrail"

	// LeaveDenied changes nothing: the denial is what a statement is for.
	LeaveDenied Kind = "leaveDenied"
)

// kinds are all kinds, the best first.
var kinds = []Kind{ChangeRequest, CompleteStatement, AddStatement, ChangeGuardrail, LeaveDenied}

func (k Kind) rank() int { return slices.Index(kinds, k) }

// Advice is one way to have the request allowed, or the reason not to.
type Advice struct {
	// Kind is that of the step that reaches furthest.
	Kind Kind `json:"kind"`

	// Steps are to be taken together. LeaveDenied has one for each statement whose
	// point the denial is.
	Steps []Step `json:"steps"`

	Warnings []Warning `json:"warnings,omitempty"`

	// AlsoAllows are requests beside this one that the change allows as well, in
	// words.
	AlsoAllows []string `json:"alsoAllows,omitempty"`

	// StaysDenied are requests beside this one that were tried with the change made
	// and are denied as before, in words.
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

	// Arguments are what to add to the call, where the rest of it is not known.
	Arguments string `json:"arguments,omitempty"`

	Request *Request `json:"request,omitempty"` // how the request changes
	Edit    *Edit    `json:"edit,omitempty"`    // how a policy changes
}

// Request is what changes in a request.
type Request struct {
	Resource string   `json:"resource,omitempty"`
	Set      []Key    `json:"set,omitempty"`
	Unset    []string `json:"unset,omitempty"` // names of keys

	// NotNeeded says that the changed call does not need this permission, so that
	// there is nothing to decide.
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
	Index  int    `json:"index"` // of the statement, from 0; that behind the last one for a new statement
	Sid    string `json:"sid,omitempty"`

	Before json.RawMessage `json:"before,omitempty"` // as it is written; empty for a new statement
	After  json.RawMessage `json:"after"`

	// Diff are the lines of the statement, each behind "  ", "- " or "+ ".
	Diff []string `json:"diff"`
}

// Concern is why to think twice.
type Concern string

// The concerns.
const (
	Escalation       Concern = "escalation"       // the caller can get more permissions by the action
	OpensToOthers    Concern = "opensToOthers"    // others than the caller are allowed too
	LoosensGuardrail Concern = "loosensGuardrail" // a limit becomes wider
	AllowsMore       Concern = "allowsMore"       // other requests of the caller are allowed too
)

// Warning is a concern in a sentence.
type Warning struct {
	Concern  Concern `json:"concern"`
	Sentence string  `json:"sentence"`
}
