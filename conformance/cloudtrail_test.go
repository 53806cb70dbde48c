//go:build conformance

package conformance_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"github.com/understudy-iam/understudy/internal/localclient"
)

// trail is a server with a history: two users were made, one by a key of the other, and a
// role was taken.
type trail struct {
	*testing.T
	url string
	env []string
}

func newTrail(t *testing.T) *trail {
	t.Helper()
	tr := &trail{t, startServer(t), nil}
	tr.env = append(clientEnv(t), "AWS_ENDPOINT_URL="+tr.url, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test")
	tr.aws("iam create-user --user-name ana")
	tr.aws("iam attach-user-policy --user-name ana --policy-arn arn:aws:iam::aws:policy/AdministratorAccess")
	var key struct {
		AccessKey struct{ AccessKeyId, SecretAccessKey string }
	}
	if err := json.Unmarshal(tr.aws("iam create-access-key --user-name ana"), &key); err != nil {
		t.Fatal(err)
	}
	tr.env = append(tr.env, "AWS_ACCESS_KEY_ID="+key.AccessKey.AccessKeyId, "AWS_SECRET_ACCESS_KEY="+key.AccessKey.SecretAccessKey)
	tr.aws("iam create-user --user-name bob")
	tr.aws("iam list-users")
	return tr
}

// aws runs the AWS CLI, with words that blanks separate, and returns what it prints.
func (tr *trail) aws(words string) []byte {
	tr.Helper()
	var complaint bytes.Buffer
	cmd := exec.Command(tool(tr.T, "aws"), strings.Fields(words)...)
	cmd.Env, cmd.Stderr = tr.env, &complaint
	out, err := cmd.Output()
	if err != nil {
		tr.Fatalf("aws %s: %v\n%s", words, err, &complaint)
	}
	return out
}

// names are the operations that lookup-events prints, the newest first, without its own.
func (tr *trail) names(options string) string {
	tr.Helper()
	out := tr.aws("cloudtrail lookup-events --query Events[].EventName --output text " + options)
	list := slices.DeleteFunc(strings.Fields(string(out)), func(name string) bool { return name == "LookupEvents" || name == "None" })
	return strings.Join(list, " ")
}

// The AWS CLI finds events by each attribute, page by page, and by their times.
func TestAWSCLILooksUpEvents(t *testing.T) {
	t.Parallel()
	tr := newTrail(t)
	one := func(field string) string {
		return strings.TrimSpace(string(tr.aws("cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=ListUsers " +
			"--output text --query Events[0]." + field)))
	}
	const all = "ListUsers CreateUser CreateAccessKey AttachUserPolicy CreateUser"
	for options, want := range map[string]string{
		"":                              all,
		"EventId=" + one("EventId"):     "ListUsers",
		"EventName=AttachUserPolicy":    "AttachUserPolicy",
		"ReadOnly=true":                 "ListUsers",
		"ReadOnly=false":                "CreateUser CreateAccessKey AttachUserPolicy CreateUser",
		"Username=ana":                  "ListUsers CreateUser",
		"Username=root":                 "CreateAccessKey AttachUserPolicy CreateUser",
		"ResourceType=AWS::IAM::Policy": "AttachUserPolicy",
		"ResourceName=bob":              "CreateUser",
		"ResourceName=arn:aws:iam::aws:policy/AdministratorAccess": "AttachUserPolicy",
		"EventSource=iam.amazonaws.com":                            all,
		"EventSource=sts.amazonaws.com":                            "",
		"AccessKeyId=" + one("AccessKeyId"):                        "ListUsers CreateUser",
		"AccessKeyId=test":                                         "CreateAccessKey AttachUserPolicy CreateUser",
	} {
		if key, value, ok := strings.Cut(options, "="); ok {
			options = "--lookup-attributes AttributeKey=" + key + ",AttributeValue=" + value
		}
		if got := tr.names(options); got != want {
			t.Errorf("%s: got %q, want %q", options, got, want)
		}
	}
	write := "--lookup-attributes AttributeKey=ReadOnly,AttributeValue=false "
	later := write + "--start-time " + one("EventTime") // of the last event
	for options, want := range map[string]string{
		write + "--max-results 1":                           "CreateUser",
		write + "--page-size 1":                             "CreateUser CreateAccessKey AttachUserPolicy CreateUser",
		write + "--max-items 3 --page-size 2":               "CreateUser CreateAccessKey AttachUserPolicy",
		write + "--start-time 2020-01-01":                   "CreateUser CreateAccessKey AttachUserPolicy CreateUser",
		write + "--end-time 2020-01-01":                     "",
		later:                                               "",
		"--event-category insight":                          "",
		"--region eu-west-1":                                "",
		"--end-time " + one("EventTime") + " --no-paginate": all,
	} {
		got := tr.names(options)
		if options == later { // within one second all have the same time
			if !strings.HasPrefix("CreateUser CreateAccessKey AttachUserPolicy CreateUser", got) {
				t.Errorf("%s: got %q", options, got)
			}
		} else if got != want {
			t.Errorf("%s: got %q, want %q", options, got, want)
		}
	}
}

// boto3 goes through the pages of its paginator and gets AWS's exceptions.
func TestBoto3LooksUpEvents(t *testing.T) {
	t.Parallel()
	tr := newTrail(t)
	cmd := exec.Command(tool(t, "python3"), "testdata/cloudtrail.py")
	cmd.Env = tr.env
	if out, err := cmd.CombinedOutput(); err != nil || !strings.HasSuffix(string(out), "all as expected\n") {
		t.Errorf("%v\n%s", err, out)
	}
}

// The SDK for Go does so too.
func TestGoLooksUpEvents(t *testing.T) {
	t.Parallel()
	tr := newTrail(t)
	c := cloudtrail.NewFromConfig(localclient.Config(tr.url, "us-east-1", aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}))
	pages := cloudtrail.NewLookupEventsPaginator(c, &cloudtrail.LookupEventsInput{
		MaxResults:       aws.Int32(1),
		LookupAttributes: []types.LookupAttribute{{AttributeKey: types.LookupAttributeKeyResourceName, AttributeValue: aws.String("ana")}},
	})
	var got []string
	for pages.HasMorePages() {
		out, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range out.Events {
			got = append(got, *e.EventName)
			var record struct{ EventID string }
			if err := json.Unmarshal([]byte(*e.CloudTrailEvent), &record); err != nil || record.EventID != *e.EventId {
				t.Errorf("%v: %s", err, *e.CloudTrailEvent)
			}
		}
	}
	if want := []string{"CreateAccessKey", "AttachUserPolicy", "CreateUser"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
