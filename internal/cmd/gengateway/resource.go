package main

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// finder finds the resources of one action of an operation in its members.
type finder struct {
	service   *service
	operation string
	leaves    []*leaf
	variables map[string]texts // variables of ARNs from requests.txt, by folded name
}

var variable = regexp.MustCompile(`\$\{([^}]*)\}`)

// found is a resource in the language of the table.
type found struct {
	text     string
	members  []string // the paths of the members in it
	required bool     // the action needs a resource of this type
}

// resources finds a resource of each type of the action that the request names.
func (f *finder) resources(action catalog.Action) []string {
	var all []found
	for _, r := range action.Resources {
		all = append(all, f.typed(r)...)
	}
	own := func(r found) bool {
		return strings.Contains(r.text, ":"+action.Service+":") || strings.HasPrefix(r.text, "{")
	}
	return choose(all, own)
}

// choose leaves out resources that are made of the members of another one: they are
// the same thing under another type. Types that the action needs come first, then
// those of the service itself.
func choose(all []found, own func(found) bool) []string {
	rank := func(r found) int {
		switch {
		case r.required:
			return 0
		case own(r):
			return 1
		}
		return 2
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Or(rank(a)-rank(b), len(b.members)-len(a.members)) })
	var out []string
	used := map[string]bool{}
	for _, r := range all {
		if slices.Contains(out, r.text) || len(r.members) == 0 && len(out) > 0 && !r.required {
			continue
		}
		if len(r.members) > 0 && !slices.ContainsFunc(r.members, func(m string) bool { return !used[m] }) {
			continue
		}
		for _, m := range r.members {
			used[m] = true
		}
		out = append(out, r.text)
	}
	return out
}

// typed finds the resource of one type: its pattern with a member for each
// variable.
func (f *finder) typed(r catalog.ActionResource) []found {
	for _, pattern := range r.Patterns {
		if list := f.pattern(r, pattern); list != nil {
			return list
		}
	}
	return nil
}

var fixed = map[string]string{"partition": "$P", "region": "$R", "account": "$A", "accountid": "$A"}

func (f *finder) pattern(r catalog.ActionResource, pattern string) []found {
	var free []string
	for _, n := range variable.FindAllStringSubmatch(pattern, -1) {
		if f.free(n[1]) {
			free = append(free, n[1])
		}
	}
	if l := f.arn(r.Name); l != nil && len(free) > 1 {
		return []found{{"{" + l.must() + "}", []string{l.path}, r.Required}}
	}
	out := []found{{text: pattern, required: r.Required}}
	var unknown, used []string
	for _, name := range free {
		texts, members := f.variable(r.Name, name, used)
		if len(texts) == 0 {
			unknown = append(unknown, name)
			texts = []string{"*"}
		}
		used = append(used, members...)
		out = f.fill(out, name, texts, members)
	}
	if !f.enough(r.Name, free, unknown, used) {
		return nil
	}
	for i := range out {
		out[i].text = variable.ReplaceAllStringFunc(out[i].text, func(v string) string { return fixed[fold(v[2:len(v)-1])] })
	}
	if l := f.arn(r.Name); l != nil && !slices.Contains(used, l.path) && len(used) > 0 {
		out = append(out, found{"{" + l.must() + "}", []string{l.path}, r.Required})
	}
	return out
}

// free reports whether a member has to give the value of a variable. An account in
// Organizations is one of the organization's.
func (f *finder) free(name string) bool {
	return fixed[fold(name)] == "" || f.service.name == "organizations" && fold(name) == "accountid"
}

// enough reports whether a resource is useful although no members were found for
// the unknown variables. A star stands for an identifier that AWS chose, after a
// name, or for one that the operation will create.
func (f *finder) enough(kind string, free, unknown, used []string) bool {
	switch {
	case len(free) == 0 || len(unknown) == 0 && len(used) > 0:
		return true
	case len(used) == 0:
		return f.makes(kind)
	}
	return !slices.ContainsFunc(unknown, func(name string) bool { return !random(name) }) ||
		len(unknown) == 1 && unknown[0] == free[len(free)-1] && f.makes(kind)
}

// random reports whether a variable is an identifier that AWS chooses.
func random(name string) bool {
	n := fold(name)
	return strings.HasSuffix(n, "id") || slices.Contains([]string{"randomstring", "capabilitytype", "policytype", "handshaketype",
		"transfertype",
		"transferdirection", "identityprovidertype"}, n) || strings.HasSuffix(n, "revisionnumber")
}

// fill puts each string in the place of a variable.
func (f *finder) fill(list []found, name string, texts, members []string) []found {
	var out []found
	for _, o := range list {
		for _, text := range texts {
			out = append(out, found{
				strings.Replace(o.text, "${"+name+"}", text, 1), append(slices.Clone(o.members), members...), o.required,
			})
		}
	}
	return out
}

// arn returns the member that is the ARN of the type.
func (f *finder) arn(kind string) *leaf {
	for _, name := range []string{fold(kind) + "arn", fold(kind) + "arns"} {
		if l := f.leaf(name, 1); l != nil {
			return l
		}
	}
	return nil
}

// variable finds what replaces a variable of a pattern, in the language of the
// table, and the members in it. A member replaces one variable only.
func (f *finder) variable(kind, name string, used []string) (texts, members []string) {
	if exprs, ok := f.variables[fold(name)]; ok {
		for _, e := range exprs {
			t, m := f.expression(e)
			texts, members = append(texts, t...), append(members, m...)
		}
		if len(members) > 0 {
			return texts, members
		}
	}
	if fold(name) == "organizationid" {
		return nil, nil
	}
	if l := f.member(kind, name); l != nil && !slices.Contains(used, l.path) {
		return []string{"{" + f.with(l) + "}"}, []string{l.path}
	}
	return nil, nil
}

// defaults holds the values that apply if a request does not have a member.
var defaults = map[string]string{
	"ecs.cluster": "default", "ecs.clusterName": "default", "events.EventBusName": "default", "scheduler.GroupName": "default",
	"athena.WorkGroup": "primary",
}

// aliases holds the names of members, folded, that a service uses for its types.
var aliases = map[string][]string{
	"bedrock.custom-model": {"modelidentifier"}, "bedrock.imported-model": {"modelidentifier"},
	"bedrock.foundation-model": {"modelidentifier"},
	"bedrock.evaluation-job":   {"jobidentifier", "jobidentifiers"}, "bedrock.model-customization-job": {"jobidentifier"},
	"bedrock.model-import-job": {"jobidentifier"}, "bedrock.model-copy-job": {"jobarn"},
	"bedrock.inference-profile":                {"inferenceprofileidentifier"},
	"bedrock.advanced-prompt-optimization-job": {"jobidentifier", "jobidentifiers"}, "bedrock.automated-reasoning-policy": {"policyarn"},
	"bedrock.automated-reasoning-policy-version": {"policyarn"}, "bedrock-runtime.foundation-model": {"modelid"},
	"bedrock-runtime.async-invoke": {"invocationarn"},
	"sesv2.identity":               {"emailidentity", "domain"}, "sesv2.dedicated-ip-pool": {"poolname", "destinationpoolname"},
	"sesv2.export-job": {"jobid"},
	"sesv2.tenant":     {"tenantname"}, "ses.identity": {"identity"},
	"glue.devendpoint": {"endpointname"}, "sagemaker.mlflow-tracking-server": {"trackingservername"},
	"rds.shardgrp": {"dbshardgroupidentifier"}, "rds.auto-backup": {"dbiresourceid"}, "rds.cluster-auto-backup": {"dbclusterresourceid"},
	"rds.cluster": {"dbclusteridentifier"}, "ec2.placement-group": {"groupname"}, "ec2.vpc-endpoint-service": {"serviceid"},
	"ec2.coip-pool": {"poolid"}, "ec2.image-usage-report": {"reportid"}, "ec2.declarative-policies-report": {"reportid"},
	"ec2.vpc-block-public-access-exclusion": {"exclusionid"}, "ec2.elastic-ip": {"allocationid"}, "ec2.security-group": {"groupid"},
	"cloudtrail.eventdatastore": {"eventdatastore"}, "codebuild.report-group": {"reportgrouparn"},
	"organizations.organizationalunit": {"organizationalunitid"}, "organizations.policy": {"policyid"}, "organizations.root": {"rootid"},
	"organizations.account": {"accountid"}, "organizations.handshake": {"handshakeid"},
	"redshift.securitygroup": {"clustersecuritygroupname"}, "iam.mfa": {"serialnumber"},
	"iam.server-certificate":     {"servercertificatename"},
	"stepfunctions.statemachine": {"statemachinealiasarn", "statemachineversionarn"}, "stepfunctions.execution": {"executionarn"},
	"logs.anomaly-detector": {"anomalydetectorarn"}, "opensearch.application": {"applicationid", "id"},
	"s3control.multiregionaccesspoint": {"mrap"}, "efs.file-system": {"filesystemid"},
}

// with returns the reference of a leaf with its default.
func (f *finder) with(l *leaf) string {
	if d := defaults[f.service.name+"."+l.path]; d != "" && !l.required {
		return l.ref + "?" + d
	}
	return l.must()
}

// member finds the member for a variable of a type's pattern: by the name of the
// variable, by that of the type, and, if the operation is about the type, by a name
// such as "Name".
func (f *finder) member(kind, name string) *leaf {
	v, t := fold(name), fold(kind)
	base := trimAny(v, "withpath")
	base = trimAny(base, "name", "identifier", "id", "arn")
	var tries []string
	add := func(stem string) {
		if stem == "" {
			return
		}
		for _, suffix := range []string{"name", "id", "identifier", "arn", ""} {
			tries = append(tries, stem+suffix, stem+suffix+"s")
		}
		tries = append(tries, stem+"list", stem+"names", stem+"idlist", stem+"arnlist")
	}
	tries = append(tries, aliases[f.service.name+"."+kind]...)
	tries = append(tries, v, v+"s")
	add(base)
	if strings.HasPrefix(v, t) || v == "id" || v == "name" || v == "resourceid" || strings.HasSuffix(v, t) || base == v {
		add(t)
	}
	if f.about(t) || f.about(base) {
		tries = append(tries, "name", "names", "id", "ids", "identifier", "arn", "arns", "resourcearn", "resourceid", "resource",
			"resourceidentifier")
	}
	tries = append(tries, "resourcearn", "resourcearns", "resourcearnlist")
	if (f.creates() || f.operation == "SubmitJob") && strings.HasSuffix(v, "id") { // AWS chooses the ID, whatever the name
		tries = slices.DeleteFunc(tries, func(try string) bool { return strings.HasSuffix(try, "name") || strings.HasSuffix(try, "names") })
	}
	for _, try := range tries {
		for depth := 1; depth <= 3; depth++ {
			if l := f.leaf(try, depth); l != nil {
				return l
			}
		}
	}
	return nil
}

// leaf finds the only leaf with a string and a given name at a depth. Deeper ones
// must have a specific name.
func (f *finder) leaf(name string, depth int) *leaf {
	if depth > 1 && len(name) < 6 {
		return nil
	}
	var found *leaf
	for _, l := range f.leaves {
		if l.depth == depth && l.text() && l.name() == name {
			if found != nil {
				return nil
			}
			found = l
		}
	}
	return found
}

func trimAny(text string, suffixes ...string) string {
	for _, s := range suffixes {
		if cut, ok := strings.CutSuffix(text, s); ok && cut != "" {
			return cut
		}
	}
	return text
}

var word = regexp.MustCompile(`^[A-Z]+[a-z0-9]*`)

// noun returns the operation's name without its verb.
func (f *finder) noun() string {
	verb := word.FindString(f.operation)
	return strings.TrimSuffix(fold(f.operation[len(verb):]), "s")
}

// about reports whether the operation's name says that it is about the type.
func (f *finder) about(kind string) bool {
	noun := f.noun()
	return kind != "" && (strings.HasPrefix(noun, kind) || len(noun) > 3 && strings.HasSuffix(kind, noun) ||
		len(kind) > 3 && strings.HasSuffix(noun, kind))
}

// makers lists the first words in the names of operations that create a resource
// whose name or ID AWS chooses.
var makers = []string{"Create", "Run", "Allocate", "Register", "Import", "Request", "Purchase", "Provision", "Copy", "Start", "Add",
	"Put", "Upload", "Generate", "Restore", "Issue"}

// makes reports whether the operation creates a resource of the type.
func (f *finder) makes(kind string) bool {
	verb := word.FindString(f.operation)
	return slices.Contains(makers, verb) && f.about(fold(kind))
}
