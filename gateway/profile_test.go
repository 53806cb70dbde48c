package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/iamtest"
)

// Whoever starts an instance with a profile passes the role that is in it, whatever
// the profile is called.
func TestRolesOfInstanceProfiles(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL),
		iamtest.WithSeedText(`accounts: [{id: "000000000000", instanceProfiles: [{name: web, role: deploy}],
	  roles: [{name: deploy, path: /ci/, trust: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}]}}]}]`))
	passes := func(name, role string) request {
		return request{
			key: user(t, srv, name,
				`[{"Effect":"Allow","Action":"ec2:*","Resource":"*"},{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::000000000000:role/`+role+`"}]`),
		}
	}
	deploy, web := passes("deployer", "ci/deploy"), passes("webmaster", "web")
	for name, c := range map[string]struct {
		request request
		profile string
		says    string
	}{
		"the role":            {deploy, "Name=web", ""},
		"the role, by an ARN": {deploy, "Arn=arn:aws:iam::000000000000:instance-profile/web", ""},
		"the profile's name":  {web, "Name=web", "role/ci/deploy"},
		"another profile":     {deploy, "Name=other", "role/other"},
		"a profile that is not there, as its role": {web, "Name=WEB2", "role/WEB2"},
	} {
		q := form("ec2", "Action=RunInstances&Version=2016-11-15&ImageId=ami-1&MinCount=1&MaxCount=1&IamInstanceProfile."+c.profile)
		q.key = c.request.key
		res, body := q.send(t, srv)
		if (res.StatusCode == http.StatusOK) != (c.says == "") || len(up.took()) == 1 != (c.says == "") || !strings.Contains(body, c.says) {
			t.Errorf("%s: answered %d %s", name, res.StatusCode, body)
		}
	}
}
