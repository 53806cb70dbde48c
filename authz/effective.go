package authz

import (
	"fmt"
	"iter"
	"slices"

	"github.com/understudy-iam/understudy/persistence"
)

// A HeldPolicy is an identity-based policy that a user, group or role has: an inline
// policy, or an attached managed one.
type HeldPolicy struct {
	Holder *Holder                   // the identity itself, or a group of a user; all fields are set for inline policies
	Inline *persistence.InlinePolicy // nil for a managed policy
	ARN    string                    // of a managed policy
}

// OwnPolicies yields the identity-based policies that a holder has itself: the
// inline ones, then the attached ones, each in the order of the store. A
// permissions boundary is not one of them.
func OwnPolicies(tx persistence.Tx, h *Holder) iter.Seq2[HeldPolicy, error] {
	return func(yield func(HeldPolicy, error) bool) {
		for p, err := range persistence.InlinePolicies.Scan(tx, h.Account, persistence.Key{h.ID}, nil) {
			if !yield(HeldPolicy{Holder: h, Inline: p}, err) || err != nil {
				return
			}
		}
		for at, err := range persistence.Attachments.Scan(tx, h.Account, persistence.Key{h.ID}, nil) {
			held := HeldPolicy{Holder: h}
			if err == nil {
				held.ARN = at.PolicyARN
			}
			if !yield(held, err) || err != nil {
				return
			}
		}
	}
}

// EffectivePolicies yields all identity-based policies of a holder: its own, and
// then those of a user's groups in the same way. A managed policy that is attached more
// than once is yielded once.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
func EffectivePolicies(tx persistence.Tx, h *Holder) iter.Seq2[HeldPolicy, error] {
	return func(yield func(HeldPolicy, error) bool) {
		var seen []string
		once := func(held HeldPolicy, err error) bool {
			if err == nil && held.Inline == nil {
				if slices.Contains(seen, held.ARN) {
					return true
				}
				seen = append(seen, held.ARN)
			}
			return yield(held, err) && err == nil
		}
		goOn := true
		OwnPolicies(tx, h)(func(held HeldPolicy, err error) bool {
			goOn = once(held, err)
			return goOn
		})
		if !goOn || h.Kind != "user" {
			return
		}
		heldByGroups(tx, h, once)
	}
}

// heldByGroups yields the policies of the groups that a user is in. It reads the group
// itself only if that has an inline policy, whose title contains the group's name.
func heldByGroups(tx persistence.Tx, user *Holder, yield func(HeldPolicy, error) bool) {
	for m, err := range persistence.MembershipsByUser.Scan(tx, user.Account, persistence.Key{user.ID}, nil) {
		if err != nil {
			yield(HeldPolicy{}, err)
			return
		}
		g := &Holder{Kind: "group", Account: user.Account, ID: m.GroupID}
		for held, err := range OwnPolicies(tx, g) {
			if err == nil && held.Inline != nil && g.Name == "" {
				err = g.readGroup(tx)
			}
			if !yield(held, err) {
				return
			}
		}
	}
}

func (h *Holder) readGroup(tx persistence.Tx) error {
	g, err := persistence.GroupsByID.First(tx, h.Account, h.ID)
	if err != nil {
		return fmt.Errorf("group %s: %w", h.ID, err)
	}
	*h = GroupHolder(h.Account, g)
	return nil
}
