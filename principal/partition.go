package principal

import (
	"fmt"
	"slices"
	"strings"
)

// Partition is one of AWS's partitions, by the name that ARNs have for it. A
// server is in one partition, and so are its accounts. The zero value is AWS.
// https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
type Partition string

// The partitions that a server can be in.
const (
	AWS      Partition = "aws"
	China    Partition = "aws-cn"
	GovCloud Partition = "aws-us-gov"
)

// partitionFacts is what differs between the partitions besides their names, from the SDKs' tables
// of endpoints and partitions.
type partitionFacts struct {
	region    string // in which IAM is, and the region of the global endpoints
	domain    string // of endpoints
	dualStack string // domain of the endpoints that have IPv6 too
	globalSTS bool   // STS has an endpoint that is not of a region
	signIn    string // host of the page at which browsers post SAML assertions
	audience  string // of SAML assertions
}

var partitionTable = map[Partition]partitionFacts{
	AWS: {"us-east-1", "amazonaws.com", "api.aws", true, "signin.aws.amazon.com", "urn:amazon:webservices"},
	China: {
		"cn-north-1", "amazonaws.com.cn", "api.amazonwebservices.com.cn", false, "signin.amazonaws.cn",
		"urn:amazon:webservices:cn-north-1",
	},
	GovCloud: {"us-gov-west-1", "amazonaws.com", "api.aws", false, "signin.amazonaws-us-gov.com", "urn:amazon:webservices:govcloud"},
}

// partitions are all that AWS has.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
var partitions = []string{"aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"}

// IsPartition reports whether AWS has a partition of the name. A server cannot be in every one of
// them, see ParsePartition.
func IsPartition(name string) bool { return slices.Contains(partitions, name) }

// Partitions returns the names of all partitions of AWS.
func Partitions() []string { return slices.Clone(partitions) }

// ParsePartition returns the partition with the name, if a server can be in it; "" is AWS.
func ParsePartition(name string) (Partition, error) {
	p := Partition(name)
	if _, ok := partitionTable[p.orAWS()]; !ok {
		return "", fmt.Errorf("%q is not a partition that the server can be in; give aws, aws-cn or aws-us-gov", name)
	}
	return p.orAWS(), nil
}

func (p Partition) orAWS() Partition {
	if p == "" {
		return AWS
	}
	return p
}

func (p Partition) facts() partitionFacts { return partitionTable[p.orAWS()] }

// String returns the name of the partition in ARNs.
func (p Partition) String() string { return string(p.orAWS()) }

// Mark returns the mark of the partition's records: its name, and nothing for aws, whose records
// may be older than the mark.
func (p Partition) Mark() string {
	if p.orAWS() == AWS {
		return ""
	}
	return string(p)
}

// ARN puts the parts of an ARN together. The partition of the parts is that of
// the receiver.
func (p Partition) ARN(a ARN) string {
	a.Partition = p.String()
	return a.String()
}

// Is reports whether an ARN names the partition.
func (p Partition) Is(a ARN) bool { return a.Partition == p.String() }

// Elsewhere says where something is whose ARN names another partition than that of a
// server, and returns the ARN that it would have in that of the server. It returns
// nothing for an ARN of the partition, for one with a pattern in the place of the
// partition, and for what is not an ARN.
func (p Partition) Elsewhere(arn string) (where, here string) {
	a, ok := ParseARN(arn)
	if !ok || p.Is(a) || a.Partition == "" || strings.ContainsAny(a.Partition, "*?$") {
		return "", ""
	}
	return fmt.Sprintf("it is of the partition %s, and the server is in %s", a.Partition, p), p.ARN(a)
}

// IAM returns the ARN of an IAM resource, such as "user/path/name", of the account.
func (p Partition) IAM(accountID, resource string) string {
	return "arn:" + p.String() + ":iam::" + accountID + ":" + resource
}

// STS returns the ARN of an STS resource, such as "assumed-role/name/session".
func (p Partition) STS(accountID, resource string) string {
	return "arn:" + p.String() + ":sts::" + accountID + ":" + resource
}

// ParseIAM reads the ARN of an IAM resource of an account. It reports false for every spelling but
// IAM's: two spellings of one resource could be decided differently, and a policy that denies one
// would let the other pass.
func (p Partition) ParseIAM(s string) (ARN, bool) {
	a, ok := ParseARN(s)
	return a, ok && ValidAccountID(a.AccountID) && p.IsIAM(a)
}

// IsIAM reports whether an ARN begins as those of IAM in the partition do.
func (p Partition) IsIAM(a ARN) bool { return p.Is(a) && a.Service == "iam" && a.Region == "" }

// AWSPolicy returns the ARN of the AWS managed policy with the path and name,
// such as "job-function/Billing"; with "" it is what all of their ARNs begin with.
func (p Partition) AWSPolicy(name string) string { return p.IAM(AWSAccount, "policy/"+name) }

// CutAWSPolicy takes the ARN of an AWS managed policy apart, as AWSPolicy puts it
// together. It reports false for any other ARN.
func CutAWSPolicy(arn string) (p Partition, name string, ok bool) {
	a, _ := ParseARN(arn)
	p = Partition(a.Partition)
	name, ok = strings.CutPrefix(a.Resource, "policy/")
	return p, name, ok && p.IsIAM(a) && a.AccountID == AWSAccount
}

// IsAWSPolicy reports whether an ARN is that of an AWS managed policy, in any
// partition.
func IsAWSPolicy(arn string) bool {
	_, _, ok := CutAWSPolicy(arn)
	return ok
}

// Rewrite returns a string of AWS's, such as the document of an AWS managed policy, with its ARNs
// of the partition aws moved to this one.
func (p Partition) Rewrite(text string) string {
	if p.orAWS() == AWS {
		return text
	}
	return strings.ReplaceAll(text, "arn:aws:", "arn:"+p.String()+":")
}

// Region is where IAM is, and what clients sign for by default.
func (p Partition) Region() string { return p.facts().region }

// Domain is that of AWS's endpoints, and DualStackDomain that of those which have
// IPv6 too.
func (p Partition) Domain() string { return p.facts().domain }

// DualStackDomain is the domain of AWS's endpoints that also have IPv6.
func (p Partition) DualStackDomain() string { return p.facts().dualStack }

// HasGlobalSTS reports whether STS has an endpoint that is not of a region.
// https://docs.aws.amazon.com/general/latest/gr/sts.html
func (p Partition) HasGlobalSTS() bool { return p.facts().globalSTS }

// SignIn returns the host to which browsers post SAML assertions.
func (p Partition) SignIn() string { return p.facts().signIn }

// SAMLAudience returns the audience of SAML assertions for AWS.
func (p Partition) SAMLAudience() string { return p.facts().audience }

// EC2 is the service principal of EC2, to which the roles of instances are passed
// and which they trust. In China it has the suffix of China (reported: IAM refused
// the other one there in 2020; AWS managed policies name both for iam:PassedToService).
func (p Partition) EC2() string { return "ec2." + p.Domain() }
