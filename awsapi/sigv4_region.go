package awsapi

import (
	"slices"
	"strings"
)

// regionDirections are the middle words of region names: us-EAST-1.
var regionDirections = []string{
	"north", "south", "east", "west", "central",
	"northeast", "northwest", "southeast", "southwest",
}

// regionAreas are the first words of region names, by partition. They are
// those of the region patterns in the SDK's own partition table
// (aws-sdk-go-v2, internal/endpoints/awsrulesfn/partitions.json).
var regionAreas = []string{
	"us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx", // aws
	"cn",                                      // aws-cn
	"us-gov",                                  // aws-us-gov
	"us-iso", "us-isob", "us-isof", "eu-isoe", // aws-iso, -b, -f, -e
	"eusc-de", // aws-eusc
}

// anyRegion reports whether the scope's region is one that AWS has or could
// have: an area, a direction and a number.
//
// This departs from AWS, where an endpoint takes its own region only and IAM's
// and STS's global endpoints take us-east-1. One address here stands for all
// endpoints of both services, and an SDK that is pointed at it signs for the
// region that it is configured with; to refuse those would refuse unchanged
// clients. A name that is no region of AWS's is refused as AWS refuses it.
func (s *signature) anyRegion() bool {
	if s.algorithm == algorithmV4A {
		return validRegionSet(s.regions)
	}
	return validRegion(s.Region)
}

// globalRegion is the region of the global endpoints.
const globalRegion = "us-east-1"

func validRegion(name string) bool {
	if name == globalRegion || name == awsGlobal {
		return true
	}
	area, number, ok := cutLast(name)
	if !ok || !validNumber(number) {
		return false
	}
	area, direction, ok := cutLast(area)
	return ok && slices.Contains(regionDirections, direction) && slices.Contains(regionAreas, area)
}

// validRegionSet takes the list of a SigV4A signature: regions, or patterns
// in which a star stands for any text, separated by commas. One that admits a
// region is enough, for there is no region here that it could miss.
func validRegionSet(set string) bool {
	for set != "" {
		var name string
		name, set, _ = strings.Cut(set, ",")
		name = strings.TrimSpace(name)
		if validRegion(name) || validRegionPattern(name) {
			return true
		}
	}
	return false
}

// regionOf is the region that a request counts as made in, of a region set.
func regionOf(set string) string {
	for set != "" {
		var name string
		name, set, _ = strings.Cut(set, ",")
		if name = strings.TrimSpace(name); validRegion(name) {
			return name
		}
	}
	return globalRegion
}

// validRegionPattern reports whether a pattern with a star at its end could
// match the name of a region.
func validRegionPattern(pattern string) bool {
	prefix, ok := strings.CutSuffix(pattern, "*")
	if !ok {
		return false
	}
	for _, area := range regionAreas {
		for _, direction := range regionDirections {
			name := area + "-" + direction + "-"
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
