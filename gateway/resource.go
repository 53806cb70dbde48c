package gateway

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/gateway/services"
	"github.com/understudy-iam/understudy/principal"
)

const (
	maxAskWait = answerTimeout // an emulator may be slow at its first request
	maxAnswer  = 1 << 20       // bytes of an answer to a question
)

// policyOf returns the policy that counts for a resource, with the grants of a key; empty
// if it has none.
func (c *call) policyOf(ctx context.Context, resource string) (string, error) {
	holder := services.PolicyHolder(resource)
	if holder == "" {
		return "", nil
	}
	policy, err := c.ownPolicy(ctx, holder)
	if err == nil && policy != "" {
		policy, err = c.restricted(ctx, holder, policy)
	}
	if err != nil {
		return policy, err
	}
	grants, err := learn(ctx, c, inquiry[string]{
		about: holder, what: "grants",
		question: func() *services.Question { return services.AskGrants(holder) },
		read:     services.ReadGrants,
	})
	return services.WithGrants(holder, policy, grants), err
}

// ownPolicy returns the policy that a holder has at the upstream or, without one, the policy that
// was declared here.
func (c *call) ownPolicy(ctx context.Context, holder string) (string, error) {
	policy, err := learn(ctx, c, inquiry[string]{
		about: holder, what: "policy",
		question: func() *services.Question { return services.AskPolicy(holder) },
		read:     func(answer []byte) string { return services.ReadPolicy(holder, answer) },
	})
	if policy != "" || err != nil || c.g.options.DeclaredPolicy == nil {
		return policy, err
	}
	policy, _, err = c.g.options.DeclaredPolicy(ctx, holder)
	return policy, err
}

// bucketTags is the note on a decision about a bucket if a policy mentions tags.
const bucketTags = "The tags of a bucket do not count, as at AWS where attribute-based access control of the bucket is not enabled: " +
	"no condition on them holds that asks for a value."

// tagsOf returns the condition keys of the tags of a need's resource, and of the aliases of
// a key of KMS.
func (c *call) tagsOf(ctx context.Context, n *authz.Need) ([]authz.Key, error) {
	holder := services.TagHolder(n.Action, n.Resource)
	if holder == "" {
		if services.IsBucket(n.Resource) {
			n.Note = strings.TrimSpace(n.Note + " " + bucketTags)
		}
		return nil, nil
	}
	version := versionOf(n)
	q := inquiry[[]authz.Key]{
		about: holder, what: "tags",
		question: func() *services.Question { return services.AskTags(holder, version) },
		read:     func(answer []byte) []authz.Key { return services.ReadTags(holder, answer) },
	}
	if !services.KeepsTags(holder) {
		q.what, q.in = "tags of "+version, &c.facts
	}
	tags, err := learn(ctx, c, q)
	if err != nil {
		return tags, err
	}
	aliases, err := learn(ctx, c, inquiry[[]authz.Key]{
		about: holder, what: "aliases",
		question: func() *services.Question { return services.AskAliases(holder) },
		read:     services.ReadAliases,
	})
	return slices.Concat(tags, aliases), err
}

// versionOf returns the version of the object that a need is about; empty for the latest.
func versionOf(n *authz.Need) string {
	for _, key := range n.Keys {
		if key.Name == "s3:versionid" && len(key.Values) == 1 {
			return key.Values[0]
		}
	}
	return ""
}

// inquiry describes something that an upstream is asked for.
type inquiry[T any] struct {
	about    string                    // the ARN of the resource
	what     string                    // what is asked for, such as "policy"
	question func() *services.Question // nil: there is nothing to ask
	read     func(answer []byte) T     // also called if there is no answer
	in       *facts                    // where the answer is kept; nil: with the facts that later calls use too
}

// learn returns what is known about a resource, and the zero value if there is nothing to ask. The
// upstream is asked, and then not again for a while.
func learn[T any](ctx context.Context, c *call, q inquiry[T]) (T, error) {
	in := cmp.Or(q.in, &c.g.facts)
	a, _ := principal.ParseARN(q.about)
	name, now := q.what+" "+q.about, c.g.options.Now()
	known, turn, ok := in.get(a.Service, name, now)
	if ok {
		return known.(T), nil
	}
	var nothing T
	question := q.question()
	if question == nil {
		return nothing, nil
	}
	answer, err := c.ask(ctx, q.about, question)
	if err != nil {
		return nothing, err
	}
	found := q.read(answer)
	in.put(a.Service, name, turn, fact{found, now.Add(factsLast)})
	return found, nil
}

// guess is learn for facts without which a call can be decided too, though less well.
func guess[T any](c *call, q inquiry[T]) T {
	found, err := learn(c.ctx, c, q)
	if err != nil {
		c.g.options.Logger.Warn("an upstream did not answer a question, and a call is decided without the answer",
			"about", q.about, "asked_for", q.what, "request_id", c.caller.Request.ID, "error", err)
	}
	return found
}

// ask asks the upstream of the question's service about a resource, as the root user of
// the account that owns it. It returns nothing if there is none, if the upstream
// answers with an error, or if there is nothing to sign with. Its error is *unanswered.
func (c *call) ask(ctx context.Context, about string, q *services.Question) ([]byte, error) {
	u := c.g.routes.of(q.Service.Names()...)
	if u == nil || !q.Unsigned && !c.g.asks(u) {
		return nil, nil
	}
	q.Region = cmp.Or(q.Region, c.request.Region)
	if q.Account == "" && c.g.keepsApart() {
		q.Account = c.ownerOf(about)
	}
	q.Account = cmp.Or(q.Account, c.g.account(c.caller))
	status, answer, err := c.g.askAt(ctx, u, q)
	if status != http.StatusOK {
		return nil, err
	}
	return answer, err
}

// asks reports whether there are credentials to sign questions to the upstream with.
func (g *Gateway) asks(u *upstream) bool { return g.options.Signing.Mode != Keep || u.emulator != nil }

// askAt asks an upstream. Its error is *unanswered.
func (g *Gateway) askAt(ctx context.Context, u *upstream, q *services.Question) (status int, answer []byte, err error) {
	defer func() {
		if err != nil {
			err = &unanswered{u, err}
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, maxAskWait)
	defer cancel()
	t, err := u.target(false)
	if err != nil {
		return 0, nil, err
	}
	at := q.URL
	at.Scheme, at.Host = t.url.Scheme, t.url.Host
	out := (&http.Request{
		Method: q.Method, URL: &at, Host: at.Host, Header: q.Header, ContentLength: int64(len(q.Body)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	if out.Header == nil {
		out.Header = http.Header{}
	}
	out.Header.Set("User-Agent", asker)
	if len(q.Body) > 0 {
		out.Body = io.NopCloser(bytes.NewReader(q.Body))
	}
	if g.asks(u) {
		g.sign(out, sigv4.HashPayload(q.Body), t, signature{service: q.Service.SigningName, region: q.Region, account: q.Account})
	}
	res, err := t.transport.RoundTrip(out)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	return res.StatusCode, answer, err
}

// unanswered is the error of a question that an upstream did not answer. The call is not decided
// without the answer: a policy that was not seen may deny it.
type unanswered struct {
	upstream *upstream
	err      error
}

func (e *unanswered) Error() string {
	return "the upstream " + e.upstream.URL.String() + " " + troubleOf(e.err).happened + " (" + e.err.Error() + ")"
}

func (e *unanswered) Unwrap() error        { return e.err }
func (e *unanswered) Is(target error) bool { return target == ErrUpstream }

// asker is the User-Agent of this server's own questions.
const asker = "understudy"

// forgetChanged forgets what is known about the service's resources if the call may have changed
// one.
func (c *call) forgetChanged() {
	if c.known == nil || c.known.MayChange() {
		c.g.facts.forget(cmp.Or(c.caller.Request.Service, c.request.Service))
	}
}
