package sts_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

const anaDenied = "AccessDenied: User: " + anaARN + " is not authorized to perform: sts:AssumeRole on resource: "

func TestAssumeRoleAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	out := w.mustAssume(w.ana(), toAudit())
	if got := aws.ToString(out.AssumedRoleUser.Arn) + " " + aws.ToString(out.AssumedRoleUser.AssumedRoleId); got !=
		"arn:aws:sts::111122223333:assumed-role/audit/night "+auditID+":night" {
		t.Errorf("AssumedRoleUser %s", got)
	}
	if want := time.Date(2026, 3, 1, 13, 0, 0, 0, time.UTC); !out.Credentials.Expiration.Equal(want) {
		t.Errorf("Expiration %v, want %v", out.Credentials.Expiration, want)
	}
	if out.SourceIdentity != nil {
		t.Errorf("a source identity that nobody asked for: %+v", out)
	}
	me, err := w.service.GetCallerIdentity(w.with(out.Credentials), nil)
	if err != nil || *me.Arn != *out.AssumedRoleUser.Arn || *me.UserId != *out.AssumedRoleUser.AssumedRoleId || *me.Account != account {
		t.Errorf("GetCallerIdentity %+v, %v", me, err)
	}
}

func TestWhoMayAssumeARole(t *testing.T) {
	t.Parallel()
	const needsID = `{"StringEquals":{"sts:ExternalId":"x-1"}}`
	for name, c := range map[string]struct {
		role     string
		trust    string
		identity string
		external string
		want     string
	}{
		"the trust policy names the user":        {audit, trust(anaID), deny("iam:*"), "", ""},
		"it names somebody else":                 {audit, trust("AIDAELSE"), allow("*"), "", anaDenied + audit},
		"it names the account, the user may":     {audit, trust(account), allow("sts:AssumeRole"), "", ""},
		"it names the account, the user may not": {audit, trust(account), allow("iam:*"), "", anaDenied + audit},
		"it names the user, whom a policy denies": {
			audit, trust(anaID), deny("sts:*"), "", anaDenied + audit + " with an explicit deny in an identity-based policy",
		},
		"another account's role, both allow":               {vault, trust(account), allow("sts:*"), "", ""},
		"another account's role, the user may not":         {vault, trust(anaARN), allow("iam:*"), "", anaDenied + vault},
		"another account's role, the trust policy refuses": {vault, trust(other), allow("*"), "", anaDenied + vault},
		"the right external ID":                            {vault, trustIf(needsID, account), allow("*"), "x-1", ""},
		"a wrong external ID":                              {vault, trustIf(needsID, account), allow("*"), "x-2", anaDenied + vault},
		"no external ID":                                   {vault, trustIf(needsID, account), allow("*"), "", anaDenied + vault},
		"no such role":                                     {audit + "s", trust(anaID), allow("*"), "", anaDenied + audit + "s"},
		"no such path": {"arn:aws:iam::111122223333:role/audit", trust(anaID), allow("*"), "",
			anaDenied + "arn:aws:iam::111122223333:role/audit"},
		"another case of the name": {
			"arn:aws:iam::111122223333:role/checks/Audit", trust(anaID), allow("*"), "",
			anaDenied + "arn:aws:iam::111122223333:role/checks/Audit",
		},
		"no such account": {
			"arn:aws:iam::999999999999:role/audit", trust(anaID), allow("*"), "", anaDenied + "arn:aws:iam::999999999999:role/audit",
		},
		"a user's ARN": {anaARN, trust(anaID), allow("*"), "", anaDenied + anaARN},
		"the session's name is a condition, and matches": {audit, trustIf(`{"StringLike":{"sts:RoleSessionName":"n*"}}`, anaID),
			allow("*"), "", ""},
		"the session's name is a condition, and does not": {audit, trustIf(`{"StringLike":{"sts:RoleSessionName":"d*"}}`, anaID),
			allow("*"), "", anaDenied + audit},
		"MFA is a condition, and long-term keys have none": {audit, trustIf(`{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`, anaID),
			allow("*"), "", anaDenied + audit},
		"something that does not parse": {"arn:a:::something/test-role", trust(anaID), allow("*"), "",
			"ValidationError: arn:a:::something/test-role is invalid"},
		"a region in the ARN": {"arn:aws:iam:x:111122223333:role/checks/audit", trust(anaID),
			deny("sts:*"), "", "ValidationError: arn:aws:iam:x:111122223333:role/checks/audit is invalid"},
		"another partition": {"arn:aws-cn:iam::111122223333:role/checks/audit", trust(anaID), allow("*"),
			"",
			"AccessDenied: User: arn:aws:iam::111122223333:user/staff/ana is not authorized to perform: sts:AssumeRole on resource: arn:aws-cn:iam::111122223333:role/checks/audit"},
		"an ARN of another service": {"arn:aws:s3:::a-bucket-of-mine", trust(anaID), allow("*"), "",
			"ValidationError: arn:aws:s3:::a-bucket-of-mine is invalid"},
		"a role that is tagged red, and the tag is condition": {audit, trustIf(`{"StringEquals":{"aws:ResourceTag/team":"red"}}`, anaID),
			allow("*"), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.role(account, persistence.Role{
				Name: "audit", Path: "/checks/", ID: auditID, TrustPolicy: c.trust, MaxSessionDuration: 3600,
				Tags: []persistence.Tag{{Key: "team", Value: "red"}},
			})
			w.role(other, persistence.Role{Name: "vault", Path: "/", ID: vaultID, TrustPolicy: c.trust, MaxSessionDuration: 3600})
			w.inline(account, anaID, c.identity)
			in := &sts.AssumeRoleInput{RoleArn: aws.String(c.role)}
			if c.external != "" {
				in.ExternalId = aws.String(c.external)
			}
			if _, err := w.assume(w.ana(), in); testkit.Answer(err) != c.want {
				t.Errorf("got  %s\nwant %s", testkit.Answer(err), c.want)
			}
		})
	}
}

// A role deleted between authorization and the call answers as one that does
// not trust; so does a call that was not authorized because enforcement is off.
func TestAssumeRoleWithoutTheRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := &sts.AssumeRoleInput{RoleArn: aws.String(audit + "s"), RoleSessionName: aws.String("night")}
	if _, err := w.service.AssumeRole(w.ana(), in); testkit.Answer(err) != anaDenied+audit+"s" {
		t.Errorf("got %s", testkit.Answer(err))
	}
}

func TestDurations(t *testing.T) {
	t.Parallel()
	const (
		overRole  = "ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
		overChain = "ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
	)
	for name, c := range map[string]struct {
		chained bool
		seconds int32
		want    string
	}{
		"the least":                               {false, 900, ""},
		"the role's maximum":                      {false, 7200, ""},
		"over the role's maximum":                 {false, 7201, overRole},
		"an hour, chained":                        {true, 3600, ""},
		"more than an hour, chained":              {true, 3601, overChain},
		"over both, chained":                      {true, 7201, overRole},
		"an hour after a session token":           {false, 3600, ""},
		"more than an hour after a session token": {false, 3601, overChain},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.role(account, persistence.Role{Name: "audit", Path: "/checks/", ID: auditID, TrustPolicy: trust(anaID, auditID),
				MaxSessionDuration: 7200})
			ctx := w.ana()
			if c.chained {
				ctx = w.with(w.mustAssume(ctx, toAudit()).Credentials)
			} else if strings.Contains(name, "token") {
				out, err := w.service.GetSessionToken(ctx, &sts.GetSessionTokenInput{})
				if err != nil {
					t.Fatal(err)
				}
				ctx = w.with(out.Credentials)
			}
			in := toAudit()
			in.DurationSeconds = aws.Int32(c.seconds)
			out, err := w.assume(ctx, in)
			if testkit.Answer(err) != c.want {
				t.Fatalf("got %q, want %q", testkit.Answer(err), c.want)
			}
			if err == nil && out.Credentials.Expiration.Sub(w.now.Truncate(time.Second)) != time.Duration(c.seconds)*time.Second {
				t.Errorf("it expires at %v", out.Credentials.Expiration)
			}
		})
	}
}

// Faults of parameters are answered before the decision, so the caller need
// not be allowed to assume the role.
func TestParametersOfAssumeRole(t *testing.T) {
	t.Parallel()
	long := allow(strings.Repeat("x", 2000))
	for name, c := range map[string]struct {
		change func(*sts.AssumeRoleInput)
		want   string
	}{
		"a tag key twice, in two cases": {func(in *sts.AssumeRoleInput) { in.Tags = tags("Team", "a", "team", "b") },
			"InvalidParameterValue: Duplicate tag keys found. Please note that Tag keys are case insensitive."},
		"a reserved tag key": {func(in *sts.AssumeRoleInput) { in.Tags = tags("AWS:x", "a") },
			"InvalidParameterValue: Tag keys beginning with aws: are reserved for system use."},
		"a transitive key without a tag": {func(in *sts.AssumeRoleInput) { in.TransitiveTagKeys = []string{"team"} },
			"InvalidParameterValue: The specified transitive tag key must be included in the requested tags."},
		"a reserved source identity": {func(in *sts.AssumeRoleInput) { in.SourceIdentity = aws.String("aws:me") },
			`ValidationError: Source Identity must not begin with "aws:"`},
		"an MFA device that nobody has": {func(in *sts.AssumeRoleInput) {
			in.SerialNumber, in.TokenCode = aws.String("arn:aws:iam::111122223333:mfa/ana"), aws.String("123456")
		},
			"AccessDenied: MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user."},
		"an MFA code without a device": {func(in *sts.AssumeRoleInput) { in.TokenCode = aws.String("123456") },
			"AccessDenied: MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."},
		"a session policy that is not JSON": {
			func(in *sts.AssumeRoleInput) { in.Policy = aws.String("{") }, "MalformedPolicyDocument: ",
		},
		"a session policy that is too long": {
			func(in *sts.AssumeRoleInput) { in.Policy = aws.String(long) },
			"ValidationError: 1 validation error detected: Value '" + long +
				"' at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048",
		},
		"a context from an unknown provider": {func(in *sts.AssumeRoleInput) { in.ProvidedContexts = []types.ProvidedContext{{}} },
			"InvalidContextAssertion: The provided context assertion could not be verified."},
		"nothing wrong, and still not trusted": {func(*sts.AssumeRoleInput) {}, anaDenied + audit},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.role(account, persistence.Role{Name: "audit", Path: "/checks/", ID: auditID, TrustPolicy: trust("AIDAELSE"),
				MaxSessionDuration: 3600})
			in := toAudit()
			c.change(in)
			_, err := w.assume(w.ana(), in)
			if got := testkit.Answer(err); got != c.want && !(strings.HasSuffix(c.want, ": ") && strings.HasPrefix(got, c.want)) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestSessionPoliciesLimitTheSession(t *testing.T) {
	t.Parallel()
	const own = "arn:aws:iam::111122223333:policy/own"
	for name, c := range map[string]struct {
		policy string
		arns   []string
		want   string
	}{
		"none":                      {"", nil, ""},
		"an inline one that allows": {allow("iam:ListUsers"), nil, ""},
		"an inline one that allows something else": {
			allow("iam:GetUser"), nil, "because no session policy allows the iam:ListUsers action",
		},
		"an inline one that denies": {deny("iam:*"), nil, "with an explicit deny in a session policy"},
		"a managed one that allows": {"", []string{own}, ""},
		"AWS's, which allows something else": {
			"", []string{"arn:aws:iam::aws:policy/ReadOnly"}, "because no session policy allows the iam:ListUsers action",
		},
		"the union of an inline and a managed one": {allow("iam:GetUser"), []string{own}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.inline(account, auditID, allow("iam:*"))
			w.update(func(tx persistence.Tx) error {
				if err := persistence.Policies.Put(tx, account, &persistence.Policy{
					Name: "own", Path: "/", ID: "ANPAOWN", ARN: own, DefaultVersion: 1,
				}); err != nil {
					return err
				}
				return persistence.PolicyVersions.Put(tx, account,
					&persistence.PolicyVersion{PolicyID: "ANPAOWN", Number: 1, Document: allow("iam:List*")})
			})
			in := toAudit()
			if c.policy != "" {
				in.Policy = aws.String(c.policy)
			}
			for _, arn := range c.arns {
				in.PolicyArns = append(in.PolicyArns, types.PolicyDescriptorType{Arn: aws.String(arn)})
			}
			out := w.mustAssume(w.ana(), in)
			got := testkit.Answer(w.authorizer.Authorize(w.with(out.Credentials), "ListUsers", &iam.ListUsersInput{}))
			if c.want == "" && got != "" || !strings.HasSuffix(got, c.want) {
				t.Errorf("ListUsers: %q, want %q", got, c.want)
			}
		})
	}
}

func TestManagedSessionPoliciesMustExist(t *testing.T) {
	t.Parallel()
	for arn, want := range map[string]string{
		"arn:aws:iam::aws:policy/ReadOnly":       "",
		"arn:aws:iam::aws:policy/No":             "ValidationError: Policy arn:aws:iam::aws:policy/No does not exist or is not attachable.",
		"arn:aws:iam::111122223333:policy/no":    "ValidationError: Policy arn:aws:iam::111122223333:policy/no does not exist or is not attachable.",
		"arn:aws:iam::444455556666:policy/their": "ValidationError: Policy arn:aws:iam::444455556666:policy/their does not exist or is not attachable.",
	} {
		w := newWorld(t)
		w.update(func(tx persistence.Tx) error {
			return persistence.Policies.Put(tx, other,
				&persistence.Policy{Name: "their", Path: "/", ID: "ANPA", ARN: "arn:aws:iam::444455556666:policy/their"})
		})
		in := toAudit()
		in.PolicyArns = []types.PolicyDescriptorType{{Arn: aws.String(arn)}}
		if _, err := w.assume(w.ana(), in); testkit.Answer(err) != want {
			t.Errorf("%s: %q, want %q", arn, testkit.Answer(err), want)
		}
	}
	w, in := newWorld(t), toAudit()
	for range 11 {
		in.PolicyArns = append(in.PolicyArns, types.PolicyDescriptorType{Arn: aws.String("arn:aws:iam::aws:policy/ReadOnly")})
	}
	if _, err := w.assume(w.ana(), in); testkit.Answer(err) != "ValidationError: You can pass at most 10 managed session policies." {
		t.Errorf("eleven: %q", testkit.Answer(err))
	}
}

// PackedPolicySize is how much of the greatest token the token is, in percent.
func TestPackedPolicySize(t *testing.T) {
	t.Parallel()
	var many []string
	for i := range 40 {
		many = append(many, fmt.Sprint("key", i), fmt.Sprintf("%x", sha256.Sum256([]byte{byte(i)})))
	}
	long := `{"Version":"2012-10-17","Statement":[`
	for i, service := range []string{"glue", "sqs", "sns", "ec2", "kms", "logs", "lambda", "dynamodb", "kinesis", "athena"} {
		if i > 0 {
			long += ","
		}
		long += `{"Sid":"` + strings.ToUpper(service) + `Access","Effect":"Allow","Action":["` + service + `:Get*","` + service +
			`:Describe` + strings.Repeat(string(rune('A'+i)), i+2) +
			`"],"Resource":["arn:aws:` + service + `:eu-west-` + string(rune('1'+i)) + `:111122223333:team/` + service + `-data/*"]}`
	}
	long += "]}"
	const plain = 18 // percent of 4,096 are the 752 characters that were recorded
	sizes := map[string]int32{}
	for name, c := range map[string]struct {
		policy, source string
		tags           []types.Tag
	}{
		"nothing":         {},
		"a policy":        {policy: allow("s3:GetObject")},
		"tags":            {tags: tags(many[:16]...)},
		"more tags":       {tags: tags(many[:32]...)},
		"both":            {policy: long, tags: tags(many[:32]...)},
		"a long policy":   {policy: long},
		"source identity": {source: strings.Repeat("a", 64)},
	} {
		w, in := newWorld(t), toAudit()
		in.Tags = c.tags
		if c.policy != "" {
			in.Policy = aws.String(c.policy)
		}
		if c.source != "" {
			in.SourceIdentity = aws.String(c.source)
		}
		out := w.mustAssume(w.ana(), in)
		size := len(*out.Credentials.SessionToken)
		if want := int32(size * 100 / 4096); *out.PackedPolicySize != want || *out.SessionTokenUtilization != want ||
			int(*out.SessionTokenSize) != size {
			t.Errorf("%s: packed %d, utilization %d, size %d; the token has %d characters", name, *out.PackedPolicySize,
				*out.SessionTokenUtilization, *out.SessionTokenSize, size)
		}
		sizes[name] = *out.PackedPolicySize
	}
	if sizes["nothing"] != plain {
		t.Errorf("a session without anything takes %d percent, want %d", sizes["nothing"], plain)
	}
	for _, grow := range [][]string{
		{"nothing", "a policy", "a long policy", "both"}, {"nothing", "tags", "more tags", "both"}, {"nothing", "source identity"},
	} {
		for i := range grow[1:] {
			if sizes[grow[i]] >= sizes[grow[i+1]] {
				t.Errorf("%s takes %d percent, %s %d", grow[i], sizes[grow[i]], grow[i+1], sizes[grow[i+1]])
			}
		}
	}
	if sizes["a long policy"] > 45 { // of some 1,700 characters that repeat each other
		t.Errorf("a long policy takes %d percent: it is not packed", sizes["a long policy"])
	}

	w, in := newWorld(t), toAudit()
	in.Tags = tags(many...)
	const refused = "PackedPolicyTooLarge: The session token size of "
	if _, err := w.assume(w.ana(), in); !strings.HasPrefix(testkit.Answer(err), refused) ||
		!strings.HasSuffix(testkit.Answer(err), " bytes exceeds the maximum allowed size of 4096 bytes.") {
		t.Errorf("a session that is too large: %q", testkit.Answer(err))
	}
}

func TestMinimumSessionTokenSize(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	plain := len(*w.mustAssume(w.ana(), toAudit()).Credentials.SessionToken)
	for _, minimum := range []int32{1, int32(plain), int32(plain) + 1, 1000, 4095, 4096} {
		in := toAudit()
		in.MinimumSessionTokenSize = aws.Int32(minimum)
		out := w.mustAssume(w.ana(), in)
		size := len(*out.Credentials.SessionToken)
		if size < int(minimum) || size < plain || size > max(plain, int(minimum))+16 {
			t.Errorf("minimum %d: %d characters", minimum, size)
		}
		if int(*out.SessionTokenSize) != size || *out.SessionTokenUtilization != int32(size*100/4096) ||
			*out.PackedPolicySize != *out.SessionTokenUtilization {
			t.Errorf("minimum %d: size %d, utilization %d, packed %d", minimum, *out.SessionTokenSize, *out.SessionTokenUtilization,
				*out.PackedPolicySize)
		}
		w.with(out.Credentials)
	}
}

func TestSessionTags(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.role(account, persistence.Role{
		Name: "audit", Path: "/checks/", ID: auditID, TrustPolicy: trust(anaID, auditID), MaxSessionDuration: 3600,
		Tags: []persistence.Tag{{Key: "site", Value: "north"}},
	})
	in := toAudit()
	in.Tags, in.TransitiveTagKeys = tags("Team", "red", "shift", "1"), []string{"team"}
	first := w.with(w.mustAssume(w.ana(), in).Credentials)
	s := principal.FromContext(first).Session
	want := []principal.Tag{{Key: "Team", Value: "red"}, {Key: "shift", Value: "1"}}
	if diff := cmp.Diff(want, s.Tags); diff != "" {
		t.Errorf("tags of the session (-want +got):\n%s", diff)
	}

	in = toAudit()
	in.Tags = tags("shift", "2")
	second := principal.FromContext(w.with(w.mustAssume(first, in).Credentials)).Session
	want = []principal.Tag{{Key: "Team", Value: "red"}, {Key: "shift", Value: "2"}}
	if diff := cmp.Diff(want, second.Tags); diff != "" {
		t.Errorf("tags of the chained session (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Team"}, second.TransitiveTagKeys); diff != "" {
		t.Errorf("transitive keys of the chained session (-want +got):\n%s", diff)
	}

	in = toAudit()
	in.Tags, in.TransitiveTagKeys = tags("TEAM", "blue"), []string{"TEAM"}
	if _, err := w.assume(first,
		in); testkit.Answer(err) != "InvalidParameterValue: One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session." {
		t.Errorf("a transitive key again: %s", testkit.Answer(err))
	}
	in.TransitiveTagKeys = nil
	if _, again := w.assume(first,
		in); testkit.Answer(again) != "InvalidParameterValue: One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session." {
		t.Errorf("an inherited key again: %s", testkit.Answer(again))
	}
}

// Tags and source identity need permissions of their own, inherited ones too.
func TestTagsAndSourceIdentityNeedPermission(t *testing.T) {
	t.Parallel()
	only := func(actions string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["` + anaID + `","` + auditID +
			`"]},"Action":[` + actions + `]}]}`
	}
	denied := func(who, action string) string {
		return "AccessDenied: User: " + who + " is not authorized to perform: " + action + " on resource: " + audit
	}
	const session = "arn:aws:sts::111122223333:assumed-role/audit/night"
	w := newWorld(t)
	setTrust := func(document string) {
		w.role(account, persistence.Role{Name: "audit", Path: "/checks/", ID: auditID, TrustPolicy: document, MaxSessionDuration: 3600})
	}
	tagged, named := toAudit(), toAudit()
	tagged.Tags, tagged.TransitiveTagKeys = tags("team", "red"), []string{"team"}
	named.SourceIdentity = aws.String("ana@example.com")

	setTrust(only(`"sts:AssumeRole"`))
	if _, err := w.assume(w.ana(), tagged); testkit.Answer(err) != denied(anaARN, "sts:TagSession") {
		t.Errorf("tags: %s", testkit.Answer(err))
	}
	if _, err := w.assume(w.ana(), named); testkit.Answer(err) != denied(anaARN, "sts:SetSourceIdentity") {
		t.Errorf("source identity: %s", testkit.Answer(err))
	}

	setTrust(only(`"sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"`))
	withTags, withName := w.with(w.mustAssume(w.ana(), tagged).Credentials), w.with(w.mustAssume(w.ana(), named).Credentials)

	setTrust(only(`"sts:AssumeRole"`))
	if _, err := w.assume(withTags, toAudit()); testkit.Answer(err) != denied(session, "sts:TagSession") {
		t.Errorf("inherited tags: %s", testkit.Answer(err))
	}
	if _, err := w.assume(withName, toAudit()); testkit.Answer(err) != denied(session, "sts:SetSourceIdentity") {
		t.Errorf("inherited source identity: %s", testkit.Answer(err))
	}
}

func TestSourceIdentityStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.role(account, persistence.Role{
		Name: "audit", Path: "/checks/", ID: auditID, MaxSessionDuration: 3600,
		TrustPolicy: trustIf(`{"StringEquals":{"sts:SourceIdentity":"ana@example.com"}}`, anaID, auditID),
	})
	in := toAudit()
	in.SourceIdentity = aws.String("ana@example.com")
	first := w.mustAssume(w.ana(), in)
	if aws.ToString(first.SourceIdentity) != "ana@example.com" {
		t.Errorf("SourceIdentity %v", first.SourceIdentity)
	}
	second := w.mustAssume(w.with(first.Credentials), toAudit())
	if aws.ToString(second.SourceIdentity) != "ana@example.com" {
		t.Errorf("inherited SourceIdentity %v", second.SourceIdentity)
	}
	w.mustAssume(w.with(second.Credentials), in) // the same again
	in.SourceIdentity = aws.String("bob@example.com")
	if _, err := w.assume(w.with(second.Credentials),
		in); testkit.Answer(err) != "ValidationError: The source identity is already set for this assume role session" {
		t.Errorf("another: %s", testkit.Answer(err))
	}
}

// While a trust policy is evaluated, inherited transitive tags stand in for the
// role's tags of the same key.
func TestInheritedTagsStandInForTheRoles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.role(account, persistence.Role{
		Name: "audit", Path: "/checks/", ID: auditID, MaxSessionDuration: 3600, TrustPolicy: trust(anaID),
	})
	in := toAudit()
	in.Tags, in.TransitiveTagKeys = tags("team", "red"), []string{"team"}
	first := w.with(w.mustAssume(w.ana(), in).Credentials)
	w.role(account, persistence.Role{
		Name: "second", Path: "/", ID: "AROASECOND", MaxSessionDuration: 3600,
		Tags:        []persistence.Tag{{Key: "Team", Value: "blue"}, {Key: "site", Value: "north"}},
		TrustPolicy: trustIf(`{"StringEquals":{"aws:ResourceTag/team":"red","aws:ResourceTag/site":"north"}}`, auditID),
	})
	w.mustAssume(first, &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::111122223333:role/second")})
}
