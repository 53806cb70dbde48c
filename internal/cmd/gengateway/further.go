package main

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator/catalog"
)

var braced = regexp.MustCompile(`\{[^}]*\}`)

// tagging returns the permissions for the tags that come with another request.
func (f *finder) tagging(primary *permission) []*permission {
	tags := f.tags()
	if tags == nil {
		return nil
	}
	var out []*permission
	for _, action := range f.taggingActions(primary.action) {
		p := &permission{action: action.Service + ":" + action.Name, when: []string{tags.ref}, none: len(action.Resources) == 0}
		p.resources = f.tagged(primary, action)
		if f.creates() {
			p.keys = f.createAction(action)
		}
		out = append(out, p)
	}
	return out
}

// taggingActions returns the service's actions that may be needed for tags. If a
// newer action for any resource is known, an older one is not needed.
func (f *finder) taggingActions(primary string) []catalog.Action {
	var out []catalog.Action
	for _, a := range f.service.facts.actions[f.service.name+"."+f.operation] {
		action, ok := catalog.FindAction(a.name)
		if ok && action.Access == catalog.Tagging && a.name != primary && action.Service == f.service.actions() {
			out = append(out, action)
		}
	}
	if i := slices.IndexFunc(out, func(a catalog.Action) bool { return a.Name == "TagResource" }); i >= 0 {
		return out[i : i+1]
	}
	return out
}

// tagged returns the resources that get the tags: those of the primary action that
// can be tagged.
func (f *finder) tagged(primary *permission, action catalog.Action) []string {
	if f.service.name == "ec2" {
		for _, l := range f.leaves {
			if l.key() == "tagspecifications.resourcetype" {
				return []string{"arn:$P:ec2:$R:$A:{" + l.ref + "}/*"}
			}
		}
	}
	var out []string
	for _, r := range primary.resources {
		if strings.HasPrefix(r, "{") || action.Accepts(example(r)) {
			out = append(out, r)
		}
	}
	if len(out) > 1 {
		out = out[:1]
	}
	return out
}

// example returns an example ARN for a resource in the language of the table.
func example(r string) string {
	r = strings.NewReplacer("$P", "aws", "$R", "us-east-1", "$A", "123456789012").Replace(r)
	return braced.ReplaceAllString(r, "x")
}

// createAction returns the key that says which operation sets the tags.
func (f *finder) createAction(action catalog.Action) []string {
	name := action.Service + ":CreateAction"
	has := slices.Contains(action.ConditionKeys, name)
	for _, r := range action.Resources {
		has = has || slices.Contains(r.ActionKeys, name) || slices.Contains(r.ConditionKeys, name)
	}
	if !has {
		return nil
	}
	return []string{name + ":=" + f.operation}
}

var roleName = regexp.MustCompile(`(role|rolearn|rolearns|rolename|iamrole|roles|roleoverride|snscallerarn|credentials|credentialsarn)$`)

// passing returns the permissions for the roles that the request passes. The role in
// an instance profile is passed to EC2, whichever service starts the instances, as
// AWS's managed policy AmazonEMRFullAccessPolicy_v2 has it.
func (f *finder) passing() []*permission {
	key := f.service.name + "." + f.operation
	var keys []string
	passes := false
	for _, a := range f.service.facts.actions[key] {
		if a.name == "iam:PassRole" {
			passes = true
			keys = f.service.passedTo(a.keys)
		}
	}
	refs := f.roles()
	for _, row := range f.service.facts.requests[key] {
		passes = passes || row.Action == "iam:PassRole"
	}
	if !passes || len(refs) == 0 {
		return nil
	}
	if keys == nil {
		keys = []string{"iam:PassedToService:=" + f.service.principal()}
	}
	role := &permission{action: "iam:PassRole", keys: keys}
	profile := &permission{action: "iam:PassRole", keys: []string{"iam:PassedToService:=ec2.amazonaws.com"}}
	var out []*permission
	for _, ref := range refs {
		member, inProfile := strings.CutSuffix(ref, "~@profile")
		p := role
		if inProfile {
			p = profile
		}
		if p.when == nil {
			out = append(out, p)
		}
		p.when = append(p.when, member)
		p.resources = append(p.resources, "arn:$P:iam::$A:role/{"+ref+"}")
	}
	return out
}

// principals lists the names of services in policies, where they differ from the
// endpoint's.
var principals = map[string]string{"ecs": "ecs-tasks", "s3control": "s3", "opensearch": "opensearchservice", "cloudwatch": "cloudwatch"}

// principal returns the service's own name in policies.
func (s *service) principal() string {
	return cmp.Or(principals[s.name], s.endpoint()) + ".amazonaws.com"
}

// passedTo returns the fixed key of a passed role. If the role may be for several
// services, it is the one that is called.
func (s *service) passedTo(keys []string) []string {
	if len(keys) == 0 {
		return nil
	}
	own := "iam:PassedToService=" + s.principal()
	if !slices.Contains(keys, own) {
		own = keys[0]
	}
	return []string{strings.Replace(own, "=", ":=", 1)}
}

// roles returns the members that are roles.
func (f *finder) roles() []string {
	var out []string
	for _, l := range f.leaves {
		switch {
		case l.text() && instanceProfile.MatchString(l.key()):
			out = append(out, l.ref+"~@profile")
		case l.text() && l.kind == "string" && roleName.MatchString(l.name()):
			out = append(out, l.ref)
		}
	}
	return dedupe(out)
}

// instanceProfile matches the paths of instance profiles, whose roles are passed: those
// of EC2, of EMR's clusters and of Batch's compute environments; the last two are
// called roles. https://docs.aws.amazon.com/emr/latest/APIReference/API_RunJobFlow.html
// https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResource.html
var instanceProfile = regexp.MustCompile(`(^|\.)(iaminstanceprofile(\.arn|\.name)?|jobflowrole|computeresources\.instancerole)$`)

// further returns the other permissions that requests.txt knows, for which the
// request must have a member.
func (f *finder) further(have []*permission) []*permission {
	var out []*permission
	for _, row := range f.service.facts.requests[f.service.name+"."+f.operation] {
		known := func(p *permission) bool { return strings.EqualFold(p.action, row.Action) }
		if slices.ContainsFunc(have, known) || slices.ContainsFunc(out, known) || strings.HasPrefix(row.Action, "iam:") {
			continue
		}
		if p := f.other(row); p != nil {
			out = append(out, p)
		}
	}
	return out
}

func (f *finder) other(row requestRow) *permission {
	action, ok := catalog.FindAction(row.Action)
	if !ok {
		return nil
	}
	g := *f
	g.variables = map[string]texts{}
	for name, exprs := range row.Variables {
		g.variables[fold(name)] = exprs
	}
	p := &permission{action: action.Service + ":" + action.Name}
	p.resources = g.stated(row)
	for _, e := range row.Resource {
		t, _ := f.expression(e)
		p.resources = append(p.resources, t...)
	}
	for _, r := range action.Resources {
		for _, found := range g.byVariables(r) {
			p.resources = append(p.resources, found.text)
		}
	}
	p.resources = slices.DeleteFunc(dedupe(p.resources), func(t string) bool { return !strings.Contains(t, "{") })
	for _, r := range p.resources {
		for _, b := range braced.FindAllString(r, -1) {
			ref, _, _ := strings.Cut(b[1:len(b)-1], "~")
			ref, _, _ = strings.Cut(ref, "?")
			p.when = append(p.when, strings.TrimSuffix(ref, "!"))
		}
	}
	p.when = dedupe(p.when)
	if len(p.resources) == 0 {
		return nil
	}
	return p
}

// byVariables returns the resource of a type if requests.txt knows each variable.
func (f *finder) byVariables(r catalog.ActionResource) []found {
	for _, pattern := range r.Patterns {
		for _, v := range variable.FindAllStringSubmatch(pattern, -1) {
			if _, ok := f.variables[fold(v[1])]; !ok && fixed[fold(v[1])] == "" {
				return nil
			}
		}
	}
	return f.typed(r)
}
