package idp

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/understudy-iam/understudy/principal"
)

// GitHub asks for a token as a job of GitHub Actions has it.
// https://docs.github.com/en/actions/reference/security/oidc
type GitHub struct {
	Repository  string `json:"repository"`            // OWNER/NAME
	Ref         string `json:"ref,omitempty"`         // refs/heads/main by default
	Environment string `json:"environment,omitempty"` // of the job, or none
	Event       string `json:"event,omitempty"`       // push by default; pull_request changes the subject
	Workflow    string `json:"workflow,omitempty"`    // the file's name; ci.yml by default
	Actor       string `json:"actor,omitempty"`       // the owner by default

	// JobWorkflowRef is the workflow that contains the job, if it is a reusable one:
	// OWNER/NAME/.github/workflows/FILE@REF.
	JobWorkflowRef string `json:"jobWorkflowRef,omitempty"`
}

// gitHubIssuer is the issuer of GitHub Actions. Its tokens last a few minutes and are valid from a
// few minutes before they are issued.
const (
	gitHubIssuer = "https://token.actions.githubusercontent.com"
	gitHubLife   = 300
	gitHubEarly  = 600
)

func (g *GitHub) shape(principal.Partition) (*shape, error) {
	owner, name, ok := strings.Cut(g.Repository, "/")
	if !ok || owner == "" || name == "" || strings.Contains(name, "/") {
		return nil, refused("%q is not a repository of GitHub; give OWNER/NAME", g.Repository)
	}
	ref, event, workflow := or(g.Ref, "refs/heads/main"), or(g.Event, "push"), or(g.Workflow, "ci.yml")
	if !strings.HasPrefix(ref, "refs/") {
		return nil, refused("%q is not a ref; give refs/heads/BRANCH or refs/tags/TAG", ref)
	}
	actor, sha := or(g.Actor, owner), hex.EncodeToString(sum(g.Repository + "\n" + ref)[:20])
	workflowRef := g.Repository + "/.github/workflows/" + workflow + "@" + ref
	c := Claims{
		"repository": g.Repository, "repository_id": number(g.Repository), "repository_owner": owner, "repository_owner_id": number(owner),
		"repository_visibility": "private", "actor": actor, "actor_id": number(actor), "ref": ref, "ref_type": refType(ref),
		"ref_protected": "false", "sha": sha, "head_ref": "", "base_ref": "", "event_name": event, "run_id": number(workflowRef + event),
		"run_number": "1", "run_attempt": "1", "runner_environment": "github-hosted", "workflow": strings.TrimSuffix(workflow, ".yml"),
		"workflow_ref": workflowRef, "workflow_sha": sha, "job_workflow_ref": or(g.JobWorkflowRef, workflowRef), "job_workflow_sha": sha,
	}
	subject := "repo:" + g.Repository
	switch {
	case g.Environment != "":
		c["environment"], subject = g.Environment, subject+":environment:"+strings.ReplaceAll(g.Environment, ":", "%3A")
	case event == "pull_request":
		c["head_ref"], c["base_ref"], subject = strings.TrimPrefix(ref, "refs/heads/"), "main", subject+":pull_request"
	default:
		subject += ":ref:" + ref
	}
	return &shape{issuer: gitHubIssuer, subject: subject, life: gitHubLife, early: gitHubEarly, claims: c}, nil
}

func refType(ref string) string {
	if strings.HasPrefix(ref, "refs/tags/") {
		return "tag"
	}
	return "branch"
}

// EKS asks for a token as a service account of Kubernetes has it in a pod of
// Amazon EKS, for IAM roles for service accounts.
// https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
type EKS struct {
	Namespace      string `json:"namespace,omitempty"` // default by default
	ServiceAccount string `json:"serviceAccount"`
	Pod            string `json:"pod,omitempty"`       // its name
	Node           string `json:"node,omitempty"`      // its name
	Region         string `json:"region,omitempty"`    // that of IAM by default, such as us-east-1
	ClusterID      string `json:"clusterId,omitempty"` // 32 hexadecimal digits, or AWS's example
}

const (
	eksLife           = 86400
	eksExampleCluster = "EXAMPLED539D4633E53DE1B71EXAMPLE" // of AWS's User Guide
)

func (e *EKS) shape(p principal.Partition) (*shape, error) {
	if e.ServiceAccount == "" {
		return nil, refused("a pod of EKS has a service account; name it")
	}
	namespace, cluster := or(e.Namespace, "default"), or(e.ClusterID, eksExampleCluster)
	if strings.ContainsAny(cluster+e.Region, "/?#: ") {
		return nil, refused("a cluster ID has only letters and digits, and a region has a name such as us-east-1")
	}
	node, pod := or(e.Node, "ip-10-0-0-1.ec2.internal"), or(e.Pod, e.ServiceAccount+"-0")
	return &shape{
		issuer:  "https://oidc.eks." + or(e.Region, p.Region()) + "." + p.Domain() + "/id/" + cluster,
		subject: "system:serviceaccount:" + namespace + ":" + e.ServiceAccount, list: true, life: eksLife,
		claims: Claims{"kubernetes.io": map[string]any{
			"namespace": namespace,
			"node":      named(node, "node"), "pod": named(pod, namespace+"/pod"),
			"serviceaccount": named(e.ServiceAccount, namespace+"/serviceaccount"),
		}},
	}, nil
}

// named is an object of Kubernetes in a claim; its UID is made of its name.
func named(name, kind string) map[string]string {
	return map[string]string{"name": name, "uid": derivedUUID(kind + "/" + name)}
}

// Cognito asks for a token as an identity of a Cognito identity pool has it from
// GetOpenIdToken.
// https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetOpenIdToken.html
type Cognito struct {
	IdentityPool    string `json:"identityPool"`         // REGION:UUID, the audience
	IdentityID      string `json:"identityId,omitempty"` // REGION:UUID, the subject; by default one of the pool
	Unauthenticated bool   `json:"unauthenticated,omitempty"`

	// Login names the provider with which the identity has signed in: a domain such as
	// cognito-idp.us-east-1.amazonaws.com/us-east-1_example.
	Login string `json:"login,omitempty"`

	Account string `json:"account,omitempty"` // of the pool; 000000000000 by default
}

const (
	cognitoIssuer   = "https://cognito-identity.amazonaws.com"
	cognitoLife     = 600 // of GetOpenIdToken
	cognitoPoolName = cognitoIssuer + "/identity-pool-arn"
)

func (c *Cognito) shape(p principal.Partition) (*shape, error) {
	region, _, ok := strings.Cut(c.IdentityPool, ":")
	if !ok {
		return nil, refused("%q is not an identity pool; give REGION:UUID, such as us-east-1:12345678-dead-beef-cafe-123456790ab",
			c.IdentityPool)
	}
	if c.Unauthenticated && c.Login != "" {
		return nil, refused("an identity that is not authenticated has no login; leave one of them out")
	}
	amr := []string{"unauthenticated"}
	if !c.Unauthenticated {
		login := or(c.Login, "login.example.com")
		amr = []string{"authenticated", login, login + ":" + c.IdentityPool + ":user"}
	}
	return &shape{
		issuer: cognitoIssuer, subject: or(c.IdentityID, region+":"+derivedUUID(c.IdentityPool)),
		algorithm: "RS512", life: cognitoLife, early: -1, audience: c.IdentityPool,
		claims: Claims{
			"amr": amr,
			cognitoPoolName: p.ARN(principal.ARN{
				Service: "cognito-identity", Region: region, AccountID: or(c.Account, "000000000000"),
				Resource: "identitypool/" + c.IdentityPool,
			}),
		},
	}, nil
}

// IDs that an issuer would assign are derived from names here, so that they are the same in every
// token.

func sum(name string) []byte {
	s := sha256.Sum256([]byte(name))
	return s[:]
}

func number(name string) string {
	s := sum(name)
	return strconv.Itoa(int(s[0])<<16 | int(s[1])<<8 | int(s[2]) + 1)
}

// derivedUUID returns a UUID that is always the same for a name and looks like a random one
// (version 4).
func derivedUUID(name string) string {
	id, _ := uuid.NewRandomFromReader(bytes.NewReader(sum(name))) // a hash is longer than a UUID
	return id.String()
}
