package conformance_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
)

const nobodysJob = "00000000-0000-0000-0000-000000000000"

// ordered orders a report on what the ARN names and waits until it is ready.
func (w *world) ordered(c *iam.Client, arn string,
	level types.AccessAdvisorUsageGranularityType) (id *string, done *iam.GetServiceLastAccessedDetailsOutput) {
	w.t.Helper()
	id = testkit.Must(c.GenerateServiceLastAccessedDetails(w.ctx,
		&iam.GenerateServiceLastAccessedDetailsInput{Arn: &arn, Granularity: level}))(w.t).JobId
	done = testkit.Must(c.GetServiceLastAccessedDetails(w.ctx, &iam.GetServiceLastAccessedDetailsInput{JobId: id}))(w.t)
	if done.JobStatus == types.JobStatusTypeCompleted { // a second has passed
		return id, done
	}
	if done.JobStatus != types.JobStatusTypeInProgress || done.ServicesLastAccessed != nil || done.JobCompletionDate != nil {
		w.t.Errorf("the first answer = %+v", done)
	}
	return id, testkit.Must(c.GetServiceLastAccessedDetails(w.ctx, &iam.GetServiceLastAccessedDetailsInput{JobId: id}))(w.t)
}

// namespaces are the services of a report, each with the number of those who
// have used it.
func namespaces(out *iam.GetServiceLastAccessedDetailsOutput) []string {
	list := []string{}
	for _, s := range out.ServicesLastAccessed {
		list = append(list, fmt.Sprint(*s.ServiceNamespace, " ", *s.TotalAuthenticatedEntities))
	}
	return list
}

const userARN = "arn:aws:iam::000000000000:user/"

func TestServicesThatAUserMayUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	two := `{"Version":"2012-10-17","Statement":[%s]}`
	for name, c := range map[string]struct {
		statements string
		want       []string
	}{
		"two services, by namespace": {`{"Effect":"Allow","Action":["sqs:SendMessage","s3:GetObject"],"Resource":"*"}`,
			[]string{"s3 0", "sqs 0"}},
		"a condition counts as met": {
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:username":"x"}}}`, []string{"s3 0"},
		},
		"denied as a whole": {`{"Effect":"Allow","Action":["sqs:SendMessage","s3:GetObject"],"Resource":"*"},{"Effect":"Deny","Action":"sqs:*","Resource":"*"}`,
			[]string{"s3 0"}},
		"denied for a resource": {
			`{"Effect":"Allow","Action":"sqs:*","Resource":"*"},{"Effect":"Deny","Action":"sqs:*","Resource":"arn:aws:sqs:*:*:x"}`,
			[]string{"sqs 0"},
		},
		"denied on a condition": {`{"Effect":"Allow","Action":"sqs:*","Resource":"*"},{"Effect":"Deny","Action":"sqs:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`,
			[]string{"sqs 0"}},
		"one action denied": {
			`{"Effect":"Allow","Action":"sqs:*","Resource":"*"},{"Effect":"Deny","Action":"sqs:SendMessage","Resource":"*"}`,
			[]string{"sqs 0"},
		},
		"an action that AWS does not have": {`{"Effect":"Allow","Action":"s3:NoSuchAction","Resource":"*"}`, []string{}},
		"a service that AWS does not have": {`{"Effect":"Allow","Action":"nosuch:*","Resource":"*"}`, []string{}},
		"another service's resource": {
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:sqs:us-east-1:000000000000:q"}`, []string{},
		},
		"a pattern in any case":          {`{"Effect":"Allow","Action":"S3:get*ACL","Resource":"arn:aws:s3:::b/*"}`, []string{"s3 0"}},
		"a question mark":                {`{"Effect":"Allow","Action":"sqs:SendMessag?","Resource":"*"}`, []string{"sqs 0"}},
		"a pattern that matches nothing": {`{"Effect":"Allow","Action":"sqs:SendMessage?","Resource":"*"}`, []string{}},
		"all but the resources of a pattern": {`{"Effect":"Allow","Action":"sqs:SendMessage","NotResource":"arn:aws:sqs:*:*:x"}`,
			[]string{"sqs 0"}},
	} {
		t.Run(name, func(t *testing.T) {
			user := "u" + strings.Map(func(r rune) rune {
				if r == ' ' || r == ',' || r == '\'' {
					return '-'
				}
				return r
			}, name)
			w.user(user, fmt.Sprintf(two, c.statements))
			_, out := w.ordered(w.Client, userARN+user, "")
			if diff := cmp.Diff(c.want, namespaces(out)); diff != "" {
				t.Errorf("services (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAllServicesButSome(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("all", allow("*"))
	w.user("most", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","NotAction":["iam:*","s3:*"],"Resource":"*"}}`)
	_, all := w.ordered(w.Client, userARN+"all", "")
	_, most := w.ordered(w.Client, userARN+"most", "")
	// A page holds 100 services of some 450.
	if !all.IsTruncated || !most.IsTruncated || *all.ServicesLastAccessed[0].ServiceNamespace != "a2c" {
		t.Errorf("first page = %v", namespaces(all))
	}
	count := func(first *iam.GetServiceLastAccessedDetailsOutput, user string) (names []string) {
		id, _ := w.ordered(w.Client, userARN+user, "")
		out := testkit.Must(w.GetServiceLastAccessedDetails(w.ctx,
			&iam.GetServiceLastAccessedDetailsInput{JobId: id, MaxItems: aws.Int32(1000)}))(t)
		for _, s := range out.ServicesLastAccessed {
			names = append(names, *s.ServiceNamespace)
		}
		return names
	}
	everything, rest := count(all, "all"), count(most, "most")
	if len(everything) < 440 || !slices.IsSorted(everything) {
		t.Errorf("%d services, sorted: %v", len(everything), slices.IsSorted(everything))
	}
	if want := slices.DeleteFunc(slices.Clone(everything), func(s string) bool {
		return s == "iam" || s == "s3"
	}); !slices.Equal(want, rest) {
		t.Errorf("%d services without iam and s3; want %d", len(rest), len(want))
	}
}

// Users, groups, roles and policies have reports, with all who count.
func TestWhoHasUsedAService(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ann := w.user("ann", allow("iam:*"))
	w.user("bob", "")
	testkit.Must(w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: aws.String("Dev"), Path: aws.String("/teams/")}))(t)
	for _, name := range []string{"ann", "bob"} {
		testkit.Must(w.AddUserToGroup(w.ctx, &iam.AddUserToGroupInput{GroupName: aws.String("Dev"), UserName: &name}))(t)
	}
	own := w.policy("Own", allow("iam:*"))
	testkit.Must(w.AttachGroupPolicy(w.ctx, &iam.AttachGroupPolicyInput{GroupName: aws.String("Dev"), PolicyArn: own}))(t)
	role := w.role("Web", ec2Trust)
	testkit.Must(w.AttachRolePolicy(w.ctx, &iam.AttachRolePolicyInput{RoleName: role.RoleName, PolicyArn: own}))(t)
	testkit.Must(ann.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: aws.String("Ops")}))(t)
	for arn, want := range map[string]string{
		userARN + "ann": "ann=true", userARN + "bob": "bob=false",
		"arn:aws:iam::000000000000:group/any/path/dev": "ann=true bob=false",
		*role.Arn: "Web=false",
		*own:      "Web=false ann=true bob=false",
	} {
		id, out := w.ordered(w.Client, arn, types.AccessAdvisorUsageGranularityTypeActionLevel)
		used := strings.Count(want, "true")
		if diff := cmp.Diff([]string{fmt.Sprint("iam ", used)}, namespaces(out)); diff != "" {
			t.Errorf("%s: services (-want +got):\n%s", arn, diff)
			continue
		}
		s := out.ServicesLastAccessed[0]
		if *s.ServiceName != "AWS Identity and Access Management" || (s.LastAuthenticated != nil) != (used > 0) {
			t.Errorf("%s: %+v", arn, s)
		}
		if used > 0 && (*s.LastAuthenticatedEntity != userARN+"ann" || *s.LastAuthenticatedRegion != "us-east-1") {
			t.Errorf("%s: last used by %s in %s", arn, *s.LastAuthenticatedEntity, *s.LastAuthenticatedRegion)
		}
		if got := w.entities(id); got != want {
			t.Errorf("%s: entities %s; want %s", arn, got, want)
		}
		checkTracked(t, arn, s.TrackedActionsLastAccessed, used > 0)
	}
}

// entities are those of a report, each with whether it has used IAM.
func (w *world) entities(id *string) string {
	w.t.Helper()
	out := testkit.Must(w.GetServiceLastAccessedDetailsWithEntities(w.ctx, &iam.GetServiceLastAccessedDetailsWithEntitiesInput{
		JobId: id, ServiceNamespace: aws.String("iam"),
	}))(w.t)
	var list []string
	for _, e := range out.EntityDetailsList {
		list = append(list, fmt.Sprintf("%s=%v", *e.EntityInfo.Name, e.LastAuthenticated != nil))
		if *e.EntityInfo.Id == "" || *e.EntityInfo.Path != "/" || e.EntityInfo.Type == "" {
			w.t.Errorf("entity = %+v", e.EntityInfo)
		}
	}
	return strings.Join(list, " ")
}

// checkTracked: actions are tracked one by one, reads among them.
func checkTracked(t *testing.T, arn string, list []types.TrackedActionLastAccessed, used bool) {
	t.Helper()
	found := map[string]bool{}
	for _, a := range list {
		found[*a.ActionName] = true
		if (a.LastAccessedTime != nil) != (used && *a.ActionName == "CreateGroup") {
			t.Errorf("%s: %s last used %v", arn, *a.ActionName, a.LastAccessedTime)
		}
	}
	if !found["CreateGroup"] || !found["TagUser"] || !found["GetUser"] || found["PassRole"] {
		t.Errorf("%s: tracked actions %v", arn, found)
	}
}

// Of some actions it is recorded whether AWS tracks them.
func TestTrackedActions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, out := w.ordered(w.Client, *w.policy("All",
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["lambda:*","ec2:*","s3:*"],"Resource":"*"}}`),
		types.AccessAdvisorUsageGranularityTypeActionLevel)
	found := map[string]bool{}
	for _, s := range out.ServicesLastAccessed {
		for _, a := range s.TrackedActionsLastAccessed {
			found[*s.ServiceNamespace+":"+*a.ActionName] = true
		}
	}
	for action, want := range map[string]bool{
		"lambda:ListFunctions": true, "ec2:RunInstances": true, "s3:CreateBucket": true,
		"s3:PutObject": false, "s3:GetObject": false, "ec2:DescribeInstances": false,
	} {
		if found[action] != want {
			t.Errorf("%s: tracked %t, want %t", action, found[action], want)
		}
	}
}

func TestPagesOfAReport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("ann", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["ec2:*","iam:*","s3:*","sqs:*"],"Resource":"*"}}`)
	id, _ := w.ordered(w.Client, userARN+"ann", "")
	in := &iam.GetServiceLastAccessedDetailsInput{JobId: id, MaxItems: aws.Int32(3)}
	first := testkit.Must(w.GetServiceLastAccessedDetails(w.ctx, in))(t)
	in.Marker = first.Marker
	second := testkit.Must(w.GetServiceLastAccessedDetails(w.ctx, in))(t)
	if diff := cmp.Diff([]string{"ec2 0", "iam 0", "s3 0", "sqs 0"}, append(namespaces(first), namespaces(second)...)); diff != "" ||
		!first.IsTruncated || second.IsTruncated {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
	other, _ := w.ordered(w.Client, userARN+"ann", "")
	in.JobId = other
	testkit.WantError(t, testkit.Refused(w.GetServiceLastAccessedDetails(w.ctx, in)), "ValidationError",
		"The marker passed in the request was invalid.")
	in.Marker = aws.String("invalid")
	testkit.WantError(t, testkit.Refused(w.GetServiceLastAccessedDetails(w.ctx, in)), "ValidationError", "Invalid Marker.")
}

func TestWhoseAReportIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ann, bob := w.user("ann", allow("iam:*")), w.user("bob", allow("iam:*"))
	id, _ := w.ordered(ann, userARN+"bob", "")
	gone := "Job " + *id + " does not exist."
	testkit.WantError(t, testkit.Refused(bob.GetServiceLastAccessedDetails(w.ctx, &iam.GetServiceLastAccessedDetailsInput{JobId: id})),
		"NoSuchEntity", gone)
	testkit.WantError(t, testkit.Refused(w.GetServiceLastAccessedDetailsWithEntities(w.ctx,
		&iam.GetServiceLastAccessedDetailsWithEntitiesInput{
			JobId: id, ServiceNamespace: aws.String("iam"),
		})), "NoSuchEntity", gone)
	testkit.WantError(t, testkit.Refused(ann.GetServiceLastAccessedDetailsWithEntities(w.ctx,
		&iam.GetServiceLastAccessedDetailsWithEntitiesInput{
			JobId: id, ServiceNamespace: aws.String("IAM"),
		})), "InvalidInput", "Service namepace IAM is either invalid or unsupported.")
}

func TestWhatHasNoReport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for arn, want := range map[string][3]string{
		"arn:aws-cn:iam::000000000000:user/x": {"ValidationError", "Invalid ARN partition", "Invalid ARN partition"},
		"arn:aws:s3::000000000000:user/x":     {"ValidationError", "Invalid service in ARN", "Invalid service in ARN"},
		"arn:aws:iam::000000000000:user/p/x": {"NoSuchEntity", "ARN arn:aws:iam::000000000000:user/p/x does not exist.",
			"ARN arn:aws:iam::000000000000:user/p/x does not exist."},
		"arn:aws:iam::000000000000:policy/x": {"NoSuchEntity", "ARN arn:aws:iam::000000000000:policy/x does not exist.",
			"ARN arn:aws:iam::000000000000:policy/x does not exist."},
		"arn:aws:iam::aws:policy/NoSuchPolicyAtAll": {"NoSuchEntity", "ARN arn:aws:iam::aws:policy/NoSuchPolicyAtAll does not exist.",
			"ARN arn:aws:iam::aws:policy/NoSuchPolicyAtAll does not exist."},
		"arn:aws:iam::000000000000:root": {"InvalidInput", "Invalid Entity Arn: arn:aws:iam::000000000000:root is not supported.",
			"Could not extract entity from ARN : arn:aws:iam::000000000000:root"},
		"arn:aws:iam::999999999999:user/x": {"AccessDenied",
			"User: arn:aws:iam::000000000000:root is not authorized to perform the operation on arn:aws:iam::999999999999:user/x",
			"User: arn:aws:iam::000000000000:root is not authorized to perform the operation on arn:aws:iam::999999999999:user/x"},
	} {
		testkit.WantError(t, testkit.Refused(w.GenerateServiceLastAccessedDetails(w.ctx,
			&iam.GenerateServiceLastAccessedDetailsInput{Arn: &arn})), want[0], want[1])
		testkit.WantError(t, testkit.Refused(w.ListPoliciesGrantingServiceAccess(w.ctx, &iam.ListPoliciesGrantingServiceAccessInput{
			Arn: &arn, ServiceNamespaces: []string{"s3"},
		})), want[0], want[2])
	}
}
