package awsapi

import (
	"context"
	"fmt"
	"path"
	"reflect"
	"strings"

	"github.com/understudy-iam/understudy/principal"
)

// Operation is an AWS operation and the Go method that performs it. Make one
// with Op.
type Operation struct {
	Name    string // as in the Action parameter, "CreateUser"
	Service string // as in a credential scope, "iam" or "access-analyzer"

	in, out reflect.Type // the structs, not pointers to them
	call    func(ctx context.Context, in any) (any, error)
}

// Op declares that f performs an operation. The operation's name is the name of the type In without
// its "Input", and its service the last element of the path of In's package, so
// *iam.CreateUserInput declares CreateUser of iam, or another name where credential scopes have
// another. Either may be of awsapi/next/iam if the SDK's type lacks a member.
//
// Op panics if In and Out are not the structs XInput and XOutput of one service.
func Op[In, Out any](f func(context.Context, *In) (*Out, error)) Operation {
	in, out := reflect.TypeFor[In](), reflect.TypeFor[Out]()
	name, ok := strings.CutSuffix(in.Name(), "Input")
	if !ok || name == "" || in.Kind() != reflect.Struct || out.Kind() != reflect.Struct ||
		out.Name() != name+"Output" || path.Base(in.PkgPath()) != path.Base(out.PkgPath()) {
		panic(fmt.Sprintf("awsapi: %v and %v are not the input and output of one operation", in, out))
	}
	return Operation{
		Name:    name,
		Service: principal.SigningName(path.Base(in.PkgPath())),
		in:      in,
		out:     out,
		call: func(ctx context.Context, input any) (any, error) {
			out, err := f(ctx, input.(*In))
			if err != nil {
				return nil, err
			}
			return out, nil
		},
	}
}

// Around returns the operation with f around its method. The input is a pointer to the
// struct of the parameters, checked and authorized; perform calls the method, once at most.
// What f returns is answered.
func (o Operation) Around(f func(ctx context.Context, in any, perform func() (any, error)) (any, error)) Operation {
	method := o.call
	o.call = func(ctx context.Context, in any) (any, error) {
		return f(ctx, in, func() (any, error) { return method(ctx, in) })
	}
	return o
}

// Input returns the type of the operation's parameters, a struct and not a pointer.
func (o Operation) Input() reflect.Type { return o.in }

// Output returns the type of the operation's answer, a struct and not a pointer.
func (o Operation) Output() reflect.Type { return o.out }
