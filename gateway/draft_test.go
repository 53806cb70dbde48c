package gateway_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/evaluator/draft"
	"github.com/understudy-iam/understudy/iamtest"
)

// A draft has what calls of other services needed.
func TestDraftOfOtherServices(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL), iamtest.WithEnforcement("log"),
		iamtest.WithSeedText(`accounts: [{id: "000000000000", users: [{name: app}]}]`))
	app := srv.As("app").Credentials()
	key := sigv4.Credentials{AccessKeyID: app.AccessKeyID, SecretAccessKey: app.SecretAccessKey, SessionToken: app.SessionToken}
	for _, call := range []request{
		dynamoDB("GetItem", `{"TableName":"t","Key":{"id":{"S":"1"}}}`),
		dynamoDB("PutItem", `{"TableName":"t","Item":{"id":{"S":"1"}}}`),
	} {
		call := by(call, key)
		if res, body := call.send(t, srv); res.StatusCode != http.StatusOK {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
	}
	d, err := srv.DraftPolicy("app", draft.Options{})
	if err != nil || len(d.Documents) != 1 {
		t.Fatalf("%+v: %v", d, err)
	}
	got := map[string][]string{}
	for _, s := range d.Documents[0].Statements {
		for _, a := range s.Actions {
			got[a] = s.Resources
		}
	}
	const table = "arn:aws:dynamodb:us-east-1:000000000000:table/t"
	if diff := cmp.Diff(map[string][]string{"dynamodb:GetItem": {table}, "dynamodb:PutItem": {table}}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
