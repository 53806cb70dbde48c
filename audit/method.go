package audit

import "strings"

// The methods of escalation have the IDs of Datadog's pathfinding.cloud, as it was in
// December 2025, whose catalogue is data under the Apache-2.0 licence. Those whose IDs
// begin with "own-" are not in it.
// https://pathfinding.cloud/paths/

// A method is a way of a single principal to become an administrator by its own calls.
type method struct {
	id      string
	title   string
	actions []string // the permissions that it takes, the one first whose denial closes it

	// services are those that a role is passed to or runs in: one of them must be
	// trusted by the role. None: the method is of IAM and STS alone.
	services []string
}

const (
	ec2Service         = "ec2.amazonaws.com"
	lambdaService      = "lambda.amazonaws.com"
	glueService        = "glue.amazonaws.com"
	tasksService       = "ecs-tasks.amazonaws.com"
	sagemakerService   = "sagemaker.amazonaws.com"
	codebuildService   = "codebuild.amazonaws.com"
	stacksService      = "cloudformation.amazonaws.com"
	agentsService      = "bedrock-agentcore.amazonaws.com"
	runnerService      = "tasks.apprunner.amazonaws.com"
	pipelinesService   = "datapipeline.amazonaws.com"
	codestarService    = "codestar.amazonaws.com"
	autoscalingService = "autoscaling.amazonaws.com"
)

// passing are the methods in which a service acts with a role: one that is passed to it
// if the actions begin with iam:PassRole, and else one that it has already.
func passing() []method {
	return []method{
		of("apprunner-001", runnerService, "iam:PassRole apprunner:CreateService"),
		of("apprunner-002", runnerService, "apprunner:UpdateService"),
		of("bedrock-001", agentsService, "iam:PassRole bedrock-agentcore:CreateCodeInterpreter "+
			"bedrock-agentcore:StartCodeInterpreterSession bedrock-agentcore:InvokeCodeInterpreter"),
		of("bedrock-002", agentsService, "bedrock-agentcore:StartCodeInterpreterSession bedrock-agentcore:InvokeCodeInterpreter"),
		of("cloudformation-001", stacksService, "iam:PassRole cloudformation:CreateStack"),
		of("cloudformation-002", stacksService, "cloudformation:UpdateStack"),
		of("cloudformation-003", stacksService, "iam:PassRole cloudformation:CreateStackSet cloudformation:CreateStackInstances"),
		of("cloudformation-004", stacksService, "iam:PassRole cloudformation:UpdateStackSet"),
		of("cloudformation-005", stacksService, "cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet"),
		of("codebuild-001", codebuildService, "iam:PassRole codebuild:CreateProject codebuild:StartBuild"),
		of("codebuild-002", codebuildService, "codebuild:StartBuild"),
		of("codebuild-003", codebuildService, "codebuild:StartBuildBatch"),
		of("codebuild-004", codebuildService, "iam:PassRole codebuild:CreateProject codebuild:StartBuildBatch"),
		of("datapipeline-001", pipelinesService+" "+ec2Service,
			"iam:PassRole datapipeline:CreatePipeline datapipeline:PutPipelineDefinition datapipeline:ActivatePipeline"),
		of("ec2-001", ec2Service, "iam:PassRole ec2:RunInstances"),
		of("ec2-002", ec2Service, "ec2:ModifyInstanceAttribute ec2:StopInstances ec2:StartInstances"),
		of("ec2-003", ec2Service, "iam:PassRole ec2:RequestSpotInstances"),
		of("ec2-004", ec2Service, "ec2:CreateLaunchTemplateVersion ec2:ModifyLaunchTemplate"),
		of("ec2instanceconnect-003", ec2Service, "ec2-instance-connect:SendSSHPublicKey ec2:DescribeInstances"),
		of("ecs-001", tasksService, "iam:PassRole ecs:CreateCluster ecs:RegisterTaskDefinition ecs:CreateService"),
		of("ecs-002", tasksService, "iam:PassRole ecs:CreateCluster ecs:RegisterTaskDefinition ecs:RunTask"),
		of("ecs-003", tasksService, "iam:PassRole ecs:RegisterTaskDefinition ecs:CreateService"),
		of("ecs-004", tasksService, "iam:PassRole ecs:RegisterTaskDefinition ecs:RunTask"),
		of("ecs-005", tasksService, "iam:PassRole ecs:RegisterTaskDefinition ecs:StartTask"),
		of("glue-001", glueService, "iam:PassRole glue:CreateDevEndpoint"),
		of("glue-002", glueService, "glue:UpdateDevEndpoint"),
		of("glue-003", glueService, "iam:PassRole glue:CreateJob glue:StartJobRun"),
		of("glue-004", glueService, "iam:PassRole glue:CreateJob glue:CreateTrigger"),
		of("glue-005", glueService, "iam:PassRole glue:UpdateJob glue:StartJobRun"),
		of("glue-006", glueService, "iam:PassRole glue:UpdateJob glue:CreateTrigger"),
		of("lambda-001", lambdaService, "iam:PassRole lambda:CreateFunction lambda:InvokeFunction"),
		of("lambda-002", lambdaService, "iam:PassRole lambda:CreateFunction lambda:CreateEventSourceMapping"),
		of("lambda-003", lambdaService, "lambda:UpdateFunctionCode"),
		of("lambda-004", lambdaService, "lambda:UpdateFunctionCode lambda:InvokeFunction"),
		of("lambda-005", lambdaService, "lambda:UpdateFunctionCode lambda:AddPermission"),
		of("lambda-006", lambdaService, "iam:PassRole lambda:CreateFunction lambda:AddPermission"),
		of("own-autoscaling", ec2Service, "iam:PassRole autoscaling:CreateLaunchConfiguration autoscaling:CreateAutoScalingGroup"),
		of("own-codestar", codestarService, "iam:PassRole codestar:CreateProject"),
		of("own-ecs-command", tasksService, "ecs:ExecuteCommand ecs:DescribeTasks"),
		of("own-lambda-layer", lambdaService, "lambda:UpdateFunctionConfiguration"),
		of("sagemaker-001", sagemakerService, "iam:PassRole sagemaker:CreateNotebookInstance"),
		of("sagemaker-002", sagemakerService, "iam:PassRole sagemaker:CreateTrainingJob"),
		of("sagemaker-003", sagemakerService, "iam:PassRole sagemaker:CreateProcessingJob"),
		of("sagemaker-004", sagemakerService, "sagemaker:CreatePresignedNotebookInstanceUrl"),
		of("sagemaker-005", sagemakerService, "sagemaker:UpdateNotebookInstance sagemaker:CreateNotebookInstanceLifecycleConfig "+
			"sagemaker:StopNotebookInstance sagemaker:StartNotebookInstance"),
		of("ssm-001", ec2Service, "ssm:StartSession"),
		of("ssm-002", ec2Service, "ssm:SendCommand"),
	}
}

func of(id, services, actions string) method {
	m := method{id: id, actions: strings.Fields(actions), services: strings.Fields(services)}
	if m.passes() {
		m.title = "passes a role to " + m.services[0] + " that is an administrator"
	} else {
		m.title = "makes " + m.services[0] + " act with a role that is an administrator"
	}
	return m
}

// passes reports whether the method passes a role.
func (m *method) passes() bool { return m.actions[0] == "iam:PassRole" }

// The methods of IAM and STS, by what is done.
const (
	byVersion       = "iam-001"
	byKey           = "iam-002"
	byReplacedKey   = "iam-003"
	byNewPassword   = "iam-004"
	byRolePolicy    = "iam-005"
	byPassword      = "iam-006"
	byUserPolicy    = "iam-007"
	byUserAttached  = "iam-008"
	byRoleAttached  = "iam-009"
	byGroupAttached = "iam-010"
	byGroupPolicy   = "iam-011"
	byTrust         = "iam-012"
	byGroup         = "iam-013"
	byAssuming      = "sts-001"
	byDefault       = "own-default-version"
	byBoundary      = "own-boundary"
	byChain         = "own-chain"
)

// both are the methods that raise another principal and take it.
var both = map[[2]string]string{
	{byRoleAttached, byAssuming}: "iam-014",
	{byUserAttached, byKey}:      "iam-015",
	{byVersion, byAssuming}:      "iam-016",
	{byRolePolicy, byAssuming}:   "iam-017",
	{byUserPolicy, byKey}:        "iam-018",
	{byRoleAttached, byTrust}:    "iam-019",
	{byVersion, byTrust}:         "iam-020",
	{byRolePolicy, byTrust}:      "iam-021",
}

// identities are the methods of IAM and STS, in the order of their IDs.
func identities() []method {
	one := func(id, title, actions string) method {
		return method{id: id, title: title, actions: strings.Fields(actions)}
	}
	return []method{
		one(byVersion, "rewrites a policy that it has", "iam:CreatePolicyVersion"),
		one(byKey, "makes an access key of a user that is an administrator", "iam:CreateAccessKey"),
		one(byReplacedKey, "replaces an access key of a user that is an administrator", "iam:CreateAccessKey iam:DeleteAccessKey"),
		one(byNewPassword, "gives a password to a user that is an administrator", "iam:CreateLoginProfile"),
		one(byRolePolicy, "writes an inline policy of its own role", "iam:PutRolePolicy"),
		one(byPassword, "sets the password of a user that is an administrator", "iam:UpdateLoginProfile"),
		one(byUserPolicy, "writes an inline policy of its own", "iam:PutUserPolicy"),
		one(byUserAttached, "attaches a policy to itself", "iam:AttachUserPolicy"),
		one(byRoleAttached, "attaches a policy to its own role", "iam:AttachRolePolicy"),
		one(byGroupAttached, "attaches a policy to a group that it is in", "iam:AttachGroupPolicy"),
		one(byGroupPolicy, "writes an inline policy of a group that it is in", "iam:PutGroupPolicy"),
		one(byTrust, "lets itself assume a role that is an administrator", "iam:UpdateAssumeRolePolicy"),
		one(byGroup, "joins a group that has an administrator's rights", "iam:AddUserToGroup"),
		one("iam-014", "attaches a policy to a role that it can assume", "iam:AttachRolePolicy sts:AssumeRole"),
		one("iam-015", "attaches a policy to a user and makes a key of it", "iam:AttachUserPolicy iam:CreateAccessKey"),
		one("iam-016", "rewrites a policy of a role that it can assume", "iam:CreatePolicyVersion sts:AssumeRole"),
		one("iam-017", "writes an inline policy of a role that it can assume", "iam:PutRolePolicy sts:AssumeRole"),
		one("iam-018", "writes an inline policy of a user and makes a key of it", "iam:PutUserPolicy iam:CreateAccessKey"),
		one("iam-019", "attaches a policy to a role and lets itself assume it", "iam:AttachRolePolicy iam:UpdateAssumeRolePolicy"),
		one("iam-020", "rewrites a policy of a role and lets itself assume it", "iam:CreatePolicyVersion iam:UpdateAssumeRolePolicy"),
		one("iam-021", "writes an inline policy of a role and lets itself assume it", "iam:PutRolePolicy iam:UpdateAssumeRolePolicy"),
		one(byBoundary, "removes the permissions boundary that keeps it from being an administrator",
			"iam:DeleteUserPermissionsBoundary iam:DeleteRolePermissionsBoundary"),
		one(byChain, "becomes an administrator over several principals", ""),
		one(byDefault, "sets an older version of a policy that it has as the default", "iam:SetDefaultPolicyVersion"),
		one(byAssuming, "assumes a role that is an administrator", "sts:AssumeRole"),
	}
}
