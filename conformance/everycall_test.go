package conformance_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/awsapi/model"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/server"
)

// faults is a store of which only some transactions succeed before all fail.
type faults struct {
	persistence.Store
	mu    sync.Mutex
	armed bool
	left  int // transactions that succeed
}

var errDisk = errors.New("the disk is full")

func (f *faults) View(ctx context.Context, do func(persistence.Tx) error) error {
	if f.fail() {
		return errDisk
	}
	return f.Store.View(ctx, do)
}

func (f *faults) Update(ctx context.Context, do func(persistence.Tx) error) error {
	if f.fail() {
		return errDisk
	}
	return f.Store.Update(ctx, do)
}

func (f *faults) fail() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.armed {
		return false
	}
	f.left--
	return f.left < 0
}

// set lets so many transactions succeed; all, if it is negative.
func (f *faults) set(left int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed, f.left = left >= 0, left
}

// A tour is a world in which operations are called one after the other, each
//   - by a user without permissions, which AWS denies,
//   - by a user who may do everything but that, which AWS denies in other words,
//   - by the same user under other spellings of what the call names,
//   - by a user who may do that to something else,
//   - by a user who may do exactly that, with a store that fails: no fault may
//     change anything,
//   - by that user who, when the call is on its way, loses the permission or the
//     access key, which AWS denies,
//   - and by that user with a store that does not fail, which must succeed.
//
// Its account manages an organization.
type tour struct {
	*world
	faults *faults
	holds  *holdStore
	users  map[string]aws.Config
	seen   *coverage

	secrets map[string]string // that the tour sent or was given, with the names of their members
}

// coverage is what all tours together have seen, by "iam.CreateUser".
type coverage struct {
	succeeded, denied, failed map[string]bool
	held, heldUpdate          map[string]bool   // and denied then; before a transaction that could change something
	open                      map[string]string // why nobody needs a permission
	respelled                 int               // calls with another spelling of what they name

	records map[string]map[string]*recorded // by operation and tour
}

const tourSeed = "organization: {management: '000000000000', id: o-tourtour12, root: {accounts: ['111122223333']}}"

// Users of a tour.
const (
	nobody = "nobody" // has no permissions
	banned = "banned" // may do everything but what the step needs
	exact  = "exact"  // may do what the step needs and nothing else
	guest  = "guest"  // has no permissions and is granted something
)

func newTour(t *testing.T, seen *coverage, options ...iamtest.Option) *tour {
	file := filepath.Join(t.TempDir(), "seed.yaml")
	if err := os.WriteFile(file, []byte(tourSeed), 0o600); err != nil {
		t.Fatal(err)
	}
	r := &tour{faults: &faults{}, holds: &holdStore{}, users: map[string]aws.Config{}, seen: seen, secrets: map[string]string{}}
	options = append(options, iamtest.WithSeed(file), iamtest.WithServer(func(o *server.Options) {
		r.holds.Store = o.Store
		r.faults.Store = r.holds
		o.Store = r.faults
	}))
	srv := iamtest.Start(t, options...)
	r.world = &world{Client: srv.IAM(), t: t, srv: srv, ctx: t.Context()}
	for _, name := range []string{nobody, banned, exact, guest} {
		r.users[name] = r.userConfig(name, "")
		r.secrets[testkit.Must(r.users[name].Credentials.Retrieve(t.Context()))(t).SecretAccessKey] = "secret key of " + name
	}
	t.Cleanup(r.keepRecords)
	return r
}

// A need is a permission: an action on a resource as denials show it, and its
// ARN if that is not the same.
type need struct {
	action, shown, arn string
	bare               bare
}

// bare says which denials have no reason.
type bare int

const (
	none bare = iota
	implicit
	all
)

// on is what a step needs: the operation's action on what is shown, and more.
// CALLER stands for the name of the user who calls.
func on(shown string, more ...need) []need { return append([]need{{shown: shown}}, more...) }

// resource is the ARN of what a denial shows.
func (n need) resource() string {
	if n.arn != "" {
		return n.arn
	}
	words := strings.Split(n.shown, " ")
	last := words[len(words)-1]
	if len(words) == 1 || strings.HasPrefix(last, "arn:") {
		return last
	}
	return "arn:aws:iam::000000000000:" + strings.Join(words[:len(words)-1], "-") + "/" + strings.TrimPrefix(last, "null")
}

// implicit and explicit are the texts of a denial without and with a statement
// that denies.
func (n need) implicit(user string) string {
	because := " because no identity-based policy allows the " + n.action + " action"
	if n.bare != none {
		because = ""
	}
	return n.denial(user) + because
}

func (n need) explicit(user string) string {
	because := " with an explicit deny in an identity-based policy"
	if n.bare == all {
		because = ""
	}
	return n.denial(user) + because
}

func (n need) denial(user string) string {
	return "User: arn:aws:iam::000000000000:user/" + user + " is not authorized to perform: " + n.action + " on resource: " +
		strings.ReplaceAll(n.shown, "CALLER", user)
}

func (r *tour) permit(user string, statements ...string) {
	r.t.Helper()
	document := `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
	testkit.Must(r.PutUserPolicy(r.ctx, &iam.PutUserPolicyInput{
		UserName: &user, PolicyName: aws.String("own"), PolicyDocument: &document,
	}))(r.t)
}

func statement(effect, action, resource string) string {
	return fmt.Sprintf(`{"Effect":%q,"Action":%q,"Resource":%q}`, effect, action, resource)
}

// A method is an operation of a client: (*iam.Client).CreateUser.
type method[C, In, Out, O any] func(C, context.Context, *In, ...func(*O)) (*Out, error)

// clientOf is a client of the type C.
func clientOf[C any](config aws.Config) C {
	var client any
	var c C
	switch any(c).(type) {
	case *iam.Client:
		client = iam.NewFromConfig(config)
	case *sts.Client:
		client = sts.NewFromConfig(config)
	}
	return client.(C)
}

// try takes a step of the tour, which needs the permissions.
func try[C, In, Out, O any](r *tour, call method[C, In, Out, O], in *In, needs []need) *Out {
	r.t.Helper()
	return tryUntil(r, call, in, needs, r.withoutKey(exact))
}

// tryUntil takes a step that needs the permissions and is not taken either once one
// of the others ends.
func tryUntil[C, In, Out, O any](r *tour, call method[C, In, Out, O], in *In, needs []need, ends ...revocation) *Out {
	r.t.Helper()
	r.noteSecrets(in)
	by := func(user string) (*Out, error) { return call(clientOf[C](r.users[user]), r.ctx, in) }
	_, err := by(nobody)
	service, operation := operationOf(err)
	if needs[0].action == "" {
		needs[0].action = service + ":" + operation
	}
	testkit.WantError(r.t, err, "AccessDenied", needs[0].implicit(nobody))

	arn := strings.ReplaceAll(needs[0].resource(), "CALLER", banned)
	r.permit(banned, statement("Allow", "*", "*"), statement("Deny", needs[0].action, arn))
	testkit.WantError(r.t, testkit.Refused(by(banned)), "AccessDenied", needs[0].explicit(banned))
	sameThing(r, call, in, service+"."+operation)
	r.seen.denied[service+"."+operation] = true

	if arn := strings.ReplaceAll(needs[0].resource(), "CALLER", exact); !strings.HasSuffix(arn, "*") {
		r.permit(exact, statement("Allow", needs[0].action, other(arn)))
		testkit.WantError(r.t, testkit.Refused(by(exact)), "AccessDenied", needs[0].implicit(exact))
	}
	var statements []string
	for _, n := range needs {
		statements = append(statements, statement("Allow", n.action, strings.ReplaceAll(n.resource(), "CALLER", exact)))
	}
	r.permit(exact, statements...)
	return succeed(r, func() (*Out, error) { return by(exact) }, append(ends, r.withoutPolicy(exact, statements))...)
}

// other is the ARN of something else.
func other(arn string) string {
	if strings.HasSuffix(arn, ":root") {
		return "arn:aws:iam::444455556666:root"
	}
	return arn + "-other"
}

// tryGranted takes a step that needs no policy, as the resource lets everybody
// do it, and that a Deny forbids.
func tryGranted[C, In, Out, O any](r *tour, call method[C, In, Out, O], in *In, needs []need) *Out {
	r.t.Helper()
	r.noteSecrets(in)
	n := needs[0]
	r.permit(banned, statement("Deny", n.action, n.resource()))
	err := testkit.Refused(call(clientOf[C](r.users[banned]), r.ctx, in))
	testkit.WantError(r.t, err, "AccessDenied", n.explicit(banned))
	service, operation := operationOf(err)
	r.seen.denied[service+"."+operation] = true
	return succeed(r, func() (*Out, error) { return call(clientOf[C](r.users[guest]), r.ctx, in) }, r.withoutKey(guest))
}

// tryOpen takes a step that is not subject to policies of the caller, for the
// reason.
func tryOpen[C, In, Out, O any](r *tour, client C, call method[C, In, Out, O], in *In, reason string, ends ...revocation) *Out {
	r.t.Helper()
	r.noteSecrets(in)
	return succeed(r, func() (*Out, error) {
		out, err := call(client, r.ctx, in)
		if service, operation := operationOf(err); operation != "" {
			r.seen.open[service+"."+operation] = reason
		}
		return out, err
	}, ends...)
}

// succeed makes the call with a store that fails, later each time, until the
// call succeeds; and as long as the permission to make it ends while it is on its
// way. What fails must not have happened, or a later time would not succeed.
func succeed[Out any](r *tour, call func() (*Out, error), ends ...revocation) *Out {
	r.t.Helper()
	var name string
	for left := 0; ; left++ {
		for _, e := range ends {
			if out, held := revoked(r, call, left, e); !held {
				r.noteSecrets(out)
				r.seen.succeeded[name] = true
				return out
			}
		}
		r.faults.set(left)
		out, err := call()
		r.faults.set(-1)
		if err == nil && name != "" {
			r.noteSecrets(out)
			r.seen.succeeded[name] = true
			return out
		}
		if err == nil {
			r.t.Fatalf("%T: the call does not use the store", out)
		}
		service, operation := operationOf(err)
		name = service + "." + operation
		code := "InternalFailure"
		if modelledErrors()[name]["ServiceFailure"] {
			code = "ServiceFailure"
		}
		testkit.WantError(r.t, err, code, "The request processing has failed because of an unknown error, exception or failure.")
		if testkit.Code(err) != code || statusOf(err) != http.StatusInternalServerError {
			r.t.Fatalf("%s: status %d", name, statusOf(err))
		}
		r.seen.failed[name] = true
	}
}

// operationOf is the service and the operation whose error it is.
func operationOf(err error) (service, operation string) {
	var of *smithy.OperationError
	if !errors.As(err, &of) {
		return "", ""
	}
	return strings.ToLower(of.ServiceID), of.OperationName
}

// statusOf is the HTTP status of an error, 0 if it had none.
func statusOf(err error) int {
	var answer interface{ HTTPStatusCode() int }
	if errors.As(err, &answer) {
		return answer.HTTPStatusCode()
	}
	return http.StatusOK
}

// tours are those that together call every operation.
var tours = map[string]func(*testing.T, *coverage){
	"users":               tourOfUsers,
	"groups":              tourOfGroups,
	"policies":            tourOfPolicies,
	"roles":               tourOfRoles,
	"roles that AWS made": tourOfMadeRoles,
	"credentials":         tourOfCredentials,
	"MFA devices":         tourOfMFADevices,
	"server certificates": tourOfServerCertificates,
	"OIDC providers":      tourOfOIDCProviders,
	"SAML providers":      tourOfSAMLProviders,
	"the account":         tourOfTheAccount,
	"the organization":    tourOfTheOrganization,
	"reports":             tourOfReports,
	"simulations":         tourOfSimulations,
	"delegation requests": tourOfDelegationRequests,
	"sessions":            tourOfSessions,
}

// Every operation that is served is denied without its permission, in AWS's
// words, allowed with it, and unharmed by faults of the store.
func TestEveryCall(t *testing.T) {
	t.Parallel()
	seen := &coverage{
		succeeded: map[string]bool{}, denied: map[string]bool{}, failed: map[string]bool{}, open: map[string]string{},
		held: map[string]bool{}, heldUpdate: map[string]bool{}, records: map[string]map[string]*recorded{},
	}
	ran := 0
	for name, tour := range tours {
		t.Run(name, func(t *testing.T) {
			ran++
			tour(t, seen)
		})
	}
	if ran < len(tours) || t.Failed() {
		return
	}
	for name := range modelledErrors() {
		switch {
		case !seen.succeeded[name]:
			t.Errorf("no tour calls %s", name)
		case !seen.denied[name] && seen.open[name] == "":
			t.Errorf("no tour is denied %s", name)
		case !seen.held[name]:
			t.Errorf("no tour ends the permission for %s on its way", name)
		case changesState(name) && !seen.heldUpdate[name]:
			t.Errorf("no tour ends the permission for %s before it changes something", name)
		}
	}
	checkRecords(t, seen)
	t.Logf("%d operations succeeded, %d denied, %d without a permission of their own, %d with faults of the store, %d held (%d before they could change something), %d calls in other spellings",
		len(seen.succeeded), len(seen.denied), len(seen.open), len(seen.failed), len(seen.held), len(seen.heldUpdate), seen.respelled)
}

// modelledErrors are the errors of each operation in AWS's model.
var modelledErrors = sync.OnceValue(func() map[string]map[string]bool {
	all := map[string]map[string]bool{}
	for _, s := range model.New().Services {
		if s.Name != "iam" && s.Name != "sts" {
			continue // packages cloudtrail and accessanalyzer try all of them
		}
		for _, o := range s.Operations {
			codes := map[string]bool{}
			for _, code := range o.Errors {
				codes[code] = true
			}
			all[s.Name+"."+o.Name] = codes
		}
	}
	return all
})
