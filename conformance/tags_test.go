package conformance_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// tags makes tags of keys and values in turn.
func tags(pairs ...string) []types.Tag {
	list := make([]types.Tag, 0, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, types.Tag{Key: &pairs[i], Value: &pairs[i+1]})
	}
	return list
}

func shown(list []types.Tag) string {
	var all []string
	for _, t := range list {
		all = append(all, *t.Key+"="+*t.Value)
	}
	return strings.Join(all, " ")
}

func TestTagsOfAUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := aws.String("anna")
	testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: name, Tags: tags("Team", "red", "a", "")}))(t)
	testkit.Must(w.TagUser(w.ctx, &iam.TagUserInput{UserName: name, Tags: tags("TEAM", "blue", "b", "1")}))(t)
	if got := shown(testkit.Must(w.ListUserTags(w.ctx, &iam.ListUserTagsInput{UserName: name}))(t).Tags); got != "a= b=1 TEAM=blue" {
		t.Errorf("tags = %q", got)
	}
	testkit.Must(w.UntagUser(w.ctx, &iam.UntagUserInput{UserName: name, TagKeys: []string{"team", "A"}}))(t)
	if got := shown(testkit.Must(w.GetUser(w.ctx, &iam.GetUserInput{UserName: name}))(t).User.Tags); got != "b=1" {
		t.Errorf("tags = %q", got)
	}
	testkit.WantError(t, testkit.Refused(w.TagUser(w.ctx, &iam.TagUserInput{UserName: name, Tags: []types.Tag{}})),
		"InvalidInput", "Error occurred while validating input. ")
	testkit.WantError(t, testkit.Refused(w.TagUser(w.ctx, &iam.TagUserInput{UserName: name, Tags: tags("x", "1", "X", "2")})),
		"InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
}

func TestTagsOfARole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := aws.String("app")
	testkit.Must(w.CreateRole(w.ctx, &iam.CreateRoleInput{RoleName: name, AssumeRolePolicyDocument: aws.String(trustEC2),
		Tags: tags("Team", "red")}))(t)
	testkit.Must(w.TagRole(w.ctx, &iam.TagRoleInput{RoleName: name, Tags: tags("team", "blue", "b", "1")}))(t)
	testkit.Must(w.UntagRole(w.ctx, &iam.UntagRoleInput{RoleName: name, TagKeys: []string{"B"}}))(t)
	if got := shown(testkit.Must(w.ListRoleTags(w.ctx, &iam.ListRoleTagsInput{RoleName: name}))(t).Tags); got != "team=blue" {
		t.Errorf("tags = %q", got)
	}
}

func TestTagsOfAPolicy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	arn := testkit.Must(w.CreatePolicy(w.ctx, &iam.CreatePolicyInput{
		PolicyName: aws.String("p"), PolicyDocument: aws.String(allow("s3:*")), Tags: tags("Team", "red"),
	}))(t).Policy.Arn
	testkit.Must(w.TagPolicy(w.ctx, &iam.TagPolicyInput{PolicyArn: arn, Tags: tags("team", "blue")}))(t)
	if got := shown(testkit.Must(w.ListPolicyTags(w.ctx, &iam.ListPolicyTagsInput{PolicyArn: arn}))(t).Tags); got != "Team=red team=blue" {
		t.Errorf("tags = %q", got)
	}
	testkit.Must(w.UntagPolicy(w.ctx, &iam.UntagPolicyInput{PolicyArn: arn, TagKeys: []string{"Team"}}))(t)
	if got := shown(testkit.Must(w.GetPolicy(w.ctx, &iam.GetPolicyInput{PolicyArn: arn}))(t).Policy.Tags); got != "team=blue" {
		t.Errorf("tags = %q", got)
	}
	testkit.WantError(t, testkit.Refused(w.TagPolicy(w.ctx,
		&iam.TagPolicyInput{PolicyArn: aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess"), Tags: tags("a", "b")})),
		"InvalidInput", "Tags not supported for policies in this domain")
}

// Who may tag with one key and value may do just that.
func TestTagsDecide(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.user("anna", `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"iam:TagUser","Resource":"*","Condition":{
			"StringEquals":{"aws:RequestTag/team":"red"},"ForAllValues:StringEquals":{"aws:TagKeys":"team"}}},
		{"Effect":"Allow","Action":"iam:DeleteUser","Resource":"*","Condition":{"StringEquals":{"iam:ResourceTag/team":"red"}}}]}`)
	bob := aws.String("bob")
	testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: bob}))(t)
	const denied = "User: arn:aws:iam::000000000000:user/anna is not authorized to perform: iam:"
	for _, list := range [][]types.Tag{tags("team", "blue"), tags("team", "red", "b", "1")} {
		testkit.WantError(t, testkit.Refused(anna.TagUser(w.ctx, &iam.TagUserInput{UserName: bob, Tags: list})), "AccessDenied",
			denied+"TagUser on resource: user bob because no identity-based policy allows the iam:TagUser action")
	}
	testkit.WantError(t, testkit.Refused(anna.DeleteUser(w.ctx, &iam.DeleteUserInput{UserName: bob})), "AccessDenied",
		denied+"DeleteUser on resource: user bob because no identity-based policy allows the iam:DeleteUser action")
	testkit.Must(anna.TagUser(w.ctx, &iam.TagUserInput{UserName: bob, Tags: tags("team", "red")}))(t)
	testkit.Must(anna.DeleteUser(w.ctx, &iam.DeleteUserInput{UserName: bob}))(t)
}
