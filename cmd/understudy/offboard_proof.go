package main

import (
	"cmp"
	"context"
	"errors"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/offboard"
	"github.com/understudy-iam/understudy/principal"
)

// prober asks what the credentials of a plan may do, before and after its steps.
type prober struct {
	leaver   *leaver
	password bool
	asked    []askedCredential
	granted  map[string][]access // what policies of a user or role seem to allow, by its ARN
}

// askedCredential is a credential with the question that was answered "allowed".
type askedCredential struct {
	proof    offboard.Proof
	question *management.Question // nil: none was
	byARN    *management.Question // the same about the ARN of a session; nil for keys
}

// access is an action on a resource.
type access struct{ action, resource string }

// mostProbes is how many calls are tried to find one that is allowed.
const mostProbes = 60

// prober asks what each credential may do now.
func (l *leaver) prober(ctx context.Context, plan *offboard.Plan) *prober {
	p := &prober{leaver: l, password: plan.Holds.Password != nil, granted: map[string][]access{}}
	for _, k := range plan.Holds.Keys {
		p.add(ctx, offboard.Proof{Credential: k.ID, Of: "access key " + k.ID}, l.arn, l.arn, nil)
	}
	for i := range plan.Sessions {
		s := &plan.Sessions[i]
		owner := s.Role
		if owner == "" {
			owner = l.arn
		}
		keys := map[string]any{"aws:TokenIssueTime": s.Issued.UTC().Format(time.RFC3339)}
		if s.SourceIdentity != "" {
			keys["aws:SourceIdentity"] = s.SourceIdentity
		}
		p.add(ctx, offboard.Proof{Credential: s.AccessKeyID, Of: "session " + s.AccessKeyID + " of " + s.ARN}, s.ARN, owner, keys)
	}
	return p
}

// add finds a call that a credential is allowed to make. The server knows the credentials
// of calls that it has recorded. For others it is asked about their ARN, with their
// condition keys.
func (p *prober) add(ctx context.Context, proof offboard.Proof, arn, owner string, keys map[string]any) {
	calls := append(p.made(ctx, proof.Credential, arn), p.grantedTo(ctx, owner)...)
	proof.Before = "unknown"
	a := askedCredential{proof: proof}
	for _, who := range []string{proof.Credential, arn} {
		for _, call := range calls[:min(len(calls), mostProbes)] {
			q := &management.Question{Principal: who, Enforce: true}
			q.Action, q.Resource = call.action, call.resource
			if who == arn {
				q.Context = keys
			}
			answer := p.decide(ctx, q)
			if answer == "refused" { // an inactive key, or a session that the server cannot know by its ID
				if keys == nil {
					a.proof.Before = answer
				}
				break
			}
			if answer == "allowed" {
				a.proof.Action, a.proof.Resource, a.proof.Before, a.question = call.action, call.resource, answer, q
				if keys != nil {
					a.byARN = &management.Question{Principal: arn, Enforce: true, Access: q.Access}
					a.byARN.Context = keys
				}
				p.asked = append(p.asked, a)
				return
			}
		}
		if keys == nil { // a key is asked about only by its ID
			break
		}
	}
	p.asked = append(p.asked, a)
}

// made are the calls that were made with a credential and allowed. Calls of the ARN with
// other credentials come last.
func (p *prober) made(ctx context.Context, accessKeyID, arn string) []access {
	records, err := p.leaver.manager.Decisions(ctx, &management.CallQuery{Principal: arn, Decision: "allowed"})
	if err != nil {
		return nil // the policies show what is allowed too
	}
	var own, others []access
	for _, r := range records {
		for i := range r.Checks {
			a := access{r.Checks[i].Action, r.Checks[i].Resource}
			if r.Principal.AccessKeyID == accessKeyID {
				own = append(own, a)
			} else {
				others = append(others, a)
			}
		}
	}
	return distinct(append(own, others...))
}

// distinct are the accesses, each once, without those that nobody can be denied.
func distinct(list []access) (once []access) {
	for _, a := range list {
		if !slices.Contains(once, a) && !strings.HasPrefix(a.action, "sts:Get") && len(once) < mostProbes/2 {
			once = append(once, a)
		}
	}
	return once
}

// grantedTo are the accesses in the Allow statements of a user or role.
func (p *prober) grantedTo(ctx context.Context, arn string) []access {
	if list, ok := p.granted[arn]; ok {
		return list
	}
	parts, _ := principal.ParseARN(arn)
	documents := &principalDocuments{
		client: p.leaver.endpoint.rootOf(p.leaver.manager.url, parts.AccountID, p.leaver.health), principal: arn}
	_, _ = documents.find(ctx, "") // lists them
	ids := []string{}
	for id := range documents.fetch {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	list := []access{}
	for _, id := range ids {
		if text, err := documents.find(ctx, id); err == nil {
			list = append(list, allowedBy(text, p.leaver.name)...)
		}
	}
	p.granted[arn] = distinct(list)
	return p.granted[arn]
}

// perPattern is how many of the actions that match a pattern are tried.
const perPattern = 4

// allowedBy are the accesses in the Allow statements of a document. Wildcards are
// replaced by some characters, and a variable with the user's name by that name.
func allowedBy(text, user string) (list []access) {
	d, err := evaluator.Parse(text)
	if err != nil {
		return nil
	}
	for i := range d.Statements {
		s := &d.Statements[i]
		if s.Effect != evaluator.Allow {
			continue
		}
		resource := "*"
		if len(s.Resources) > 0 {
			resource = strings.ReplaceAll(s.Resources[0].Value, "${aws:username}", user)
		}
		if resource != "*" {
			resource = strings.NewReplacer("*", "x", "?", "x").Replace(resource)
		}
		for _, pattern := range s.Actions {
			actions := catalog.Matching(pattern.Value)
			slices.SortStableFunc(actions, func(a, b string) int { return cmp.Compare(readsFirst(a), readsFirst(b)) })
			for _, action := range actions[:min(len(actions), perPattern)] {
				list = append(list, access{action, resource})
			}
		}
	}
	return list
}

// readsFirst sorts first the actions that people know as harmless.
func readsFirst(action string) int {
	_, name, _ := strings.Cut(action, ":")
	for i, verb := range []string{"List", "Get", "Describe"} {
		if strings.HasPrefix(name, verb) {
			return i
		}
	}
	return math.MaxInt
}

// decide is the server's answer to a question; "refused" if nobody has such credentials,
// or they do not work.
func (p *prober) decide(ctx context.Context, q *management.Question) string {
	r, err := p.leaver.manager.Authorize(ctx, q)
	var fault *management.Fault
	switch {
	case errors.As(err, &fault) && fault.Status < http.StatusInternalServerError:
		return "refused"
	case err != nil:
		return "unknown"
	case r.Verdict == "allowed":
		return "allowed"
	}
	return "denied"
}

// after asks again. A server that no longer has the calls of a session refuses the
// question about its access key ID. Then it is asked about the ARN.
func (p *prober) after(ctx context.Context) []offboard.Proof {
	list := []offboard.Proof{}
	for _, a := range p.asked {
		a.proof.After = a.proof.Before
		if a.question != nil {
			a.proof.After = p.decide(ctx, a.question)
		}
		if a.byARN != nil && a.proof.After == "refused" {
			a.proof.After = p.decide(ctx, a.byARN)
		}
		list = append(list, a.proof)
	}
	if p.password {
		proof := offboard.Proof{Credential: "password", Of: "password", Before: "allowed", After: "allowed"}
		_, err := p.leaver.client.GetLoginProfile(ctx, &iam.GetLoginProfileInput{UserName: &p.leaver.name})
		if none := (*types.NoSuchEntityException)(nil); errors.As(err, &none) {
			proof.After = "gone"
		}
		list = append(list, proof)
	}
	return list
}
