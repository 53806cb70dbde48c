package managed

import (
	"encoding/json"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/principal"
)

// administratorAccess is the document that AWS returns. According to the simulator, its
// statement is between line 3, column 17 and line 8, column 6.
const administratorAccess = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "*",
      "Resource": "*"
    }
  ]
}`

func date(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestLookup(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		want Policy
	}{
		{"a policy with one version", Policy{
			Name: "AdministratorAccess", Path: "/", ARN: "arn:aws:iam::aws:policy/AdministratorAccess",
			ID:               "ANPAZKAPJZG4XUEARDEVT",
			Description:      "Provides full access to AWS services and resources.",
			DefaultVersionID: "v1",
			CreateDate:       date("2015-02-06T18:39:46Z"), UpdateDate: date("2015-02-06T18:39:46Z"),
		}},
		{"a policy with a path and a recorded ID", Policy{
			Name: "SQSUnlockQueuePolicy", Path: "/root-task/",
			ARN: "arn:aws:iam::aws:policy/root-task/SQSUnlockQueuePolicy",
			ID:  "ANPAZKAPJZG4HPZI4FDUV",
			Description: "Provides access required to unlock a SQS queue policy using the Security Token Service (STS) " +
				"AssumeRoot API. Use this managed policy only with the STS AssumeRoot action.",
			DefaultVersionID: "v1",
			CreateDate:       date("2024-11-06T21:51:02Z"), UpdateDate: date("2024-11-06T21:51:02Z"),
		}},
		{"a policy that was updated", Policy{
			Name: "PowerUserAccess", Path: "/", ARN: "arn:aws:iam::aws:policy/PowerUserAccess",
			ID: "ANPAZKAPJZG42GJ374OZE",
			Description: "Provides full access to AWS services and resources, but does not allow management of " +
				"Users and groups.",
			DefaultVersionID: "v12",
			CreateDate:       date("2015-02-06T18:39:47Z"), UpdateDate: date("2026-02-12T17:59:14Z"),
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, ok := Lookup(test.want.ARN)
			if !ok {
				t.Fatal("not found")
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAbsent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, arn string
		is        bool
	}{
		{"a name that no policy has", "arn:aws:iam::aws:policy/NoSuchPolicy", true},
		{"a name in another case", "arn:aws:iam::aws:policy/administratoraccess", true},
		{"a policy without its path", "arn:aws:iam::aws:policy/SQSUnlockQueuePolicy", true},
		{"a policy with a path that it does not have", "arn:aws:iam::aws:policy/job-function/AdministratorAccess", true},
		{"a policy of a customer", "arn:aws:iam::123456789012:policy/AdministratorAccess", false},
		{"a name that no policy has in another partition", "arn:aws-cn:iam::aws:policy/NoSuchPolicy", true},
		{"a partition whose policies are not here", "arn:aws-iso:iam::aws:policy/AdministratorAccess", false},
		{"no partition", "arn::iam::aws:policy/AdministratorAccess", false},
		{"a bare name", "AdministratorAccess", false},
		{"nothing after the slash", "arn:aws:iam::aws:policy/", true},
		{"the empty string", "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if p, ok := Lookup(test.arn); ok {
				t.Errorf("Lookup found %+v", p)
			}
			if v := Versions(test.arn); v != nil {
				t.Errorf("Versions found %v", v)
			}
			if d, ok := Document(test.arn, "v1"); ok {
				t.Errorf("Document found %q", d)
			}
			if Is(test.arn) != test.is {
				t.Errorf("Is: %t", !test.is)
			}
		})
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:iam::aws:policy/AdministratorAccess"
	got, ok := Document(arn, "v1")
	if diff := cmp.Diff(administratorAccess, got); diff != "" || !ok {
		t.Error(ok, diff)
	}
	for _, id := range []string{"", "v", "1", "v2", "v01", "V1", "v1 ", "v-1"} {
		if d, ok := Document(arn, id); ok {
			t.Errorf("version %q: %s", id, d)
		}
	}
}

// TestHistory checks an old version, which is made by patching all newer ones.
func TestHistory(t *testing.T) {
	t.Parallel()
	got, ok := Document("arn:aws:iam::aws:policy/PowerUserAccess", "v1")
	want := `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "NotAction": "iam:*",
      "Resource": "*"
    }
  ]
}`
	if diff := cmp.Diff(want, got); diff != "" || !ok {
		t.Error(ok, diff)
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	created := date("2015-02-06T18:39:47Z")
	want := []Version{
		{"v12", date("2026-02-12T17:59:14Z"), false},
		{"v10", date("2023-07-06T22:04:00Z"), true},
		{"v8", date("2023-07-06T22:04:00Z"), true},
		{"v7", date("2023-07-06T22:04:00Z"), true},
		{"v6", date("2023-07-06T22:04:00Z"), true},
		{"v5", date("2023-07-06T22:04:00Z"), false},
		{"v4", date("2019-03-20T22:19:03Z"), false},
		{"v3", date("2017-11-14T22:39:11Z"), false},
		{"v2", date("2016-12-06T18:11:16Z"), false},
		{"v1", created, false},
	}
	if diff := cmp.Diff(want, Versions("arn:aws:iam::aws:policy/PowerUserAccess")); diff != "" {
		t.Error(diff)
	}
}

// TestAll reads every policy with all of its versions. An old document is made from all
// newer ones, which takes long. So the old documents of every policy are read only in a
// torture run; otherwise those of one policy in ten, and the newest of the others.
func TestAll(t *testing.T) {
	t.Parallel()
	whole := 10
	if testkit.Thorough() {
		whole = 1
	}
	validID := regexp.MustCompile(`^ANPA[A-Z2-7]{17}$`)
	ids, arns := map[string]bool{}, map[string]bool{}
	policies, versions, unknown, reserved := 0, 0, 0, 0
	for p := range All(principal.AWS) {
		policies++
		ids[p.ID], arns[p.ARN] = true, true
		if !validID.MatchString(p.ID) {
			t.Errorf("%s: ID %q", p.ARN, p.ID)
		}
		if p.Reserved() {
			reserved++
		}
		if again, ok := Lookup(p.ARN); !ok || again != p || p.ARN != principal.AWS.AWSPolicy("")+p.Path[1:]+p.Name {
			t.Errorf("All and Lookup differ: %+v, %+v", p, again)
		}
		for i, v := range Versions(p.ARN) {
			versions++
			if v.DateUnknown {
				unknown++
			}
			if i == 0 && (v.ID != p.DefaultVersionID || v.CreateDate != p.UpdateDate) {
				t.Errorf("%s: newest version %v, policy %+v", p.ARN, v, p)
			}
			if i == 0 || policies%whole == 0 {
				checkDocument(t, p.ARN, v.ID)
			}
		}
	}
	got := map[string]int{"policies": policies, "versions": versions, "unknown dates": unknown,
		"reserved": reserved, "IDs": len(ids), "ARNs": len(arns), "Len": Len()}
	want := map[string]int{"policies": 1595, "versions": 6196, "unknown dates": 1738,
		"reserved": 363, "IDs": 1595, "ARNs": 1595, "Len": 1595}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func checkDocument(t *testing.T, arn, versionID string) {
	t.Helper()
	text, ok := Document(arn, versionID)
	var document struct {
		Version   string
		Statement json.RawMessage
	}
	if err := json.Unmarshal([]byte(text), &document); err != nil || !ok {
		t.Errorf("%s %s: %t %v", arn, versionID, ok, err)
	}
	if !strings.HasPrefix(document.Version, "20") || len(document.Statement) == 0 {
		t.Errorf("%s %s: %s", arn, versionID, text)
	}
}

// TestOrder checks that All begins as AWS's ListPolicies does, and can stop.
func TestOrder(t *testing.T) {
	t.Parallel()
	var got []string
	for p := range All(principal.AWS) {
		if got = append(got, p.Name); len(got) == 3 {
			break
		}
	}
	want := []string{"AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestConcurrent reads different blocks at once, for the race detector.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	var arns []string
	for p := range All(principal.AWS) {
		if len(arns) < 200 {
			arns = append(arns, p.ARN)
		}
	}
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for i := worker; i < len(arns); i += 2 {
				if _, ok := Document(arns[i], Versions(arns[i])[0].ID); !ok {
					t.Errorf("%s has no document", arns[i])
				}
			}
		})
	}
	group.Wait()
}

func TestSize(t *testing.T) {
	t.Parallel()
	if len(policies) > 600<<10 {
		t.Errorf("the archive has %d bytes", len(policies))
	}
}

func TestServiceLinkedRoles(t *testing.T) {
	t.Parallel()
	want := ServiceLinkedRole{
		Service: "autoscaling.amazonaws.com", Name: "AWSServiceRoleForAutoScaling",
		PolicyARN:    "arn:aws:iam::aws:policy/aws-service-role/AutoScalingServiceRolePolicy",
		CustomSuffix: true, Confirmed: true,
	}
	got, ok := ServiceLinkedRoleOf(principal.AWS, want.Service)
	if diff := cmp.Diff(want, got); diff != "" || !ok {
		t.Error(ok, diff)
	}
	if got.Path() != "/aws-service-role/autoscaling.amazonaws.com/" {
		t.Error(got.Path())
	}
	if r, ok := ServiceLinkedRoleOf(principal.AWS, "ec2.amazonaws.com"); ok {
		t.Errorf("EC2 has no such role: %v", r)
	}
	confirmed := 0
	for i, r := range ServiceLinkedRoles() {
		if r.Confirmed {
			confirmed++
			if r.PolicyARN == "" {
				t.Errorf("%s is confirmed and has no policy", r.Service)
			}
		}
		if i > 0 && serviceLinkedRoles[i-1].Service >= r.Service {
			t.Errorf("%s is out of order", r.Service)
		}
		if p, ok := Lookup(r.PolicyARN); r.PolicyARN != "" && (!ok || p.Path != "/aws-service-role/") {
			t.Errorf("%s: %s is not a policy of a service-linked role", r.Service, r.PolicyARN)
		}
	}
	if n := len(ServiceLinkedRoles()); n != 264 || confirmed != 184 {
		t.Errorf("%d roles, %d confirmed", n, confirmed)
	}
}

func BenchmarkLookup(b *testing.B) {
	for b.Loop() {
		Lookup("arn:aws:iam::aws:policy/ReadOnlyAccess")
	}
}

func BenchmarkDocumentWarm(b *testing.B) {
	for b.Loop() {
		Document("arn:aws:iam::aws:policy/AdministratorAccess", "v1")
	}
}

// BenchmarkDocumentCold empties the cache: it inflates a block each time.
func BenchmarkDocumentCold(b *testing.B) {
	for b.Loop() {
		opened().cached = nil
		Document("arn:aws:iam::aws:policy/AdministratorAccess", "v1")
	}
}

// BenchmarkOldest measures the longest way: 170 patches of a long document.
func BenchmarkOldest(b *testing.B) {
	for b.Loop() {
		Document("arn:aws:iam::aws:policy/ReadOnlyAccess", "v1")
	}
}

// BenchmarkOpen measures the first look-up of a process.
func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		open()
	}
}

// Another partition has the same policies, with its own ARNs, in documents too.
func TestOtherPartitions(t *testing.T) {
	t.Parallel()
	for _, p := range []principal.Partition{principal.China, principal.GovCloud} {
		n, rewritten := 0, 0
		for policy := range All(p) {
			n++
			document, ok := Document(policy.ARN, policy.DefaultVersionID)
			found, known := Lookup(policy.ARN)
			if !ok || !known || !strings.HasPrefix(policy.ARN, "arn:"+p.String()+":iam::aws:policy/") || found != policy {
				t.Fatalf("%s: the policy %s is not found by its ARN", p, policy.ARN)
			}
			if strings.Contains(document, "arn:aws:") {
				t.Errorf("%s: the document of %s has an ARN of the partition aws", p, policy.ARN)
			}
			if strings.Contains(document, "arn:"+p.String()+":") {
				rewritten++
			}
		}
		if n != Len() || rewritten < 100 {
			t.Errorf("%s has %d policies of %d, and ARNs in %d documents", p, n, Len(), rewritten)
		}
		role, _ := ServiceLinkedRoleOf(p, "autoscaling.amazonaws.com")
		if _, ok := Lookup(role.PolicyARN); !ok || !strings.HasPrefix(role.PolicyARN, "arn:"+p.String()+":") {
			t.Errorf("%s: the service-linked role has the policy %q", p, role.PolicyARN)
		}
	}
}
