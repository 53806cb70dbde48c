package conformance_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// nameDoor is a name that a call and a seed both take.
type nameDoor struct {
	call     func(w *world, name string) error
	seed     string // a member of an account, with %s for the name in JSON
	alphabet string // of random names
	names    []string
}

func tagged(key, value string) []types.Tag {
	return []types.Tag{{Key: &key, Value: &value}}
}

var nameDoors = map[string]nameDoor{
	"alias": {func(w *world, name string) error {
		return testkit.Refused(w.CreateAccountAlias(w.ctx, &iam.CreateAccountAliasInput{AccountAlias: &name}))
	}, `"alias":%s`, "ab0-!A.", []string{"a-b", "a-!b", "a--b", "a-b-c", "-ab", "ab-", "ab", "abc", strings.Repeat("a", 63),
		strings.Repeat("a", 64)}},
	"user": {func(w *world, name string) error {
		return testkit.Refused(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: &name}))
	}, `"users":[{"name":%s}]`, "aZ0_+=,.@-/ é", []string{strings.Repeat("a", 64), strings.Repeat("a", 65), "a\n"}},
	"group": {func(w *world, name string) error {
		return testkit.Refused(w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: &name}))
	}, `"groups":[{"name":%s}]`, "aZ0_+=,.@-/ é", []string{strings.Repeat("a", 128), strings.Repeat("a", 129)}},
	"path": {func(w *world, path string) error {
		return testkit.Refused(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: aws.String("u"), Path: &path}))
	}, `"users":[{"name":"u","path":%s}]`, "/a!~\x7f é",
		[]string{"/", "//", "/a/", "/a", "a/", "/a\n/", "/" + strings.Repeat("a", 510) + "/", "/" + strings.Repeat("a", 511) + "/"}},
	"tag key": {func(w *world, key string) error {
		return testkit.Refused(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: aws.String("u"), Tags: tagged(key, "v")}))
	}, `"users":[{"name":"u","tags":{%s:"v"}}]`, "aé_.:/=+-@ \t*\u2028", []string{strings.Repeat("é", 128), strings.Repeat("é", 129)}},
	"tag value": {func(w *world, value string) error {
		return testkit.Refused(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: aws.String("u"), Tags: tagged("k", value)}))
	}, `"users":[{"name":"u","tags":{"k":%s}}]`, "aé_.:/=+-@ \t*\u2028", []string{strings.Repeat("é", 256), strings.Repeat("é", 257)}},
}

// A seed takes the names that AWS's API takes, and no others.
func TestSeedsTakeTheNamesOfTheAPI(t *testing.T) {
	t.Parallel()
	for kind, door := range nameDoors {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			random := rand.New(rand.NewPCG(7, 7))
			alphabet := []rune(door.alphabet)
			for range 120 {
				name := make([]rune, 1+random.IntN(5))
				for i := range name {
					name[i] = alphabet[random.IntN(len(alphabet))]
				}
				door.names = append(door.names, string(name))
			}
			for _, name := range door.names {
				door.compare(w, name)
			}
		})
	}
}

func (d nameDoor) compare(w *world, name string) {
	w.t.Helper()
	w.srv.Reset()
	called := d.call(w, name)
	w.srv.Reset()
	quoted, err := json.Marshal(name)
	if err != nil {
		w.t.Fatal(err)
	}
	status, answer := askServer(w.t, w.srv, "POST seed", "application/json",
		`{"accounts":[{"id":"000000000000",`+fmt.Sprintf(d.seed, quoted)+`}]}`)
	if (called == nil) != (status == http.StatusOK) {
		w.t.Errorf("%q: the call answers %v, the seed %d %s", name, called, status, answer)
	}
}
