package gateway_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/iamtest"
)

// settings answers questions for what is at their paths, and others with 404.
func settings(at map[string]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answer, ok := at[r.RequestURI]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = io.WriteString(w, answer)
	}
}

const (
	ofBucket, ofAccount = "/bucket?publicAccessBlock", "/v20180820/configuration/publicAccessBlock"

	everybodyReads = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}]}`
)

func block(setting string) string {
	return "<PublicAccessBlockConfiguration><" + setting + ">true</" + setting + "></PublicAccessBlockConfiguration>"
}

// Public policies and ACLs are not set where Block Public Access is on, of the bucket or
// of its account, and no ACL at all where they are disabled.
func TestWhatABucketDoesNotLetBePublished(t *testing.T) {
	t.Parallel()
	const (
		blockedPolicy = `arn:aws:iam::000000000000:user/ana is not authorized to perform: s3:PutBucketPolicy on resource: &#34;arn:aws:s3:::bucket&#34; because public policies are blocked by the BlockPublicPolicy block public access setting.`
		blockedACL    = `s3:PutObjectAcl on resource: &#34;arn:aws:s3:::bucket/key&#34; because public access control lists (ACLs) are blocked by the BlockPublicAcls block public access setting.`
		enforced      = "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>"
	)
	policy, acl := s3(http.MethodPut, "/bucket?policy", everybodyReads), s3(http.MethodPut, "/bucket/key?acl", "")
	own := s3(http.MethodPut, "/bucket?policy", strings.Replace(everybodyReads, `"*"`, `{"AWS":"111111111111"}`, 1))
	acl.header = http.Header{"X-Amz-Acl": {"public-read"}}
	for name, c := range map[string]struct {
		settings map[string]string
		request  request
		status   int
		says     string

		setting, change string // of a call that is refused: for what, and what to do
	}{
		"a policy": {nil, policy, 200, "", "", ""},
		"a policy, blocked by the bucket": {
			map[string]string{ofBucket: block("BlockPublicPolicy")}, policy, 403, blockedPolicy,
			"BlockPublicPolicy", "put-public-access-block --bucket bucket",
		},
		"a policy, blocked by the account": {
			map[string]string{ofAccount: block("BlockPublicPolicy")}, policy, 403, blockedPolicy,
			"BlockPublicPolicy", "put-public-access-block --account-id 000000000000",
		},
		"a policy where ACLs are blocked": {map[string]string{ofBucket: block("BlockPublicAcls")}, policy, 200, "", "", ""},
		"a policy that is not public":     {map[string]string{ofBucket: block("BlockPublicPolicy")}, own, 200, "", "", ""},
		"an ACL":                          {nil, acl, 200, "", "", ""},
		"an ACL that is blocked": {
			map[string]string{ofAccount: block("BlockPublicAcls")}, acl, 403, blockedACL,
			"BlockPublicAcls", "put-public-access-block --account-id 000000000000",
		},
		"an ACL where there are none": {
			map[string]string{"/bucket?ownershipControls": enforced}, acl, 400,
			"<Code>AccessControlListNotSupported</Code><Message>The bucket does not allow ACLs</Message>",
			"BucketOwnerEnforced", "put-bucket-ownership-controls --bucket bucket",
		},
	} {
		up := newUpstream(t, nil)
		up.asked = settings(c.settings)
		srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
		q := by(c.request, user(t, srv, "ana", `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`))
		res, body := q.send(t, srv)
		if res.StatusCode != c.status || !strings.Contains(body, c.says) || (len(up.took()) == 1) != (c.status == 200) {
			t.Errorf("%s is answered %d %s", name, res.StatusCode, body)
		}
		record, err := srv.Decision(res.Header.Get("X-Amzn-Requestid"))
		if err != nil || record.Verdict != map[bool]string{true: "allowed", false: events.Refused}[c.status == 200] {
			t.Errorf("%s: recorded %+v, %v", name, record, err)
		}
		if c.setting == "" {
			continue
		}
		text := decisions.Printer{Width: 1000}.Record(record)
		if record.Refusal.Stage != "setting" || !strings.Contains(record.Refusal.Sentence, c.setting) ||
			!strings.Contains(text, "Policies allow the call, and a setting of its resource refuses it.") ||
			!strings.Contains(text, "What to check:") || !strings.Contains(text, c.change) {
			t.Errorf("%s: the record is\n%s", name, text)
		}
	}
}

// Where RestrictPublicBuckets is on a public policy lets in nobody of another account,
// not even whom it names; callers of the account are not concerned.
func TestRestrictPublicBuckets(t *testing.T) {
	t.Parallel()
	get := s3(http.MethodGet, "/bucket/key", "")
	anonymous := get
	anonymous.unsigned = true
	both := strings.Replace(everybodyReads, `"Statement":[`,
		`"Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"s3:*","Resource":"*"},`, 1)
	named := strings.Replace(everybodyReads, `"*"`, `{"AWS":"111111111111"}`, 1)
	for name, c := range map[string]struct {
		policy, at, setting string
		request             request
		status              int
	}{
		"an anonymous caller":                              {everybodyReads, ofBucket, "BlockPublicPolicy", anonymous, 200},
		"an anonymous caller of a restricted bucket":       {everybodyReads, ofBucket, "RestrictPublicBuckets", anonymous, 0},
		"an anonymous caller in a restricted account":      {everybodyReads, ofAccount, "RestrictPublicBuckets", anonymous, 0},
		"another account, which a public policy names":     {both, ofBucket, "RestrictPublicBuckets", by(get, rootOf(secondAccount)), 0},
		"another account, which a policy of its own names": {named, ofBucket, "RestrictPublicBuckets", by(get, rootOf(secondAccount)), 200},
		"the bucket's account":                             {everybodyReads, ofBucket, "RestrictPublicBuckets", get, 200},
	} {
		up := newUpstream(t, nil)
		up.asked = settings(map[string]string{"/bucket?policy": c.policy, c.at: block(c.setting)})
		srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
		res, body := c.request.send(t, srv)
		if denied := res.StatusCode == http.StatusForbidden; denied != (c.status == 0) {
			t.Errorf("%s is answered %d %s", name, res.StatusCode, body)
		}
		record, err := srv.Decision(res.Header.Get("X-Amzn-Requestid"))
		if err != nil || strings.Contains(record.Checks[0].Sentence, "RestrictPublicBuckets") != (c.status == 0) {
			t.Errorf("%s: recorded %+v, %v", name, record, err)
		}
		if c.status != 0 {
			continue
		}
		text := decisions.Printer{Width: 1000}.Record(record)
		turned := " off: for " + map[string]string{
			ofBucket: "bucket bucket with aws s3api", ofAccount: "account 000000000000 with aws s3control",
		}[c.at] + " put-public-access-block"
		for _, want := range []string{
			"What to do:\n      1. Make the policy not public: ", turned,
			"resource-based policy of arn:aws:s3:::bucket/key: implicit deny: its policy is left out, for the reason above\n",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is not in\n%s", name, want, text)
			}
		}
	}
}
