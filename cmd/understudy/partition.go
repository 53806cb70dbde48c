package main

import "github.com/understudy-iam/understudy/principal"

// partitionFlag is the partition of the server, for the commands whose requests or
// ARNs depend on it.
type partitionFlag struct {
	Partition string `group:"Partition:" enum:"aws,aws-cn,aws-us-gov" default:"aws" env:"UNDERSTUDY_PARTITION" help:"Partition of the server: aws, aws-cn (China) or aws-us-gov (GovCloud). ARNs, the regions that clients may sign for and AWS's endpoints are those of the partition."`
}

// partition is the one that the flag names, which its values are.
func (f *partitionFlag) partition() principal.Partition { return principal.Partition(f.Partition) }

// partitionOf is the partition that an ARN of a server names.
func partitionOf(arn string) principal.Partition {
	a, _ := principal.ParseARN(arn)
	return principal.Partition(a.Partition)
}
