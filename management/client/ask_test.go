package client_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/management/client"
)

// ask makes a decision about ann.
func ask(t *testing.T, c *client.Client, action string) string {
	t.Helper()
	r, err := c.Authorize(t.Context(), &management.Question{Principal: "root", Access: management.Access{Action: action}})
	if err != nil || !r.Allowed || r.RequestID == "" {
		t.Fatalf("%+v, %v", r, err)
	}
	return r.RequestID
}

func TestAuthorize(t *testing.T) {
	t.Parallel()
	clients(t, func(t *testing.T, c *client.Client) {
		ctx := t.Context()
		ask(t, c, "s3:GetObject")
		_, err := c.Authorize(ctx, &management.Question{
			Credentials: &management.Credentials{AccessKeyID: "test", SecretAccessKey: "wrong"},
			Access:      management.Access{Action: "s3:GetObject"},
		})
		var refused *management.Unauthenticated
		if !errors.As(err, &refused) || refused.Code != "SignatureDoesNotMatch" || refused.Message == "" {
			t.Errorf("%v", err)
		}
		_, err = c.Authorize(ctx, &management.Question{Access: management.Access{Action: "s3:GetObject"}})
		wantFault(t, err, http.StatusBadRequest, "give one of credentials, signedRequest and principal")
		if err := c.SetEnforcement(ctx, "off"); err != nil {
			t.Fatal(err)
		}
		r, err := c.Authorize(ctx, &management.Question{Principal: "root", Access: management.Access{Action: "s3:GetObject"}})
		if err != nil || !r.Allowed || r.Enforcement != "off" || r.RequestID != "" {
			t.Errorf("with enforcement off: %+v, %v", r, err)
		}
	})
}

// WhoCan answers page by page.
func TestWhoCan(t *testing.T) {
	t.Parallel()
	clients(t, func(t *testing.T, c *client.Client) {
		ctx := t.Context()
		q := &management.WhoCan{Access: management.Access{Action: "s3:GetObject"}, Limit: 1}
		answer, err := c.WhoCan(ctx, q)
		if err != nil || answer.Seen != 1 || len(answer.Allowed) != 1 || answer.Allowed[0].ARN != "arn:aws:iam::000000000000:root" {
			t.Errorf("%+v, %v", answer, err)
		}
		q.Limit = 10001
		_, err = c.WhoCan(ctx, q)
		wantFault(t, err, http.StatusBadRequest, "limit 10001 is not a number from 1 to 10000")
	})
}

func TestPrincipal(t *testing.T) {
	t.Parallel()
	clients(t, func(t *testing.T, c *client.Client) {
		for _, written := range []string{"root", "test", "000000000000", "arn:aws:iam::000000000000:root"} {
			who, err := c.Principal(t.Context(), written)
			if err != nil || *who != (management.Identity{Type: "root", ARN: "arn:aws:iam::000000000000:root", Account: "000000000000"}) {
				t.Errorf("%s: %+v, %v", written, who, err)
			}
		}
		_, err := c.Principal(t.Context(), "role/none")
		wantFault(t, err, http.StatusNotFound, `there is no principal "role/none"`)
	})
}

func TestDecisions(t *testing.T) {
	t.Parallel()
	clients(t, func(t *testing.T, c *client.Client) {
		ctx := t.Context()
		ask(t, c, "s3:GetObject")
		id := ask(t, c, "sqs:SendMessage")
		list, err := c.Decisions(ctx, &management.CallQuery{Action: "sqs:*", Decision: "allowed", Since: "5m", Limit: 10})
		if err != nil || len(list) != 1 || list[0].RequestID != id {
			t.Errorf("%+v, %v", list, err)
		}
		if one, err := c.Decision(ctx, id); err != nil || one.Operation != "SendMessage" || len(one.Checks) == 0 {
			t.Errorf("%+v, %v", one, err)
		}
		_, err = c.Decision(ctx, "none")
		wantFault(t, err, http.StatusNotFound, `no decision about the request "none" is kept`)
		_, err = c.Decisions(ctx, &management.CallQuery{Limit: 1001})
		wantFault(t, err, http.StatusBadRequest, `limit "1001" is not a number from 1 to 1000`)
		if list, err := c.Decisions(ctx, &management.CallQuery{Decision: "denied"}); err != nil || len(list) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// A stream immediately shows decisions that are made after it has begun.
func TestFollowDecisions(t *testing.T) {
	t.Parallel()
	clients(t, func(t *testing.T, c *client.Client) {
		ask(t, c, "sqs:SendMessage")
		stream, err := c.FollowDecisions(t.Context(), &management.CallQuery{Action: "s3:*"})
		if err != nil {
			t.Fatal(err)
		}
		ask(t, c, "sqs:SendMessage")
		for _, action := range []string{"s3:GetObject", "s3:PutObject"} {
			id := ask(t, c, action)
			if e, err := stream.Next(); err != nil || e.Item == nil || e.Item.RequestID != id || e.Lost != 0 {
				t.Fatalf("%+v, %v; want %s", e, err, id)
			}
		}
		if err := stream.Close(); err != nil {
			t.Error(err)
		}
		_, err = c.FollowDecisions(t.Context(), &management.CallQuery{Decision: "maybe"})
		wantFault(t, err, http.StatusBadRequest, `decision "maybe" is none of`)
	})
}
