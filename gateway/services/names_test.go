package services

import "testing"

func TestNames(t *testing.T) {
	t.Parallel()
	const at = "us-east-1:123456789012:"
	for name, want := range map[string]struct {
		kind            Lookup
		request, answer string
		arn             string
	}{
		"arn:aws:kms:" + at + "alias/a": {
			AliasOfKey, `POST / TrentService.DescribeKey {"KeyId":"arn:aws:kms:us-east-1:123456789012:alias/a"}`,
			`{"KeyMetadata":{"Arn":"arn:aws:kms:us-east-1:000000000000:key/one"}}`, "arn:aws:kms:" + at + "key/one",
		},
		"arn:aws:lambda:" + at + "event-source-mapping:id": {
			FunctionOfMapping, "GET /2015-03-31/event-source-mappings/id ",
			`{"FunctionArn":"arn:aws:lambda:us-east-1:000000000000:function:f"}`, "arn:aws:lambda:" + at + "function:f",
		},
		"arn:aws:secretsmanager:" + at + "secret:a/b": {
			NameOfSecret, `POST / secretsmanager.DescribeSecret {"SecretId":"a/b"}`,
			`{"ARN":"arn:aws:secretsmanager:us-east-1:123456789012:secret:a/b-AbCdEf"}`,
			"arn:aws:secretsmanager:" + at + "secret:a/b-AbCdEf",
		},
	} {
		if got := spell(AskName(want.kind, name)); got != want.request {
			t.Errorf("%s: asked by\n%s, want\n%s", name, got, want.request)
		}
		if got := ReadName(want.kind, name, []byte(want.answer)); got != want.arn {
			t.Errorf("%s is %q, want %q", name, got, want.arn)
		}
		for _, other := range []string{
			"", "[]", "{}", `{"ARN":"arn:aws:iam::123456789012:role/r","KeyMetadata":{"Arn":"arn:aws:kms:eu-west-1:123456789012:key/one"}}`,
		} {
			if got := ReadName(want.kind, name, []byte(other)); got != "" {
				t.Errorf("%s is %q by %s", name, got, other)
			}
		}
	}
	if AskName(CiphertextOfKey, "aa") != nil || AskName(IteratorOfStream, "aa") != nil {
		t.Error("an upstream is asked for what it has answered")
	}
	for _, name := range []string{
		"", "a", "arn:aws:secretsmanager:" + at + "a", "arn:aws:secretsmanager:" + at + "a:secret:b", "arn:aws:kms:" + at + "secret:a",
	} {
		if q := AskName(NameOfSecret, name); q != nil {
			t.Errorf("%q is asked for by %s", name, spell(q))
		}
	}
}

// Ciphertexts that lenient servers take for one are one.
func TestPlainBase64(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"a-9_dw==", "a+9/dw", "a+9/\ndw==", "a+9/dx==", "*a+9/dw=="} {
		if got := plainBase64(text); got != "a+9/dw==" {
			t.Errorf("%q is %q", text, got)
		}
	}
	if got := plainBase64("a"); got != "a" {
		t.Errorf("what is not base64 is %q", got)
	}
}

func TestTaught(t *testing.T) {
	t.Parallel()
	for service, operations := range taught {
		for operation := range operations {
			if serviceNamed(service).loaded().operations[operation] == nil {
				t.Errorf("%s has no operation %s", service, operation)
			}
		}
	}
	c := &Call{Service: serviceNamed("kinesis"), Operation: "GetRecords", Protocol: JSON11}
	if kind, name := c.Taught([]byte(`{"Records":[],"NextShardIterator":"next"}`)); !c.Teaches() || kind != IteratorOfStream ||
		name != "next" {
		t.Errorf("learned %d %q", kind, name)
	}
	c.Protocol = CBOR
	if c.Teaches() {
		t.Error("an answer in CBOR is read as JSON")
	}
}
