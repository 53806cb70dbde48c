package console_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/internal/localclient"
	"github.com/understudy-iam/understudy/management/console"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/server"
)

// browser is a client that keeps cookies and does not follow redirects by itself.
type browser struct {
	t    *testing.T
	url  string
	http *http.Client
	iam  *iam.Client // as root
}

// open starts a server with pages.
func open(t *testing.T) *browser {
	t.Helper()
	store := memstore.New()
	s, err := server.New(server.Options{Store: store, Console: func(self http.Handler) (http.Handler, error) {
		return console.New(console.Options{
			Server: self, Account: server.DefaultAccount, RootAccessKeyID: "test", RootSecretAccessKey: "test",
		})
	}})
	if err != nil {
		t.Fatal(err)
	}
	running := httptest.NewServer(s)
	t.Cleanup(func() {
		running.CloseClientConnections()
		running.Close()
		store.Close()
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	config := localclient.Config(running.URL, "us-east-1", aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"})
	return &browser{t: t, url: running.URL, http: &http.Client{Jar: jar}, iam: iam.NewFromConfig(config)}
}

// get opens a page, by its path below the console's, and returns its status and text.
func (b *browser) get(path string) (int, string) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.url+console.Path+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	answer, err := b.http.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	return read(b.t, answer)
}

// post sends a form as a page of the console does.
func (b *browser) post(path string, form url.Values) (int, string) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.url+console.Path+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", b.url)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	answer, err := b.http.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	return read(b.t, answer)
}

func read(t *testing.T, answer *http.Response) (int, string) {
	t.Helper()
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// want checks that a page has the words.
func want(t *testing.T, page string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(page, w) {
			t.Errorf("the page lacks %q:\n%s", w, page)
		}
	}
}

// fill makes a user, a group and a role whose names, tags and policies hold what AWS lets
// them hold of markup.
func (b *browser) fill() {
	b.t.Helper()
	ctx, must := b.t.Context(), func(_ any, err error) {
		b.t.Helper()
		if err != nil {
			b.t.Fatal(err)
		}
	}
	name := aws.String("ana")
	document := aws.String(`{"Version":"2012-10-17","Statement":[{"Sid":"Own","Effect":"Allow","Action":"iam:Get*",` +
		`"Resource":"arn:aws:iam::*:user/${aws:username}","Condition":{"StringEquals":{"aws:PrincipalTag/team":"</pre><script>x()</script>"}}}]}`)
	trust := aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole",` +
		`"Condition":{"StringEquals":{"aws:PrincipalTag/x":"<img src=x>"}}}}`)
	tag := types.Tag{Key: aws.String("team"), Value: aws.String("a=b @")}
	must(b.iam.CreateUser(ctx, &iam.CreateUserInput{UserName: name, Tags: []types.Tag{tag}}))
	must(b.iam.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: aws.String("dev")}))
	must(b.iam.AddUserToGroup(ctx, &iam.AddUserToGroupInput{GroupName: aws.String("dev"), UserName: name}))
	must(b.iam.PutGroupPolicy(ctx, &iam.PutGroupPolicyInput{GroupName: aws.String("dev"), PolicyName: aws.String("read"),
		PolicyDocument: document}))
	must(b.iam.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: name, PolicyName: aws.String("own"), PolicyDocument: document}))
	must(b.iam.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: name}))
	must(b.iam.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("deploy"), AssumeRolePolicyDocument: trust}))
	must(b.iam.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: aws.String("deploy"),
		PolicyArn: aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess")}))
}

func TestPages(t *testing.T) {
	t.Parallel()
	b := open(t)
	for _, path := range []string{"", "decisions", "principals", "principals?kind=groups", "principals?kind=roles", "act"} {
		if status, page := b.get(path); status != http.StatusOK || !strings.Contains(page, "<h1>") {
			t.Errorf("%q on an empty account: %d\n%s", path, status, page)
		}
	}
	b.fill()
	for path, words := range map[string][]string{
		"":                          {"<b>1</b> users", "export AWS_ENDPOINT_URL=" + b.url, "AWS_SECRET_ACCESS_KEY=test"},
		"decisions":                 {"iam:CreateRole", "allowed"},
		"principals":                {">ana</a>", "user/ana"},
		"principals?kind=roles":     {">deploy</a>"},
		"principals/users/ana":      {"team=a=b @", ">dev</a>", "by the group dev", "&lt;script&gt;", "Active"},
		"principals/groups/dev":     {">ana</a>", "read"},
		"principals/roles/deploy":   {"ReadOnlyAccess", "&lt;img src=x&gt;"},
		"principals?path=/nowhere/": {"There are no users below /nowhere/"},
	} {
		status, page := b.get(path)
		if status != http.StatusOK {
			t.Errorf("%q: %d", path, status)
		}
		want(t, page, words...)
		if strings.Contains(page, "<script>") || strings.Contains(page, "<img src=x>") {
			t.Errorf("%q has markup of the state:\n%s", path, page)
		}
	}
}

// TestPagesThatAreNotThere: they say so and keep the menu.
func TestPagesThatAreNotThere(t *testing.T) {
	t.Parallel()
	b := open(t)
	for path, words := range map[string]string{
		"principals/users/nobody":    "The user with name nobody cannot be found.",
		"decisions/nothing":          "nothing",
		"none":                       "there is no page",
		"decisions?principal=%00<b>": "&lt;b&gt;",
	} {
		status, page := b.get(path)
		if status == http.StatusInternalServerError {
			t.Errorf("%q: %d", path, status)
		}
		want(t, page, words, `aria-label="Pages"`)
	}
}

func TestActAs(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.fill()
	_, page := b.post("act", url.Values{"principal": {"user/ana"}, "back": {"principals?kind=roles"}})
	want(t, page, "Acting as <b>user/ana</b>", "You act as user/ana", "AccessDenied", "is not authorized to perform: iam:ListRoles",
		"Why it was denied")
	link := regexp.MustCompile(`href="` + console.Path + `(decisions/[^"]+)"`).FindStringSubmatch(page)
	if link == nil {
		t.Fatalf("no link to the decision:\n%s", page)
	}
	_, page = b.get(link[1])
	want(t, page, "iam:ListRoles", "implicitDeny", "identity-based policies", "What can be done")
	if _, page = b.get("principals"); strings.Contains(page, "You act as") {
		t.Error("a notice is shown twice")
	}
	_, page = b.post("act", url.Values{"principal": {"role/deploy"}, "sessionName": {"me"}, "tags": {"a=b\nc=d"},
		"sessionPolicy": {`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:ListRoles","Resource":"*"}}`}})
	want(t, page, "assumed-role/deploy/me", "session policy, 2 tags")
	if _, page = b.get("principals?kind=roles"); !strings.Contains(page, ">deploy</a>") {
		t.Errorf("the session policy does not allow ListRoles:\n%s", page)
	}
	if _, page = b.get("principals"); !strings.Contains(page, "no session policy allows") {
		t.Errorf("the session policy does not limit:\n%s", page)
	}
	_, page = b.post("act", url.Values{"principal": {"111122223333"}})
	want(t, page, "Acting as <b>root</b>", "111122223333")
	_, page = b.post("act", url.Values{"principal": {"user/nobody"}, "tags": {"x=y"}})
	want(t, page, "nobody", `role="alert"`, ">x=y</textarea>")
	_, page = b.post("act", url.Values{"principal": {"user/ana"}, "tags": {"nothing"}})
	want(t, page, "is not written as key=value", `value="user/ana"`)
	_, page = b.post("act", url.Values{"back": {"//elsewhere.example/"}})
	want(t, page, "Acting as <b>root</b>", "000000000000", "<h1>Understudy</h1>")
}

// TestStreamShowsCalls: what is called after a page has begun to follow arrives by itself.
func TestStreamShowsCalls(t *testing.T) {
	t.Parallel()
	b := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.url+console.Path+"decisions/stream?action=iam:Create*", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := b.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	b.fill()
	var seen strings.Builder
	for one := make([]byte, 4096); !strings.Contains(seen.String(), "iam:CreateRole"); {
		n, err := answer.Body.Read(one)
		seen.Write(one[:n])
		if err != nil {
			t.Fatalf("%v after:\n%s", err, seen.String())
		}
	}
	if strings.Contains(seen.String(), "iam:PutUserPolicy") || !strings.Contains(seen.String(), "data: <tr>") {
		t.Errorf("the stream has:\n%s", seen.String())
	}
}

// TestHeadOfAStream: a client that asks for the head of the stream gets it, and its connection
// is free again.
func TestHeadOfAStream(t *testing.T) {
	t.Parallel()
	b := open(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, b.url+console.Path+"decisions/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := b.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if status, body := read(t, answer); status != http.StatusOK || body != "" {
		t.Errorf("%d, %q", status, body)
	}
	if status, _ := b.get("act"); status != http.StatusOK {
		t.Errorf("afterwards a page is answered %d", status)
	}
}

// TestFindings: the editor is told what is wrong, and where.
func TestFindings(t *testing.T) {
	t.Parallel()
	b := open(t)
	for document, words := range map[string][]string{
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:GetUzer","Resource":"*"}]}`: {
			`"line":1`, `"severity":"error"`, `"code":"INVALID_ACTION"`, `"column":65`},
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:GetUser","Resource":"*"}]}`: {"[]"},
		`{`: {`"severity":"error"`},
		``:  {`"severity":"error"`},
	} {
		status, found := b.post("editor/findings", url.Values{"document": {document}})
		if status != http.StatusOK {
			t.Errorf("%s: %d", document, status)
		}
		want(t, found, words...)
	}
}
