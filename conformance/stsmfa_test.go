package conformance_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
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
	wantError(t, refused(ask(berta, 1)), "AccessDenied", noDevice)
	out := must(ask(anna, 1))(t)
	wantError(t, refused(ask(anna, 1)), "AccessDenied", wrongCode)
	wantError(t, refused(ask(anna, 10)), "AccessDenied", wrongCode)
	must(iam.NewFromConfig(w.session(out.Credentials)).ListUsers(w.ctx, nil))(t)

	without := must(anna.GetSessionToken(w.ctx, nil))(t)
	wantError(t, refused(iam.NewFromConfig(w.session(without.Credentials)).ListUsers(w.ctx, nil)), "InvalidClientTokenId",
		"The security token included in the request is invalid")
}

func TestARoleThatWantsMFA(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := sts.NewFromConfig(w.userConfig("anna", ""))
	trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/anna"},` +
		`"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"},"NumericLessThan":{"aws:MultiFactorAuthAge":"60"}}}}`
	role := must(w.CreateRole(w.ctx, &iam.CreateRoleInput{RoleName: aws.String("guarded"), AssumeRolePolicyDocument: &trust}))(t).Role.Arn
	p := w.enabled("anna", "phone")
	in := &sts.AssumeRoleInput{RoleArn: role, RoleSessionName: aws.String("night")}
	denied := "User: arn:aws:iam::000000000000:user/anna is not authorized to perform: sts:AssumeRole on resource: " + *role
	wantError(t, refused(anna.AssumeRole(w.ctx, in)), "AccessDenied", denied)
	in.SerialNumber, in.TokenCode = &p.serial, p.code(10)
	wantError(t, refused(anna.AssumeRole(w.ctx, in)), "AccessDenied", wrongCode)
	in.TokenCode = p.code(0)
	must(anna.AssumeRole(w.ctx, in))(t)
	wantError(t, refused(anna.AssumeRole(w.ctx, in)), "AccessDenied", wrongCode) // it counts once
	in.SerialNumber, in.TokenCode = nil, nil
	must(anna.GetSessionToken(w.ctx, &sts.GetSessionTokenInput{SerialNumber: &p.serial, TokenCode: p.code(1)}))(t)
	wantError(t, refused(anna.AssumeRole(w.ctx, in)), "AccessDenied", denied) // a session of hers has MFA, her key has not
}
