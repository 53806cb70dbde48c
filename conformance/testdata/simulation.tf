# A user, policies, and simulations of what the user may do.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  skip_metadata_api_check     = true
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}

resource "aws_iam_user" "simulated" {
  name = "simulated"
  path = "/conformance/"
}

resource "aws_iam_user_policy" "read" {
  name = "read"
  user = aws_iam_user.simulated.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:Get*", "s3:List*"], Resource = "*" },
      { Effect = "Deny", Action = "s3:Put*", Resource = "arn:aws:s3:::example-bucket/*" },
      {
        Effect    = "Allow"
        Action    = "iam:TagUser"
        Resource  = "*"
        Condition = { StringEquals = { "aws:RequestTag/team" = "red" } }
      },
    ]
  })
}

locals {
  object = "arn:aws:s3:::example-bucket/a"
}

data "aws_iam_principal_policy_simulation" "read" {
  action_names      = ["s3:GetObject", "s3:ListBucket"]
  resource_arns     = [local.object]
  policy_source_arn = aws_iam_user.simulated.arn
  depends_on        = [aws_iam_user_policy.read]
}

data "aws_iam_principal_policy_simulation" "write" {
  action_names             = ["s3:PutObject"]
  resource_arns            = [local.object]
  policy_source_arn        = aws_iam_user.simulated.arn
  additional_policies_json = [jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })]
  depends_on               = [aws_iam_user_policy.read]
}

data "aws_iam_principal_policy_simulation" "tag" {
  action_names      = ["iam:TagUser"]
  resource_arns     = [aws_iam_user.simulated.arn]
  policy_source_arn = aws_iam_user.simulated.arn
  context {
    key    = "aws:RequestTag/team"
    type   = "string"
    values = ["red"]
  }
  depends_on = [aws_iam_user_policy.read]
}

data "aws_iam_principal_policy_simulation" "untagged" {
  action_names      = ["iam:TagUser"]
  resource_arns     = [aws_iam_user.simulated.arn]
  policy_source_arn = aws_iam_user.simulated.arn
  depends_on        = [aws_iam_user_policy.read]
}

data "aws_iam_principal_policy_simulation" "boundary" {
  action_names                       = ["s3:GetObject"]
  resource_arns                      = [local.object]
  policy_source_arn                  = aws_iam_user.simulated.arn
  permissions_boundary_policies_json = [jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "ec2:*", Resource = "*" }] })]
  caller_arn                         = aws_iam_user.simulated.arn
  depends_on                         = [aws_iam_user_policy.read]
}

output "read_allowed" { value = data.aws_iam_principal_policy_simulation.read.all_allowed }

output "read_decisions" {
  value = { for r in data.aws_iam_principal_policy_simulation.read.results : "${r.action_name} ${r.resource_arn}" => r.decision }
}

output "read_statements" {
  value = distinct(flatten([for r in data.aws_iam_principal_policy_simulation.read.results : [for s in r.matched_statements : s.source_policy_id]]))
}

output "write_allowed" { value = data.aws_iam_principal_policy_simulation.write.all_allowed }
output "write_decision" { value = one(data.aws_iam_principal_policy_simulation.write.results).decision }
output "write_missing" { value = one(data.aws_iam_principal_policy_simulation.write.results).missing_context_keys }
output "tag_allowed" { value = data.aws_iam_principal_policy_simulation.tag.all_allowed }
output "untagged_missing" { value = one(data.aws_iam_principal_policy_simulation.untagged.results).missing_context_keys }
output "boundary_allowed" { value = data.aws_iam_principal_policy_simulation.boundary.all_allowed }
