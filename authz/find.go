package authz

import (
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// ErrAmbiguous is returned by Named for a name that both a user and a role have.
var ErrAmbiguous = errors.New("the name is that of a user and of a role")

// Named returns the ARN of the principal or group that people mean by what they write: an
// ARN, which is returned unchanged, whether or not it exists; "user/NAME", "role/NAME" or
// "group/NAME"; the name of a user or role; or "root", if no user or role has this name.
// Everything but an ARN is looked up in the account. The error is persistence.ErrNotFound
// if there is none, and ErrAmbiguous if there are two.
func (a *Authorizer) Named(tx persistence.Tx, account, written string) (arn string, err error) {
	if strings.HasPrefix(written, "arn:") {
		return written, nil
	}
	if kind, path, ok := strings.Cut(written, "/"); ok {
		return a.holderARN(tx, account, kind, principal.Name(path))
	}
	var found []string
	for _, kind := range []string{"user", "role"} {
		arn, err := a.holderARN(tx, account, kind, written)
		if err == nil {
			found = append(found, arn)
		} else if !errors.Is(err, persistence.ErrNotFound) {
			return "", err
		}
	}
	switch {
	case len(found) > 1:
		return "", fmt.Errorf("%w: %s and %s", ErrAmbiguous, found[0], found[1])
	case len(found) == 1:
		return found[0], nil
	case written == "root":
		return a.options.Partition.In(account).Root(), nil
	}
	return "", persistence.ErrNotFound
}

// holderARN returns the ARN of the user, group or role with the name.
func (a *Authorizer) holderARN(tx persistence.Tx, account, kind, name string) (string, error) {
	h, err := FindHolder(tx, account, kind, name)
	if err != nil {
		return "", err
	}
	return h.ARN(a.options.Partition), nil
}

// FindHolder finds the user, group or role with the name, regardless of case. The error is
// persistence.ErrNotFound if there is none, or if there is no such kind.
func FindHolder(tx persistence.Tx, account, kind, name string) (Holder, error) {
	switch kind {
	case "user":
		u, err := persistence.Users.Get(tx, account, name)
		return holder(account, u, err, UserHolder)
	case "group":
		g, err := persistence.Groups.Get(tx, account, name)
		return holder(account, g, err, GroupHolder)
	case "role":
		r, err := persistence.Roles.Get(tx, account, name)
		return holder(account, r, err, RoleHolder)
	}
	return Holder{}, persistence.ErrNotFound
}

// Holders yields the users or the roles of an account, by name, after a position. For
// another kind it yields none.
func Holders(tx persistence.Tx, account, kind string, after persistence.Key) iter.Seq2[Holder, error] {
	switch kind {
	case "user":
		return holders(account, persistence.Users.Scan(tx, account, nil, after), UserHolder)
	case "role":
		return holders(account, persistence.Roles.Scan(tx, account, nil, after), RoleHolder)
	}
	return func(func(Holder, error) bool) {}
}

func holders[R any](account string, scan iter.Seq2[*R, error], of func(string, *R) Holder) iter.Seq2[Holder, error] {
	return func(yield func(Holder, error) bool) {
		for r, err := range scan {
			h, err := holder(account, r, err, of)
			if !yield(h, err) || err != nil {
				return
			}
		}
	}
}

// HolderByID finds the user, group or role with the unique ID, whose prefix tells its kind.
// The error is persistence.ErrNotFound if there is none, and persistence.ErrDamaged if the
// prefix is not that of one of these kinds.
func HolderByID(tx persistence.Tx, account, id string) (Holder, error) {
	switch {
	case strings.HasPrefix(id, principal.UserIDPrefix):
		u, err := persistence.UsersByID.First(tx, account, id)
		return holder(account, u, err, UserHolder)
	case strings.HasPrefix(id, principal.GroupIDPrefix):
		g, err := persistence.GroupsByID.First(tx, account, id)
		return holder(account, g, err, GroupHolder)
	case strings.HasPrefix(id, principal.RoleIDPrefix):
		r, err := persistence.RolesByID.First(tx, account, id)
		return holder(account, r, err, RoleHolder)
	}
	return Holder{}, fmt.Errorf("%w: an entity has the ID %q", persistence.ErrDamaged, id)
}

// holder converts a record that was found.
func holder[R any](account string, r *R, err error, of func(string, *R) Holder) (Holder, error) {
	if err != nil {
		return Holder{}, err
	}
	return of(account, r), nil
}
