package persistence

import (
	"errors"
	"time"
)

// A DelegationTemplate is the policy template that a product provider, the
// requestor, has registered: only its own requests can name it.
type DelegationTemplate struct {
	ARN       string `cbor:"1,keyasint"`
	Document  string `cbor:"2,keyasint"` // a policy with @{parameters} and @Enabled statements
	Requestor string `cbor:"3,keyasint"` // the friendly name of the provider
}

// DelegationTemplates holds the templates under the requestor's account, by ARN.
var DelegationTemplates = newTable("delegation-template", func(t *DelegationTemplate) Key { return Key{t.ARN} })

// DelegationRequest is a product provider's request for permissions in the
// account of somebody else.
type DelegationRequest struct {
	ID              string `cbor:"1,keyasint"`
	Requestor       string `cbor:"2,keyasint"` // account ID
	RequestorName   string `cbor:"3,keyasint,omitempty"`
	WorkflowID      string `cbor:"4,keyasint"` // unique among the requestor's requests
	Description     string `cbor:"5,keyasint,omitempty"`
	Message         string `cbor:"6,keyasint,omitempty"`
	RedirectURL     string `cbor:"7,keyasint,omitempty"`
	Channel         string `cbor:"8,keyasint"` // ARN of an SNS topic
	SessionDuration int32  `cbor:"9,keyasint"` // seconds
	OnlySendByOwner bool   `cbor:"10,keyasint,omitempty"`

	TemplateARN string                `cbor:"11,keyasint"`
	Parameters  []DelegationParameter `cbor:"12,keyasint,omitempty"`
	Policy      string                `cbor:"13,keyasint"` // the template with the parameters in it

	OwnerAccount string `cbor:"14,keyasint,omitempty"` // account ID
	OwnerID      string `cbor:"15,keyasint,omitempty"` // ARN of the caller that associated it
	ApproverID   string `cbor:"16,keyasint,omitempty"` // ARN of the caller that accepted it

	// Approver is the user or role, by its unique ID, whose permissions the
	// delegated credentials have; empty for a root user.
	Approver string `cbor:"17,keyasint,omitempty"`

	// ApproverSession is the session that accepted it, whose limits the delegated
	// credentials keep; nil for long-term credentials.
	ApproverSession *ApproverSession `cbor:"22,keyasint,omitempty"`

	Notes           string `cbor:"18,keyasint,omitempty"`
	RejectionReason string `cbor:"19,keyasint,omitempty"`

	// Changes are the states that the request has reached, including the first one. The
	// state of having expired is not among them: it follows from the last change.
	Changes []DelegationChange `cbor:"20,keyasint"`

	// Token is what the requestor trades for credentials, until SessionDuration
	// after the request was finalized; empty before.
	Token string `cbor:"21,keyasint,omitempty"`
}

// ApproverSession holds the limits of an approver's session that also apply to the
// delegated credentials.
type ApproverSession struct {
	Name              string              `cbor:"1,keyasint,omitempty"` // of a role session
	Policy            string              `cbor:"2,keyasint,omitempty"`
	PolicyARNs        []string            `cbor:"3,keyasint,omitempty"`
	Limits            []string            `cbor:"4,keyasint,omitempty"`
	Tags              []Tag               `cbor:"5,keyasint,omitempty"`
	TransitiveTagKeys []string            `cbor:"6,keyasint,omitempty"`
	SourceIdentity    string              `cbor:"7,keyasint,omitempty"`
	FederatedProvider string              `cbor:"8,keyasint,omitempty"`
	Keys              map[string][]string `cbor:"9,keyasint,omitempty"` // condition keys that persist
}

// DelegationParameter is a parameter of a policy template with its values.
type DelegationParameter struct {
	Name   string   `cbor:"1,keyasint"`
	List   bool     `cbor:"2,keyasint,omitempty"` // of type stringList
	Values []string `cbor:"3,keyasint"`
}

// DelegationChange is a state and when it was reached.
type DelegationChange struct {
	State string    `cbor:"1,keyasint"` // as AWS spells it: UNASSIGNED, ASSIGNED, ...
	Time  time.Time `cbor:"2,keyasint"`
}

// DelegationRequests holds the requests under the account of the requestor, by ID.
// Their order is that of their first states.
var DelegationRequests = newQueueBy("delegation-request", func(r *DelegationRequest) Key { return Key{r.ID} },
	func(r *DelegationRequest) uint64 {
		if len(r.Changes) == 0 {
			return 0
		}
		return uint64(max(1, r.Changes[0].Time.Unix()))
	})

// DelegationRequestsByWorkflow finds a request by the requestor's own ID for it.
var DelegationRequestsByWorkflow = newUniqueIndex(DelegationRequests.Table, "workflow", func(r *DelegationRequest) []Key {
	return []Key{{r.WorkflowID}}
})

// DelegationRequestsByToken finds a request by its exchange token.
var DelegationRequestsByToken = newUniqueIndex(DelegationRequests.Table, "token", func(r *DelegationRequest) []Key {
	if r.Token == "" {
		return nil
	}
	return []Key{{r.Token}}
})

// OwnedDelegation says under which account a request is stored that this account owns.
type OwnedDelegation struct {
	ID        string `cbor:"1,keyasint"`
	Requestor string `cbor:"2,keyasint"` // account ID
}

// OwnedDelegations holds the requests that an account owns, by ID.
var OwnedDelegations = newTable("owned-delegation", func(o *OwnedDelegation) Key { return Key{o.ID} })

// FindDelegationRequest returns the request with the ID, whoever made it, or
// ErrNotFound. It looks first among the requests that the account owns, and then at one
// key of each account, since a request that nobody owns yet may be for any account. The
// number of accounts is limited: operators create them, and only a bounded number is
// created automatically.
func FindDelegationRequest(tx Tx, account, id string) (*DelegationRequest, error) {
	o, err := OwnedDelegations.Get(tx, account, id)
	if err == nil {
		return DelegationRequests.Get(tx, o.Requestor, id)
	}
	if !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	for requestor, err := range AllAccounts(tx) {
		if err != nil {
			return nil, err
		}
		r, err := DelegationRequests.Get(tx, requestor, id)
		if !errors.Is(err, ErrNotFound) {
			return r, err
		}
	}
	return nil, ErrNotFound
}
