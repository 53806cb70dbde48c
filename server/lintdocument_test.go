package server

import (
	"reflect"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/accessanalyzer"
	"github.com/understudy-iam/understudy/cloudtrail"
	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/sts"
)

// Each operation that is given a policy document is known to lint, with the document.
func TestLintKnowsAllOperationsWithAPolicy(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	ops := operations(iam.New(iam.Options{Store: store}), sts.New(sts.Options{Store: store}), cloudtrail.New(cloudtrail.Options{}),
		accessanalyzer.New(accessanalyzer.Options{}))
	for _, op := range ops {
		if op.Service != "iam" && op.Service != "sts" { // Access Analyzer looks at policies and keeps none
			continue
		}
		in, field := reflect.New(op.Input()), ""
		for i := range op.Input().NumField() {
			name := op.Input().Field(i).Name
			if op.Input().Field(i).Type == reflect.TypeFor[*string]() && (name == "Policy" || strings.HasSuffix(name, "PolicyDocument")) {
				text := "the document"
				in.Elem().Field(i).Set(reflect.ValueOf(&text))
				field = name
			}
		}
		members, ok := putsDocument[op.Name]
		if ok != (field != "") || members.document != field {
			t.Errorf("%s has its policy in the member %q, and lint looks at %q", op.Name, field, members.document)
		}
		if ok && members.of(in.Interface()).text != "the document" {
			t.Errorf("of %s lint does not find the policy", op.Name)
		}
		for _, name := range members.name {
			if f, found := op.Input().FieldByName(name); !found || f.Type != reflect.TypeFor[*string]() {
				t.Errorf("%s has no member %s", op.Name, name)
			}
		}
	}
}
