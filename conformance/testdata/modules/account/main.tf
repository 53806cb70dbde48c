# An account: its alias and its password policy.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "alias" {}

data "aws_caller_identity" "this" {}

resource "aws_iam_account_alias" "this" {
  account_alias = var.alias
}

resource "aws_iam_account_password_policy" "this" {
  max_password_age               = 90
  minimum_password_length        = 37
  allow_users_to_change_password = true
  hard_expiry                    = false
  password_reuse_prevention      = 5
  require_lowercase_characters   = true
  require_uppercase_characters   = true
  require_numbers                = true
  require_symbols                = true
}

output "alias" { value = aws_iam_account_alias.this.account_alias }
output "expire_passwords" { value = aws_iam_account_password_policy.this.expire_passwords }
