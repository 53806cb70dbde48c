package authz

import (
	"errors"
	"fmt"
	"strings"

	"github.com/understudy-iam/understudy/persistence"
)

// ErrAmbiguous is returned by Named for a name that a user and a role have.
var ErrAmbiguous = errors.New("the name is that of a user and of a role")

// Named returns the ARN of who is meant by what people write: an ARN, which is
// returned as it is, whether or not anybody has it; "user/NAME", "role/NAME" or
// "group/NAME"; the name of a user or role; and "root", where no user or role has
// this name. What is not an ARN is of the account. The error is
// persistence.ErrNotFound if nobody is meant, and ErrAmbiguous if two are.
func (a *Authorizer) Named(tx persistence.Tx, account, written string) (arn string, err error) {
	if strings.HasPrefix(written, "arn:") {
		return written, nil
	}
	if kind, path, ok := strings.Cut(written, "/"); ok {
		return a.holderARN(tx, account, kind, path[strings.LastIndexByte(path, '/')+1:])
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
		return a.options.Partition.IAM(account, "root"), nil
	}
	return "", persistence.ErrNotFound
}

// holderARN is the ARN of the user, group or role with the name.
func (a *Authorizer) holderARN(tx persistence.Tx, account, kind, name string) (string, error) {
	h, err := FindHolder(tx, account, kind, name)
	if err != nil {
		return "", err
	}
	return h.ARN(a.options.Partition), nil
}

// FindHolder finds the user, group or role with the name, in any case of letters;
// persistence.ErrNotFound if there is none, or no such kind.
func FindHolder(tx persistence.Tx, account, kind, name string) (*Holder, error) {
	var h Holder
	key := persistence.Fold(name)
	switch kind {
	case "user":
		u, err := persistence.Users.Get(tx, account, key)
		if err != nil {
			return nil, err
		}
		h = UserHolder(account, u)
	case "group":
		g, err := persistence.Groups.Get(tx, account, key)
		if err != nil {
			return nil, err
		}
		h = GroupHolder(account, g)
	case "role":
		r, err := persistence.Roles.Get(tx, account, key)
		if err != nil {
			return nil, err
		}
		h = RoleHolder(account, r)
	default:
		return nil, persistence.ErrNotFound
	}
	return &h, nil
}
