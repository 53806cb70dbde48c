// Package iamcontainer runs Understudy, AWS IAM and STS on localhost, in a
// container for the length of a test, by the conventions of testcontainers-go.
//
//	c, err := iamcontainer.Run(ctx, iamcontainer.Image, iamcontainer.WithSeed("testdata/iam.yaml"))
//	testcontainers.CleanupContainer(t, c)
//	...
//	cfg, err := c.AWSConfig(ctx)
//	users := iam.NewFromConfig(cfg)
//
// A container that Run returns without error is ready: its health check by HTTP
// has succeeded. It is a module of its own, so that users of package iamtest,
// which runs the server in the test's process, need not have Docker's modules.
//
// # Caveats
//
// State is in memory and ends with the container unless WithDataDir is given.
// No registry has the image yet: make it with
// `make image` in the repository of Understudy, or name one of your registry.
package iamcontainer

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

const (
	// Image is the name that `make image` gives to the image.
	Image = "understudy:latest"

	port       = "4260/tcp"
	seedPath   = "/seed.yaml"
	dataPath   = "/data"
	caPath     = "/upstream-ca.pem"
	rootKeyID  = "test"
	rootSecret = "test"
)

// regions are those that clients sign for, by the partitions.
var regions = map[string]string{"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}

// Container is a running server.
type Container struct {
	testcontainers.Container

	region string
}

// Run starts a server in a container of the image and waits until it is ready.
// When it fails, the container is returned too if there is one, so that the
// caller can end it; testcontainers.CleanupContainer takes both cases.
func Run(ctx context.Context, img string, opts ...testcontainers.ContainerCustomizer) (*Container, error) {
	all := append([]testcontainers.ContainerCustomizer{
		testcontainers.WithExposedPorts(port),
		testcontainers.WithWaitStrategy(wait.ForHTTP("/_understudy/health").WithPort(port).
			WithStatusCodeMatcher(func(status int) bool { return status == http.StatusOK }).
			WithPollInterval(10 * time.Millisecond).WithStartupTimeout(30 * time.Second)),
	}, opts...)
	region := regions["aws"]
	all = append(all, testcontainers.CustomizeRequestOption(func(r *testcontainers.GenericContainerRequest) error {
		if named, ok := regions[r.Env[partitionVariable]]; ok {
			region = named
		}
		return nil
	}))
	c, err := testcontainers.Run(ctx, img, all...)
	var running *Container
	if c != nil {
		running = &Container{Container: c, region: region}
	}
	if err != nil {
		return running, fmt.Errorf("run understudy: %w", err)
	}
	return running, nil
}

// WithSeed fills the state from a seed file of the host when the server starts.
// The file is copied: policies that it takes from files of their own must be
// in it.
func WithSeed(hostPath string) testcontainers.CustomizeRequestOption {
	return func(r *testcontainers.GenericContainerRequest) error {
		if hostPath == "" {
			return errors.New("iamcontainer: WithSeed needs the path of a file")
		}
		if err := testcontainers.WithFiles(testcontainers.ContainerFile{
			HostFilePath: hostPath, ContainerFilePath: seedPath, FileMode: 0o444,
		})(r); err != nil {
			return err
		}
		return testcontainers.WithEnv(map[string]string{"UNDERSTUDY_SEED": seedPath})(r)
	}
}

// WithDataDir keeps the state in the Docker volume of that name, which is made
// if there is none and outlives the container; the caller removes it.
func WithDataDir(volume string) testcontainers.CustomizeRequestOption {
	return func(r *testcontainers.GenericContainerRequest) error {
		if volume == "" {
			return errors.New("iamcontainer: WithDataDir needs the name of a volume")
		}
		if err := testcontainers.WithMounts(testcontainers.VolumeMount(volume, dataPath))(r); err != nil {
			return err
		}
		return testcontainers.WithEnv(map[string]string{"UNDERSTUDY_DATA_DIR": dataPath})(r)
	}
}

// WithEnforcement sets what happens to calls that policies do not allow: "on"
// denies them (the default), "log" records them and lets them pass, "off" does
// neither.
func WithEnforcement(mode string) testcontainers.CustomizeRequestOption {
	return func(r *testcontainers.GenericContainerRequest) error {
		switch mode {
		case "on", "log", "off":
			return testcontainers.WithEnv(map[string]string{"UNDERSTUDY_ENFORCEMENT": mode})(r)
		}
		return fmt.Errorf("iamcontainer: enforcement %q is none of on, log and off", mode)
	}
}

// partitionVariable is the environment variable of serve --partition.
const partitionVariable = "UNDERSTUDY_PARTITION"

// WithPartition puts the server into another partition than aws: "aws-cn" or
// "aws-us-gov". AWSConfig signs for a region there.
func WithPartition(name string) testcontainers.CustomizeRequestOption {
	return func(r *testcontainers.GenericContainerRequest) error {
		if _, ok := regions[name]; !ok {
			return fmt.Errorf("iamcontainer: partition %q is none of aws, aws-cn and aws-us-gov", name)
		}
		return testcontainers.WithEnv(map[string]string{partitionVariable: name})(r)
	}
}

// WithUpstream decides the calls of services other than IAM and STS too, and sends
// those that are allowed on to an emulator that the container can reach: a URL such as
// http://emulator:4566 for all services, or s3,dynamodb=http://minio:9000 for some. It
// may be given several times. network.WithNetwork puts the emulator, the server and the
// application into one network, where they know each other by name.
func WithUpstream(upstream string) testcontainers.CustomizeRequestOption {
	return func(r *testcontainers.GenericContainerRequest) error {
		const variable = "UNDERSTUDY_UPSTREAM"
		if upstream == "" || strings.ContainsAny(upstream, " \t\n") {
			return fmt.Errorf("iamcontainer: upstream %q is not a URL, or services=URL", upstream)
		}
		all := strings.TrimSpace(r.Env[variable] + " " + upstream)
		return testcontainers.WithEnv(map[string]string{variable: all})(r)
	}
}

// WithUpstreamCredentials sets how calls are signed for the upstreams: "account",
// "keep", "strip" or "KEYID:SECRET".
func WithUpstreamCredentials(credentials string) testcontainers.CustomizeRequestOption {
	return testcontainers.WithEnv(map[string]string{"UNDERSTUDY_UPSTREAM_CREDENTIALS": credentials})
}

// WithUpstreamAccount sets the account whose resources the upstreams hold, or "caller"
// for that of whoever calls.
func WithUpstreamAccount(id string) testcontainers.CustomizeRequestOption {
	return testcontainers.WithEnv(map[string]string{"UNDERSTUDY_UPSTREAM_ACCOUNT": id})
}

// WithUpstreamCA trusts the certificates in a file of the host, in PEM, of upstreams
// with https.
func WithUpstreamCA(hostPath string) testcontainers.CustomizeRequestOption {
	return func(r *testcontainers.GenericContainerRequest) error {
		if hostPath == "" {
			return errors.New("iamcontainer: WithUpstreamCA needs the path of a file")
		}
		if err := testcontainers.WithFiles(testcontainers.ContainerFile{
			HostFilePath: hostPath, ContainerFilePath: caPath, FileMode: 0o444,
		})(r); err != nil {
			return err
		}
		return testcontainers.WithEnv(map[string]string{"UNDERSTUDY_UPSTREAM_CA": caPath})(r)
	}
}

// WithUpstreamInsecure takes any certificate of an upstream.
func WithUpstreamInsecure() testcontainers.CustomizeRequestOption {
	return testcontainers.WithEnv(map[string]string{"UNDERSTUDY_UPSTREAM_INSECURE": "true"})
}

// WithUpstreamMirror says whether the roles that calls pass, and the instance profiles and
// server certificates that they name, are made at the upstreams before such a call is sent
// on, as some emulators want it; they are by default.
func WithUpstreamMirror(on bool) testcontainers.CustomizeRequestOption {
	mode := map[bool]string{true: "on", false: "off"}[on]
	return testcontainers.WithEnv(map[string]string{"UNDERSTUDY_UPSTREAM_MIRROR": mode})
}

// WithGateway sets what becomes of calls whose operation is not known: "strict" denies
// them (the default), "lenient" lets them be decided by the name that they have.
func WithGateway(mode string) testcontainers.CustomizeRequestOption {
	return testcontainers.WithEnv(map[string]string{"UNDERSTUDY_GATEWAY": mode})
}

// Endpoint is the address at which the host reaches the server. With the
// protocol "http" it is the URL for AWS_ENDPOINT_URL; with none, host:port.
func (c *Container) Endpoint(ctx context.Context, protocol string) (string, error) {
	return c.PortEndpoint(ctx, port, protocol)
}

// AWSConfig configures clients of AWS's SDK as the root user of the server's
// account. Set its Credentials for another principal.
func (c *Container) AWSConfig(ctx context.Context) (aws.Config, error) {
	url, err := c.Endpoint(ctx, "http")
	if err != nil {
		return aws.Config{}, err
	}
	return aws.Config{
		BaseEndpoint: &url,
		Region:       c.region,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: rootKeyID, SecretAccessKey: rootSecret, Source: "iamcontainer"}, nil
		}),
	}, nil
}
