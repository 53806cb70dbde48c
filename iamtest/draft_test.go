package iamtest_test

import (
	"os"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/evaluator/draft"
	"github.com/understudy-iam/understudy/iamtest"
)

// A run whose enforcement only logs gives a policy. With that policy enforced, the same
// run passes, and similar calls do not.
func TestDraftPolicyIsEnoughAndNoMore(t *testing.T) {
	t.Parallel()
	run := func(c *iam.Client) error {
		if _, err := c.GetUser(t.Context(), &iam.GetUserInput{UserName: aws.String("app")}); err != nil {
			return err
		}
		_, err := c.CreateGroup(t.Context(), &iam.CreateGroupInput{GroupName: aws.String("made")})
		return err
	}
	const seed = "accounts: [{id: \"000000000000\", users: [{name: app}, {name: bob}]}]"
	logging := iamtest.Start(t, iamtest.WithSeedText(seed), iamtest.WithEnforcement("log"))
	if err := run(logging.As("app").IAM()); err != nil {
		t.Fatal(err)
	}
	d, err := logging.DraftPolicy("app", draft.Options{})
	if err != nil || len(d.Documents) != 1 {
		t.Fatalf("%d documents: %v", len(d.Documents), err)
	}

	srv := iamtest.Start(t, iamtest.WithSeedText(seed))
	app := srv.As("app").IAM()
	if err := run(app); err == nil {
		t.Fatal("the calls are allowed without a policy")
	}
	_, err = srv.IAM().PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{
		UserName: aws.String("app"), PolicyName: aws.String("drafted"), PolicyDocument: aws.String(d.JSON()),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := run(app); err != nil {
		t.Errorf("%v under\n%s", err, d.JSON())
	}
	if _, err := app.GetUser(t.Context(), &iam.GetUserInput{UserName: aws.String("bob")}); err == nil {
		t.Error("another user can be read")
	}
	if _, err := app.CreateGroup(t.Context(), &iam.CreateGroupInput{GroupName: aws.String("other")}); err == nil {
		t.Error("another group can be made")
	}
	if _, err := app.DeleteGroup(t.Context(), &iam.DeleteGroupInput{GroupName: aws.String("made")}); err == nil {
		t.Error("the group can be deleted")
	}
	denied, err := srv.DraftPolicy("app", draft.Options{Denied: true})
	if err != nil {
		t.Fatal(err)
	}
	deletes := func(s draft.Statement) bool { return slices.Contains(s.Actions, "iam:DeleteGroup") }
	if !slices.ContainsFunc(denied.Documents[0].Statements, deletes) {
		t.Errorf("what was denied is not in\n%s", denied.JSON())
	}
}

// A draft is kept in a committed file, and calls that need more than it allows fail, as
// docs/testing.md shows.
func TestDraftPolicyIsKeptInAFile(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("policies", 0o755); err != nil {
		t.Fatal(err)
	}
	const seed = "accounts: [{id: \"000000000000\", users: [{name: app}]}]"
	srv := iamtest.Start(t, iamtest.WithSeedText(seed), iamtest.WithEnforcement("log"))
	if _, err := srv.As("app").IAM().ListUsers(t.Context(), &iam.ListUsersInput{}); err != nil {
		t.Fatal(err)
	}

	d, err := srv.DraftPolicy("app", draft.Options{}) // package evaluator/draft
	if err != nil {
		t.Fatal(err)
	}
	err = os.WriteFile("policies/app.json", []byte(d.JSON()), 0o644)
	if err != nil {
		t.Fatal(err)
	}

	const enforced = "accounts: [{id: \"000000000000\", users: [{name: app, inline: {drafted: {file: policies/app.json}}}]}]"
	if err := os.WriteFile("seed.yaml", []byte(enforced), 0o644); err != nil {
		t.Fatal(err)
	}
	app := iamtest.Start(t, iamtest.WithSeed("seed.yaml")).As("app").IAM()
	if _, err := app.ListUsers(t.Context(), &iam.ListUsersInput{}); err != nil {
		t.Error(err)
	}
	if _, err := app.ListRoles(t.Context(), &iam.ListRolesInput{}); err == nil {
		t.Error("the draft allows more than the calls needed")
	}
}

func TestDraftPolicyOfNobody(t *testing.T) {
	t.Parallel()
	if _, err := iamtest.Start(t).DraftPolicy("nobody", draft.Options{}); err == nil {
		t.Error("there is a draft")
	}
}
