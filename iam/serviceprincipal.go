package iam

import (
	"regexp"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/iam/managed"
)

// knownService reports whether AWS takes the name of a service as a principal
// in a trust policy: a service that has a service-linked role, or one of
// serviceNames before ".amazonaws.com", with or without a Region between them,
// and with ".cn" for China.
//
// AWS publishes no list. A name that AWS takes and the list lacks is refused
// here; a few of the list AWS may refuse.
func knownService(principal string) bool {
	name, found := strings.CutSuffix(strings.TrimSuffix(principal, ".cn"), ".amazonaws.com")
	if !found {
		return alexaService(principal)
	}
	if service, region, ok := cutLast(name, "."); ok && regionName.MatchString(region) {
		name = service
	}
	if _, found = managed.ServiceLinkedRoleOf(name + ".amazonaws.com"); found {
		return true
	}
	_, found = slices.BinarySearch(services, name)
	return found
}

// alexaService reports whether the principal is one of Alexa's, which alone
// have another domain.
// https://developer.amazon.com/docs/custom-skills/host-a-custom-skill-as-an-aws-lambda-function.html
func alexaService(principal string) bool {
	return principal == "alexa-appkit.amazon.com" || principal == "alexa-connectedhome.amazon.com"
}

// cutLast splits a text at the last separator.
func cutLast(text, separator string) (before, after string, found bool) {
	i := strings.LastIndex(text, separator)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(separator):], true
}

// regionName is the name of a Region, such as us-east-1 or us-gov-west-1.
var regionName = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]$`)

// services is serviceNames in a form to search in.
var services = strings.Fields(serviceNames)

// serviceNames are the services that may be principals, in order: those that
// the AWS managed policies name as passed to, as owners of service-linked roles
// or as prefix of an action, and those of the IAM User Guide and of service guides
// that they miss.
const serviceNames = `
a2c a4b access-analyzer access-grants.s3 account account-access accountdiscovery.ssm acm acm-pca aco-automation
action-recommendations agent-registry agent.wellarchitected agentless.inspector2 aidevops aiops airflow airflow-env
airflow-serverless ami.inspector2 amplify amplifybackend amplifyuibuilder aoss apidestinations.events apigateway
app-integrations appconfig appfabric appflow application-autoscaling application-insights application-signals
application-signals.cloudwatch application-transformation applicationinsights appmesh appmesh-preview apprunner
appstream appstream.application-autoscaling appstudio appsync apptest aps arc-region-switch arc-zonal-shift artifact
assets.marketplace athena auditmanager autoscaling autoscaling-plans aws-artifact-account-sync aws-external-anthropic
aws-marketplace aws-mcp b2bi backup backup-gateway backup-search backup-storage batch batchoperations.s3
bcm-dashboards bcm-data-exports bcm-pricing-calculator bcm-recommended-actions bedrock bedrock-agentcore
bedrock-mantle bedrock-websearch billingconductor billingreports braket budgets bugbust build.apprunner byol cassandra
cassandra-streams cassandra.application-autoscaling ce channels.lex channels.lexv2 chatbot chime cks.kms cleanrooms
cleanrooms-ml cloud9 clouddirectory cloudformation cloudfront cloudfront-keyvaluestore cloudhsm cloudsearch cloudtrail
cloudwatch cloudwatch-crossaccount codeartifact codebuild codecatalyst codecatalyst-runner codecommit codeconnections
codedeploy codeguru codeguru-profiler codeguru-reviewer codeguru-security codepipeline codestar codestar-connections
codestar-notifications codewhisperer cognito-identity cognito-idp cognito-sync comprehend
comprehend.application-autoscaling comprehendmedical compute-optimizer config config-conforms config-multiaccountsetup
connect connect-campaigns context.cloudtrail continuousexport.discovery contract.iq contributorinsights.dynamodb
controlcatalog controltower cost-optimization-hub cost-optimization-hub.bcm costalerts credentials.deadline
credentials.iot cur custom-resource.application-autoscaling custom.rds custom.rds-preview databrew dataexchange
datapipeline datasync datasync-discovery datazone datazonecontrol dax deadline deepcomposer deeplens deepracer
delivery.logs detective devicefarm devops-guru directconnect directquery.opensearchservice discovery dlm dms
dms-fleet-advisor dmsintegration.migrationhub docdb-elastic drs ds ds-data dsql dynamodb
dynamodb.application-autoscaling ebs ebs.csi.eks ec2 ec2-images ec2-instance-connect ec2.application-autoscaling
ec2.application-status-checks ec2.capacitymanager ec2fastlaunch ec2fleet ec2scheduled ec2sqlha ecr ecr-public ecs
ecs-compute ecs-tasks ecs.application-autoscaling edgelambda eks eks-auth eks-connector eks-fargate eks-fargate-pods
eks-mcp eks-nodegroup elastic-inference elasticache elasticache.application-autoscaling elasticbeanstalk
elasticfilesystem elasticloadbalancing elasticmapreduce elastictranscoder elemental-inference email.cognito-idp emr
emr-containers emr-serverless emrwal entityresolution es event-processor.health events events.managedservices
events.workmail evidently evs export.rds finops-agent finspace firehose fis fms forecast frauddetector fsx gamelift
gameliftstreams gamesparks gateway.eks geo glacier globalaccelerator glue grafana greengrass groundstation
groundtruthlabeling guardduty health healthlake honeycode iam identity-sync identitystore imagebuilder importexport
ingress.eks inspector inspector2 inspector2-telemetry interconnect internetmonitor iot iot-device-tester iot1click
iotanalytics iotdeviceadvisor iotevents iotfleethub iotfleetwise iotjobsdata iotmanagedintegrations iotroborunner
iotsitewise iottwinmaker iotwireless ipam iq ivs ivschat job.sagemaker justintimeaccess.ssm kafka
kafka.application-autoscaling kafkaconnect kendra kendra-ranking kinesis kinesisanalytics kinesisreplication.dynamodb
kinesisvideo kms lakeformation lambda lambda.alarms.cloudwatch lambda.application-autoscaling launchwizard lex lexv2
license-management.marketplace license-manager license-manager.master-account license-manager.member-account lightsail
logger.cloudfront logging.s3 logs lookoutequipment lookoutmetrics lookoutvision m2 machinelearning macie macie2
maintenance.elasticbeanstalk maintenance.rds malware-protection-plan.guardduty malware-protection.guardduty
managedblockchain managedupdates.elasticbeanstalk mechanicalturk mediaconnect mediaconvert medialive mediapackage
mediapackage-vod mediapackagev2 mediastore mediatailor medical-imaging member.org.stacksets.cloudformation memorydb
metrics.wellarchitected mgh mgn migrationhub migrationhub-orchestrator migrationhub-strategy mobileanalytics mobilehub
mobiletargeting monitoring monitoring.rds monitoring.thinclient monitron mpa mq mrk.kms mturk-requester neptune-graph
neptune.application-autoscaling network-connectors.lambda network-firewall network-security-director
network-security-manager network.bedrock-agentcore networkflowmonitor networkmanager networkmonitor nimble
notifications notifications-contacts notifications.ssm nova-act oam observability.aoss observabilityadmin odb omics
opensearch opensearchservice ops.apigateway ops.athena ops.emr-serverless opsdatasync.ssm opsinsights.ssm opsworks
opsworks-cm organizations orgsdatasync.servicecatalog osis outposts panorama partnercentral
partnercentral-account-management payment-cryptography pca-connector-ad pca-connector-scep pcs permission.iq
personalize pinpoint pipes pods.eks polly pricingplanmanager private-marketplace.marketplace private-networks profile
proton pullthroughcache.ecr purchase-orders purchaseorders q qapps qbusiness qldb quicksight ram rbin rds
rds.application-autoscaling reachabilityanalyzer.networkinsights redshift redshift-data redshift-serverless
refactor-spaces rekognition remediation.config replication.cassandra replication.dynamodb replication.ecr
replication.lexv2 replication.s3tables replicator.lambda reporting.trustedadvisor repository.sync.codeconnections
repostspace resale-authorization.marketplace researchstudio resiliencehub resource-explorer-2 resource-groups
resource-management.securitylake resource-snapshot-job.partnercentral-selling restore-testing.backup robomaker
rolesanywhere route53 route53-recovery-cluster route53-recovery-control-config route53-recovery-readiness
route53domains route53globalresolver route53profiles route53resolver rtbfabric rum runtime-identity.bedrock-agentcore
runtime-instances.bedrock-agentcore s3 s3-object-lambda s3-outposts s3.data-source.lustre.fsx s3express s3files
s3tables s3vectors sagemaker sagemaker-data-science-assistant sagemaker-geospatial sagemaker-groundtruth-synthetic
sagemaker-mlflow sagemaker-unified-studio-mcp sagemaker.application-autoscaling savingsplans scaler.lambda scheduler
schema-conversion.dms schemas scraper.aps sdb sdmp secretsmanager security-ir securityagent securityhub securityhubv2
securitylake serverlessrepo service.eks servicecatalog servicecatalog-appregistry servicediscovery servicequotas ses
sgp.eks shield signer signin simspaceweaver sms sms-voice smsintegration.migrationhub snowball sns social-messaging
spot spotfleet sqlworkbench sqs ssm ssm-contacts ssm-guiconnect ssm-incidents ssm-quicksetup ssm-sap ssm.integrations
sso stacksets.cloudformation states storage-lens.s3 storagegateway streams.metrics.cloudwatch sts sumerian support
supportapp supportplans sustainability swf sync.proton synthetics tagpolicies.tag tasks.apprunner
telemetry-enablement.observabilityadmin telemetry-pipelines.observabilityadmin textract thinclient thirdparty.config
thirdparty.inspector2 timestream timestream-influxdb tnb transcribe transcribe.streaming transfer transform
transform-custom transitgateway translate triage.security-ir trustedadvisor user-attribute-cost-allocation-data
user-subscriptions vendor-insights verified-access verifiedpermissions vmie voiceid vpc-flow-logs vpc-lattice
vpc-lattice-svcs vpcorigin.cloudfront waf waf-regional wafv2 wellarchitected wickr wisdom workdocs worklink workmail
workmailmessageflow workspaces workspaces-instances workspaces-web workspaces.application-autoscaling xray
`
