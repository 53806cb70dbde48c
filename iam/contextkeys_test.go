package iam_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
)

func TestGetContextKeysForCustomPolicy(t *testing.T) {
	t.Parallel()
	f := newSimulator(t, false)
	twice := conditional(`{"StringEquals":{"aws:username":"${aws:PrincipalTag/name}","AWS:UserName":"ann","aws:username":"x"}}`)
	for _, c := range []struct {
		name     string
		policies []string
		want     []string
	}{
		{"no policy", nil, []string{}},
		{"no key", []string{allowAny}, []string{}},
		{"variables of resources and values, and keys", []string{
			oneStatement(`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${my:bucket}/${aws:username, 'x'}","Condition":{"StringEquals":{"a:b":"${c:d}"}}`),
		}, []string{"my:bucket", "aws:username", "c:d", "a:b"}},
		{"each once for a policy and again for the next",
			[]string{conditional(`{"Bool":{"a:b":"true"},"Null":{"a:b":"true"}}`), conditional(`{"Bool":{"a:b":"true"}}`)},
			[]string{"a:b", "a:b"}},
		{"no variables in the old version", []string{
			`{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${my:bucket}"}}`,
		}, []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := testkit.Must(f.GetContextKeysForCustomPolicy(f.root,
				&iam.GetContextKeysForCustomPolicyInput{PolicyInputList: c.policies}))(t)
			if diff := cmp.Diff(c.want, out.ContextKeyNames); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	for _, bad := range []string{"", "{", twice, conditional(`{"MadeUp":{"a:b":"c"}}`)} {
		_, err := f.GetContextKeysForCustomPolicy(f.root, &iam.GetContextKeysForCustomPolicyInput{PolicyInputList: []string{allowAny, bad}})
		testkit.WantError(t, err, "InvalidInput", "Policy input list item 2 has invalid content")
	}
}

func TestGetContextKeysForPrincipalPolicy(t *testing.T) {
	t.Parallel()
	f := newStaff(t, false)
	f.inline("user", "ann", "own", conditional(`{"Bool":{"user:key":"true"}}`))
	f.inline("group", "readers", "read", conditional(`{"Bool":{"group:key":"true"}}`))
	shared := f.managedPolicy("/", "shared", conditional(`{"Bool":{"managed:key":"true"}}`))
	edge := f.managedPolicy("/", "edge", conditional(`{"Bool":{"boundary:key":"true"}}`))
	testkit.Must(f.AttachUserPolicy(f.root, &iam.AttachUserPolicyInput{UserName: aws.String("ann"), PolicyArn: &shared}))(t)
	testkit.Must(f.AttachGroupPolicy(f.root, &iam.AttachGroupPolicyInput{GroupName: aws.String("readers"), PolicyArn: &shared}))(t)
	testkit.Must(f.PutUserPermissionsBoundary(f.root,
		&iam.PutUserPermissionsBoundaryInput{UserName: aws.String("ann"), PermissionsBoundary: &edge}))(t)
	given := []string{conditional(`{"Bool":{"user:key":"true","given:key":"true"}}`)}
	for _, c := range []struct {
		name, source string
		want         []string
	}{
		{"a user", ann, []string{"user:key", "managed:key", "group:key", "boundary:key", "user:key", "given:key"}},
		{"a user under another path", "arn:aws:iam::123456789012:user/elsewhere/ann",
			[]string{"user:key", "managed:key", "group:key", "boundary:key", "user:key", "given:key"}},
		{"a group", "arn:aws:iam::123456789012:group/staff/readers", []string{"group:key", "managed:key", "user:key", "given:key"}},
		{"a role", deployer, []string{"user:key", "given:key"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := testkit.Must(f.GetContextKeysForPrincipalPolicy(f.root, &iam.GetContextKeysForPrincipalPolicyInput{
				PolicySourceArn: &c.source, PolicyInputList: given,
			}))(t)
			if diff := cmp.Diff(c.want, out.ContextKeyNames); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	_, err := f.GetContextKeysForPrincipalPolicy(f.root, &iam.GetContextKeysForPrincipalPolicyInput{
		PolicySourceArn: aws.String(ann), PolicyInputList: []string{"{"},
	})
	testkit.WantError(t, err, "InvalidInput", "Policy input list item 1 has invalid content")
}
