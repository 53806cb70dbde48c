# A role that web identities, SAML, services, users or itself may assume.

variable "name" {}
variable "oidc" { type = map(object({ test = string, subjects = list(string) })) }
variable "saml" { type = list(string) }
variable "trusted" { type = list(string) }
variable "services" { type = list(string) }
variable "external_ids" { type = list(string) }
variable "mfa" { type = bool }
variable "self" { type = bool }
variable "instance_profile" { type = bool }
variable "boundary" {}
variable "policies" { type = map(string) }

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

data "aws_iam_policy_document" "trust" {
  dynamic "statement" {
    for_each = var.oidc

    content {
      effect  = "Allow"
      actions = ["sts:TagSession", "sts:AssumeRoleWithWebIdentity"]
      principals {
        type        = "Federated"
        identifiers = [statement.key]
      }
      condition {
        test     = statement.value.test
        variable = "${replace(statement.key, "/^(.*provider/)/", "")}:sub"
        values   = statement.value.subjects
      }
      condition {
        test     = "ForAllValues:StringEquals"
        variable = "${replace(statement.key, "/^(.*provider/)/", "")}:aud"
        values   = ["sts.amazonaws.com"]
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.saml) > 0 ? [1] : []

    content {
      actions = ["sts:TagSession", "sts:AssumeRoleWithSAML"]
      principals {
        type        = "Federated"
        identifiers = var.saml
      }
      condition {
        test     = "StringEquals"
        variable = "SAML:aud"
        values   = ["https://signin.aws.amazon.com/saml"]
      }
    }
  }

  dynamic "statement" {
    for_each = var.self ? [1] : []

    content {
      sid     = "ExplicitSelfRoleAssumption"
      actions = ["sts:AssumeRole"]
      principals {
        type        = "AWS"
        identifiers = ["*"]
      }
      condition {
        test     = "ArnLike"
        variable = "aws:PrincipalArn"
        values   = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:role/modules/${var.name}-*"]
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.trusted) + length(var.services) > 0 ? [1] : []

    content {
      actions = ["sts:AssumeRole"]
      dynamic "principals" {
        for_each = { for type, list in { AWS = var.trusted, Service = var.services } : type => list if length(list) > 0 }

        content {
          type        = principals.key
          identifiers = principals.value
        }
      }
      dynamic "condition" {
        for_each = var.mfa ? { Bool = ["aws:MultiFactorAuthPresent", "true"], NumericLessThan = ["aws:MultiFactorAuthAge", "86400"] } : {}

        content {
          test     = condition.key
          variable = condition.value[0]
          values   = [condition.value[1]]
        }
      }
      dynamic "condition" {
        for_each = length(var.external_ids) > 0 ? [1] : []

        content {
          test     = "StringEquals"
          variable = "sts:ExternalId"
          values   = var.external_ids
        }
      }
    }
  }
}

resource "aws_iam_role" "this" {
  name_prefix           = "${var.name}-"
  path                  = "/modules/"
  description           = "Role ${var.name}"
  assume_role_policy    = data.aws_iam_policy_document.trust.json
  max_session_duration  = 43200
  permissions_boundary  = var.boundary
  force_detach_policies = true
  tags                  = { Name = var.name }
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = var.policies

  role       = aws_iam_role.this.name
  policy_arn = each.value
}

data "aws_iam_policy_document" "inline" {
  statement {
    sid       = "PassItself"
    actions   = ["iam:PassRole"]
    resources = [aws_iam_role.this.arn]
    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy" "inline" {
  role        = aws_iam_role.this.name
  name_prefix = "${var.name}-"
  policy      = data.aws_iam_policy_document.inline.json
}

resource "aws_iam_instance_profile" "this" {
  count = var.instance_profile ? 1 : 0

  name_prefix = "${var.name}-"
  path        = "/modules/"
  role        = aws_iam_role.this.name

  lifecycle {
    create_before_destroy = true
  }
}

# As the server keeps it.
data "aws_iam_role" "kept" {
  name       = aws_iam_role.this.name
  depends_on = [aws_iam_role_policy.inline]
}

output "name" { value = aws_iam_role.this.name }
output "path" { value = data.aws_iam_role.kept.path }
output "trust" { value = data.aws_iam_role.kept.assume_role_policy }
output "inline" { value = startswith(aws_iam_role_policy.inline.name, "${var.name}-") }
output "profile" { value = var.instance_profile ? aws_iam_instance_profile.this[0].path : "" }
