// Package offboard plans how a person leaves: what a user holds, which sessions are
// still open, who else uses the same credentials, and the calls of IAM that end all
// of it, in the order that AWS demands.
//
// It guarantees that
//   - a plan is made of a State alone: it reads no clock and calls nobody, and is the
//     same each time;
//   - each step is one call of IAM that the AWS CLI can make too, so that what Script
//     prints does the same in a real account as who makes the steps;
//   - a step that limits a role limits it for this person alone, unless
//     Options.RevokeRoles allows more.
//
// # Caveats
//
// Sessions are known from events alone, since nobody keeps a list of them: those that
// are older than the first event are not listed. Where credentials were used is what
// events tell by address and program, which is not proof of who used them.
package offboard

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/events"
)

// State is what was read of the user and of the account.
type State struct {
	Now     time.Time // by the server's clock
	Account string    // of the user

	User               types.User
	Keys               []Key
	Password           *time.Time // when it was set; nil: there is none
	Devices            []string   // serial numbers of MFA devices
	Certificates       []types.SigningCertificate
	SSHKeys            []types.SSHPublicKeyMetadata
	ServiceCredentials []types.ServiceSpecificCredentialMetadata
	Groups             []string // names
	Attached           []string // ARNs of managed policies
	Inline             []string // names

	// Events are those that are kept, of everybody, the newest first; EventsSince is when
	// the oldest of them was, zero if there are none.
	Events      []*events.Record
	EventsSince time.Time
	EventsLost  bool // there are more of one moment than could be read

	// Assumable are the roles that the user may assume now.
	Assumable []Role

	// Earlier are the policies that an earlier run has put on roles: their documents by
	// the ARN of the role.
	Earlier map[string]string

	// Policies are the policies that may name the user.
	Policies []Policy
}

// Key is an access key.
type Key struct {
	ID       string     `json:"id"`
	Active   bool       `json:"active"`
	Created  time.Time  `json:"created"`
	LastUsed *time.Time `json:"lastUsed,omitempty"`
	Places   []Place    `json:"places"` // where events show that it was used
}

// Role is a role that a user may assume.
type Role struct {
	ARN        string
	MaxSession time.Duration // how long a session of it may last
}

// Policy is a policy of whatever kind.
type Policy struct {
	Title    string // what people call it, such as "trust policy of role deploy"
	Account  string // empty: it is not known
	Document string
}

// Options say what a plan may do. The zero Options make the plan that disables.
type Options struct {
	Delete      bool // the user is deleted in the end
	RevokeRoles bool // older sessions of a role may end that are not this person's
}

// Make makes a plan.
func Make(s *State, o Options) *Plan {
	p := &Plan{
		User: *s.User.UserName, ARN: *s.User.Arn, ID: *s.User.UserId, Account: s.Account, Generated: s.Now.UTC().Truncate(time.Second),
		Delete: o.Delete, Notes: []Note{},
	}
	if !s.EventsSince.IsZero() {
		since := s.EventsSince.UTC()
		p.EventsSince = &since
	}
	t := newTracer(s)
	p.Holds = s.holdings(t)
	p.Sessions, p.Expired = t.open(), t.expired
	p.Named = mentions(s)
	p.Left = s.left(t, p.Sessions)
	p.disable(s)
	p.revoke(s, o)
	if o.Delete {
		p.remove(s)
	}
	p.remark(s)
	return p
}
