package services

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const anyPoint = "arn:aws:s3:us-east-1:123456789012:accesspoint/ap"

// What is done by an access point needs the permission on it and on its bucket, and is
// forwarded to the bucket.
func TestAccessPointsOfABucket(t *testing.T) {
	t.Parallel()
	const point = "/arn%3Aaws%3As3%3Aus-east-1%3A123456789012%3Aaccesspoint%3Aap"
	for name, c := range map[string]struct {
		request, path, set, unknown string
		resources                   []string
	}{
		"an object": {
			request: "GET " + point + "/a%2Fb", path: "/pics/a%2Fb", resources: []string{anyPoint + "/object/a/b", "arn:aws:s3:::pics/a/b"},
		},
		"its objects": {request: "GET " + point + "?list-type=2", path: "/pics", resources: []string{anyPoint, "arn:aws:s3:::pics"}},
		"an alias": {
			request: "GET /ap-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias/k", path: "/pics/k",
			resources: []string{anyPoint + "/object/k", "arn:aws:s3:::pics/k"},
		},
		"a copy": {request: "PUT /b/k\nX-Amz-Copy-Source: " + anyPoint + "/object/a", set: "pics/a",
			resources: []string{"arn:aws:s3:::b/k", anyPoint + "/object/a", "arn:aws:s3:::pics/a"}},
		"another point": {request: "GET /arn%3Aaws%3As3%3Aus-east-1%3A123456789012%3Aaccesspoint%3Aother/k",
			unknown:   "arn:aws:s3:us-east-1:123456789012:accesspoint/other",
			resources: []string{"arn:aws:s3:us-east-1:123456789012:accesspoint/other/object/k"}},
		"a copy from another point": {request: "PUT /b/k\nX-Amz-Copy-Source: " + anyPoint + "2/object/a", set: anyPoint + "2/object/a",
			unknown:   anyPoint + "2",
			resources: []string{"arn:aws:s3:::b/k", anyPoint + "2/object/a"}},
		"an alias of another point": {request: "GET /ot-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias/k",
			resources: []string{"arn:aws:s3:us-east-1:123456789012:accesspoint/ot/object/k"}},
		"a bucket": {request: "GET /pics/k", resources: []string{"arn:aws:s3:::pics/k"}},
	} {
		r := request(t, "s3", c.request+"\n")
		r.PointBucket = func(point string) (string, bool) { return "pics", point == anyPoint }
		call, err := Recognise(r)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		needs, err := call.Needs(r)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var resources []string
		for _, n := range needs.Needs {
			resources = append(resources, n.Resource)
		}
		if diff := cmp.Diff(c.resources, resources); diff != "" {
			t.Errorf("%s: resources (-want +got):\n%s", name, diff)
		}
		if needs.Path != c.path || needs.UnknownPoint != c.unknown || needs.Set["X-Amz-Copy-Source"] != c.set {
			t.Errorf("%s: to be forwarded to %q with %v, not known %q", name, needs.Path, needs.Set, needs.UnknownPoint)
		}
	}
}

// Each object that is deleted by an access point needs both permissions.
func TestDeleteObjectsByAnAccessPoint(t *testing.T) {
	t.Parallel()
	r := request(t, "s3", "POST /arn%3Aaws%3As3%3Aus-east-1%3A123456789012%3Aaccesspoint%3Aap?delete\n\n"+threeKeys)
	r.PointBucket = func(string) (string, bool) { return "pics", true }
	call, err := Recognise(r)
	if err != nil {
		t.Fatal(err)
	}
	needs, err := call.Needs(r)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Item{{0, 2}, {2, 4}, {4, 6}}, needs.Items); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
}

// A caller who is told that an object does not exist may list the bucket, whatever
// prefix the request names.
func TestAbsence(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"GET /b/k?prefix=k": {"arn:aws:s3:::b"},
		"HEAD /b/k":         {"arn:aws:s3:::b"},
		"GET /b/k?attributes\nX-Amz-Object-Attributes: ETag": {"arn:aws:s3:::b"},
		"GET /b/k?acl":       nil,
		"GET /b?list-type=2": nil,
		"PUT /b/k":           nil,
	} {
		r := request(t, "s3", text+"\n")
		call, err := Recognise(r)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		needs := call.Absence(r)
		var got []string
		if needs != nil {
			for _, n := range needs.Needs {
				got = append(got, n.Resource)
				for _, k := range n.Keys {
					if n.Action != "s3:ListBucket" || k.Name == "s3:prefix" {
						t.Errorf("%s: needs %s with %s", text, n.Action, k.Name)
					}
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

// The question for an access point names it, and an answer that names no bucket says
// nothing.
func TestQuestionsForAccessPoints(t *testing.T) {
	t.Parallel()
	q := AskPoint("arn:aws:s3:eu-west-1:444455556666:accesspoint/a b")
	if q.Method != "GET" || q.URL.EscapedPath() != "/v20180820/accesspoint/a%20b" || q.Header.Get("X-Amz-Account-Id") != "444455556666" ||
		q.Region != "eu-west-1" || q.Service.Name != "s3" {
		t.Errorf("the question is %+v", q)
	}
	for answer, want := range map[string]string{
		"<GetAccessPointResult><Name>a</Name><Bucket>my.pics-1</Bucket></GetAccessPointResult>": "my.pics-1",
		"<R><Bucket>../other</Bucket></R>": "", "<R><Bucket>..</Bucket></R>": "", "<R><Bucket></Bucket></R>": "", "<R/>": "", "x": "",
		"<R><Bucket>ap-b2c3-s3alias</Bucket></R>": "",
	} {
		if got := ReadPoint([]byte(answer)); got != want {
			t.Errorf("%s names %q, want %q", answer, got, want)
		}
	}
}
