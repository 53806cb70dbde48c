package events

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// dateLayout is how CloudTrail writes the dates of parameters: "Jul 18, 2014 4:07:39 PM".
const dateLayout = "Jan 2, 2006 3:04:05 PM"

// null is the JSON of no parameters.
var null = json.RawMessage("null")

// requestParameters are the parameters of a call. CloudTrail has none of a call of IAM or
// STS that was denied; for LookupEvents that is not documented.
func (e *Event) requestParameters() json.RawMessage {
	switch {
	case !e.isOwn():
		return asJSON(e.serviceParameters())
	case e.Code == "AccessDenied", e.Code == "AccessDeniedException":
		return null
	}
	parameters := given.object(e.Input)
	switch e.Caller.Request.Operation {
	case "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity":
		e.addClaims(parameters)
	case "AssumeRole":
		e.addInherited(parameters)
	}
	return asJSON(parameters)
}

// responseElements are the answer, where the record shows it.
func (e *Event) responseElements() json.RawMessage {
	if !e.isOwn() {
		return asJSON(e.shownResponse())
	}
	return asJSON(answered.object(e.Output))
}

// isOwn reports whether Input is of the SDK's type for the operation, which is so where
// the server answers it itself.
func (e *Event) isOwn() bool {
	switch q := &e.Caller.Request; q.Service {
	case "iam", "sts":
		return true
	case "cloudtrail":
		return q.Operation == "LookupEvents"
	case "access-analyzer":
		return slices.Contains(policyOperations, q.Operation)
	}
	return false
}

// policyOperations are the operations of Access Analyzer that the server answers itself.
var policyOperations = []string{
	"CancelPolicyGeneration", "CheckAccessNotGranted", "CheckNoNewAccess", "CheckNoPublicAccess", "GetGeneratedPolicy",
	"ListPolicyGenerations", "StartPolicyGeneration", "ValidatePolicy",
}

// A side is whether a struct was sent or answered.
type side bool

const (
	given    side = false // flags that are off may not have been sent at all
	answered side = true
)

// object is a struct of the SDK, as CloudTrail shows it: names begin in lower case, what is
// not set is left out, and so are secrets.
func (s side) object(pointer any) map[string]any {
	if members, ok := s.shown(reflect.ValueOf(pointer)).(map[string]any); ok {
		return members
	}
	return map[string]any{}
}

// asJSON is an object; null if it has no members.
func asJSON(members map[string]any) json.RawMessage {
	if len(members) == 0 {
		return null
	}
	text, err := json.Marshal(members)
	if err != nil { // no value of the SDK's types has no JSON
		return null
	}
	return text
}

// shown is a value as encoding/json takes it; nil if it is not set.
func (s side) shown(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return s.shown(v.Elem())
	case reflect.Struct:
		if t, ok := v.Interface().(time.Time); ok {
			return t.UTC().Format(dateLayout)
		}
		return s.members(v)
	case reflect.Slice:
		return s.list(v)
	case reflect.Map:
		return s.entries(v)
	case reflect.String:
		return emptyIsNil(v.String())
	case reflect.Bool, reflect.Int32, reflect.Int64, reflect.Float64:
		return v.Interface()
	}
	return nil
}

func emptyIsNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func (s side) members(v reflect.Value) any {
	shown := map[string]any{}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() || f.Name == "ResultMetadata" {
			continue
		}
		if s == given && f.Type.Kind() == reflect.Bool && v.Field(i).IsZero() {
			continue
		}
		if secret(f.Name, f.Type) {
			if hidden := s.hidden(f.Name, v.Field(i)); hidden != "" {
				shown[parameter(f.Name)] = hidden
			}
			continue
		}
		if x := s.shown(v.Field(i)); x != nil {
			shown[parameter(f.Name)] = x
		}
	}
	return shown
}

func (s side) list(v reflect.Value) any {
	if v.IsNil() || v.Type().Elem().Kind() == reflect.Uint8 {
		return nil
	}
	list := make([]any, 0, v.Len())
	for i := range v.Len() {
		list = append(list, s.shown(v.Index(i)))
	}
	return list
}

func (s side) entries(v reflect.Value) any {
	if v.IsNil() {
		return nil
	}
	entries := map[string]any{}
	for i := v.MapRange(); i.Next(); {
		entries[i.Key().String()] = s.shown(i.Value())
	}
	return entries
}

// parameter is CloudTrail's name of a member: sAMLProviderArn of SAMLProviderArn.
func parameter(member string) string {
	r, size := utf8.DecodeRuneInString(member)
	return string(unicode.ToLower(r)) + member[size:]
}

// roleARN is the role that the input of a call of STS wants to be; empty if there is
// none.
func roleARN(input any) string {
	if t := reflect.TypeOf(input); t == nil || t.Kind() != reflect.Pointer || !strings.HasPrefix(t.Elem().Name(), "AssumeRole") {
		return ""
	}
	return text(input, "RoleArn")
}

// text is a member of an input or output; empty if it is not set or not a string.
func text(of any, member string) string {
	v := reflect.Indirect(reflect.ValueOf(of))
	if v.Kind() != reflect.Struct {
		return ""
	}
	f := v.FieldByName(member)
	if !f.IsValid() || f.Kind() != reflect.Pointer {
		return ""
	}
	value, _ := f.Interface().(*string)
	if value == nil {
		return ""
	}
	return *value
}
