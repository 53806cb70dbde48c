package conformance_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/internal/testkit"
)

const (
	codecommit = "codecommit.amazonaws.com"
	bedrock    = "bedrock.amazonaws.com"
)

// credential makes a credential of a user for a service.
func (w *world) credential(user, service string) *types.ServiceSpecificCredential {
	w.t.Helper()
	return testkit.Must(w.CreateServiceSpecificCredential(w.ctx,
		&iam.CreateServiceSpecificCredentialInput{UserName: &user, ServiceName: &service}))(w.t).ServiceSpecificCredential
}

func (w *world) setCredential(user string, id *string, status types.StatusType) error {
	return testkit.Refused(w.UpdateServiceSpecificCredential(w.ctx,
		&iam.UpdateServiceSpecificCredentialInput{UserName: &user, ServiceSpecificCredentialId: id, Status: status}))
}

func TestLifeOfAServiceCredential(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := w.user("Anna", allow("iam:*ServiceSpecificCredential*"))
	made := w.credential("anna", "CodeCommit.amazonaws.com")
	if *made.UserName != "Anna" || *made.ServiceName != codecommit || made.Status != "Active" || made.CreateDate == nil ||
		made.ExpirationDate != nil ||
		*made.ServiceUserName != "Anna-at-000000000000" || len(*made.ServicePassword) != 60 || made.ServiceCredentialAlias != nil ||
		made.ServiceCredentialSecret != nil {
		t.Errorf("made = %+v", made)
	}
	id := made.ServiceSpecificCredentialId
	testkit.Must(me.UpdateServiceSpecificCredential(w.ctx,
		&iam.UpdateServiceSpecificCredentialInput{ServiceSpecificCredentialId: id, Status: "Inactive"}))(t)
	reset := testkit.Must(me.ResetServiceSpecificCredential(w.ctx,
		&iam.ResetServiceSpecificCredentialInput{ServiceSpecificCredentialId: id}))(t).ServiceSpecificCredential
	if reset.Status != "Inactive" || *reset.ServicePassword == *made.ServicePassword || !reset.CreateDate.Equal(*made.CreateDate) ||
		*reset.ServiceUserName != *made.ServiceUserName {
		t.Errorf("reset = %+v", reset)
	}
	testkit.Must(w.UpdateUser(w.ctx, &iam.UpdateUserInput{UserName: aws.String("Anna"), NewUserName: aws.String("Eva")}))(t)
	list := testkit.Must(me.ListServiceSpecificCredentials(w.ctx, nil))(t).ServiceSpecificCredentials
	if len(list) != 1 || *list[0].UserName != "Eva" || *list[0].ServiceUserName != "Anna-at-000000000000" || list[0].Status != "Inactive" {
		t.Errorf("of the renamed user = %+v", list)
	}
	testkit.Must(me.DeleteServiceSpecificCredential(w.ctx, &iam.DeleteServiceSpecificCredentialInput{ServiceSpecificCredentialId: id}))(t)
	if list := testkit.Must(me.ListServiceSpecificCredentials(w.ctx, nil))(t).ServiceSpecificCredentials; len(list) != 0 {
		t.Errorf("left = %+v", list)
	}
}

func TestSecretsOfServiceCredentials(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("anna", "")
	for service, prefix := range map[string]string{
		bedrock: "ABSK", "logs.amazonaws.com": "ACWL", "cloudwatch.amazonaws.com": "APIAACWM",
		"aws-external-anthropic.amazonaws.com": "AEAA",
	} {
		c := testkit.Must(w.CreateServiceSpecificCredential(w.ctx, &iam.CreateServiceSpecificCredentialInput{
			UserName: aws.String("anna"), ServiceName: &service, CredentialAgeDays: aws.Int32(2),
		}))(t).ServiceSpecificCredential
		inside, ok := strings.CutPrefix(*c.ServiceCredentialSecret, prefix)
		raw, err := base64.StdEncoding.DecodeString(inside)
		alias, password, _ := strings.Cut(string(raw), ":")
		if !ok || err != nil || alias != "anna-at-000000000000" || alias != *c.ServiceCredentialAlias || len(password) != 60 {
			t.Errorf("%s: secret %q, %v", service, *c.ServiceCredentialSecret, err)
		}
		if c.ServiceUserName != nil || c.ServicePassword != nil || c.ExpirationDate.Sub(*c.CreateDate) != 48*time.Hour {
			t.Errorf("%s: %+v", service, c)
		}
	}
}

// An alias is given once for each service, whatever became of its credential.
func TestAliasesOfServiceCredentials(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := aws.String("anna")
	w.user("anna+1", "")
	w.credential("anna+1", bedrock) // what would be the alias of anna's second one
	for _, want := range []string{"anna-at-", "anna+2-at-", "anna+3-at-"} {
		testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: anna}))(t)
		c := w.credential("anna", bedrock)
		if *c.ServiceCredentialAlias != want+"000000000000" {
			t.Errorf("alias = %q, want %s...", *c.ServiceCredentialAlias, want)
		}
		testkit.Must(w.DeleteServiceSpecificCredential(w.ctx,
			&iam.DeleteServiceSpecificCredentialInput{UserName: anna, ServiceSpecificCredentialId: c.ServiceSpecificCredentialId}))(t)
		testkit.Must(w.DeleteUser(w.ctx, &iam.DeleteUserInput{UserName: anna}))(t)
	}
	testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: anna}))(t)
	if c := w.credential("anna", codecommit); *c.ServiceUserName != "anna-at-000000000000" {
		t.Errorf("for another service: %q", *c.ServiceUserName)
	}
}

func TestErrorsOfServiceCredentials(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("anna", "")
	w.user("bob", "")
	id := w.credential("anna", bedrock).ServiceSpecificCredentialId
	w.credential("anna", bedrock)
	missing := aws.String("ACCAAAAAAAAAAAAAAAAAA")
	create := func(user, service string) error {
		return testkit.Refused(w.CreateServiceSpecificCredential(w.ctx,
			&iam.CreateServiceSpecificCredentialInput{UserName: &user, ServiceName: &service}))
	}
	list := func(in *iam.ListServiceSpecificCredentialsInput) error {
		return testkit.Refused(w.ListServiceSpecificCredentials(w.ctx, in))
	}
	reset := func(user string, id *string) error {
		return testkit.Refused(w.ResetServiceSpecificCredential(w.ctx,
			&iam.ResetServiceSpecificCredentialInput{UserName: &user, ServiceSpecificCredentialId: id}))
	}
	remove := func(user string, id *string) error {
		return testkit.Refused(w.DeleteServiceSpecificCredential(w.ctx,
			&iam.DeleteServiceSpecificCredentialInput{UserName: &user, ServiceSpecificCredentialId: id}))
	}
	const noUser = "The user with name nobody cannot be found."
	foreign := "User bob does not have a service specific credential with id " + *id
	absent := "No such credential " + *missing + " exists"
	anna, nobody := aws.String("anna"), aws.String("nobody")
	for _, c := range []struct {
		why, code, text string
		err             error
	}{
		{"create for nobody, and no service", "NoSuchEntity", noUser, create("nobody", "x")},
		{"create for a service without them", "NoSuchEntity",
			"No such service SQS.amazonaws.com is supported for Service Specific Credentials", create("anna", "SQS.amazonaws.com")},
		{"create a third", "LimitExceeded", "Cannot exceed quota for ContextSpecificCredentialsPerUserPerContext: 2",
			create("anna", bedrock)},
		{"create for no days", "ValidationError",
			"1 validation error detected: Value at 'credentialAgeDays' failed to satisfy constraint: Member must have value greater than or equal to 1",
			testkit.Refused(w.CreateServiceSpecificCredential(w.ctx,
				&iam.CreateServiceSpecificCredentialInput{
					UserName: anna, ServiceName: aws.String(codecommit), CredentialAgeDays: aws.Int32(0),
				}))},
		{"list of all and of one", "InvalidInput", "Cannot list credentials for all users if a username is given",
			list(&iam.ListServiceSpecificCredentialsInput{UserName: anna, AllUsers: aws.Bool(true)})},
		{"list for nobody", "NoSuchEntity", noUser, list(&iam.ListServiceSpecificCredentialsInput{UserName: nobody})},
		{"list for root", "ValidationError", "Must specify userName when calling with non-User credentials", list(nil)},
		{"list for a service without them", "NoSuchEntity", "No such service x is supported for Service Specific Credentials",
			list(&iam.ListServiceSpecificCredentialsInput{UserName: anna, ServiceName: aws.String("x")})},
		{"list for what is not a service", "ValidationError", "ServiceName must match [a-zA-Z0-9.-]*",
			list(&iam.ListServiceSpecificCredentialsInput{UserName: anna, ServiceName: aws.String("a/b")})},
		{"list with a marker of our own", "ValidationError", "Invalid Marker.",
			list(&iam.ListServiceSpecificCredentialsInput{UserName: anna, Marker: anna})},
		{"update for nobody", "NoSuchEntity", noUser, w.setCredential("nobody", id, "Inactive")},
		{"update another's", "ValidationError", foreign, w.setCredential("bob", id, "Inactive")},
		{"update what is not there", "NoSuchEntity", absent, w.setCredential("anna", missing, "Inactive")},
		{"let expire", "InvalidInput", "Operation does not support status Expired", w.setCredential("anna", id, "Expired")},
		{"update to no status", "ValidationError",
			"1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy enum value set",
			w.setCredential("anna", id, "x")},
		{"reset another's", "ValidationError", foreign, reset("bob", id)},
		{"reset what is not there", "NoSuchEntity", absent, reset("anna", missing)},
		{"reset for root", "ValidationError", "Must specify userName when calling with non-User credentials",
			testkit.Refused(w.ResetServiceSpecificCredential(w.ctx,
				&iam.ResetServiceSpecificCredentialInput{ServiceSpecificCredentialId: id}))},
		{"delete another's", "ValidationError", foreign, remove("bob", id)},
		{"delete what is not there", "NoSuchEntity", absent, remove("anna", missing)},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			testkit.WantError(t, c.err, c.code, c.text)
		})
	}
}

// Pages of one user's credentials, of those for a service and of all users'.
func TestPagesOfServiceCredentials(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("anna", "")
	w.user("bob", "")
	for _, user := range []string{"anna", "bob"} {
		for range 2 {
			w.credential(user, codecommit)
			w.credential(user, bedrock)
		}
	}
	for _, c := range []struct {
		why   string
		in    iam.ListServiceSpecificCredentialsInput
		total int
	}{
		{"of a user", iam.ListServiceSpecificCredentialsInput{UserName: aws.String("anna")}, 4},
		{"of a user, for a service", iam.ListServiceSpecificCredentialsInput{
			UserName: aws.String("ANNA"), ServiceName: aws.String("Bedrock.amazonaws.com"),
		}, 2},
		{"of a user, for a service of which he has none",
			iam.ListServiceSpecificCredentialsInput{UserName: aws.String("anna"), ServiceName: aws.String("logs.amazonaws.com"),
				AllUsers: aws.Bool(false)}, 0},
		{"of all users", iam.ListServiceSpecificCredentialsInput{AllUsers: aws.Bool(true)}, 8},
		{"of all users, for a service", iam.ListServiceSpecificCredentialsInput{
			AllUsers: aws.Bool(true), ServiceName: aws.String(codecommit),
		}, 4},
	} {
		t.Run(c.why, func(t *testing.T) {
			c.in.MaxItems = aws.Int32(3)
			seen := map[string]bool{}
			for {
				out := testkit.Must(w.ListServiceSpecificCredentials(w.ctx, &c.in))(t)
				for _, row := range out.ServiceSpecificCredentials {
					if c.in.UserName != nil && *row.UserName != "anna" ||
						c.in.ServiceName != nil && !strings.EqualFold(*row.ServiceName, *c.in.ServiceName) {
						t.Errorf("row = %+v", row)
					}
					seen[*row.ServiceSpecificCredentialId] = true
				}
				if c.in.Marker = out.Marker; !out.IsTruncated {
					break
				}
			}
			if len(seen) != c.total {
				t.Errorf("%d credentials, want %d", len(seen), c.total)
			}
		})
	}
}
