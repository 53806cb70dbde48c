package catalog

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCounts reads the whole archive: every name must be found, in upper and lower
// case.
func TestCounts(t *testing.T) {
	t.Parallel()
	got := map[string]int{}
	for info := range Services() {
		s, ok := Find(strings.ToUpper(info.Prefix))
		if !ok || s.Info() != info {
			t.Fatalf("%v is not found", info)
		}
		got["services"]++
		got["resource types"] += len(s.ResourceTypes())
		got["keys"] += len(s.Keys())
		for a := range s.Actions() {
			got["actions"]++
			got["permission only"] += count(a.PermissionOnly)
			got["with dependents"] += count(len(a.DependentActions) > 0)
			got["with scenarios"] += count(len(a.Scenarios) > 0)
			got["access "+string(a.Access)]++
			if again, ok := FindAction(strings.ToLower(info.Prefix + ":" + a.Name)); !ok || again.Name != a.Name {
				t.Errorf("%s:%s is not found", info.Prefix, a.Name)
			}
		}
	}
	got["globals"] = len(Globals())
	want := map[string]int{
		"services": 456, "actions": 22093, "resource types": 2334, "keys": 2580, "globals": 66,
		"permission only": 1286, "with dependents": 1584, "with scenarios": 5,
		"access List": 3719, "access Read": 5871, "access Write": 11359, "access Tagging": 719,
		"access Permissions management": 425,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestTypes checks that no type, pattern or name is empty or unknown.
func TestTypes(t *testing.T) {
	t.Parallel()
	types := map[KeyType]bool{}
	check := func(keys []Key) {
		for _, k := range keys {
			types[k.Type] = true
			if k.Name == "" {
				t.Error("a key without a name")
			}
		}
	}
	check(Globals())
	for info := range Services() {
		s, _ := Find(info.Prefix)
		check(s.Keys())
		for _, r := range s.ResourceTypes() {
			if len(r.Patterns) == 0 || len(r.Patterns) > 2 || r.Name == "" {
				t.Errorf("%s: %+v", info.Prefix, r)
			}
			for _, p := range r.Patterns {
				if !strings.HasPrefix(p, "arn:${Partition}:") || strings.Contains(p, ",") {
					t.Errorf("%s: pattern %s", info.Prefix, p)
				}
			}
		}
	}
	want := map[KeyType]bool{String: true, Numeric: true, Date: true, Bool: true, IPAddress: true, ARN: true}
	if diff := cmp.Diff(want, types); diff != "" {
		t.Error(diff)
	}
}

func TestFindAction(t *testing.T) {
	t.Parallel()
	user := ResourceType{
		Name: "user", Patterns: []string{"arn:${Partition}:iam::${Account}:user/${UserNameWithPath}"},
		ConditionKeys: []string{"aws:ResourceTag/${TagKey}", "iam:ResourceTag/${TagKey}"},
	}
	tests := []struct {
		name string
		want Action
	}{
		{"IAM:createuser", Action{
			Service: "iam", Name: "CreateUser", Access: Write, Resources: []ActionResource{{user, true, nil}},
			ConditionKeys: []string{"aws:RequestTag/${TagKey}", "aws:TagKeys", "iam:PermissionsBoundary"},
		}},
		{"iam:ListUsers", Action{Service: "iam", Name: "ListUsers", Access: List}},
		{"iam:PassRole", Action{
			Service: "iam", Name: "PassRole", Access: Write, PermissionOnly: true,
			Resources: []ActionResource{{ResourceType{
				Name: "role", Patterns: []string{"arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}"},
				ConditionKeys: []string{"aws:ResourceTag/${TagKey}", "iam:ResourceTag/${TagKey}"},
			}, true, nil}},
			ConditionKeys: []string{"iam:AssociatedResourceArn", "iam:PassedToService"},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, ok := FindAction(test.name)
			if !ok {
				t.Fatal("not found")
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestScenarios(t *testing.T) {
	t.Parallel()
	a, _ := FindAction("ec2:RunInstances")
	var names, types []string
	for _, s := range a.Scenarios {
		names = append(names, s.Name)
	}
	for _, r := range a.Scenarios[3].Resources {
		if r.Required {
			types = append(types, r.Name)
		}
	}
	want := []string{"EC2-Classic-EBS", "EC2-Classic-InstanceStore", "EC2-VPC-EBS", "EC2-VPC-EBS-Subnet",
		"EC2-VPC-InstanceStore", "EC2-VPC-InstanceStore-Subnet"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	if want := []string{"image", "instance", "network-interface", "security-group", "subnet", "volume"}; !slices.Equal(types, want) {
		t.Errorf("%s needs %v", names[3], types)
	}
	if want := []string{"ec2:CreateTags", "iam:PassRole", "ssm:GetParameters"}; !slices.Equal(a.DependentActions, want) {
		t.Errorf("dependent actions: %v", a.DependentActions)
	}
}

func TestAbsent(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", ":", "iam", "iam:", "iam:Get", "iam:GetUserX", "iam:*", "nosuch:GetUser", ":GetUser",
		"iam:GetUser:x", "s3:Get Object"} {
		if a, ok := FindAction(name); ok {
			t.Errorf("FindAction(%q): %+v", name, a)
		}
	}
	for _, name := range []string{"", ":", "aws:", "aws:NoSuchKey", "aws:RequestTag/", "nosuch:Key", "iam", "ResourceTag/x"} {
		if k, ok := FindKey(name); ok {
			t.Errorf("FindKey(%q): %+v", name, k)
		}
	}
	for _, prefix := range []string{"", "ia", "iamx", "a", "zzz"} {
		if _, ok := Find(prefix); ok {
			t.Errorf("Find(%q)", prefix)
		}
	}
	iam, _ := Find("iam")
	if r, ok := iam.ResourceType("users"); ok {
		t.Errorf("IAM has no type users: %+v", r)
	}
}

func TestFindKey(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		want Key
	}{
		{"AWS:requesttag/Team", Key{"aws:RequestTag/${TagKey}", String, false}},
		{"aws:TagKeys", Key{"aws:TagKeys", String, true}},
		{"aws:SourceIp", Key{"aws:SourceIp", IPAddress, false}},
		{"aws:MultiFactorAuthAge", Key{"aws:MultiFactorAuthAge", Numeric, false}},
		{"aws:CurrentTime", Key{"aws:CurrentTime", Date, false}},
		{"aws:SecureTransport", Key{"aws:SecureTransport", Bool, false}},
		{"iam:PolicyARN", Key{"iam:PolicyARN", ARN, false}},
		{"s3:ExistingObjectTag/colour", Key{"s3:ExistingObjectTag/<key>", String, false}},
		{"saml:cn", Key{"saml:cn", String, true}},
		{"saml:mail", Key{"saml:mail", String, true}},
		{"cognito-identity.amazonaws.com:amr", Key{"cognito-identity.amazonaws.com:amr", String, true}},
		{"token.actions.githubusercontent.com/acme:ref",
			Key{"token.actions.githubusercontent.com/${SubPath}:ref", String, false}},
		{"events:metadata/x", Key{"events:Metadata/${MetadataKey}", String, true}},
		{"sts:TransitiveTagKeys", Key{"sts:TransitiveTagKeys", String, true}},
	}
	for _, test := range tests {
		got, ok := FindKey(test.name)
		if diff := cmp.Diff(test.want, got); diff != "" || !ok {
			t.Errorf("%s: %t %s", test.name, ok, diff)
		}
	}
}

func TestMultiValued(t *testing.T) {
	tests := []struct {
		key  string
		want bool
	}{
		{"aws:TagKeys", true}, {"AWS:TAGKEYS", true}, {"aws:tagkeys", true},
		{"aws:PrincipalOrgPaths", true}, {"aws:ResourceOrgPaths", true}, {"aws:SourceOrgPaths", true},
		{"aws:VpceOrgPaths", true}, {"aws:CalledVia", true}, {"aws:PrincipalServiceNamesList", true},
		{"sts:TransitiveTagKeys", true}, {"sts:IdentityTokenAudience", true}, {"dynamodb:Attributes", true},
		{"saml:cn", true}, {"saml:eduPersonAffiliation", true}, {"saml:surname", true}, {"kms:EncryptionContextKeys", true},
		{"accounts.example.com:amr", true}, {"events:metadata/colour", true},
		{"aws:CalledViaFirst", false}, {"aws:PrincipalOrgID", false}, {"aws:RequestTag/TagKeys", false},
		{"aws:TagKey", false}, {"aws:TagKeysX", false}, {"saml:sub", false}, {"saml:aud", false}, {"saml:iss", false},
		{"identitystore:UserId", false}, {"accounts.google.com:sub", false}, {"events:metadata/", false},
		{"", false}, {":amr", false}, {"aaa", false}, {"zzz", false},
	}
	for _, test := range tests {
		if got := MultiValued(test.key); got != test.want {
			t.Errorf("MultiValued(%q) = %t", test.key, got)
		}
	}
	if !slices.IsSorted(multivaluedKeys) {
		t.Error("the table is not sorted")
	}
	if n := testing.AllocsPerRun(10, func() { MultiValued("AWS:PrincipalOrgPaths") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestConcurrent reads the same services concurrently; the race detector finds the
// faults.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for info := range Services() {
				if s, ok := Find(info.Prefix); !ok || s.Info() != info {
					t.Errorf("%v is not found", info)
				}
			}
		})
	}
	group.Wait()
}

func TestServicesStop(t *testing.T) {
	t.Parallel()
	var got []Info
	for info := range Services() {
		got = append(got, info)
		break
	}
	want := []Info{{"a2c", "AWS App2Container", false}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	s, _ := Find("s3")
	if !s.Info().ResourceControlPolicies {
		t.Error("resource control policies apply to S3")
	}
	for a := range s.Actions() {
		if a.Name != "AbortMultipartUpload" {
			t.Errorf("first action: %s", a.Name)
		}
		break
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	if len(services) > 400<<10 {
		t.Errorf("the archive has %d bytes", len(services))
	}
}

func BenchmarkMultiValued(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		MultiValued("aws:PrincipalOrgID")
	}
}

func BenchmarkFindAction(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		FindAction("ec2:RunInstances")
	}
}

// BenchmarkLoad measures the first look-up in a large service.
func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	a := opened()
	for b.Loop() {
		a.load(a.find("ec2"))
	}
}

// BenchmarkOpen measures what the first look-up of a process costs in addition.
func BenchmarkOpen(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		open()
	}
}
