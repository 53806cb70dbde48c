package iam

import (
	_ "embed"
	"regexp"
	"strings"
	"sync"

	"github.com/understudy-iam/understudy/iam/managed"
	"github.com/understudy-iam/understudy/principal"
)

// knownService reports whether AWS accepts the name of a service as a principal in a
// trust policy: a service that has a service-linked role, or one of serviceNames followed
// by ".amazonaws.com", with or without a Region between them, and with ".cn" for China,
// which in the partition of China only chinaServices may have.
//
// AWS publishes no list. Names that AWS accepts but the list lacks are refused here, and
// AWS may refuse a few names of the list.
func knownService(p principal.Partition, name string) bool {
	plain, china := strings.CutSuffix(name, ".cn")
	service, found := strings.CutSuffix(plain, ".amazonaws.com")
	if !found {
		return alexaService(name)
	}
	if before, region, ok := cutLast(service, "."); ok && regionName.MatchString(region) {
		service = before
	}
	if china && p == principal.China && !chinaServices[service] {
		return false
	}
	return services()[service]
}

// chinaServices have the suffix ".cn" in China, according to the tables of the AWS CDK
// and Terraform. EC2 is one of them: IAM refused its name without the suffix there from
// 2016 to 2020, and has accepted it since 2022 (reported). Other services do not have it:
// lambda, eks, ecs-tasks, events and monitoring.rds are refused with it (reported, 2019
// to 2024).
var chinaServices = map[string]bool{"codedeploy": true, "ec2": true, "elasticmapreduce": true, "logs": true}

// alexaService reports whether the principal is one of Alexa's, the only ones that have
// another domain.
// https://developer.amazon.com/docs/custom-skills/host-a-custom-skill-as-an-aws-lambda-function.html
func alexaService(principal string) bool {
	return principal == "alexa-appkit.amazon.com" || principal == "alexa-connectedhome.amazon.com"
}

// cutLast splits a string at the last separator.
func cutLast(text, separator string) (before, after string, found bool) {
	i := strings.LastIndex(text, separator)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(separator):], true
}

// regionName matches the name of a Region, such as us-east-1 or us-gov-west-1.
var regionName = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]$`)

// serviceNames are the services that may be principals and have no
// service-linked role. Lines that begin with "#" say where the names are from.
//
//go:embed serviceprincipals.txt
var serviceNames string

// services returns all services that may be principals.
var services = sync.OnceValue(func() map[string]bool {
	known := map[string]bool{}
	for _, name := range listedServices() {
		known[name] = true
	}
	for _, r := range managed.ServiceLinkedRoles() {
		known[strings.TrimSuffix(r.Service, ".amazonaws.com")] = true
	}
	return known
})

// listedServices returns serviceNames in their order.
func listedServices() []string {
	var names []string
	for line := range strings.Lines(serviceNames) {
		if !strings.HasPrefix(line, "#") {
			names = append(names, strings.Fields(line)...)
		}
	}
	return names
}
