package gateway

import "testing"

func TestReadHost(t *testing.T) {
	t.Parallel()
	g, point := &Gateway{}, "arn:aws:s3:eu-west-1:111122223333:accesspoint:"
	for host, want := range map[string][2]string{
		"bucket.localhost:4260":                                                {"bucket", "localhost:4260"},
		"my.bucket.localhost":                                                  {"my.bucket", "localhost"},
		"bucket.s3.localhost":                                                  {"bucket", "s3.localhost"},
		"s3.s3.localhost":                                                      {"s3", "s3.localhost"},
		"bucket.s3.eu-west-1.localhost:4260":                                   {"bucket", "s3.eu-west-1.localhost:4260"},
		"a-111122223333.localhost":                                             {"a-111122223333", "localhost"},
		"a-111122223333.s3-accesspoint.eu-west-1.localhost:1":                  {point + "a", "s3.eu-west-1.localhost:1"},
		"localhost:4260":                                                       {"", "localhost:4260"},
		"127.0.0.1:4260":                                                       {"", "127.0.0.1:4260"},
		"s3.amazonaws.com":                                                     {"", "s3.amazonaws.com"},
		"s3.eu-west-1.amazonaws.com":                                           {"", "s3.eu-west-1.amazonaws.com"},
		"my.bucket.s3.amazonaws.com":                                           {"my.bucket", "s3.amazonaws.com"},
		"Bucket.S3.eu-west-1.Amazonaws.com.":                                   {"bucket", "s3.eu-west-1.amazonaws.com"},
		"bucket.s3-eu-west-1.amazonaws.com":                                    {"bucket", "s3.eu-west-1.amazonaws.com"},
		"bucket.s3-fips-us-gov-west-1.amazonaws.com":                           {"bucket", "s3.us-gov-west-1.amazonaws.com"},
		"bucket.s3.dualstack.eu-west-1.amazonaws.com":                          {"bucket", "s3.eu-west-1.amazonaws.com"},
		"bucket.s3-fips.us-east-1.amazonaws.com":                               {"bucket", "s3.us-east-1.amazonaws.com"},
		"bucket.s3-fips.dualstack.us-east-1.amazonaws.com":                     {"bucket", "s3.us-east-1.amazonaws.com"},
		"bucket.s3-accelerate.amazonaws.com":                                   {"bucket", "s3.amazonaws.com"},
		"bucket.s3-accelerate.dualstack.amazonaws.com":                         {"bucket", "s3.amazonaws.com"},
		"bucket.s3-external-1.amazonaws.com":                                   {"bucket", "s3.amazonaws.com"},
		"bucket.s3.cn-north-1.amazonaws.com.cn":                                {"bucket", "s3.cn-north-1.amazonaws.com.cn"},
		"b--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com":         {"b--use1-az4--x-s3", "s3.us-east-1.amazonaws.com"},
		"my-point-111122223333.s3-accesspoint.eu-west-1.amazonaws.com":         {point + "my-point", "s3.eu-west-1.amazonaws.com"},
		"a-111122223333.s3-accesspoint.dualstack.eu-west-1.amazonaws.com":      {point + "a", "s3.eu-west-1.amazonaws.com"},
		"a-111122223333.s3-accesspoint-fips.eu-west-1.amazonaws.com":           {point + "a", "s3.eu-west-1.amazonaws.com"},
		"a-111122223333.s3-accesspoint-fips.dualstack.eu-west-1.amazonaws.com": {point + "a", "s3.eu-west-1.amazonaws.com"},
		"a-111122223333.s3-object-lambda.eu-west-1.amazonaws.com": {
			"arn:aws:s3-object-lambda:eu-west-1:111122223333:accesspoint:a", "s3.eu-west-1.amazonaws.com",
		},
		"dynamodb.eu-west-1.amazonaws.com":                {"", "dynamodb.eu-west-1.amazonaws.com"},
		"111122223333.s3-control.eu-west-1.amazonaws.com": {"", "111122223333.s3-control.eu-west-1.amazonaws.com"},
		"s3tables.eu-west-1.amazonaws.com":                {"", "s3tables.eu-west-1.amazonaws.com"},
		"bucket.s3.example.com":                           {"", "bucket.s3.example.com"},
	} {
		if h := g.readHost(host); h.bucket != want[0] || h.rest != want[1] || h.reason != "" {
			t.Errorf("%s is read as %+v, want %v", host, h, want)
		}
	}
	for _, host := range []string{
		"bucket.s3-website-us-east-1.amazonaws.com", "bucket.s3-website.eu-west-1.amazonaws.com", "bucket.s3-website.eu-west-1.localhost",
		"alias.mrap.accesspoint.s3-global.amazonaws.com", "a-111122223333.op-1.s3-outposts.eu-west-1.amazonaws.com",
		"a.s3-accesspoint.eu-west-1.amazonaws.com", "a-111122223333.s3-accesspoint.amazonaws.com", "s3-accesspoint.eu-west-1.amazonaws.com",
		"a.b-111122223333.s3-accesspoint.eu-west-1.amazonaws.com", "bucket.vpce-1a2b-5e6f.s3.us-east-1.vpce.amazonaws.com",
	} {
		if h := g.readHost(host); h.reason == "" {
			t.Errorf("%s is read as %+v", host, h)
		}
	}
}
