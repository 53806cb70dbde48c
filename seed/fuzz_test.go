package seed_test

import (
	"errors"
	"os"
	"testing"

	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/seed"
)

// Whatever the file says, it is applied, or it is refused with a fault that names the
// file, and changes nothing.
func FuzzApply(f *testing.F) {
	full, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(full)
	f.Add([]byte("accounts:\n- id: '111122223333'\n  users: [{name: a, inline: {p: &x [*x]}}]"))
	f.Add([]byte("accounts:\n- id: '111122223333'\n  users: [{name: a, inline: {p: &x [*x,*x,*x]}}]"))
	f.Add([]byte("organization: {management: '111122223333', root: &r {units: [*r,*r,*r,*r]}}"))
	f.Add([]byte("organization: {management: '111122223333', root: {units: [{name: a}]}}"))
	f.Add([]byte("accounts:\n- id: '111122223333'\n  resourcePolicies: [{resource: 'arn:aws:s3:::b', document: '{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:*\"}}'}]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		store := memstore.New()
		err := seed.Apply(t.Context(), options(store), "f", text)
		var fault *seed.Fault
		if err == nil {
			return
		}
		if !errors.As(err, &fault) || fault.File != "f" || fault.Reason == "" {
			t.Errorf("error %#v is not a fault of the file", err)
		}
		if n := len(dump(t, store)); n > 0 {
			t.Errorf("a refused file has written %d pairs", n)
		}
	})
}
