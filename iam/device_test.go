package iam_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"
	"github.com/pquerna/otp/totp"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

const (
	phoneARN = "arn:aws:iam::123456789012:mfa/apps/Phone"
	freeARN  = "arn:aws:iam::123456789012:mfa/free"
	batch    = "batch.amazonaws.com"
	linked   = "AWSServiceRoleForBatch"
)

// devices is a stage with Bob's device /apps/Phone and one that nobody has, the
// instance profiles /web/Full with the role App and Empty, and the
// service-linked role of Batch.
func devices(t *testing.T) *fixture {
	f := stage(t)
	seed := string(testkit.Must(f.CreateVirtualMFADevice(f.root, &iam.CreateVirtualMFADeviceInput{
		VirtualMFADeviceName: aws.String("Phone"), Path: aws.String("/apps/"), Tags: tags("team", "red"),
	}))(t).VirtualMFADevice.Base32StringSeed)
	testkit.Must(f.CreateVirtualMFADevice(f.root, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("free")}))(t)
	testkit.Must(f.EnableMFADevice(f.root, enable("Bob", phoneARN, seed, -1)))(t)
	testkit.Must(f.CreateInstanceProfile(f.root,
		&iam.CreateInstanceProfileInput{InstanceProfileName: aws.String("Full"), Path: aws.String("/web/"), Tags: tags("team", "red")}))(t)
	testkit.Must(f.AddRoleToInstanceProfile(f.root,
		&iam.AddRoleToInstanceProfileInput{InstanceProfileName: aws.String("Full"), RoleName: aws.String("App")}))(t)
	testkit.Must(f.CreateInstanceProfile(f.root, &iam.CreateInstanceProfileInput{InstanceProfileName: aws.String("Empty")}))(t)
	testkit.Must(f.CreateServiceLinkedRole(f.root, &iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String(batch)}))(t)
	return f
}

// enable gives a device to a user with the codes of that step from birth and of
// the next one.
func enable(user, serial, seed string, step int) *iam.EnableMFADeviceInput {
	return &iam.EnableMFADeviceInput{
		UserName: &user, SerialNumber: &serial, AuthenticationCode1: codeOf(seed, step), AuthenticationCode2: codeOf(seed, step+1),
	}
}

// codeOf returns the code that a device with the seed shows some steps from birth.
func codeOf(seed string, step int) *string {
	code, err := totp.GenerateCode(seed, birth.Add(time.Duration(step)*30*time.Second))
	if err != nil {
		panic(err)
	}
	return &code
}

// seedOf reads the seed of a device from the store.
func (f *fixture) seedOf(serial string) string {
	f.t.Helper()
	seed := ""
	f.update(func(tx persistence.Tx) error {
		d, err := persistence.MFADevices.Get(tx, account, serial)
		if err == nil {
			seed = d.Seed
		}
		return err
	})
	return seed
}

// Each call names its resource in the denial, and is allowed by a policy for exactly the
// ARN in its row.
func TestResourceOfEachCallOnDevicesAndProfiles(t *testing.T) {
	t.Parallel()
	const head = "arn:aws:iam::123456789012:"
	bob, phone, full, x, app := aws.String("bob"), aws.String(phoneARN), aws.String("full"), aws.String("x"), aws.String("app")
	task := aws.String("task/aws-service-role/batch.amazonaws.com/R/12345678-1234-1234-1234-123456789012")
	for _, c := range []struct {
		operation, shown, arn string
		in                    any
	}{
		{"CreateVirtualMFADevice", head + "mfa/q/x", "mfa/q/x",
			&iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: x, Path: aws.String("/q/")}},
		{"DeleteVirtualMFADevice", phoneARN, "mfa/apps/Phone", &iam.DeleteVirtualMFADeviceInput{SerialNumber: phone}},
		{"ListVirtualMFADevices", head + "mfa/", "mfa/", &iam.ListVirtualMFADevicesInput{}},
		{"EnableMFADevice", "user bob", "user/staff/Bob", &iam.EnableMFADeviceInput{UserName: bob, SerialNumber: phone}},
		{"DeactivateMFADevice", "user bob", "user/staff/Bob", &iam.DeactivateMFADeviceInput{UserName: bob, SerialNumber: phone}},
		{"DeactivateMFADevice", "user nullanna", "user/anna", &iam.DeactivateMFADeviceInput{SerialNumber: phone}},
		{"ResyncMFADevice", "user bob", "user/staff/Bob", &iam.ResyncMFADeviceInput{UserName: bob, SerialNumber: phone}},
		{"ListMFADevices", "user bob", "user/staff/Bob", &iam.ListMFADevicesInput{UserName: bob}},
		{"GetMFADevice", "user bob", "user/staff/Bob", &iam.GetMFADeviceInput{UserName: bob, SerialNumber: phone}},
		{"TagMFADevice", phoneARN, "mfa/apps/Phone", &iam.TagMFADeviceInput{SerialNumber: phone}},
		{"UntagMFADevice", phoneARN, "mfa/apps/Phone", &iam.UntagMFADeviceInput{SerialNumber: phone}},
		{"ListMFADeviceTags", phoneARN, "mfa/apps/Phone", &iam.ListMFADeviceTagsInput{SerialNumber: phone}},
		{"CreateInstanceProfile", head + "instance-profile/q/x", "instance-profile/q/x",
			&iam.CreateInstanceProfileInput{InstanceProfileName: x, Path: aws.String("/q/")}},
		{"GetInstanceProfile", "instance profile full", "instance-profile/web/Full",
			&iam.GetInstanceProfileInput{InstanceProfileName: full}},
		{"GetInstanceProfile", "instance profile x", "instance-profile/x", &iam.GetInstanceProfileInput{InstanceProfileName: x}},
		{"ListInstanceProfiles", head + "instance-profile/web/", "instance-profile/web/",
			&iam.ListInstanceProfilesInput{PathPrefix: aws.String("/web/")}},
		{"ListInstanceProfilesForRole", "role app", "role/svc/App", &iam.ListInstanceProfilesForRoleInput{RoleName: app}},
		{"DeleteInstanceProfile", "instance profile full", "instance-profile/web/Full",
			&iam.DeleteInstanceProfileInput{InstanceProfileName: full}},
		{"RemoveRoleFromInstanceProfile", "instance profile full", "instance-profile/web/Full",
			&iam.RemoveRoleFromInstanceProfileInput{InstanceProfileName: full, RoleName: app}},
		{"TagInstanceProfile", "instance profile full", "instance-profile/web/Full",
			&iam.TagInstanceProfileInput{InstanceProfileName: full}},
		{"UntagInstanceProfile", "instance profile full", "instance-profile/web/Full",
			&iam.UntagInstanceProfileInput{InstanceProfileName: full}},
		{"ListInstanceProfileTags", "instance profile full", "instance-profile/web/Full",
			&iam.ListInstanceProfileTagsInput{InstanceProfileName: full}},
		{"CreateServiceLinkedRole", head + "role/aws-service-role/batch.amazonaws.com/" + linked,
			"role/aws-service-role/batch.amazonaws.com/" + linked,
			&iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String(batch)}},
		{"CreateServiceLinkedRole", head + "role/aws-service-role/x/*", "role/aws-service-role/x/*",
			&iam.CreateServiceLinkedRoleInput{AWSServiceName: x}},
		{"DeleteServiceLinkedRole", "role " + linked, "role/aws-service-role/batch.amazonaws.com/" + linked,
			&iam.DeleteServiceLinkedRoleInput{RoleName: aws.String(linked)}},
		{"GetServiceLinkedRoleDeletionStatus", head + "role/aws-service-role/batch.amazonaws.com/R",
			"role/aws-service-role/batch.amazonaws.com/R",
			&iam.GetServiceLinkedRoleDeletionStatusInput{DeletionTaskId: task}},
		{"GetServiceLinkedRoleDeletionStatus", "*", "*", &iam.GetServiceLinkedRoleDeletionStatusInput{DeletionTaskId: x}},
		{"CreateAccountAlias", "*", "*", &iam.CreateAccountAliasInput{}},
		{"DeleteAccountAlias", "*", "*", &iam.DeleteAccountAliasInput{}},
		{"ListAccountAliases", "*", "*", &iam.ListAccountAliasesInput{}},
		{"GetAccountSummary", "*", "*", &iam.GetAccountSummaryInput{}},
		{"SetSecurityTokenServicePreferences", "*", "*", &iam.SetSecurityTokenServicePreferencesInput{}},
	} {
		t.Run(c.operation+" on "+c.shown, func(t *testing.T) {
			t.Parallel()
			f := devices(t)
			action, resource := "iam:"+c.operation, "*"
			if c.arn != "*" {
				resource = head + c.arn
			}
			testkit.WantError(t, f.decide(nothing, c.operation, c.in), "AccessDenied",
				"User: arn:aws:iam::123456789012:user/anna is not authorized to perform: "+action+
					" on resource: "+c.shown+" because no identity-based policy allows the "+action+" action")
			if err := f.decide(statement(action, resource), c.operation, c.in); err != nil {
				t.Errorf("with a policy for %s: %v", resource, err)
			}
			if err := f.decide(statement(action, head+c.arn+"-other"), c.operation, c.in); err == nil {
				t.Errorf("a policy for %s-other allows it", resource)
			}
		})
	}
}

// The tags of devices and profiles, and the tags that a call passes, are condition keys.
func TestTagsOfDevicesAndProfilesAsConditions(t *testing.T) {
	t.Parallel()
	on := func(action, key, value string) string {
		return `{"Effect":"Allow","Action":"iam:` + action + `","Resource":"*","Condition":{"StringEquals":{"` + key + `":"` +
			value + `"}}}`
	}
	anyOf := func(action, key string) string {
		return strings.Replace(on(action, "aws:TagKeys", key), "StringEquals", "ForAnyValue:StringEquals", 1)
	}
	both := `{"Effect":"Allow","Action":["iam:CreateVirtualMFADevice","iam:TagMFADevice"],"Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/a":"b"}}}`
	create := &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("new"), Tags: tags("a", "b")}
	for _, c := range []struct {
		why, operation, right, wrong string
		in                           any
	}{
		{"the device's tag", "DeleteVirtualMFADevice", on("DeleteVirtualMFADevice", "aws:ResourceTag/team", "red"),
			on("DeleteVirtualMFADevice", "aws:ResourceTag/team", "blue"),
			&iam.DeleteVirtualMFADeviceInput{SerialNumber: aws.String(phoneARN)}},
		{"the profile's tag", "GetInstanceProfile", on("GetInstanceProfile", "aws:ResourceTag/team", "red"),
			on("GetInstanceProfile", "aws:ResourceTag/team", "blue"),
			&iam.GetInstanceProfileInput{InstanceProfileName: aws.String("full")}},
		{"the tags of a new device need the right to tag", "CreateVirtualMFADevice", both,
			on("CreateVirtualMFADevice", "aws:RequestTag/a", "b"), create},
		{"a tag for a profile", "TagInstanceProfile", on("TagInstanceProfile", "aws:RequestTag/a", "b"),
			on("TagInstanceProfile", "aws:RequestTag/a", "c"),
			&iam.TagInstanceProfileInput{InstanceProfileName: aws.String("full"), Tags: tags("a", "b")}},
		{"the keys to remove from a device", "UntagMFADevice", anyOf("UntagMFADevice", "team"), anyOf("UntagMFADevice", "x"),
			&iam.UntagMFADeviceInput{SerialNumber: aws.String(phoneARN), TagKeys: []string{"team"}}},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			f := devices(t)
			if err := f.decide(c.right, c.operation, c.in); err != nil {
				t.Error(err)
			}
			if err := f.decide(c.wrong, c.operation, c.in); err == nil {
				t.Error("allowed by the wrong policy")
			}
		})
	}
}

// Users who signed in with MFA may change their own devices, the last one included; a
// session without MFA may not.
func TestOwnDevicesNeedASessionWithMFA(t *testing.T) {
	t.Parallel()
	f := devices(t)
	bob := testkit.Must(f.GetUser(f.root, &iam.GetUserInput{UserName: aws.String("bob")}))(t).User
	session := func(mfaAt time.Time) principal.Principal {
		p := userPrincipal(bob)
		p.Session = &principal.Session{Operation: "GetSessionToken", IssuedAt: birth, MFAAt: mfaAt}
		return p
	}
	second := enable("Bob", freeARN, f.seedOf(freeARN), 0)
	testkit.WantError(t, testkit.Refused(f.EnableMFADevice(f.as(session(time.Time{})), second)), "AccessDenied",
		"To complete this action, please ensure that you are authenticated with an MFA device that is enabled for this user.")
	with := f.as(session(birth))
	testkit.Must(f.EnableMFADevice(with, second))(t)
	for _, serial := range []string{phoneARN, freeARN} {
		testkit.Must(f.DeactivateMFADevice(with, &iam.DeactivateMFADeviceInput{SerialNumber: &serial}))(t)
	}
	if left := testkit.Must(f.ListMFADevices(with, &iam.ListMFADevicesInput{}))(t).MFADevices; len(left) != 0 {
		t.Errorf("left = %+v", left)
	}
	testkit.WantError(t, testkit.Refused(f.ListMFADevices(f.asRole(), &iam.ListMFADevicesInput{})), "ValidationError",
		"Must specify userName when calling with non-User credentials")
}

func TestQuotasOfProfilesAndLinkedRoles(t *testing.T) {
	t.Parallel()
	f := newFixtureWith(t, iamsvc.Quotas{InstanceProfilesPerAccount: 1, RolesPerAccount: 1})
	for i := range 2 {
		err := testkit.Refused(f.CreateInstanceProfile(f.root, &iam.CreateInstanceProfileInput{InstanceProfileName: numbered("p", i)}))
		if i == 0 {
			if err != nil {
				t.Fatal(err)
			}
			continue
		}
		testkit.WantError(t, err, "LimitExceeded", "Cannot exceed quota for InstanceProfilesPerAccount: 1")
	}
	// service-linked roles are made beyond the limit, and count
	for _, service := range []string{batch, "ecs.amazonaws.com"} {
		testkit.Must(f.CreateServiceLinkedRole(f.root, &iam.CreateServiceLinkedRoleInput{AWSServiceName: &service}))(t)
	}
	if n := testkit.Must(f.GetAccountSummary(f.root, nil))(t).SummaryMap["Roles"]; n != 2 {
		t.Errorf("Roles = %d", n)
	}
}

// Whichever access to the store fails, the operation returns that error and leaves
// everything as it was.
func TestFaultOfTheStoreChangesNoDevicesOrProfiles(t *testing.T) {
	t.Parallel()
	for name, call := range deviceCalls() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := devices(t)
			call := call(f)
			store := testkit.NewFailingStore(f.store)
			s := iamsvc.New(iamsvc.Options{Store: store, Now: func() time.Time { return birth }})
			store.AtEachAccess(t, func() error { return call(s) })
		})
	}
}

// deviceCalls are calls that succeed, made ready for a fixture.
func deviceCalls() map[string]func(*fixture) func(*iamsvc.Service) error {
	bob, phone, free, full, empty := aws.String("Bob"), aws.String(phoneARN), aws.String(freeARN), aws.String("Full"), aws.String("Empty")
	app, x, role := aws.String("App"), aws.String("xyz"), aws.String(linked)
	plain := func(call func(*iamsvc.Service, *fixture) error) func(*fixture) func(*iamsvc.Service) error {
		return func(f *fixture) func(*iamsvc.Service) error {
			return func(s *iamsvc.Service) error { return call(s, f) }
		}
	}
	return map[string]func(*fixture) func(*iamsvc.Service) error{
		"CreateVirtualMFADevice": plain(func(s *iamsvc.Service, f *fixture) error {
			return testkit.Refused(s.CreateVirtualMFADevice(f.root, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: x}))
		}),
		"DeleteVirtualMFADevice": plain(func(s *iamsvc.Service, f *fixture) error {
			return testkit.Refused(s.DeleteVirtualMFADevice(f.root, &iam.DeleteVirtualMFADeviceInput{SerialNumber: free}))
		}),
		"ListVirtualMFADevices": plain(func(s *iamsvc.Service, f *fixture) error {
			return testkit.Refused(s.ListVirtualMFADevices(f.root, &iam.ListVirtualMFADevicesInput{}))
		}),
		"EnableMFADevice": func(f *fixture) func(*iamsvc.Service) error {
			in := enable("anna", freeARN, f.seedOf(freeARN), 0)
			anna := testkit.Must(f.GetUser(f.root, &iam.GetUserInput{UserName: aws.String("anna")}))(f.t).User
			return func(s *iamsvc.Service) error {
				return testkit.Refused(s.EnableMFADevice(f.as(userPrincipal(anna)), in))
			}
		},
		"DeactivateMFADevice": plain(func(s *iamsvc.Service, f *fixture) error {
			return testkit.Refused(s.DeactivateMFADevice(f.root, &iam.DeactivateMFADeviceInput{UserName: bob, SerialNumber: phone}))
		}),
		"ResyncMFADevice": func(f *fixture) func(*iamsvc.Service) error {
			seed := f.seedOf(phoneARN)
			in := &iam.ResyncMFADeviceInput{
				UserName: bob, SerialNumber: phone, AuthenticationCode1: codeOf(seed, 4), AuthenticationCode2: codeOf(seed, 5),
			}
			return func(s *iamsvc.Service) error { return testkit.Refused(s.ResyncMFADevice(f.root, in)) }
		},
		"ListMFADevices": plain(func(s *iamsvc.Service, f *fixture) error {
			return testkit.Refused(s.ListMFADevices(f.root, &iam.ListMFADevicesInput{UserName: bob}))
		}),
		"GetMFADevice": func(f *fixture) func(*iamsvc.Service) error {
			serial, err := f.RegisterSecurityKey(f.root, iamsvc.SecurityKey{Account: account, UserName: "Bob", Name: "k"})
			if err != nil {
				f.t.Fatal(err)
			}
			in := &iam.GetMFADeviceInput{UserName: bob, SerialNumber: &serial}
			return func(s *iamsvc.Service) error { return testkit.Refused(s.GetMFADevice(f.root, in)) }
		},
		"RegisterSecurityKey": plain(func(s *iamsvc.Service, f *fixture) error {
			_, err := s.RegisterSecurityKey(f.root, iamsvc.SecurityKey{Account: account, UserName: "Bob", Name: "k"})
			return err
		}),
		"TagMFADevice": plain(func(s *iamsvc.Service, f *fixture) error {
			return testkit.Refused(s.TagMFADevice(f.root, &iam.TagMFADeviceInput{SerialNumber: phone, Tags: tags("a", "b")}))
		}),
		"ListMFADeviceTags": plain(func(s *iamsvc.Service, f *fixture) error {
			return testkit.Refused(s.ListMFADeviceTags(f.root, &iam.ListMFADeviceTagsInput{SerialNumber: phone}))
		}),
		"CreateInstanceProfile": plain(func(s *iamsvc.Service, f *fixture) error {
			return testkit.Refused(s.CreateInstanceProfile(f.root, &iam.CreateInstanceProfileInput{InstanceProfileName: x}))
		}),
		"GetInstanceProfile": plain(func(s *iamsvc.Service, f *fixture) error {
			return testkit.Refused(s.GetInstanceProfile(f.root, &iam.GetInstanceProfileInput{InstanceProfileName: full}))
		}),
		"ListInstanceProfiles": plain(func(s *iamsvc.Service, f *fixture) error {
			return testkit.Refused(s.ListInstanceProfiles(f.root, &iam.ListInstanceProfilesInput{}))
		}),
		"ListInstanceProfilesForRole": plain(func(s *iamsvc.Service, f *fixture) error {
			return testkit.Refused(s.ListInstanceProfilesForRole(f.root, &iam.ListInstanceProfilesForRoleInput{RoleName: app}))
		}),
		"DeleteInstanceProfile": plain(func(s *iamsvc.Service, f *fixture) error {
			return testkit.Refused(s.DeleteInstanceProfile(f.root, &iam.DeleteInstanceProfileInput{InstanceProfileName: empty}))
		}),
		"AddRoleToInstanceProfile": plain(func(s *iamsvc.Service, f *fixture) error {
			return testkit.Refused(s.AddRoleToInstanceProfile(f.root,
				&iam.AddRoleToInstanceProfileInput{InstanceProfileName: empty, RoleName: app}))
		}),
		"RemoveRoleFromInstanceProfile": plain(func(s *iamsvc.Service, f *fixture) error {
			return testkit.Refused(s.RemoveRoleFromInstanceProfile(f.root,
				&iam.RemoveRoleFromInstanceProfileInput{InstanceProfileName: full, RoleName: app}))
		}),
		"UntagInstanceProfile": plain(func(s *iamsvc.Service, f *fixture) error {
			return testkit.Refused(s.UntagInstanceProfile(f.root,
				&iam.UntagInstanceProfileInput{InstanceProfileName: full, TagKeys: []string{"team"}}))
		}),
		"ListInstanceProfileTags": plain(func(s *iamsvc.Service, f *fixture) error {
			return testkit.Refused(s.ListInstanceProfileTags(f.root, &iam.ListInstanceProfileTagsInput{InstanceProfileName: full}))
		}),
		"CreateServiceLinkedRole": plain(func(s *iamsvc.Service, f *fixture) error {
			return testkit.Refused(s.CreateServiceLinkedRole(f.root,
				&iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("ecs.amazonaws.com")}))
		}),
		"DeleteServiceLinkedRole": plain(func(s *iamsvc.Service, f *fixture) error {
			return testkit.Refused(s.DeleteServiceLinkedRole(f.root, &iam.DeleteServiceLinkedRoleInput{RoleName: role}))
		}),
		"DeleteServiceLinkedRole again": func(f *fixture) func(*iamsvc.Service) error {
			testkit.Must(f.DeleteServiceLinkedRole(f.root, &iam.DeleteServiceLinkedRoleInput{RoleName: role}))(f.t)
			return func(s *iamsvc.Service) error {
				return testkit.Refused(s.DeleteServiceLinkedRole(f.root, &iam.DeleteServiceLinkedRoleInput{RoleName: role}))
			}
		},
		"DeleteServiceLinkedRole of the next role": func(f *fixture) func(*iamsvc.Service) error {
			testkit.Must(f.DeleteServiceLinkedRole(f.root, &iam.DeleteServiceLinkedRoleInput{RoleName: role}))(f.t)
			testkit.Must(f.CreateServiceLinkedRole(f.root, &iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String(batch)}))(f.t)
			return func(s *iamsvc.Service) error {
				return testkit.Refused(s.DeleteServiceLinkedRole(f.root, &iam.DeleteServiceLinkedRoleInput{RoleName: role}))
			}
		},
		"GetServiceLinkedRoleDeletionStatus": func(f *fixture) func(*iamsvc.Service) error {
			task := testkit.Must(f.DeleteServiceLinkedRole(f.root, &iam.DeleteServiceLinkedRoleInput{RoleName: role}))(f.t).DeletionTaskId
			return func(s *iamsvc.Service) error {
				return testkit.Refused(s.GetServiceLinkedRoleDeletionStatus(f.root,
					&iam.GetServiceLinkedRoleDeletionStatusInput{DeletionTaskId: task}))
			}
		},
		"CreateAccountAlias": plain(func(s *iamsvc.Service, f *fixture) error {
			return testkit.Refused(s.CreateAccountAlias(f.root, &iam.CreateAccountAliasInput{AccountAlias: x}))
		}),
		"DeleteAccountAlias": func(f *fixture) func(*iamsvc.Service) error {
			testkit.Must(f.CreateAccountAlias(f.root, &iam.CreateAccountAliasInput{AccountAlias: x}))(f.t)
			return func(s *iamsvc.Service) error {
				return testkit.Refused(s.DeleteAccountAlias(f.root, &iam.DeleteAccountAliasInput{AccountAlias: x}))
			}
		},
		"ListAccountAliases": plain(func(s *iamsvc.Service, f *fixture) error {
			return testkit.Refused(s.ListAccountAliases(f.root, &iam.ListAccountAliasesInput{}))
		}),
		"GetAccountSummary": plain(func(s *iamsvc.Service, f *fixture) error {
			return testkit.Refused(s.GetAccountSummary(f.root, &iam.GetAccountSummaryInput{}))
		}),
		"SetSecurityTokenServicePreferences": plain(func(s *iamsvc.Service, f *fixture) error {
			return testkit.Refused(s.SetSecurityTokenServicePreferences(f.root,
				&iam.SetSecurityTokenServicePreferencesInput{GlobalEndpointTokenVersion: "v2Token"}))
		}),
	}
}

// If a decision about a device or profile cannot be made, that is an error.
func TestFaultOfTheStoreWhileDecidingOnDevices(t *testing.T) {
	t.Parallel()
	for operation, in := range map[string]any{
		"ListMFADeviceTags": &iam.ListMFADeviceTagsInput{SerialNumber: aws.String(phoneARN)},
		"AddRoleToInstanceProfile": &iam.AddRoleToInstanceProfileInput{
			InstanceProfileName: aws.String("Empty"), RoleName: aws.String("App"),
		},
	} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			f := devices(t)
			if err := f.decide(statement("iam:*", "*"), operation, in); err != nil {
				t.Fatal(err)
			}
			store := testkit.NewFailingStore(f.store)
			f.authz = newAuthorizer(store)
			store.AtEachAccess(t, func() error { return f.decideAgain(operation, in) })
		})
	}
}

// Without randomness nothing is made.
func TestDevicesAndProfilesNeedRandomness(t *testing.T) {
	t.Parallel()
	f := devices(t)
	before := testkit.Pairs(t, f.store)
	s := iamsvc.New(iamsvc.Options{Store: f.store, Random: bytes.NewReader(nil)})
	for name, err := range map[string]error{
		"a virtual device": testkit.Refused(s.CreateVirtualMFADevice(f.root,
			&iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("x")})),
		"an instance profile": testkit.Refused(s.CreateInstanceProfile(f.root,
			&iam.CreateInstanceProfileInput{InstanceProfileName: aws.String("x")})),
		"a service-linked role": testkit.Refused(s.CreateServiceLinkedRole(f.root,
			&iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("ecs.amazonaws.com")})),
		"a deletion task": testkit.Refused(s.DeleteServiceLinkedRole(f.root,
			&iam.DeleteServiceLinkedRoleInput{RoleName: aws.String(linked)})),
	} {
		if err == nil {
			t.Errorf("%s was made", name)
		}
	}
	if _, err := s.RegisterSecurityKey(f.root, iamsvc.SecurityKey{Account: account, Name: "k"}); err == nil {
		t.Error("a security key was registered")
	}
	if diff := cmp.Diff(before, testkit.Pairs(t, f.store)); diff != "" {
		t.Error(diff)
	}
}
