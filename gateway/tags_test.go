package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/iamtest"
)

// tagged answers questions for tags with those of the team that is set, and counts them.
type tagged struct {
	policies
	team string
}

func (p *tagged) answer(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	tagging := r.URL.Query().Has("tagging")
	if !tagging && !strings.Contains(r.Header.Get("X-Amz-Target"), ".ListTags") {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	p.asked = append(p.asked, r.RequestURI)
	if tagging {
		_, _ = w.Write([]byte(`<Tagging><TagSet><Tag><Key>team</Key><Value>` + p.team + `</Value></Tag></TagSet></Tagging>`))
		return
	}
	_, _ = w.Write([]byte(`{"Tags":[{"Key":"team","Value":"` + p.team + `"}]}`))
}

// is changes the team, and forgets the questions.
func (p *tagged) is(team string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.team, p.asked = team, nil
}

func withTags(t *testing.T) (*iamtest.Server, *tagged) {
	t.Helper()
	up, p := newUpstream(t, nil), &tagged{team: "blue"}
	up.asked = p.answer
	return iamtest.Start(t, iamtest.WithUpstream(up.URL), still()), p
}

// A policy that mentions the tags of resources is decided with them. They are asked for
// once, and again when a call may have changed them.
func TestTagsOfResources(t *testing.T) {
	t.Parallel()
	srv, p := withTags(t)
	get := by(policiedCalls["dynamodb"], user(t, srv, "ana",
		`{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"StringEquals":{"aws:resourcetag/team":"blue"}}}`))
	expect(t, srv, "who may use what is blue", get, http.StatusOK)
	expect(t, srv, "who may use what is blue", get, http.StatusOK)
	if got := p.questions(); len(got) != 1 {
		t.Errorf("asked %q", got)
	}
	p.is("green")
	expect(t, srv, "the change", dynamoDB("TagResource",
		`{"ResourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/t","Tags":[{"Key":"team","Value":"green"}]}`), http.StatusOK)
	expect(t, srv, "who may use what is blue, when it is green", get, 0)
}

func TestTagsAreAskedForOnlyWhereAPolicyMentionsThem(t *testing.T) {
	t.Parallel()
	srv, p := withTags(t)
	get := by(policiedCalls["dynamodb"], user(t, srv, "ana",
		`{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalAccount":"000000000000"}}}`))
	expect(t, srv, "who has no policy about tags", get, http.StatusOK)
	if got := p.questions(); got != nil {
		t.Errorf("asked %q", got)
	}
}

// The tags of an object are asked for each time.
func TestTagsOfObjects(t *testing.T) {
	t.Parallel()
	srv, p := withTags(t)
	ana := user(t, srv, "ana", `[{"Effect":"Allow","Action":"s3:*","Resource":"*"},`+
		`{"Effect":"Deny","Action":"s3:GetObject","Resource":"*","Condition":{"StringNotEquals":{"s3:ExistingObjectTag/team":"blue"}}}]`)
	expect(t, srv, "who may read what is blue", by(s3(http.MethodGet, "/bucket/a/b", ""), ana), http.StatusOK)
	p.is("green")
	expect(t, srv, "who may not read what is green", by(s3(http.MethodGet, "/bucket/a/b", ""), ana), 0)
	expect(t, srv, "who writes", by(s3(http.MethodPut, "/bucket/a/b", "x"), ana), http.StatusOK)
	if got := strings.Join(p.questions(), " "); got != "/bucket/a/b?tagging" {
		t.Errorf("asked %q", got)
	}
}

// A call asks for the tags of an object once, however many permissions it needs on the
// object, and for those of the version that it names. Nothing is asked about objects
// whose permissions do not depend on tags.
func TestQuestionsAboutObjects(t *testing.T) {
	t.Parallel()
	srv, p := withTags(t)
	ana := user(t, srv, "ana", `[{"Effect":"Allow","Action":"s3:*","Resource":"*"},`+
		`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"s3:ExistingObjectTag/team":"green"}}}]`)
	copied := s3(http.MethodPut, "/bucket/new", "")
	copied.header = http.Header{"X-Amz-Copy-Source": {"bucket/a?versionId=v1"}, "X-Amz-Tagging-Directive": {"COPY"}}
	attributes := s3(http.MethodGet, "/bucket/a?attributes", "")
	attributes.header = http.Header{"X-Amz-Object-Attributes": {"ETag"}}
	for name, c := range map[string]struct {
		call request
		want string
	}{
		"attributes": {attributes, "/bucket/a?tagging"},
		"a version":  {s3(http.MethodGet, "/bucket/a?versionId=v1", ""), "/bucket/a?tagging&versionId=v1"},
		"a copy":     {copied, "/bucket/new?tagging /bucket/a?tagging&versionId=v1"},
		"many deleted": {
			s3(http.MethodPost, "/bucket?delete", `<Delete><Object><Key>a</Key></Object><Object><Key>b</Key></Object></Delete>`), "",
		},
	} {
		p.is("blue")
		expect(t, srv, name, by(c.call, ana), http.StatusOK)
		if got := strings.Join(p.questions(), " "); got != c.want {
			t.Errorf("%s: asked %q, want %q", name, got, c.want)
		}
	}
}

// The tags of buckets do not count. That is said, and nobody is advised to tag one.
func TestTagsOfBuckets(t *testing.T) {
	t.Parallel()
	srv, p := withTags(t)
	ana := user(t, srv, "ana",
		`{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"blue"}}}`)
	call := by(s3(http.MethodGet, "/bucket?list-type=2", ""), ana)
	res, _ := call.send(t, srv)
	record, err := srv.Decision(res.Header.Get("X-Amzn-Requestid"))
	if err != nil || record.Verdict != "denied" || !strings.HasPrefix(record.Checks[0].Note, "The tags of a bucket do not count") {
		t.Errorf("recorded %+v, %v", record, err)
	}
	text := decisions.Printer{Width: 1000}.Record(record)
	if strings.Contains(text, "no such tag") || strings.Contains(text, "whose tag") {
		t.Errorf("the record is\n%s", text)
	}
	if got := p.questions(); got != nil {
		t.Errorf("asked %q", got)
	}
}
