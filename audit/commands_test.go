package audit_test

import (
	"context"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/awscli"
	"github.com/understudy-iam/understudy/principal"
)

// run runs a command of the AWS CLI for IAM as the root user of the account: a shell reads
// its words, and the operation gets its options.
func (w *world) run(t *testing.T, command string) {
	t.Helper()
	out, err := exec.Command("sh", "-c", `aws() { printf '%s\0' "$@"; }; `+command).Output()
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	words := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	if len(words) < 2 || words[0] != "iam" {
		t.Fatalf("%s is not a command of IAM", command)
	}
	service := iam.New(iam.Options{Store: w.store, Authorizer: w.authorizer, Now: func() time.Time { return now }})
	method := operation(t, reflect.ValueOf(service), words[1])
	input := reflect.New(method.Type().In(1).Elem())
	for rest := words[2:]; len(rest) > 0; {
		rest = option(t, input, rest)
	}
	ctx := principal.NewContext(context.Background(), &principal.Caller{Principal: principal.AWS.In(account).RootUser()})
	answer := method.Call([]reflect.Value{reflect.ValueOf(ctx), input})
	if err, ok := answer[1].Interface().(error); ok {
		t.Fatalf("%s: %v", command, err)
	}
}

// operation is the method that a command calls.
func operation(t *testing.T, service reflect.Value, command string) reflect.Value {
	t.Helper()
	for i := range service.NumMethod() {
		if name := service.Type().Method(i).Name; awscli.Name(name) == command {
			return service.Method(i)
		}
	}
	t.Fatalf("there is no command aws iam %s", command)
	return reflect.Value{}
}

// option sets the member of an option, and returns the words behind it.
func option(t *testing.T, input reflect.Value, words []string) []string {
	t.Helper()
	for i := range input.Elem().NumField() {
		if f := input.Elem().Type().Field(i); !f.IsExported() || awscli.Option(f.Name) != words[0] {
			continue
		}
		field := input.Elem().Field(i)
		switch field.Interface().(type) {
		case bool:
			field.SetBool(true)
			return words[1:]
		case *bool:
			yes := true
			field.Set(reflect.ValueOf(&yes))
			return words[1:]
		}
		if len(words) < 2 {
			t.Fatalf("%s has no value", words[0])
		}
		set(t, field, words[1])
		return words[2:]
	}
	t.Fatalf("%s has no option %s", input.Type(), words[0])
	return nil
}

func set(t *testing.T, field reflect.Value, text string) {
	t.Helper()
	switch {
	case field.Kind() == reflect.String:
		field.SetString(text)
	case field.Type() == reflect.TypeFor[*string]():
		field.Set(reflect.ValueOf(&text))
	case field.Type() == reflect.TypeFor[*int32]():
		n := int32(0)
		for _, r := range text {
			n = n*10 + r - '0'
		}
		field.Set(reflect.ValueOf(&n))
	default:
		t.Fatalf("a member of type %s cannot be set", field.Type())
	}
}
