package sigv4

import (
	"slices"
	"strings"
)

// regionDirections are the middle words of region names: us-EAST-1.
var regionDirections = []string{
	"north", "south", "east", "west", "central",
	"northeast", "northwest", "southeast", "southwest",
}

// area is the first word of region names, with its partition.
type area struct{ name, partition string }

// regionAreas are those of the region patterns in the SDK's own partition table
// (aws-sdk-go-v2, internal/endpoints/awsrulesfn/partitions.json).
var regionAreas = []area{
	{"us", "aws"}, {"eu", "aws"}, {"ap", "aws"}, {"sa", "aws"}, {"ca", "aws"},
	{"me", "aws"}, {"af", "aws"}, {"il", "aws"}, {"mx", "aws"},
	{"cn", "aws-cn"}, {"us-gov", "aws-us-gov"},
	{"us-iso", "aws-iso"}, {"us-isob", "aws-iso-b"}, {"us-isof", "aws-iso-f"}, {"eu-isoe", "aws-iso-e"},
	{"eusc-de", "aws-eusc"},
}

// GlobalRegion is the region of the global endpoints in partition aws.
const GlobalRegion = "us-east-1"

// AWSGlobal is the SDKs' name for the region of global endpoints. Only we accept it as a scope:
// AWS's global endpoints accept only us-east-1, which is also the scope of a regional endpoint.
const AWSGlobal = "aws-global"

// ValidRegion reports whether a name could be that of an AWS region, an area, a direction and a
// number such as us-east-1, or is AWSGlobal.
func ValidRegion(name string) bool {
	_, ok := Partition(name)
	return ok
}

// Partition returns the partition of a region, such as aws or aws-cn; false if ValidRegion is
// false.
func Partition(region string) (string, bool) {
	if region == GlobalRegion || region == AWSGlobal {
		return "aws", true
	}
	prefix, number, ok := cutLast(region)
	if !ok || !validNumber(number) {
		return "", false
	}
	name, direction, ok := cutLast(prefix)
	if !ok || !slices.Contains(regionDirections, direction) {
		return "", false
	}
	for _, a := range regionAreas {
		if a.name == name {
			return a.partition, true
		}
	}
	return "", false
}

// ValidRegionIn is ValidRegion for a region of the partition; "" is any partition.
func ValidRegionIn(name, partition string) bool {
	p, ok := Partition(name)
	return ok && (partition == "" || p == partition)
}

// validRegionSet checks the list of a SigV4A signature: regions, or patterns in which a star
// matches anything, separated by commas. It is enough that one of them admits a region: this server
// is in all regions.
func validRegionSet(set, partition string) bool {
	for set != "" {
		var name string
		name, set, _ = strings.Cut(set, ",")
		name = strings.TrimSpace(name)
		if ValidRegionIn(name, partition) || validRegionPattern(name, partition) {
			return true
		}
	}
	return false
}

// regionOf returns the region of a region set in which the request counts as made.
func regionOf(set string) string {
	for set != "" {
		var name string
		name, set, _ = strings.Cut(set, ",")
		if name = strings.TrimSpace(name); ValidRegion(name) {
			return name
		}
	}
	return GlobalRegion
}

// validRegionPattern reports whether a pattern with a star at its end could
// match the name of a region of the partition.
func validRegionPattern(pattern, partition string) bool {
	prefix, ok := strings.CutSuffix(pattern, "*")
	if !ok {
		return false
	}
	for _, a := range regionAreas {
		if partition != "" && a.partition != partition {
			continue
		}
		for _, direction := range regionDirections {
			name := a.name + "-" + direction + "-"
			if strings.HasPrefix(name, prefix) || strings.HasPrefix(prefix, name) && validNumber(prefix[len(name):]) {
				return true
			}
		}
	}
	return false
}

func validNumber(s string) bool {
	return len(s) == 1 && s[0] >= '1' && s[0] <= '9'
}

// cutLast splits a name at its last hyphen.
func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, '-')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}
