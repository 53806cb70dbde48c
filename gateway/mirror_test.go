package gateway_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/iamtest"
)

// iamUpstream is an upstream with an IAM of its own, which has some entities already.
type iamUpstream struct {
	mu     sync.Mutex
	calls  []string
	bodies []string
	has    map[string]bool // by kind and name, such as "Role app"
	broken string          // an operation that fails
}

// entityIn finds which entity a call of IAM is about: its kind as operations name it, and
// its name.
func entityIn(form url.Values) (kind, name string) {
	for _, kind := range []string{"InstanceProfile", "ServerCertificate", "Role"} { // an instance profile gets a role
		if name := form.Get(kind + "Name"); name != "" {
			return kind, name
		}
	}
	return "", ""
}

func (u *iamUpstream) answer(w http.ResponseWriter, r *http.Request) {
	u.mu.Lock()
	defer u.mu.Unlock()
	_ = r.ParseForm()
	action, form := r.PostForm.Get("Action"), r.PostForm
	kind, name := entityIn(form)
	key := kind + " " + name
	switch {
	case kind == "" || action == u.broken:
		w.WriteHeader(http.StatusBadRequest)
	case action == "Create"+kind || action == "Upload"+kind:
		u.has[key] = true
	case !u.has[key]:
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte("<ErrorResponse><Error><Code>NoSuchEntity</Code></Error></ErrorResponse>"))
	case action == "Delete"+kind:
		delete(u.has, key)
	}
	if kind != "" && action != "Get"+kind {
		words := []string{r.Header.Get("X-Moto-Account-Id"), action, form.Get("Path") + name}
		if kind != "Role" && form.Get("RoleName") != "" {
			words = append(words, form.Get("RoleName"))
		}
		u.calls = append(u.calls, strings.Join(words, " "))
		u.bodies = append(u.bodies, form.Encode())
	}
}

// expectTook checks which changes the upstream was asked for, in order.
func (u *iamUpstream) expectTook(t *testing.T, want ...string) {
	t.Helper()
	u.mu.Lock()
	defer u.mu.Unlock()
	if !slices.Equal(u.calls, want) {
		t.Errorf("the upstream got\n%s\nwant\n%s", strings.Join(u.calls, "\n"), strings.Join(want, "\n"))
	}
	u.calls = nil
}

const trustInSeed = `'{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com","ec2.amazonaws.com"]},"Action":"sts:AssumeRole"}}'`

func withIAM(t *testing.T, options ...iamtest.Option) (*iamtest.Server, *iamUpstream) {
	t.Helper()
	up, own := newUpstream(t, nil), &iamUpstream{has: map[string]bool{"Role theirs": true, "InstanceProfile theirs": true}}
	up.asked = own.answer
	srv := iamtest.Start(t, append(options, iamtest.WithUpstream(up.URL))...)
	srv.For(t).Seed(`accounts: [{id: "000000000000", roles: [
  {name: app, path: /shop/, trust: ` + trustInSeed + `}, {name: theirs, trust: ` + trustInSeed + `}],
  instanceProfiles: [{name: web, path: /shop/, role: app}, {name: theirs, role: theirs}, {name: empty}]}]`)
	return srv, own
}

// createFunction passes a role to Lambda.
func createFunction(role string) request {
	return request{service: "lambda", target: "/2015-03-31/functions",
		body:   `{"FunctionName":"f","Role":"arn:aws:iam::000000000000:role/` + role + `","Code":{}}`,
		header: http.Header{"Content-Type": {"application/json"}}}
}

// runInstance names an instance profile, such as "Name=web".
func runInstance(profile string) request {
	return form("ec2", "Action=RunInstances&Version=2016-11-15&ImageId=ami-1&MinCount=1&MaxCount=1&IamInstanceProfile."+profile)
}

func deleteRole(t *testing.T, srv *iamtest.Server, name string) {
	t.Helper()
	if _, err := srv.IAM().DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: &name}); err != nil {
		t.Fatal(err)
	}
}

// emptyProfile takes the role out of an instance profile.
func emptyProfile(t *testing.T, srv *iamtest.Server, profile, role string) {
	t.Helper()
	in := &iam.RemoveRoleFromInstanceProfileInput{InstanceProfileName: &profile, RoleName: &role}
	if _, err := srv.IAM().RemoveRoleFromInstanceProfile(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

// serverCertificate makes a certificate that is valid now, and its key, in PEM.
func serverCertificate(t *testing.T) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "shop.example.com"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{
		Type: "CERTIFICATE", Bytes: der,
	})), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}))
}

// A role that a call passes is made at the upstream once, and deleted there when it is
// deleted here. One that was there already is left alone.
func TestRolesAreMadeAtUpstreams(t *testing.T) {
	t.Parallel()
	srv, up := withIAM(t)
	for range 2 {
		expect(t, srv, "root", createFunction("shop/app"), http.StatusOK)
	}
	expect(t, srv, "root, with a role that the upstream has", createFunction("theirs"), http.StatusOK)
	expect(t, srv, "root, with a role that is not there", createFunction("gone"), http.StatusOK)
	up.expectTook(t, "000000000000 CreateRole /shop/app")
	emptyProfile(t, srv, "web", "app")
	emptyProfile(t, srv, "theirs", "theirs")
	deleteRole(t, srv, "app")
	deleteRole(t, srv, "theirs")
	up.expectTook(t, "000000000000 DeleteRole app")
}

// An instance profile that a call names is made with its role.
func TestInstanceProfilesAreMadeAtUpstreams(t *testing.T) {
	t.Parallel()
	for name, profile := range map[string]string{
		"by name": "Name=web", "by ARN": "Arn=arn:aws:iam::000000000000:instance-profile/shop/web",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, up := withIAM(t)
			for range 2 {
				expect(t, srv, "root", runInstance(profile), http.StatusOK)
			}
			up.expectTook(t, "000000000000 CreateRole /shop/app",
				"000000000000 CreateInstanceProfile /shop/web", "000000000000 AddRoleToInstanceProfile web app")
			expect(t, srv, "root, with a profile that the upstream has", runInstance("Name=theirs"), http.StatusOK)
			expect(t, srv, "root, with a profile that is not there", runInstance("Name=gone"), http.StatusOK)
			up.expectTook(t)
		})
	}
}

// What was made is deleted when it is not here any more: an instance profile before the
// role in it, and also when its role is taken out.
func TestInstanceProfilesAreDeletedAtUpstreams(t *testing.T) {
	t.Parallel()
	srv, up := withIAM(t)
	expect(t, srv, "root", runInstance("Name=web"), http.StatusOK)
	expect(t, srv, "root, with a profile that the upstream has", runInstance("Name=theirs"), http.StatusOK)
	up.expectTook(t, "000000000000 CreateRole /shop/app",
		"000000000000 CreateInstanceProfile /shop/web", "000000000000 AddRoleToInstanceProfile web app")
	emptyProfile(t, srv, "web", "app")
	up.expectTook(t, "000000000000 RemoveRoleFromInstanceProfile web app", "000000000000 DeleteInstanceProfile web")
	deleteRole(t, srv, "app")
	emptyProfile(t, srv, "theirs", "theirs")
	up.expectTook(t, "000000000000 DeleteRole app")
	expect(t, srv, "root, with a profile that has no role", runInstance("Name=web"), http.StatusOK)
	up.expectTook(t, "000000000000 CreateInstanceProfile /shop/web")
}

// A state that replaces another one takes away what only the other one had.
func TestUpstreamsForgetAStateThatWasReset(t *testing.T) {
	t.Parallel()
	srv, up := withIAM(t)
	expect(t, srv, "root", runInstance("Name=web"), http.StatusOK)
	up.expectTook(t, "000000000000 CreateRole /shop/app",
		"000000000000 CreateInstanceProfile /shop/web", "000000000000 AddRoleToInstanceProfile web app")
	srv.For(t).Reset()
	up.expectTook(t, "000000000000 RemoveRoleFromInstanceProfile web app", "000000000000 DeleteInstanceProfile web",
		"000000000000 DeleteRole app")
}

// What an upstream did not make whole is its own trouble: the call is sent on, and the
// part that was made is deleted when the entity is.
func TestUpstreamsThatMakeHalfOfAnEntity(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	srv, up := withIAM(t, logTo(&log))
	up.broken = "AddRoleToInstanceProfile"
	expect(t, srv, "root", runInstance("Name=web"), http.StatusOK)
	up.expectTook(t, "000000000000 CreateRole /shop/app",
		"000000000000 CreateInstanceProfile /shop/web", "000000000000 AddRoleToInstanceProfile web app")
	emptyProfile(t, srv, "web", "app")
	up.expectTook(t, "000000000000 RemoveRoleFromInstanceProfile web app", "000000000000 DeleteInstanceProfile web")
	if err := srv.Stop(); err != nil || !strings.Contains(log.String(), "it answered 400") {
		t.Errorf("%v; the log does not say what the upstream answered:\n%s", err, &log)
	}
}

// An upstream without an IAM is asked for the entity, and left alone.
func TestUpstreamsWithoutIAM(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	var asked []string
	up.asked = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" { // Lambda's policies have another path
			_ = r.ParseForm()
			asked = append(asked, r.PostForm.Get("Action"))
		}
		w.WriteHeader(http.StatusNotFound)
	}
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL),
		iamtest.WithSeedText(`accounts: [{id: "000000000000", roles: [{name: app, trust: `+trustInSeed+`}]}]`))
	expect(t, srv, "root", createFunction("app"), http.StatusOK)
	if !slices.Equal(asked, []string{"GetRole"}) {
		t.Errorf("the upstream was asked for %q", asked)
	}
}

// A server certificate that a listener gets is made at the upstream without its private
// key, which nobody keeps.
func TestServerCertificatesAreMadeAtUpstreams(t *testing.T) {
	t.Parallel()
	srv, up := withIAM(t)
	body, key := serverCertificate(t)
	in := &iam.UploadServerCertificateInput{ServerCertificateName: aws.String("shop"), Path: aws.String("/cdn/"), CertificateBody: &body,
		PrivateKey: &key}
	if _, err := srv.IAM().UploadServerCertificate(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	listener := func(certificate string) request {
		return form("elasticloadbalancing",
			"Action=CreateListener&Version=2015-12-01&LoadBalancerArn=arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/a/1"+
				"&Protocol=HTTPS&Port=443&DefaultActions.member.1.Type=forward&Certificates.member.1.CertificateArn="+certificate)
	}
	for range 2 {
		expect(t, srv, "root", listener("arn:aws:iam::000000000000:server-certificate/cdn/shop"), http.StatusOK)
	}
	expect(t, srv, "root, with a certificate of ACM", listener("arn:aws:acm:us-east-1:000000000000:certificate/1"), http.StatusOK)
	expect(t, srv, "root, with one of another path", listener("arn:aws:iam::000000000000:server-certificate/shop"), http.StatusOK)
	sent, err := url.ParseQuery(strings.Join(up.bodies, " "))
	if err != nil || sent.Get("CertificateBody") != body || !strings.Contains(sent.Get("PrivateKey"), "PRIVATE KEY") ||
		sent.Get("PrivateKey") == key {
		t.Errorf("the upstream got %s, %v", sent, err)
	}
	up.expectTook(t, "000000000000 UploadServerCertificate /cdn/shop")
	if _, err := srv.IAM().DeleteServerCertificate(t.Context(), &iam.DeleteServerCertificateInput{
		ServerCertificateName: aws.String("shop"),
	}); err != nil {
		t.Fatal(err)
	}
	up.expectTook(t, "000000000000 DeleteServerCertificate shop")
}

// A caller who may not pass the role makes nothing there.
func TestRolesThatAreNotPassedAreNotMade(t *testing.T) {
	t.Parallel()
	srv, up := withIAM(t)
	ana := user(t, srv, "ana", `{"Effect":"Allow","Action":["lambda:*","ec2:*"],"Resource":"*"}`)
	expect(t, srv, "who may not pass the role", by(createFunction("shop/app"), ana), 0)
	expect(t, srv, "who may not pass the role of the profile", by(runInstance("Name=web"), ana), 0)
	up.expectTook(t)
}

func TestUpstreamsAreLeftAlone(t *testing.T) {
	t.Parallel()
	srv, up := withIAM(t, iamtest.WithUpstreamMirror(false))
	expect(t, srv, "root", createFunction("shop/app"), http.StatusOK)
	expect(t, srv, "root", runInstance("Name=web"), http.StatusOK)
	emptyProfile(t, srv, "web", "app")
	deleteRole(t, srv, "app")
	up.expectTook(t)
}
