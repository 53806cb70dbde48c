package seed_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/seed"
)

// A seed sets the policies of resources, also of a resource that has one already, and an
// export has them.
func TestResourcePoliciesOfASeed(t *testing.T) {
	t.Parallel()
	const text = `accounts:
- id: '111122223333'
  resourcePolicies:
  - resource: arn:aws:s3:::photos
    document: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: '*', Action: ACTION, Resource: 'arn:aws:s3:::photos/*'}]}
  - resource: arn:aws:ecr:eu-west-1:111122223333:repository/team/app
    document: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["ECR:Get*","*"]}]}'
`
	store := memstore.New()
	for _, action := range []string{"s3:GetObject", "s3:*"} {
		if err := seed.Apply(t.Context(), options(store), "f", []byte(strings.Replace(text, "ACTION", action, 1))); err != nil {
			t.Fatal(err)
		}
		view(t, store, func(tx persistence.Tx) error {
			p, owner, err := persistence.FindResourcePolicy(tx, "", "arn:aws:s3:::photos")
			if err == nil && (owner != shop || !strings.Contains(p.Document, `"Action":"`+action+`"`)) {
				t.Errorf("the policy is of %s: %s", owner, p.Document)
			}
			return err
		})
	}
	exports := exported(t, store, false)
	again := memstore.New()
	if err := seed.Apply(t.Context(), options(again), "export", []byte(exports)); err != nil {
		t.Fatalf("%v\n%s", err, exports)
	}
	if diff := cmp.Diff(exports, exported(t, again, false)); diff != "" || strings.Count(exports, "- resource: ") != 2 {
		t.Errorf("%s\nthe second export is another (-first +second):\n%s", exports, diff)
	}
}

func TestFaultsOfResourcePolicies(t *testing.T) {
	t.Parallel()
	const open = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}`
	for name, c := range map[string]struct{ resource, document, want string }{
		"no ARN": {
			"photos", open, `f:4: resource "photos" is not one whose policy counts; give the ARN of a bucket, a function, a key, `,
		},
		"an object":         {"arn:aws:s3:::photos/a", open, `f:4: resource "arn:aws:s3:::photos/a" is not one whose policy counts`},
		"a pattern":         {"arn:aws:s3:::photos-*", open, "is not one whose policy counts"},
		"a service without": {"arn:aws:states:us-east-1:111122223333:stateMachine:x", open, "is not one whose policy counts"},
		"long":              {"arn:aws:s3:::" + strings.Repeat("x", 2048), open, "f:4: the string has more than 2048 characters; shorten it"},
		"another account": {
			"arn:aws:sqs:us-east-1:999900001111:q", open,
			"f:4: resource arn:aws:sqs:us-east-1:999900001111:q belongs to account 999900001111, not to 111122223333; declare its policy in the account that owns it",
		},
		"another partition": {
			"arn:aws-cn:s3:::photos", open, "f:4: resource arn:aws-cn:s3:::photos is of the partition aws-cn, and the server is in aws",
		},
		"another's bucket": {
			"arn:aws:s3:::taken", open,
			"f:4: resource arn:aws:s3:::taken is declared in account 999900001111 too; keep it in the account that owns it",
		},
		"twice": {
			"arn:aws:s3:::photos\n    document: {}\n  - resource: arn:aws:s3:::photos", open,
			`resource policy "arn:aws:s3:::photos" is declared twice, first in line 4`,
		},
		"twice, with and without what stands for the six characters of a secret": {
			"arn:aws:secretsmanager:us-east-1:111122223333:secret:s\n    document: {}\n  - resource: arn:aws:secretsmanager:us-east-1:111122223333:secret:s-??????",
			open, `resource policy "arn:aws:secretsmanager:us-east-1:111122223333:secret:s" is declared twice, first in line 4`,
		},
		"no document":  {"arn:aws:s3:::photos", "", "f:4: a resource policy needs document"},
		"not a policy": {"arn:aws:s3:::photos", `{"Version":`, "f:5: document: Syntax errors in policy. (in the document, line 1"},
		"no principal": {
			"arn:aws:s3:::photos", strings.Replace(open, `"Principal":"*",`, "", 1),
			"f:5: document: Missing required field Principal (in the document, line 1",
		},
		"another's action": {
			"arn:aws:s3:::photos", strings.Replace(open, "s3:GetObject", "sqs:SendMessage", 1),
			"f:5: document: the action sqs:SendMessage is not one of s3, and the policy of such a resource may have no other (in the document, line 1",
		},
		"another not action": {
			"arn:aws:s3:::photos", strings.Replace(strings.Replace(open, "s3:GetObject", "iam:*", 1), "Action", "NotAction", 1),
			"the action iam:* is not one of s3",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := memstore.New()
			taken := "accounts: [{id: '999900001111', resourcePolicies: [{resource: 'arn:aws:s3:::taken', document: '" + open + "'}]}]"
			if err := seed.Apply(t.Context(), options(store), "other", []byte(taken)); err != nil {
				t.Fatal(err)
			}
			text := "accounts:\n- id: '111122223333'\n  resourcePolicies:\n  - resource: " + c.resource + "\n"
			if c.document != "" {
				text += "    document: '" + c.document + "'\n"
			}
			err := seed.Apply(t.Context(), options(store), "f", []byte(text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("answered %v; want %s", err, c.want)
			}
		})
	}
}
