package services

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"net/url"
	"strings"
	"sync"

	"github.com/understudy-iam/understudy/principal"
)

// Entity is a role, an instance profile or a server certificate, to be created at an upstream that
// has an IAM of its own.
type Entity struct {
	ARN         string
	Trust       string // of a role: its trust policy
	Role        string // of an instance profile: the ARN of the role in it; empty if there is none
	Body, Chain string // of a server certificate, in PEM; it may have no chain
}

// entityKinds are the kinds of entities in the names of IAM's operations, by the first part of
// their ARNs.
var entityKinds = map[string]string{"role": "Role", "instance-profile": "InstanceProfile", "server-certificate": "ServerCertificate"}

// Find returns the request that asks an upstream for the entity. An upstream that has it answers
// 200; Missing reads the answer of an upstream that does not.
func (e *Entity) Find() *Question { return e.call("Get", url.Values{}) }

// Make returns the requests that create the entity at an upstream, in order. The role of an
// instance profile must exist there.
//
// The private key of a server certificate is not kept here, but an upstream requires one: it gets a
// key that was made for this purpose and belongs to no certificate.
func (e *Entity) Make() []*Question {
	kind, path, name := e.parts()
	with := url.Values{"Path": {path}}
	switch kind {
	case "Role":
		with.Set("AssumeRolePolicyDocument", e.Trust)
	case "ServerCertificate":
		with.Set("CertificateBody", e.Body)
		with.Set("PrivateKey", foreignKey())
		if e.Chain != "" {
			with.Set("CertificateChain", e.Chain)
		}
		return []*Question{e.call("Upload", with)}
	}
	made := []*Question{e.call("Create", with)}
	if e.Role != "" {
		made = append(made, e.roleOf("AddRoleToInstanceProfile", name))
	}
	return made
}

// Remove returns the requests that delete the entity at an upstream, in order.
func (e *Entity) Remove() []*Question {
	gone := e.call("Delete", url.Values{})
	if e.Role == "" {
		return []*Question{gone}
	}
	_, _, name := e.parts()
	return []*Question{e.roleOf("RemoveRoleFromInstanceProfile", name), gone}
}

// Missing reports whether an upstream has answered to Find that there is no such entity. An
// upstream that answers something else has no IAM.
func Missing(answer []byte) bool { return strings.Contains(string(answer), "NoSuchEntity") }

// call begins an operation on this kind of entity, such as GetRole for Get.
func (e *Entity) call(verb string, with url.Values) *Question {
	kind, _, name := e.parts()
	with.Set(kind+"Name", name)
	return askIAM(e.ARN).form(verb+kind, with)
}

// roleOf changes which role is in the instance profile.
func (e *Entity) roleOf(operation, profile string) *Question {
	return askIAM(e.ARN).form(operation, url.Values{"InstanceProfileName": {profile}, "RoleName": {principal.Name(e.Role)}})
}

// parts returns the kind of the entity in the names of operations, its path and its name.
func (e *Entity) parts() (kind, path, name string) {
	a, _ := principal.ParseARN(e.ARN)
	kind, path, name = a.Entity()
	return entityKinds[kind], path, name
}

// foreignKey is a private key in PEM that belongs to no certificate.
var foreignKey = sync.OnceValue(func() string {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "" // never: the random source does not fail
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "" // never: a key of this kind can be written
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
})

// askIAM begins a request to IAM, which is in one region.
func askIAM(arn string) *Question {
	a, _ := principal.ParseARN(arn)
	q := ask("iam", a)
	q.Region = principal.Partition(a.Partition).Region()
	return q
}
