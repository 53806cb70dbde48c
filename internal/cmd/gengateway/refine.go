package main

import (
	"slices"
	"strings"
)

// refine corrects the resources of services whose ARNs are more complex than their
// patterns.
func (f *finder) refine(resources []string) []string {
	if !slices.Contains([]string{"glue", "logs", "lambda", "kms", "secretsmanager"}, f.service.name) {
		return resources
	}
	out := slices.Clone(resources)
	for i, r := range out {
		switch f.service.name {
		case "logs":
			out[i] = f.logGroup(r)
		case "lambda":
			out[i] = f.function(r)
		case "kms":
			out[i] = patternless(r, "key/", "~@key")
		case "secretsmanager":
			out[i] = f.secret(r)
		}
	}
	switch f.service.name {
	case "glue":
		out = withDatabases(out)
	case "logs":
		out = f.logGroups(out)
	}
	return dedupe(out)
}

// withDatabases adds the database of each table and function, which Glue requires
// to be allowed too, and leaves out catalogs by name: CatalogId is an account.
// https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html
func withDatabases(resources []string) []string {
	var out []string
	for _, r := range resources {
		if strings.Contains(r, ":catalog/{") {
			continue
		}
		out = append(out, r)
		for _, kind := range []string{":table/", ":userDefinedFunction/"} {
			if before, after, ok := strings.Cut(r, kind); ok && strings.HasPrefix(after, "{") {
				out = append(out, before+":database/"+after[:strings.IndexByte(after, '}')+1])
			}
		}
	}
	return out
}

// logGroups adds the other members that name log groups, for operations in which a
// name may be left out.
func (f *finder) logGroups(resources []string) []string {
	out := slices.Clone(resources)
	for _, r := range resources {
		if !strings.Contains(r, ":log-group:{b:logGroupName}") {
			continue
		}
		for _, name := range []string{"loggroupidentifier", "loggroupidentifiers", "loggroupnames"} {
			if l := f.leaf(name, 1); l != nil {
				out = append(out, strings.Replace(r, "{b:logGroupName}", "{"+l.ref+"}", 1))
			}
		}
	}
	return out
}

// logGroup adds the ending that ARNs of log groups have at AWS, except where the
// group itself is tagged: policies name "log-group:NAME:*".
func (f *finder) logGroup(r string) string {
	if !strings.Contains(r, ":log-group:") || strings.Contains(r, ":log-stream:") || strings.HasSuffix(f.operation, "Resource") {
		return r
	}
	return r + ":log-stream:"
}

// function writes the function of Lambda, which may be a name, a part of an ARN
// or an ARN, each with a qualifier, and the qualifier of the request.
func (f *finder) function(r string) string {
	if !strings.Contains(r, ":function:{") || strings.Count(r, "{") > 1 {
		return r
	}
	r = patternless(r, ":function:", "~@function")
	if l := f.leaf("qualifier", 1); l != nil {
		r += "{" + l.ref + "?~@qualifier}"
	}
	return r
}

// patternless puts a function in the place of the pattern of the member after a
// given string.
func patternless(r, before, function string) string {
	i := strings.Index(r, before+"{")
	if i < 0 {
		return r
	}
	i += len(before)
	end := i + strings.IndexByte(r[i:], '}')
	ref, _, _ := strings.Cut(r[i:end], "~")
	return r[:i] + ref + function + r[end:]
}

// secret adds the six characters that AWS adds to the name of a secret.
func (f *finder) secret(r string) string {
	if strings.Contains(r, ":secret:{") && strings.HasSuffix(r, "}") {
		return r + "-??????"
	}
	return r
}
