package conformance_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// paged is an operation that answers lists in pages: its input without paging
// members, and the member of the output that is the list.
type paged struct {
	operation, list string
	in              any
}

// pagedOperations are all operations with pages, about what crowd makes; a test
// compares them with the SDK.
func pagedOperations() []paged {
	ann, dev, app := aws.String("ann"), aws.String("dev"), aws.String("app")
	own := aws.String("arn:aws:iam::000000000000:policy/own")
	return []paged{
		{"GetGroup", "Users", &iam.GetGroupInput{GroupName: dev}},
		{"ListAccessKeys", "AccessKeyMetadata", &iam.ListAccessKeysInput{UserName: ann}},
		{"ListAttachedGroupPolicies", "AttachedPolicies", &iam.ListAttachedGroupPoliciesInput{GroupName: dev}},
		{"ListAttachedRolePolicies", "AttachedPolicies", &iam.ListAttachedRolePoliciesInput{RoleName: app}},
		{"ListAttachedUserPolicies", "AttachedPolicies", &iam.ListAttachedUserPoliciesInput{UserName: ann}},
		{"ListGroupPolicies", "PolicyNames", &iam.ListGroupPoliciesInput{GroupName: dev}},
		{"ListGroups", "Groups", &iam.ListGroupsInput{}},
		{"ListGroupsForUser", "Groups", &iam.ListGroupsForUserInput{UserName: ann}},
		{"ListInstanceProfileTags", "Tags", &iam.ListInstanceProfileTagsInput{InstanceProfileName: aws.String("profile")}},
		{"ListInstanceProfiles", "InstanceProfiles", &iam.ListInstanceProfilesInput{}},
		{"ListInstanceProfilesForRole", "InstanceProfiles", &iam.ListInstanceProfilesForRoleInput{RoleName: app}},
		{"ListMFADeviceTags", "Tags", &iam.ListMFADeviceTagsInput{SerialNumber: aws.String("arn:aws:iam::000000000000:mfa/tagged")}},
		{"ListMFADevices", "MFADevices", &iam.ListMFADevicesInput{UserName: ann}},
		{"ListOpenIDConnectProviderTags", "Tags",
			&iam.ListOpenIDConnectProviderTagsInput{OpenIDConnectProviderArn: aws.String(iamHead + "oidc-provider/id.example.com")}},
		{"ListPolicies", "Policies", &iam.ListPoliciesInput{Scope: types.PolicyScopeTypeLocal}},
		{"ListPolicyTags", "Tags", &iam.ListPolicyTagsInput{PolicyArn: own}},
		{"ListPolicyVersions", "Versions", &iam.ListPolicyVersionsInput{PolicyArn: own}},
		{"ListRolePolicies", "PolicyNames", &iam.ListRolePoliciesInput{RoleName: app}},
		{"ListRoleTags", "Tags", &iam.ListRoleTagsInput{RoleName: app}},
		{"ListRoles", "Roles", &iam.ListRolesInput{}},
		{"ListSAMLProviderTags", "Tags", &iam.ListSAMLProviderTagsInput{SAMLProviderArn: aws.String(samlHead + "idp")}},
		{"ListSSHPublicKeys", "SSHPublicKeys", &iam.ListSSHPublicKeysInput{UserName: ann}},
		{"ListServerCertificateTags", "Tags", &iam.ListServerCertificateTagsInput{ServerCertificateName: aws.String("web")}},
		{"ListServerCertificates", "ServerCertificateMetadataList", &iam.ListServerCertificatesInput{}},
		{"ListServiceSpecificCredentials", "ServiceSpecificCredentials", &iam.ListServiceSpecificCredentialsInput{UserName: ann}},
		{"ListSigningCertificates", "Certificates", &iam.ListSigningCertificatesInput{UserName: ann}},
		{"ListUserPolicies", "PolicyNames", &iam.ListUserPoliciesInput{UserName: ann}},
		{"ListUserTags", "Tags", &iam.ListUserTagsInput{UserName: ann}},
		{"ListUsers", "Users", &iam.ListUsersInput{}},
		{"ListVirtualMFADevices", "VirtualMFADevices", &iam.ListVirtualMFADevicesInput{}},
	}
}

// pagedElsewhere are the operations whose pages other tests turn: their lists
// are not what crowd makes, or have several members.
var pagedElsewhere = []string{
	"GetAccountAuthorizationDetails", "GetOrganizationsAccessReport", "GetServiceLastAccessedDetails",
	"GetServiceLastAccessedDetailsWithEntities",
	"ListAccountAliases",                // an account has one
	"ListDelegationRequests",            // delegation_test.go
	"ListEntitiesForPolicy",             // three lists: policy_test.go
	"ListPoliciesGrantingServiceAccess", // it has no MaxItems: grants_test.go
	"SimulateCustomPolicy", "SimulatePrincipalPolicy",
}

func TestEveryPagedOperationIsTested(t *testing.T) {
	t.Parallel()
	listed := slices.Clone(pagedElsewhere)
	for _, p := range pagedOperations() {
		listed = append(listed, p.operation)
	}
	client := reflect.TypeFor[*iam.Client]()
	for i := range client.NumMethod() {
		m := client.Method(i)
		if m.Type.NumOut() != 2 || m.Type.Out(0).Kind() != reflect.Pointer || m.Type.Out(0).Elem().Kind() != reflect.Struct {
			continue
		}
		if _, pages := m.Type.Out(0).Elem().FieldByName("Marker"); pages && !slices.Contains(listed, m.Name) {
			t.Errorf("%s has pages and is in no list", m.Name)
		}
	}
}

// crowd makes at least two of everything that pagedOperations list.
func crowd(t *testing.T) *world {
	w := newWorld(t)
	tags := []types.Tag{{Key: aws.String("a"), Value: aws.String("1")}, {Key: aws.String("bb"), Value: aws.String("2")},
		{Key: aws.String("c"), Value: aws.String("3")}}
	ann, dev, app := aws.String("ann"), aws.String("dev"), aws.String("app")
	own := testkit.Must(w.CreatePolicy(w.ctx,
		&iam.CreatePolicyInput{PolicyName: aws.String("own"), PolicyDocument: aws.String(allow("s3:*")), Tags: tags}))(t).Policy.Arn
	for range 3 {
		testkit.Must(w.CreatePolicyVersion(w.ctx,
			&iam.CreatePolicyVersionInput{PolicyArn: own, PolicyDocument: aws.String(allow("s3:*"))}))(t)
	}
	testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: ann, Tags: tags}))(t)
	testkit.Must(w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: dev}))(t)
	testkit.Must(w.CreateRole(w.ctx, &iam.CreateRoleInput{RoleName: app, AssumeRolePolicyDocument: aws.String(ec2Trust), Tags: tags}))(t)
	testkit.Must(w.CreateInstanceProfile(w.ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: aws.String("profile"), Tags: tags}))(t)
	testkit.Must(w.CreateVirtualMFADevice(w.ctx,
		&iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("tagged"), Tags: tags}))(t)
	testkit.Must(w.AddUserToGroup(w.ctx, &iam.AddUserToGroupInput{GroupName: dev, UserName: ann}))(t)
	testkit.Must(w.AddRoleToInstanceProfile(w.ctx,
		&iam.AddRoleToInstanceProfileInput{InstanceProfileName: aws.String("profile"), RoleName: app}))(t)
	for i := range 3 {
		w.oneMore(fmt.Sprint("x", i))
	}
	for range 2 {
		testkit.Must(w.CreateAccessKey(w.ctx, &iam.CreateAccessKeyInput{UserName: ann}))(t)
	}
	for _, service := range []string{"codecommit.amazonaws.com", "cassandra.amazonaws.com"} {
		w.credential("ann", service)
	}
	for _, k := range sshKeys()[:2] {
		w.sshKey("ann", k.openSSH)
	}
	w.providersAndCertificates(tags)
	return w
}

// providersAndCertificates makes a provider of each kind with the tags, and two
// certificates of each kind.
func (w *world) providersAndCertificates(tags []types.Tag) {
	w.t.Helper()
	testkit.Must(w.CreateOpenIDConnectProvider(w.ctx,
		&iam.CreateOpenIDConnectProviderInput{Url: aws.String("https://id.example.com"), ThumbprintList: thumbs(1), Tags: tags}))(w.t)
	_, certificate := idpKey(w.t)
	testkit.Must(w.CreateSAMLProvider(w.ctx,
		&iam.CreateSAMLProviderInput{Name: aws.String("idp"), SAMLMetadataDocument: aws.String(metadata("idp", certificate)),
			Tags: tags}))(w.t)
	for _, name := range []string{"web", "www"} {
		c := newCertificate(w.t, name, nil)
		in := uploadOf(name, c)
		in.Tags = tags
		testkit.Must(w.UploadServerCertificate(w.ctx, in))(w.t)
		w.signing(aws.String("ann"), c.pem)
	}
}

// oneMore adds an entity of each kind, and what it has to ann, dev and app.
func (w *world) oneMore(name string) {
	w.t.Helper()
	ann, dev, app, doc := aws.String("ann"), aws.String("dev"), aws.String("app"), aws.String(allow("s3:*"))
	testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: &name}))(w.t)
	testkit.Must(w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: &name}))(w.t)
	w.role(name, ec2Trust)
	w.profile(name, "app")
	arn := w.policy(name, *doc)
	testkit.Must(w.AddUserToGroup(w.ctx, &iam.AddUserToGroupInput{GroupName: dev, UserName: &name}))(w.t)
	testkit.Must(w.AddUserToGroup(w.ctx, &iam.AddUserToGroupInput{GroupName: &name, UserName: ann}))(w.t)
	testkit.Must(w.AttachUserPolicy(w.ctx, &iam.AttachUserPolicyInput{UserName: ann, PolicyArn: arn}))(w.t)
	testkit.Must(w.AttachGroupPolicy(w.ctx, &iam.AttachGroupPolicyInput{GroupName: dev, PolicyArn: arn}))(w.t)
	testkit.Must(w.AttachRolePolicy(w.ctx, &iam.AttachRolePolicyInput{RoleName: app, PolicyArn: arn}))(w.t)
	testkit.Must(w.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{UserName: ann, PolicyName: &name, PolicyDocument: doc}))(w.t)
	testkit.Must(w.PutGroupPolicy(w.ctx, &iam.PutGroupPolicyInput{GroupName: dev, PolicyName: &name, PolicyDocument: doc}))(w.t)
	testkit.Must(w.PutRolePolicy(w.ctx, &iam.PutRolePolicyInput{RoleName: app, PolicyName: &name, PolicyDocument: doc}))(w.t)
	w.enabled("ann", name)
}

// unlimited leaves MaxItems out.
const unlimited = math.MinInt32

// list calls the operation for one page.
func (w *world) list(p paged, maxItems int32, marker *string) (items []string, next *string, err error) {
	w.t.Helper()
	in := reflect.New(reflect.TypeOf(p.in).Elem())
	in.Elem().Set(reflect.ValueOf(p.in).Elem())
	if maxItems != unlimited {
		in.Elem().FieldByName("MaxItems").Set(reflect.ValueOf(&maxItems))
	}
	in.Elem().FieldByName("Marker").Set(reflect.ValueOf(marker))
	results := reflect.ValueOf(w.Client).MethodByName(p.operation).Call([]reflect.Value{reflect.ValueOf(w.ctx), in})
	if err, _ := results[1].Interface().(error); err != nil {
		return nil, nil, err
	}
	out := results[0].Elem()
	list := out.FieldByName(p.list)
	for i := range list.Len() {
		items = append(items, identified(list.Index(i)))
	}
	next, _ = out.FieldByName("Marker").Interface().(*string)
	if truncated := out.FieldByName("IsTruncated").Bool(); truncated != (next != nil) {
		w.t.Errorf("%s: IsTruncated %v, marker %v", p.operation, truncated, next)
	}
	return items, next, nil
}

// identified is what tells an item of a list from the others.
func identified(item reflect.Value) string {
	if item.Kind() == reflect.String {
		return item.String()
	}
	for _, name := range []string{
		"Arn", "PolicyArn", "AccessKeyId", "SerialNumber", "VersionId", "SSHPublicKeyId", "ServiceSpecificCredentialId",
		"CertificateId", "Key",
	} {
		if f := item.FieldByName(name); f.IsValid() {
			return f.Elem().String()
		}
	}
	return ""
}

// Small pages hold together what one large page holds, in its order.
func TestPagesOfAllLists(t *testing.T) {
	t.Parallel()
	w := crowd(t)
	for _, p := range pagedOperations() {
		whole, next, err := w.list(p, unlimited, nil)
		if err != nil || next != nil || len(whole) < 2 || slices.Contains(whole, "") {
			t.Errorf("%s: %v, %v", p.operation, whole, err)
			continue
		}
		var turned []string
		var marker *string
		for {
			items, next, err := w.list(p, 1, marker)
			if err != nil || len(items) != 1 {
				t.Fatalf("%s: page of one = %v, %v", p.operation, items, err)
			}
			turned = append(turned, items...)
			if marker = next; marker == nil {
				break
			}
		}
		if !slices.Equal(whole, turned) {
			t.Errorf("%s: pages of one = %v\nwant %v", p.operation, turned, whole)
		}
	}
}

// MaxItems is from 1 to 1000, and markers are opaque and belong to their list.
func TestBadPagesOfAllLists(t *testing.T) {
	t.Parallel()
	w := crowd(t)
	for _, p := range pagedOperations() {
		if items, _, err := w.list(p, 1000, nil); err != nil || len(items) < 2 {
			t.Errorf("%s: MaxItems 1000: %v, %v", p.operation, items, err)
		}
		for _, n := range []int32{-1, 0, 1001} {
			if _, _, err := w.list(p, n, nil); testkit.Code(err) != "ValidationError" ||
				!strings.Contains(err.Error(), "'maxItems' failed to satisfy constraint") {
				t.Errorf("%s: MaxItems %d: %v", p.operation, n, err)
			}
		}
		for _, marker := range []string{"x", "AAAA", "c29tZXRoaW5nIGVsc2UgdGhhdCBpcyBubyBtYXJrZXI="} {
			if _, _, err := w.list(p, unlimited, &marker); testkit.Code(err) != "ValidationError" {
				t.Errorf("%s: marker %s: %v", p.operation, marker, err)
			}
		}
	}
	users := paged{"ListUsers", "Users", &iam.ListUsersInput{}}
	_, marker, err := w.list(users, 1, nil)
	if err != nil || marker == nil {
		t.Fatal(err)
	}
	for _, p := range pagedOperations() {
		if p.operation == users.operation {
			continue
		}
		if _, _, err := w.list(p, unlimited, marker); testkit.Code(err) != "ValidationError" {
			t.Errorf("%s: the marker of ListUsers: %v", p.operation, err)
		}
	}
}

// The operations with pages that other tests turn take the same bounds, and no
// markers of others.
func TestBadPagesOfOtherLists(t *testing.T) {
	t.Parallel()
	w := crowd(t)
	_, foreign, err := w.list(paged{"ListUsers", "Users", &iam.ListUsersInput{}}, 1, nil)
	if err != nil || foreign == nil {
		t.Fatal(err)
	}
	actions, ann := []string{"s3:GetObject"}, aws.String(userARN+"ann")
	for _, p := range []paged{
		{"GetAccountAuthorizationDetails", "UserDetailList", &iam.GetAccountAuthorizationDetailsInput{}},
		{"ListAccountAliases", "AccountAliases", &iam.ListAccountAliasesInput{}},
		{"ListDelegationRequests", "DelegationRequests", &iam.ListDelegationRequestsInput{}},
		{"ListEntitiesForPolicy", "PolicyUsers", &iam.ListEntitiesForPolicyInput{PolicyArn: aws.String(ownHead + "own")}},
		{"SimulateCustomPolicy", "EvaluationResults",
			&iam.SimulateCustomPolicyInput{PolicyInputList: []string{allow("s3:*")}, ActionNames: actions}},
		{"SimulatePrincipalPolicy", "EvaluationResults", &iam.SimulatePrincipalPolicyInput{PolicySourceArn: ann, ActionNames: actions}},
	} {
		for _, n := range []int32{1, 1000} {
			if _, _, err := w.list(p, n, nil); err != nil {
				t.Errorf("%s: MaxItems %d: %v", p.operation, n, err)
			}
		}
		for _, n := range []int32{-1, 0, 1001} {
			if _, _, err := w.list(p, n, nil); testkit.Code(err) != "ValidationError" ||
				!strings.Contains(err.Error(), "'maxItems' failed to satisfy constraint") {
				t.Errorf("%s: MaxItems %d: %v", p.operation, n, err)
			}
		}
		for _, marker := range []string{"x", "AAAA", *foreign} {
			if _, _, err := w.list(p, unlimited, &marker); testkit.Code(err) != "ValidationError" && testkit.Code(err) != "InvalidInput" {
				t.Errorf("%s: marker %s: %v", p.operation, marker, err)
			}
		}
	}
}

// Who turns pages while others write sees each of those who stay once, in order.
func TestPagesTurnedWhileOthersWrite(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var stay []string
	for i := range 30 {
		name := fmt.Sprintf("u%02d", i)
		testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: &name}))(t)
		stay = append(stay, userARN+name)
	}
	users := paged{"ListUsers", "Users", &iam.ListUsersInput{}}
	done, writing := make(chan struct{}), make(chan error)
	go func() {
		for i := 0; ; i++ {
			select {
			case <-done:
				writing <- nil
				return
			default:
			}
			name := fmt.Sprintf("u%02d-guest", i*7%30)
			_, err := w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: &name})
			if err == nil {
				_, err = w.DeleteUser(w.ctx, &iam.DeleteUserInput{UserName: &name})
			}
			if err != nil {
				<-done
				writing <- err
				return
			}
		}
	}()
	for range 10 {
		var seen []string
		for marker, first := (*string)(nil), true; first || marker != nil; first = false {
			items, next, err := w.list(users, 3, marker)
			if err != nil {
				t.Fatal(err)
			}
			seen, marker = append(seen, items...), next
		}
		if got := slices.DeleteFunc(seen, func(arn string) bool { return strings.HasSuffix(arn, "-guest") }); !slices.Equal(stay, got) {
			t.Errorf("seen %v", got)
		}
	}
	close(done)
	if err := <-writing; err != nil {
		t.Error(err)
	}
}

// What others add and delete meanwhile neither repeats nor hides an item: users
// are listed by name, and the page goes on behind the last one shown.
func TestPagesStayRightWhileOthersWrite(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range []string{"b", "d", "f", "h"} {
		testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: &name}))(t)
	}
	users := paged{"ListUsers", "Users", &iam.ListUsersInput{}}
	first, marker, err := w.list(users, 2, nil)
	if err != nil || len(first) != 2 {
		t.Fatal(first, err)
	}
	for _, name := range []string{"a", "c", "e"} {
		testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: &name}))(t)
	}
	for _, name := range []string{"d", "f"} { // the last one shown, and one to come
		testkit.Must(w.DeleteUser(w.ctx, &iam.DeleteUserInput{UserName: &name}))(t)
	}
	second, marker, err := w.list(users, 5, marker)
	if err != nil || marker != nil {
		t.Fatal(marker, err)
	}
	if got := strings.Join(append(first, second...), " "); got != strings.ReplaceAll("Ub Ud Ue Uh", "U", userARN) {
		t.Errorf("pages = %s", got)
	}
}
