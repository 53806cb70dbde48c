package iam_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
)

const allowAll = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`

// document returns a policy of n characters, not counting its white space, which has n
// characters more.
func document(n int) string {
	const head, tail = `{"Version":"2012-10-17","Id":"`, `","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
	fill := n - len(head) - len(tail)
	return head + strings.Repeat("x", fill) + strings.Repeat(" ", n) + tail
}

// storedRole stores a role without asking the service.
func (f *fixture) storedRole(name, path string) {
	f.t.Helper()
	f.update(func(tx persistence.Tx) error {
		return persistence.Roles.Put(tx, account, &persistence.Role{
			Name: name, Path: path, ID: "AROA" + name, CreateDate: birth, TrustPolicy: "{}", MaxSessionDuration: 3600,
		})
	})
}

// inline holds the four operations on the inline policies of one kind of entity.
type inline struct {
	noun   string
	limit  int
	put    func(entity, policy, document string) error
	get    func(entity, policy string) (owner, name, document *string, err error)
	remove func(entity, policy string) error
	list   func(entity string, size *int32, marker *string) (names []string, next *string, err error)
}

func userInline(s *fixture, ctx context.Context) inline {
	return inline{"user", 2048,
		func(e, p, d string) error {
			return testkit.Refused(s.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: &e, PolicyName: &p, PolicyDocument: &d}))
		},
		func(e, p string) (*string, *string, *string, error) {
			out, err := s.GetUserPolicy(ctx, &iam.GetUserPolicyInput{UserName: &e, PolicyName: &p})
			if err != nil {
				return nil, nil, nil, err
			}
			return out.UserName, out.PolicyName, out.PolicyDocument, nil
		},
		func(e, p string) error {
			return testkit.Refused(s.DeleteUserPolicy(ctx, &iam.DeleteUserPolicyInput{UserName: &e, PolicyName: &p}))
		},
		func(e string, size *int32, marker *string) ([]string, *string, error) {
			out, err := s.ListUserPolicies(ctx, &iam.ListUserPoliciesInput{UserName: &e, MaxItems: size, Marker: marker})
			if err != nil {
				return nil, nil, err
			}
			return out.PolicyNames, out.Marker, nil
		},
	}
}

func groupInline(s *fixture, ctx context.Context) inline {
	return inline{"group", 5120,
		func(e, p, d string) error {
			return testkit.Refused(s.PutGroupPolicy(ctx, &iam.PutGroupPolicyInput{GroupName: &e, PolicyName: &p, PolicyDocument: &d}))
		},
		func(e, p string) (*string, *string, *string, error) {
			out, err := s.GetGroupPolicy(ctx, &iam.GetGroupPolicyInput{GroupName: &e, PolicyName: &p})
			if err != nil {
				return nil, nil, nil, err
			}
			return out.GroupName, out.PolicyName, out.PolicyDocument, nil
		},
		func(e, p string) error {
			return testkit.Refused(s.DeleteGroupPolicy(ctx, &iam.DeleteGroupPolicyInput{GroupName: &e, PolicyName: &p}))
		},
		func(e string, size *int32, marker *string) ([]string, *string, error) {
			out, err := s.ListGroupPolicies(ctx, &iam.ListGroupPoliciesInput{GroupName: &e, MaxItems: size, Marker: marker})
			if err != nil {
				return nil, nil, err
			}
			return out.PolicyNames, out.Marker, nil
		},
	}
}

func roleInline(s *fixture, ctx context.Context) inline {
	return inline{"role", 10240,
		func(e, p, d string) error {
			return testkit.Refused(s.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: &e, PolicyName: &p, PolicyDocument: &d}))
		},
		func(e, p string) (*string, *string, *string, error) {
			out, err := s.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: &e, PolicyName: &p})
			if err != nil {
				return nil, nil, nil, err
			}
			return out.RoleName, out.PolicyName, out.PolicyDocument, nil
		},
		func(e, p string) error {
			return testkit.Refused(s.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: &e, PolicyName: &p}))
		},
		func(e string, size *int32, marker *string) ([]string, *string, error) {
			out, err := s.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: &e, MaxItems: size, Marker: marker})
			if err != nil {
				return nil, nil, err
			}
			return out.PolicyNames, out.Marker, nil
		},
	}
}

// forEachKind runs a test for the inline policies of the user, the group and
// the role of the name Same, on a service of its own.
func forEachKind(t *testing.T, test func(*testing.T, inline)) {
	for _, kind := range []func(*fixture, context.Context) inline{userInline, groupInline, roleInline} {
		f := newFixture(t)
		f.user("Same")
		f.group("Same")
		f.storedRole("Same", "/")
		ops := kind(f, f.root)
		t.Run(ops.noun, func(t *testing.T) { test(t, ops) })
	}
}

func TestInlinePolicyComesBackEncodedAsItWasSent(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, ops inline) {
		sent := "{\n\t\"Version\": \"2012-10-17\", \"Id\": \"a b+c%20*~\u00e9\",\r\n" +
			` "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}`
		if err := ops.put("sAME", "My.Policy", sent); err != nil {
			t.Fatal(err)
		}
		owner, name, got, err := ops.get("same", "my.policy")
		if err != nil {
			t.Fatal(err)
		}
		if *owner != "Same" || *name != "My.Policy" {
			t.Errorf("policy %q of %q; want My.Policy of Same", *name, *owner)
		}
		if decoded, err := url.PathUnescape(*got); err != nil || decoded != sent {
			t.Errorf("decoded = %q, %v; want %q", decoded, err, sent)
		}
		const start = "%7B%0A%09%22Version%22%3A%20%222012-10-17%22%2C%20%22Id%22%3A%20%22a%20b%2Bc%2520%2A~%C3%A9%22"
		if !strings.HasPrefix(*got, start) {
			t.Errorf("encoded = %q; want it to begin with %q", *got, start)
		}
	})
}

func TestInlinePolicyIsReplacedUnderItsNewName(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, ops inline) {
		for _, name := range []string{"P", "p"} {
			if err := ops.put("Same", name, allowAll); err != nil {
				t.Fatal(err)
			}
		}
		names, _, err := ops.list("Same", nil, nil)
		if err != nil || len(names) != 1 || names[0] != "p" {
			t.Errorf("names = %q, %v; want p", names, err)
		}
	})
}

func TestUnknownInlinePolicy(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, ops inline) {
		if err := ops.put("Same", "p", allowAll); err != nil {
			t.Fatal(err)
		}
		if err := ops.remove("Same", "P"); err != nil {
			t.Fatal(err)
		}
		_, _, _, err := ops.get("Same", "p")
		testkit.WantError(t, err, "NoSuchEntity", "The "+ops.noun+" policy with name p cannot be found.")
		testkit.WantError(t, ops.remove("Same", "p"), "NoSuchEntity", "The "+ops.noun+" policy with name p cannot be found.")
	})
}

func TestInlinePolicyOfTheUnknown(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, ops inline) {
		text := "The " + ops.noun + " with name x cannot be found."
		_, _, _, err := ops.get("x", "p")
		testkit.WantError(t, err, "NoSuchEntity", text)
		_, _, err = ops.list("x", nil, nil)
		testkit.WantError(t, err, "NoSuchEntity", text)
		testkit.WantError(t, ops.put("x", "p", allowAll), "NoSuchEntity", text)
		testkit.WantError(t, ops.remove("x", "p"), "NoSuchEntity", text)
	})
}

func TestMalformedInlinePolicyIsNotStored(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, ops inline) {
		testkit.WantError(t, ops.put("Same", "p", "{"), "MalformedPolicyDocument", "Syntax errors in policy.")
		testkit.WantError(t, ops.put("Same", "p", " "+allowAll), "MalformedPolicyDocument", "JSON strings must not have leading spaces")
		if names, _, err := ops.list("Same", nil, nil); err != nil || names == nil || len(names) != 0 {
			t.Errorf("names = %q, %v; want an empty list", names, err)
		}
	})
}

// An inline policy of the older version, or without a version, is returned as it was sent.
func TestInlinePolicyOfTheOlderVersion(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, ops inline) {
		for _, document := range []string{
			strings.Replace(allowAll, "2012-10-17", "2008-10-17", 1),
			strings.Replace(allowAll, `"Version":"2012-10-17",`, "", 1) + "\n",
		} {
			if err := ops.put("Same", "p", document); err != nil {
				t.Fatalf("%s: %v", document, err)
			}
			_, _, got, err := ops.get("Same", "p")
			if err != nil {
				t.Fatal(err)
			}
			if decoded, err := url.PathUnescape(*got); err != nil || decoded != document {
				t.Errorf("got %q, %v; want %q", decoded, err, document)
			}
		}
	})
}

// The limit is for all inline policies together, without white space; a policy that is
// replaced does not count.
func TestInlinePoliciesTogetherHaveALimit(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, ops inline) {
		half := ops.limit / 2
		for _, name := range []string{"a", "b", "A"} {
			if err := ops.put("Same", name, document(half)); err != nil {
				t.Fatalf("policy %s: %v", name, err)
			}
		}
		limit := map[string]string{"user": "2048", "group": "5120", "role": "10240"}[ops.noun]
		text := "Maximum policy size of " + limit + " bytes exceeded for " + ops.noun + " Same"
		testkit.WantError(t, ops.put("Same", "b", document(half+1)), "LimitExceeded", text)
		testkit.WantError(t, ops.put("same", "c", document(200)), "LimitExceeded", text)
		if err := ops.remove("Same", "a"); err != nil {
			t.Fatal(err)
		}
		if err := ops.put("Same", "c", document(200)); err != nil {
			t.Errorf("a policy in the room of another: %v", err)
		}
	})
}

func TestInlinePoliciesInPagesByName(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, ops inline) {
		for _, name := range []string{"c", "B", "a"} {
			if err := ops.put("Same", name, allowAll); err != nil {
				t.Fatal(err)
			}
		}
		first, marker, err := ops.list("Same", aws.Int32(2), nil)
		if err != nil {
			t.Fatal(err)
		}
		second, end, err := ops.list("SAME", aws.Int32(2), marker)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(first, " ") + "|" + strings.Join(second, " "); got != "a B|c" || end != nil {
			t.Errorf("pages = %q, marker at the end %v", got, end)
		}
	})
}

func TestLimitHoldsAgainstWritersAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixtureWith(t, iamsvc.Quotas{UserPolicySize: 1000})
	f.user("u")
	ops := userInline(f, f.root)
	if won := race(10, func(i int) error { return ops.put("u", *numbered("p", i), document(200)) }); won != 5 {
		t.Errorf("%d policies of 200 characters fit into 1,000", won)
	}
}

func TestServiceLinkedRoleKeepsItsInlinePolicies(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.storedRole("Linked", "/aws-service-role/x.amazonaws.com/")
	ops := roleInline(f, f.root)
	const text = "Cannot perform the operation on the protected role 'Linked' - this role is only modifiable by AWS"
	testkit.WantError(t, ops.put("Linked", "p", allowAll), "UnmodifiableEntity", text)
	testkit.WantError(t, ops.remove("Linked", "absent"), "UnmodifiableEntity", text)
	if _, _, err := ops.list("Linked", nil, nil); err != nil {
		t.Errorf("its policies cannot be listed: %v", err)
	}
}
