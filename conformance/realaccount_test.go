package conformance_test

import (
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/seed"
)

// What the AWS CLI prints of a real account is a seed. Principals that are not
// here stay in trust policies, with a warning each, and IDs and dates are kept.
func TestARealAccountIsASeed(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithSeed("../seed/testdata/real-account.json"))
	client := iam.NewFromConfig(srv.ConfigFor(srv.AccountKey("058264012345")))
	user := testkit.Must(client.GetUser(t.Context(), &iam.GetUserInput{UserName: aws.String("deploy-bot")}))(t).User
	if *user.UserId != "AIDAQ3EGRMAVXAMPLE2KL" || user.CreateDate.Year() != 2021 || *user.Tags[0].Value != "platform" {
		t.Errorf("user %s of %s with %v", *user.UserId, user.CreateDate, user.Tags)
	}
	roles := testkit.Must(client.ListRoles(t.Context(), nil))(t).Roles
	if got := len(roles); got != 4 {
		t.Errorf("%d roles", got)
	}
	partner := testkit.Must(client.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("partner")}))(t).Role
	for _, principal := range []string{"999988887777", "AIDAGONEGONEGONEGONE2"} {
		if !strings.Contains(*partner.AssumeRolePolicyDocument, principal) {
			t.Errorf("trust policy without %s: %s", principal, *partner.AssumeRolePolicyDocument)
		}
	}
	testkit.WantError(t, testkit.Refused(client.DeleteRole(t.Context(),
		&iam.DeleteRoleInput{RoleName: aws.String("AWSServiceRoleForAutoScaling")})), "UnmodifiableEntity",
		"Cannot perform the operation on the protected role 'AWSServiceRoleForAutoScaling' - this role is only modifiable by AWS")
	policy := testkit.Must(client.ListPolicyVersions(t.Context(),
		&iam.ListPolicyVersionsInput{PolicyArn: aws.String("arn:aws:iam::058264012345:policy/Releases")}))(t)
	if len(policy.Versions) != 2 || *policy.Versions[0].VersionId != "v3" || !policy.Versions[0].IsDefaultVersion {
		t.Errorf("versions = %+v", policy.Versions)
	}
	if got := testkit.Must(client.ListInstanceProfilesForRole(t.Context(), &iam.ListInstanceProfilesForRoleInput{
		RoleName: aws.String("partner"),
	}))(t).InstanceProfiles; len(got) != 1 {
		t.Errorf("instance profiles = %+v", got)
	}
}

func TestARealAccountIsImportedWithWarnings(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../seed/testdata/real-account.json")
	if err != nil {
		t.Fatal(err)
	}
	store := memstore.New()
	var warnings []string
	if err := seed.Apply(t.Context(), seed.Options{
		Store: store, Warn: func(f *seed.Fault) { warnings = append(warnings, f.Reason) },
	}, "real.json", text); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`role partner trusts "arn:aws:iam::999988887777:role/Collector", which does not exist here; it stays in the trust policy`,
	}
	if diff := cmp.Diff(want, warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}
