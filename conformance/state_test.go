package conformance_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// askServer sends a management request; kind is the content type of the body.
func askServer(t testing.TB, srv *iamtest.Server, request, kind, body string) (int, string) {
	t.Helper()
	method, path, _ := strings.Cut(request, " ")
	r, err := http.NewRequest(method, srv.URL+"/_understudy/"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	return send(t, r)
}

func send(t testing.TB, r *http.Request) (int, string) {
	t.Helper()
	answer, err := testkit.HTTP.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// wantStatus sends a management request with a JSON body, if any, and returns
// the answer, which must have the status.
func wantStatus(t testing.TB, srv *iamtest.Server, request, body string, status int) string {
	t.Helper()
	kind := ""
	if body != "" {
		kind = "application/json"
	}
	got, text := askServer(t, srv, request, kind, body)
	if got != status {
		t.Fatalf("%s %s: %d %s; want %d", request, body, got, text, status)
	}
	return text
}

func takeSnapshot(t testing.TB, srv *iamtest.Server) string {
	t.Helper()
	var taken struct{ ID string }
	if err := json.Unmarshal([]byte(wantStatus(t, srv, "POST snapshot", "", http.StatusCreated)), &taken); err != nil {
		t.Fatal(err)
	}
	return taken.ID
}

func restoreSnapshot(t testing.TB, srv *iamtest.Server, id string) {
	t.Helper()
	wantStatus(t, srv, "POST restore", `{"id":"`+id+`"}`, http.StatusOK)
}

// A snapshot brings back what was there: users, keys and permissions, and the
// key that opens session tokens. What was derived from the state since is not
// believed any more, and uses since are not written into it.
func TestSnapshotAndRestore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := w.userKey("ann", allow("iam:GetUser"))
	ann := w.with(key)
	session := testkit.Must(w.srv.STS().GetSessionToken(t.Context(), &sts.GetSessionTokenInput{}))(t).Credentials
	id := takeSnapshot(t, w.srv)

	testkit.Must(ann.GetUser(t.Context(), &iam.GetUserInput{}))(t)
	testkit.Must(w.PutUserPolicy(t.Context(),
		&iam.PutUserPolicyInput{
			UserName: aws.String("ann"), PolicyName: aws.String("own"), PolicyDocument: aws.String(allow("iam:ListUsers")),
		}))(t)
	testkit.Must(ann.ListUsers(t.Context(), &iam.ListUsersInput{}))(t)
	testkit.Must(w.CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("bob")}))(t)

	restoreSnapshot(t, w.srv, id)
	if _, _, dated := w.used(key); dated {
		t.Error("the key was used before it came back")
	}
	testkit.WantError(t, testkit.Refused(ann.ListUsers(t.Context(), &iam.ListUsersInput{})), "AccessDenied",
		"User: arn:aws:iam::000000000000:user/ann is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::000000000000:user/ because no identity-based policy allows the iam:ListUsers action")
	testkit.Must(ann.GetUser(t.Context(), &iam.GetUserInput{}))(t)
	testkit.WantError(t, testkit.Refused(w.GetUser(t.Context(), &iam.GetUserInput{UserName: aws.String("bob")})), "NoSuchEntity",
		"The user with name bob cannot be found.")

	wantStatus(t, w.srv, "POST reset", "", http.StatusOK)
	testkit.WantError(t, testkit.Refused(ann.GetUser(t.Context(), &iam.GetUserInput{})), "InvalidClientTokenId",
		"The security token included in the request is invalid.")
	old := sts.NewFromConfig(w.srv.ConfigFor(aws.Credentials{AccessKeyID: *session.AccessKeyId, SecretAccessKey: *session.SecretAccessKey,
		SessionToken: *session.SessionToken}))
	testkit.WantError(t, testkit.Refused(old.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})), "InvalidClientTokenId",
		"The security token included in the request is invalid.")
	restoreSnapshot(t, w.srv, id)
	testkit.Must(ann.GetUser(t.Context(), &iam.GetUserInput{}))(t)
	testkit.Must(old.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}))(t)
}

// A reset applies the seeds again, unless it is told not to; a seed that has a
// fault by now leaves everything as it is.
func TestReset(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "seed.yaml")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("accounts: [{id: '000000000000', users: [{name: ann}]}]")
	srv := iamtest.Start(t, iamtest.WithSeed(file))
	client := srv.IAM()
	users := func() string {
		return joined(testkit.Must(client.ListUsers(t.Context(), &iam.ListUsersInput{}))(t).Users, userName)
	}
	create := func(name string) {
		testkit.Must(client.CreateUser(t.Context(), &iam.CreateUserInput{UserName: &name}))(t)
	}
	create("bob")
	for _, c := range []struct {
		name, body string
		status     int
		want       string
	}{
		{"a body that is not a JSON object", `[]`, http.StatusBadRequest, "ann bob"},
		{"an unknown member", `{"seed":true}`, http.StatusBadRequest, "ann bob"},
		{"as it was started", "", http.StatusOK, "ann"},
		{"said in words", `{"seeds":true}`, http.StatusOK, "ann"},
		{"without seeds", `{"seeds":false}`, http.StatusOK, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantStatus(t, srv, "POST reset", c.body, c.status)
			if got := users(); got != c.want {
				t.Errorf("users %q, want %q", got, c.want)
			}
		})
	}
	create("carl")
	write("accounts:\n- id: '000000000000'\n  users: [{name: ann, policies: [NoSuch]}]")
	if got := wantStatus(t, srv, "POST reset", "", http.StatusBadRequest); !strings.Contains(got, `"line":3`) ||
		!strings.Contains(got, file) {
		t.Errorf("answer %s", got)
	}
	if got := users(); got != "carl" {
		t.Errorf("users %q after a reset that failed", got)
	}
}

// Snapshots are listed and deleted, there is a limit, and what is not there is
// said to be so.
func TestSnapshots(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t)
	if got := wantStatus(t, srv, "GET snapshots", "", http.StatusOK); strings.TrimSpace(got) != `{"snapshots":[]}` {
		t.Errorf("at first %s", got)
	}
	first := takeSnapshot(t, srv)
	for range 99 {
		takeSnapshot(t, srv)
	}
	if got := wantStatus(t, srv, "POST snapshot", "", http.StatusConflict); !strings.Contains(got, "there are 100 snapshots already") {
		t.Errorf("one too many: %s", got)
	}
	wantStatus(t, srv, "DELETE snapshots/"+first, "", http.StatusNoContent)
	wantStatus(t, srv, "DELETE snapshots/"+first, "", http.StatusNotFound)
	wantStatus(t, srv, "POST restore", `{"id":"`+first+`"}`, http.StatusNotFound)
	wantStatus(t, srv, "POST restore", `{}`, http.StatusNotFound)
	wantStatus(t, srv, "POST restore", "", http.StatusBadRequest)
	if got := takeSnapshot(t, srv); got == first {
		t.Errorf("the ID %s was given twice", got)
	}
	if got := wantStatus(t, srv, "GET snapshots", "", http.StatusOK); strings.Count(got, `"id"`) != 100 {
		t.Errorf("list %s", got)
	}
}

// A page of another origin, in a browser, cannot change the state.
func TestStateIsNotForOtherOrigins(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t)
	for _, request := range []string{"POST reset", "POST snapshot", "POST restore", "DELETE snapshots/snapshot-1"} {
		method, path, _ := strings.Cut(request, " ")
		r, err := http.NewRequest(method, srv.URL+"/_understudy/"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", "https://example.com")
		if status, text := send(t, r); status != http.StatusForbidden {
			t.Errorf("%s: %d %s", request, status, text)
		}
	}
}

// BenchmarkRestore restores a state with 1,000 users, each with a key, a group
// and an inline policy, after one of them was changed, and after all are gone.
func BenchmarkRestore(b *testing.B) {
	var text strings.Builder
	text.WriteString("accounts:\n- id: '000000000000'\n  groups: [{name: all}]\n  users:\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "  - {name: user-%d, groups: [all], accessKeys: [{secret: s}], inline: {own: '%s'}}\n", i, allow("iam:GetUser"))
	}
	file := filepath.Join(b.TempDir(), "seed.yaml")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	srv := iamtest.Start(b, iamtest.WithSeed(file))
	id := takeSnapshot(b, srv)
	b.Run("snapshot", func(b *testing.B) {
		for b.Loop() {
			taken := takeSnapshot(b, srv)
			b.StopTimer()
			wantStatus(b, srv, "DELETE snapshots/"+taken, "", http.StatusNoContent)
			b.StartTimer()
		}
	})
	b.Run("one user changed", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			if _, err := srv.IAM().DeleteUserPolicy(b.Context(), &iam.DeleteUserPolicyInput{
				UserName: aws.String("user-7"), PolicyName: aws.String("own"),
			}); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			restoreSnapshot(b, srv, id)
		}
	})
	b.Run("everything gone", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			wantStatus(b, srv, "POST reset", `{"seeds":false}`, http.StatusOK)
			b.StartTimer()
			restoreSnapshot(b, srv, id)
		}
	})
}
