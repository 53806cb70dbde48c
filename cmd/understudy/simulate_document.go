package main

import (
	"context"
	"fmt"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/principal"
)

// documents has the policies of a simulation by their names in answers.
type documents struct {
	partition principal.Partition // of AWS's policies that are named
	files     map[string]policyFile
	remote    *principalDocuments // nil without a principal
	compiled  *compiled           // nil until the policies are asked for
	boundary  string              // from the flag; empty: the principal's boundary
	caller    string              // the ARN of the caller, if that is known
	context   []types.ContextEntry
	strict    bool // the simulation has no quirks
}

// resourceInput is the name of the resource's policy in answers.
const resourceInput = "ResourcePolicy"

// policyFile is a policy from a file, or one of AWS's by name. title is its name for
// people.
type policyFile struct{ path, text, title string }

// read reads the files of an input list and returns their contents, which are policies of
// the kind.
func (d *documents) read(list string, kind evaluator.Kind, paths ...string) ([]string, error) {
	texts := []string{}
	for i, path := range paths {
		text, err := readPolicy(d.partition, path, kind)
		if err != nil {
			return nil, err
		}
		id := list
		if list != resourceInput {
			id = fmt.Sprintf("%s.%d", list, i+1)
		}
		if d.files == nil {
			d.files = map[string]policyFile{}
		}
		d.files[id] = policyFile{path, text, path}
		texts = append(texts, text)
	}
	return texts, nil
}

// find returns the text of a policy and, if it was read from a file, the file's name.
func (d *documents) find(ctx context.Context, id string) (policyFile, error) {
	if f, ok := d.files[id]; ok {
		return f, nil
	}
	if d.remote == nil {
		return policyFile{}, fmt.Errorf("there is no policy %s", id)
	}
	text, err := d.remote.find(ctx, id)
	return policyFile{text: text, title: d.remote.titles[id]}, err
}

// boundaryName is the name of the permissions boundary; empty if it cannot be found out.
func (d *documents) boundaryName(ctx context.Context) string {
	if d.boundary != "" || d.remote == nil {
		return d.boundary
	}
	_, _ = d.remote.find(ctx, "") // lists what the principal has
	return d.remote.boundary
}

// principalDocuments fetches the policies of a principal from the server. It
// lists them once, when the first is asked for, and fetches each once.
type principalDocuments struct {
	client    *iam.Client
	principal string
	boundary  string            // the ARN, if there is one
	titles    map[string]string // the names of the policies for people
	fetch     map[string]func(context.Context) (string, error)
	fetched   map[string]fetchedDocument
	err       error
}

// fetchedDocument is a policy's text, or the reason why there is none.
type fetchedDocument struct {
	text string
	err  error
}

func (p *principalDocuments) find(ctx context.Context, id string) (string, error) {
	if p.fetch == nil {
		p.fetch, p.fetched, p.titles = map[string]func(context.Context) (string, error){}, map[string]fetchedDocument{}, map[string]string{}
		p.err = p.list(ctx)
	}
	d, ok := p.fetched[id]
	if !ok {
		d.text, d.err = p.get(ctx, id)
		p.fetched[id] = d
	}
	return d.text, d.err
}

func (p *principalDocuments) get(ctx context.Context, id string) (string, error) {
	fetch, ok := p.fetch[id]
	switch {
	case ok:
		return fetch(ctx)
	case p.err != nil:
		return "", p.err
	}
	return "", fmt.Errorf("the principal has no policy %s", id)
}

// list finds the policies of the principal, by their names in answers: the kind, owner
// and name of an inline policy, and only the name of a managed policy.
func (p *principalDocuments) list(ctx context.Context) error {
	arn, _ := principal.ParseARN(p.principal)
	switch kind, _, name := arn.Entity(); kind {
	case "user":
		return p.listUser(ctx, name)
	case "group":
		return p.listGroup(ctx, name)
	default:
		return p.listRole(ctx, name)
	}
}

// inlineAll remembers how to fetch the inline policies of a user, group or role.
func (p *principalDocuments) inlineAll(kind, owner string, names []string, get func(ctx context.Context, name string) (*string, error)) {
	for _, name := range names {
		p.inline(kind, owner, name, func(ctx context.Context) (*string, error) { return get(ctx, name) })
	}
}

// inline remembers how to fetch an inline policy.
func (p *principalDocuments) inline(kind, owner, name string, get func(context.Context) (*string, error)) {
	id := authz.InlineID(kind, owner, name)
	p.titles[id] = "inline policy " + name + " of " + kind + " " + owner
	p.fetch[id] = func(ctx context.Context) (string, error) {
		encoded, err := get(ctx)
		if err != nil {
			return "", spoken(err)
		}
		return url.PathUnescape(*encoded)
	}
}

// managedAll remembers how to fetch the managed policies of a user, group or role.
func (p *principalDocuments) managedAll(attached []types.AttachedPolicy) {
	for _, policy := range attached {
		p.managed(aws.ToString(policy.PolicyArn))
	}
}

// managed remembers how to fetch a managed policy.
func (p *principalDocuments) managed(arn string) {
	p.fetch[principal.Name(arn)] = func(ctx context.Context) (string, error) {
		policy, err := p.client.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
		if err != nil {
			return "", spoken(err)
		}
		version, err := p.client.GetPolicyVersion(ctx,
			&iam.GetPolicyVersionInput{PolicyArn: &arn, VersionId: policy.Policy.DefaultVersionId})
		if err != nil {
			return "", spoken(err)
		}
		return url.PathUnescape(*version.PolicyVersion.Document)
	}
}
