package alerts

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/compare"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// boundaryBook remembers the permissions boundaries of users and roles, and what their
// policies say.
type boundaryBook struct {
	of       map[holder]string              // ARN of the policy
	policies map[string]*evaluator.Document // by ARN; those that are in use
}

func (*boundaryBook) kind() string { return boundaryWidened }

func (b *boundaryBook) renew(tx persistence.Tx, o *PostureOptions) error {
	b.of, b.policies = map[holder]string{}, map[string]*evaluator.Document{}
	for account, err := range persistence.StoredAccounts(tx) {
		if err != nil {
			return err
		}
		for u, err := range persistence.Users.Scan(tx, account, nil, nil) {
			if err != nil {
				return err
			}
			b.note(holder{account, "user", persistence.Fold(u.Name)}, u.Boundary)
		}
		for r, err := range persistence.Roles.Scan(tx, account, nil, nil) {
			if err != nil {
				return err
			}
			b.note(holder{account, "role", persistence.Fold(r.Name)}, r.Boundary)
		}
	}
	for h, arn := range b.of {
		if err := b.read(tx, o, h.account, arn); err != nil {
			return err
		}
	}
	return nil
}

// note remembers the boundary of a holder; empty: it has none.
func (b *boundaryBook) note(h holder, arn string) {
	if delete(b.of, h); arn != "" {
		b.of[h] = arn
	}
}

// read remembers what a policy says, if that is not known.
func (b *boundaryBook) read(tx persistence.Tx, o *PostureOptions, account, arn string) error {
	if b.policies[arn] != nil {
		return nil
	}
	p, err := o.Authorizer.ManagedPolicy(tx, account, arn, evaluator.Boundary)
	if errors.Is(err, persistence.ErrNotFound) {
		return nil // it was deleted since
	}
	if err == nil {
		b.policies[arn] = p.Document()
	}
	return err
}

var (
	boundaryPut    = []string{"PutUserPermissionsBoundary", "PutRolePermissionsBoundary"}
	boundaryGone   = []string{"DeleteUserPermissionsBoundary", "DeleteRolePermissionsBoundary"}
	holderMade     = []string{"CreateUser", "CreateRole"}
	holderGone     = []string{"DeleteUser", "DeleteRole"}
	holderRenamed  = []string{"UpdateUser"}
	policyReplaced = []string{"CreatePolicyVersion", "SetDefaultPolicyVersion"}
)

func (*boundaryBook) concerns(c *call) bool {
	return c.made(slices.Concat(boundaryPut, boundaryGone, holderMade, holderGone, holderRenamed, policyReplaced)...)
}

func (b *boundaryBook) after(tx persistence.Tx, o *PostureOptions, c *call) (string, error) {
	h := c.subject()
	switch {
	case c.made(policyReplaced...):
		return b.replaced(tx, c)
	case c.made(boundaryPut...), c.made(holderMade...):
		return b.put(tx, o, h, c.request.PermissionsBoundary)
	case c.made(boundaryGone...):
		before := b.of[h]
		if b.drop(h); before != "" {
			return fmt.Sprintf("the %s has no permissions boundary any more, which was %s", h, before), nil
		}
	case c.made(holderGone...):
		b.drop(h)
	case c.made(holderRenamed...) && c.request.NewUserName != "":
		arn := b.of[h]
		b.note(h, "")
		b.note(holder{h.account, h.kind, persistence.Fold(c.request.NewUserName)}, arn)
	}
	return "", nil
}

// drop forgets the boundary of a holder, and its policy if nobody else has it.
func (b *boundaryBook) drop(h holder) {
	arn := b.of[h]
	b.note(h, "")
	if !slices.Contains(slices.Collect(maps.Values(b.of)), arn) {
		delete(b.policies, arn)
	}
}

// put compares the policy that became a boundary with the one that was it. A boundary
// where there was none takes something away.
func (b *boundaryBook) put(tx persistence.Tx, o *PostureOptions, h holder, arn string) (string, error) {
	before := b.policies[b.of[h]]
	if err := b.read(tx, o, h.account, arn); err != nil || arn == "" {
		return "", err
	}
	now := b.policies[arn]
	if b.of[h] != arn {
		b.drop(h)
		b.note(h, arn)
	}
	if before == nil || now == nil {
		return "", nil
	}
	more, err := granted(before, now)
	if more != "" {
		return fmt.Sprintf("the permissions boundary of the %s became %s, which allows more than the one before: %s", h, arn, more), nil
	}
	return "", err
}

// replaced compares the default version of a policy that is a boundary with the one
// before.
func (b *boundaryBook) replaced(tx persistence.Tx, c *call) (string, error) {
	arn := c.request.PolicyARN
	before := b.policies[arn]
	if before == nil {
		return "", nil
	}
	now, err := newDefault(tx, c)
	if err != nil || now == nil {
		return "", err
	}
	b.policies[arn] = now
	more, err := granted(before, now)
	if more != "" {
		return fmt.Sprintf("the policy %s, which is a permissions boundary, allows more than before: %s", arn, more), nil
	}
	return "", err
}

// granted says what a boundary allows that the one before did not; empty: nothing.
func granted(before, now *evaluator.Document) (string, error) {
	grants, err := compare.Compare(before, now, evaluator.Boundary)
	if err != nil || len(grants) == 0 {
		return "", err
	}
	return grants[0].Action + " on " + grants[0].Resource, nil
}

// newDefault is the version that a call has made the default one; nil: none, or one that
// is gone since.
func newDefault(tx persistence.Tx, c *call) (*evaluator.Document, error) {
	document := c.request.PolicyDocument
	if c.made("CreatePolicyVersion") && !c.request.SetAsDefault {
		return nil, nil
	}
	if c.made("SetDefaultPolicyVersion") {
		var err error
		if document, err = versionOf(tx, c); errors.Is(err, persistence.ErrNotFound) {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
	}
	d, err := evaluator.Parse(document)
	if err != nil {
		return nil, nil // which the call would have been refused for
	}
	return d, nil
}

func versionOf(tx persistence.Tx, c *call) (string, error) {
	p, err := persistence.Policies.Get(tx, c.account.ID, principal.Name(c.request.PolicyARN))
	if err != nil {
		return "", err
	}
	number, err := strconv.Atoi(strings.TrimPrefix(c.request.VersionID, "v"))
	if err != nil {
		return "", persistence.ErrNotFound
	}
	v, err := persistence.PolicyVersions.Get(tx, c.account.ID, p.ID, persistence.VersionKey(number))
	if err != nil {
		return "", err
	}
	return v.Document, nil
}
