package main

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// source is a service that goes into the table: botocore's name, and the prefix
// of its actions where that is not its signing name.
type source struct{ name, prefix string }

// services lists the main services. If two have the same signing name, the first
// one gets its requests first: a path of s3control could also be that of an object.
var services = []source{
	{"accessanalyzer", ""}, {"acm", ""}, {"apigateway", ""}, {"apigatewayv2", ""}, {"appconfig", ""}, {"athena", ""}, {"autoscaling", ""},
	{"backup", ""}, {"batch", ""}, {"bedrock", ""}, {"bedrock-runtime", ""}, {"cloudformation", ""}, {"cloudfront", ""},
	{"cloudtrail", ""}, {"cloudwatch", "cloudwatch"}, {"codebuild", ""}, {"codepipeline", ""}, {"cognito-identity", ""},
	{"cognito-idp", ""}, {"dynamodb", ""}, {"dynamodbstreams", ""}, {"ec2", ""}, {"ecr", ""}, {"ecs", ""}, {"efs", ""},
	{"eks", ""}, {"elasticache", ""}, {"elbv2", ""}, {"events", ""}, {"firehose", ""}, {"glue", ""}, {"iam", ""},
	{"iot", ""}, {"kafka", ""}, {"kinesis", ""}, {"kms", ""}, {"lambda", ""}, {"logs", ""}, {"mq", ""},
	{"opensearch", ""}, {"organizations", ""}, {"pipes", ""}, {"rds", ""}, {"redshift", ""},
	{"resourcegroupstaggingapi", "tag"}, {"route53", ""}, {"s3control", ""}, {"s3", ""}, {"sagemaker", ""},
	{"scheduler", ""}, {"secretsmanager", ""}, {"ses", ""}, {"sesv2", ""}, {"sns", ""}, {"sqs", ""}, {"ssm", ""},
	{"stepfunctions", ""}, {"sts", ""}, {"wafv2", ""},
}

type service struct {
	source
	model *apiModel
	facts *facts
}

// signing returns the service's name in credential scopes.
func (s *service) signing() string { return cmp.Or(s.model.Metadata.SigningName, s.endpoint()) }

func (s *service) endpoint() string { return s.model.Metadata.EndpointPrefix }

// actions returns the prefix of the service's actions.
func (s *service) actions() string { return cmp.Or(s.prefix, s.signing()) }

// alsoQuery lists the services that once spoke only the query protocol and still
// understand it, although their models no longer say so.
var alsoQuery = []string{"sqs"}

// protocols returns the protocols that the service speaks, the usual one first.
func (s *service) protocols() []string {
	m := s.model.Metadata
	list := m.Protocols
	if len(list) == 0 {
		list = []string{m.Protocol}
	}
	if slices.Contains(alsoQuery, s.name) && !slices.Contains(list, "query") {
		list = append(slices.Clone(list), "query")
	}
	return list
}

func (s *service) rest() bool { return strings.HasPrefix(s.model.Metadata.Protocol, "rest-") }

// index returns the service's line in the index.
func (s *service) index() []string {
	m := s.model.Metadata
	return []string{"S", s.name, s.signing(), s.endpoint(), s.actions(), m.TargetPrefix, m.JSONVersion, m.APIVersion,
		strings.Join(s.protocols(), ",")}
}

// text returns the lines of the service's frame.
func (s *service) text() string {
	var out strings.Builder
	collisions := s.collisions()
	for _, name := range slices.Sorted(maps.Keys(s.model.Operations)) {
		line(&out, append([]string{"O", name, s.body(name)}, s.route(name, collisions)...)...)
		for _, p := range s.permissions(name) {
			line(&out, p.fields()...)
		}
	}
	return out.String()
}

// line writes fields separated by tabs, without the empty ones at the end.
func line(out *strings.Builder, fields ...string) {
	out.WriteString(strings.TrimRight(strings.Join(fields, "\t"), "\t"))
	out.WriteByte('\n')
}
