package offboard

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/understudy-iam/understudy/internal/awscli"
	"github.com/understudy-iam/understudy/internal/shell"
)

// Plan is what a person holds, and what is done about it. It is what JSON shows.
type Plan struct {
	User        string     `json:"user"`
	ARN         string     `json:"arn"`
	ID          string     `json:"id"`
	Account     string     `json:"account"`
	Generated   time.Time  `json:"generated"`             // by the server's clock, in seconds
	EventsSince *time.Time `json:"eventsSince,omitempty"` // the oldest event; nil: there are none
	Holds       Holdings   `json:"holds"`
	Sessions    []Session  `json:"sessions"` // that are open, the newest first
	Expired     int        `json:"expired"`  // sessions that events show and that have ended
	Named       []Mention  `json:"named"`    // policies that name the user
	Left        []LeftRole `json:"left"`     // roles that may have older sessions of the user
	Delete      bool       `json:"delete"`
	Steps       []Step     `json:"steps"`
	Notes       []Note     `json:"notes"`
	Proof       []Proof    `json:"proof,omitempty"` // after the steps were made
}

// Note is what people have to know beside the steps, with a command for the AWS CLI if there
// is one.
type Note struct {
	Text    string `json:"text"`
	Command string `json:"command,omitempty"`
}

// Holdings are what a user has. Lists are empty where there is nothing.
type Holdings struct {
	Keys               []Key             `json:"keys"`
	Password           *time.Time        `json:"password,omitempty"` // when it was set
	Devices            []string          `json:"mfaDevices"`
	Certificates       []string          `json:"signingCertificates"`
	SSHKeys            []string          `json:"sshKeys"`
	ServiceCredentials []string          `json:"serviceCredentials"`
	Groups             []string          `json:"groups"`
	Attached           []string          `json:"attachedPolicies"`
	Inline             []string          `json:"inlinePolicies"`
	Boundary           string            `json:"boundary,omitempty"`
	Tags               map[string]string `json:"tags"`
}

func (s *State) holdings(t *tracer) Holdings {
	h := Holdings{Password: s.Password, Devices: listed(s.Devices), Certificates: []string{}, SSHKeys: []string{},
		ServiceCredentials: []string{}, Groups: listed(s.Groups), Attached: listed(s.Attached), Inline: listed(s.Inline),
		Keys: []Key{}, Tags: map[string]string{}}
	for _, k := range s.Keys {
		k.Places = t.places(k.ID)
		h.Keys = append(h.Keys, k)
	}
	for i := range s.Certificates {
		h.Certificates = append(h.Certificates, *s.Certificates[i].CertificateId)
	}
	for i := range s.SSHKeys {
		h.SSHKeys = append(h.SSHKeys, *s.SSHKeys[i].SSHPublicKeyId)
	}
	for i := range s.ServiceCredentials {
		h.ServiceCredentials = append(h.ServiceCredentials, *s.ServiceCredentials[i].ServiceSpecificCredentialId)
	}
	if b := s.User.PermissionsBoundary; b != nil {
		h.Boundary = aws.ToString(b.PermissionsBoundaryArn)
	}
	for _, tag := range s.User.Tags {
		h.Tags[*tag.Key] = *tag.Value
	}
	return h
}

// listed is a list that JSON shows as one, also if it is empty.
func listed(list []string) []string { return append([]string{}, list...) }

// Step is one call of IAM.
type Step struct {
	Operation string `json:"operation"`
	Account   string `json:"account"` // in which it is made
	Why       string `json:"why"`
	Removes   bool   `json:"removes"` // it is made to delete the user, not to disable

	// Command is the call as the AWS CLI makes it. A policy with a date has the date of
	// the plan in it; see Input.
	Command string `json:"command"`

	input func(date string) any
	dated dateKind
}

// dateKind is what the date of a policy is that a step puts.
type dateKind uint8

const (
	undated dateKind = iota
	ahead            // margin after the step is made
	exact            // when the step is made
)

// margin is how much later than now the date is in a policy that limits nobody but the
// person who leaves. Sessions that begin between two steps end too, and a clock that is a
// little behind does not matter.
const margin = time.Minute

// Input is the input of the call, a pointer to the SDK's type, if it is made now.
func (s *Step) Input(now time.Time) any {
	date := now.UTC().Truncate(time.Second).Add(time.Second) // sessions count in seconds
	if s.dated == ahead {
		date = date.Add(margin)
	}
	return s.input(date.Format(time.RFC3339))
}

// command is the call as the AWS CLI makes it, with the options before.
func command(operation string, input any, before ...string) string {
	words := append([]string{"aws", "iam", awscli.Name(operation)}, before...)
	for _, a := range awscli.Arguments(input) {
		words = append(words, a.Words()...)
	}
	return shell.Command(words)
}

// add adds a step.
func (p *Plan) add(operation, why string, input any) {
	p.step(Step{Operation: operation, Account: p.Account, Why: why, input: func(string) any { return input }})
}

func (p *Plan) step(s Step) {
	s.Command = command(s.Operation, s.Input(p.Generated))
	p.Steps = append(p.Steps, s)
}
