package services

import (
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/principal"
)

// keyUse is a use of a key of KMS by a service on its caller's behalf. The caller needs
// the permission for it too.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html
type keyUse struct {
	service string // "s3", as in s3.amazonaws.com
	key     string // ID, ARN or alias
	owner   string // the account in which the key is looked for, if it can differ from the caller's; or empty
	actions []string
	context []tag // the encryption context
}

// The actions that reading and writing need.
var (
	decrypts = []string{"Decrypt"}
	encrypts = []string{"GenerateDataKey", "Decrypt"}
)

// ownKeys is the prefix of the aliases of the keys that AWS makes for its services. Their policies
// let everybody in the account use them through the service.
const ownKeys = "alias/aws/"

// managedByAWS is the result of the lookup KeyManager for such a key.
const managedByAWS = "AWS"

// useKey returns the permissions that the caller needs for the use of a key.
func (r *Request) useKey(u keyUse) []authz.Need {
	key, alias := r.keyNamed(u.key)
	bar := r.barOf(&u)
	switch {
	case bar != nil:
		key, alias = r.ownKey(&u), ""
	case key == "":
		return nil
	}
	var out []authz.Need
	for _, action := range u.actions {
		need := r.need("kms:"+action, key, u.keys(r, action)...)
		need.Barred = bar
		if alias != "" {
			need.Keys = append(need.Keys, authz.String("kms:RequestAlias", alias))
		}
		out = append(out, need)
	}
	return out
}

// barOf explains why a caller of another account may not use a key that AWS manages; nil if AWS
// does not manage the key, or the caller is of the account that it is made for.
//
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
func (r *Request) barOf(u *keyUse) *authz.Bar {
	key := r.ownKey(u)
	if key == "" {
		return nil
	}
	a, _ := principal.ParseARN(key)
	if r.Caller == "" || a.AccountID == r.Caller {
		return nil
	}
	return &authz.Bar{
		Why: "The key is one that AWS manages for " + u.service + ": its policy lets only callers of account " + a.AccountID +
			" use it, and nobody can change that.",
		Do: []string{"Encrypt with a customer managed key, and let its policy and the policies of the caller allow its use."},
	}
}

// ownKey returns the ARN of a key that AWS manages for a service, if its account is known; empty
// for every other key.
func (r *Request) ownKey(u *keyUse) string {
	alias, isAlias := keyAlias(u.key)
	a, ok := principal.ParseARN(u.key)
	switch {
	case !isAlias && ok && r.resolve(KeyManager, u.key) == managedByAWS:
		return u.key
	case !isAlias || !strings.HasPrefix(alias, ownKeys) || !ok && u.owner == "":
		return ""
	case !ok:
		a = principal.ARN{Partition: r.Partition, Service: "kms", Region: r.Region, AccountID: u.owner, Resource: alias}
	}
	if key := r.resolve(AliasOfKey, a.String()); key != "" {
		return key
	}
	a.Resource = "key/*"
	return a.String()
}

// keyNamed returns the ARN of a key, and the alias if it is named by one; empty for a key that AWS
// has made for a service.
func (r *Request) keyNamed(name string) (key, alias string) {
	alias, isAlias := keyAlias(name)
	switch {
	case strings.HasPrefix(alias, ownKeys) || name == "":
		return "", ""
	case isAlias:
		whole := name
		if alias == name {
			whole = r.arn("kms", name)
		}
		if key = r.resolve(AliasOfKey, whole); key == "" {
			key = strings.TrimSuffix(whole, alias) + "key/*"
		}
		return key, alias
	case !isARN(name):
		name = r.arn("kms", "key/"+strings.TrimPrefix(name, "key/"))
	}
	if r.resolve(KeyManager, name) == managedByAWS {
		return "", ""
	}
	return name, ""
}

// keys returns the condition keys of a use.
func (u *keyUse) keys(r *Request, action string) []authz.Key {
	service := u.service + ".amazonaws.com"
	keys := []authz.Key{
		authz.String("aws:ViaAWSService", "true"), authz.Strings("aws:CalledVia", service),
		authz.String("aws:CalledViaFirst", service), authz.String("aws:CalledViaLast", service),
		authz.String("kms:ViaService", u.service+"."+r.Region+".amazonaws.com"),
	}
	if r.Caller != "" {
		keys = append(keys, authz.String("kms:CallerAccount", r.Caller))
	}
	switch action {
	case "DescribeKey":
		return keys
	case "CreateGrant":
		return append(keys, authz.String("kms:GrantIsForAWSResource", "true"))
	}
	keys = append(keys, authz.String("kms:EncryptionAlgorithm", "SYMMETRIC_DEFAULT"))
	return append(keys, tagged("kms:EncryptionContext:", "kms:EncryptionContextKeys", u.context)...)
}
