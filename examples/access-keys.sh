#!/usr/bin/env bash
# Access keys with the AWS CLI: changed without a gap, and when each was used.
#
#   examples/access-keys.sh [path of the understudy binary]
. "$(dirname "$0")/lib.sh"

say "A user with a key, and what it was used for"
root iam create-user --user-name ana >/dev/null
root iam put-user-policy --user-name ana --policy-name keys --policy-document "$(allow '["iam:*AccessKey*"]')"
read -r old oldsecret < <(root iam create-access-key --user-name ana --query 'AccessKey.[AccessKeyId,SecretAccessKey]')
is "$(root iam get-access-key-last-used --access-key-id "$old" --query AccessKeyLastUsed.ServiceName)" N/A
is "$(as "$old" "$oldsecret" sts get-caller-identity --query Arn)" "arn:aws:iam::$account:user/ana"
is "$(root iam get-access-key-last-used --access-key-id "$old" --query '[UserName,AccessKeyLastUsed.ServiceName]')" "$(printf 'ana\tsts')"
is "$(root sts get-access-key-info --access-key-id "$old" --query Account)" "$account"

say "A second one, made with the first; a third is one too many"
read -r new newsecret < <(as "$old" "$oldsecret" iam create-access-key --query 'AccessKey.[AccessKeyId,SecretAccessKey]')
refused "Cannot exceed quota for AccessKeysPerUser: 2" root iam create-access-key --user-name ana
is "$(as "$new" "$newsecret" iam list-access-keys --query 'length(AccessKeyMetadata)')" 2

say "The first one is made inactive, and active again in case something had it"
as "$new" "$newsecret" iam update-access-key --access-key-id "$old" --status Inactive
refused "The security token included in the request is invalid." as "$old" "$oldsecret" sts get-caller-identity
root iam update-access-key --user-name ana --access-key-id "$old" --status Active
as "$old" "$oldsecret" sts get-caller-identity >/dev/null

say "Gone"
as "$new" "$newsecret" iam delete-access-key --access-key-id "$old"
refused "The security token included in the request is invalid." as "$old" "$oldsecret" sts get-caller-identity
refused "The Access Key with id $old cannot be found." root iam delete-access-key --user-name ana --access-key-id "$old"
refused "The request signature we calculated does not match the signature you provided." as "$new" wrong sts get-caller-identity

say "Keys for an hour, by the user's own key"
read -r key secret token < <(as "$new" "$newsecret" sts get-session-token --duration-seconds 3600 --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]')
is "$(AWS_SESSION_TOKEN=$token as "$key" "$secret" sts get-caller-identity --query Arn)" "arn:aws:iam::$account:user/ana"
refused "The security token included in the request is invalid" as "$key" "$secret" sts get-caller-identity

printf '\naccess keys: all as expected\n'
