package awsapi

import (
	"net/http"
	"strings"
	"testing"
	"unsafe"

	"github.com/understudy-iam/understudy/principal"
)

// The region of a record does not keep a long Host header in memory.
func TestRegionIsNoPartOfTheHost(t *testing.T) {
	t.Parallel()
	host := "sts.eu-west-1.amazonaws.com:" + strings.Repeat("0", 10_000)
	c := &request{handler: &handler{}, r: &http.Request{Host: host}, api: &api{Service: &Service{Name: "sts"}}, caller: &principal.Caller{}}
	c.endpoint("")
	region := c.caller.Request.Region
	if region != "eu-west-1" || unsafe.StringData(region) == unsafe.StringData(host[len("sts."):]) {
		t.Errorf("region %q points into the host", region)
	}
}
