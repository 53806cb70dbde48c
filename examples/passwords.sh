#!/usr/bin/env bash
# Passwords with the AWS CLI: a login profile, the account's password policy,
# and users who change their own.
#
#   examples/passwords.sh [path of the understudy binary]
#
# Needs the AWS CLI.
. "$(dirname "$0")/lib.sh"

say "A user gets a password, which must be strong"
root iam create-user --user-name alice >/dev/null
refused "Password should meet 2 more of the following requirements" \
  root iam create-login-profile --user-name alice --password password
is "$(root iam create-login-profile --user-name alice --password 'Passw0rd-1' --password-reset-required --query 'LoginProfile.[UserName,PasswordResetRequired]')" "$(printf 'alice\tTrue')"
refused "Login Profile for user alice already exists." root iam create-login-profile --user-name alice --password 'Passw0rd-2'

say "The account's own policy"
refused "The Password Policy with domain name $account cannot be found." root iam get-account-password-policy
root iam update-account-password-policy --minimum-password-length 12 --require-symbols --max-password-age 90 --password-reuse-prevention 2
is "$(root iam get-account-password-policy --query 'PasswordPolicy.[MinimumPasswordLength,RequireSymbols,RequireNumbers,ExpirePasswords,MaxPasswordAge]')" "$(printf '12\tTrue\tFalse\tTrue\t90')"
refused "Password should have at least one symbol" root iam update-login-profile --user-name alice --password passwordpassword
root iam update-login-profile --user-name alice --password 'passwords-galore'

say "Users may not change their passwords unless they are allowed to"
read -r id secret < <(root iam create-access-key --user-name alice --query 'AccessKey.[AccessKeyId,SecretAccessKey]')
refused "is not authorized to perform: iam:ChangePassword" \
  as "$id" "$secret" iam change-password --old-password 'passwords-galore' --new-password 'more-passwords-galore'
root iam update-account-password-policy --minimum-password-length 12 --allow-users-to-change-password --password-reuse-prevention 2
refused "PasswordPolicyViolation" as "$id" "$secret" iam change-password --old-password 'passwords-galore' --new-password 'Passw0rd-1'
refused "AccessDenied" as "$id" "$secret" iam change-password --old-password 'a-guess' --new-password 'more-passwords-galore'
as "$id" "$secret" iam change-password --old-password 'passwords-galore' --new-password 'more-passwords-galore'
refused "password reuse prevention" as "$id" "$secret" iam change-password --old-password 'more-passwords-galore' --new-password 'passwords-galore'
is "$(root iam get-login-profile --user-name alice --query LoginProfile.PasswordResetRequired)" False

say "Gone"
refused "must delete login profile first" root iam delete-user --user-name alice
root iam delete-login-profile --user-name alice
refused "Login Profile for User alice cannot be found." root iam get-login-profile --user-name alice
root iam delete-account-password-policy
refused "The Password Policy with domain name $account cannot be found." root iam get-account-password-policy

printf '\npasswords: all as expected\n'
