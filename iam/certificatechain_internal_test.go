package iam

import (
	"encoding/pem"
	"testing"
)

// A key that cannot be read is nil, not an interface with a nil pointer, which does not
// compare equal to nil.
func TestNoKeyIsNil(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY"} {
		key, err := parseKeyBlock(&pem.Block{Type: kind, Bytes: []byte("no key")})
		if key != nil || err == nil {
			t.Errorf("%s: %#v, %v", kind, key, err)
		}
	}
}
