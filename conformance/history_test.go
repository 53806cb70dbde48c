package conformance_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// histories is how many histories are tried; make torture goes on for its time.
var histories = flag.Int("histories", 1, "how many random histories to compare with a model")

// TestHistories: after any 200 random calls, what each principal may do is the
// same, whether it is tried, simulated strictly, asked of authorize, or worked
// out by a model from the account's authorization details. Principals are users,
// roles in sessions with and without session policies, root, and federated users;
// what limits them are groups, boundaries, SCPs of three levels and RCPs; and
// resources have policies of their own, of which trust policies are one kind.
func TestHistories(t *testing.T) {
	t.Parallel()
	var allowed, denied atomic.Int64
	for seed := range testkit.Rounds(t, *histories, 6*time.Second) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			h := newHistory(t, uint64(seed))
			for range 4 { // what is remembered of one comparison must not count in the next
				for range 50 {
					h.step()
				}
				h.compare(&allowed, &denied)
			}
		})
	}
	t.Logf("allowed %d, denied %d", allowed.Load(), denied.Load())
	if a, d := allowed.Load(), denied.Load(); a*20 < d || d*20 < a { // one answer alone would show little
		t.Errorf("allowed %d and denied %d; want both often", a, d)
	}
}

// history is an account that random calls have changed. Its dice throw names,
// tags and documents from small sets, so that calls meet often.
type history struct {
	*rand.Rand
	*iam.Client // of the root user
	t           *testing.T
	srv         *iamtest.Server
	ctx         context.Context
	scp, rcp    []string // that limit the account, SCPs by level; none without an organization
	calls       []string
}

// firm is the account of a history: a member of an organization.
const firm = "111122223333"

func newHistory(t *testing.T, seed uint64) *history {
	t.Helper()
	h := &history{Rand: rand.New(rand.NewPCG(seed, 1)), t: t, ctx: context.Background()}
	h.srv = iamtest.Start(t, iamtest.WithAccount(firm), iamtest.WithStrictSimulation())
	h.Client = h.srv.IAM()
	if h.IntN(2) == 0 {
		h.organize()
	}
	return h
}

// organize makes the account a member of an organization with a policy at each
// level, and one that limits who may use its resources.
func (h *history) organize() {
	h.scp, h.rcp = []string{h.ofPrincipals(), h.ofPrincipals(), h.ofPrincipals()}, []string{h.ofResources()}
	h.srv.Seed(fmt.Sprintf(`
accounts: [{id: "222233334444"}]
organization:
  id: o-conformance1
  management: "222233334444"
  policies:
  - {name: top, type: SCP, document: %q}
  - {name: middle, type: SCP, document: %q}
  - {name: own, type: SCP, document: %q}
  - {name: resources, type: RCP, document: %q}
  root:
    policies: [top]
    units: [{name: unit, policies: [middle], accounts: [{id: %q, policies: [own, resources]}]}]
`, h.scp[0], h.scp[1], h.scp[2], h.rcp[0], firm))
}

func (h *history) one(list ...string) string { return list[h.IntN(len(list))] }

func (h *history) name(kind string) *string { return aws.String(fmt.Sprint(kind, h.IntN(3))) }

func (h *history) path() string { return h.one("/", "/eng/") }

func (h *history) tags() []types.Tag {
	return []types.Tag{{Key: aws.String("team"), Value: aws.String(h.one("red", "blue"))}}
}

func (h *history) policyARN() *string {
	if h.IntN(8) == 0 {
		return aws.String("arn:aws:iam::aws:policy/" + h.one("IAMReadOnlyAccess", "AmazonS3ReadOnlyAccess", "AdministratorAccess"))
	}
	return h.customARN()
}

func (h *history) customARN() *string {
	return aws.String("arn:aws:iam::" + firm + ":policy" + h.path() + *h.name("p"))
}

// document is a random policy of an identity.
func (h *history) document() *string {
	var statements []any
	for range 1 + h.IntN(3) {
		statements = append(statements, h.statement(h.one("Allow", "Allow", "Allow", "Deny")))
	}
	return h.wrap(statements...)
}

// ofPrincipals is a random SCP that leaves the root user alone, who makes the calls.
func (h *history) ofPrincipals() string {
	s := h.statement("Deny")
	s["Condition"] = map[string]any{
		"ArnLike": map[string]any{"aws:PrincipalArn": h.one("arn:aws:iam::*:user/*", "arn:aws:iam::*:role/*", "arn:aws:iam::*:*/eng/*")},
	}
	return *h.wrap(map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"}, s)
}

// ofResources is a random RCP.
func (h *history) ofResources() string {
	s := h.statement("Deny")
	delete(s, "NotAction")
	s["Principal"], s["Action"] = "*", []string{h.one("s3:GetObject", "s3:Get*", "sts:AssumeRole", "sts:*")}
	return *h.wrap(s)
}

// ofResource is a random policy of something that is not IAM's.
func (h *history) ofResource() *string {
	var statements []any
	for range 1 + h.IntN(2) {
		s := h.statement(h.one("Allow", "Allow", "Deny"))
		h.namePrincipals(s)
		delete(s, "NotResource")
		s["Resource"] = h.one("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/u1", "arn:aws:s3:::*/u1",
			"arn:aws:s3:::bucket/${aws:username}") // the simulator takes no "*"
		statements = append(statements, s)
	}
	return h.wrap(statements...)
}

// trust is a random trust policy.
func (h *history) trust() *string {
	var statements []any
	for range 1 + h.IntN(2) {
		s := h.statement(h.one("Allow", "Allow", "Allow", "Deny"))
		h.namePrincipals(s)
		delete(s, "NotAction")
		delete(s, "Resource")
		delete(s, "NotResource")
		s["Action"] = "sts:AssumeRole"
		statements = append(statements, s)
	}
	return h.wrap(statements...)
}

// namePrincipals lets a statement name principals. It has no condition on aws:PrincipalArn,
// which with a principal says more than it seems.
func (h *history) namePrincipals(s map[string]any) {
	s["Principal"] = map[string]any{"AWS": h.one(firm, "arn:aws:iam::"+firm+":root", "*",
		"arn:aws:iam::"+firm+":user"+h.path()+*h.name("u"), "arn:aws:iam::"+firm+":role"+h.path()+*h.name("r"))}
	delete(s, "Condition")
	if h.IntN(3) == 0 {
		s["Condition"] = map[string]any{
			h.operator(): map[string]any{
				h.one("aws:PrincipalTag/team", "aws:ResourceTag/team", "aws:PrincipalType", "aws:username"): h.value(),
			},
		}
	}
}

func (h *history) wrap(statements ...any) *string {
	text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
	if err != nil {
		h.t.Fatal(err)
	}
	return aws.String(string(text))
}

func (h *history) statement(effect string) map[string]any {
	s := map[string]any{"Effect": effect}
	s[h.one("Action", "Action", "Action", "NotAction")] = []string{h.action(), h.action()}
	if h.IntN(6) == 0 {
		s["NotResource"] = h.resource()
	} else {
		s["Resource"] = []string{h.resource(), h.one(h.resource(), "arn:aws:iam::*:*/${aws:username}")}
	}
	if h.IntN(2) == 0 {
		s["Condition"] = map[string]any{h.operator(): map[string]any{h.key(): h.value()}}
	}
	return s
}

func (h *history) action() string {
	return h.one("*", "iam:*", "iam:Get*", "iam:List*", "iam:*User*", "iam:GetUser", "IAM:getrole", "iam:*Role?ags", "s3:*",
		"s3:GetObject", "iam:GetGroup", "*:Get*")
}

func (h *history) resource() string {
	return h.one("*", "*", "*", "arn:aws:iam::*:user/*", "arn:aws:iam::*:role/*", "arn:aws:iam::*:*/eng/*", "arn:aws:iam::"+firm+":user/u0",
		"arn:aws:iam::"+firm+":role/r?", "arn:aws:iam::*:group/g1", "arn:aws:s3:::bucket/*", "arn:aws:s3:::*/u1")
}

func (h *history) operator() string {
	return h.one("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "StringEqualsIfExists",
		"StringNotEqualsIfExists", "Null")
}

func (h *history) key() string {
	return h.one("aws:username", "aws:PrincipalTag/team", "AWS:principaltag/TEAM", "aws:ResourceTag/team", "iam:ResourceTag/team",
		"aws:PrincipalType", "aws:PrincipalTag/none", "aws:PrincipalArn")
}

func (h *history) value() any {
	v := func() string {
		return h.one("red", "blue", "RED", "u0", "u1", "u*", "?ed", "${aws:PrincipalTag/team}", "${aws:username}", "${aws:username, 'u1'}",
			"User", "*", "true", "false")
	}
	return []any{v(), []string{v(), v()}}[h.IntN(2)]
}
