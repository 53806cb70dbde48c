package main

import (
	"context"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/principal"
)

// AWS's simulator names each condition key that a policy asks for and the request lacks,
// whatever the statement is about. Here only the keys of statements that could match the
// request are named.

// policies are the policies of the simulation; false if one cannot be read. They are read
// and compiled once.
func (d *documents) policies(ctx context.Context) (list []*evaluator.Policy, ok bool) {
	if d.compiled == nil {
		list, err := d.compile(ctx)
		d.compiled = &compiled{list, err == nil}
	}
	return d.compiled.policies, d.compiled.ok
}

// compiled are the policies of a simulation; ok is false if one cannot be read.
type compiled struct {
	policies []*evaluator.Policy
	ok       bool
}

func (d *documents) compile(ctx context.Context) (list []*evaluator.Policy, err error) {
	add := func(text string, kind evaluator.Kind) error {
		p, err := evaluator.Compile(text, kind, evaluator.Origin{})
		list = append(list, p)
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(d.files)) {
		kind := evaluator.Identity
		if id == resourceInput {
			kind = evaluator.Resource
		}
		if err := add(d.files[id].text, kind); err != nil {
			return nil, err
		}
	}
	if d.remote == nil {
		return list, nil
	}
	texts, err := d.remote.all(ctx)
	if err != nil {
		return nil, err
	}
	for _, text := range texts {
		if err := add(text, evaluator.Identity); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// all are the policies of the principal.
func (p *principalDocuments) all(ctx context.Context) (texts []string, err error) {
	_, _ = p.find(ctx, "") // lists what the principal has
	if p.err != nil {
		return nil, p.err
	}
	for _, id := range slices.Sorted(maps.Keys(p.fetch)) {
		text, err := p.find(ctx, id)
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, nil
}

// keepNeeded removes from the keys that the request lacks those that only statements
// about other requests ask for. If the policies cannot be read, all keys stay.
func (r *simulatedRequest) keepNeeded(ctx context.Context, sources *documents) {
	if len(r.Missing) == 0 {
		return
	}
	list, ok := sources.policies(ctx)
	if !ok {
		return
	}
	var needed []string
	request := sources.request(r)
	for _, p := range list {
		needed = append(needed, needs(p, request)...)
	}
	r.Missing = slices.DeleteFunc(r.Missing, func(key string) bool {
		return !slices.ContainsFunc(needed, func(n string) bool { return strings.EqualFold(n, key) })
	})
}

// request converts the request for the evaluator.
func (d *documents) request(r *simulatedRequest) *evaluator.Request {
	q := &evaluator.Request{Action: r.Action, Resource: r.Resource, Context: &evaluator.Context{}}
	for _, e := range d.context {
		if len(e.ContextKeyValues) == 1 {
			q.Context.Set(*e.ContextKeyName, e.ContextKeyValues[0])
		} else {
			q.Context.SetMulti(*e.ContextKeyName, e.ContextKeyValues...)
		}
	}
	q.Principal = evaluator.Principal{Kind: evaluator.User, ARN: d.caller, EntityARN: d.caller}
	if strings.Contains(d.caller, ":role/") {
		q.Principal.Kind = evaluator.RoleSession
	}
	arn, _ := principal.ParseARN(d.caller)
	q.Principal.Account = arn.AccountID
	return q
}

// covering are the patterns of a statement that cover the request.
func covering(statement string, r *evaluator.Request) (list []string) {
	p, err := evaluator.Compile(`{"Version":"`+evaluator.Version2012+`","Statement":[`+statement+`]}`, evaluator.Identity,
		evaluator.Origin{})
	if err != nil {
		return nil
	}
	for _, e := range p.Trace(r, &evaluator.Policies{}, 0) {
		for _, v := range e.Values {
			if v.Matches && e.Condition == nil {
				list = append(list, v.Text)
			}
		}
	}
	return list
}

// needs are the condition keys of the statements that could match the request if it had
// other condition keys.
func needs(p *evaluator.Policy, r *evaluator.Request) (keys []string) {
	for i := range p.Document().Statements {
		var asked []string
		could := true
		for _, e := range p.Trace(r, &evaluator.Policies{}, i) {
			var unset []string
			for _, v := range e.Values {
				unset = append(unset, v.Unset...)
			}
			switch {
			case e.Condition != nil:
				asked = append(append(asked, e.Condition.Key), unset...)
			case !e.Applies && (len(unset) == 0 || !wouldCover(&e, r)):
				could = false
			default:
				asked = append(asked, unset...)
			}
		}
		if could {
			keys = append(keys, asked...)
		}
	}
	return keys
}

// variable matches a policy variable.
var variable = regexp.MustCompile(`\$\{[^}]*\}`)

// wouldCover reports whether the resources of a statement would include the request's
// resource if variables without a value had one.
func wouldCover(e *evaluator.Element, r *evaluator.Request) bool {
	var patterns []string
	for _, v := range e.Values {
		if len(v.Unset) > 0 {
			patterns = append(patterns, variable.ReplaceAllString(v.Resolved, "*"))
		}
	}
	list, err := json.Marshal(patterns)
	if err != nil {
		return false
	}
	p, err := evaluator.Compile(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":`+string(list)+`}}`,
		evaluator.Identity, evaluator.Origin{})
	if err != nil {
		return false
	}
	return !slices.ContainsFunc(p.Trace(r, &evaluator.Policies{}, 0), func(e evaluator.Element) bool { return !e.Applies })
}
