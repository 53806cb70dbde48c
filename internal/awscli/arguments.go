package awscli

import (
	"reflect"
	"slices"
	"strings"
)

// Argument is an option of a call with its values.
type Argument struct {
	Member string // of the operation's input; empty if there is none
	Option string // such as --user-name
	Values []string

	// Withheld says why the values are not shown; empty if they are.
	Withheld string
}

// Words returns the words of the argument on a command line.
func (a *Argument) Words() []string {
	if len(a.Values) == 1 && strings.HasPrefix(a.Values[0], "-") {
		return []string{a.Option + "=" + a.Values[0]} // otherwise the CLI takes it for an option
	}
	return append([]string{a.Option}, a.Values...)
}

// longest is the size, in bytes, of the longest value that is shown: policy
// documents are shown, metadata of providers is not.
const longest = 12 << 10

// Arguments returns the members of an input that are set, in the input's order. The
// input is a pointer to a struct like the SDK's, or a *Call. Secrets and very long
// values are withheld.
func Arguments(input any) (list []Argument) {
	if c, ok := input.(*Call); ok {
		return slices.Clone(c.Arguments)
	}
	v := reflect.Indirect(reflect.ValueOf(input))
	if v.Kind() != reflect.Struct {
		return nil
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		if a, ok := argument(f.Name, v.Field(i)); ok {
			list = append(list, a)
		}
	}
	return list
}

// argument returns one member; false if it is not set.
func argument(member string, v reflect.Value) (Argument, bool) {
	a := Argument{Member: member, Option: Option(member)}
	if on, isFlag := tree(v).(bool); isFlag {
		if !on && v.Kind() == reflect.Bool {
			return a, false // nobody can tell false from not set
		}
		if !on {
			a.Option = "--no-" + strings.TrimPrefix(a.Option, "--")
		}
		return a, true
	}
	a.Values = values(v)
	if len(a.Values) == 0 || v.Kind() == reflect.Int32 && v.IsZero() {
		return a, false
	}
	switch {
	case secret(member, v.Type()):
		a.Values, a.Withheld = nil, "is a secret"
	case len(strings.Join(a.Values, "")) > longest:
		a.Values, a.Withheld = nil, "is too long to be shown"
	}
	return a, true
}

// secrets lists parts of the names of members that hold secrets: passwords, keys,
// tokens and one-time codes.
var secrets = []string{"Password", "Secret", "PrivateKey", "Token", "Assertion", "Code"}

// secret reports whether a member holds a secret. A list of contexts can contain
// them.
func secret(member string, t reflect.Type) bool {
	if member == "ProvidedContexts" {
		return true
	}
	if t != reflect.TypeFor[*string]() || member == "RemovePrivateKey" { // the ID of a key
		return false
	}
	for _, part := range secrets {
		if strings.Contains(member, part) {
			return true
		}
	}
	return false
}

// Takes reports whether the input of an operation has a member with the name.
func Takes(input any, member string) bool {
	t := reflect.TypeOf(input)
	if t == nil || t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct {
		return false
	}
	_, ok := t.Elem().FieldByName(member)
	return ok
}
