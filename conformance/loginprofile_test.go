package conformance_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
)

const strong = "Str0ng-Passw0rd-1!"

// login gives a user a password.
func (w *world) login(user, password string) *types.LoginProfile {
	w.t.Helper()
	return testkit.Must(w.CreateLoginProfile(w.ctx, &iam.CreateLoginProfileInput{UserName: &user, Password: &password}))(w.t).LoginProfile
}

// change is a call with which a user changes their password.
func change(from, to string) *iam.ChangePasswordInput {
	return &iam.ChangePasswordInput{OldPassword: &from, NewPassword: &to}
}

func TestLifeOfALoginProfile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := w.user("Anna", allow("iam:*"))
	made := testkit.Must(w.CreateLoginProfile(w.ctx,
		&iam.CreateLoginProfileInput{
			UserName: aws.String("anna"), Password: aws.String(strong), PasswordResetRequired: true,
		}))(t).LoginProfile
	if *made.UserName != "Anna" || made.CreateDate == nil || !made.PasswordResetRequired {
		t.Errorf("created = %+v", made)
	}
	testkit.Must(w.UpdateLoginProfile(w.ctx, &iam.UpdateLoginProfileInput{UserName: aws.String("Anna")}))(t)
	testkit.Must(w.UpdateLoginProfile(w.ctx,
		&iam.UpdateLoginProfileInput{UserName: aws.String("Anna"), Password: aws.String(strong + "2")}))(t)
	if got := testkit.Must(me.GetLoginProfile(w.ctx, nil))(t).LoginProfile; cmp.Diff(made.CreateDate, got.CreateDate) != "" ||
		!got.PasswordResetRequired {
		t.Errorf("after changes that do not name the flag = %+v", got)
	}
	testkit.Must(me.ChangePassword(w.ctx, change(strong+"2", strong+"3")))(t)
	testkit.Must(w.UpdateUser(w.ctx, &iam.UpdateUserInput{UserName: aws.String("Anna"), NewUserName: aws.String("Eva")}))(t)
	got := testkit.Must(w.GetLoginProfile(w.ctx, &iam.GetLoginProfileInput{UserName: aws.String("Eva")}))(t).LoginProfile
	if *got.UserName != "Eva" || got.PasswordResetRequired {
		t.Errorf("after the user's own change, and renamed = %+v", got)
	}
	testkit.Must(w.UpdateLoginProfile(w.ctx,
		&iam.UpdateLoginProfileInput{UserName: aws.String("Eva"), PasswordResetRequired: aws.Bool(true)}))(t)
	if !testkit.Must(w.GetLoginProfile(w.ctx, &iam.GetLoginProfileInput{
		UserName: aws.String("Eva"),
	}))(t).LoginProfile.PasswordResetRequired {
		t.Error("the flag was not set")
	}
	testkit.Must(me.ChangePassword(w.ctx, change(strong+"3", strong+"4")))(t)
	testkit.Must(me.DeleteLoginProfile(w.ctx, nil))(t)
	testkit.WantError(t, testkit.Refused(me.GetLoginProfile(w.ctx, nil)), "NoSuchEntity", "Login Profile for User Eva cannot be found.")
}

func TestErrorsOfLoginProfiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.user("anna", allow("iam:*"))
	bob := w.user("bob", allow("iam:*"))
	w.login("anna", strong)
	nobody, bobs := aws.String("nobody"), aws.String("bob")
	const (
		noUser = "The user with name nobody cannot be found."
		none   = "Login Profile for User bob cannot be found."
		weak   = "Password should meet 3 more of the following requirements: Password should have a minimum length of 8, " +
			"Password should have at least one uppercase letter, Password should have at least one number, Password should have at least one symbol"
	)
	for _, c := range []struct {
		why, code, text string
		err             error
	}{
		{"create for nobody", "NoSuchEntity", noUser,
			testkit.Refused(w.CreateLoginProfile(w.ctx, &iam.CreateLoginProfileInput{UserName: nobody, Password: aws.String(strong)}))},
		{"create again", "EntityAlreadyExists", "Login Profile for user anna already exists.",
			testkit.Refused(w.CreateLoginProfile(w.ctx,
				&iam.CreateLoginProfileInput{UserName: aws.String("ANNA"), Password: aws.String(strong)}))},
		{"create with a weak password", "PasswordPolicyViolation", weak,
			testkit.Refused(w.CreateLoginProfile(w.ctx, &iam.CreateLoginProfileInput{UserName: bobs, Password: aws.String("weak")}))},
		{"create without a password", "ValidationError",
			"1 validation error detected: Value at 'password' failed to satisfy constraint: Member must not be null",
			testkit.Refused(w.CreateLoginProfile(w.ctx, &iam.CreateLoginProfileInput{UserName: bobs}))},
		{"root must name a user", "ValidationError", "Must specify userName when calling with non-User credentials",
			testkit.Refused(w.CreateLoginProfile(w.ctx, &iam.CreateLoginProfileInput{Password: aws.String(strong)}))},
		{"get for nobody", "NoSuchEntity", noUser, testkit.Refused(w.GetLoginProfile(w.ctx, &iam.GetLoginProfileInput{UserName: nobody}))},
		{"get what is not there", "NoSuchEntity", none,
			testkit.Refused(w.GetLoginProfile(w.ctx, &iam.GetLoginProfileInput{UserName: bobs}))},
		{"get without a name as root", "ValidationError", "Must specify userName when calling with non-User credentials",
			testkit.Refused(w.GetLoginProfile(w.ctx, nil))},
		{"update for nobody", "NoSuchEntity", noUser,
			testkit.Refused(w.UpdateLoginProfile(w.ctx, &iam.UpdateLoginProfileInput{UserName: nobody}))},
		{"update what is not there", "NoSuchEntity", none,
			testkit.Refused(w.UpdateLoginProfile(w.ctx, &iam.UpdateLoginProfileInput{UserName: bobs}))},
		{"update with a weak password", "PasswordPolicyViolation", weak,
			testkit.Refused(w.UpdateLoginProfile(w.ctx,
				&iam.UpdateLoginProfileInput{UserName: aws.String("anna"), Password: aws.String("weak")}))},
		{"delete for nobody", "NoSuchEntity", noUser,
			testkit.Refused(w.DeleteLoginProfile(w.ctx, &iam.DeleteLoginProfileInput{UserName: nobody}))},
		{"delete what is not there", "NoSuchEntity", none,
			testkit.Refused(w.DeleteLoginProfile(w.ctx, &iam.DeleteLoginProfileInput{UserName: bobs}))},
		{"change with a wrong old password", "AccessDenied", "The old password was incorrect.",
			testkit.Refused(anna.ChangePassword(w.ctx, change("wrong", strong+"x")))},
		{"change to the same password", "AccessDenied", "The new password cannot be the same as the old password.",
			testkit.Refused(anna.ChangePassword(w.ctx, change(strong, strong)))},
		{"change to a weak password", "PasswordPolicyViolation", weak, testkit.Refused(anna.ChangePassword(w.ctx, change(strong, "weak")))},
		{"change without a password", "NoSuchEntity", none, testkit.Refused(bob.ChangePassword(w.ctx, change(strong, strong+"x")))},
		{"change as root", "InvalidUserType", "Only IAM Users can change their own password.",
			testkit.Refused(w.ChangePassword(w.ctx, change(strong, strong+"x")))},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			testkit.WantError(t, c.err, c.code, c.text)
		})
	}
	testkit.Must(anna.ChangePassword(w.ctx, change(strong, strong+"x")))(t) // the refused calls changed nothing
}

func TestLifeOfAPasswordPolicy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	get := func() (*types.PasswordPolicy, error) {
		out, err := w.GetAccountPasswordPolicy(w.ctx, nil)
		if err != nil {
			return nil, err
		}
		return out.PasswordPolicy, nil
	}
	testkit.WantError(t, testkit.Refused(get()), "NoSuchEntity", "The Password Policy with domain name 000000000000 cannot be found.")
	testkit.WantError(t, testkit.Refused(w.DeleteAccountPasswordPolicy(w.ctx, nil)), "NoSuchEntity",
		"The account policy with name PasswordPolicy cannot be found.")
	testkit.Must(w.UpdateAccountPasswordPolicy(w.ctx, &iam.UpdateAccountPasswordPolicyInput{
		MinimumPasswordLength: aws.Int32(10), RequireSymbols: true, RequireNumbers: true, RequireUppercaseCharacters: true,
		RequireLowercaseCharacters: true,
		AllowUsersToChangePassword: true, MaxPasswordAge: aws.Int32(90), PasswordReusePrevention: aws.Int32(3), HardExpiry: aws.Bool(false),
	}))(t)
	full := &types.PasswordPolicy{
		MinimumPasswordLength: aws.Int32(10), RequireSymbols: true, RequireNumbers: true, RequireUppercaseCharacters: true,
		RequireLowercaseCharacters: true,
		AllowUsersToChangePassword: true, ExpirePasswords: true, MaxPasswordAge: aws.Int32(90), PasswordReusePrevention: aws.Int32(3),
		HardExpiry: aws.Bool(false),
	}
	if diff := cmp.Diff(full, testkit.Must(get())(t), documents); diff != "" {
		t.Errorf("all that can be said (-want +got):\n%s", diff)
	}
	testkit.Must(w.UpdateAccountPasswordPolicy(w.ctx, nil))(t)
	if diff := cmp.Diff(&types.PasswordPolicy{MinimumPasswordLength: aws.Int32(6)}, testkit.Must(get())(t), documents); diff != "" {
		t.Errorf("replaced by defaults (-want +got):\n%s", diff)
	}
	testkit.Must(w.DeleteAccountPasswordPolicy(w.ctx, nil))(t)
	testkit.WantError(t, testkit.Refused(get()), "NoSuchEntity", "The Password Policy with domain name 000000000000 cannot be found.")
}

// The policy of the account counts for each new password, and not for those
// that are set already.
func TestPasswordPolicyIsEnforced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := w.user("anna", allow("iam:ChangePassword"))
	w.login("anna", "Password-0")
	testkit.Must(w.UpdateAccountPasswordPolicy(w.ctx,
		&iam.UpdateAccountPasswordPolicyInput{RequireNumbers: true, PasswordReusePrevention: aws.Int32(2)}))(t)
	testkit.Must(me.ChangePassword(w.ctx, change("Password-0", "aaaaa1")))(t)
	const reused = "Policy constraint violation with password reuse prevention during password change."
	testkit.WantError(t, testkit.Refused(me.ChangePassword(w.ctx, change("aaaaa1", "Password-0"))), "PasswordPolicyViolation", reused)
	testkit.WantError(t, testkit.Refused(w.UpdateLoginProfile(w.ctx,
		&iam.UpdateLoginProfileInput{UserName: aws.String("anna"), Password: aws.String("aaaaa1")})), "PasswordPolicyViolation", reused)
	testkit.WantError(t, testkit.Refused(me.ChangePassword(w.ctx, change("aaaaa1", "aaaaaa"))), "PasswordPolicyViolation",
		"Password should meet 1 more of the following requirements: Password should have at least one number")
	testkit.Must(me.ChangePassword(w.ctx, change("aaaaa1", "aaaaa2")))(t)
	testkit.Must(me.ChangePassword(w.ctx, change("aaaaa2", "Password-0")))(t) // two others came since
}

// AllowUsersToChangePassword is a permission for every user, beside their policies.
func TestPasswordPolicyAllowsUsersToChangeTheirPasswords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, bob := w.user("anna", ""), w.user("bob",
		`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"iam:ChangePassword","Resource":"*"}}`)
	w.login("anna", strong)
	w.login("bob", strong)
	const head = "User: arn:aws:iam::000000000000:user/"
	testkit.WantError(t, testkit.Refused(anna.ChangePassword(w.ctx, change(strong, strong+"2"))), "AccessDenied",
		head+
			"anna is not authorized to perform: iam:ChangePassword on resource: user anna because no identity-based policy allows the iam:ChangePassword action")
	testkit.WantError(t, testkit.Refused(anna.GetAccountPasswordPolicy(w.ctx, nil)), "AccessDenied",
		head+
			"anna is not authorized to perform: iam:GetAccountPasswordPolicy on resource: * because no identity-based policy allows the iam:GetAccountPasswordPolicy action")
	testkit.Must(w.UpdateAccountPasswordPolicy(w.ctx, &iam.UpdateAccountPasswordPolicyInput{AllowUsersToChangePassword: true}))(t)
	testkit.Must(anna.ChangePassword(w.ctx, change(strong, strong+"2")))(t)
	testkit.Must(anna.GetAccountPasswordPolicy(w.ctx, nil))(t)
	if code := testkit.Code(testkit.Refused(anna.UpdateLoginProfile(w.ctx, &iam.UpdateLoginProfileInput{
		UserName: aws.String("anna"), Password: aws.String(strong),
	}))); code != "AccessDenied" {
		t.Errorf("another call on the own password: %q", code)
	}
	testkit.WantError(t, testkit.Refused(bob.ChangePassword(w.ctx, change(strong, strong+"2"))), "AccessDenied",
		head+"bob is not authorized to perform: iam:ChangePassword on resource: user bob with an explicit deny in an identity-based policy")
	testkit.Must(bob.GetAccountPasswordPolicy(w.ctx, nil))(t)
}

// What a user still has keeps him from being deleted, each thing with its text.
func TestCredentialsKeepAUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := aws.String("anna")
	testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: anna}))(t)
	w.login("anna", strong)
	certificate := w.signing(anna, newCertificate(t, "a", nil).pem)
	key := testkit.Must(w.UploadSSHPublicKey(w.ctx,
		&iam.UploadSSHPublicKeyInput{UserName: anna, SSHPublicKeyBody: aws.String(sshKeys()[0].openSSH)}))(t).SSHPublicKey
	credential := w.credential("anna", "codecommit.amazonaws.com")
	for _, step := range []struct {
		text   string
		remove func() error
	}{
		{"must delete login profile first.", func() error {
			return testkit.Refused(w.DeleteLoginProfile(w.ctx, &iam.DeleteLoginProfileInput{UserName: anna}))
		}},
		{"must delete certificates first.", func() error {
			return testkit.Refused(w.DeleteSigningCertificate(w.ctx,
				&iam.DeleteSigningCertificateInput{UserName: anna, CertificateId: certificate.CertificateId}))
		}},
		{"must remove referenced objects first.", func() error {
			return testkit.Refused(w.DeleteSSHPublicKey(w.ctx,
				&iam.DeleteSSHPublicKeyInput{UserName: anna, SSHPublicKeyId: key.SSHPublicKeyId}))
		}},
		{"must remove referenced objects first.", func() error {
			return testkit.Refused(w.DeleteServiceSpecificCredential(w.ctx,
				&iam.DeleteServiceSpecificCredentialInput{
					UserName: anna, ServiceSpecificCredentialId: credential.ServiceSpecificCredentialId,
				}))
		}},
	} {
		testkit.WantError(t, testkit.Refused(w.DeleteUser(w.ctx, &iam.DeleteUserInput{UserName: anna})), "DeleteConflict",
			"Cannot delete entity, "+step.text)
		if err := step.remove(); err != nil {
			t.Fatal(err)
		}
	}
	testkit.Must(w.DeleteUser(w.ctx, &iam.DeleteUserInput{UserName: anna}))(t)
}
