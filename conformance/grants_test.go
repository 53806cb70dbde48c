package conformance_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// granting lists the policies by service, each as the type and the name.
func (w *world) granting(arn string, services ...string) string {
	w.t.Helper()
	out := testkit.Must(w.ListPoliciesGrantingServiceAccess(w.ctx,
		&iam.ListPoliciesGrantingServiceAccessInput{Arn: &arn, ServiceNamespaces: services}))(w.t)
	var list []string
	for _, s := range out.PoliciesGrantingServiceAccess {
		text := *s.ServiceNamespace + ":"
		for _, p := range s.Policies {
			text += fmt.Sprintf(" %s %s %s%s", p.PolicyType, *p.PolicyName, p.EntityType, aws.ToString(p.EntityName))
			if (p.PolicyArn == nil) == (p.EntityName == nil) {
				w.t.Errorf("policy = %+v", p)
			}
		}
		list = append(list, text)
	}
	return strings.Join(list, "; ")
}

func TestPoliciesThatGrantAService(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("ann",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","Action":"sqs:*","Resource":"*"}]}`)
	testkit.Must(w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: aws.String("Dev")}))(t)
	testkit.Must(w.AddUserToGroup(w.ctx, &iam.AddUserToGroupInput{GroupName: aws.String("Dev"), UserName: aws.String("ann")}))(t)
	testkit.Must(w.PutGroupPolicy(w.ctx, &iam.PutGroupPolicyInput{GroupName: aws.String("Dev"), PolicyName: aws.String("in"),
		PolicyDocument: aws.String(allow("sqs:SendMessage"))}))(t)
	own := w.policy("Own", allow("s3:GetObject"))
	testkit.Must(w.AttachUserPolicy(w.ctx, &iam.AttachUserPolicyInput{UserName: aws.String("ann"), PolicyArn: own}))(t)
	testkit.Must(w.AttachGroupPolicy(w.ctx, &iam.AttachGroupPolicyInput{GroupName: aws.String("Dev"), PolicyArn: own}))(t)
	role := w.role("Web", ec2Trust)
	testkit.Must(w.AttachRolePolicy(w.ctx, &iam.AttachRolePolicyInput{RoleName: role.RoleName, PolicyArn: aws.String(readOnly)}))(t)
	for name, c := range map[string]struct{ got, want string }{
		"a user with its groups": {
			w.granting(userARN+"ann", "sqs", "s3", "sqs"), "sqs: INLINE in GROUPDev; s3: INLINE own USERann MANAGED Own ",
		},
		"nothing grants it": {w.granting(userARN+"ann", "ec2"), "ec2:"},
		"a group":           {w.granting("arn:aws:iam::000000000000:group/Dev", "sqs", "s3"), "sqs: INLINE in GROUPDev; s3: MANAGED Own "},
		"a role":            {w.granting(*role.Arn, "iam"), "iam: MANAGED ReadOnlyAccess "},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s\nwant %s", name, c.got, c.want)
		}
	}
}

func TestRefusedQuestionsForGrants(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ann := w.user("ann", "")
	in := &iam.ListPoliciesGrantingServiceAccessInput{Arn: aws.String(userARN + "ann"), ServiceNamespaces: []string{"S3", "iam", "nosuch"}}
	testkit.WantError(t, testkit.Refused(w.ListPoliciesGrantingServiceAccess(w.ctx, in)), "InvalidInput",
		"Invalid service namespace: [S3, nosuch]")
	testkit.WantError(t, testkit.Refused(ann.ListPoliciesGrantingServiceAccess(w.ctx, in)), "AccessDenied",
		"User: "+userARN+"ann is not authorized to perform: "+
			"iam:ListPoliciesGrantingServiceAccess on resource: "+userARN+
			"ann because no identity-based policy allows the iam:ListPoliciesGrantingServiceAccess action")
	in.Arn = aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess")
	in.ServiceNamespaces = []string{"s3"}
	testkit.WantError(t, testkit.Refused(w.ListPoliciesGrantingServiceAccess(w.ctx, in)), "InvalidInput",
		"Invalid Entity Arn: arn:aws:iam::aws:policy/ReadOnlyAccess is not supported.")
	in.Arn = aws.String("arn:aws:iam::000000000000:root")
	testkit.WantError(t, testkit.Refused(w.ListPoliciesGrantingServiceAccess(w.ctx, in)), "InvalidInput",
		"Could not extract entity from ARN : arn:aws:iam::000000000000:root")
}

// More services than a page holds come in the order in which they were asked for.
func TestPagesOfGrants(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("ann", allow("*"))
	in := &iam.ListPoliciesGrantingServiceAccessInput{Arn: aws.String(userARN + "ann")}
	id, _ := w.ordered(w.Client, userARN+"ann", "")
	all := testkit.Must(w.GetServiceLastAccessedDetails(w.ctx,
		&iam.GetServiceLastAccessedDetailsInput{JobId: id, MaxItems: aws.Int32(150)}))(t)
	for _, s := range all.ServicesLastAccessed {
		in.ServiceNamespaces = append([]string{*s.ServiceNamespace}, in.ServiceNamespaces...)
	}
	var got []string
	for pages := 1; ; pages++ {
		out := testkit.Must(w.ListPoliciesGrantingServiceAccess(w.ctx, in))(t)
		for _, e := range out.PoliciesGrantingServiceAccess {
			got = append(got, *e.ServiceNamespace)
		}
		if in.Marker = out.Marker; !out.IsTruncated {
			if pages != 2 {
				t.Errorf("%d pages", pages)
			}
			break
		}
	}
	if strings.Join(got, " ") != strings.Join(in.ServiceNamespaces, " ") {
		t.Errorf("services = %v", got)
	}
	in.Marker = aws.String("invalid")
	testkit.WantError(t, testkit.Refused(w.ListPoliciesGrantingServiceAccess(w.ctx, in)), "ValidationError", "Invalid Marker.")
}
