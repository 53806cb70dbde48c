package alerts

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// trustBook remembers whom roles trust outside of their account. Roles that trust nobody
// there are not in it.
type trustBook struct{ outsiders map[holder][]string }

func (*trustBook) kind() string { return trustOpened }

func (b *trustBook) renew(tx persistence.Tx, _ *PostureOptions) error {
	b.outsiders = map[holder][]string{}
	for account, err := range persistence.StoredAccounts(tx) {
		if err != nil {
			return err
		}
		for r, err := range persistence.Roles.Scan(tx, account, nil, nil) {
			if err != nil {
				return err
			}
			outsiders := outsidersOf(r.TrustPolicy, account)
			for i, o := range outsiders {
				if outsiders[i], err = named(tx, o, account); err != nil {
					return err
				}
			}
			b.set(holder{account, "role", persistence.Fold(r.Name)}, withoutEmpty(outsiders))
		}
	}
	return nil
}

func (b *trustBook) set(h holder, outsiders []string) {
	if delete(b.outsiders, h); len(outsiders) > 0 {
		b.outsiders[h] = outsiders
	}
}

func (*trustBook) concerns(c *call) bool {
	return c.made("CreateRole", "UpdateAssumeRolePolicy", "DeleteRole")
}

func (b *trustBook) after(_ persistence.Tx, _ *PostureOptions, c *call) (string, error) {
	h := c.subject()
	trust := c.request.PolicyDocument
	if c.made("CreateRole") {
		trust = c.request.AssumeRolePolicy
	}
	if c.made("DeleteRole") {
		b.set(h, nil)
		return "", nil
	}
	before, now := b.outsiders[h], outsidersOf(trust, h.account)
	b.set(h, now)
	var added []string
	for _, o := range now {
		if !slices.ContainsFunc(before, func(known string) bool { return includes(known, o) }) {
			added = append(added, o)
		}
	}
	if len(added) == 0 {
		return "", nil
	}
	return fmt.Sprintf("the role %s can be assumed from outside of its account, by %s", c.request.RoleName, strings.Join(added, " and ")), nil
}

// everybody is an outsider that stands for all.
const everybody = "everybody"

// outsidersOf are those beyond the account whom a trust policy admits: accounts, their
// users and roles, unique IDs, everybody, or any identity of a provider. What a statement
// denies is left out. Services are not asked about.
func outsidersOf(trust, account string) []string {
	d, err := evaluator.Parse(trust)
	if err != nil {
		return nil // a stored policy can be read
	}
	var list []string
	for i := range d.Statements {
		s := &d.Statements[i]
		if s.Effect == evaluator.Allow {
			list = append(list, openProviders(s)...)
		}
		if s.Effect != evaluator.Allow || !isAbout(s, assumeRole) || staysIn(s.Conditions, account) {
			continue
		}
		if s.NotPrincipals != nil {
			list = append(list, everybody)
		}
		for _, p := range s.Principals {
			switch {
			case p.Value == "*" && p.Type != "Service" && p.Type != "Federated":
				list = append(list, everybody)
			case p.Type == "AWS" && accountOf(p.Value) != account:
				list = append(list, p.Value)
			}
		}
	}
	list = slices.DeleteFunc(list, func(outsider string) bool { return isDenied(d, outsider, account) })
	slices.Sort(list)
	return slices.Compact(list)
}

const assumeRole = "sts:AssumeRole"

// isAbout reports whether a statement is about the action.
func isAbout(s *evaluator.Statement, action string) bool {
	matches := func(a evaluator.Text) bool { return evaluator.NewActionPattern(a.Value).Matches(action) }
	return slices.ContainsFunc(s.Actions, matches) || s.NotActions != nil && !slices.ContainsFunc(s.NotActions, matches)
}

// named is the ARN of the user or role outside of the account whose unique ID a stored
// trust policy has; empty if there is none. What is not an ID stays what it is.
func named(tx persistence.Tx, outsider, home string) (string, error) {
	if accountOf(outsider) != "" || outsider == everybody || strings.HasPrefix(outsider, anyIdentity) {
		return outsider, nil
	}
	for account, err := range persistence.StoredAccounts(tx) {
		if err != nil {
			return "", err
		}
		arn, err := arnOf(tx, account, outsider)
		if err != nil && !errors.Is(err, persistence.ErrNotFound) {
			return "", err
		}
		if err == nil && account != home {
			return arn, nil
		}
	}
	return "", nil
}

// arnOf is the ARN of the user or role of an account that has the unique ID.
func arnOf(tx persistence.Tx, account, id string) (string, error) {
	record, err := persistence.Accounts.Get(tx, account)
	if err != nil {
		return "", err
	}
	own := principal.Partition(record.Partition).In(account)
	if r, err := persistence.RolesByID.First(tx, account, id); err == nil {
		return own.Entity("role", r.Path, r.Name), nil
	}
	u, err := persistence.UsersByID.First(tx, account, id)
	if err != nil {
		return "", err
	}
	return own.Entity("user", u.Path, u.Name), nil
}

func withoutEmpty(list []string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

// accountOf is the account of a principal of a policy, which is an ARN or an account's ID;
// empty for a unique ID.
func accountOf(p string) string {
	if a, ok := principal.ParseARN(p); ok {
		return a.AccountID
	}
	if principal.ValidAccountID(p) {
		return p
	}
	return ""
}

// includes reports whether whoever an outsider stands for includes another one: an account
// includes its users and roles.
func includes(known, other string) bool {
	a, isARN := principal.ParseARN(known)
	whole := !isARN || a.Resource == "root"
	return known == everybody || known == other || whole && accountOf(known) == accountOf(other) && accountOf(other) != ""
}
