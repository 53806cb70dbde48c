package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/iamtest"
)

// SDKs put the account before the endpoint in calls to S3 Control. Such a host is not one
// of a bucket, and the upstream gets a host in which it can find none.
func TestAccountsInTheHost(t *testing.T) {
	t.Parallel()
	const (
		account, path = "000000000000", "/v20180820/configuration/publicAccessBlock"
		control       = "s3:PutAccountPublicAccessBlock *"
		object        = "s3:PutObject arn:aws:s3:::"
	)
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	own := strings.TrimPrefix(up.URL, "http://")
	for _, c := range []struct{ name, host, account, decided, target, sentHost string }{
		{"before localhost", account + ".localhost:4260", account, control, path, "localhost:4260"},
		{"before the endpoint below localhost", account + ".s3-control.us-east-1.localhost:4260", account, control, path, "localhost:4260"},
		{"before the one for two stacks", account + ".s3-control.dualstack.us-east-1.localhost", account, control, path, "localhost"},
		{"before the one of FIPS", account + ".s3-control-fips.us-east-1.localhost", account, control, path, "localhost"},
		{"before S3's", account + ".s3.us-east-1.localhost", account, control, path, own},
		{"before AWS's", account + ".s3-control.us-east-1.amazonaws.com", account, control, path, own},
		{"not there, below localhost", "s3-control.us-east-1.localhost", account, control, path, "localhost"},
		{"not there", "localhost:4260", account, control, path, "localhost:4260"},
		{"a bucket's, since no account is said", account + ".localhost", "", object + account + path, "/" + account + path, "localhost"},
		{"a bucket's, since another account is said", account + ".localhost", "111122223333", object + account + path,
			"/" + account + path, "localhost"},
		{"a bucket's, since no account ID is said", "pics.localhost", "pics", object + "pics" + path, "/pics" + path, "localhost"},
		{"a bucket's, of more parts", account + ".pics.localhost", account, object + account + ".pics" + path,
			"/" + account + ".pics" + path, "localhost"},
	} {
		q := s3(http.MethodPut, path, "")
		q.host = c.host
		if c.account != "" {
			q.header = http.Header{"X-Amz-Account-Id": {c.account}}
		}
		res, body := q.send(t, srv)
		got := up.took()
		if res.StatusCode != 200 || len(got) != 1 || got[0].Target != c.target || got[0].Host != c.sentHost ||
			got[0].Header.Get("X-Amz-Account-Id") != c.account {
			t.Errorf("%s: answered %d %s, the upstream got %+v", c.name, res.StatusCode, body, got)
			continue
		}
		record, err := srv.Decision(res.Header.Get("X-Amzn-Requestid"))
		if err != nil || len(record.Checks) != 1 || record.Checks[0].Action+" "+record.Checks[0].Resource != c.decided {
			t.Errorf("%s: decided %+v, %v; want %s", c.name, record, err, c.decided)
		}
	}
}

// An account in the host is a bucket of other paths, whatever a header says.
func TestBucketsThatAreNamedLikeAccounts(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	for _, target := range []string{"/key", "/v20180820", "/v2%30180820/accesspoint/a", "//v20180820/accesspoint/a"} {
		q := s3(http.MethodDelete, target, "")
		q.host, q.header = "000000000000.localhost", http.Header{"X-Amz-Account-Id": {"000000000000"}}
		res, body := q.send(t, srv)
		if got := up.took(); res.StatusCode != 200 || len(got) != 1 || got[0].Target != "/000000000000"+target {
			t.Errorf("%s: answered %d %s, the upstream got %+v", target, res.StatusCode, body, got)
		}
	}
}
