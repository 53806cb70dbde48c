package draft_test

import (
	"testing"
	"unicode/utf8"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/draft"
)

// FuzzIdentity drafts a call of any action, resource and key: the draft can be read, and allows it.
func FuzzIdentity(f *testing.F) {
	f.Add("s3:GetObject", "arn:aws:s3:::a/*", "iam:PassedToService", "a", uint8(0))
	f.Add("kms:Decrypt", "arn:aws:kms:us-east-1:1:key/1234abcd-12ab-34cd-56ef-1234567890ab", "kms:ViaService", "${b", uint8(1))
	f.Add("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:1:secret:a${*}-AbC123", "", "", uint8(1))
	f.Add("logs:PutLogEvents", "arn:aws:logs:us-east-1:1:log-group:g:log-stream:2026/11/30/[$LATEST]0123456789abcdef0123456789abcdef", "", "", uint8(2))
	f.Add("logs:PutLogEvents", "arn:aws:logs:us-east-1:1:log-group:g:log-stream:2026/11/30/[$LATEST]0123456789abcdef0123456789abcdef01", "", "", uint8(1))
	f.Add("x", "arn:::::", "lambda:FunctionArn", "arn:*", uint8(2))
	f.Fuzz(func(t *testing.T, action, resource, key, value string, w uint8) {
		if !utf8.ValidString(value) || !utf8.ValidString(action) {
			t.Skip("such a request is refused before it is decided")
		}
		c := draft.Call{RequestID: "r", Action: action, Resource: resource, Context: []draft.Key{one(key, value)}}
		o := draft.Options{Wildcards: []draft.Wildcards{draft.NoWildcards, draft.IDWildcards, draft.NameWildcards}[w%3], Size: 1 << 20}
		d, err := draft.Identity([]draft.Call{c}, o)
		if err != nil || len(d.Documents) == 0 {
			return
		}
		if d.YAML() == "" || d.HCL("a") == "" {
			t.Fatal("nothing is written")
		}
		p, err := evaluator.Compile(d.Documents[0].String(), evaluator.Identity, evaluator.Origin{})
		if err != nil {
			t.Fatalf("%v\n%s", err, d.JSON())
		}
		if evaluator.Validate(d.Documents[0].String(), evaluator.Identity) != nil {
			return // what is not an ARN or an action has no policy
		}
		if len(draft.Missing([]draft.Call{c}, []*evaluator.Policy{p}, o)) > 0 {
			t.Fatalf("%+v is denied under\n%s", c, d.JSON())
		}
	})
}
