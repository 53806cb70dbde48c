package imds

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/understudy-iam/understudy/principal"
)

// container answers requests of programs in containers for the role that the path names
// by name or ARN. ECS tasks and EKS pods differ in the service that the role must trust,
// in the session, and in a member of the answer.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
func (h *handler) container(service string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		given := r.Header.Get("Authorization")
		if h.Token != "" && subtle.ConstantTimeCompare([]byte(given), []byte(h.Token)) != 1 {
			containerError(w, http.StatusUnauthorized, "InvalidAuthorizationToken",
				"The Authorization header does not have the token of this endpoint.")
			return
		}
		role, err := h.Roles.Role(r.Context(), r.PathValue("role"))
		if errors.Is(err, ErrNoProfile) {
			containerError(w, http.StatusNotFound, "NoSuchRole", "There is no role "+r.PathValue("role")+".")
			return
		}
		var c *held
		if err == nil {
			c, err = h.sessions.get(r.Context(), h.containerSession(service, role))
		}
		switch {
		case errors.Is(err, ErrUntrusted):
			containerError(w, http.StatusForbidden, "AccessDenied", "The trust policy of the role "+role.ARN+" does not admit "+service+".")
			return
		case err != nil:
			containerError(w, http.StatusInternalServerError, "InternalFailure", "The credentials cannot be made.")
			return
		}
		answer := map[string]string{
			"AccessKeyId": c.AccessKeyID, "SecretAccessKey": c.SecretAccessKey, "Token": c.Token, "Expiration": timestamp(c.Expiration),
		}
		if service == ECS {
			answer["RoleArn"] = role.ARN
		} else {
			answer["AccountId"] = strings.Split(role.ARN, ":")[4]
		}
		writeJSON(w, http.StatusOK, answer)
	}
}

// cluster is the name of the ECS and EKS cluster in which the endpoint pretends to be.
const cluster = "understudy"

// containerSession returns the session of a task, or of a pod with the tags that EKS
// gives it. It says for which task or cluster the service acts.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
func (h *handler) containerSession(service string, role *Role) *Session {
	sum := sha256.Sum256([]byte(service + " " + role.ARN))
	id := hex.EncodeToString(sum[:16])
	if service == ECS {
		return &Session{Role: role, Service: service, Name: id, SourceARN: h.arn("ecs", "task/"+cluster+"/"+id)}
	}
	uid := strings.Join([]string{id[:8], id[8:12], id[12:16], id[16:20], id[20:]}, "-")
	arn := h.arn("eks", "cluster/"+cluster)
	return &Session{Role: role, Service: service, Name: "eks-" + cluster + "-pod-" + uid, SourceARN: arn, Tags: map[string]string{
		"eks-cluster-arn":            arn,
		"eks-cluster-name":           cluster,
		"kubernetes-namespace":       "default",
		"kubernetes-service-account": "default",
		"kubernetes-pod-name":        "pod",
		"kubernetes-pod-uid":         uid,
	}}
}

// arn returns the ARN of a resource of the account in the region.
func (h *handler) arn(service, resource string) string {
	return h.Partition.ARN(principal.ARN{Service: service, Region: h.Region, AccountID: h.Account, Resource: resource})
}

// containerError answers with an error that has the members that SDKs show.
func containerError(w http.ResponseWriter, status int, code, message string) {
	writeJSON(w, status, map[string]string{"code": code, "message": message})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client has gone if it fails
}
