package main

import "github.com/understudy-iam/understudy/principal"

// partitionFlag is the partition of the server, for the commands whose requests or
// ARNs depend on it.
type partitionFlag struct {
	Partition string `group:"Partition:" enum:"aws,aws-cn,aws-us-gov" default:"aws" env:"UNDERSTUDY_PARTITION" help:"@partitionFlagPartition"`
}

// partition is the partition that the flag names.
func (f *partitionFlag) partition() principal.Partition { return principal.Partition(f.Partition) }

// partitionOf is the partition that an ARN of a server names.
func partitionOf(arn string) principal.Partition {
	a, _ := principal.ParseARN(arn)
	return principal.Partition(a.Partition)
}
