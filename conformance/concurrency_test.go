package conformance_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// atOnce makes the calls at the same time and counts their codes; "" is success.
func atOnce(calls ...func() error) map[string]int {
	codes := make([]string, len(calls))
	var ready, done sync.WaitGroup
	ready.Add(len(calls))
	for i, call := range calls {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			if err := call(); err != nil {
				codes[i] = testkit.Code(err)
			}
		})
	}
	done.Wait()
	count := map[string]int{}
	for _, code := range codes {
		count[code]++
	}
	return count
}

// rounds is how often each race is run.
const rounds = 20

func repeated(n int, call func(i int) error) []func() error {
	var list []func() error
	for i := range n {
		list = append(list, func() error { return call(i) })
	}
	return list
}

// Calls of which a rule lets only some succeed, made at once: as many succeed as
// if one came after the other, and the others get the rule's error.
func TestOnlySoManySucceedAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for round := range rounds {
		name := fmt.Sprint("n", round)
		w.user(name, "")
		own := w.policy(name, allow("s3:*"))
		for race, c := range map[string]struct {
			calls     []func() error
			succeed   int
			otherwise string
		}{
			"users of a name": {repeated(6, func(i int) error {
				return testkit.Refused(w.CreateUser(w.ctx,
					&iam.CreateUserInput{UserName: aws.String([]string{"Twin", "twin", "TWIN"}[i%3] + name)}))
			}), 1, "EntityAlreadyExists"},
			"groups of a name": {repeated(6, func(int) error {
				return testkit.Refused(w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: &name}))
			}), 1, "EntityAlreadyExists"},
			"roles of a name": {repeated(6, func(int) error {
				return testkit.Refused(w.CreateRole(w.ctx,
					&iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(ec2Trust)}))
			}), 1, "EntityAlreadyExists"},
			"policies of a name": {repeated(6, func(int) error {
				return testkit.Refused(w.CreatePolicy(w.ctx,
					&iam.CreatePolicyInput{PolicyName: aws.String("p" + name), PolicyDocument: aws.String(allow("s3:*"))}))
			}), 1, "EntityAlreadyExists"},
			"instance profiles of a name": {repeated(6, func(int) error {
				return testkit.Refused(w.CreateInstanceProfile(w.ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: &name}))
			}), 1, "EntityAlreadyExists"},
			"versions beside the first": {repeated(8, func(int) error {
				return testkit.Refused(w.CreatePolicyVersion(w.ctx,
					&iam.CreatePolicyVersionInput{PolicyArn: own, PolicyDocument: aws.String(allow("s3:*"))}))
			}), 4, "LimitExceeded"},
			"access keys beside the first": {repeated(4, func(int) error {
				return testkit.Refused(w.CreateAccessKey(w.ctx, &iam.CreateAccessKeyInput{UserName: &name}))
			}), 1, "LimitExceeded"},
		} {
			got := atOnce(c.calls...)
			if got[""] != c.succeed || got[c.otherwise] != len(c.calls)-c.succeed {
				t.Errorf("%s: %v; want %d successes, else %s", race, got, c.succeed, c.otherwise)
			}
		}
	}
}

// A policy is attached or deleted, and never both.
func TestAttachAndDeleteAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("ann", "")
	for round := range rounds {
		own := w.policy(fmt.Sprint("p", round), allow("s3:*"))
		got := atOnce(
			func() error {
				return testkit.Refused(w.AttachUserPolicy(w.ctx, &iam.AttachUserPolicyInput{UserName: aws.String("ann"), PolicyArn: own}))
			},
			func() error { return testkit.Refused(w.DeletePolicy(w.ctx, &iam.DeletePolicyInput{PolicyArn: own})) },
		)
		attached := len(testkit.Must(w.ListAttachedUserPolicies(w.ctx,
			&iam.ListAttachedUserPoliciesInput{UserName: aws.String("ann")}))(t).AttachedPolicies) == 1
		if got[""] != 1 || attached && got["DeleteConflict"] != 1 || !attached && got["NoSuchEntity"] != 1 {
			t.Fatalf("round %d: %v, attached: %v", round, got, attached)
		}
		if attached {
			testkit.Must(w.DetachUserPolicy(w.ctx, &iam.DetachUserPolicyInput{UserName: aws.String("ann"), PolicyArn: own}))(t)
		}
	}
}

// A group gets a member or is deleted; a user gets a key or is deleted.
func TestFillAndDeleteAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("ann", "")
	for round := range rounds {
		name := fmt.Sprint("n", round)
		testkit.Must(w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: &name}))(t)
		testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: &name}))(t)
		got := atOnce(
			func() error {
				return testkit.Refused(w.AddUserToGroup(w.ctx, &iam.AddUserToGroupInput{GroupName: &name, UserName: aws.String("ann")}))
			},
			func() error { return testkit.Refused(w.DeleteGroup(w.ctx, &iam.DeleteGroupInput{GroupName: &name})) },
		)
		if got[""] != 1 || got["DeleteConflict"]+got["NoSuchEntity"] != 1 {
			t.Errorf("group, round %d: %v", round, got)
		}
		_, err := w.RemoveUserFromGroup(w.ctx, &iam.RemoveUserFromGroupInput{GroupName: &name, UserName: aws.String("ann")})
		if (err == nil) != (got["DeleteConflict"] == 1) {
			t.Errorf("group, round %d: %v, and then %v", round, got, err)
		}
		got = atOnce(
			func() error {
				return testkit.Refused(w.CreateAccessKey(w.ctx, &iam.CreateAccessKeyInput{UserName: &name}))
			},
			func() error { return testkit.Refused(w.DeleteUser(w.ctx, &iam.DeleteUserInput{UserName: &name})) },
		)
		if got[""] != 1 || got["DeleteConflict"]+got["NoSuchEntity"] != 1 {
			t.Errorf("user, round %d: %v", round, got)
		}
	}
}

// Two users that change their names to the same one: one of them gets it.
func TestRenamingAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for round := range rounds {
		from, to := fmt.Sprint("a", round), fmt.Sprint("same", round)
		testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: aws.String(from)}))(t)
		testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: aws.String("b" + from)}))(t)
		rename := func(name string) func() error {
			return func() error {
				return testkit.Refused(w.UpdateUser(w.ctx, &iam.UpdateUserInput{UserName: &name, NewUserName: &to}))
			}
		}
		got := atOnce(rename(from), rename("b"+from))
		if got[""] != 1 || got["EntityAlreadyExists"] != 1 {
			t.Errorf("round %d: %v", round, got)
		}
	}
}

// Quotas hold when calls come at once, as if one came after the other.
func TestQuotasHoldAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.role("worker", ec2Trust)
	for round := range 5 {
		name := fmt.Sprint("n", round)
		user, first := &name, fmt.Sprint("p", round)
		w.user(name, "")
		w.role(name, ec2Trust)
		testkit.Must(w.CreateInstanceProfile(w.ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: user}))(t)
		var groups, policies []*string
		var phones []phone
		for i := range 12 {
			group := fmt.Sprint("g", round, "-", i)
			testkit.Must(w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: &group}))(t)
			groups = append(groups, &group)
			phones = append(phones, w.phone(group))
			policies = append(policies, w.policy(fmt.Sprint(first, "-", i), allow("s3:*")))
		}
		for race, c := range map[string]struct {
			calls     []func() error
			succeed   int
			otherwise string
		}{
			"groups of a user": {repeated(12, func(i int) error {
				return testkit.Refused(w.AddUserToGroup(w.ctx, &iam.AddUserToGroupInput{GroupName: groups[i], UserName: user}))
			}), 10, "LimitExceeded"},
			"MFA devices of a user": {repeated(12, func(i int) error {
				return testkit.Refused(w.EnableMFADevice(w.ctx, phones[i].enable(name, -1, 0)))
			}), 8, "LimitExceeded"},
			"policies of a user": {repeated(12, func(i int) error {
				return testkit.Refused(w.AttachUserPolicy(w.ctx, &iam.AttachUserPolicyInput{UserName: user, PolicyArn: policies[i]}))
			}), 10, "LimitExceeded"},
			"roles in a profile": {repeated(4, func(i int) error {
				return testkit.Refused(w.AddRoleToInstanceProfile(w.ctx,
					&iam.AddRoleToInstanceProfileInput{InstanceProfileName: user, RoleName: aws.String([]string{name, "worker"}[i%2])}))
			}), 1, "LimitExceeded"},
			"one MFA device": {repeated(4, func(int) error {
				return testkit.Refused(w.CreateVirtualMFADevice(w.ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: user}))
			}), 1, "EntityAlreadyExists"},
		} {
			got := atOnce(c.calls...)
			if got[""] != c.succeed || got[c.otherwise] != len(c.calls)-c.succeed {
				t.Errorf("%s: %v; want %d successes, else %s", race, got, c.succeed, c.otherwise)
			}
		}
	}
}

// A service has one service-linked role, whoever asks for it first, and a role
// is put into a profile or deleted.
func TestRolesAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for round := range rounds {
		got := atOnce(repeated(4, func(int) error {
			return testkit.Refused(w.CreateServiceLinkedRole(w.ctx, &iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String(batch)}))
		})...)
		if got[""] != 1 || got["InvalidInput"] != 3 {
			t.Errorf("service-linked roles, round %d: %v", round, got)
		}
		deleted := atOnce(repeated(2, func(int) error {
			return testkit.Refused(w.DeleteServiceLinkedRole(w.ctx, &iam.DeleteServiceLinkedRoleInput{RoleName: aws.String(batchRole)}))
		})...)
		if deleted[""] != 2 { // both get the same task
			t.Errorf("deletions, round %d: %v", round, deleted)
		}

		name := aws.String(fmt.Sprint("n", round))
		w.role(*name, ec2Trust)
		testkit.Must(w.CreateInstanceProfile(w.ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: name}))(t)
		got = atOnce(
			func() error {
				return testkit.Refused(w.AddRoleToInstanceProfile(w.ctx,
					&iam.AddRoleToInstanceProfileInput{InstanceProfileName: name, RoleName: name}))
			},
			func() error { return testkit.Refused(w.DeleteRole(w.ctx, &iam.DeleteRoleInput{RoleName: name})) },
		)
		if got[""] != 1 || got["DeleteConflict"]+got["NoSuchEntity"] != 1 {
			t.Errorf("role and profile, round %d: %v", round, got)
		}
	}
}
