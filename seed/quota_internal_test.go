package seed

import (
	"reflect"
	"testing"

	"github.com/understudy-iam/understudy/iam"
)

// The form has a member for each quota that a file raises.
func TestQuotasOfTheForm(t *testing.T) {
	t.Parallel()
	raised := reflect.ValueOf(iam.Quotas{}.WithoutAccountQuotas())
	n := 0
	for i := range raised.NumField() {
		if raised.Field(i).Int() != 0 {
			n++
		}
	}
	if form := reflect.TypeFor[quotas]().NumField(); form != n || n == 0 {
		t.Errorf("the form has %d quotas, and %d are raised", form, n)
	}
}
