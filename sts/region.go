package sts

import "slices"

// defaultRegions are the regions that every account can use. Regions that AWS has opened since
// March 20, 2019 have to be enabled first, so this list is complete.
// https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
var defaultRegions = []string{
	"ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
	"ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1",
	"us-east-1", "us-east-2", "us-west-1", "us-west-2",
}

// onByDefault reports whether a region is one of them. A region that is not known counts as one.
func onByDefault(region string) bool { return region == "" || slices.Contains(defaultRegions, region) }
