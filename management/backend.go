package management

import (
	"context"
	"io"
	"iter"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/faults"
)

// Backend is what the routes ask and tell. An error that it returns is a *Fault or
// an error of AWS, which the client sees, or any other, which is only logged.
type Backend interface {
	Settings
	Faults
	State
	Decisions
	Events
	Alerts
	Questions
	Holders
	Consoles
	Issuers
}

// Settings are how the server behaves.
type Settings interface {
	Health(context.Context) Health // of which the upstreams may take two seconds
	Enforcement() string           // on, log or off
	SetEnforcement(mode string) error
	Clock() Clock
	MoveClock(*ClockChange) error
}

// Faults are the rules that make trouble on purpose.
type Faults interface {
	Faults() []faults.State // in the order in which they are asked
	AddFault(faults.Rule) (faults.State, error)
	RemoveFault(id string) error
	ClearFaults()
}

// State is the whole state, of all accounts.
type State interface {
	// Reset empties it and, if seeds is true, applies the seeds of the server again:
	// both or neither. It returns the seeds' files.
	Reset(ctx context.Context, seeds bool) ([]string, error)

	TakeSnapshot(ctx context.Context) (*Snapshot, error)
	RestoreSnapshot(ctx context.Context, id string) (*Snapshot, error)
	Snapshots() []Snapshot // the oldest first
	DeleteSnapshot(id string) error

	// Export writes it as a seed in YAML. What it wrote before an error is not a seed.
	Export(context.Context, io.Writer, *Export) error

	// ImportSeed applies a seed whole or not at all, or only says what it would change.
	ImportSeed(context.Context, *Seed) (*SeedOutcome, error)
}

// Decisions are what was decided about calls.
type Decisions interface {
	KeepsDecisions() bool // false: the next four are not called, nor those of Events

	// ListDecisions are the last decisions that the filter admits, limit at most, the
	// newest first, without their explanations.
	ListDecisions(f *events.Filter, limit int) iter.Seq[*decisions.Record]

	// Decision explains the decision about a request, until ctx ends.
	Decision(ctx context.Context, requestID string) (*decisions.Record, error)

	// Needs are the permissions that the calls of a principal needed.
	Needs(context.Context, *NeedQuery) (*Needs, error)

	// FollowDecisions follows the decisions from now on that the filter admits, unless
	// as many clients follow the server as may.
	FollowDecisions(f *events.Filter) (Follower[decisions.Record], error)
}

// Events are the calls as CloudTrail records them.
type Events interface {
	// ListEvents are the last events that the filter admits, limit at most, the newest
	// first.
	ListEvents(f *events.Filter, limit int) iter.Seq[*events.Record]

	// FollowEvents follows the events from now on that the filter admits, unless as many
	// clients follow the server as may.
	FollowEvents(f *events.Filter) (Follower[events.Record], error)
}

// Alerts are what rules have found in calls.
type Alerts interface {
	KeepsAlerts() bool // false: the next two are not called

	// ListAlerts are the last alerts that the filter admits, limit at most, the newest
	// first. It waits until the rules have looked at each call that has ended before.
	ListAlerts(ctx context.Context, f *alerts.Filter, limit int) ([]*alerts.Alert, error)

	// FollowAlerts follows the alerts from now on that the filter admits, unless as many
	// clients follow the server as may.
	FollowAlerts(f *alerts.Filter) (Follower[alerts.Alert], error)
}

// Questions are asked by people, and by emulators of other services.
type Questions interface {
	// Authorize decides a question; nil without an error: nothing is decided, since
	// enforcement is off. The error is an *Unauthenticated for a caller who is not who
	// they claim to be.
	Authorize(context.Context, *Question) (*decisions.Record, error)

	WhoCan(context.Context, *WhoCan) (*WhoCanAnswer, error)

	// FindPrincipal finds who is meant by what was written, see Identity.
	FindPrincipal(ctx context.Context, written string) (*Identity, error)
}

// Holders are those who have credentials and MFA devices.
type Holders interface {
	// IssueCredentials does not ask a role's trust policy.
	IssueCredentials(context.Context, *CredentialsRequest) (*IssuedCredentials, error)

	// MFACodes are the codes that a device shows now and next.
	MFACodes(ctx context.Context, device string) ([2]string, error)
}

// Consoles are what AWS has consoles for and no API.
type Consoles interface {
	// RegisterSecurityKey returns the serial number of the new MFA device.
	RegisterSecurityKey(context.Context, *SecurityKey) (serial string, err error)

	// RegisterDelegationTemplate returns the ARN of the policy template.
	RegisterDelegationTemplate(context.Context, *DelegationTemplate) (arn string, err error)

	// DelegationNotifications are what AWS would have sent to the SNS topic of the
	// requestor, the oldest first.
	DelegationNotifications(ctx context.Context, requestID string) ([]DelegationNotification, error)
}

// Issuers are the accounts' issuers of web identity tokens.
type Issuers interface {
	// Issuer returns the URL of the issuer whose host begins with the name, and its
	// public keys as JSON Web Keys.
	Issuer(ctx context.Context, name string) (url string, keys any, err error)
}
