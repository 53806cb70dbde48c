package conformance_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"syscall"
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

// linearHistory collects the history of one server, or of several on one database.
type linearHistory struct {
	begin time.Time
	names string // how the names of its users and policies begin
	made  atomic.Int64

	mu   sync.Mutex
	list []porcupine.Operation
}

// client makes random calls until there have been enough or one breaks off.
func (h *linearHistory) client(id int, c *iam.Client, count int) {
	random := rand.New(rand.NewPCG(uint64(id), rand.Uint64()))
	for n := range count {
		if h.move(random, id, n, c) {
			return
		}
	}
}

// move makes a random call and notes it, unless the server is not there, and reports whether it
// broke off.
func (h *linearHistory) move(random *rand.Rand, id, n int, c *iam.Client) (broken bool) {
	m := move{moves[random.IntN(len(moves))], fmt.Sprint(h.names, random.IntN(3)), fmt.Sprintf("%d-%d", id, n)}
	o := porcupine.Operation{ClientId: id, Input: m, Call: int64(time.Since(h.begin))}
	r, sent := tryMove(c, m)
	if !sent {
		return false
	}
	if o.Output, o.Return = r, int64(time.Since(h.begin)); r.broken {
		o.Return = math.MaxInt64
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.list = append(h.list, o)
	h.made.Add(1)
	return r.broken
}

// tryMove makes a call. One that was not sent has certainly had no effect.
func tryMove(c *iam.Client, m move) (r answer, sent bool) {
	ctx, once := context.Background(), func(o *iam.Options) { o.Retryer = aws.NopRetryer{} }
	tags := []types.Tag{{Key: aws.String("tag"), Value: &m.value}}
	arn := aws.String("arn:aws:iam::000000000000:policy/" + m.name)
	var err error
	switch m.kind {
	case "create":
		_, err = c.CreateUser(ctx, &iam.CreateUserInput{UserName: &m.name, Tags: tags}, once)
	case "delete":
		_, err = c.DeleteUser(ctx, &iam.DeleteUserInput{UserName: &m.name}, once)
	case "tag":
		_, err = c.TagUser(ctx, &iam.TagUserInput{UserName: &m.name, Tags: tags}, once)
	case "read":
		var out *iam.GetUserOutput
		if out, err = c.GetUser(ctx, &iam.GetUserInput{UserName: &m.name}, once); err == nil {
			r.value = *out.User.Tags[0].Value
		}
	case "create policy":
		_, err = c.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: &m.name, PolicyDocument: &anyPolicy}, once)
	case "delete policy":
		_, err = c.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: arn}, once)
	case "attach":
		_, err = c.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: &m.name, PolicyArn: arn}, once)
	case "detach":
		_, err = c.DetachUserPolicy(ctx, &iam.DetachUserPolicyInput{UserName: &m.name, PolicyArn: arn}, once)
	case "list":
		var out *iam.ListAttachedUserPoliciesOutput
		if out, err = c.ListAttachedUserPolicies(ctx, &iam.ListAttachedUserPoliciesInput{UserName: &m.name}, once); err == nil {
			r.value = fmt.Sprint(len(out.AttachedPolicies) == 1)
		}
	}
	var known smithy.APIError
	switch {
	case errors.As(err, &known) && known.ErrorFault() != smithy.FaultServer:
		r.code = known.ErrorCode()
	case err != nil:
		r.broken = true
	}
	return r, !errors.Is(err, syscall.ECONNREFUSED)
}

var anyPolicy = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}`

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
	if got := porcupine.CheckOperationsTimeout(pairModel, h.list, time.Minute); got != porcupine.Ok {
		t.Errorf("the history of %d calls is %s, want %s: %+v", len(h.list), got, porcupine.Ok, h.list)
	}
}

// TestLinearizable: what clients that call at once see is what they would see if
// one call came after the other, each somewhere between its begin and its end.
func TestLinearizable(t *testing.T) {
	t.Parallel()
	const clients, calls = 16, 40
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
					if int(h.made.Load()) != clients*calls {
						t.Errorf("%d calls of %d were made: one broke off", h.made.Load(), clients*calls)
					}
				})
			}
		})
	}
}
