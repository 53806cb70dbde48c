package services

import (
	"cmp"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
)

// keyRole says which members of a request name a key, its context and its algorithm.
type keyRole struct{ key, context, algorithm string }

// keyRoles are the roles for the actions that a call of ReEncrypt needs, and for aliases.
var keyRoles = map[string]keyRole{
	"kms:ReEncryptFrom": {"SourceKeyId", "SourceEncryptionContext", "SourceEncryptionAlgorithm"},
	"kms:ReEncryptTo":   {"DestinationKeyId", "DestinationEncryptionContext", "DestinationEncryptionAlgorithm"},
	"kms:CreateAlias":   {key: "TargetKeyId"},
	"kms:UpdateAlias":   {key: "TargetKeyId"},
}

var usualKeyRole = keyRole{"KeyId", "EncryptionContext", "EncryptionAlgorithm"}

// encrypting are the prefixes of the actions that have kms:EncryptionAlgorithm.
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-encryption-algorithm
var encrypting = []string{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncrypt"}

// refineKMS finds the keys of aliases and ciphertexts, and the condition keys of KMS.
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
func refineKMS(r *reader, n *Needs) error {
	if r.call.Operation == "UpdateAlias" || r.call.Operation == "DeleteAlias" {
		if err := oldKeyOfAlias(r, n); err != nil {
			return err
		}
	}
	for i := range n.Needs {
		if err := refineKey(r, n, &n.Needs[i]); err != nil {
			return err
		}
	}
	if err := ciphertextKeys(r, n); err != nil {
		return err
	}
	return operationKeys(r, n)
}

// refineKey refines a need of a call of KMS.
func refineKey(r *reader, n *Needs, need *authz.Need) error {
	if r.request.Caller != "" {
		need.Keys = append(need.Keys, authz.String("kms:CallerAccount", r.request.Caller))
	}
	role, ok := keyRoles[need.Action]
	if !ok {
		role = usualKeyRole
	}
	switch {
	case strings.HasSuffix(need.Resource, ":key/*"):
		if err := findKey(r, n, need, role); err != nil {
			return err
		}
	case need.Action == "kms:TagResource" && need.Resource == "*": // of the new key
		become(need, r.request.arn("kms", "key/*"))
	}
	return cryptoKeys(r, need, role)
}

// findKey replaces an alias, or a missing key, with the key that is meant.
func findKey(r *reader, n *Needs, need *authz.Need, role keyRole) error {
	name, err := r.text(role.key)
	if err != nil {
		return err
	}
	alias, isAlias := keyAlias(name)
	found := ""
	switch {
	case isAlias:
		need.Keys = append(need.Keys, authz.String("kms:RequestAlias", alias))
		if alias == name {
			name = r.request.arn("kms", name)
		}
		found = r.request.resolve(AliasOfKey, name)
	case name == "":
		if found, _, err = keyOfCiphertext(r); err != nil {
			return err
		}
	}
	if found == "" {
		n.Resolution = Unresolved
		return nil
	}
	become(need, found)
	return nil
}

// keyOfCiphertext returns the key that the request's ciphertext was made with; empty if it is not
// known, or if there is no ciphertext.
func keyOfCiphertext(r *reader) (key string, has bool, err error) {
	ciphertext, err := r.text("CiphertextBlob")
	if ciphertext == "" || err != nil {
		return "", false, err
	}
	return r.request.resolve(CiphertextOfKey, plainBase64(ciphertext)), true, nil
}

// ciphertextKeys needs the key of a ciphertext besides the key that the request names, since an
// upstream may look only at the ciphertext, as moto does for ReEncrypt. For ReEncrypt all keys are
// needed if that of the ciphertext is not known.
func ciphertextKeys(r *reader, n *Needs) error {
	i := slices.IndexFunc(n.Needs, func(need authz.Need) bool { return need.Action == "kms:Decrypt" || need.Action == "kms:ReEncryptFrom" })
	if i < 0 || strings.HasSuffix(n.Needs[i].Resource, "*") {
		return nil
	}
	key, has, err := keyOfCiphertext(r)
	if err != nil || !has {
		return err
	}
	if key == "" && n.Needs[i].Action == "kms:ReEncryptFrom" {
		key, n.Resolution = r.request.arn("kms", "key/*"), Unresolved
	}
	if key != "" {
		alsoNeed(n, i, key)
	}
	return nil
}

// oldKeyOfAlias needs the present key of an alias that gets another key, or none.
// https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html
func oldKeyOfAlias(r *reader, n *Needs) error {
	alias, err := r.text("AliasName")
	if err != nil {
		return err
	}
	old := r.request.resolve(AliasOfKey, r.request.arn("kms", alias))
	if old != "" && !slices.ContainsFunc(n.Needs, func(need authz.Need) bool { return need.Resource == old }) {
		n.Needs = append(n.Needs, r.request.need("kms:"+r.call.Operation, old))
	}
	return nil
}

// cryptoKeys adds the encryption context and the algorithm.
func cryptoKeys(r *reader, need *authz.Need, role keyRole) error {
	context, err := r.at(role.context)
	if err != nil {
		return err
	}
	if err := contextKeys(need, context); err != nil {
		return err
	}
	if !slices.ContainsFunc(encrypting, func(prefix string) bool { return strings.HasPrefix(need.Action, prefix) }) {
		return nil
	}
	algorithm, err := r.text(role.algorithm)
	if err != nil {
		return err
	}
	setKey(need, authz.String("kms:EncryptionAlgorithm", cmp.Or(algorithm, "SYMMETRIC_DEFAULT")))
	return nil
}

// contextKeys adds the keys of an encryption context, if there is one.
func contextKeys(need *authz.Need, context value) error {
	pairs, err := tagsOf(context)
	need.Keys = append(need.Keys, tagged("kms:EncryptionContext:", "kms:EncryptionContextKeys", pairs)...)
	return err
}

// defaultsOfKMS are the keys of single operations: the member that has the value, and the value
// without it.
var defaultsOfKMS = map[string][]struct{ key, member, usual string }{
	"CreateKey": {
		{"kms:KeySpec", "KeySpec", "SYMMETRIC_DEFAULT"}, {"kms:KeyUsage", "KeyUsage", "ENCRYPT_DECRYPT"},
		{"kms:KeyOrigin", "Origin", "AWS_KMS"}, {"kms:MultiRegion", "MultiRegion", "false"},
	},
	"GenerateDataKeyPair":                 {{"kms:DataKeyPairSpec", "KeyPairSpec", ""}},
	"GenerateDataKeyPairWithoutPlaintext": {{"kms:DataKeyPairSpec", "KeyPairSpec", ""}},
	"ScheduleKeyDeletion":                 {{"kms:ScheduleKeyDeletionPendingWindowInDays", "PendingWindowInDays", "30"}},
	"Sign":                                {{"kms:MessageType", "MessageType", "RAW"}},
	"Verify":                              {{"kms:MessageType", "MessageType", "RAW"}},
}

// operationKeys adds the keys of single operations.
func operationKeys(r *reader, n *Needs) error {
	for _, d := range defaultsOfKMS[r.call.Operation] {
		text, err := r.text(d.member)
		if err != nil {
			return err
		}
		if text = cmp.Or(text, d.usual); text != "" {
			setKey(&n.Needs[0], authz.String(d.key, text))
		}
	}
	switch r.call.Operation {
	case "CreateGrant":
		return grantKeys(r, &n.Needs[0])
	case "ReEncrypt":
		same := "true"
		if slices.ContainsFunc(n.Needs, func(need authz.Need) bool { return need.Resource != n.Needs[0].Resource }) {
			same = "false"
		}
		for i := range n.Needs {
			setKey(&n.Needs[i], authz.String("kms:ReEncryptOnSameKey", same))
		}
	}
	return nil
}

// grantKeys adds the keys of CreateGrant.
func grantKeys(r *reader, need *authz.Need) error {
	operations, err := r.list("Operations[]")
	if err != nil {
		return err
	}
	if len(operations) > 0 {
		setKey(need, authz.Strings("kms:GrantOperations", operations...))
	}
	setKey(need, authz.String("kms:GrantIsForAWSResource", "false"))
	for _, kind := range []string{"EncryptionContextEquals", "EncryptionContextSubset"} {
		context, err := r.at("Constraints." + kind)
		if err != nil {
			return err
		}
		if context == nil {
			continue
		}
		setKey(need, authz.String("kms:GrantConstraintType", kind))
		if err := contextKeys(need, context); err != nil {
			return err
		}
	}
	return nil
}
