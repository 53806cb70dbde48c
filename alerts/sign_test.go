package alerts_test

import (
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/alerts"
)

func TestSecrets(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, key, says string }{
		{"a text", " hunter2\n", "hunter2", ""},
		{"base64", "whsec_a2V5\n", "key", ""},
		{"nothing", " \n", "", "the secret is empty"},
		{"base64 of nothing", "whsec_", "", "what follows whsec_ in the secret is not base64"},
		{"no base64", "whsec_hunter2!", "", "what follows whsec_ in the secret is not base64"},
	} {
		key, err := alerts.ParseSecret(c.text)
		if string(key) != c.key || (err == nil) != (c.says == "") || err != nil && !strings.HasPrefix(err.Error(), c.says) {
			t.Errorf("%s: %q, %v", c.name, key, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error shows the secret: %v", c.name, err)
		}
	}
}

func FuzzParseSecret(f *testing.F) {
	for _, s := range []string{"", "hunter2", "whsec_a2V5", "whsec_!"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		key, err := alerts.ParseSecret(text)
		if (err == nil) != (len(key) > 0) {
			t.Errorf("%q: a key of %d bytes, %v", text, len(key), err)
		}
	})
}
