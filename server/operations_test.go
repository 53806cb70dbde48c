package server

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	analyzersvc "github.com/understudy-iam/understudy/accessanalyzer"
	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/awsapi/model"
	cloudtrailsvc "github.com/understudy-iam/understudy/cloudtrail"
	iamsvc "github.com/understudy-iam/understudy/iam"
	stssvc "github.com/understudy-iam/understudy/sts"
)

// An SDK or a model that brings an operation which the table lacks fails here: it
// must be built, or the README says that it is complete and is not.
func TestEveryOperationIsInTheTable(t *testing.T) {
	t.Parallel()
	ops := operations(&iamsvc.Service{}, &stssvc.Service{}, &cloudtrailsvc.Service{}, &analyzersvc.Service{})
	if got := unserved(ops); len(got) > 0 {
		t.Errorf("operations of the SDK or of the model that are not in the table: %v", got)
	}
	first := ops[0]
	if diff := cmp.Diff([]string{first.Service + "." + first.Name}, unserved(ops[1:])); diff != "" {
		t.Errorf("without the first row (-want +got):\n%s", diff)
	}
}

// unserved are the operations of the SDK's clients and of the model that are not
// among ops, sorted. Of CloudTrail only what the model has is meant to be served.
func unserved(ops []awsapi.Operation) []string {
	list := awsapi.Unserved(ops, model.New())
	for service, client := range map[string]reflect.Type{"iam": reflect.TypeFor[*iam.Client](), "sts": reflect.TypeFor[*sts.Client]()} {
		for m := range client.Methods() {
			// An operation's method takes the client, a context, the input and options.
			if m.Type.NumIn() != 4 || !strings.HasSuffix(m.Type.In(2).String(), "."+m.Name+"Input") {
				continue
			}
			if !slices.ContainsFunc(ops, func(op awsapi.Operation) bool { return op.Service == service && op.Name == m.Name }) {
				list = append(list, service+"."+m.Name)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
