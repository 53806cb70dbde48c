package model_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	trailtypes "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/traits"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/awsapi/model"
	nextiam "github.com/understudy-iam/understudy/awsapi/next/iam"
	nextsts "github.com/understudy-iam/understudy/awsapi/next/sts"
)

// sdks are what the SDK has of the services that have schemas, in the order of the model.
var sdks = []struct {
	client reflect.Type
	types  *smithy.TypeRegistry
	next   []reflect.Type // what the SDK lacks, or has with fewer members
}{
	{reflect.TypeFor[*iam.Client](), iam.TypeRegistry, []reflect.Type{
		reflect.TypeFor[nextiam.ContextProvider](), reflect.TypeFor[nextiam.ContextProviderKeyDefinition](),
		reflect.TypeFor[nextiam.CreateOpenIDConnectProviderInput](), reflect.TypeFor[nextiam.GetOpenIDConnectProviderOutput](),
		reflect.TypeFor[nextiam.UpdateOpenIDConnectProviderInput](),
		reflect.TypeFor[nextiam.CreateSAMLProviderInput](), reflect.TypeFor[nextiam.GetSAMLProviderOutput](),
		reflect.TypeFor[nextiam.UpdateSAMLProviderInput](),
	}},
	{reflect.TypeFor[*sts.Client](), sts.TypeRegistry, []reflect.Type{
		reflect.TypeFor[nextsts.GetScopedCredentialsInput](), reflect.TypeFor[nextsts.GetScopedCredentialsOutput](),
		reflect.TypeFor[nextsts.ScopedSession](),
		reflect.TypeFor[nextsts.AssumeRoleWithSAMLOutput](), reflect.TypeFor[nextsts.AssumeRoleWithWebIdentityOutput](),
		reflect.TypeFor[nextsts.GetWebIdentityTokenInput](),
		reflect.TypeFor[nextsts.TrustedIdentityPropagationContext](), reflect.TypeFor[nextsts.OriginIdentity](),
		reflect.TypeFor[nextsts.TransactionContext](),
	}},
}

func fieldsOf(typ reflect.Type) (names []string) {
	for i := range typ.NumField() {
		names = append(names, typ.Field(i).Name)
	}
	return slices.Sorted(slices.Values(names))
}

// The SDK's schemas are made from a newer model than ours. Their errors have the
// codes and statuses of our table.
func TestStatusesAreTheSDKs(t *testing.T) {
	t.Parallel()
	for i, s := range model.New().Services[:len(sdks)] {
		theirs := map[string]int{}
		for _, entry := range sdks[i].types.Entries {
			if _, ok := smithy.SchemaTrait[*traits.Error](entry.Schema); !ok {
				continue
			}
			code, status := errorOf(entry.Schema)
			theirs[code] = status
		}
		ours := map[string]int{}
		for _, x := range s.Statuses {
			if _, ok := theirs[x.Code]; ok { // others are AWS's common errors
				ours[x.Code] = x.HTTP
			}
		}
		if diff := cmp.Diff(theirs, ours); diff != "" {
			t.Errorf("errors of %s (-SDK +model):\n%s", s.Name, diff)
		}
	}
}

func errorOf(s *smithy.Schema) (code string, status int) {
	if query, ok := smithy.SchemaTrait[*traits.AWSQueryError](s); ok {
		return query.ErrorCode, query.StatusCode
	}
	if http, ok := smithy.SchemaTrait[*traits.HTTPError](s); ok {
		status = http.Code
	}
	return s.ID().Name, status
}

// The wire names of the model are those of the SDK's schemas, to the letter,
// and every list's elements are called member.
func TestWireNamesAreTheSDKs(t *testing.T) {
	t.Parallel()
	for i, s := range model.New().Services[:len(sdks)] {
		ours := map[string][]string{}
		for _, x := range s.Structs {
			for _, m := range x.Members {
				ours[x.Name] = append(ours[x.Name], m.Name)
			}
			slices.Sort(ours[x.Name])
		}
		theirs := schemasOf(t, sdks[i].client)
		for _, typ := range sdks[i].next {
			fields := fieldsOf(typ)
			if slices.Equal(theirs[typ.Name()], fields) {
				t.Errorf("the SDK has %s: drop it from awsapi/next", typ.Name())
			}
			theirs[typ.Name()] = fields
		}
		maps.DeleteFunc(ours, func(_ string, members []string) bool { return len(members) == 0 })
		if diff := cmp.Diff(theirs, ours); diff != "" {
			t.Errorf("members of %s (-SDK +model):\n%s", s.Name, diff)
		}
	}
}

// The SDK's client of CloudTrail has no schemas yet; its types have the same members.
func TestMembersOfCloudTrailAreTheSDKs(t *testing.T) {
	t.Parallel()
	if _, ok := any(&cloudtrail.LookupEventsInput{}).(smithy.Serializable); ok {
		t.Error("the SDK has schemas of CloudTrail: put its client among sdks")
	}
	theirs := map[string][]string{}
	for _, typ := range []reflect.Type{
		reflect.TypeFor[cloudtrail.LookupEventsInput](), reflect.TypeFor[cloudtrail.LookupEventsOutput](),
		reflect.TypeFor[trailtypes.Event](), reflect.TypeFor[trailtypes.LookupAttribute](), reflect.TypeFor[trailtypes.Resource](),
	} {
		theirs[typ.Name()] = slices.DeleteFunc(fieldsOf(typ), func(f string) bool {
			return f == "ResultMetadata" || f == "noSmithyDocumentSerde"
		})
	}
	ours := map[string][]string{}
	for _, x := range model.New().Services[len(sdks)].Structs {
		for _, m := range x.Members {
			ours[x.Name] = append(ours[x.Name], m.Name)
		}
		slices.Sort(ours[x.Name])
	}
	if diff := cmp.Diff(theirs, ours); diff != "" {
		t.Errorf("members (-SDK +model):\n%s", diff)
	}
}

// schemasOf collects the members of all structures of a client's operations, by
// the name of the Go type.
func schemasOf(t *testing.T, client reflect.Type) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for m := range client.Methods() {
		if m.Type.NumIn() != 4 || m.Type.NumOut() != 2 || !strings.HasSuffix(m.Type.In(2).String(), m.Name+"Input") {
			continue
		}
		collect(t, found, m.Type.In(2).Elem(), schemaOf(m.Type.In(2).Elem()))
		collect(t, found, m.Type.Out(0).Elem(), schemaOf(m.Type.Out(0).Elem()))
	}
	return found
}

// collect adds a structure or a union, and what is below it.
func collect(t *testing.T, found map[string][]string, typ reflect.Type, schema *smithy.Schema) {
	t.Helper()
	if schema == nil || found[typ.Name()] != nil || len(schema.Members()) == 0 {
		return
	}
	found[typ.Name()] = slices.Sorted(maps.Keys(schema.Members()))
	for name, member := range schema.Members() {
		if typ.Kind() != reflect.Struct { // a union: the Go type is an interface
			if member.Type() == smithy.ShapeTypeStructure {
				found[member.TargetID().Name] = slices.Sorted(maps.Keys(member.Members()))
			}
			continue
		}
		f, ok := typ.FieldByName(strings.ToUpper(name[:1]) + name[1:])
		if !ok {
			t.Errorf("%v has no field for %s", typ, name)
			continue
		}
		elem, inner := element(f.Type, member)
		if member.Type() == smithy.ShapeTypeList && inner.MemberName() != "member" {
			t.Errorf("the elements of %v.%s are called %s", typ, name, inner.MemberName())
		}
		if inner.Type() == smithy.ShapeTypeStructure || inner.Type() == smithy.ShapeTypeUnion {
			collect(t, found, elem, inner)
		}
	}
}

// element is what a list or a map holds, or the value itself.
func element(typ reflect.Type, schema *smithy.Schema) (reflect.Type, *smithy.Schema) {
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	switch schema.Type() {
	case smithy.ShapeTypeList:
		return typ.Elem(), schema.ListMember()
	case smithy.ShapeTypeMap:
		return typ.Elem(), schema.MapValue()
	}
	return typ, schema
}

// schemaOf returns the schema with which values of an SDK's structure
// serialize themselves.
func schemaOf(typ reflect.Type) *smithy.Schema {
	var seen schemaSeen
	reflect.New(typ).Interface().(smithy.Serializable).Serialize(&seen)
	return seen.schema
}

// schemaSeen notes the schema of the structure that is serialized to it. An
// empty structure calls nothing else, and an operation without an answer not
// even that.
type schemaSeen struct {
	smithy.ShapeSerializer
	schema *smithy.Schema
}

func (s *schemaSeen) WriteStruct(schema *smithy.Schema) { s.schema = schema }
func (s *schemaSeen) CloseStruct()                      {}
