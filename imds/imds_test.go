package imds_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/imds"
)

const account = "111122223333"

// machine is an endpoint with the role app, the role shy, which trusts nobody, and the
// instance profile web, which has the role app.
type machine struct {
	*testing.T
	http.Handler
	now     time.Time
	started []*imds.Session
	appID   string
	fail    error
}

func newMachine(t *testing.T, change func(*imds.Options)) *machine {
	m := &machine{T: t, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), appID: "AROAAPP"}
	o := imds.Options{Roles: m, Role: "web", Account: account, Now: func() time.Time { return m.now }}
	if change != nil {
		change(&o)
	}
	m.Handler = imds.NewHandler(o)
	return m
}

func (m *machine) Role(_ context.Context, name string) (*imds.Role, error) {
	switch name {
	case "app", "arn:aws:iam::111122223333:role/x/app":
		return &imds.Role{Name: "app", ARN: "arn:aws:iam::111122223333:role/x/app", ID: m.appID}, m.fail
	case "shy":
		return &imds.Role{Name: "shy", ARN: "arn:aws:iam::111122223333:role/shy", ID: "AROASHY"}, m.fail
	}
	return nil, imds.ErrNoProfile
}

func (m *machine) Profile(ctx context.Context, name string) (*imds.Profile, error) {
	p := &imds.Profile{ARN: "arn:aws:iam::111122223333:instance-profile/" + name, ID: "AIPA" + name}
	if name == "empty" {
		return p, nil
	}
	var err error
	if name == "web" {
		name = "app"
	}
	p.Role, err = m.Role(ctx, name)
	return p, err
}

func (m *machine) Session(_ context.Context, s *imds.Session) (*imds.Credentials, error) {
	if s.Role.Name == "shy" {
		return nil, imds.ErrUntrusted
	}
	m.started = append(m.started, s)
	n := len(m.started)
	return &imds.Credentials{
		AccessKeyID: fmt.Sprint("ASIA", n), SecretAccessKey: fmt.Sprint("secret", n), Token: fmt.Sprint("token", n),
		Expiration: m.now.Add(s.Duration),
	}, m.fail
}

// do sends a request with headers, "Name: value" each.
func (m *machine) do(method, target string, headers ...string) *httptest.ResponseRecorder {
	m.Helper()
	r := httptest.NewRequest(method, "http://127.0.0.1:1338"+target, nil)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Host" {
			r.Host = value
		}
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	m.ServeHTTP(w, r)
	return w
}

func (m *machine) token(seconds string) string {
	m.Helper()
	w := m.do("PUT", "/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds: "+seconds)
	if w.Code != 200 || len(w.Body.String()) != 56 {
		m.Fatalf("token: %d %s", w.Code, w.Body)
	}
	return "X-aws-ec2-metadata-token: " + w.Body.String()
}

// get returns the content of a path of the metadata.
func (m *machine) get(path string) string {
	m.Helper()
	w := m.do("GET", path, m.token("60"))
	if w.Code != 200 {
		m.Errorf("%s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

func TestTokens(t *testing.T) {
	t.Parallel()
	const ttl = "X-aws-ec2-metadata-token-ttl-seconds: "
	m := newMachine(t, func(o *imds.Options) { o.Hosts = []string{"203.0.113.7"} })
	for name, c := range map[string]struct {
		method, target string
		headers        []string
		want           int
	}{
		"the least":                {"PUT", "/latest/api/token", []string{ttl + "1"}, 200},
		"the most":                 {"PUT", "/latest/api/token", []string{ttl + "21600"}, 200},
		"too short":                {"PUT", "/latest/api/token", []string{ttl + "0"}, 400},
		"too long":                 {"PUT", "/latest/api/token", []string{ttl + "21601"}, 400},
		"no number":                {"PUT", "/latest/api/token", []string{ttl + "x"}, 400},
		"no header":                {"PUT", "/latest/api/token", nil, 400},
		"through a proxy":          {"PUT", "/latest/api/token", []string{ttl + "60", "X-Forwarded-For: 192.0.2.1"}, 403},
		"another path":             {"PUT", "/2021-03-23/api/token", []string{ttl + "60"}, 403},
		"metadata without a token": {"GET", "/latest/meta-data/", nil, 401},
		"a token that is none":     {"GET", "/latest/meta-data/", []string{"X-aws-ec2-metadata-token: x"}, 401},
		"a token of another one":   {"GET", "/latest/meta-data/", []string{newMachine(t, nil).token("60")}, 401},
		"another method":           {"POST", "/latest/meta-data/", []string{m.token("60")}, 405},
		"a web page's host":        {"PUT", "/latest/api/token", []string{ttl + "60", "Host: evil.example.org:1338"}, 403},
		"a local address":          {"PUT", "/latest/api/token", []string{ttl + "60", "Host: [::1]:1338"}, 200},
		"localhost":                {"PUT", "/latest/api/token", []string{ttl + "60", "Host: localhost:1338"}, 200},
		"EC2's own address":        {"PUT", "/latest/api/token", []string{ttl + "60", "Host: 169.254.169.254"}, 200},
		"an address of nobody":     {"PUT", "/latest/api/token", []string{ttl + "60", "Host: 192.0.2.1"}, 403},
		"an address that is given": {"PUT", "/latest/api/token", []string{ttl + "60", "Host: 203.0.113.7:1338"}, 200},
		"a dot at the end":         {"PUT", "/latest/api/token", []string{ttl + "60", "Host: LocalHost.:1338"}, 200},
		"user information":         {"PUT", "/latest/api/token", []string{ttl + "60", "Host: localhost:80@evil.example"}, 403},
		"no path of its versions":  {"GET", "/latest/nothing", []string{m.token("60")}, 404},
		"no version":               {"GET", "/newest/meta-data/", []string{m.token("60")}, 404},
		"a version that is a date": {"GET", "/2021-03-23/meta-data/instance-id", []string{m.token("60")}, 200},
	} {
		t.Run(name, func(t *testing.T) {
			if w := m.do(c.method, c.target, c.headers...); w.Code != c.want ||
				c.want >= 400 && !strings.Contains(w.Body.String(), fmt.Sprint("<title>", c.want, " - ")) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestATokenEnds(t *testing.T) {
	t.Parallel()
	m := newMachine(t, nil)
	token := m.token("10")
	for _, c := range []struct {
		after time.Duration
		want  int
		left  string
	}{{0, 200, "10"}, {9*time.Second + 1, 200, "1"}, {10 * time.Second, 401, ""}} {
		m.now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(c.after)
		if w := m.do("GET", "/latest/meta-data/mac", token); w.Code != c.want ||
			w.Header().Get("X-Aws-Ec2-Metadata-Token-Ttl-Seconds") != c.left {
			t.Errorf("after %v: %d, %q seconds left", c.after, w.Code, w.Header().Get("X-Aws-Ec2-Metadata-Token-Ttl-Seconds"))
		}
	}
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	m := newMachine(t, func(o *imds.Options) { o.Region = "eu-west-1" })
	id := m.get("/latest/meta-data/instance-id")
	if len(id) != 19 || !strings.HasPrefix(id, "i-0") ||
		id != newMachine(t, func(o *imds.Options) { o.Region = "eu-west-1" }).get("/latest/meta-data/instance-id") {
		t.Errorf("instance ID %s", id)
	}
	for path, want := range map[string]string{
		"/":        "1.0\n2019-10-01\nlatest",
		"/latest":  "dynamic\nmeta-data",
		"/latest/": "dynamic\nmeta-data",
		"/latest/meta-data/": "ami-id\nami-launch-index\nhostname\niam/\ninstance-id\ninstance-life-cycle\ninstance-type\nlocal-hostname\nlocal-ipv4\n" +
			"mac\nnetwork/\nplacement/\nservices/",
		"/latest/meta-data/iam":                         "info\nsecurity-credentials/",
		"/latest/meta-data/iam/security-credentials/":   "app",
		"/latest/meta-data/iam/security-credentials":    "app",
		"/latest/meta-data/placement/region":            "eu-west-1",
		"/latest/meta-data/placement/availability-zone": "eu-west-1a",
		"/latest/meta-data/hostname":                    "ip-10-0-0-10.eu-west-1.compute.internal",
		"/latest/meta-data/network/interfaces/macs/":    m.get("/latest/meta-data/mac") + "/",
		"/latest/meta-data/iam/info": `{
  "Code" : "Success",
  "LastUpdated" : "2026-03-01T12:00:00Z",
  "InstanceProfileArn" : "arn:aws:iam::111122223333:instance-profile/web",
  "InstanceProfileId" : "AIPAweb"
}`,
	} {
		if diff := cmp.Diff(want, m.get(path)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
	var document map[string]any
	if err := json.Unmarshal([]byte(m.get("/latest/dynamic/instance-identity/document")), &document); err != nil ||
		document["region"] != "eu-west-1" || document["accountId"] != account || document["instanceId"] != id {
		t.Errorf("document %v, %v", document, err)
	}
}

func TestRoleCredentials(t *testing.T) {
	t.Parallel()
	m := newMachine(t, nil)
	const path = "/latest/meta-data/iam/security-credentials/app"
	want := `{
  "Code" : "Success",
  "LastUpdated" : "2026-03-01T12:00:00Z",
  "Type" : "AWS-HMAC",
  "AccessKeyId" : "ASIA1",
  "SecretAccessKey" : "secret1",
  "Token" : "token1",
  "Expiration" : "2026-03-01T18:00:00Z"
}`
	if diff := cmp.Diff(want, m.get(path)); diff != "" {
		t.Errorf("credentials (-want +got):\n%s", diff)
	}
	if s := m.started[0]; s.Service != imds.EC2 || s.Name != m.get("/latest/meta-data/instance-id") ||
		s.Keys["ec2:RoleDelivery"] != "2.0" ||
		s.Keys["ec2:SourceInstanceARN"] != "arn:aws:ec2:us-east-1:111122223333:instance/"+s.Name || s.Duration != 6*time.Hour {
		t.Errorf("session %+v", s)
	}
	start := m.now
	for _, c := range []struct {
		after time.Duration
		want  string
	}{{5*time.Hour - time.Second, "token1"}, {5 * time.Hour, "token2"}, {9 * time.Hour, "token2"}, {10 * time.Hour, "token3"},
		{0, "token4"}} {
		m.now = start.Add(c.after)
		if got := m.get(path); !strings.Contains(got, `"`+c.want+`"`) {
			t.Errorf("after %v: %s", c.after, got)
		}
	}
	m.appID = "AROANEW" // made again with the same name
	if got := m.get(path); !strings.Contains(got, `"token5"`) {
		t.Errorf("of the new role: %s", got)
	}
	if w := m.do("GET", path+"x", m.token("60")); w.Code != 404 {
		t.Errorf("another role: %d", w.Code)
	}
}

func TestInstancesWithoutCredentials(t *testing.T) {
	t.Parallel()
	const directory = "/latest/meta-data/iam/security-credentials/"
	for name, c := range map[string]struct {
		role, path string
		status     int
		want       string
	}{
		"no role":                    {"", directory, 404, ""},
		"a role that does not exist": {"gone", directory, 404, ""},
		"no iam":                     {"gone", "/latest/meta-data/iam/info", 404, ""},
		"a profile without a role": {
			"empty", "/latest/meta-data/iam/info", 200, `"Message" : "Instance Profile does not contain a role.`,
		},
		"no role to list": {"empty", directory, 404, ""},
		"a role that does not trust EC2": {"shy", directory + "shy", 200, `{
  "Code" : "AssumeRoleUnauthorizedAccess",
  "Message" : "EC2 cannot assume the role shy.  Please see documentation at https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html#troubleshoot_iam-ec2_errors-info-doc.",
  "LastUpdated" : "2026-03-01T12:00:00Z"
}`},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t, func(o *imds.Options) { o.Role = c.role })
			if w := m.do("GET", c.path, m.token("60")); w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
	m := newMachine(t, nil)
	m.fail = errors.New("no disk")
	for _, path := range []string{directory, directory + "app"} {
		if w := m.do("GET", path, m.token("60")); w.Code != 500 || strings.Contains(w.Body.String(), "disk") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if w := m.do("GET", "/v2/credentials/app"); w.Code != 500 || strings.Contains(w.Body.String(), "disk") {
		t.Errorf("container: %d %s", w.Code, w.Body)
	}
}

func TestVersionOne(t *testing.T) {
	t.Parallel()
	m := newMachine(t, func(o *imds.Options) { o.AllowV1 = true })
	if w := m.do("GET", "/latest/meta-data/iam/security-credentials/app"); w.Code != 200 || m.started[0].Keys["ec2:RoleDelivery"] != "1.0" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	m.get("/latest/meta-data/iam/security-credentials/app")
	if len(m.started) != 2 || m.started[1].Keys["ec2:RoleDelivery"] != "2.0" {
		t.Errorf("credentials of IMDSv1 are given to IMDSv2: %+v", m.started)
	}
	if w := m.do("GET", "/latest/meta-data/mac", "X-aws-ec2-metadata-token: x"); w.Code != 401 {
		t.Errorf("a token that is none: %d", w.Code)
	}
}

func TestContainers(t *testing.T) {
	t.Parallel()
	m := newMachine(t, func(o *imds.Options) { o.Token, o.Hosts = "hush", []string{"understudy"} })
	const hush = "Authorization: hush"
	for name, c := range map[string]struct {
		target  string
		headers []string
		status  int
		want    string
	}{
		"a task": {"/v2/credentials/app", []string{hush}, 200, `"RoleArn":"arn:aws:iam::111122223333:role/x/app"`},
		"by ARN": {
			"/v2/credentials/arn:aws:iam::111122223333:role/x/app", []string{hush}, 200, `"Expiration":"2026-03-01T18:00:00Z"`,
		},
		"a pod":                {"/v1/credentials/app", []string{hush}, 200, `"AccountId":"111122223333"`},
		"a name of its own":    {"/v2/credentials/app", []string{hush, "Host: understudy:1338"}, 200, `"Token":"`},
		"no token":             {"/v2/credentials/app", nil, 401, `"code":"InvalidAuthorizationToken"`},
		"another token":        {"/v2/credentials/app", []string{"Authorization: hus"}, 401, `"code":"InvalidAuthorizationToken"`},
		"no role":              {"/v2/credentials/none", []string{hush}, 404, `"code":"NoSuchRole"`},
		"an untrusting role":   {"/v1/credentials/shy", []string{hush}, 403, `does not admit pods.eks.amazonaws.com`},
		"a web page's request": {"/v2/credentials/app", []string{hush, "Host: evil.example.org"}, 403, "403 - Forbidden"},
	} {
		t.Run(name, func(t *testing.T) {
			if w := m.do("GET", c.target, c.headers...); w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
	if len(m.started) != 2 { // one of the task and one of the pod
		t.Errorf("%d sessions were started", len(m.started))
	}
	for _, s := range m.started {
		if s.Service == imds.PodIdentity && s.Tags["eks-cluster-name"] != "understudy" || s.Service == imds.ECS && s.Tags != nil ||
			s.SourceARN == "" {
			t.Errorf("session %+v", s)
		}
	}
}
