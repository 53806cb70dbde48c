package server

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/understudy-iam/understudy/accessanalyzer"
	"github.com/understudy-iam/understudy/cloudtrail"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/principal"
	"github.com/understudy-iam/understudy/sts"
)

// shapes are the inputs and the outputs of all operations.
var shapes = sync.OnceValue(func() (list []reflect.Type) {
	for _, o := range operations(&iam.Service{}, &sts.Service{}, &cloudtrail.Service{}, &accessanalyzer.Service{}) {
		list = append(list, o.Input(), o.Output())
	}
	return list
})

// secretWords are in the names of members that hold secrets.
var secretWords = []string{"Password", "Secret", "PrivateKey", "Token", "Assertion", "Code", "Seed", "QRCode", "codedMessage"}

// mayHoldASecret reports whether a string member of the name holds a secret.
func mayHoldASecret(name string) bool {
	if name == "SubjectFromWebIdentityToken" || name == "RemovePrivateKey" {
		return false
	}
	for _, w := range secretWords {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}

// filler fills values with random strings, and secrets with one that can be found again.
type filler struct {
	random *rand.Rand
	text   string
}

// planted is what secrets are filled with; bytes are base64 in JSON.
const (
	planted       = "PLANTEDSECRET"
	plantedBase64 = "UExBTlRFRFNFQ1JF"
)

func (f *filler) fill(name string, v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Pointer:
		if depth < 6 && f.random.IntN(8) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			f.fill(name, v.Elem(), depth+1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() && field.Name != "ResultMetadata" {
				f.fill(field.Name, v.Field(i), depth)
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte(planted))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), f.random.IntN(3), 3))
		for i := range v.Len() {
			f.fill("", v.Index(i), depth+1)
		}
	case reflect.Map:
		if v.Type().Elem().Kind() == reflect.String {
			v.Set(reflect.MakeMap(v.Type()))
			v.SetMapIndex(reflect.ValueOf(f.text).Convert(v.Type().Key()), reflect.ValueOf(f.text).Convert(v.Type().Elem()))
		}
	case reflect.String:
		v.SetString(f.text)
		if v.Type() == reflect.TypeFor[string]() && mayHoldASecret(name) {
			v.SetString(planted)
		}
	case reflect.Bool:
		v.SetBool(f.random.IntN(2) == 0)
	case reflect.Int32, reflect.Int64:
		v.SetInt(f.random.Int64N(1 << 31))
	}
}

// Whatever a call says and is answered, its record is JSON and has none of its secrets.
func FuzzRecord(f *testing.F) {
	for i := 0; i < len(shapes()); i += 7 {
		f.Add(i, uint64(i), "bob", "iam")
	}
	f.Add(3, uint64(1), "a\x00\xff\"<&\u2028", "sts")
	f.Add(5, uint64(2), strings.Repeat("{", 100), "s3")
	f.Fuzz(func(t *testing.T, shape int, seed uint64, text, service string) {
		if strings.Contains(text, planted) || strings.Contains(service, planted) || shape < 0 {
			t.Skip()
		}
		checkRecord(t, shapes()[shape%len(shapes())], service, &filler{rand.New(rand.NewPCG(seed, 1)), text})
	})
}

func TestNoRecordHasASecret(t *testing.T) {
	t.Parallel()
	for _, shape := range shapes() {
		for seed := range uint64(20) {
			checkRecord(t, shape, "iam", &filler{rand.New(rand.NewPCG(seed, 1)), "bob"})
		}
	}
}

// checkRecord checks the record of a call that said and was answered what the filler makes
// of the shape.
func checkRecord(t *testing.T, shape reflect.Type, service string, f *filler) {
	t.Helper()
	filled := func() any {
		v := reflect.New(shape)
		f.fill("", v.Elem(), 0)
		return v.Interface()
	}
	e := &events.Event{
		Caller: &principal.Caller{
			Principal: principal.AWS.In("111122223333").User("AIDA1", "/", "ana"),
			Request:   principal.Request{ID: "r", Service: service, Operation: strings.TrimSuffix(shape.Name(), "Input")},
		},
		Input: filled(), Output: filled(), Status: 200,
	}
	for _, r := range e.Records() {
		raw, err := json.Marshal(r)
		if err != nil || !json.Valid(r.RequestParameters) || !json.Valid(r.ResponseElements) {
			t.Fatalf("%v: %s, %s", err, r.RequestParameters, r.ResponseElements)
		}
		if strings.Contains(string(raw), planted) || strings.Contains(string(raw), plantedBase64) {
			t.Errorf("a secret of %s is in %s", shape, raw)
		}
	}
}

// The names of IAM's operations say the same as AWS's access levels: which ones read.
func TestReadOnlyIsAWSsAccessLevel(t *testing.T) {
	t.Parallel()
	for _, o := range operations(&iam.Service{}, &sts.Service{}, &cloudtrail.Service{}, &accessanalyzer.Service{}) {
		action, ok := catalog.FindAction(o.Service + ":" + o.Name)
		if o.Service != "iam" || !ok {
			continue
		}
		want := action.Access == catalog.Read || action.Access == catalog.List
		if got := !events.ShowsOutput(o.Service, o.Name); got != want {
			t.Errorf("%s reads: %v; its access level is %s", o.Name, got, action.Access)
		}
	}
}
