package iamcontainer_test

import (
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/network"
	"github.com/testcontainers/testcontainers-go/wait"

	"github.com/understudy-iam/understudy/docker/iamcontainer"
)

// The images that `make app` builds.
const (
	appImage      = "understudy-app:latest"
	emulatorImage = "understudy-emulator:latest"
)

// An application, an emulator of S3, and between them the gateway, in one network: the
// application is denied, is given what it needs, and works. Its only address is the
// gateway's.
func TestGatewayInANetwork(t *testing.T) {
	ctx := t.Context()
	net, err := network.New(ctx)
	testcontainers.CleanupNetwork(t, net)
	if err != nil {
		t.Fatal(err)
	}
	emulator, err := testcontainers.Run(ctx, emulatorImage, network.WithNetwork([]string{"emulator"}, net),
		testcontainers.WithWaitStrategy(wait.ForLog("listening")))
	testcontainers.CleanupContainer(t, emulator)
	if err != nil {
		t.Fatal(err)
	}
	gateway, err := iamcontainer.Run(ctx, iamcontainer.Image, network.WithNetwork([]string{"understudy"}, net),
		iamcontainer.WithUpstream("http://emulator:9000"))
	testcontainers.CleanupContainer(t, gateway)
	if err != nil {
		t.Fatal(err)
	}

	ann := newUser(t, gateway, "ann")
	denied := runApp(t, net, ann)
	if !strings.Contains(denied, "AccessDenied") || !strings.Contains(denied, "s3:PutObject") {
		t.Errorf("ann, who may do nothing, sees %s", denied)
	}
	if got := logsOf(t, emulator); strings.Contains(got, "/receipts/") {
		t.Errorf("the emulator was asked to keep an object: %s", got)
	}
	allow(t, gateway, "ann", `{"Effect":"Allow","Action":["s3:PutObject","s3:GetObject"],"Resource":"arn:aws:s3:::receipts/orders/*"}`)
	if got := runApp(t, net, ann); !strings.Contains(got, `s3://receipts/orders/1.txt is "one lamp"`) {
		t.Errorf("ann, who may put and get objects, sees %s", got)
	}
	if got := logsOf(t, emulator); !strings.Contains(got, "/receipts/orders/1.txt has 8 bytes") {
		t.Errorf("the emulator has kept nothing: %s", got)
	}
}

// runApp runs the application with a user's key until it ends, and returns what it says.
func runApp(t *testing.T, net *testcontainers.DockerNetwork, key aws.Credentials) string {
	t.Helper()
	app, err := testcontainers.Run(t.Context(), appImage, network.WithNetwork(nil, net),
		testcontainers.WithEnv(map[string]string{
			"AWS_ENDPOINT_URL": "http://understudy:4260", "AWS_REGION": "us-east-1", "BUCKET": "receipts",
			"AWS_ACCESS_KEY_ID": key.AccessKeyID, "AWS_SECRET_ACCESS_KEY": key.SecretAccessKey,
		}),
		testcontainers.WithWaitStrategy(wait.ForExit()))
	testcontainers.CleanupContainer(t, app)
	if err != nil {
		t.Fatal(err)
	}
	return logsOf(t, app)
}

func logsOf(t *testing.T, c testcontainers.Container) string {
	t.Helper()
	r, err := c.Logs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// newUser makes a user with an access key.
func newUser(t *testing.T, c *iamcontainer.Container, name string) aws.Credentials {
	t.Helper()
	root := client(t, c)
	if _, err := root.CreateUser(t.Context(), &iam.CreateUserInput{UserName: &name}); err != nil {
		t.Fatal(err)
	}
	key, err := root.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: &name})
	if err != nil {
		t.Fatal(err)
	}
	return aws.Credentials{AccessKeyID: *key.AccessKey.AccessKeyId, SecretAccessKey: *key.AccessKey.SecretAccessKey}
}

// allow gives a user a policy of one statement.
func allow(t *testing.T, c *iamcontainer.Container, name, statement string) {
	t.Helper()
	_, err := client(t, c).PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{
		UserName: &name, PolicyName: aws.String("own"),
		PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":` + statement + `}`),
	})
	if err != nil {
		t.Fatal(err)
	}
}
