"""Calls of KMS."""
from world import ACCOUNT, arn, caller, document, need, other, tagged, to

call = caller("kms")
ANA = f"arn:aws:iam::{ACCOUNT}:user/ana"
ROOT = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}
CONTEXT = {"app": "web"}


def calls(root):
    kms = root["kms"]
    key, second = (kms.create_key(Policy=document([ROOT]), Tags=[{"TagKey": "team", "TagValue": t}])["KeyMetadata"] for t in ("blue", "red"))
    kms.create_alias(AliasName="alias/shop", TargetKeyId=key["KeyId"])
    return [*keys(key), *crypto(kms, key, second), *aliases(key, second), *grants(kms, key, second), *policies(kms, second)]


def keys(key):
    of, at = dict(KeyId=key["KeyId"]), key["Arn"]
    create = lambda spec: need("kms:CreateKey", "*", tagged("kms:KeySpec", spec))
    return [
        call("create_key", dict(), create("SYMMETRIC_DEFAULT"), change={"Condition": tagged("kms:KeySpec", "RSA_2048")}),
        call("create_key", dict(Tags=[{"TagKey": "a", "TagValue": "b"}]), need("kms:CreateKey", "*"), need("kms:TagResource", "*"), label="with tags", differs=1),
        call("describe_key", of, need("kms:DescribeKey", at)),
        call("describe_key", of, need("kms:DescribeKey", "*", tagged("aws:ResourceTag/team", "blue")), label="with a tag", change=other("aws:ResourceTag/team", "red")),
        call("list_keys", dict(), need("kms:ListKeys", "*")),
        call("get_key_policy", dict(PolicyName="default", **of), need("kms:GetKeyPolicy", at)),
        call("enable_key_rotation", of, need("kms:EnableKeyRotation", at)),
        call("get_key_rotation_status", of, need("kms:GetKeyRotationStatus", at)),
        call("update_key_description", dict(Description="d", **of), need("kms:UpdateKeyDescription", at)),
        call("tag_resource", dict(Tags=[{"TagKey": "a", "TagValue": "b"}], **of), need("kms:TagResource", at)),
        call("list_resource_tags", of, need("kms:ListResourceTags", at)),
        call("untag_resource", dict(TagKeys=["a"], **of), need("kms:UntagResource", at)),
        call("disable_key", of, need("kms:DisableKey", at)),
        call("enable_key", of, need("kms:EnableKey", at)),
    ]


def crypto(kms, key, second):
    of, at = dict(KeyId=key["KeyId"]), key["Arn"]
    web = dict(EncryptionContext=CONTEXT)
    sealed = kms.encrypt(Plaintext=b"x", **of, **web)["CiphertextBlob"]
    again = dict(CiphertextBlob=sealed, SourceEncryptionContext=CONTEXT, DestinationKeyId=second["KeyId"])
    context = lambda app: {"StringEquals": {"kms:EncryptionContext:app": app}}
    return [
        call("encrypt", dict(Plaintext=b"x", **of), need("kms:Encrypt", at)),
        call("encrypt", dict(Plaintext=b"x", **of, **web), need("kms:Encrypt", at, context("web")), label="with a context", change={"Condition": context("db")}),
        call("decrypt", dict(CiphertextBlob=sealed, **web), need("kms:Decrypt", at), label="whose key is not named", change={"Resource": second["Arn"]}),
        call("decrypt", dict(CiphertextBlob=sealed, **of, **web), need("kms:Decrypt", at), proof=lambda a: a["Plaintext"] == b"x"),
        call("re_encrypt", again, need("kms:ReEncryptFrom", at), need("kms:ReEncryptTo", second["Arn"]), label="without from"),
        call("re_encrypt", again, need("kms:ReEncryptFrom", at), need("kms:ReEncryptTo", second["Arn"]), label="without to", differs=1, change={"Resource": at}),
        call("generate_data_key", dict(KeySpec="AES_256", **of), need("kms:GenerateDataKey", at)),
        call("generate_data_key_without_plaintext", dict(KeySpec="AES_256", **of), need("kms:GenerateDataKeyWithoutPlaintext", at)),
        call("generate_random", dict(NumberOfBytes=8), need("kms:GenerateRandom", "*")),
    ]


def aliases(key, second):
    alias, other_alias = arn("kms", "alias/shop"), arn("kms", "alias/new")
    shop = dict(KeyId="alias/shop", Plaintext=b"x")
    named = lambda a: {"StringEquals": {"kms:RequestAlias": a}}
    of_key = lambda a: {"ForAnyValue:StringEquals": {"kms:ResourceAliases": a}}
    moved = [need("kms:UpdateAlias", r) for r in (other_alias, second["Arn"], key["Arn"])]
    return [
        call("create_alias", dict(AliasName="alias/new", TargetKeyId=key["KeyId"]), need("kms:CreateAlias", other_alias), need("kms:CreateAlias", key["Arn"]), label="without the alias"),
        call("delete_alias", dict(AliasName="alias/new"), need("kms:DeleteAlias", other_alias), need("kms:DeleteAlias", key["Arn"]), change={"Resource": alias}),
        call("create_alias", dict(AliasName="alias/new", TargetKeyId=key["KeyId"]), need("kms:CreateAlias", other_alias), need("kms:CreateAlias", key["Arn"]), label="without the key",
             differs=1, change={"Resource": second["Arn"]}),
        call("update_alias", dict(AliasName="alias/new", TargetKeyId=second["KeyId"]), *moved, label="without the old key", differs=2, change={"Resource": alias}),
        call("list_aliases", dict(), need("kms:ListAliases", "*")),
        call("encrypt", shop, need("kms:Encrypt", key["Arn"]), label="by an alias", change={"Resource": second["Arn"]}),
        call("encrypt", shop, need("kms:Encrypt", "*", named("alias/shop")), label="by an alias in a condition", change={"Condition": named("alias/new")}),
        call("describe_key", dict(KeyId=key["KeyId"]), need("kms:DescribeKey", "*", of_key("alias/shop")), label="by the aliases of the key", change={"Condition": of_key("alias/new")}),
    ]


def grants(kms, key, second):
    of, at = dict(KeyId=key["KeyId"]), key["Arn"]
    grant = dict(GranteePrincipal=ANA, Operations=["Decrypt"], **of)
    operations = lambda o: {"ForAllValues:StringEquals": {"kms:GrantOperations": [o]}}

    def let(statements):
        for g in kms.list_grants(KeyId=second["KeyId"])["Grants"]:
            kms.revoke_grant(KeyId=second["KeyId"], GrantId=g["GrantId"])
        for s in statements:
            kms.create_grant(KeyId=second["KeyId"], GranteePrincipal=s["Principal"]["AWS"], Operations=[s["Action"].removeprefix("kms:")])

    return [
        call("create_grant", grant, need("kms:CreateGrant", at, operations("Decrypt")), change={"Condition": operations("Encrypt")}),
        call("list_grants", of, need("kms:ListGrants", at)),
        call("revoke_grant", lambda: dict(GrantId=kms.create_grant(**grant)["GrantId"], **of), need("kms:RevokeGrant", at)),
        call("encrypt", dict(KeyId=second["KeyId"], Plaintext=b"x"), to("ana", "kms:Encrypt"), label="by a grant", let=let, change={"Action": "kms:Decrypt"}),
    ]


def policies(kms, second):
    of, at = dict(KeyId=second["KeyId"]), second["Arn"]
    put = lambda statements: kms.put_key_policy(PolicyName="default", Policy=document([ROOT, *statements]), **of)
    return [
        call("put_key_policy", dict(PolicyName="default", Policy=document([ROOT]), **of), need("kms:PutKeyPolicy", at)),
        call("describe_key", of, to("ana", "kms:DescribeKey"), label="by the policy of the key", let=put, change={"Action": "kms:Encrypt"}),
        call("schedule_key_deletion", dict(PendingWindowInDays=7, **of), need("kms:ScheduleKeyDeletion", at)),
        call("cancel_key_deletion", of, need("kms:CancelKeyDeletion", at)),
    ]
