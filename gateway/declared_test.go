package gateway_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/iamtest"
)

// declare sets a policy with the statement for a resource of the account.
func declare(t *testing.T, srv *iamtest.Server, account, resource, statement string) {
	t.Helper()
	srv.For(t).Seed(fmt.Sprintf("accounts: [{id: %q, resourcePolicies: [{resource: %q, document: '{\"Version\":\"2012-10-17\",\"Statement\":[%s]}'}]}]", account, resource, statement))
}

// declarable are resources whose policies count, by the names of policiedCalls.
var declarable = map[string]string{
	"s3":             "arn:aws:s3:::bucket",
	"sqs":            "arn:aws:sqs:us-east-1:000000000000:q",
	"sns":            "arn:aws:sns:us-east-1:000000000000:t",
	"kms":            "arn:aws:kms:us-east-1:000000000000:key/k",
	"lambda":         "arn:aws:lambda:us-east-1:000000000000:function:f",
	"secretsmanager": "arn:aws:secretsmanager:us-east-1:000000000000:secret:s-AbCdEf",
	"dynamodb":       "arn:aws:dynamodb:us-east-1:000000000000:table/t",
	"ecr":            "arn:aws:ecr:us-east-1:000000000000:repository/r",
	"kinesis":        "arn:aws:kinesis:us-east-1:000000000000:stream/s",
	"events":         "arn:aws:events:us-east-1:000000000000:event-bus/b",
}

// A policy that a seed declares counts at once, and only where the upstream has none.
func TestDeclaredPolicies(t *testing.T) {
	t.Parallel()
	for name, call := range policiedCalls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, _ := withPolicies(t)
			call := by(call, sigv4.Credentials{AccessKeyID: "111111111111", SecretAccessKey: "test"})
			expect(t, srv, "root of another account, without a policy,", call, 0)
			declare(t, srv, "000000000000", declarable[name],
				`{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"*","Resource":"*"}`)
			expect(t, srv, "root of another account, whom the declared policy names,", call, http.StatusOK)
			declare(t, srv, "000000000000", declarable[name],
				`{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"*","Resource":"*"}`)
			expect(t, srv, "root of another account, whom the declared policy does not name any more,", call, 0)

			srv, p := withPolicies(t)
			declare(t, srv, "000000000000", declarable[name], anyone)
			p.is(`{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"*","Resource":"*"}`)
			expect(t, srv, "root of another account, whom the upstream's policy does not name,", call, 0)
		})
	}
}

// A policy that is declared for a secret without its six characters counts for the secret
// of that name, also for one that the upstream does not know; that of the whole ARN goes
// before it.
func TestDeclaredPoliciesOfSecrets(t *testing.T) {
	t.Parallel()
	const name = "arn:aws:secretsmanager:us-east-1:000000000000:secret:db/pw2"
	const allow, deny = `{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"*","Resource":"*"}`,
		`{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}`
	for declared, want := range map[string]int{name: http.StatusOK, name + "-??????": http.StatusOK, name + "x": 0} {
		t.Run(declared, func(t *testing.T) {
			t.Parallel()
			srv, _ := withPolicies(t)
			get := func(id string) request {
				return by(jsonCall("secretsmanager", "secretsmanager.GetSecretValue", `{"SecretId":"`+id+`"}`),
					sigv4.Credentials{AccessKeyID: "111111111111", SecretAccessKey: "test"})
			}
			declare(t, srv, "000000000000", declared, allow)
			for _, id := range []string{name + "-AbCdEf", name} {
				expect(t, srv, "root of another account, with "+id+",", get(id), want)
			}
			declare(t, srv, "000000000000", name+"-AbCdEf", deny)
			expect(t, srv, "root of another account, whom the policy of the whole ARN denies,", get(name+"-AbCdEf"), 0)
		})
	}
}
