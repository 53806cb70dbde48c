package console

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/smithy-go/middleware"

	"github.com/understudy-iam/understudy/internal/awscli"
	"github.com/understudy-iam/understudy/internal/shell"
	"github.com/understudy-iam/understudy/management/client"
)

// self is the URL by which the pages call the server. No connection is made.
const self = "http://localhost"

// region is that of the calls.
const region = "us-east-1"

// userAgent is what decisions and events show of the calls of pages.
const userAgent = "understudy-console"

// Call is a call of one of AWS's operations, as a program would make it.
type Call struct {
	CLI    string // a line for a shell
	Python string // a statement with boto3

	reads bool
}

// calls are those that were made for a page.
type calls struct{ list []Call }

// changes are the calls that changed something.
func (c *calls) changes() (list []Call) {
	for _, each := range c.list {
		if !each.reads {
			list = append(list, each)
		}
	}
	return list
}

// add keeps a call, so that it can be shown.
func (c *calls) add(service, operation string, input any) {
	c.list = append(c.list, Call{
		CLI: commandOf(service, operation, input), Python: pythonOf(service, operation, input), reads: readsOnly(operation),
	})
}

// readsOnly reports whether an operation changes nothing, by its name.
func readsOnly(operation string) bool {
	for _, verb := range []string{"Get", "List", "Simulate", "Validate", "Check", "Decode"} {
		if strings.HasPrefix(operation, verb) {
			return true
		}
	}
	return false
}

// commandOf is a call as a line of the AWS CLI.
func commandOf(service, operation string, input any) string {
	words := []string{"aws", awscli.Command(service), awscli.Name(operation)}
	line := shell.Command(words)
	for _, a := range append(awscli.Arguments(input), awscli.Required(operation)...) {
		if a.Withheld != "" {
			line += " " + a.Option + " ..."
			continue
		}
		line += " " + shell.Command(a.Words())
	}
	return line
}

// pythonOf is a call with boto3, whose methods have the CLI's names with underscores.
// https://docs.aws.amazon.com/boto3/latest/reference/services/iam.html
func pythonOf(service, operation string, input any) string {
	var args []string
	v := reflect.Indirect(reflect.ValueOf(input))
	withheld := map[string]bool{}
	for _, a := range awscli.Arguments(input) {
		withheld[a.Member] = a.Withheld != ""
	}
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		hidden, set := withheld[name]
		if !set {
			continue
		}
		value := "..."
		if !hidden {
			value = pythonValue(v.Field(i))
		}
		args = append(args, name+"="+value)
	}
	method := strings.ReplaceAll(awscli.Name(operation), "-", "_")
	return fmt.Sprintf("boto3.client(%q).%s(%s)", service, method, strings.Join(args, ", "))
}

// pythonValue writes a member of an input as Python does.
func pythonValue(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Pointer:
		return pythonValue(v.Elem())
	case reflect.Bool:
		if v.Bool() {
			return "True"
		}
		return "False"
	case reflect.Slice:
		items := make([]string, v.Len())
		for i := range items {
			items[i] = pythonValue(v.Index(i))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case reflect.Struct:
		return pythonDict(v)
	case reflect.String:
		return fmt.Sprintf("%q", v.String())
	}
	return fmt.Sprint(v.Interface())
}

// pythonDict writes a structure; members that are not set are left out.
func pythonDict(v reflect.Value) string {
	var members []string
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.IsExported() && !v.Field(i).IsZero() {
			members = append(members, fmt.Sprintf("%q: %s", f.Name, pythonValue(v.Field(i))))
		}
	}
	return "{" + strings.Join(members, ", ") + "}"
}

// config is for AWS's clients, which call as who the browser acts as.
func (q *request) config() aws.Config { return q.configOf(q.session.identity()) }

// configOf is for AWS's clients, which call as somebody.
func (q *request) configOf(who *Identity) aws.Config {
	own := self
	return aws.Config{
		Region: region, BaseEndpoint: &own, HTTPClient: &http.Client{Transport: q.transport()},
		Retryer: func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return who.credentials, nil
		}),
		APIOptions: []func(*middleware.Stack) error{q.noting},
	}
}

// transport calls the server in this process, from the browser's address.
func (q *request) transport() http.RoundTripper {
	from := q.r.RemoteAddr
	return client.Within(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = from
		r.Header.Set("User-Agent", userAgent) // the SDK does not sign it
		q.Server.ServeHTTP(w, r)
	}))
}

// noting keeps each call, so that the page can show it.
func (q *request) noting(stack *middleware.Stack) error {
	return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("note",
		func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (
			middleware.InitializeOutput, middleware.Metadata, error,
		) {
			q.calls.add(strings.ToLower(middleware.GetServiceID(ctx)), middleware.GetOperationName(ctx), in.Parameters)
			return next.HandleInitialize(ctx, in)
		}), middleware.Before)
}

// iam calls IAM as who the browser acts as.
func (q *request) iam() *iam.Client { return iam.NewFromConfig(q.config()) }

// analyzer calls Access Analyzer as who the browser acts as.
func (q *request) analyzer() *accessanalyzer.Client {
	return accessanalyzer.NewFromConfig(q.config())
}
