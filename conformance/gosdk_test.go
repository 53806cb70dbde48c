//go:build conformance

package conformance_test

import (
	"cmp"
	"context"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/pquerna/otp/hotp"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/principal"
)

// goSDK runs a scenario with the clients of the SDK for Go, by reflection: an
// operation is a method of that name.
type goSDK struct {
	*scenario
	ctx     context.Context
	clients map[string]any            // by service and caller
	done    map[string]map[string]int // by kind of step
}

// TestGoSDK runs the scenario with the SDK for Go.
func TestGoSDK(t *testing.T) {
	t.Parallel()
	g := &goSDK{newScenario(t, principal.AWS, "users", "roles", "account", "new", "end"), t.Context(), map[string]any{},
		map[string]map[string]int{"call": {}, "pages": {}, "wait": {}}}
	r := &report{Client: "AWS SDK for Go " + aws.SDKVersion, Notes: "by reflection", Waiters: slices.Sorted(maps.Keys(goWaiters))}
	for _, s := range g.Steps {
		if err := g.step(s); err != nil {
			r.Failures = append(r.Failures, s.At+": "+err.Error())
		}
	}
	for _, client := range []any{&iam.Client{}, &sts.Client{}} {
		for i, of := 0, reflect.TypeOf(client); i < of.NumMethod(); i++ {
			if m := of.Method(i); m.Type.NumIn() == 4 {
				r.Operations = append(r.Operations, m.Name)
			}
		}
	}
	for _, p := range goPaginators {
		r.Paginators = append(r.Paginators, pageOperation(p))
	}
	r.Done.Call, r.Done.Pages, r.Done.Wait = g.done["call"], g.done["pages"], g.done["wait"]
	r.check(t)
	r.unknown(t, nil)
}

// step takes a step and compares what comes of it.
func (g *goSDK) step(s step) error {
	text, err := json.Marshal(s.Input)
	if err != nil {
		return err
	}
	input := g.fill(string(text), true)
	var out any
	switch s.Kind {
	case "manage":
		out, err = g.manage(s, input)
	case "wait":
		err = goWaiters[s.Operation](g.ctx, g.client(s).(*iam.Client), input)
	case "pages":
		err = g.pages(s, input)
	default:
		out, err = invoke(g.ctx, g.client(s), s.Operation, input)
	}
	if s.Kind != "manage" {
		g.done[s.Kind][s.Operation]++
	}
	if err != nil || s.Code != "" {
		return refusal(s, err)
	}
	return g.keep(s, out)
}

// refusal is nil if the error is the one that the step wants.
func refusal(s step, err error) error {
	var api smithy.APIError
	switch {
	case err == nil:
		return fmt.Errorf("got an answer; want %s", s.Code)
	case s.Kind == "wait" && s.Code != "" && strings.Contains(err.Error(), "exceeded max wait time"):
		return nil
	case errors.As(err, &api) && api.ErrorCode() == s.Code && strings.HasSuffix(api.ErrorMessage(), s.Message):
		return nil
	}
	return fmt.Errorf("got %w; want %s %s", err, cmp.Or(s.Code, "an answer"), s.Message)
}

// keep saves and compares members of an answer.
func (g *goSDK) keep(s step, out any) error {
	text, err := json.Marshal(out)
	if err != nil {
		return err
	}
	var answer any
	if err := json.Unmarshal(text, &answer); err != nil {
		return err
	}
	for name, path := range s.Save {
		if g.Variables[name] = member(answer, path); g.Variables[name] == nil {
			return fmt.Errorf("no %s in %s", path, text)
		}
	}
	for path, want := range s.Check {
		if got := member(answer, path); !reflect.DeepEqual(got, want) {
			return fmt.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	return nil
}

// member is what is at a path such as Users.0.Arn; -1 is the last of a list.
func member(value any, path string) any {
	for _, part := range strings.Split(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[part]
		case []any:
			i, err := strconv.Atoi(part)
			if i < 0 {
				i += len(v)
			}
			if err != nil || i < 0 || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

var variable = regexp.MustCompile(`\$\{([^} ]+)(?: ([^}]+))?\}`)

// fill puts variables into a string, which may be JSON.
func (g *goSDK) fill(text string, inJSON bool) string {
	return variable.ReplaceAllStringFunc(text, func(found string) string {
		m := variable.FindStringSubmatch(found)
		value := fmt.Sprint(g.Variables[m[1]])
		if m[2] != "" {
			return code(value, m[2])
		}
		if inJSON {
			quoted := must1(json.Marshal(value))
			return string(quoted[1 : len(quoted)-1])
		}
		return value
	})
}

// code is the one-time code of a hardware token, so many steps from now.
func code(serial, steps string) string {
	now := time.Now().Unix()/30 + int64(must1(strconv.Atoi(steps)))
	return must1(hotp.GenerateCode(base32.StdEncoding.EncodeToString([]byte(serial)), uint64(now)))
}

// client is the client of the step's service and caller.
func (g *goSDK) client(s step) any {
	key := must1(json.Marshal(g.Variables[s.As]))
	if c := g.clients[s.Service+string(key)]; c != nil {
		return c
	}
	var who aws.Credentials
	if err := json.Unmarshal(key, &who); err != nil {
		panic(err)
	}
	config := aws.Config{ // which retries: the SDK may close a connection that answers too fast, amid a long answer
		Region: "us-east-1", BaseEndpoint: &g.URL,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return who, nil }),
	}
	var c any = iam.NewFromConfig(config)
	if s.Service == "sts" {
		c = sts.NewFromConfig(config)
	}
	g.clients[s.Service+string(key)] = c
	return c
}

// invoke calls the client's method with an input that is JSON.
func invoke(ctx context.Context, client any, operation, input string) (any, error) {
	method := reflect.ValueOf(client).MethodByName(operation)
	if !method.IsValid() {
		return nil, fmt.Errorf("the client has no %s", operation)
	}
	in := reflect.New(method.Type().In(1).Elem())
	if err := json.Unmarshal([]byte(input), in.Interface()); err != nil {
		return nil, err
	}
	out := method.Call([]reflect.Value{reflect.ValueOf(ctx), in})
	err, _ := out[1].Interface().(error)
	return out[0].Interface(), err
}

// pages goes through the pages of an operation, one item on each, and compares
// them with what comes at once.
func (g *goSDK) pages(s step, input string) error {
	i := slices.IndexFunc(goPaginators, func(p any) bool { return pageOperation(p) == s.Operation })
	if i < 0 {
		return fmt.Errorf("no paginator of %s in goPaginators", s.Operation)
	}
	client, constructor := g.client(s), reflect.ValueOf(goPaginators[i])
	in := reflect.New(constructor.Type().In(1).Elem())
	if err := json.Unmarshal([]byte(input), in.Interface()); err != nil {
		return err
	}
	in.Elem().FieldByName("MaxItems").Set(reflect.ValueOf(aws.Int32(1)))
	paginator := constructor.Call([]reflect.Value{reflect.ValueOf(client), in})[0]
	count, paged := 0, []string{}
	for ; paginator.MethodByName("HasMorePages").Call(nil)[0].Bool(); count++ {
		out := paginator.MethodByName("NextPage").Call([]reflect.Value{reflect.ValueOf(g.ctx)})
		if err, _ := out[1].Interface().(error); err != nil {
			return err
		}
		paged = append(paged, elements(out[0].Elem())...)
	}
	out, err := invoke(g.ctx, client, s.Operation, input)
	if err != nil {
		return err
	}
	whole := elements(reflect.ValueOf(out).Elem())
	slices.Sort(paged)
	slices.Sort(whole)
	if len(paged) != s.Count || count < min(2, s.Count) || !slices.Equal(paged, whole) || len(slices.Compact(paged)) != s.Count {
		return fmt.Errorf("%d items on %d pages, %d at once; want %d, each once", len(paged), count, len(whole), s.Count)
	}
	return nil
}

// elements are the elements of all lists of an output.
func elements(out reflect.Value) (all []string) {
	for i := range out.NumField() {
		if list := out.Field(i); list.Kind() == reflect.Slice {
			for j := range list.Len() {
				all = append(all, string(must1(json.Marshal(list.Index(j).Interface()))))
			}
		}
	}
	return all
}

// pageOperation is the operation of a paginator's constructor.
func pageOperation(constructor any) string {
	return strings.TrimSuffix(path.Ext(reflect.TypeOf(constructor).In(1).String()), "Input")[1:]
}

// manage sends a management request.
func (g *goSDK) manage(s step, input string) (any, error) {
	r, err := http.NewRequestWithContext(g.ctx, s.Operation, g.URL+"/_understudy/"+g.fill(s.Path, false), strings.NewReader(input))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := testkit.HTTP.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	var out any
	err = json.NewDecoder(answer.Body).Decode(&out)
	return out, err
}
