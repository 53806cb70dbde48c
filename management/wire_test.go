package management_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/audit"
	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/faults"
	"github.com/understudy-iam/understudy/federation/idp"
	"github.com/understudy-iam/understudy/management"
)

// wire has the types of what is sent on a route in JSON; nil: nothing. If there are
// several bodies, the document must have each of them.
type wire struct{ body, answers []any }

func sends(types ...any) []any { return types }

// wires has a row for each route; a route without one fails.
var wires = map[string]wire{
	management.ShowHealth:      {nil, sends(management.Health{})},
	management.ShowOpenAPI:     {},
	management.ShowEnforcement: {nil, sends(management.Enforcement{})},
	management.SetEnforcement:  {sends(management.Enforcement{}), sends(management.Enforcement{})},
	management.ShowClock:       {nil, sends(management.Clock{})},
	management.MoveClock:       {sends(management.ClockChange{}), sends(management.Clock{})},
	management.ListFaults:      {nil, sends(management.FaultList{})},
	management.AddFault:        {sends(faults.Rule{}), sends(faults.State{})},
	management.DeleteFaults:    {},
	management.DeleteFault:     {},
	management.Reset:           {sends(management.ResetRequest{}), sends(management.ResetAnswer{})},
	management.TakeSnapshot:    {nil, sends(management.Snapshot{})},
	management.Restore:         {sends(management.RestoreRequest{}), sends(management.Snapshot{})},
	management.ListSnapshots:   {nil, sends(management.SnapshotList{})},
	management.DeleteSnapshot:  {},
	management.ExportState:     {},
	management.ImportSeed:      {sends(map[string]any{}), sends(management.SeedOutcome{})}, // docs/seed.md says what a seed may hold
	management.ListDecisions:   {nil, sends(management.DecisionList{})},
	management.StreamDecisions: {},
	management.ShowDecision:    {nil, sends(decisions.Record{})},
	management.ListNeeds:       {nil, sends(management.Needs{})},
	management.ListEvents:      {nil, sends(management.EventList{})},
	management.StreamEvents:    {},
	management.ListAlerts:      {nil, sends(management.AlertList{})},
	management.StreamAlerts:    {},
	management.Authorize:       {sends(management.Question{}), sends(decisions.Record{}, management.Undecided{})},
	management.Audit:           {nil, sends(audit.Report{})},
	management.AskWhoCan:       {sends(management.WhoCan{}), sends(management.WhoCanAnswer{})},
	management.ShowPrincipal:   {nil, sends(management.Identity{})},

	management.IssueCredentials:            {sends(management.CredentialsRequest{}), sends(management.IssuedCredentials{})},
	management.ShowMFACodes:                {nil, sends(management.MFACodes{})},
	management.RegisterSecurityKey:         {sends(management.SecurityKey{}), sends(management.SecurityKeyAnswer{})},
	management.RegisterDelegationTemplate:  {sends(management.DelegationTemplate{}), sends(management.DelegationTemplateAnswer{})},
	management.ListDelegationNotifications: {nil, sends([]management.DelegationNotification{})},

	management.ShowIssuer:       {nil, sends(management.Discovery{})},
	management.ShowIssuerKeys:   {nil, sends(management.KeySet{})},
	management.ShowIDP:          {nil, sends(json.RawMessage{})}, // of OpenID Connect; TestDiscovery of idp knows what it holds
	management.ShowIDPOf:        {nil, sends(json.RawMessage{})},
	management.ShowIDPKeys:      {nil, sends(management.KeySet{})},
	management.SignToken:        {sends(idp.Request{}), sends(idp.Token{}, json.RawMessage{})}, // the second is OAuth's
	management.ShowSAMLMetadata: {},
	management.SignAssertion:    {sends(idp.SAMLRequest{}), sends(idp.SAMLResponse{})},
}

// refusals are the bodies of errors with which any route, or one of them, may answer.
var refusals = map[string]any{
	"SeedFault without a code": struct {
		management.SeedPlace
		Error string `json:"error"`
	}{},
	"Fault": struct {
		Error string `json:"error"`
		Code  string `json:"code"`
	}{},
	"AWSError": decisions.Error{},
}

// freeForm are members whose objects have no fixed form.
var freeForm = []string{"claims", "keys", "policy", "context"}

// comparison compares bodies with the schemas of the document.
type comparison struct {
	*testing.T
	*document
	seen map[reflect.Type]bool // that were compared
}

// The schemas of the document have the members of the types of all routes, and of the
// types in them.
func TestOpenAPIHasTheMembersOfTheTypes(t *testing.T) {
	t.Parallel()
	c := &comparison{t, readDocument(t), map[reflect.Type]bool{}}
	for _, operations := range c.Paths {
		for _, o := range operations {
			row, ok := wires[o.OperationID]
			if !ok {
				t.Errorf("the route %s has no row in wires: say what goes over the wire", o.OperationID)
				continue
			}
			c.bodies(o.OperationID+"'s body", o.RequestBody.Content, row.body)
			for status, r := range o.Responses {
				if status < "300" {
					c.bodies(o.OperationID+"'s answer", c.response(r).Content, row.answers)
				}
			}
		}
	}
	for name, typed := range refusals {
		schema, _, _ := strings.Cut(name, " ")
		c.compare(name, c.Components.Schemas[schema], c.sample(typed))
	}
	refused := c.Paths["/authorize"]["post"].Responses["403"].Content["application/json"].Schema
	c.bodies("a question that is refused", map[string]content{"application/json": {refused}},
		sends(management.RefusedQuestion{}, map[string]string{"error": "", "code": ""}))
	c.typesAreSeen()
}

func (c *comparison) response(r response) response {
	if name, ok := strings.CutPrefix(r.Ref, "#/components/responses/"); ok {
		return c.Components.Responses[name]
	}
	return r
}

// bodies compares the alternatives of a schema with the types of a row one by one.
func (c *comparison) bodies(where string, contents map[string]content, types []any) {
	c.Helper()
	body, described := contents["application/json"]
	if described != (len(types) > 0) {
		c.Errorf("%s: in JSON by the document: %v; by its row: %v", where, described, types)
		return
	}
	alternatives := slices.Concat(body.Schema.AnyOf, body.Schema.OneOf)
	if len(alternatives) == 0 {
		alternatives = []schema{body.Schema}
	}
	if described && len(alternatives) != len(types) {
		c.Errorf("%s has %d forms in the document, and %d types", where, len(alternatives), len(types))
		return
	}
	for i, typed := range types {
		c.compare(where, alternatives[i], c.sample(typed))
	}
}

// compare compares a value, as JSON has it, with a schema.
func (c *comparison) compare(where string, s schema, value any) {
	c.Helper()
	s = c.resolve(s)
	switch value := value.(type) {
	case []any:
		if s.Items == nil {
			c.Errorf("%s is a list; the document does not say of what", where)
			return
		}
		c.compare(where+"[]", *s.Items, value[0])
	case map[string]any:
		if s.AdditionalProperties != nil && len(s.Properties) == 0 || len(value) == 0 ||
			slices.Contains(freeForm, where[strings.LastIndexByte(where, '.')+1:]) {
			return
		}
		for name, member := range value {
			property, ok := s.Properties[name]
			if !ok {
				c.Errorf("%s.%s is not in the document", where, name)
				continue
			}
			c.compare(where+"."+name, property, member)
		}
		for name := range s.Properties {
			if _, ok := value[name]; !ok {
				c.Errorf("%s.%s is in the document alone", where, name)
			}
		}
	}
}

func (c *comparison) resolve(s schema) schema {
	if name, ok := strings.CutPrefix(s.Ref, "#/components/schemas/"); ok {
		return c.resolve(c.Components.Schemas[name])
	}
	if len(s.AllOf) == 1 {
		return c.resolve(s.AllOf[0])
	}
	if len(s.OneOf) > 0 { // one text or several
		return c.resolve(s.OneOf[len(s.OneOf)-1])
	}
	return s
}

// sample returns a value of the type, as JSON, in which every member is set.
func (c *comparison) sample(typed any) any {
	c.Helper()
	v := reflect.New(reflect.TypeOf(typed)).Elem()
	if v.Kind() == reflect.Map {
		v.Set(reflect.ValueOf(typed))
	} else {
		c.fill(v)
	}
	raw, err := json.Marshal(v.Interface())
	if err != nil {
		c.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(raw, &out); err != nil {
		c.Fatal(err)
	}
	return out
}

func (c *comparison) fill(v reflect.Value) {
	switch into := v.Addr().Interface().(type) {
	case *time.Time:
		*into = time.Unix(1, 0)
		return
	case *json.RawMessage:
		*into = json.RawMessage(`{}`)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		c.fill(v.Elem())
	case reflect.Struct:
		c.seen[v.Type()] = true
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				c.fill(v.Field(i))
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		c.fill(v.Index(0))
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		c.fill(key)
		c.fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Interface:
		v.Set(reflect.ValueOf("x"))
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(1)
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(1)
	case reflect.Float64:
		v.SetFloat(1)
	default:
		c.Fatalf("a member of type %v goes over the wire: fill it", v.Type())
	}
}

// typesAreSeen looks for types of the package with members for JSON to which no row
// leads.
func (c *comparison) typesAreSeen() {
	c.Helper()
	seen := map[string]bool{"Fault": true} // as an error it has another form
	for t := range c.seen {
		seen[t.Name()] = true
	}
	files, err := os.ReadDir(".")
	if err != nil {
		c.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		for _, name := range jsonTypes(c.T, f.Name()) {
			if !seen[name] {
				c.Errorf("the type %s has members for JSON, but no route in wires leads to it", name)
			}
		}
	}
}

// jsonTypes names the structs of a file that have a member with a tag for JSON.
func jsonTypes(t *testing.T, file string) (names []string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		s, ok := spec.Type.(*ast.StructType)
		if ok && slices.ContainsFunc(s.Fields.List, func(f *ast.Field) bool {
			return f.Tag != nil && strings.Contains(f.Tag.Value, "json:")
		}) {
			names = append(names, spec.Name.Name)
		}
		return true
	})
	return names
}
