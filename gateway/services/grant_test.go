package services

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/authz"
)

const grantedKey = "arn:aws:kms:us-east-1:123456789012:key/k"

func TestAskOfKeys(t *testing.T) {
	t.Parallel()
	for want, q := range map[string]*Question{
		`POST / TrentService.ListGrants {"KeyId":"k","Limit":100}`: AskGrants(grantedKey),
		`POST / TrentService.ListAliases {"KeyId":"k"}`:            AskAliases(grantedKey),
	} {
		if got := spell(q); got != want {
			t.Errorf("asked by %s, want %s", got, want)
		}
	}
	for _, other := range []string{"", "*", "arn:aws:kms:us-east-1:123456789012:alias/a", "arn:aws:sqs:us-east-1:123456789012:key/k"} {
		if AskGrants(other) != nil || AskAliases(other) != nil {
			t.Errorf("%q is asked about", other)
		}
	}
}

func TestReadAliases(t *testing.T) {
	t.Parallel()
	got := ReadAliases([]byte(`{"Aliases":[{"AliasName":"alias/a"},{"AliasName":"alias/b"}]}`))
	if diff := cmp.Diff([]authz.Key{authz.Strings("kms:ResourceAliases", "alias/a", "alias/b")}, got); diff != "" {
		t.Error(diff)
	}
	for _, none := range []string{"", "[]", `{"Aliases":[]}`, `{"Aliases":{}}`} {
		if got := ReadAliases([]byte(none)); got != nil {
			t.Errorf("%s: %v", none, got)
		}
	}
}

// A grant is what a statement of the policy says: the operations, and the encryption
// context, whole or in part.
func TestReadGrants(t *testing.T) {
	t.Parallel()
	const ana = `"GranteePrincipal":"arn:aws:iam::123456789012:user/ana"`
	const begin = `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/ana"},"Action":["kms:Decrypt"],"Resource":"*"`
	for name, c := range map[string]struct{ answer, want string }{
		"no answer":           {"", ""},
		"another answer":      {"[]", ""},
		"none":                {`{"Grants":[]}`, ""},
		"one for a service":   {`{"Grants":[{"GranteePrincipal":"lambda.amazonaws.com","Operations":["Decrypt"]}]}`, ""},
		"one for nothing":     {`{"Grants":[{` + ana + `,"Operations":[]}]}`, ""},
		"without constraints": {`{"Grants":[{` + ana + `,"Operations":["Decrypt"]}]}`, begin + `}`},
		"a part of a context": {
			`{"Grants":[{` + ana + `,"Operations":["Decrypt"],"Constraints":{"EncryptionContextSubset":{"app":"${x}"}}}]}`,
			begin + `,"Condition":{"StringEquals":{"kms:EncryptionContext:app":"${$}{x}"}}}`,
		},
		"a whole context": {
			`{"Grants":[{` + ana + `,"Operations":["Decrypt"],"Constraints":{"EncryptionContextEquals":{"app":"web"}}}]}`,
			begin +
				`,"Condition":{"ForAllValues:StringEquals":{"kms:EncryptionContextKeys":["app"]},"StringEquals":{"kms:EncryptionContext:app":"web"}}}`,
		},
		"two": {`{"Grants":[{` + ana + `,"Operations":["Decrypt"]},{` + ana + `,"Operations":["Decrypt"]}]}`, begin + `},` + begin + `}`},
	} {
		if diff := cmp.Diff(c.want, ReadGrants([]byte(c.answer))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestWithGrants(t *testing.T) {
	t.Parallel()
	const granted = `{"Effect":"Allow"}`
	for policy, want := range map[string]string{
		"": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"kms:*","Resource":"*"},{"Effect":"Allow"}]}`,
		`{"Version":"2012-10-17","Statement":[ {"Effect":"Deny"} ]}`: `{"Statement":[{"Effect":"Deny"},{"Effect":"Allow"}],"Version":"2012-10-17"}`,
		`{"Statement":{"Effect":"Deny"}}`:                            `{"Statement":[{"Effect":"Deny"},{"Effect":"Allow"}]}`,
		`{"Statement":[]}`:                                           `{"Statement":[{"Effect":"Allow"}]}`,
		`{"statement":[]}`:                                           `{"statement":[]}`,
		"{":                                                          "{",
	} {
		if got := WithGrants(grantedKey, policy, granted); got != want {
			t.Errorf("%s with a grant is %s, want %s", policy, got, want)
		}
		if got := WithGrants(grantedKey, policy, ""); got != policy {
			t.Errorf("%s without a grant is %s", policy, got)
		}
	}
}
