package iam_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

func (f *fixture) asUser(name string) context.Context {
	f.t.Helper()
	u := testkit.Must(f.GetUser(f.root, &iam.GetUserInput{UserName: &name}))(f.t).User
	return f.as(principal.Principal{Kind: principal.User, ARN: *u.Arn, UserID: *u.UserId, EntityID: *u.UserId, Name: name})
}

func TestWhoMaySimulate(t *testing.T) {
	t.Parallel()
	f := newStaff(t, false)
	f.inline("user", "ann", "simulate", oneStatement(`"Effect":"Allow","Action":"iam:SimulatePrincipalPolicy","Resource":"`+ann+`"`))
	ctx := f.asUser("ann")
	denied := func(action, resource string) string {
		return "User: " + ann + " is not authorized to perform: " + action + " on resource: " + resource +
			" because no identity-based policy allows the " + action + " action"
	}
	other := "arn:aws:iam::999999999999:user/ann"
	for _, c := range []struct {
		name string
		in   any
		text string
	}{
		{"SimulatePrincipalPolicy", &iam.SimulatePrincipalPolicyInput{PolicySourceArn: aws.String(ann)}, ""},
		{"SimulatePrincipalPolicy", &iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String("arn:aws:iam::123456789012:user/ann"),
		}, ""},
		{"SimulatePrincipalPolicy", &iam.SimulatePrincipalPolicyInput{PolicySourceArn: aws.String(deployer)},
			denied("iam:SimulatePrincipalPolicy", deployer)},
		{"SimulatePrincipalPolicy", &iam.SimulatePrincipalPolicyInput{PolicySourceArn: &other},
			denied("iam:SimulatePrincipalPolicy", other)},
		{"SimulateCustomPolicy", &iam.SimulateCustomPolicyInput{}, denied("iam:SimulateCustomPolicy", "*")},
		{"GetContextKeysForCustomPolicy", &iam.GetContextKeysForCustomPolicyInput{}, denied("iam:GetContextKeysForCustomPolicy", "*")},
		{"GetContextKeysForPrincipalPolicy", &iam.GetContextKeysForPrincipalPolicyInput{PolicySourceArn: aws.String(ann)},
			denied("iam:GetContextKeysForPrincipalPolicy", ann)},
	} {
		err := f.authz.Authorize(ctx, c.name, c.in)
		if c.text == "" && err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if c.text != "" {
			testkit.WantError(t, err, "AccessDenied", c.text)
		}
	}
}

// An attached policy that cannot be found might deny, so the simulation fails.
func TestDamagedPolicyIsNotSimulated(t *testing.T) {
	t.Parallel()
	f := newStaff(t, false)
	arn := f.managedPolicy("/", "gone", allowAny)
	testkit.Must(f.AttachUserPolicy(f.root, &iam.AttachUserPolicyInput{UserName: aws.String("ann"), PolicyArn: &arn}))(t)
	f.update(func(tx persistence.Tx) error { return persistence.Policies.Delete(tx, account, "gone") })
	_, err := f.SimulatePrincipalPolicy(f.root,
		&iam.SimulatePrincipalPolicyInput{PolicySourceArn: aws.String(ann), ActionNames: []string{"s3:GetObject"}})
	var evaluation *types.PolicyEvaluationException
	if !errors.As(err, &evaluation) || !strings.Contains(err.Error(), "policy/gone") {
		t.Errorf("error = %v; want PolicyEvaluation that names the policy", err)
	}
}
