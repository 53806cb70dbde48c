package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/iamtest"
)

// answers are what an upstream answers when it is asked for something of a resource, by
// the end of the target; anything else is answered 404.
type answers map[string]string

func (a answers) answer(w http.ResponseWriter, r *http.Request) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	body, ok := a[operation]
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_, _ = w.Write([]byte(body))
}

func withAnswers(t *testing.T, a answers) (*iamtest.Server, *upstream) {
	t.Helper()
	up := newUpstream(t, nil)
	up.asked = a.answer
	return iamtest.Start(t, iamtest.WithUpstream(up.URL)), up
}

// A grant allows whom no policy allows, with the encryption context that it asks for.
// https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
func TestGrants(t *testing.T) {
	t.Parallel()
	for name, policy := range map[string]string{
		"a key with a policy":                                `{"Policy":"{\"Version\":\"2012-10-17\",\"Statement\":[]}"}`,
		"a key whose policy leaves all to identity policies": `{"Policy":"{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"000000000000\"},\"Action\":\"kms:*\",\"Resource\":\"*\"}}"}`,
		"an upstream that has no policies of keys":           "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, _ := withAnswers(t, answers{"GetKeyPolicy": policy,
				"ListGrants": `{"Grants":[{"GranteePrincipal":"arn:aws:iam::000000000000:user/ana",` +
					`"Operations":["Encrypt","GenerateDataKey"],"Constraints":{"EncryptionContextSubset":{"app":"web"}}}]}`})
			ana, bob := user(t, srv, "ana", ""), user(t, srv, "bob", "")
			call := func(operation, context string) request {
				return jsonCall("kms", "TrentService."+operation,
					`{"KeyId":"arn:aws:kms:us-east-1:000000000000:key/k","EncryptionContext":`+context+`}`)
			}
			web := call("Encrypt", `{"app":"web","more":"x"}`)
			expect(t, srv, "who has a grant", by(web, ana), http.StatusOK)
			expect(t, srv, "who has none", by(web, bob), 0)
			expect(t, srv, "who has one for another context", by(call("Encrypt", `{"app":"db"}`), ana), 0)
			expect(t, srv, "who has one for other operations", by(call("Decrypt", `{"app":"web"}`), ana), 0)
		})
	}
}

// The aliases of a key are asked for where a policy mentions them.
func TestAliasesInPolicies(t *testing.T) {
	t.Parallel()
	srv, _ := withAnswers(t, answers{"ListAliases": `{"Aliases":[{"AliasName":"alias/shop"}]}`})
	for alias, want := range map[string]int{"alias/shop": http.StatusOK, "alias/other": 0} {
		ana := user(t, srv, "ana",
			`{"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*","Condition":{"ForAnyValue:StringEquals":{"kms:ResourceAliases":"`+
				alias+`"}}}`)
		expect(t, srv, "who may use keys with "+alias, by(policiedCalls["kms"], ana), want)
	}
}

// A batch is answered with the secrets that the caller may get, and an error for each of
// the others.
func TestSecretsInBatches(t *testing.T) {
	t.Parallel()
	srv, up := withAnswers(t, nil)
	ana := user(t, srv, "ana", `[{"Effect":"Allow","Action":"secretsmanager:BatchGetSecretValue","Resource":"*"},`+
		`{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:us-east-1:000000000000:secret:one-*"}]`)
	none := by(jsonCall("secretsmanager", "secretsmanager.BatchGetSecretValue", `{"SecretIdList":["two"]}`), ana)
	res, body := none.send(t, srv)
	if res.StatusCode != http.StatusOK || !strings.Contains(body, `"SecretId":"two"`) ||
		!strings.Contains(body, `"ErrorCode":"AccessDeniedException"`) ||
		!strings.Contains(body, "secretsmanager:GetSecretValue") || up.took() != nil {
		t.Errorf("answered %d %s", res.StatusCode, body)
	}
}
