package conformance_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/internal/testkit"
)

const (
	wrongCode = "MultiFactorAuthentication failed with invalid MFA one time pass code. "
	noDevice  = "MultiFactorAuthentication failed, unable to validate MFA code.  " +
		"Please verify your MFA serial number is valid and associated with this user."
)

func TestMFACodesOfSessionTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, berta := sts.NewFromConfig(w.userConfig("anna", allow("*"))), sts.NewFromConfig(w.userConfig("berta", ""))
	p := w.enabled("anna", "phone")
	ask := func(c *sts.Client, offset int) (*sts.GetSessionTokenOutput, error) {
		return c.GetSessionToken(w.ctx, &sts.GetSessionTokenInput{SerialNumber: &p.serial, TokenCode: p.code(offset)})
	}
	testkit.WantError(t, testkit.Refused(ask(berta, 1)), "AccessDenied", noDevice)
	out := testkit.Must(ask(anna, 1))(t)
	testkit.WantError(t, testkit.Refused(ask(anna, 1)), "AccessDenied", wrongCode)
	testkit.WantError(t, testkit.Refused(ask(anna, 10)), "AccessDenied", wrongCode)
	testkit.Must(iam.NewFromConfig(w.session(out.Credentials)).ListUsers(w.ctx, nil))(t)

	without := testkit.Must(anna.GetSessionToken(w.ctx, nil))(t)
	testkit.WantError(t, testkit.Refused(iam.NewFromConfig(w.session(without.Credentials)).ListUsers(w.ctx, nil)), "InvalidClientTokenId",
		"The security token included in the request is invalid")
}

func TestARoleThatWantsMFA(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := sts.NewFromConfig(w.userConfig("anna", ""))
	trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/anna"},` +
		`"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"},"NumericLessThan":{"aws:MultiFactorAuthAge":"60"}}}}`
	role := testkit.Must(w.CreateRole(w.ctx,
		&iam.CreateRoleInput{RoleName: aws.String("guarded"), AssumeRolePolicyDocument: &trust}))(t).Role.Arn
	p := w.enabled("anna", "phone")
	in := &sts.AssumeRoleInput{RoleArn: role, RoleSessionName: aws.String("night")}
	denied := "User: arn:aws:iam::000000000000:user/anna is not authorized to perform: sts:AssumeRole on resource: " + *role
	testkit.WantError(t, testkit.Refused(anna.AssumeRole(w.ctx, in)), "AccessDenied", denied)
	in.SerialNumber, in.TokenCode = &p.serial, p.code(10)
	testkit.WantError(t, testkit.Refused(anna.AssumeRole(w.ctx, in)), "AccessDenied", wrongCode)
	in.TokenCode = p.code(0)
	testkit.Must(anna.AssumeRole(w.ctx, in))(t)
	testkit.WantError(t, testkit.Refused(anna.AssumeRole(w.ctx, in)), "AccessDenied", wrongCode) // it counts once
	in.SerialNumber, in.TokenCode = nil, nil
	testkit.Must(anna.GetSessionToken(w.ctx, &sts.GetSessionTokenInput{SerialNumber: &p.serial, TokenCode: p.code(1)}))(t)
	testkit.WantError(t, testkit.Refused(anna.AssumeRole(w.ctx, in)), "AccessDenied", denied) // her session has MFA, and her key does not
}
