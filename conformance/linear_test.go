package conformance_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// move is a call of a history: of one user, whose state is the value of its tag,
// or nothing while it does not exist.
type move struct{ kind, user, value string }

// answer is what a move answered. A call that broke off may have had its effect
// or not, or have it later.
type answer struct {
	value, code string
	broken      bool
}

// userModel is the model that histories are compared with. Its state is a user's tag;
// "" is not a user.
var userModel = porcupine.Model{
	Partition: byUser,
	Init:      func() any { return "" },
	Step: func(state, input, output any) (bool, any) {
		return advance(state.(string), input.(move), output.(answer))
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v: %+v", input, output) },
}

func byUser(history []porcupine.Operation) (parts [][]porcupine.Operation) {
	index := map[string]int{}
	for _, o := range history {
		user := o.Input.(move).user
		if _, ok := index[user]; !ok {
			index[user] = len(parts)
			parts = append(parts, nil)
		}
		parts[index[user]] = append(parts[index[user]], o)
	}
	return parts
}

// advance tells whether a move may have this answer, and what is then.
func advance(tag string, s move, r answer) (legal bool, next string) {
	exists := tag != ""
	want, next := "", tag
	switch {
	case s.kind == "create" && exists:
		want = "EntityAlreadyExists"
	case s.kind != "create" && !exists:
		want = "NoSuchEntity"
	case s.kind == "delete":
		next = ""
	case s.kind != "read":
		next = s.value
	}
	if r.broken {
		return true, next
	}
	return r.code == want && (s.kind != "read" || !exists || r.value == tag), next
}

// linearHistory collects the history of one server.
type linearHistory struct {
	begin time.Time
	mu    sync.Mutex
	list  []porcupine.Operation
}

// client makes random calls until there have been enough or one breaks off.
func (h *linearHistory) client(id int, c *iam.Client, count int) {
	random := rand.New(rand.NewPCG(uint64(id), rand.Uint64()))
	for n := range count {
		s := move{
			kind:  []string{"create", "delete", "tag", "tag", "read", "read", "read"}[random.IntN(7)],
			user:  fmt.Sprint("user", random.IntN(3)),
			value: fmt.Sprintf("%d-%d", id, n),
		}
		o := porcupine.Operation{ClientId: id, Input: s, Call: int64(time.Since(h.begin))}
		r := tryMove(c, s)
		if o.Output, o.Return = r, int64(time.Since(h.begin)); r.broken {
			o.Return = math.MaxInt64
		}
		h.mu.Lock()
		h.list = append(h.list, o)
		h.mu.Unlock()
		if r.broken {
			return
		}
	}
}

func tryMove(c *iam.Client, s move) (r answer) {
	ctx, once := context.Background(), func(o *iam.Options) { o.Retryer = aws.NopRetryer{} }
	tags := []types.Tag{{Key: aws.String("tag"), Value: &s.value}}
	var err error
	switch s.kind {
	case "create":
		_, err = c.CreateUser(ctx, &iam.CreateUserInput{UserName: &s.user, Tags: tags}, once)
	case "delete":
		_, err = c.DeleteUser(ctx, &iam.DeleteUserInput{UserName: &s.user}, once)
	case "tag":
		_, err = c.TagUser(ctx, &iam.TagUserInput{UserName: &s.user, Tags: tags}, once)
	case "read":
		var out *iam.GetUserOutput
		if out, err = c.GetUser(ctx, &iam.GetUserInput{UserName: &s.user}, once); err == nil {
			r.value = *out.User.Tags[0].Value
		}
	}
	var known smithy.APIError
	switch {
	case errors.As(err, &known):
		r.code = known.ErrorCode()
	case err != nil:
		r.broken = true
	}
	return r
}

// clients lets that many clients call at once.
func (h *linearHistory) clients(from, count, calls int, c *iam.Client) {
	var wait sync.WaitGroup
	for id := range count {
		wait.Go(func() { h.client(from+id, c, calls) })
	}
	wait.Wait()
}

func (h *linearHistory) check(t *testing.T) {
	t.Helper()
	if got := porcupine.CheckOperationsTimeout(userModel, h.list, time.Minute); got != porcupine.Ok {
		t.Errorf("the history of %d calls is %s, want %s: %+v", len(h.list), got, porcupine.Ok, h.list)
	}
}

// TestLinearizable: what clients that call at once see is what they would see if
// one call came after the other, each somewhere between its begin and its end.
func TestLinearizable(t *testing.T) {
	t.Parallel()
	const clients, calls = 6, 60
	for _, store := range []string{"memory", "disk"} {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			for round := range testkit.Rounds(t, 1, 2*time.Second) {
				t.Run(fmt.Sprint("round ", round), func(t *testing.T) {
					var options []iamtest.Option
					if store == "disk" {
						options = append(options, iamtest.WithDataDir(t.TempDir()))
					}
					h := &linearHistory{begin: time.Now()}
					h.clients(0, clients, calls, iamtest.Start(t, options...).IAM())
					h.check(t)
				})
			}
		})
	}
}

// TestIllegalHistories has histories that no server with the rules of one may
// have.
func TestIllegalHistories(t *testing.T) {
	t.Parallel()
	at := func(call, end int64, kind, value string, r answer) porcupine.Operation {
		return porcupine.Operation{Input: move{kind, "u", value}, Call: call, Return: end, Output: r}
	}
	created := at(0, 1, "create", "a", answer{})
	for name, list := range map[string][]porcupine.Operation{
		"a write that is not seen": {created, at(2, 3, "read", "", answer{code: "NoSuchEntity"})},
		"a write that is undone":   {created, at(2, 3, "tag", "b", answer{}), at(4, 5, "read", "", answer{value: "a"})},
		"two who both create":      {created, at(0, 1, "create", "b", answer{})},
		"a broken call seen and gone": {
			created, at(2, math.MaxInt64, "tag", "b", answer{broken: true}),
			at(3, 4, "read", "", answer{value: "b"}), at(5, 6, "read", "", answer{value: "a"}),
		},
	} {
		if porcupine.CheckOperations(userModel, list) {
			t.Errorf("%s: the history is legal", name)
		}
	}
	if !porcupine.CheckOperations(userModel, []porcupine.Operation{
		created, at(2, math.MaxInt64, "tag", "b", answer{broken: true}), at(5, 6, "read", "", answer{value: "a"}),
	}) {
		t.Error("a broken call that had no effect is not legal")
	}
}
