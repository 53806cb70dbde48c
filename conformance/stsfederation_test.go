package conformance_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/understudy-iam/understudy/internal/testkit"
)

func TestAFederatedUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := sts.NewFromConfig(w.userConfig("anna", allow("*")))
	out := testkit.Must(anna.GetFederationToken(w.ctx,
		&sts.GetFederationTokenInput{Name: aws.String("guest"), Policy: aws.String(allow("*"))}))(t)
	if *out.FederatedUser.Arn != "arn:aws:sts::000000000000:federated-user/guest" ||
		*out.FederatedUser.FederatedUserId != "000000000000:guest" {
		t.Errorf("FederatedUser = %+v", out.FederatedUser)
	}
	me := w.session(out.Credentials)
	if who := testkit.Must(sts.NewFromConfig(me).GetCallerIdentity(w.ctx, nil))(t); *who.Arn != *out.FederatedUser.Arn ||
		*who.UserId != *out.FederatedUser.FederatedUserId {
		t.Errorf("GetCallerIdentity = %s %s", *who.Arn, *who.UserId)
	}
	testkit.WantError(t, testkit.Refused(iam.NewFromConfig(me).ListUsers(w.ctx, nil)), "InvalidClientTokenId",
		"The security token included in the request is invalid")
	testkit.WantError(t, testkit.Refused(sts.NewFromConfig(me).GetFederationToken(w.ctx,
		&sts.GetFederationTokenInput{Name: aws.String("again")})), "AccessDenied",
		"Cannot call GetFederationToken with session credentials")

	bare := testkit.Must(anna.GetFederationToken(w.ctx, &sts.GetFederationTokenInput{Name: aws.String("guest")}))(t)
	if n := len(*bare.Credentials.SessionToken); bare.PackedPolicySize == nil || int(*bare.PackedPolicySize) != n*100/4096 ||
		*bare.SessionTokenUtilization != *bare.PackedPolicySize || int(*bare.SessionTokenSize) != n {
		t.Errorf("GetFederationToken without a policy = %+v, of a token of %d characters", bare, n)
	}
	testkit.Must(w.DeleteUserPolicy(w.ctx, &iam.DeleteUserPolicyInput{UserName: aws.String("anna"), PolicyName: aws.String("own")}))(t)
	testkit.WantError(t, testkit.Refused(anna.GetFederationToken(w.ctx, &sts.GetFederationTokenInput{Name: aws.String("guest")})),
		"AccessDenied",
		"User: arn:aws:iam::000000000000:user/anna is not authorized to perform: sts:GetFederationToken on resource: "+
			"arn:aws:sts::000000000000:federated-user/guest because no identity-based policy allows the sts:GetFederationToken action")
	testkit.Must(w.srv.STS().GetFederationToken(w.ctx, &sts.GetFederationTokenInput{Name: aws.String("guest")}))(t) // root may
}

func TestTagsOfAFederatedUserNeedAPermission(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := sts.NewFromConfig(w.userConfig("anna", allow("sts:GetFederationToken")))
	in := &sts.GetFederationTokenInput{Name: aws.String("guest"), Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("red")}}}
	testkit.WantError(t, testkit.Refused(anna.GetFederationToken(w.ctx, in)), "AccessDenied",
		"User: arn:aws:iam::000000000000:user/anna is not authorized to perform: sts:TagSession on resource: "+
			"arn:aws:sts::000000000000:federated-user/guest because no identity-based policy allows the sts:TagSession action")
}
