package awsapi_test

import (
	"context"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/awsapi"
)

// What is not the document that the operation takes, as measured at Athena.
func TestFaultsOfDocuments(t *testing.T) {
	t.Parallel()
	h := jsonHandler(t, options(), echoKinds)
	const list, structure = "Start of list found where not expected", "Start of structure or map found where not expected."
	for document, want := range map[string]string{
		"":                       "",
		"{":                      "",
		"null":                   "",
		`"x"`:                    "",
		"1":                      "",
		"true":                   "",
		`{"Names":["x"],}`:       "",
		`{"Names":["x"]} {}`:     "",
		"[]":                     list,
		`{"Count":"1"}`:          "STRING_VALUE can not be converted to an Integer",
		`{"Count":true}`:         "TRUE_VALUE can not be converted to an Integer",
		`{"Count":false}`:        "FALSE_VALUE can not be converted to an Integer",
		`{"Count":[1]}`:          list,
		`{"Count":{"a":1}}`:      structure,
		`{"Count":1e19}`:         "",
		`{"Amounts":{"a":1e10}}`: "",
		`{"Names":[1]}`:          "NUMBER_VALUE can not be converted to a String",
		`{"Names":[1.5]}`:        "NUMBER_VALUE can not be converted to a String",
		`{"Names":[["a"]]}`:      list,
		`{"Names":"x"}`:          "Expected list or null",
		`{"Names":1}`:            "Expected list or null",
		`{"Names":{}}`:           structure,
		`{"Inner":"x"}`:          "Expected null",
		`{"Inner":true}`:         "Expected null",
		`{"Inner":[]}`:           list,
		`{"Inner":{"Name":1}}`:   "NUMBER_VALUE can not be converted to a String",
		`{"Inners":[1]}`:         "Expected null",
		`{"Amounts":1}`:          "Expected map or null",
		`{"Amounts":[]}`:         list,
		`{"On":"abc"}`:           "STRING_VALUE can not be converted to an Boolean",
		`{"On":1}`:               "NUMBER_VALUE can not be converted to an Boolean",
		`{"At":"2026-01-02"}`:    "STRING_VALUE can not be converted to a Date",
		`{"At":1e300}`:           "",
		`{"At":1e400}`:           "",
		`{"At":253402300800}`:    "",
		`{"Ratio":"1"}`:          "STRING_VALUE can not be converted to a Double",
		`{"Ratio":1e400}`:        "",
		`{"Data":"*"}`:           "",
		`{"Data":1}`:             "NUMBER_VALUE can not be converted to a String",
		`{"Count":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`: "",
	} {
		_, err := awsapi.DecodeJSON(h, "Kinds_1.Kinds", document)
		if got := failureOf(t, err); got != (failure{"SerializationException", want}) {
			t.Errorf("%.80s: got %v, want %q", document, got, want)
		}
	}
	for document, want := range map[string]int64{`{"Count":1.9}`: 1, `{"Count":-1.9}`: -1, `{"Count":5e0}`: 5, `{"Count":1e-400}`: 0} {
		if in, err := awsapi.DecodeJSON(h, "Kinds_1.Kinds", document); err != nil || in.(*KindsInput).Count != want {
			t.Errorf("%s: %v, %v; want %d", document, in, err, want)
		}
	}
}

// constrained is the model of the kinds with something demanded of each.
func constrained() *awsapi.Model {
	m := jsonModel()
	s := &m.Services[len(m.Services)-1]
	s.Shapes = []awsapi.Shape{
		{},
		{HasMin: true, Min: 2, HasMax: true, Max: 3},          // 1: a number
		{HasMin: true, Min: 1, HasMax: true, Max: 2, Elem: 3}, // 2: a list
		{Pattern: "[a-z]*"},        // 3: its elements
		{Enum: []string{"x", "y"}}, // 4: a name
		{HasMax: true, Max: 1},     // 5: a list of structures
		{Key: 3, Elem: 4},          // 6: a map
	}
	shapes := map[string]int{"Count": 1, "Names": 2, "Inners": 5, "Amounts": 6}
	for i := range s.Structs {
		members := slices.Clone(s.Structs[i].Members)
		for j := range members {
			members[j].Shape = shapes[members[j].Name]
			if members[j].Name == "Name" {
				members[j].Shape, members[j].Required = 4, true
			}
		}
		s.Structs[i].Members = members
	}
	return m
}

// Constraints have the texts that they have in the query protocol; services that speak
// JSON print the values.
func TestConstraintsInJSON(t *testing.T) {
	t.Parallel()
	o := options()
	o.Model = constrained()
	h := newHandler(t, []awsapi.Operation{awsapi.Op(echoKinds)}, o)
	for name, c := range map[string]struct{ document, want string }{
		"a number that is too large": {`{"Count":4}`, "Value '4' at 'count' failed to satisfy constraint: Member must have value less than or equal to 3"},
		"a number that is too small": {`{"Count":1}`, "Value '1' at 'count' failed to satisfy constraint: Member must have value greater than or equal to 2"},
		"a list that is too long":    {`{"Names":["a","b","c"]}`, "Value '[a, b, c]' at 'names' failed to satisfy constraint: Member must have length less than or equal to 2"},
		"an empty list":              {`{"Names":[]}`, "Value '[]' at 'names' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		"an element":                 {`{"Names":["A"]}`, "Value '[A]' at 'names' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy regular expression pattern: [a-z]*, Member must not be null]"},
		"an enum":                    {`{"Inner":{"Name":"z"}}`, "Value 'z' at 'inner.name' failed to satisfy constraint: Member must satisfy enum value set: [x, y]"},
		"a member that is absent":    {`{"Inner":{}}`, "Value null at 'inner.name' failed to satisfy constraint: Member must not be null"},
		"a member that is null":      {`{"Inner":{"Name":null}}`, "Value null at 'inner.name' failed to satisfy constraint: Member must not be null"},
		"a member of an element":     {`{"Inners":[{"Name":"z"}]}`, "Value 'z' at 'inners.1.member.name' failed to satisfy constraint: Member must satisfy enum value set: [x, y]"},
		"structures":                 {`{"Inners":[{"Name":"x"},{"Name":"y"}]}`, "Value '[Kind(name=x), Kind(name=y)]' at 'inners' failed to satisfy constraint: Member must have length less than or equal to 1"},
		"the key of a map":           {`{"Amounts":{"A":1}}`, "Value at 'amounts' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-z]*, Member must not be null]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := awsapi.DecodeJSON(h, "Kinds_1.Kinds", strings.Replace(c.document, "{", `{"Count":2,`, 1))
			if strings.HasPrefix(c.document, `{"Count"`) {
				_, err = awsapi.DecodeJSON(h, "Kinds_1.Kinds", c.document)
			}
			got := failureOf(t, err)
			if want := (failure{"ValidationError", "1 validation error detected: " + c.want}); got.Code != want.Code || !strings.Contains(got.Message, c.want) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
	w := send(t, h, "awsapi_test", `{"Count":4,"Names":[]}`)
	const want = `{"__type":"ValidationException","message":"2 validation errors detected: `
	if w.Code != 400 || !strings.HasPrefix(w.Body.String(), want) {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
}

// Whatever a document holds, it is read or refused with a code of AWS; what was read has an
// answer that is read as the same.
func FuzzDecodeJSON(f *testing.F) {
	for _, seed := range []string{
		"", "{}", "[]", "null", `{"At":1767323045.25,"Data":"/wA=","Ratio":-1.5e3,"Count":-1,"On":true,"Names":["a",null]}`,
		`{"Inner":{"Name":"c","Unknown":[{}]},"Inners":[{"Name":"d"},{}],"Amounts":{"f":8,"e":7}}`, `{"At":1e-999999999}`, `{"At":-62135596800}`,
		`{"Count":1e999999999}`, `{"Count":9223372036854775808}`, `{"Names":"x","Names":[]}`, `{"\u004eames":["\ud800"]}`, `{"Amounts":{"":-0.0}}`,
	} {
		f.Add(seed)
	}
	h := jsonHandler(f, options(), echoKinds)
	f.Fuzz(func(t *testing.T, document string) {
		in, err := awsapi.DecodeJSON(h, "Kinds_1.Kinds", document)
		if err != nil {
			if code := failureOf(t, err).Code; code != "SerializationException" {
				t.Fatalf("%q: %v", document, err)
			}
			return
		}
		answer := string(awsapi.EncodeJSON(h, "Kinds_1.Kinds", (*KindsOutput)(in.(*KindsInput))))
		again, err := awsapi.DecodeJSON(h, "Kinds_1.Kinds", answer)
		if err != nil {
			t.Fatalf("%q was read, and %q was not: %v", document, answer, err)
		}
		if second := string(awsapi.EncodeJSON(h, "Kinds_1.Kinds", (*KindsOutput)(again.(*KindsInput)))); second != answer {
			t.Errorf("%q became %q and %q", document, answer, second)
		}
	})
}

// A panic in an operation is answered in JSON too.
func TestPanicInJSON(t *testing.T) {
	t.Parallel()
	h := jsonHandler(t, options(), func(context.Context, *KindsInput) (*KindsOutput, error) { panic("no kind") })
	if w := send(t, h, "awsapi_test", "{}"); w.Code != 500 || !strings.HasPrefix(w.Body.String(), `{"__type":"InternalFailure"`) {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	var dropped any
	o := options()
	o.Disturb = func(ctx context.Context, _ awsapi.Claim) (context.Context, error) { return ctx, awsapi.ErrDropped }
	func() {
		defer func() { dropped = recover() }()
		jsonHandler(t, o, echoKinds).ServeHTTP(httptest.NewRecorder(), call("Kinds_1.Kinds", "{}"))
	}()
	if dropped == nil {
		t.Error("a connection that was to be closed is not")
	}
}
