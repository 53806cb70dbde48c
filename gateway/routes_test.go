package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/gateway"
	"github.com/understudy-iam/understudy/iamtest"
)

// Upstreams of which one would never get a call are refused at the start.
func TestUpstreamsThatAreInTheWayOfOthers(t *testing.T) {
	t.Parallel()
	const here, there = "=http://127.0.0.1:5000", "=http://127.0.0.1:9000"
	for name, c := range map[string]struct {
		upstreams []string
		want      string // of the error; empty: there is none
	}{
		"one for all and one for some":            {[]string{here[1:], "s3" + there}, ""},
		"both names of a service for one":         {[]string{"cloudwatch,monitoring" + here, "s3" + there}, ""},
		"services whose signatures have one name": {[]string{"dynamodb" + here, "dynamodbstreams" + there}, ""},
		"a service that the table does not have":  {[]string{"polly" + here, "s3" + there}, ""},
		"two for all":                             {[]string{here[1:], there[1:]}, "two upstreams are for all services"},
		"two for one service":                     {[]string{"s3,sqs" + here, "sqs" + there}, "two upstreams are for sqs"},
		"two for one service by two of its names": {
			[]string{"monitoring" + here, "cloudwatch" + there}, "an upstream for monitoring gets no call",
		},
		"two for one service, the other way round": {
			[]string{"stepfunctions" + here, "states" + there}, "an upstream for states gets no call",
		},
	} {
		var o gateway.Options
		for _, given := range c.upstreams {
			u, err := gateway.ParseUpstream(given)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			o.Upstreams = append(o.Upstreams, u)
		}
		g, err := gateway.New(o)
		if err == nil {
			g.Close()
		}
		if err == nil != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
}

// Names of signatures are compared as flags have them, in lower case.
func TestSigningNamesWithCapitals(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream("iotsecuredtunneling="+up.URL), iamtest.WithGateway("lenient"))
	q := request{service: "IoTSecuredTunneling", body: "{}", header: http.Header{
		"Content-Type": {"application/x-amz-json-1.1"}, "X-Amz-Target": {"IoTSecuredTunneling.ListTunnels"},
	}}
	if res, body := q.send(t, srv); res.StatusCode != http.StatusOK || len(up.took()) != 1 {
		t.Errorf("it is answered %d %s", res.StatusCode, body)
	}
}
