package sigv4

import "testing"

func TestRegions(t *testing.T) {
	cases := map[string]bool{
		"us-east-1": true, "us-west-2": true, "eu-central-1": true, "ap-southeast-7": true, "ap-northeast-3": true,
		"il-central-1": true, "mx-central-1": true, "me-south-1": true, "af-south-1": true, "sa-east-1": true, "ca-west-1": true,
		"cn-north-1": true, "cn-northwest-1": true, "us-gov-west-1": true, "us-gov-east-1": true,
		"us-iso-east-1": true, "us-isob-east-1": true, "us-isof-south-1": true, "eu-isoe-west-1": true, "eusc-de-east-1": true,
		"": false, "mars-1": false, "us": false, "us-east": false, "us-east-": false, "us-east-0": false, "us-east-1a": false,
		"us-east-11": false, "us-moon-1": false, "mars-east-1": false, "us-east-1 ": false, "US-EAST-1": false,
		"aws-global": true, "-east-1": false, "us--1": false, "*": false, "us-*": false, "us-east-1,us-west-2": false,
		"us-gov-1": false, "gov-west-1": false,
	}
	for name, want := range cases {
		if got := ValidRegion(name); got != want {
			t.Errorf("%q: got %v", name, got)
		}
	}
}

func TestRegionSets(t *testing.T) {
	cases := map[string]bool{
		"*": true, "us-east-1": true, "us-*": true, "us-west-2,eu-*": true, " us-west-2 , x": true, "us-east-1*": true,
		"us-gov-*": true, "e*": true,
		"": false, ",": false, "mars-1": false, "mars-*": false, "us-east-1x*": false, "us-east-12*": false, "*-1": false,
		"us-moon-*": false,
	}
	for set, want := range cases {
		if got := validRegionSet(set, ""); got != want {
			t.Errorf("%q: got %v", set, got)
		}
	}
}

func TestRegionOfASet(t *testing.T) {
	cases := map[string]string{
		"*": "us-east-1", "": "us-east-1", "eu-*": "us-east-1",
		"eu-west-1": "eu-west-1", "eu-*, ap-east-1,us-east-1": "ap-east-1",
	}
	for set, want := range cases {
		if got := regionOf(set); got != want {
			t.Errorf("%q: got %s", set, got)
		}
	}
}
