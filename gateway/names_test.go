package gateway_test

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// An alias is decided as the key that the upstream says it is, until it gets another one.
func TestAliasesOfKeys(t *testing.T) {
	t.Parallel()
	var changed atomic.Bool
	up := newUpstream(t, func(_ http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".UpdateAlias") {
			changed.Store(true)
		}
	})
	up.asked = func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".DescribeKey") {
			key := map[bool]string{false: "one", true: "two"}[changed.Load()]
			_, _ = w.Write([]byte(`{"KeyMetadata":{"Arn":"arn:aws:kms:us-east-1:000000000000:key/` + key + `"}}`))
		} else {
			w.WriteHeader(http.StatusNotFound)
		}
	}
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	ana := user(t, srv, "ana", `{"Effect":"Allow","Action":"kms:Encrypt","Resource":"arn:aws:kms:us-east-1:000000000000:key/one",`+
		`"Condition":{"StringEquals":{"kms:RequestAlias":"alias/shop","kms:EncryptionContext:app":"web"}}}`)
	encrypt := by(jsonCall("kms", "TrentService.Encrypt", `{"KeyId":"alias/shop","Plaintext":"aa","EncryptionContext":{"app":"web"}}`), ana)
	expect(t, srv, "who may use the key by its alias", encrypt, http.StatusOK)
	other := by(jsonCall("kms", "TrentService.Encrypt", `{"KeyId":"alias/shop","Plaintext":"aa","EncryptionContext":{"app":"db"}}`), ana)
	expect(t, srv, "who has another context", other, 0)
	expect(t, srv, "the change", jsonCall("kms", "TrentService.UpdateAlias", `{"AliasName":"alias/shop","TargetKeyId":"two"}`),
		http.StatusOK)
	expect(t, srv, "who may not use the new key", encrypt, 0)
}

// A ciphertext is decided as the key that has made it, and an iterator as its stream.
func TestNamesThatAnswersTeach(t *testing.T) {
	t.Parallel()
	answers := map[string]string{
		"TrentService.Encrypt":              `{"CiphertextBlob":"Y2lwaGVy","KeyId":"one"}`,
		"TrentService.GenerateDataKey":      `{"CiphertextBlob":"ZGF0YQ==","Plaintext":"aa"}`,
		"Kinesis_20131202.GetShardIterator": `{"ShardIterator":"first"}`,
		"Kinesis_20131202.GetRecords":       `{"Records":[],"NextShardIterator":"second"}`,
	}
	up := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(answers[r.Header.Get("X-Amz-Target")]))
	})
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	ana := user(t, srv, "ana",
		`{"Effect":"Allow","Action":["kms:Decrypt","kinesis:GetRecords"],"Resource":["arn:aws:kms:us-east-1:000000000000:key/one","arn:aws:kinesis:us-east-1:000000000000:stream/clicks"]}`)
	decrypt := func(ciphertext string) request {
		return by(jsonCall("kms", "TrentService.Decrypt", `{"CiphertextBlob":"`+ciphertext+`"}`), ana)
	}
	records := func(iterator string) request {
		return by(jsonCall("kinesis", "Kinesis_20131202.GetRecords", `{"ShardIterator":"`+iterator+`"}`), ana)
	}
	expect(t, srv, "a ciphertext that nobody knows", decrypt("Y2lwaGVy"), 0)
	expect(t, srv, "an iterator that nobody knows", records("first"), 0)
	for _, q := range []request{
		jsonCall("kms", "TrentService.Encrypt", `{"KeyId":"one","Plaintext":"aa"}`),
		jsonCall("kms", "TrentService.GenerateDataKey", `{"KeyId":"two"}`),
		jsonCall("kinesis", "Kinesis_20131202.GetShardIterator", `{"StreamName":"clicks","ShardId":"0","ShardIteratorType":"LATEST"}`),
	} {
		if res, body := q.send(t, srv); res.StatusCode != http.StatusOK || body != answers[q.header.Get("X-Amz-Target")] {
			t.Fatalf("answered %d %s", res.StatusCode, body)
		}
	}
	expect(t, srv, "a ciphertext of the key", decrypt("Y2lwaGVy"), http.StatusOK)
	expect(t, srv, "a ciphertext of another key", decrypt("ZGF0YQ=="), 0)
	expect(t, srv, "an iterator of the stream", records("first"), http.StatusOK)
	expect(t, srv, "the iterator that follows", records("second"), http.StatusOK)
}

// A secret by its name is decided as the whole ARN that the upstream says.
func TestNamesOfSecrets(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	up.asked = func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".DescribeSecret") {
			_, _ = w.Write([]byte(`{"ARN":"arn:aws:secretsmanager:us-east-1:000000000000:secret:db-AbCdEf"}`))
		}
	}
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	get := jsonCall("secretsmanager", "secretsmanager.GetSecretValue", `{"SecretId":"db"}`)
	for suffix, want := range map[string]int{"AbCdEf": http.StatusOK, "ZyXwVu": 0} {
		key := user(t, srv, "who"+suffix,
			`{"Effect":"Allow","Action":"*","Resource":"arn:aws:secretsmanager:us-east-1:000000000000:secret:db-`+suffix+`"}`)
		expect(t, srv, "who may read the secret with "+suffix, by(get, key), want)
	}
}

// An answer that is read here, and ends early, is not taken for a whole one.
func TestAnswersThatTeachAndEndEarly(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"CiphertextBlob":"c2VhbGVk"`))
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	q := jsonCall("kms", "TrentService.Encrypt", `{"KeyId":"arn:aws:kms:us-east-1:000000000000:key/k","Plaintext":"c2VhbA=="}`)
	res, err := testkit.HTTP.Do(q.make(t, srv.URL))
	if err != nil {
		return // it ended before its head was sent
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); err == nil {
		t.Errorf("answered %q as if it were whole", body)
	}
}
