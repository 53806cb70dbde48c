package conformance_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
)

func profileName(p types.InstanceProfile) *string { return p.InstanceProfileName }

// profile makes an instance profile, with the role if one is named.
func (w *world) profile(name, role string) *types.InstanceProfile {
	w.t.Helper()
	p := testkit.Must(w.CreateInstanceProfile(w.ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: &name}))(w.t).InstanceProfile
	if role != "" {
		testkit.Must(w.AddRoleToInstanceProfile(w.ctx,
			&iam.AddRoleToInstanceProfileInput{InstanceProfileName: &name, RoleName: &role}))(w.t)
	}
	return p
}

func TestLifeOfAnInstanceProfile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	role := w.role("Web", ec2Trust)
	created := testkit.Must(w.CreateInstanceProfile(w.ctx, &iam.CreateInstanceProfileInput{
		InstanceProfileName: aws.String("Servers"), Path: aws.String("/web/"),
		Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}},
	}))(t).InstanceProfile
	if *created.Arn != "arn:aws:iam::000000000000:instance-profile/web/Servers" || !strings.HasPrefix(*created.InstanceProfileId, "AIPA") ||
		len(*created.InstanceProfileId) != 21 || created.CreateDate == nil || len(created.Roles) != 0 || len(created.Tags) != 1 {
		t.Errorf("created = %+v", created)
	}
	name := aws.String("servers")
	if err := iam.NewInstanceProfileExistsWaiter(w).Wait(w.ctx, &iam.GetInstanceProfileInput{
		InstanceProfileName: name,
	}, time.Minute); err != nil {
		t.Fatal(err)
	}
	testkit.Must(w.AddRoleToInstanceProfile(w.ctx,
		&iam.AddRoleToInstanceProfileInput{InstanceProfileName: name, RoleName: aws.String("web")}))(t)
	got := testkit.Must(w.GetInstanceProfile(w.ctx, &iam.GetInstanceProfileInput{InstanceProfileName: name}))(t).InstanceProfile
	if len(got.Roles) != 1 || len(got.Tags) != 1 {
		t.Fatalf("profile = %+v", got)
	}
	r := got.Roles[0]
	if *r.Arn != *role.Arn || *r.RoleId != *role.RoleId || r.MaxSessionDuration != nil ||
		decoded(t, r.AssumeRolePolicyDocument) != ec2TrustShown {
		t.Errorf("role inside = %+v", r)
	}
	row := testkit.Must(w.ListInstanceProfiles(w.ctx, nil))(t).InstanceProfiles[0]
	if len(row.Roles) != 1 || row.Tags != nil {
		t.Errorf("row = %+v", row)
	}
	testkit.Must(w.RemoveRoleFromInstanceProfile(w.ctx,
		&iam.RemoveRoleFromInstanceProfileInput{InstanceProfileName: name, RoleName: aws.String("WEB")}))(t)
	testkit.Must(w.DeleteInstanceProfile(w.ctx, &iam.DeleteInstanceProfileInput{InstanceProfileName: name}))(t)
	testkit.WantError(t, testkit.Refused(w.GetInstanceProfile(w.ctx, &iam.GetInstanceProfileInput{InstanceProfileName: name})),
		"NoSuchEntity", "Instance Profile servers cannot be found.")
	testkit.Must(w.DeleteRole(w.ctx, &iam.DeleteRoleInput{RoleName: aws.String("Web")}))(t)
}

func TestErrorsOfInstanceProfiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.role("web", ec2Trust)
	w.role("db", ec2Trust)
	w.profile("full", "web")
	w.profile("empty", "")
	add := func(profile, role string) error {
		return testkit.Refused(w.AddRoleToInstanceProfile(w.ctx,
			&iam.AddRoleToInstanceProfileInput{InstanceProfileName: &profile, RoleName: &role}))
	}
	remove := func(profile, role string) error {
		return testkit.Refused(w.RemoveRoleFromInstanceProfile(w.ctx,
			&iam.RemoveRoleFromInstanceProfileInput{InstanceProfileName: &profile, RoleName: &role}))
	}
	none, full := aws.String("none"), aws.String("full")
	const noProfile = "Instance Profile none cannot be found."
	for _, c := range []struct {
		why, code, text string
		err             error
	}{
		{"create a name in another case", "EntityAlreadyExists", "Instance Profile FULL already exists.",
			testkit.Refused(w.CreateInstanceProfile(w.ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: aws.String("FULL")}))},
		{"get what is not there", "NoSuchEntity", noProfile,
			testkit.Refused(w.GetInstanceProfile(w.ctx, &iam.GetInstanceProfileInput{InstanceProfileName: none}))},
		{"add to what is not there", "NoSuchEntity", noProfile, add("none", "web")},
		{"add no role", "NoSuchEntity", "The role with name none cannot be found.", add("empty", "none")},
		{"add a second role", "LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1", add("full", "db")},
		{"add the same role", "LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1", add("full", "web")},
		{"remove from what is not there", "NoSuchEntity", noProfile, remove("none", "web")},
		{"remove no role", "NoSuchEntity", "The role with name none cannot be found.", remove("full", "none")},
		{"remove a role that is not in it", "NoSuchEntity", "Role db in Instance Profile full cannot be found.", remove("full", "db")},
		{"remove from an empty one", "NoSuchEntity", "Role web in Instance Profile empty cannot be found.", remove("empty", "web")},
		{"delete what is not there", "NoSuchEntity", noProfile,
			testkit.Refused(w.DeleteInstanceProfile(w.ctx, &iam.DeleteInstanceProfileInput{InstanceProfileName: none}))},
		{"delete a full one", "DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.",
			testkit.Refused(w.DeleteInstanceProfile(w.ctx, &iam.DeleteInstanceProfileInput{InstanceProfileName: full}))},
		{"delete the role in it", "DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.",
			testkit.Refused(w.DeleteRole(w.ctx, &iam.DeleteRoleInput{RoleName: aws.String("web")}))},
		{"list for no role", "NoSuchEntity", "The role with name none cannot be found.",
			testkit.Refused(w.ListInstanceProfilesForRole(w.ctx, &iam.ListInstanceProfilesForRoleInput{RoleName: none}))},
		{"tag what is not there", "NoSuchEntity", noProfile,
			testkit.Refused(w.TagInstanceProfile(w.ctx,
				&iam.TagInstanceProfileInput{InstanceProfileName: none, Tags: []types.Tag{{Key: none, Value: none}}}))},
		{"untag what is not there", "NoSuchEntity", noProfile,
			testkit.Refused(w.UntagInstanceProfile(w.ctx,
				&iam.UntagInstanceProfileInput{InstanceProfileName: none, TagKeys: []string{"k"}}))},
		{"tags of what is not there", "NoSuchEntity", noProfile,
			testkit.Refused(w.ListInstanceProfileTags(w.ctx, &iam.ListInstanceProfileTagsInput{InstanceProfileName: none}))},
		{"create with a key twice", "InvalidInput", "Duplicate tag keys found.",
			testkit.Refused(w.CreateInstanceProfile(w.ctx,
				&iam.CreateInstanceProfileInput{
					InstanceProfileName: none, Tags: []types.Tag{{Key: full, Value: full}, {Key: full, Value: none}},
				}))},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			testkit.WantError(t, c.err, c.code, c.text)
		})
	}
}

func TestPagesOfInstanceProfiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.role("web", ec2Trust)
	var all, ofRole []string
	for i := range 7 {
		name, role := fmt.Sprint("p", i), ""
		if i%2 == 0 {
			role = "web"
			ofRole = append(ofRole, name)
		}
		w.profile(name, role)
		all = append(all, name)
	}
	testkit.Must(w.CreateInstanceProfile(w.ctx,
		&iam.CreateInstanceProfileInput{InstanceProfileName: aws.String("elsewhere"), Path: aws.String("/x/")}))(t)
	var got []string
	for p := iam.NewListInstanceProfilesPaginator(w, &iam.ListInstanceProfilesInput{MaxItems: aws.Int32(3)}); p.HasMorePages(); {
		page, err := p.NextPage(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, strings.Fields(joined(page.InstanceProfiles, profileName))...)
	}
	if diff := cmp.Diff(append([]string{"elsewhere"}, all...), got); diff != "" {
		t.Error(diff)
	}
	got = nil
	for p := iam.NewListInstanceProfilesForRolePaginator(w, &iam.ListInstanceProfilesForRoleInput{
		RoleName: aws.String("web"), MaxItems: aws.Int32(3),
	}); p.HasMorePages(); {
		page, err := p.NextPage(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, strings.Fields(joined(page.InstanceProfiles, profileName))...)
	}
	if diff := cmp.Diff(ofRole, got); diff != "" {
		t.Error(diff)
	}
	out := testkit.Must(w.ListInstanceProfiles(w.ctx, &iam.ListInstanceProfilesInput{PathPrefix: aws.String("/x")}))(t)
	if names := joined(out.InstanceProfiles, profileName); names != "elsewhere" {
		t.Errorf("below /x: %q", names)
	}
}

func TestTagsOfInstanceProfiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.profile("p", "")
	name := aws.String("P")
	tag := func(key, value string) types.Tag { return types.Tag{Key: &key, Value: &value} }
	testkit.Must(w.TagInstanceProfile(w.ctx,
		&iam.TagInstanceProfileInput{InstanceProfileName: name, Tags: []types.Tag{tag("Team", "a"), tag("team", "b"), tag("x", "c")}}))(t)
	testkit.Must(w.UntagInstanceProfile(w.ctx,
		&iam.UntagInstanceProfileInput{InstanceProfileName: name, TagKeys: []string{"x", "TEAM"}}))(t)
	var got []string
	for pages := iam.NewListInstanceProfileTagsPaginator(w, &iam.ListInstanceProfileTagsInput{
		InstanceProfileName: name, MaxItems: aws.Int32(1),
	}); pages.HasMorePages(); {
		page, err := pages.NextPage(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range page.Tags {
			got = append(got, *x.Key+"="+*x.Value)
		}
	}
	if diff := cmp.Diff([]string{"Team=a", "team=b"}, got); diff != "" {
		t.Error(diff)
	}
}

// Of several who add a role to an instance profile at once, one succeeds.
func TestOneRoleWinsAnInstanceProfile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.profile("p", "")
	var errs [6]error
	var wait sync.WaitGroup
	for i := range errs {
		role := *w.role(fmt.Sprint("r", i), ec2Trust).RoleName
		wait.Go(func() {
			errs[i] = testkit.Refused(w.AddRoleToInstanceProfile(w.ctx,
				&iam.AddRoleToInstanceProfileInput{InstanceProfileName: aws.String("p"), RoleName: &role}))
		})
	}
	wait.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		testkit.WantError(t, err, "LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")
	}
	if won != 1 {
		t.Errorf("%d roles were added", won)
	}
}

// Who adds a role must be allowed to pass it to EC2.
func TestAddingARoleNeedsPassRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.role("web", ec2Trust)
	w.profile("p", "")
	const head = "arn:aws:iam::000000000000:"
	pass := func(service string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:AddRoleToInstanceProfile","Resource":"` + head +
			`instance-profile/p"},` +
			`{"Effect":"Allow","Action":"iam:PassRole","Resource":"` + head +
			`role/web","Condition":{"StringEquals":{"iam:PassedToService":"` + service + `"}}}]}`
	}
	in := &iam.AddRoleToInstanceProfileInput{InstanceProfileName: aws.String("p"), RoleName: aws.String("web")}
	denied := "is not authorized to perform: iam:PassRole on resource: " + head +
		"role/web because no identity-based policy allows the iam:PassRole action"
	testkit.WantError(t, testkit.Refused(w.user("a", allow("iam:AddRoleToInstanceProfile")).AddRoleToInstanceProfile(w.ctx, in)),
		"AccessDenied", "User: "+head+"user/a "+denied)
	testkit.WantError(t, testkit.Refused(w.user("b", pass("lambda.amazonaws.com")).AddRoleToInstanceProfile(w.ctx, in)), "AccessDenied",
		"User: "+head+"user/b "+denied)
	testkit.Must(w.user("c", pass("ec2.amazonaws.com")).AddRoleToInstanceProfile(w.ctx, in))(t)
}
