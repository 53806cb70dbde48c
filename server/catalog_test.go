package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	analyzersvc "github.com/understudy-iam/understudy/accessanalyzer"
	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/awsapi"
	cloudtrailsvc "github.com/understudy-iam/understudy/cloudtrail"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/events"
	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/principal"
	"github.com/understudy-iam/understudy/seed"
	stssvc "github.com/understudy-iam/understudy/sts"
)

// The rows of the authorization table are compared with AWS's service
// authorization reference: the action, the type of the resource, and the
// condition keys, by asking each row what a call with every member filled needs.
// A difference that is on purpose is in differences with its reason; one
// that is not a difference any more fails too.
func TestRulesAgreeWithAWSsReference(t *testing.T) {
	t.Parallel()
	s := staged(t)
	found := map[string]bool{}
	for _, op := range operations(&iamsvc.Service{}, &stssvc.Service{}, &cloudtrailsvc.Service{}, &analyzersvc.Service{}) {
		in := filled(op)
		needs, err := s.needs(op.Name, in)
		if errors.Is(err, errUnsigned) && decidedByToken[op.Name] {
			continue
		}
		if err != nil {
			t.Errorf("%s: the row fails for a full input: %v", op.Name, err)
			continue
		}
		for _, d := range compare(op.Service+":"+op.Name, needs) {
			known := knownDifference(d)
			if found[known] = true; known == "" {
				t.Errorf("%s", d)
			}
		}
	}
	for _, d := range slices.Sorted(maps.Keys(differences)) {
		if !found[d] {
			t.Errorf("no difference any more, or the operation is gone: %s", d)
		}
	}
}

// decidedByToken has the operations whose permissions depend on a verified token; package
// conformance tests them.
var decidedByToken = map[string]bool{"AssumeRoleWithSAML": true, "AssumeRoleWithWebIdentity": true}

// errUnsigned is returned for a call that the authorizer leaves undecided.
var errUnsigned = errors.New("the call was not decided")

// A server with an operation that has no row does not start.
func TestOperationsNeedARule(t *testing.T) {
	t.Parallel()
	ops := operations(&iamsvc.Service{}, &stssvc.Service{}, &cloudtrailsvc.Service{}, &analyzersvc.Service{})
	rules := slices.Concat(iamsvc.Rules(), stssvc.Rules(), cloudtrailsvc.Rules(), analyzersvc.Rules())
	if err := checkRules(ops, rules); err != nil {
		t.Fatal(err)
	}
	for i := range rules {
		if err := checkRules(ops, slices.Delete(slices.Clone(rules), i, i+1)); err == nil {
			t.Errorf("%s is served without a rule", rules[i].Operation)
		}
	}
}

// stagedServer is a server with the state that staged makes, and its records.
type stagedServer struct {
	*Server
	bob principal.Principal
}

// staged has an account with one of each kind: the user Bob and the role App
// with path, tags and boundary, the group Dev, the policy Own.
func staged(t *testing.T) *stagedServer {
	t.Helper()
	store := memstore.New()
	text, err := os.ReadFile("testdata/staged.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := seed.Apply(t.Context(), seed.Options{Store: store}, "testdata/staged.yaml", text); err != nil {
		t.Fatal(err)
	}
	s, err := New(Options{Store: store})
	if err != nil {
		t.Fatal(err)
	}
	st := &stagedServer{s, principal.Principal{
		Kind: principal.User, AccountID: DefaultAccount, ARN: principal.AWS.IAM(DefaultAccount, "user/staff/Bob"), Name: "Bob",
	}}
	tags := []persistence.Tag{{Key: "team", Value: "red"}}
	err = store.Update(t.Context(), func(tx persistence.Tx) error {
		u, err := persistence.Users.Get(tx, DefaultAccount, "bob")
		if err != nil {
			return err
		}
		st.bob.UserID, st.bob.EntityID = u.ID, u.ID
		return errors.Join(
			persistence.InstanceProfiles.Put(tx, DefaultAccount,
				&persistence.InstanceProfile{Name: "Prof", Path: "/q/", ID: "AIPA", Tags: tags}),
			persistence.MFADevices.Put(tx, DefaultAccount, &persistence.MFADevice{Serial: members["SerialNumber"], Tags: tags}),
			persistence.OIDCProviders.Put(tx, DefaultAccount, &persistence.OIDCProvider{URL: "id.example.org", Tags: tags}),
			persistence.SAMLProviders.Put(tx, DefaultAccount, &persistence.SAMLProvider{Name: "Idp", Tags: tags}),
			persistence.ServerCertificates.Put(tx, DefaultAccount, &persistence.ServerCertificate{Name: "Text1", Path: "/", Tags: tags}),
			persistence.DelegationRequests.Put(tx, DefaultAccount, &persistence.DelegationRequest{
				ID: "Text1", Requestor: DefaultAccount, WorkflowID: "w", OwnerAccount: DefaultAccount, OwnerID: st.bob.ARN,
			}),
			persistence.ServiceCredentials.Put(tx, DefaultAccount,
				&persistence.ServiceCredential{ID: "Text1", UserID: u.ID, Service: members["ServiceName"]}),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func (s *stagedServer) caller() context.Context {
	return principal.NewContext(context.Background(), &principal.Caller{Principal: s.bob, Request: principal.Request{Time: time.Now()}})
}

// needs are the permissions that a call of Bob with the input needs.
func (s *stagedServer) needs(operation string, in any) ([]authz.Need, error) {
	ctx := s.caller()
	principal.FromContext(ctx).Session = sessions[operation]
	err := s.authorizer.Authorize(ctx, operation, in)
	e := events.Event{Caller: principal.FromContext(ctx)}
	d := e.Decision()
	switch {
	case d == nil && err != nil:
		return nil, err
	case d == nil:
		return nil, errUnsigned
	}
	var needs []authz.Need
	for _, c := range d.Checks {
		needs = append(needs, c.Need)
	}
	return needs, nil
}

// sessions has the session of the caller for operations that only sessions, or only some
// kinds of them, can call.
var sessions = map[string]*principal.Session{
	"GetScopedCredentials": {Operation: "GetSessionToken"},
	"GetWebIdentityToken": {Operation: "GetSessionToken", ExpiresAt: time.Now().Add(24 * time.Hour), Keys: map[string][]string{
		"aws:OriginIdentity/Subject": {"ana"}, "aws:OriginIdentity/Issuer": {"id.example.org"},
	}},
}

// filled is an input of the operation with every member filled.
func filled(op awsapi.Operation) any {
	in := reflect.New(op.Input())
	fill(in.Elem(), op.Name, 0)
	return in.Interface()
}

// members are the values of members by name, where not every string is valid.
var members = map[string]string{
	"SigningAlgorithm": "RS256", "SubjectMode": "OriginIdentity",
	"UserName": "Bob", "GroupName": "Dev", "RoleName": "App", "NewUserName": "Rob", "NewGroupName": "Ops",
	"PolicyArn": "arn:aws:iam::000000000000:policy/p/Own", "RoleArn": "arn:aws:iam::000000000000:role/svc/App",
	"AccessRole":          "arn:aws:iam::000000000000:role/svc/App",
	"PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess", "Path": "/q/", "NewPath": "/q/", "PathPrefix": "/q/",
	"InstanceProfileName": "Prof", "VirtualMFADeviceName": "Phone", "SerialNumber": "arn:aws:iam::000000000000:mfa/q/Phone",
	"PolicySourceArn": "arn:aws:iam::000000000000:user/staff/Bob", "CallerArn": "arn:aws:iam::000000000000:user/staff/Bob",
	"AccessKeyId": "AKIAQAAAAAAAAAAAAAAA", "AWSServiceName": "elasticbeanstalk.amazonaws.com",
	"DeletionTaskId": "task/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS/00000000-0000-4000-8000-000000000000",
	"PolicyDocument": allowAll, "Policy": allowAll, "AssumeRolePolicyDocument": trustAll,
	"OpenIDConnectProviderArn": "arn:aws:iam::000000000000:oidc-provider/id.example.org", "Url": "https://id.example.org",
	"SAMLProviderArn": "arn:aws:iam::000000000000:saml-provider/Idp", "PrincipalArn": "arn:aws:iam::000000000000:saml-provider/Idp",
	"Arn": "arn:aws:iam::000000000000:user/staff/Bob", "TargetPrincipal": "000000000000",
	"TaskPolicyArn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials",
	"TemplateArn":   "arn:aws:iam::aws:role-template/iam.amazonaws.com/PowerUserRoleTemplate:1",
	"EntityArn":     "arn:aws:iam::000000000000:delegation-request/Text1",
	"EntityPath":    "o-exampleorg1/r-root/ou-unit", "ServiceName": "codecommit.amazonaws.com",
}

const (
	allowAll = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	trustAll = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}`
)

// properties are an account's, of PutAccountProperties.
var properties = map[string]string{"RoleManager/Enabled": "true"}

// omitted are members that make a call another one, by operation.
var omitted = map[string][]string{
	"AssumeRole":              {"SerialNumber", "TokenCode", "ProvidedContexts"},
	"CreateServiceLinkedRole": {"CustomSuffix"},
}

func member(name string) string { return cmp.Or(members[name], "Text1") }

// fill fills a struct; lists get one element.
func fill(v reflect.Value, operation string, depth int) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() || slices.Contains(omitted[operation], f.Name) || depth > 3 {
			continue
		}
		fillValue(v.Field(i), f.Name, operation, depth)
	}
}

func fillValue(v reflect.Value, name, operation string, depth int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(member(name))
	case reflect.Int32:
		v.SetInt(3600)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		p := reflect.New(v.Type().Elem())
		fillValue(p.Elem(), name, operation, depth)
		v.Set(p)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		fill(v, operation, depth+1)
	case reflect.Map:
		if name == "Properties" {
			v.Set(reflect.ValueOf(properties))
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte("bytes"))
			return
		}
		one := reflect.New(v.Type().Elem()).Elem()
		fillValue(one, name, operation, depth)
		v.Set(reflect.Append(v, one))
	}
}

// compare lists where the needs of an operation differ from the reference.
func compare(operation string, needs []authz.Need) []string {
	var list []string
	own := false
	for _, n := range needs {
		own = own || strings.EqualFold(n.Action, operation)
		a, ok := catalog.FindAction(n.Action)
		if !ok {
			list = append(list, operation+": the reference has no action "+n.Action)
			continue
		}
		if a.Service+":"+a.Name != n.Action {
			list = append(list, operation+": the reference spells "+n.Action+" "+a.Service+":"+a.Name)
		}
		list = append(list, compareResource(operation, &n, &a)...)
		list = append(list, compareKeys(operation, &n, &a)...)
	}
	if !own {
		list = append(list, operation+": does not need the action of its name")
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func compareResource(operation string, n *authz.Need, a *catalog.Action) []string {
	if n.Resource == "*" {
		for _, r := range a.Resources {
			if r.Required {
				return []string{operation + ": " + n.Action + " on *, where the reference requires " + r.Name}
			}
		}
		return nil
	}
	if resourceOf(n, a) != nil {
		return nil
	}
	kind, _, _ := strings.Cut(n.Resource[strings.LastIndexByte(n.Resource, ':')+1:], "/")
	return []string{operation + ": " + n.Action + " on " + kind + "/, which the reference does not know"}
}

// resourceOf returns the resource type that the need's resource has in AWS's reference.
func resourceOf(n *authz.Need, a *catalog.Action) *catalog.ActionResource {
	for i := range a.Resources {
		if a.Resources[i].Fits(n.Resource) {
			return &a.Resources[i]
		}
	}
	return nil
}

// compareKeys compares the keys that the operation supplies with those of the
// reference: its own services' keys and the tags. The other global keys are the
// request's and the caller's.
func compareKeys(operation string, n *authz.Need, a *catalog.Action) []string {
	want := map[string]bool{}
	keys := slices.Clone(a.ConditionKeys)
	if r := resourceOf(n, a); r != nil {
		keys = slices.Concat(keys, r.ActionKeys, r.ConditionKeys)
	}
	for _, k := range keys {
		want[canonical(k)] = true
	}
	got := map[string]bool{}
	for _, k := range n.Keys {
		got[canonical(k.Name)] = true
	}
	if len(n.Tags) > 0 {
		got["aws:ResourceTag/"], got["iam:ResourceTag/"] = true, true
	}
	var list []string
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if !got[k] && !alwaysThere(k) {
			list = append(list, fmt.Sprintf("%s: %s lacks the key %s", operation, n.Action, k))
		}
	}
	for _, k := range slices.Sorted(maps.Keys(got)) {
		if !want[k] && !strings.HasSuffix(k, ":ResourceTag/") {
			list = append(list, fmt.Sprintf("%s: %s has the key %s, which the reference does not list", operation, n.Action, k))
		}
	}
	return list
}

// canonical drops what follows the slash of a tag key.
func canonical(key string) string {
	if i := strings.IndexByte(key, '/'); i >= 0 {
		return key[:i+1]
	}
	return key
}

// alwaysThere reports whether a key of the reference comes with the request and
// not with the operation.
func alwaysThere(key string) bool {
	k, ok := catalog.FindKey(key)
	if !ok || strings.HasPrefix(key, "aws:RequestTag/") || strings.HasPrefix(key, "aws:ResourceTag/") || key == "aws:TagKeys" {
		return false
	}
	return slices.ContainsFunc(catalog.Globals(), func(g catalog.Key) bool { return g.Name == k.Name })
}

// knownDifference is the entry of differences that covers d, empty if none does.
func knownDifference(d string) string {
	for known := range differences {
		head, tail, pattern := strings.Cut(known, "*")
		if d == known || pattern && strings.HasPrefix(d, head) && strings.HasSuffix(d, tail) {
			return known
		}
	}
	return ""
}

// differences are those from the reference that are on purpose, each with its
// reason. A star matches any string.
var differences = map[string]string{
	"iam:Create* lacks the key aws:ResourceTag/":                                                        "what is being made has no tags yet; those that are passed are aws:RequestTag",
	"iam:Create* lacks the key iam:ResourceTag/":                                                        "as above",
	"iam:CreateDelegationRequest: iam:CreateDelegationRequest lacks the key iam:DelegationRequestOwner": "a request that is being made has no owner",
	"iam:UpdateDelegationRequest: the reference has no action iam:UpdateDelegationRequest":              "the user's guide has it, the reference of September 2026 not yet",
	"iam:UpdateOpenIDConnectProvider: the reference has no action iam:UpdateOpenIDConnectProvider":      "AWS has it since November 2026, the reference of September not yet",
	"iam:* has the key iam:EnableIdentityPropagation, which the reference does not list":                "as above",
	"iam:PutAccountProperties: iam:CreateServiceLinkedRole lacks the key *":                             "as above: the role manager's role is being made",
	"iam:Upload* lacks the key aws:ResourceTag/":                                                        "as above",
	"iam:* lacks the key iam:RoleTemplateARN":                                                           "a key of roles that are made from a template; an ordinary role has none",
	"iam:* has the key iam:PermissionsBoundary, which the reference does not list":                      "to tag what is being made is decided in the context of the call that makes it",
	"iam:AddRoleToInstanceProfile: iam:PassRole lacks the key iam:AssociatedResourceArn":                "the instances are not known when a profile gets its role",
	"iam:EnableMFADevice: iam:EnableMFADevice lacks the key iam:*":                                      "keys of security keys; the staged device is a virtual one",
	"iam:GetAccessKeyLastUsed: iam:GetAccessKeyLastUsed on *":                                           "a key that does not exist has no user to ask about",
	"iam:GetServiceLinkedRoleDeletionStatus: iam:GetServiceLinkedRoleDeletionStatus lacks the key *":    "the role whose deletion it is about is gone, and its tags with it",
	"iam:List*/, which the reference does not know":                                                     "denials of lists show an ARN that ends with the path (seen in denials); the reference has no resource type for them",
	"access-analyzer:* on */, which the reference does not know":                                        "the resource of the recorded denials; the reference has no resource type for these actions",
	"access-analyzer:StartPolicyGeneration: iam:PassRole lacks the key iam:AssociatedResourceArn":       "an access role is not passed for a resource",
	"sts:AssumeRole: sts:AssumeRole lacks the key *":                                                    "keys of a session that a provider vouched for; the staged caller is a user",
	"sts:AssumeRole: sts:TagSession lacks the key saml:aud":                                             "as above",
	"sts:AssumeRole: sts:SetSourceIdentity has the key *":                                               "decided in the context of the enclosing call, says the user's guide on source identities",
	"sts:AssumeRoot: sts:AssumeRoot has the key aws:ResourceAccount, which the reference does not list": "a global key: the root user is another account's, and yet the caller's policies alone decide",
	"sts:GetFederationToken: sts:TagSession lacks the key saml:aud":                                     "as for AssumeRole",
	"sts:GetFederationToken: sts:TagSession lacks the key sts:TransitiveTagKeys":                        "a federated user cannot go on to another session, so that no tag is transitive",
	"sts:GetFederationToken: sts:TagSession on federated-user/, which the reference does not know":      "a session is tagged on the resource of the enclosing call; the reference knows those of roles and users alone",
	"sts:GetWebIdentityToken: * on self/, which the reference does not know":                            "the resource of the recorded denials; the reference has no resource type for it",
	"sts:AssumeRole: sts:TagSession has the key *":                                                      "decided in the context of the enclosing call, says the user's guide on session tags",
	"sts:GetCallerIdentity: does not need the action of its name":                                       "nothing can deny it (API reference)",
	"sts:GetSessionToken: does not need the action of its name":                                         "nothing can deny it (user's guide)",
	"iam:AcquireRole: does not need the action of its name":                                             "the reference has no such action; the call needs those of making the role",
}
