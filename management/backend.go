package management

import (
	"context"
	"io"
	"iter"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/audit"
	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/faults"
)

// Backend does what the routes ask for. The client sees its errors if they are a *Fault
// or an error of AWS; other errors are only logged.
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

// Settings are about the behaviour of the server.
type Settings interface {
	Health(context.Context) Health // waits for the upstreams for up to two seconds
	Enforcement() string           // on, log or off
	SetEnforcement(mode string) error
	Clock() Clock
	MoveClock(*ClockChange) error
}

// Faults are about the rules that inject faults.
type Faults interface {
	Faults() []faults.State // in the order in which they are tried
	AddFault(faults.Rule) (faults.State, error)
	RemoveFault(id string) error
	ClearFaults()
}

// State is about the whole state, of all accounts.
type State interface {
	// Reset empties the state and, if seeds is true, applies the server's seeds again:
	// both or neither. It returns the seeds' files.
	Reset(ctx context.Context, seeds bool) ([]string, error)

	TakeSnapshot(ctx context.Context) (*Snapshot, error)
	RestoreSnapshot(ctx context.Context, id string) (*Snapshot, error)
	Snapshots() []Snapshot // the oldest first
	DeleteSnapshot(id string) error

	// Export writes the state as a seed in YAML. After an error, what it has written is incomplete.
	Export(context.Context, io.Writer, *Export) error

	// ImportSeed applies a seed as a whole or not at all, or only says what it would change.
	ImportSeed(context.Context, *Seed) (*SeedOutcome, error)
}

// Decisions are about what was decided about calls.
type Decisions interface {
	KeepsDecisions() bool // false: the next four are not called, nor those of Events

	// ListDecisions returns the last decisions that the filter admits, at most limit, the
	// newest first, without their explanations.
	ListDecisions(f *events.Filter, limit int) iter.Seq[*decisions.Record]

	// Decision explains the decision about a request, until ctx ends.
	Decision(ctx context.Context, requestID string) (*decisions.Record, error)

	// Needs returns the permissions that the calls of a principal needed.
	Needs(context.Context, *NeedQuery) (*Needs, error)

	// FollowDecisions follows the decisions from now on that the filter admits. It fails
	// if the maximum number of clients follow the server already.
	FollowDecisions(f *events.Filter) (Follower[decisions.Record], error)
}

// Events are about the calls as CloudTrail records them.
type Events interface {
	// ListEvents returns the last events that the filter admits, at most limit, the
	// newest first.
	ListEvents(f *events.Filter, limit int) iter.Seq[*events.Record]

	// FollowEvents follows the events from now on that the filter admits. It fails if the
	// maximum number of clients follow the server already.
	FollowEvents(f *events.Filter) (Follower[events.Record], error)
}

// Alerts are about what rules have found in calls.
type Alerts interface {
	KeepsAlerts() bool // false: the next two are not called

	// ListAlerts returns the last alerts that the filter admits, at most limit, the
	// newest first. It waits until the rules have looked at every call that has ended
	// already.
	ListAlerts(ctx context.Context, f *alerts.Filter, limit int) ([]*alerts.Alert, error)

	// FollowAlerts follows the alerts from now on that the filter admits. It fails if the
	// maximum number of clients follow the server already.
	FollowAlerts(f *alerts.Filter) (Follower[alerts.Alert], error)
}

// Questions are asked by people, and by emulators of other services.
type Questions interface {
	// Authorize decides a question. It returns nil without an error if nothing is decided
	// because enforcement is off. The error is an *Unauthenticated for a caller who is
	// not who they claim to be.
	Authorize(context.Context, *Question) (*decisions.Record, error)

	WhoCan(context.Context, *WhoCan) (*WhoCanAnswer, error)

	// Audit looks at an account until ctx ends.
	Audit(context.Context, *AuditQuery) (*audit.Report, error)

	// FindPrincipal finds the principal that a string names, see Identity.
	FindPrincipal(ctx context.Context, written string) (*Identity, error)
}

// Holders is about those who have credentials and MFA devices.
type Holders interface {
	// IssueCredentials does not check a role's trust policy.
	IssueCredentials(context.Context, *CredentialsRequest) (*IssuedCredentials, error)

	// MFACodes returns the codes that a device shows now and next.
	MFACodes(ctx context.Context, device string) ([2]string, error)
}

// Consoles is about things for which AWS has consoles but no API.
type Consoles interface {
	// RegisterSecurityKey returns the serial number of the new MFA device.
	RegisterSecurityKey(context.Context, *SecurityKey) (serial string, err error)

	// RegisterDelegationTemplate returns the ARN of the policy template.
	RegisterDelegationTemplate(context.Context, *DelegationTemplate) (arn string, err error)

	// DelegationNotifications returns the messages that AWS would have sent to the SNS
	// topic of the requestor, the oldest first.
	DelegationNotifications(ctx context.Context, requestID string) ([]DelegationNotification, error)
}

// Issuers is about the accounts' issuers of web identity tokens.
type Issuers interface {
	// Issuer returns the URL of the issuer whose host begins with the name, and its
	// public keys as JSON Web Keys.
	Issuer(ctx context.Context, name string) (url string, keys any, err error)
}
