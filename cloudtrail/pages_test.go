package cloudtrail_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/server"
)

// Pages have each event once, newest first, though others are added in between.
func TestPages(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t)
	const n = 7
	for i := range n {
		must(srv.IAM().CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String(fmt.Sprint("u", i))}))(t)
	}
	in := by(types.LookupAttributeKeyEventName, "CreateUser")
	in.MaxResults = aws.Int32(3)
	var got []string
	var sizes []int
	pages := cloudtrail.NewLookupEventsPaginator(client(srv), in)
	for pages.HasMorePages() {
		out := must(pages.NextPage(t.Context()))(t)
		sizes = append(sizes, len(out.Events))
		for _, e := range out.Events {
			_, rest, _ := strings.Cut(*e.CloudTrailEvent, `"requestParameters":{"userName":"`)
			got = append(got, rest[:2])
		}
		must(srv.IAM().CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String(fmt.Sprint("later", len(got)))}))(t)
	}
	if diff := cmp.Diff([]string{"u6", "u5", "u4", "u3", "u2", "u1", "u0"}, got); diff != "" || !slices.Equal(sizes, []int{3, 3, 1}) {
		t.Errorf("pages of %v (-want +got):\n%s", sizes, diff)
	}
	in.MaxResults = aws.Int32(int32(n + len(sizes)))
	if all := lookUp(t, client(srv), in); len(all) != n+len(sizes) {
		t.Errorf("a page that just holds all has %d events", len(all))
	}
}

// A token is good for its query alone. What it is at may have been dropped by then:
// with it went all that is older.
func TestTokens(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithServer(func(o *server.Options) { o.Events = 6 }))
	for range 3 {
		must(srv.IAM().ListUsers(t.Context(), &iam.ListUsersInput{}))(t)
	}
	c := client(srv)
	in := by(types.LookupAttributeKeyEventName, "ListUsers")
	in.MaxResults, in.StartTime = aws.Int32(1), aws.Time(time.Unix(0, 0))
	token := must(c.LookupEvents(t.Context(), in))(t).NextToken
	if token == nil {
		t.Fatal("no token")
	}
	for name, change := range map[string]func(*cloudtrail.LookupEventsInput){
		"another value": func(in *cloudtrail.LookupEventsInput) {
			in.LookupAttributes[0].AttributeValue = aws.String("ListRoles")
		},
		"another key":          func(in *cloudtrail.LookupEventsInput) { in.LookupAttributes[0].AttributeKey = "Username" },
		"no attribute":         func(in *cloudtrail.LookupEventsInput) { in.LookupAttributes = nil },
		"another start":        func(in *cloudtrail.LookupEventsInput) { in.StartTime = aws.Time(time.Unix(1, 0)) },
		"an end":               func(in *cloudtrail.LookupEventsInput) { in.EndTime = aws.Time(time.Unix(1<<32, 0)) },
		"insights":             func(in *cloudtrail.LookupEventsInput) { in.EventCategory = "insight" },
		"a token of nobody's":  func(in *cloudtrail.LookupEventsInput) { in.NextToken = aws.String("AAAA") },
		"a token that is none": func(in *cloudtrail.LookupEventsInput) { in.NextToken = aws.String("*") },
		"half a token":         func(in *cloudtrail.LookupEventsInput) { in.NextToken = aws.String((*token)[:20]) },
		"an empty token":       func(in *cloudtrail.LookupEventsInput) { in.NextToken = aws.String("") },
	} {
		other := by(types.LookupAttributeKeyEventName, "ListUsers")
		other.MaxResults, other.StartTime, other.NextToken = in.MaxResults, in.StartTime, token
		change(other)
		_, err := c.LookupEvents(t.Context(), other)
		var invalid *types.InvalidNextTokenException
		if !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	config := srv.ConfigFor(srv.AccountKey("111122223333"))
	in.NextToken = token
	var invalid *types.InvalidNextTokenException
	if _, err := clientOf(config).LookupEvents(t.Context(), in); !errors.As(err, &invalid) {
		t.Errorf("the token of another account: %v", err)
	}
	if got := must(c.LookupEvents(t.Context(), in))(t); len(got.Events) != 0 || got.NextToken != nil { // 12 events were added since
		t.Errorf("after its event was dropped a token leads to %s", names(got.Events))
	}
}

// Times are compared in seconds; the end counts too.
func TestTimes(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t)
	for _, name := range []string{"first", "second", "third"} {
		must(srv.IAM().CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String(name)}))(t)
		srv.Clock.Advance(time.Hour)
	}
	at := *lookUp(t, client(srv), by(types.LookupAttributeKeyEventName, "CreateUser"))[1].EventTime
	for name, c := range map[string]struct {
		start, end *time.Time
		want       int
	}{
		"its second":             {&at, &at, 1},
		"from it on":             {&at, nil, 2},
		"until it":               {nil, &at, 2},
		"from within its second": {aws.Time(at.Add(900 * time.Millisecond)), nil, 2},
		"from a second later":    {aws.Time(at.Add(time.Second)), nil, 1},
		"until a second before":  {nil, aws.Time(at.Add(-time.Second)), 1},
		"long ago":               {nil, aws.Time(time.Unix(0, 0)), 0},
		"since ever":             {aws.Time(time.Unix(0, 0)), nil, 3},
	} {
		in := by(types.LookupAttributeKeyEventName, "CreateUser")
		in.StartTime, in.EndTime = c.start, c.end
		if got := lookUp(t, client(srv), in); len(got) != c.want {
			t.Errorf("%s: %d events, want %d", name, len(got), c.want)
		}
	}
	srv.Clock.Advance(90*24*time.Hour - 2*time.Hour)
	if got := lookUp(t, client(srv), by(types.LookupAttributeKeyEventName, "CreateUser")); len(got) != 1 {
		t.Errorf("after 90 days there are %d", len(got))
	}
}

// A region has the events that happened in it: those of IAM are in one, those of STS
// where its endpoint is.
func TestRegions(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t)
	config := srv.Config(t.Context())
	config.Region = "eu-west-1"
	must(iam.NewFromConfig(config).ListUsers(t.Context(), &iam.ListUsersInput{}))(t)
	must(sts.NewFromConfig(config).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}))(t)
	for region, want := range map[string]string{"us-east-1": "ListUsers", "eu-west-1": "GetCallerIdentity", "eu-north-1": ""} {
		config.Region = region
		if got := names(lookUp(t, cloudtrail.NewFromConfig(config), &cloudtrail.LookupEventsInput{})); got != want {
			t.Errorf("%s: got %q, want %q", region, got, want)
		}
	}
}
