package console

import (
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/management"
)

// homeData is what the first page shows.
type homeData struct {
	URL     string // of the server, as the browser reached it
	Account string
	KeyID   string // of the root user of the server's account
	Secret  string // the same; shown only if it is the default that everybody knows
	Mode    string // of enforcement
	Clock   *management.Clock
	Counts  []count // of what the account holds; nil: the identity may not know
	Denied  []*decisions.Record
	NoCalls string // why there are no decisions; empty: they are kept
}

// count is a number of users, groups or roles.
type count struct {
	N    int32
	What string
}

// defaultSecret is the secret of the credentials that the server has by default.
const defaultSecret = "test"

// lately is how far the first page looks back.
const lately = 15 * time.Minute

func (q *request) showHome() error {
	d := &homeData{URL: q.serverURL(), Account: q.Account, KeyID: q.RootAccessKeyID}
	if q.RootSecretAccessKey == defaultSecret {
		d.Secret = defaultSecret
	}
	var err error
	if d.Mode, err = q.client.Enforcement(q.ctx()); err != nil {
		return err
	}
	if d.Clock, err = q.client.Clock(q.ctx()); err != nil {
		return err
	}
	d.Counts = q.counts()
	d.Denied, err = q.client.Decisions(q.ctx(), &management.CallQuery{
		Decision: "denied,would-be-denied", Since: lately.String(), Limit: 8,
	})
	if isFault(err, http.StatusNotFound) {
		d.NoCalls, err = err.Error(), nil
	}
	if err != nil {
		return err
	}
	return q.show(http.StatusOK, "home", "Home", d)
}

// serverURL is the address by which the browser reached the server, which other programs
// on its machine can use too.
func (q *request) serverURL() string {
	if q.r.TLS != nil {
		return "https://" + q.r.Host
	}
	return "http://" + q.r.Host
}

// counts are of the account that the browser acts in.
func (q *request) counts() []count {
	out, err := q.iam().GetAccountSummary(q.ctx(), &iam.GetAccountSummaryInput{})
	if err != nil {
		return nil // the identity may not know it
	}
	m := out.SummaryMap
	return []count{
		{m["Users"], "users"}, {m["Groups"], "groups"}, {m["Roles"], "roles"},
	}
}
