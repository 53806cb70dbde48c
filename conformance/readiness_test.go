package conformance_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/server"
)

// orders order something and return how to ask whether it is ready.
var orders = map[string]func(*world) func() bool{
	"a credential report": func(w *world) func() bool {
		testkit.Must(w.GenerateCredentialReport(w.ctx, nil))(w.t)
		return func() bool {
			_, err := w.GetCredentialReport(w.ctx, nil)
			if err != nil && !strings.HasPrefix(testkit.Answer(err), "ReportInProgress") {
				w.t.Fatal(err)
			}
			return err == nil
		}
	},
	"a credential report that is ordered again": func(w *world) func() bool {
		order := func() types.ReportStateType { return testkit.Must(w.GenerateCredentialReport(w.ctx, nil))(w.t).State }
		order()
		return func() bool { return order() == types.ReportStateTypeComplete }
	},
	"a report on access": func(w *world) func() bool {
		id := testkit.Must(w.GenerateServiceLastAccessedDetails(w.ctx,
			&iam.GenerateServiceLastAccessedDetailsInput{Arn: aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess")}))(w.t).JobId
		return func() bool {
			return testkit.Must(w.GetServiceLastAccessedDetails(w.ctx,
				&iam.GetServiceLastAccessedDetailsInput{JobId: id}))(w.t).JobStatus == types.JobStatusTypeCompleted
		}
	},
	"the deletion of a service-linked role": func(w *world) func() bool {
		testkit.Must(w.CreateServiceLinkedRole(w.ctx, &iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String(batch)}))(w.t)
		id := testkit.Must(w.DeleteServiceLinkedRole(w.ctx,
			&iam.DeleteServiceLinkedRoleInput{RoleName: aws.String(batchRole)}))(w.t).DeletionTaskId
		return func() bool {
			return testkit.Must(w.GetServiceLinkedRoleDeletionStatus(w.ctx,
				&iam.GetServiceLinkedRoleDeletionStatusInput{DeletionTaskId: id}))(w.t).Status == types.DeletionTaskStatusTypeSucceeded
		}
	},
}

// What is ordered is ready after a second, or at the second question after the order.
func TestOrdersAreReady(t *testing.T) {
	t.Parallel()
	for name, order := range orders {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, c := range []struct {
				passes time.Duration
				want   bool // at the first question
			}{{0, false}, {999 * time.Millisecond, false}, {time.Second, true}} {
				var now atomic.Pointer[time.Time]
				now.Store(aws.Time(time.Now()))
				srv := iamtest.Start(t, iamtest.WithServer(func(o *server.Options) { o.Now = func() time.Time { return *now.Load() } }))
				w := &world{Client: srv.IAM(), t: t, srv: srv, ctx: t.Context()}
				ready := order(w)
				now.Store(aws.Time(now.Load().Add(c.passes)))
				if first := ready(); first != c.want {
					t.Errorf("after %v: ready %t, want %t", c.passes, first, c.want)
				}
				for _, question := range []string{"second", "third"} {
					if !ready() {
						t.Errorf("after %v: not ready at the %s question", c.passes, question)
					}
				}
			}
		})
	}
}
