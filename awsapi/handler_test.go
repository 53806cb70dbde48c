package awsapi_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/awsapi"
)

// Requests at the same time share buffers, never contents.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	h := newHandler(t, []awsapi.Operation{awsapi.Op(func(_ context.Context, in *iam.GetUserInput) (*iam.GetUserOutput, error) {
		return &iam.GetUserOutput{User: &types.User{UserName: in.UserName}}, nil
	})}, options())
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 50 {
				name := fmt.Sprintf("user-%d-%d", i, j)
				w := post(t, h, "iam", "Action=GetUser&Version=2010-05-08&UserName="+name)
				if !strings.Contains(w.Body.String(), "<UserName>"+name+"</UserName>") {
					t.Errorf("asked for %s, got %s", name, w.Body)
				}
			}
		})
	}
	wg.Wait()
}

// A handler without what it needs, and operations that the model does not have.
func TestMistakesAtStart(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*awsapi.Options){
		"no model":       func(o *awsapi.Options) { o.Model = nil },
		"no credentials": func(o *awsapi.Options) { o.Credentials = nil },
		"no authorizer":  func(o *awsapi.Options) { o.Authorizer = nil },
	} {
		o := options()
		spoil(&o)
		h, err := awsapi.NewHandler(nil, o)
		if h != nil { // a nil pointer in the interface would not be nil
			t.Errorf("a handler of type %T comes with the error", h)
		}
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	all := allOperations(empty)
	withoutTag := options()
	withoutTag.Model.Services[0].Structs = slices.DeleteFunc(slices.Clone(withoutTag.Model.Services[0].Structs),
		func(s awsapi.Struct) bool { return s.Name == "Tag" })
	withoutUnion := options()
	withoutUnion.Model.Services[0].Unions = nil
	for name, f := range map[string]func(){
		"an operation twice":   func() { awsapi.NewHandler(append(all, all[0]), options()) },
		"an unknown structure": func() { awsapi.NewHandler(all, withoutTag) },
		"an unknown union":     func() { awsapi.NewHandler(all, withoutUnion) },
		"a type that is not an output": func() {
			awsapi.Op(func(context.Context, *iam.GetUserInput) (*iam.ListUsersOutput, error) { return nil, nil })
		},
		"an unknown operation": func() { awsapi.NewHandler([]awsapi.Operation{awsapi.Op(fly)}, options()) },
	} {
		if !panics(f) {
			t.Errorf("%s: no panic", name)
		}
	}
}

type (
	FlyInput  struct{}
	FlyOutput struct{}
)

func fly(context.Context, *FlyInput) (*FlyOutput, error) { return &FlyOutput{}, nil }

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}

// Request IDs are random UUIDs where nobody says otherwise.
func TestRequestIDs(t *testing.T) {
	t.Parallel()
	o := options()
	o.NewID = nil
	h := newHandler(t, nil, o)
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for range 200 {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/?Action=X", nil))
		id := strings.Join(w.Header()[requestIDHeader], " ")
		if !form.MatchString(id) || seen[id] || !strings.Contains(w.Body.String(), "<RequestId>"+id+"</RequestId>") {
			t.Fatalf("ID %q, seen %v, body %s", id, seen[id], w.Body)
		}
		seen[id] = true
	}
}
