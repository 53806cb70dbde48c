package iam_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/lagstore"
)

const (
	upper  = "Password should have at least one uppercase letter"
	lower  = "Password should have at least one lowercase letter"
	number = "Password should have at least one number"
	symbol = "Password should have at least one symbol"
)

// The passwords that an account admits, by its policy or by AWS's default policy.
func TestPasswordsThatAPolicyAdmits(t *testing.T) {
	t.Parallel()
	all := &iam.UpdateAccountPasswordPolicyInput{
		MinimumPasswordLength: aws.Int32(10), RequireUppercaseCharacters: true, RequireLowercaseCharacters: true, RequireNumbers: true,
		RequireSymbols: true,
	}
	for _, c := range []struct {
		why, password string
		policy        *iam.UpdateAccountPasswordPolicyInput // nil: the default one
		unmet         []string                              // none: admitted
		more          int
	}{
		{"three kinds of four", "Passw0rd", nil, nil, 0},
		{"three other kinds", "pass-w0rd", nil, nil, 0},
		{"all kinds", "Pass-w0rd", nil, nil, 0},
		{"two kinds", "passw0rd", nil, []string{upper, symbol}, 1},
		{"one kind", "12345678", nil, []string{upper, lower, symbol}, 2},
		{"letters of other alphabets are of no kind", "пароль-пароль", nil, []string{upper, lower, number}, 2},
		{"three kinds, and too short", "Passw0r", nil, []string{"Password should have a minimum length of 8"}, 1},
		{"one kind, and too short", "weak", nil, []string{"Password should have a minimum length of 8", upper, number, symbol}, 3},
		{"as long as can be", strings.Repeat("Aa1-", 32), nil, nil, 0},
		{"a policy that says nothing", "aaaaaa", &iam.UpdateAccountPasswordPolicyInput{}, nil, 0},
		{"a policy that says nothing, and too short", "aaaaa", &iam.UpdateAccountPasswordPolicyInput{},
			[]string{"Password should have a minimum length of 6"}, 1},
		{"everything that is asked for", "Passw0rd-1", all, nil, 0},
		{"characters, not bytes, are counted", "Passw0rd-é", all, nil, 0},
		{"nothing that is asked for", "é", all, []string{"Password should have a minimum length of 10", upper, lower, number, symbol}, 5},
		{"no symbol", "Passw0rd11", all, []string{symbol}, 1},
		{"what is not a symbol of AWS's", "Passw0rd,1", all, []string{symbol}, 1},
		{"no capital", "passw0rd-1", all, []string{upper}, 1},
		{"only capitals", "PASSW0RD-1", all, []string{lower}, 1},
		{"no number", "Password-x", all, []string{number}, 1},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.user("anna")
			if c.policy != nil {
				testkit.Must(f.UpdateAccountPasswordPolicy(f.root, c.policy))(t)
			}
			err := testkit.Refused(f.CreateLoginProfile(f.root,
				&iam.CreateLoginProfileInput{UserName: aws.String("anna"), Password: &c.password}))
			if c.unmet == nil {
				if err != nil {
					t.Error(err)
				}
				return
			}
			testkit.WantError(t, err, "PasswordPolicyViolation",
				fmt.Sprintf("Password should meet %d more of the following requirements: %s", c.more, strings.Join(c.unmet, ", ")))
		})
	}
}

func TestPasswordMustNotBeTheAccountsName(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("anna")
	const alias = "acme-1-account"
	create := func() error {
		return testkit.Refused(f.CreateLoginProfile(f.root,
			&iam.CreateLoginProfileInput{UserName: aws.String("anna"), Password: aws.String(alias)}))
	}
	testkit.Must(f.CreateAccountAlias(f.root, &iam.CreateAccountAliasInput{AccountAlias: aws.String(alias)}))(t)
	testkit.WantError(t, create(), "PasswordPolicyViolation", "Password should not be identical to your AWS account name")
	testkit.Must(f.CreateAccountAlias(f.root, &iam.CreateAccountAliasInput{AccountAlias: aws.String("other")}))(t)
	if err := create(); err != nil {
		t.Error(err)
	}
}

// A password can be used again after as many others as the policy says; at most 24 are
// remembered.
func TestPasswordsAreRemembered(t *testing.T) {
	t.Parallel()
	for _, reuse := range []int32{1, 3, 24} {
		t.Run(fmt.Sprint(reuse), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			anna := f.user("anna")
			testkit.Must(f.UpdateAccountPasswordPolicy(f.root, &iam.UpdateAccountPasswordPolicyInput{PasswordReusePrevention: &reuse}))(t)
			password := func(i int) *string { return numbered("password-", i) }
			testkit.Must(f.CreateLoginProfile(f.root, &iam.CreateLoginProfileInput{UserName: aws.String("anna"), Password: password(0)}))(t)
			change := func(from, to int) error {
				return testkit.Refused(f.ChangePassword(anna,
					&iam.ChangePasswordInput{OldPassword: password(from), NewPassword: password(to)}))
			}
			for i := 1; i < int(reuse); i++ {
				if err := change(i-1, i); err != nil {
					t.Fatal(err)
				}
			}
			last := int(reuse) - 1
			if last > 0 {
				testkit.WantError(t, change(last, 0), "PasswordPolicyViolation",
					"Policy constraint violation with password reuse prevention during password change.")
			}
			if err := change(last, last+1); err != nil {
				t.Fatal(err)
			}
			if err := change(last+1, 0); err != nil {
				t.Errorf("after %d others: %v", reuse, err)
			}
			f.update(func(tx persistence.Tx) error {
				for p, err := range persistence.LoginProfiles.Scan(tx, account, nil, nil) {
					if err != nil {
						return err
					}
					if len(p.Hashes) > 24 {
						t.Errorf("%d hashes are kept", len(p.Hashes))
					}
				}
				return nil
			})
		})
	}
}

// Stored records do not show passwords and secrets: two users with the same password have
// different hashes.
func TestPasswordsAndSecretsAreStoredAsHashes(t *testing.T) {
	t.Parallel()
	c := newCredentials(t)
	testkit.Must(c.CreateLoginProfile(c.root,
		&iam.CreateLoginProfileInput{UserName: aws.String("anna"), Password: aws.String(strongPassword)}))(t)
	made := testkit.Must(c.CreateServiceSpecificCredential(c.root,
		&iam.CreateServiceSpecificCredentialInput{
			UserName: aws.String("anna"), ServiceName: aws.String("codecommit.amazonaws.com"),
		}))(t).ServiceSpecificCredential
	for key, value := range testkit.Pairs(t, c.store) {
		for _, secret := range []string{strongPassword, *made.ServicePassword, "PRIVATE KEY"} {
			if strings.Contains(value, secret) {
				t.Errorf("%q holds %q", key, secret)
			}
		}
	}
	hashes := map[string]bool{}
	c.update(func(tx persistence.Tx) error {
		for p, err := range persistence.LoginProfiles.Scan(tx, account, nil, nil) {
			if err != nil {
				return err
			}
			hashes[string(p.Hashes[0])] = true
		}
		return nil
	})
	if len(hashes) != 2 {
		t.Errorf("%d different hashes of two users' passwords", len(hashes))
	}
}

// A session of AssumeRoot removes the root user's password, and allows it again.
func TestLoginProfileOfRoot(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	root := f.as(rootSession())
	present := func() int32 {
		return testkit.Must(f.GetAccountSummary(f.root, nil))(t).SummaryMap["AccountPasswordPresent"]
	}
	const none = "Login Profile for User root cannot be found."
	if got := testkit.Must(f.GetLoginProfile(root, &iam.GetLoginProfileInput{}))(t).LoginProfile; *got.UserName != "root" ||
		!got.CreateDate.Equal(birth) || present() != 1 {
		t.Errorf("at first = %+v", got)
	}
	testkit.WantError(t, testkit.Refused(f.CreateLoginProfile(root, &iam.CreateLoginProfileInput{})), "EntityAlreadyExists",
		"Login Profile for user root already exists.")
	testkit.Must(f.DeleteLoginProfile(root, &iam.DeleteLoginProfileInput{}))(t)
	if present() != 0 {
		t.Error("the summary still shows a password")
	}
	testkit.WantError(t, testkit.Refused(f.GetLoginProfile(root, &iam.GetLoginProfileInput{})), "NoSuchEntity", none)
	testkit.WantError(t, testkit.Refused(f.DeleteLoginProfile(root, &iam.DeleteLoginProfileInput{})), "NoSuchEntity", none)
	testkit.WantError(t, testkit.Refused(f.CreateLoginProfile(root, &iam.CreateLoginProfileInput{Password: aws.String("x")})),
		"InvalidInput", "A password cannot be specified for the root user.")
	testkit.Must(f.CreateLoginProfile(root, &iam.CreateLoginProfileInput{}))(t)
	if got := testkit.Must(f.GetLoginProfile(root, &iam.GetLoginProfileInput{}))(t).LoginProfile; got.PasswordResetRequired ||
		present() != 1 {
		t.Errorf("given back = %+v", got)
	}
	testkit.WantError(t, testkit.Refused(f.DeleteLoginProfile(f.asRole(), &iam.DeleteLoginProfileInput{})), "ValidationError",
		"Must specify userName when calling with non-User credentials")
}

// Of several changes of a password at the same time, each with the old password, one
// succeeds.
func TestPasswordIsChangedOnceAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	anna := f.user("anna")
	testkit.Must(f.CreateLoginProfile(f.root,
		&iam.CreateLoginProfileInput{UserName: aws.String("anna"), Password: aws.String(strongPassword)}))(t)
	results := make(chan error, 6)
	for i := range cap(results) {
		go func() {
			results <- testkit.Refused(f.ChangePassword(anna,
				&iam.ChangePasswordInput{OldPassword: aws.String(strongPassword), NewPassword: numbered(strongPassword, i)}))
		}()
	}
	done := 0
	for range cap(results) {
		if err := <-results; err == nil {
			done++
		} else {
			testkit.WantError(t, err, "AccessDenied", "The old password was incorrect.")
		}
	}
	if done != 1 {
		t.Errorf("%d changes succeeded", done)
	}
}

// A meddlingStore does something before its next Update.
type meddlingStore struct {
	persistence.Store
	meddle func()
}

func (s *meddlingStore) Update(ctx context.Context, f func(persistence.Tx) error) error {
	if meddle := s.meddle; meddle != nil {
		s.meddle = nil
		meddle()
	}
	return s.Store.Update(ctx, f)
}

// A login profile that is replaced while its passwords are hashed gets hashes
// with its own salt.
func TestPasswordOfAReplacedLoginProfile(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	anna := aws.String("anna")
	f.user("anna")
	create := func(password string) {
		testkit.Must(f.CreateLoginProfile(f.root, &iam.CreateLoginProfileInput{UserName: anna, Password: &password}))(t)
	}
	create(strongPassword)
	store := &meddlingStore{Store: f.store, meddle: func() {
		testkit.Must(f.DeleteLoginProfile(f.root, &iam.DeleteLoginProfileInput{UserName: anna}))(t)
		create(strongPassword + "2")
	}}
	s := iamsvc.New(iamsvc.Options{Store: store})
	testkit.Must(s.UpdateLoginProfile(f.root, &iam.UpdateLoginProfileInput{UserName: anna, Password: aws.String(strongPassword + "3")}))(t)
	user := testkit.Must(f.GetUser(f.root, &iam.GetUserInput{UserName: anna}))(t).User
	testkit.Must(f.ChangePassword(f.as(userPrincipal(user)),
		&iam.ChangePasswordInput{OldPassword: aws.String(strongPassword + "3"), NewPassword: aws.String(strongPassword)}))(t)
}

// A patientStore bears a number of Updates.
type patientStore struct {
	persistence.Store
	left int
}

func (s *patientStore) Update(ctx context.Context, f func(persistence.Tx) error) error {
	if s.left--; s.left < 0 {
		return errors.New("too many updates")
	}
	return s.Store.Update(ctx, f)
}

// A change uses the current state, even for a caller who sees changes late: it takes one
// Update, although such a caller does not see the new profile yet.
func TestPasswordIsChangedUnderALag(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	lagging := lagstore.New(f.store, lagstore.Options{Now: func() time.Time { return birth }})
	lagging.Record(time.Minute)
	store := &patientStore{Store: lagging, left: 100}
	s := iamsvc.New(iamsvc.Options{Store: store})
	caller, anna := f.user("anna"), aws.String("anna")
	create := func(s *iamsvc.Service, password string) {
		testkit.Must(s.CreateLoginProfile(f.root, &iam.CreateLoginProfileInput{UserName: anna, Password: &password}))(t)
	}
	create(f.Service, strongPassword)
	late := func(ctx context.Context) context.Context { return persistence.WithLag(ctx, time.Minute) }
	testkit.Must(s.DeleteLoginProfile(late(f.root), &iam.DeleteLoginProfileInput{UserName: anna}))(t)
	create(s, strongPassword+"2")

	store.left = 1
	testkit.Must(s.UpdateLoginProfile(late(f.root),
		&iam.UpdateLoginProfileInput{UserName: anna, Password: aws.String(strongPassword + "3")}))(t)
	store.left = 1
	testkit.Must(s.ChangePassword(late(caller),
		&iam.ChangePasswordInput{OldPassword: aws.String(strongPassword + "3"), NewPassword: aws.String(strongPassword + "4")}))(t)
}
