package services

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"
)

// say writes needs for tests: a line for each with its keys, and the resolution
// if it is not exact.
func say(n *Needs) string {
	var out strings.Builder
	for _, need := range n.Needs {
		fmt.Fprintf(&out, "%s %s", need.Action, need.Resource)
		var keys []string
		for _, k := range need.Keys {
			keys = append(keys, k.Name+"="+strings.Join(k.Values, ","))
		}
		slices.Sort(keys)
		for _, k := range keys {
			out.WriteString(" " + k)
		}
		out.WriteByte('\n')
	}
	return out.String() + map[Resolution]string{Any: "any\n", Unresolved: "unresolved\n"}[n.Resolution]
}

// needs recognises a request and reads its needs.
func needs(r *Request) (*Needs, error) {
	call, err := Recognise(r)
	if err != nil {
		return nil, err
	}
	return call.Needs(r)
}

func TestNeeds(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, signed, request, want string }{
		{"JSON: a name", "kinesis", "POST /" + json11 + `Kinesis_20131202.PutRecord` + "\n\n" +
			`{"StreamName":"s","Data":"eA==","PartitionKey":"p"}`,
			"kinesis:PutRecord arn:aws:kinesis:us-east-1:123456789012:stream/s\n"},
		{"JSON: an ARN of another account", "kinesis", "POST /" + json11 + `Kinesis_20131202.DescribeStream` + "\n\n" +
			`{"StreamName":"arn:aws:kinesis:us-east-1:210987654321:stream/s"}`,
			"kinesis:DescribeStream arn:aws:kinesis:us-east-1:210987654321:stream/s\n"},
		{"JSON: escapes", "kinesis", "POST /" + json11 + `Kinesis_20131202.DescribeStream` + "\n\n" + ` { "StreamNam\u0065" : "\u0073" } `,
			"kinesis:DescribeStream arn:aws:kinesis:us-east-1:123456789012:stream/s\n"},
		{"JSON: tags", "kms", "POST /" + json11 + `TrentService.CreateKey` + "\n\n" +
			`{"Tags":[{"TagKey":"team","TagValue":"blue"},{"TagKey":"x","TagValue":""}],"KeySpec":"RSA_2048"}`,
			"kms:CreateKey * aws:RequestTag/team=blue aws:RequestTag/x= aws:TagKeys=team,x kms:KeyOrigin=AWS_KMS kms:KeySpec=RSA_2048 kms:KeyUsage=ENCRYPT_DECRYPT kms:MultiRegion=false\n" +
				"kms:TagResource arn:aws:kms:us-east-1:123456789012:key/* aws:RequestTag/team=blue aws:RequestTag/x= aws:TagKeys=team,x kms:KeySpec=RSA_2048\nany\n"},
		{"JSON: keys of tags", "kms", "POST /" + json11 + `TrentService.UntagResource` + "\n\n" +
			`{"KeyId":"1234abcd-12ab-34cd-56ef-1234567890ab","TagKeys":["team"]}`,
			"kms:UntagResource arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab aws:TagKeys=team\n"},
		{"JSON: a key of several regions", "kms",
			"POST /" + json11 + `TrentService.Decrypt` + "\n\n" + `{"KeyId":"mrk-1234abcd12ab34cd56ef1234567890ab"}`,
			"kms:Decrypt arn:aws:kms:us-east-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab kms:EncryptionAlgorithm=SYMMETRIC_DEFAULT\n"},
		{"JSON: an alias is not the key", "kms", "POST /" + json11 + `TrentService.Encrypt` + "\n\n" + `{"KeyId":"alias/a"}`,
			"kms:Encrypt arn:aws:kms:us-east-1:123456789012:key/* kms:EncryptionAlgorithm=SYMMETRIC_DEFAULT kms:RequestAlias=alias/a\nunresolved\n"},
		{"JSON: an alias and its key", "kms", "POST /" + json11 + `TrentService.CreateAlias` + "\n\n" +
			`{"AliasName":"alias/a","TargetKeyId":"k"}`,
			"kms:CreateAlias arn:aws:kms:us-east-1:123456789012:alias/a\nkms:CreateAlias arn:aws:kms:us-east-1:123456789012:key/k\n"},
		{"JSON: two keys", "kms", "POST /" + json11 + `TrentService.ReEncrypt` + "\n\n" + `{"SourceKeyId":"a","DestinationKeyId":"b"}`,
			"kms:ReEncryptFrom arn:aws:kms:us-east-1:123456789012:key/a kms:EncryptionAlgorithm=SYMMETRIC_DEFAULT kms:ReEncryptOnSameKey=false\n" +
				"kms:ReEncryptTo arn:aws:kms:us-east-1:123456789012:key/b kms:EncryptionAlgorithm=SYMMETRIC_DEFAULT kms:ReEncryptOnSameKey=false\n"},
		{"JSON: a secret", "secretsmanager", "POST /" + json11 + `secretsmanager.GetSecretValue` + "\n\n" +
			`{"SecretId":"s","VersionStage":"AWSCURRENT"}`,
			"secretsmanager:GetSecretValue arn:aws:secretsmanager:us-east-1:123456789012:secret:s-?????? secretsmanager:SecretId=arn:aws:secretsmanager:us-east-1:123456789012:secret:s-?????? secretsmanager:VersionStage=AWSCURRENT\n"},
		{"JSON: a parameter with slashes", "ssm", "POST /" + json11 + `AmazonSSM.GetParameter` + "\n\n" + `{"Name":"/app/db"}`,
			"ssm:GetParameter arn:aws:ssm:us-east-1:123456789012:parameter/app/db\n"},
		{"JSON: a path of parameters", "ssm", "POST /" + json11 + `AmazonSSM.GetParametersByPath` + "\n\n" +
			`{"Path":"/app/","Recursive":true}`,
			"ssm:GetParametersByPath arn:aws:ssm:us-east-1:123456789012:parameter/app/ ssm:Recursive=true\n"},
		{"JSON: several parameters", "ssm", "POST /" + json11 + `AmazonSSM.GetParameters` + "\n\n" + `{"Names":["a","/b/c"]}`,
			"ssm:GetParameters arn:aws:ssm:us-east-1:123456789012:parameter/a\nssm:GetParameters arn:aws:ssm:us-east-1:123456789012:parameter/b/c\n"},
		{"JSON: the kind of resource is a member", "ssm", "POST /" + json11 + `AmazonSSM.AddTagsToResource` + "\n\n" +
			`{"ResourceType":"ManagedInstance","ResourceId":"mi-1","Tags":[{"Key":"a","Value":"b"}]}`,
			"ssm:AddTagsToResource arn:aws:ssm:us-east-1:123456789012:managed-instance/mi-1 aws:RequestTag/a=b aws:TagKeys=a\n"},
		{"JSON: a log group", "logs", "POST /" + json11 + `Logs_20140328.CreateLogGroup` + "\n\n" +
			`{"logGroupName":"/aws/x","tags":{"a":"b"}}`,
			"logs:CreateLogGroup arn:aws:logs:us-east-1:123456789012:log-group:/aws/x:log-stream: aws:RequestTag/a=b aws:TagKeys=a\n" +
				"logs:TagResource arn:aws:logs:us-east-1:123456789012:log-group:/aws/x:log-stream: aws:RequestTag/a=b aws:TagKeys=a\n"},
		{"JSON: a log stream", "logs", "POST /" + json11 + `Logs_20140328.PutLogEvents` + "\n\n" +
			`{"logGroupName":"g","logStreamName":"s"}`,
			"logs:PutLogEvents arn:aws:logs:us-east-1:123456789012:log-group:g:log-stream:s\n"},
		{"JSON: a passed role", "states", "POST /" + json10 + `AWSStepFunctions.CreateStateMachine` + "\n\n" +
			`{"name":"m","roleArn":"arn:aws:iam::123456789012:role/team/r","definition":"{}"}`,
			"states:CreateStateMachine arn:aws:states:us-east-1:123456789012:stateMachine:m\n" +
				"iam:PassRole arn:aws:iam::123456789012:role/team/r iam:PassedToService=states.amazonaws.com\n"},
		{"JSON: roles that are passed deep inside", "ecs",
			"POST /" + json11 + `AmazonEC2ContainerServiceV20141113.RegisterTaskDefinition` + "\n\n" +
				`{"family":"f","taskRoleArn":"t","executionRoleArn":"arn:aws:iam::123456789012:role/e"}`,
			"ecs:RegisterTaskDefinition arn:aws:ecs:us-east-1:123456789012:task-definition/f:*\n" +
				"iam:PassRole arn:aws:iam::123456789012:role/e iam:PassedToService=ecs-tasks.amazonaws.com\n" +
				"iam:PassRole arn:aws:iam::123456789012:role/t iam:PassedToService=ecs-tasks.amazonaws.com\n"},
		{"JSON: what counts if a member is not there", "ecs",
			"POST /" + json11 + `AmazonEC2ContainerServiceV20141113.StopTask` + "\n\n" + `{"task":"t"}`,
			"ecs:StopTask arn:aws:ecs:us-east-1:123456789012:task/default/t ecs:cluster=arn:aws:ecs:us-east-1:123456789012:cluster/default\n"},
		{"JSON: a name and an ARN", "ecs", "POST /" + json11 + `AmazonEC2ContainerServiceV20141113.StopTask` + "\n\n" +
			`{"cluster":"arn:aws:ecs:us-east-1:123456789012:cluster/c","task":"t"}`,
			"ecs:StopTask arn:aws:ecs:us-east-1:123456789012:task/c/t ecs:cluster=arn:aws:ecs:us-east-1:123456789012:cluster/c\n"},
		{"JSON: the default bus", "events", "POST /" + json11 + `AWSEvents.PutRule` + "\n\n" + `{"Name":"r","EventBusName":"default"}`,
			"events:PutRule arn:aws:events:us-east-1:123456789012:rule/r\n"},
		{"JSON: another bus", "events", "POST /" + json11 + `AWSEvents.PutRule` + "\n\n" + `{"Name":"r","EventBusName":"b"}`,
			"events:PutRule arn:aws:events:us-east-1:123456789012:rule/b/r\n"},
		{"query: a name", "rds", "POST /" + form + "Action=DeleteDBInstance&Version=2014-10-31&DBInstanceIdentifier=d",
			"rds:DeleteDBInstance arn:aws:rds:us-east-1:123456789012:db:d\n"},
		{"query: tags", "elasticloadbalancing",
			"POST /" + form +
				"Action=CreateLoadBalancer&Version=2015-12-01&Name=l&Type=application&Tags.member.1.Key=a&Tags.member.1.Value=b",
			"elasticloadbalancing:CreateLoadBalancer arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/l/* aws:RequestTag/a=b aws:TagKeys=a\n" +
				"elasticloadbalancing:AddTags arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/l/* aws:RequestTag/a=b aws:TagKeys=a elasticloadbalancing:CreateAction=CreateLoadBalancer\n"},
		{"query: without a name", "rds", "POST /" + form + "Action=DescribeDBInstances&Version=2014-10-31",
			"rds:DescribeDBInstances arn:aws:rds:us-east-1:123456789012:db:*\n"},
		{"query: a group of instances", "autoscaling",
			"POST /" + form + "Action=SetDesiredCapacity&Version=2011-01-01&AutoScalingGroupName=g&DesiredCapacity=1",
			"autoscaling:SetDesiredCapacity arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:*:autoScalingGroupName/g\n"},
		{"query: who sends mail", "ses", "POST /" + form + "Action=SendEmail&Version=2010-12-01&Source=Jo+%3Cjo%40example.com%3E",
			"ses:SendEmail arn:aws:ses:us-east-1:123456789012:identity/jo@example.com\n"},
		{"ec2: a list", "ec2", "POST /" + form +
			"Action=StopInstances&Version=2016-11-15&InstanceId.1=i-1&InstanceId.3=i-2&InstanceId.10=i-3",
			"ec2:StopInstances arn:aws:ec2:us-east-1:123456789012:instance/i-1 ec2:Region=us-east-1\nec2:StopInstances arn:aws:ec2:us-east-1:123456789012:instance/i-2 ec2:Region=us-east-1\n" +
				"ec2:StopInstances arn:aws:ec2:us-east-1:123456789012:instance/i-3 ec2:Region=us-east-1\n"},
		{"ec2: tags by ID", "ec2", "POST /" + form +
			"Action=CreateTags&Version=2016-11-15&ResourceId.1=i-1&ResourceId.2=tgw-attach-2&ResourceId.3=odd-3&Tag.1.Key=a&Tag.1.Value=b",
			"ec2:CreateTags arn:aws:ec2:us-east-1:123456789012:instance/i-1 aws:RequestTag/a=b aws:TagKeys=a ec2:Region=us-east-1\n" +
				"ec2:CreateTags arn:aws:ec2:us-east-1:123456789012:transit-gateway-attachment/tgw-attach-2 aws:RequestTag/a=b aws:TagKeys=a ec2:Region=us-east-1\n" +
				"ec2:CreateTags arn:aws:ec2:us-east-1:123456789012:*/odd-3 aws:RequestTag/a=b aws:TagKeys=a ec2:Region=us-east-1\n"},
		{"ec2: what is made, with tags", "ec2",
			"POST /" + form +
				"Action=CreateVolume&Version=2016-11-15&AvailabilityZone=us-east-1a&VolumeType=gp3&TagSpecification.1.ResourceType=volume&TagSpecification.1.Tag.1.Key=a&TagSpecification.1.Tag.1.Value=b",
			"ec2:CreateVolume arn:aws:ec2:us-east-1:123456789012:volume/* aws:RequestTag/a=b aws:TagKeys=a ec2:AvailabilityZone=us-east-1a ec2:Region=us-east-1 ec2:VolumeType=gp3\n" +
				"ec2:CreateTags arn:aws:ec2:us-east-1:123456789012:volume/* aws:RequestTag/a=b aws:TagKeys=a ec2:AvailabilityZone=us-east-1a ec2:CreateAction=CreateVolume ec2:Region=us-east-1 ec2:VolumeType=gp3\n"},
		{"REST-JSON: a function", "lambda", "POST /2015-03-31/functions/f/invocations",
			"lambda:InvokeFunction arn:aws:lambda:us-east-1:123456789012:function:f\n"},
		{"REST-JSON: a function with a qualifier", "lambda", "POST /2015-03-31/functions/f/invocations?Qualifier=live",
			"lambda:InvokeFunction arn:aws:lambda:us-east-1:123456789012:function:f:live\n"},
		{"REST-JSON: a function by a part of an ARN", "lambda", "POST /2015-03-31/functions/123456789012%3Afunction%3Af%3Alive/invocations",
			"lambda:InvokeFunction arn:aws:lambda:us-east-1:123456789012:function:f:live\n"},
		{"REST-JSON: a function by ARN and a qualifier", "lambda",
			"POST /2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A210987654321%3Afunction%3Af/invocations?Qualifier=1",
			"lambda:InvokeFunction arn:aws:lambda:us-east-1:210987654321:function:f:1\n"},
		{"REST-JSON: a new function", "lambda", "POST /2015-03-31/functions\n\n" +
			`{"FunctionName":"f","Role":"arn:aws:iam::123456789012:role/r","Layers":["arn:aws:lambda:us-east-1:123456789012:layer:l:1"],"Tags":{"a":"b"}}`,
			"lambda:CreateFunction arn:aws:lambda:us-east-1:123456789012:function:f aws:RequestTag/a=b aws:TagKeys=a lambda:Layer=arn:aws:lambda:us-east-1:123456789012:layer:l:1\n" +
				"lambda:GetLayerVersion arn:aws:lambda:us-east-1:123456789012:layer:l:1\n" +
				"lambda:TagResource arn:aws:lambda:us-east-1:123456789012:function:f aws:RequestTag/a=b aws:TagKeys=a\n" +
				"iam:PassRole arn:aws:iam::123456789012:role/r iam:PassedToService=lambda.amazonaws.com\n"},
		{"REST-JSON: keys of tags in the query", "lambda",
			"DELETE /2017-03-31/tags/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Af?tagKeys=a&tagKeys=b",
			"lambda:UntagResource arn:aws:lambda:us-east-1:123456789012:function:f aws:TagKeys=a,b\n"},
		{"REST-JSON: a method and a path", "apigateway", "PATCH /restapis/a/stages/s",
			"apigateway:PATCH arn:aws:apigateway:us-east-1::/restapis/a/stages/s\n"},
		{"REST-JSON: the second version's path", "apigateway", "GET /v2/apis/a", "apigateway:GET arn:aws:apigateway:us-east-1::/apis/a\n"},
		{"REST-JSON: an identifier that AWS made", "eks", "DELETE /clusters/c/node-groups/n",
			"eks:DeleteNodegroup arn:aws:eks:us-east-1:123456789012:nodegroup/c/n/*\n"},
		{"REST-XML: a header and a label", "route53", "GET /2013-04-01/hostedzone/Z1",
			"route53:GetHostedZone arn:aws:route53:::hostedzone/Z1\n"},
		{"REST-XML: tags", "cloudfront",
			"POST /2020-05-31/tagging?Operation=Tag&Resource=arn%3Aaws%3Acloudfront%3A%3A123456789012%3Adistribution%2FD\n\n" +
				`<Tags xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Items><Tag><Key>a</Key><Value>b</Value></Tag></Items></Tags>`,
			"cloudfront:TagResource arn:aws:cloudfront::123456789012:distribution/D aws:RequestTag/a=b aws:TagKeys=a\n"},
		{"a snapshot that is copied from another region", "rds",
			"POST /" + form + "Action=CopyDBSnapshot&Version=2014-10-31&TargetDBSnapshotIdentifier=t" +
				"&SourceDBSnapshotIdentifier=arn%3Aaws%3Ards%3Aeu-west-1%3A123456789012%3Asnapshot%3As",
			"rds:CopyDBSnapshot arn:aws:rds:eu-west-1:123456789012:snapshot:s\n"},
		{"events, each for its bus", "events", "POST /" + json11 + "AWSEvents.PutEvents\n\n" +
			`{"Entries":[{"Source":"a","DetailType":"t"},{"Source":"b","EventBusName":"x"},{"EventBusName":"arn:aws:events:us-east-1:210987654321:event-bus/y"}]}`,
			"events:PutEvents arn:aws:events:us-east-1:123456789012:event-bus/default events:detail-type=t events:source=a\n" +
				"events:PutEvents arn:aws:events:us-east-1:123456789012:event-bus/x events:source=b\n" +
				"events:PutEvents arn:aws:events:us-east-1:210987654321:event-bus/y\n"},
		{"a stream by name or by ARN", "kinesis",
			"POST /" + json11 + "Kinesis_20131202.PutRecords\n\n" + `{"StreamARN":"arn:aws:kinesis:us-east-1:123456789012:stream/s"}`,
			"kinesis:PutRecords arn:aws:kinesis:us-east-1:123456789012:stream/s\n"},
		{"a job and its queue by name", "batch", "POST /v1/submitjob\n\n" + `{"jobName":"j","jobQueue":"q","jobDefinition":"d:1"}`,
			"batch:SubmitJob arn:aws:batch:us-east-1:123456789012:job-queue/q\nbatch:SubmitJob arn:aws:batch:us-east-1:123456789012:job-definition/d:1\n"},
		{"the role of an instance profile", "ec2",
			"POST /" + form + "Action=AssociateIamInstanceProfile&Version=2016-11-15&InstanceId=i-1&IamInstanceProfile.Name=p",
			"ec2:AssociateIamInstanceProfile arn:aws:ec2:us-east-1:123456789012:instance/i-1 ec2:InstanceID=i-1 ec2:Region=us-east-1\n" +
				"iam:PassRole arn:aws:iam::123456789012:role/p iam:PassedToService=ec2.amazonaws.com\n"},
		{"the role of the instance profile of a compute environment", "batch", "POST /v1/createcomputeenvironment\n\n" +
			`{"computeEnvironmentName":"c","type":"MANAGED","serviceRole":"arn:aws:iam::123456789012:role/s",` +
			`"computeResources":{"instanceRole":"arn:aws:iam::123456789012:instance-profile/p"}}`,
			"batch:CreateComputeEnvironment arn:aws:batch:us-east-1:123456789012:compute-environment/c\n" +
				"iam:PassRole arn:aws:iam::123456789012:role/s iam:PassedToService=batch.amazonaws.com\n" +
				"iam:PassRole arn:aws:iam::123456789012:role/p iam:PassedToService=ec2.amazonaws.com\n"},
		{"an organizational unit", "organizations", "POST /" + json11 + "AWSOrganizationsV20161128.MoveAccount\n\n" +
			`{"AccountId":"210987654321","SourceParentId":"r-abcd","DestinationParentId":"ou-abcd-1"}`,
			"organizations:MoveAccount arn:aws:organizations::123456789012:account/o-*/210987654321\n"},
		{"on a star by nature", "ec2", "POST /" + form + "Action=DescribeInstances&Version=2016-11-15",
			"ec2:DescribeInstances * ec2:Region=us-east-1\nany\n"},
		{"on a star because nothing is known", "athena",
			"POST /" + json11 + "AmazonAthena.GetQueryExecution\n\n" + `{"QueryExecutionId":"q"}`,
			"athena:GetQueryExecution *\nunresolved\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := needs(request(t, test.signed, test.request))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, say(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestNeedsOfEachProtocol sends one request to a service that speaks three.
func TestNeedsOfEachProtocol(t *testing.T) {
	t.Parallel()
	body, err := cbor.Marshal(map[string]any{"ResourceARN": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:a",
		"Tags": []any{map[string]any{"Key": "a", "Value": "b"}}})
	if err != nil {
		t.Fatal(err)
	}
	want := "cloudwatch:TagResource arn:aws:cloudwatch:us-east-1:123456789012:alarm:a aws:RequestTag/a=b aws:TagKeys=a\n"
	for name, text := range map[string]string{
		"CBOR": "POST /service/GraniteServiceVersion20100801/operation/TagResource" + cborHeaders + "\n\n" + string(body),
		"JSON": "POST /" + json10 + "GraniteServiceVersion20100801.TagResource\n\n" +
			`{"ResourceARN":"arn:aws:cloudwatch:us-east-1:123456789012:alarm:a","Tags":[{"Key":"a","Value":"b"}]}`,
		"query": "POST /" + form +
			"Action=TagResource&Version=2010-08-01&ResourceARN=arn%3Aaws%3Acloudwatch%3Aus-east-1%3A123456789012%3Aalarm%3Aa" +
			"&Tags.member.1.Key=a&Tags.member.1.Value=b",
	} {
		got, err := needs(request(t, "monitoring", text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(want, say(got)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestMalformed(t *testing.T) {
	t.Parallel()
	const put = "POST /" + json11 + "Kinesis_20131202.DescribeStream\n\n"
	tests := []struct {
		name, signed, request string
		want                  error
	}{
		{"no JSON", "kinesis", put + `{"StreamName":`, errSyntax},
		{"more than JSON", "kinesis", put + `{"StreamName":"a"}{"StreamName":"b"}`, errSyntax},
		{"no UTF-8", "kinesis", put + "{\"StreamName\":\"\xff\"}", errSyntax},
		{"a member twice", "kinesis", put + `{"StreamName":"a","StreamName":"b"}`, errTwice},
		{"a member twice, once escaped", "kinesis", put + `{"StreamName":"a","Stream\u004eame":"b"}`, errTwice},
		{"a member in another case", "kinesis", put + `{"StreamName":"a","streamname":"b"}`, errTwice},
		{"a member in another case, alone", "kinesis", put + `{"streamname":"b"}`, errTwice},
		{"a letter that folds", "kinesis", put + `{"StreamName":"a","ſtreamName":"b"}`, errTwice},
		{"a member that is not a string", "kinesis", put + `{"StreamName":{"a":1}}`, errSyntax},
		{"no member that must be there", "ssm", "POST /" + json11 + "AmazonSSM.GetParameter\n\n{}", errMissing},
		{"a null", "ssm", "POST /" + json11 + "AmazonSSM.GetParameter\n\n" + `{"Name":null}`, errMissing},
		{"no body", "ssm", "POST /" + json11 + "AmazonSSM.GetParameter", errMissing},
		{"no ARN", "monitoring", "POST /" + json10 + `GraniteServiceVersion20100801.UntagResource` + "\n\n" +
			`{"ResourceARN":"a","TagKeys":["b"]}`, errNoARN},
		{"an ARN of another region", "kinesis", put + `{"StreamName":"arn:aws:kinesis:eu-west-1:123456789012:stream/s"}`, errElsewhere},
		{"an ARN of another partition", "kinesis", put + `{"StreamName":"arn:aws-cn:kinesis:us-east-1:123456789012:stream/s"}`,
			errElsewhere},
		{"a key of another region", "kms", "POST /" + json11 + `TrentService.Encrypt` + "\n\n" +
			`{"KeyId":"arn:aws:kms:eu-west-1:123456789012:key/k"}`, errElsewhere},
		{"an alias of another region", "kms", "POST /" + json11 + `TrentService.Encrypt` + "\n\n" +
			`{"KeyId":"arn:aws:kms:eu-west-1:123456789012:alias/a"}`, errElsewhere},
		{"a secret of another region in a batch", "secretsmanager", "POST /" + json11 + `secretsmanager.BatchGetSecretValue` + "\n\n" +
			`{"SecretIdList":["arn:aws:secretsmanager:eu-west-1:123456789012:secret:s-AbCdEf"]}`,
			invalidARN("arn:aws:secretsmanager:eu-west-1:123456789012:secret:s-AbCdEf")},
		{"a source of another partition", "rds", "POST /" + form + "Action=CopyDBSnapshot&Version=2014-10-31&TargetDBSnapshotIdentifier=t" +
			"&SourceDBSnapshotIdentifier=arn%3Aaws-cn%3Ards%3Acn-north-1%3A123456789012%3Asnapshot%3As", errElsewhere},
		{"a parameter twice", "rds", "POST /" + form + "Action=DeleteDBInstance&DBInstanceIdentifier=a&DBInstanceIdentifier=b", errTwice},
		{"a parameter in the query too", "rds",
			"POST /?DBInstanceIdentifier=b" + form + "Action=DeleteDBInstance&DBInstanceIdentifier=a", errTwice},
		{"a parameter in the query alone", "ec2", "POST /?InstanceId.2=b" + form + "Action=StopInstances&InstanceId.1=a", errTwice},
		{"an element twice", "ec2", "POST /" + form + "Action=StopInstances&InstanceId.1=a&InstanceId.01=b", errTwice},
		{"a text and a structure", "rds", "POST /" + form +
			"Action=DeleteDBInstance&DBInstanceIdentifier=a&DBInstanceIdentifier.x=b", errTwice},
		{"a qualifier twice", "lambda", "POST /2015-03-31/functions/f/invocations?Qualifier=a&Qualifier=b", errTwice},
		{"no XML", "cloudfront", "POST /2020-05-31/tagging?Operation=Tag&Resource=arn:aws:cloudfront::1:x\n\n<Tags><Items></Tags>",
			errSyntax},
		{
			"an entity", "cloudfront",
			"POST /2020-05-31/tagging?Operation=Tag&Resource=arn:aws:cloudfront::1:x\n\n<!DOCTYPE a [<!ENTITY b \"c\">]><Tags/>", errSyntax,
		},
		{"an element of XML twice", "cloudfront",
			"POST /2020-05-31/tagging?Operation=Tag&Resource=arn:aws:cloudfront::1:x\n\n<Tags><Items/><Items/></Tags>", errTwice},
		{"no CBOR", "monitoring", "POST /service/GraniteServiceVersion20100801/operation/TagResource" + cborHeaders +
			"\n\n\xff", errSyntax},
		{"a key of CBOR twice", "monitoring", "POST /service/GraniteServiceVersion20100801/operation/TagResource" + cborHeaders +
			"\n\n\xa2\x61a\x01\x61a\x02", errSyntax},
		{"too many elements", "ssm", "POST /" + json11 + "AmazonSSM.GetParameters\n\n" + `{"Names":["x"` +
			strings.Repeat(`,"x"`, maxParts) + "]}", errTooMuch},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := needs(request(t, test.signed, test.request))
			var malformed *Malformed
			if !errors.As(err, &malformed) {
				t.Fatalf("%v, %v", got, err)
			}
			if malformed.Reason != test.want.Error() {
				t.Errorf("got %q, want %q", malformed.Reason, test.want)
			}
		})
	}
}
