package audit

import (
	"cmp"
	"slices"
	"time"
)

// A Report is what an audit of an account has found.
type Report struct {
	Account    string    `json:"account"`
	Generated  time.Time `json:"generated"`  // the time of the state, UTC
	Principals int       `json:"principals"` // how many users and roles were looked at
	Findings   []Finding `json:"findings"`   // the most severe first; never null
	Paths      []Path    `json:"paths"`      // to administrator, the shortest of each principal; never null

	// Unchecked says what could not be looked at, a sentence each, such as that the use
	// of keys is not known from what a real account prints.
	Unchecked []string `json:"unchecked,omitempty"`
}

// A Finding is something that should not be so.
type Finding struct {
	ID         string     `json:"id"` // of its Check, such as "iam-007" or "key-age-90"
	Severity   Severity   `json:"severity"`
	Title      string     `json:"title"`                // one sentence without a full stop
	Principal  string     `json:"principal"`            // the ARN of the user, group or role; that of the root user for the account
	Resource   string     `json:"resource"`             // the ARN of what it is about; empty if that is the principal
	Why        string     `json:"why"`                  // what follows from it: the Check's
	References []string   `json:"references,omitempty"` // such as "CIS 2.13" and "Prowler iam_rotate_access_key_90_days": the Check's
	Evidence   []Evidence `json:"evidence"`             // never null

	// Fix are commands of the AWS CLI that mend it, each on a line of its own; empty if
	// only people can decide what to do, which Advice then says.
	Fix    []string `json:"fix"`
	Advice string   `json:"advice,omitempty"`
}

// Evidence is why a finding is one: a statement of a policy, or a fact.
type Evidence struct {
	Policy string `json:"policy,omitempty"` // its ARN, or what people call it: "inline policy own of user ana"
	Line   int32  `json:"line,omitempty"`   // of the statement, from 1; 0 if it is not about a statement
	Column int32  `json:"column,omitempty"`
	Text   string `json:"text"` // the statement, shortened, or the fact in one sentence

	// File is where Policy is written, if the state comes from a file; Line and Column
	// are then in it.
	File string `json:"file,omitempty"`
}

// A Path is a way from a principal to another one, or to the rights of an administrator.
type Path struct {
	From  string `json:"from"` // the ARN of a user or role
	To    string `json:"to"`   // the ARN of the administrator that it ends at, From itself if it becomes one
	Steps []Step `json:"steps"`
}

// A Step is one call of a Path.
type Step struct {
	Check    string `json:"check"`    // the ID of the Check of which it is, such as "iam-012"
	As       string `json:"as"`       // the ARN of who makes the call
	Action   string `json:"action"`   // such as "iam:UpdateAssumeRolePolicy"
	Resource string `json:"resource"` // an ARN, or "*"
	Policy   string `json:"policy"`   // what allows it
	Line     int32  `json:"line"`     // of the statement in the policy, from 1
	Column   int32  `json:"column"`
}

// Severity is how bad a finding is.
type Severity string

// The severities, the worst first.
const (
	Critical Severity = "critical" // who should not be is, or can become, an administrator
	High     Severity = "high"     // one mistake or one stolen secret away from that
	Medium   Severity = "medium"
	Low      Severity = "low"
	Info     Severity = "info" // worth knowing
)

// Severities are all of them, the worst first.
func Severities() []Severity { return []Severity{Critical, High, Medium, Low, Info} }

// AtLeast reports whether the severity is as bad as the other one or worse.
func (s Severity) AtLeast(other Severity) bool {
	return slices.Index(Severities(), s) <= slices.Index(Severities(), other)
}

// sort brings a report into its order.
func (r *Report) sort() {
	rank := func(s Severity) int { return slices.Index(Severities(), s) }
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(rank(a.Severity), rank(b.Severity)), cmp.Compare(a.ID, b.ID),
			cmp.Compare(a.Principal, b.Principal), cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Title, b.Title))
	})
	slices.SortStableFunc(r.Paths, func(a, b Path) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	slices.Sort(r.Unchecked)
}
