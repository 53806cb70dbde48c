package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/iamtest"
)

// A call about a resource of another account comes to the upstream as one of that
// account, where each has its own.
func TestResourcesOfOtherAccounts(t *testing.T) {
	t.Parallel()
	for name, call := range policiedCalls {
		if name == "s3" || name == "ecr" || name == "kinesis" { // whose calls name no account here
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			up, p := newUpstream(t, nil), &policies{}
			up.asked = p.answer
			srv := iamtest.Start(t, iamtest.WithUpstream(up.URL), iamtest.WithUpstreamAccount("caller"))
			call := call
			call.body = strings.ReplaceAll(call.body, "000000000000", secondAccount)
			switch name {
			case "lambda":
				call.target = "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A111111111111%3Afunction%3Af/invocations"
			case "dynamodb":
				call.body = strings.Replace(call.body, `"t"`, `"arn:aws:dynamodb:us-east-1:111111111111:table/t"`, 1)
			case "events":
				call.body = strings.Replace(call.body, `"b"`, `"arn:aws:events:us-east-1:111111111111:event-bus/b"`, 1)
			}
			expect(t, srv, "root of another account", call, 0)
			if got := p.questions(); len(got) == 0 || !strings.HasPrefix(got[0], secondAccount+" ") {
				t.Errorf("asked %q", got)
			}
			declare(t, srv, secondAccount, strings.Replace(declarable[name], "000000000000", secondAccount, 1),
				`{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"*","Resource":"*"}`)
			expect(t, srv, "root of another account, whom the policy names,", call, http.StatusOK)
			got := up.took()
			if len(got) != 1 || got[0].Header.Get("X-Moto-Account-Id") != secondAccount {
				t.Errorf("the upstream got %+v", got)
			}
		})
	}
}

// A call is not sent on where the upstream would look for its resource among those of
// another account.
func TestMisplacedResources(t *testing.T) {
	t.Parallel()
	const mine, others = "arn:aws:dynamodb:us-east-1:111111111111:table/t", "arn:aws:dynamodb:us-east-1:000000000000:table/t"
	up := newUpstream(t, nil)
	one := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	q := by(dynamoDB("GetItem", `{"TableName":"`+mine+`","Key":{"id":{"S":"1"}}}`), rootOf(secondAccount))
	res, body := q.send(t, one)
	if res.StatusCode != http.StatusNotImplemented ||
		!strings.Contains(body,
			"holds the resources of account 000000000000, and the request is about one of account 111111111111; start Understudy with --upstream-account caller") {
		t.Errorf("a table of the caller's account is answered %d %s", res.StatusCode, body)
	}

	each := iamtest.Start(t, iamtest.WithUpstream(up.URL), iamtest.WithUpstreamAccount("caller"))
	declare(t, each, firstAccount, others, `{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"*","Resource":"*"}`)
	q = by(dynamoDB("BatchGetItem", `{"RequestItems":{"`+mine+`":{"Keys":[{"id":{"S":"1"}}]},"`+others+`":{"Keys":[{"id":{"S":"1"}}]}}}`),
		rootOf(secondAccount))
	res, body = q.send(t, each)
	if res.StatusCode != http.StatusNotImplemented || !strings.Contains(body, "resources of the accounts ") {
		t.Errorf("tables of two accounts are answered %d %s", res.StatusCode, body)
	}
	if got := up.took(); got != nil {
		t.Errorf("the upstream got %+v", got)
	}
}

// The record of a denial says why the resources of the upstream are another account's.
func TestNoteOnTheUpstreamsAccount(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	q := by(s3(http.MethodGet, "/", ""), rootOf(secondAccount))
	res, _ := q.send(t, srv)
	record, err := srv.Decision(res.Header.Get("X-Amzn-Requestid"))
	if err != nil || res.StatusCode != http.StatusForbidden || !strings.Contains(record.Checks[0].Note, "--upstream-account caller") {
		t.Errorf("answered %d, recorded %+v, %v", res.StatusCode, record, err)
	}
}
