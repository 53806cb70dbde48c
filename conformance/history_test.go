package conformance_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// TestHistories: after any 200 random calls, what each principal may do is the
// same, whether it is tried, simulated strictly, asked of authorize, or worked
// out by a model from the account's authorization details.
func TestHistories(t *testing.T) {
	t.Parallel()
	var allowed, denied atomic.Int64
	t.Run("of", func(t *testing.T) {
		for seed := range uint64(testkit.Rounds(3, 300)) {
			t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
				t.Parallel()
				h := newHistory(t, seed)
				for range 4 { // what is remembered of one comparison must not count in the next
					for range 50 {
						h.step()
					}
					h.compare(&allowed, &denied)
				}
			})
		}
	})
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
	scp         string // that limits the account; empty for none
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
		h.scp = h.ofPrincipals()
		h.srv.Seed(fmt.Sprintf(`
accounts: [{id: "222233334444"}]
organization:
  id: o-conformance1
  management: "222233334444"
  policies: [{name: limit, type: SCP, document: %q}]
  root: {accounts: [{id: %q, policies: [limit]}]}
`, h.scp, firm))
	}
	return h
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
	s["Condition"] = map[string]any{"ArnLike": map[string]any{"aws:PrincipalArn": h.one("arn:aws:iam::*:user/*", "arn:aws:iam::*:role/*", "arn:aws:iam::*:*/eng/*")}}
	return *h.wrap(map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"}, s)
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
	return h.one("*", "iam:*", "iam:Get*", "iam:List*", "iam:*User*", "iam:GetUser", "IAM:getrole", "iam:*Role?ags", "s3:*", "s3:GetObject", "iam:GetGroup", "*:Get*")
}

func (h *history) resource() string {
	return h.one("*", "*", "*", "arn:aws:iam::*:user/*", "arn:aws:iam::*:role/*", "arn:aws:iam::*:*/eng/*", "arn:aws:iam::"+firm+":user/u0",
		"arn:aws:iam::"+firm+":role/r?", "arn:aws:iam::*:group/g1", "arn:aws:s3:::bucket/*", "arn:aws:s3:::*/u1")
}

func (h *history) operator() string {
	return h.one("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "StringEqualsIfExists", "StringNotEqualsIfExists", "Null")
}

func (h *history) key() string {
	return h.one("aws:username", "aws:PrincipalTag/team", "AWS:principaltag/TEAM", "aws:ResourceTag/team", "iam:ResourceTag/team", "aws:PrincipalType", "aws:PrincipalTag/none", "aws:PrincipalArn")
}

func (h *history) value() any {
	v := func() string {
		return h.one("red", "blue", "RED", "u0", "u1", "u*", "?ed", "${aws:PrincipalTag/team}", "${aws:username}", "${aws:username, 'u1'}", "User", "*", "true", "false")
	}
	return []any{v(), []string{v(), v()}}[h.IntN(2)]
}
