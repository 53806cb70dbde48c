package awsapi

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/principal"
)

func TestEndpoints(t *testing.T) {
	t.Parallel()
	const local = "127.0.0.1:4260"
	for name, c := range map[string]struct {
		host, scope, asGlobal string
		region                string
		global                bool
	}{
		"a region's scope":                      {local, "eu-west-1", "", "eu-west-1", false},
		"the scope of both":                     {local, "us-east-1", "", "us-east-1", false},
		"the scope of both, if so chosen":       {local, "us-east-1", "us-east-1", "us-east-1", true},
		"another scope, if so chosen":           {local, "eu-west-1", "us-east-1", "eu-west-1", false},
		"aws-global":                            {local, "aws-global", "", "us-east-1", true},
		"no scope":                              {local, "", "", "", false},
		"no scope, if one is chosen":            {local, "", "us-east-1", "", false},
		"the global host":                       {"sts.amazonaws.com", "us-east-1", "", "us-east-1", true},
		"the global host with a port":           {"STS.amazonaws.com:443", "us-east-1", "", "us-east-1", true},
		"the global host without a scope":       {"sts.amazonaws.com", "", "", "us-east-1", true},
		"a regional host":                       {"sts.us-east-1.amazonaws.com", "us-east-1", "us-east-1", "us-east-1", false},
		"a regional host without a scope":       {"sts.eu-south-1.amazonaws.com", "", "", "eu-south-1", false},
		"a FIPS host":                           {"sts-fips.us-east-2.amazonaws.com", "", "", "us-east-2", false},
		"a host of the new domain":              {"sts.eu-west-1.api.aws", "", "", "eu-west-1", false},
		"a host that only looks like one":       {"stsxeu-west-1.amazonaws.com", "", "", "", false},
		"a host of no region":                   {"sts.mars-1.amazonaws.com", "", "", "", false},
		"another service's host":                {"s3.amazonaws.com", "eu-west-1", "", "eu-west-1", false},
		"a host that begins with the service's": {"sts.amazonaws.com.example.org", "eu-west-1", "", "eu-west-1", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := &request{
				handler: &handler{Options: Options{GlobalRegion: c.asGlobal}}, api: &api{Service: &Service{Name: "sts"}},
				r: httptest.NewRequest("POST", "http://"+c.host+"/", nil), caller: &principal.Caller{},
			}
			r.endpoint(c.scope)
			if got := r.caller.Request; got.Region != c.region || got.GlobalEndpoint != c.global {
				t.Errorf("region %q, global %v", got.Region, got.GlobalEndpoint)
			}
		})
	}
}

// STS has an endpoint for everywhere in the partition aws alone.
func TestEndpointsOfPartitions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		partition   principal.Partition
		host, scope string
		region      string
	}{
		"China":                        {principal.China, "sts.cn-northwest-1.amazonaws.com.cn", "", "cn-northwest-1"},
		"the new domain of China":      {principal.China, "sts.cn-northwest-1.api.amazonwebservices.com.cn", "", "cn-northwest-1"},
		"the global host, in China":    {principal.China, "sts.amazonaws.com", "cn-north-1", "cn-north-1"},
		"China's domain alone":         {principal.China, "sts.amazonaws.com.cn", "", ""},
		"the domain of aws, in China":  {principal.China, "sts.cn-northwest-1.amazonaws.com", "cn-north-1", "cn-north-1"},
		"another partition's region":   {principal.China, "sts.eu-west-1.amazonaws.com.cn", "", "cn-north-1"},
		"patterns of SigV4A, in China": {principal.China, "127.0.0.1:4260", "us-east-1", "cn-north-1"},
		"GovCloud":                     {principal.GovCloud, "sts.us-gov-east-1.amazonaws.com", "", "us-gov-east-1"},
		"a FIPS host of GovCloud":      {principal.GovCloud, "sts-fips.us-gov-east-1.amazonaws.com", "", "us-gov-east-1"},
		"the global host, in GovCloud": {principal.GovCloud, "sts.amazonaws.com", "us-gov-west-1", "us-gov-west-1"},
		"no host of AWS and no scope":  {principal.GovCloud, "127.0.0.1:4260", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &request{
				handler: &handler{Options: Options{Partition: c.partition}}, api: &api{Service: &Service{Name: "sts"}},
				r: httptest.NewRequest("POST", "http://"+c.host+"/", nil), caller: &principal.Caller{},
			}
			r.endpoint(c.scope)
			if got := r.caller.Request; got.Region != c.region || got.GlobalEndpoint {
				t.Errorf("region %q, global %v", got.Region, got.GlobalEndpoint)
			}
		})
	}
}

func TestTheGlobalRegionIsARegion(t *testing.T) {
	t.Parallel()
	if _, err := NewHandler(nil, Options{GlobalRegion: "everywhere"}); err == nil {
		t.Error("a handler with a global region that is none")
	}
	if _, err := NewHandler(nil, Options{Model: &Model{}, Partition: principal.China, GlobalRegion: "cn-north-1"}); err == nil ||
		!strings.Contains(err.Error(), "no global endpoint in the partition aws-cn") {
		t.Errorf("a handler with a global region in China: %v", err)
	}
}
