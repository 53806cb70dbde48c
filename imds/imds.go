package imds

import (
	"context"
	"crypto/rand"
	"net/http"
	"time"

	"github.com/understudy-iam/understudy/internal/webguard"
	"github.com/understudy-iam/understudy/principal"
)

// Services that start sessions for the programs that they run, as trust policies name
// them. EC2 has another suffix in China, see principal.Partition.EC2.
const (
	EC2         = "ec2.amazonaws.com"
	ECS         = "ecs-tasks.amazonaws.com"
	PodIdentity = "pods.eks.amazonaws.com"
)

// Options configures a Handler. Roles is required; every other zero value works.
type Options struct {
	Roles Roles

	// Role is the role of the instance: the name or the ARN of an instance profile or of
	// a role. A name is looked up among the profiles first. Empty: the instance has no
	// profile.
	Role string

	Account string // of the instance, 12 digits
	Region  string // "" is that of IAM in the partition, us-east-1 in aws

	Partition principal.Partition // of the instance; "" is principal.AWS

	// AllowV1 admits requests for metadata without a session token, as IMDSv1 does. With
	// the credentials that they get, ec2:RoleDelivery is 1.0.
	AllowV1 bool

	// Token is the value that the Authorization header of requests for the credentials of
	// containers must have; "": none is needed.
	Token string

	// Hosts are names and addresses, without a port, by which clients may call the
	// endpoint, besides loopback addresses and AWS's own.
	Hosts []string

	Now func() time.Time // nil: time.Now
}

// Roles finds roles and starts their sessions.
type Roles interface {
	// Profile finds an instance profile by name or ARN, with its role, or else a role,
	// for which it makes up a profile. The error is ErrNoProfile if there is neither.
	Profile(ctx context.Context, name string) (*Profile, error)

	// Role finds a role by name or ARN. The error is ErrNoProfile if there is none.
	Role(ctx context.Context, name string) (*Role, error)

	// Session starts a session. The error is ErrUntrusted if the role's trust
	// policy does not admit the service.
	Session(ctx context.Context, s *Session) (*Credentials, error)
}

// Profile is an instance profile.
type Profile struct {
	ARN, ID string
	Role    *Role // nil if it has no role
}

// Role is a role.
type Role struct {
	Name, ARN, ID string
}

// Session describes the session of a role that a service asks for.
type Session struct {
	Role     *Role
	Service  string // EC2, ECS or PodIdentity
	Name     string // of the session
	Duration time.Duration

	SourceARN string            // ARN of the resource for which the service acts, or empty
	Keys      map[string]string // condition keys of the session's calls
	Tags      map[string]string // session tags
}

// Credentials are the credentials of a session.
type Credentials struct {
	AccessKeyID, SecretAccessKey, Token string
	Expiration                          time.Time
}

// NewHandler returns the endpoint.
func NewHandler(o Options) http.Handler {
	if o.Region == "" {
		o.Region = o.Partition.Region()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	h := &handler{
		Options: o, hosts: ownHosts(o.Hosts), instance: newInstance(o.Account, o.Region, o.Partition),
		sessions: &sessions{roles: o.Roles, now: o.Now},
	}
	_, _ = rand.Read(h.key[:]) // never fails, by its documentation
	return h.routes()
}

// handler answers requests.
type handler struct {
	Options
	hosts    *webguard.Hosts
	instance *instance
	sessions *sessions
	key      [32]byte // key of the session tokens of IMDSv2, which end with the process
}

func (h *handler) routes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("PUT /latest/api/token", h.issueToken)
	m.HandleFunc("GET /", h.metadata)
	m.HandleFunc("GET /v2/credentials/{role...}", h.container(ECS))
	m.HandleFunc("GET /v1/credentials/{role...}", h.container(PodIdentity))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !h.hosts.Admit(r.Host):
			page(w, http.StatusForbidden)
		case r.Method == http.MethodPut && r.URL.Path != "/latest/api/token":
			page(w, http.StatusForbidden) // as EC2 answers version-specific paths
		case r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPut:
			page(w, http.StatusMethodNotAllowed)
		default:
			m.ServeHTTP(w, r)
		}
	})
}
