package alerts

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// PostureOptions says where the state is.
type PostureOptions struct {
	Store      persistence.Store // nil: nothing is known of the state
	Authorizer *authz.Authorizer // finds policies; required with a Store
}

// Posture remembers settings as they were before a call: whom roles trust outside of
// their account, permissions boundaries, password policies, and which access keys are
// disabled. Patterns cannot compare a setting with what it was, so the built-in rules
// find it out here.
//
// What a call has set is taken from its event, so that it does not matter how much later
// the event is looked at. The state is read at the start, and for policies that a call
// names and does not hold.
//
// One goroutine may use it.
type Posture struct {
	options PostureOptions
	books   []book
	unsure  bool // a setting could not be read
}

// A book remembers settings of one kind.
type book interface {
	kind() string

	// renew reads all settings anew.
	renew(tx persistence.Tx, o *PostureOptions) error

	// concerns reports whether a call is one that the book looks at.
	concerns(c *call) bool

	// after compares the settings that a call is about with those before, and
	// remembers them. It returns a sentence if a finding is to be made.
	after(tx persistence.Tx, o *PostureOptions, c *call) (string, error)
}

// call is what a book needs to know of a call.
type call struct {
	record    *events.Record
	account   principal.Account // whose settings it can have changed
	succeeded bool
	revoked   bool // it was denied because its session is revoked
	request   parameters
}

// parameters are those of a call that books look at.
type parameters struct {
	UserName            string `json:"userName"`
	RoleName            string `json:"roleName"`
	NewUserName         string `json:"newUserName"`
	PolicyARN           string `json:"policyArn"`
	PermissionsBoundary string `json:"permissionsBoundary"`
	AccessKeyID         string `json:"accessKeyId"`
	Status              string `json:"status"`
	PolicyDocument      string `json:"policyDocument"`
	AssumeRolePolicy    string `json:"assumeRolePolicyDocument"`
	SetAsDefault        bool   `json:"setAsDefault"`
	VersionID           string `json:"versionId"`

	passwordParameters
}

// NewPosture reads the settings that findings of the kinds need.
func NewPosture(ctx context.Context, o PostureOptions, kinds []string) (*Posture, error) {
	p := &Posture{options: o}
	all := []book{keyBook{}, &disabledBook{}}
	if o.Store != nil {
		all = append(all, &trustBook{}, &boundaryBook{}, &passwordBook{})
	}
	for _, b := range all {
		if slices.Contains(kinds, b.kind()) {
			p.books = append(p.books, b)
		}
	}
	return p, p.Renew(ctx)
}

// keep takes over what another Posture has remembered that is not in the state.
func (p *Posture) keep(before *Posture) {
	if before == nil {
		return
	}
	for _, b := range p.books {
		disabled, ok := b.(*disabledBook)
		for _, was := range before.books {
			if old, same := was.(*disabledBook); ok && same {
				disabled.lasting = old.lasting
			}
		}
	}
}

// Renew reads all settings anew, without telling what has changed.
func (p *Posture) Renew(ctx context.Context) error {
	p.unsure = true
	err := p.renew(ctx)
	p.unsure = err != nil
	return err
}

func (p *Posture) renew(ctx context.Context) error {
	if p.options.Store == nil || len(p.books) == 0 {
		return nil
	}
	return p.options.Store.View(ctx, func(tx persistence.Tx) error {
		for _, b := range p.books {
			if err := b.renew(tx, &p.options); err != nil {
				return err
			}
		}
		return nil
	})
}

// After tells what is to be found about a call: of the event, whose records these are.
// After an error settings are read anew, so that what this call has changed may not be told.
func (p *Posture) After(ctx context.Context, e *events.Event, records []*events.Record) ([]Finding, error) {
	if len(records) == 0 || len(p.books) == 0 {
		return nil, nil
	}
	if p.unsure {
		if err := p.Renew(ctx); err != nil {
			return nil, err
		}
	}
	c := newCall(e, records[0])
	var list []Finding
	for _, b := range p.books {
		if !b.concerns(c) {
			continue
		}
		sentence, err := p.ask(ctx, b, c)
		if err != nil {
			p.unsure = true
			return list, err
		}
		if sentence != "" {
			list = append(list, Finding{b.kind(), sentence})
		}
	}
	return list, nil
}

func (p *Posture) ask(ctx context.Context, b book, c *call) (sentence string, err error) {
	if p.options.Store == nil {
		return b.after(nil, &p.options, c)
	}
	err = p.options.Store.View(ctx, func(tx persistence.Tx) error {
		sentence, err = b.after(tx, &p.options, c)
		return err
	})
	return sentence, err
}

func newCall(e *events.Event, r *events.Record) *call {
	c := &call{record: r, succeeded: r.ErrorCode == "" && e.Code == "", revoked: isRevoked(e)}
	_ = json.Unmarshal(r.RequestParameters, &c.request) // what is missing is empty
	arn, _ := principal.ParseARN(r.UserIdentity.ARN)
	c.account = principal.Partition(arn.Partition).In(r.RecipientAccountID)
	return c
}

// made reports whether the call is one of these of IAM, and succeeded.
func (c *call) made(operations ...string) bool {
	return c.succeeded && c.record.EventSource == "iam.amazonaws.com" && slices.Contains(operations, c.record.EventName)
}

// holder is the user or role that has a setting.
type holder struct{ account, kind, name string }

// user is the user that the call is about: by name, or the caller.
func (c *call) user() holder {
	name := c.request.UserName
	if name == "" {
		name = c.record.UserIdentity.UserName
	}
	return holder{c.account.ID, "user", persistence.Fold(name)}
}

// subject is the user or role that the call names.
func (c *call) subject() holder {
	if c.request.RoleName != "" {
		return holder{c.account.ID, "role", persistence.Fold(c.request.RoleName)}
	}
	return c.user()
}

func (h holder) String() string { return h.kind + " " + h.name }
