package conformance_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// The event of a call with an inactive key says whose it is, though nothing is proved.
func TestEventOfAnInactiveKey(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t)
	client := srv.IAM()
	user := testkit.Must(client.CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("ana")}))(t).User
	key := testkit.Must(client.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: user.UserName}))(t).AccessKey
	testkit.Must(client.UpdateAccessKey(t.Context(), &iam.UpdateAccessKeyInput{
		UserName: user.UserName, AccessKeyId: key.AccessKeyId, Status: types.StatusTypeInactive,
	}))(t)
	call := &refusedCall{service: "sts", body: whoAmI, key: sigv4.Credentials{
		AccessKeyID: *key.AccessKeyId, SecretAccessKey: *key.SecretAccessKey,
	}}
	call.send(t, srv)
	list := srv.Events(events.Filter{Error: "InvalidClientTokenId"})
	if len(list) != 1 {
		t.Fatalf("%d events", len(list))
	}
	want := events.Identity{
		Type: "Unknown", PrincipalID: *user.UserId, ARN: *user.Arn, AccountID: "000000000000",
		AccessKeyID: *key.AccessKeyId, UserName: "ana",
	}
	if diff := cmp.Diff(want, list[0].UserIdentity); diff != "" || list[0].RecipientAccountID != "000000000000" {
		t.Errorf("recorded in %s (-want +got):\n%s", list[0].RecipientAccountID, diff)
	}
}

// TestSwappedKeys sends a secret access key in place of the ID: no record has it.
func TestSwappedKeys(t *testing.T) {
	t.Parallel()
	for name, secret := range map[string]string{
		"a secret":            "abcdEFGHijklMNOPqrstUVWXyz0123456789abcd",
		"a secret with slash": "abcdEFGHijklMNOPqrst/VWXyz012345+789abcd",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := iamtest.Start(t)
			call := &refusedCall{service: "sts", body: whoAmI, key: sigv4.Credentials{
				AccessKeyID: secret, SecretAccessKey: "AKIAQAAAAAAAK7RWK5L3",
			}}
			call.send(t, srv)
			list := srv.Events()
			decided := srv.Decisions(events.Filter{Verdict: events.Refused})
			if len(list) != 1 || len(decided) != 1 {
				t.Fatalf("%d events, %d decisions", len(list), len(decided))
			}
			for _, record := range []any{list[0], decided[0]} {
				if raw := testkit.Must(json.Marshal(record))(t); strings.Contains(string(raw), secret[:18]) {
					t.Errorf("%s", raw)
				}
			}
		})
	}
}
