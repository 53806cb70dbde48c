package alerts

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// keptDeleted bounds how many deleted keys are remembered.
const keptDeleted = 10_000

// disabledBook remembers access keys that are inactive or were deleted, and which keys are
// those of sessions of roles, and finds calls that are signed with them, with those of a
// role that was deleted, or with those of a session that a policy has revoked.
type disabledBook struct {
	inactive map[string]bool
	lasting
}

// lasting is what the book remembers of events alone. It is bounded: the first that came
// are forgotten first.
type lasting struct {
	deleted  map[string]bool
	order    []string           // of the deleted ones
	sessions map[string]session // by the ID of the key
	begun    []string           // those of them, in their order
}

// session is of a role, which may have been deleted since.
type session struct {
	role holder
	gone bool
}

func (*disabledBook) kind() string { return disabledCredential }

func (b *disabledBook) renew(tx persistence.Tx, _ *PostureOptions) error {
	b.inactive = map[string]bool{}
	for account, err := range persistence.StoredAccounts(tx) {
		if err != nil {
			return err
		}
		for k, err := range persistence.AccessKeys.Scan(tx, account, nil, nil) {
			if err != nil {
				return err
			}
			if k.Inactive {
				b.inactive[k.ID] = true
			}
		}
	}
	return nil
}

func (b *disabledBook) concerns(c *call) bool {
	return c.made("UpdateAccessKey", "DeleteAccessKey", "DeleteRole") || c.assumesRole() || c.revoked ||
		c.record.UserIdentity.Type == "Unknown"
}

func (b *disabledBook) after(_ persistence.Tx, _ *PostureOptions, c *call) (string, error) {
	id := c.request.AccessKeyID
	switch {
	case c.made("UpdateAccessKey"):
		if delete(b.inactive, id); c.request.Status != "Active" {
			b.add(&b.inactive, id)
		}
	case c.made("DeleteAccessKey"):
		delete(b.inactive, id)
		b.forget(id)
	case c.made("DeleteRole"):
		for key, s := range b.sessions {
			if s.role == c.subject() {
				b.sessions[key] = session{s.role, true}
			}
		}
	case c.assumesRole():
		b.begin(c)
	case c.revoked:
		return fmt.Sprintf("the session %s was revoked, and was used", callerOf(c.record)), nil
	default:
		return b.used(c.record.UserIdentity.AccessKeyID), nil
	}
	return "", nil
}

func (b *disabledBook) add(to *map[string]bool, id string) {
	if *to == nil {
		*to = map[string]bool{}
	}
	(*to)[id] = true
}

// forget remembers a key that was deleted, and none but the last.
func (b *disabledBook) forget(id string) {
	b.add(&b.deleted, id)
	if b.order = append(b.order, id); len(b.order) > keptDeleted {
		delete(b.deleted, b.order[0])
		b.order = b.order[1:]
	}
}

func (b *disabledBook) used(id string) string {
	switch {
	case b.inactive[id]:
		return fmt.Sprintf("the access key %s is inactive, and was used", id)
	case b.sessions[id].gone:
		return fmt.Sprintf("the access key %s of a session of the %s was used, which was deleted", id, b.sessions[id].role)
	case b.deleted[id]:
		return fmt.Sprintf("the access key %s was deleted, and was used", id)
	}
	return ""
}

// assumesRole reports whether the call has begun a session of a role.
func (c *call) assumesRole() bool {
	return c.succeeded && c.record.EventSource == "sts.amazonaws.com" && strings.HasPrefix(c.record.EventName, "AssumeRoleWith") ||
		c.succeeded && c.record.EventSource == "sts.amazonaws.com" && c.record.EventName == "AssumeRole"
}

// begin remembers the key of a session that begins.
func (b *disabledBook) begin(c *call) {
	var answer struct {
		Credentials struct {
			AccessKeyID string `json:"accessKeyId"`
		} `json:"credentials"`
		User struct {
			ARN string `json:"arn"`
		} `json:"assumedRoleUser"`
	}
	if json.Unmarshal(c.record.ResponseElements, &answer) != nil || answer.Credentials.AccessKeyID == "" {
		return
	}
	arn, _ := principal.ParseARN(answer.User.ARN)
	parts := strings.Split(arn.Resource, "/") // assumed-role, the role, the session
	if len(parts) != 3 {
		return
	}
	if b.sessions == nil {
		b.sessions = map[string]session{}
	}
	id := answer.Credentials.AccessKeyID
	b.sessions[id] = session{role: holder{arn.AccountID, "role", persistence.Fold(parts[1])}}
	if b.begun = append(b.begun, id); len(b.begun) > keptDeleted {
		delete(b.sessions, b.begun[0])
		b.begun = b.begun[1:]
	}
}

// isRevoked reports whether a call was denied by a statement about when its session was
// issued: so are the sessions of a role revoked.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
func isRevoked(e *events.Event) bool {
	if e.Caller == nil || e.Code == "" {
		return false
	}
	d := e.Decision()
	if d == nil {
		return false
	}
	for i := range d.Checks {
		result := &d.Checks[i].Result
		for _, m := range result.Matches {
			if m.Effect() == evaluator.Deny && !result.Allowed() && slices.ContainsFunc(m.Statement.Conditions, isOfIssueTime) {
				return true
			}
		}
	}
	return false
}

func isOfIssueTime(c evaluator.Condition) bool {
	return strings.EqualFold(c.Key, "aws:TokenIssueTime") && strings.HasPrefix(c.Operator, "DateLessThan")
}
