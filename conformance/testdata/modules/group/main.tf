# A group with its members, a policy that lets them keep their own credentials,
# and policies that it is given.

variable "name" {}
variable "users" { type = list(string) }
variable "self_management" { type = bool }
variable "policies" { type = map(string) }

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  own = [for path in ["", "*/"] : "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:user/${path}$${aws:username}"]
}

resource "aws_iam_group" "this" {
  name = var.name
}

resource "aws_iam_group_membership" "this" {
  count = length(var.users) > 0 ? 1 : 0

  group = aws_iam_group.this.id
  name  = var.name
  users = var.users
}

data "aws_iam_policy_document" "this" {
  count = var.self_management ? 1 : 0

  dynamic "statement" {
    for_each = {
      Passwords    = ["iam:ChangePassword", "iam:GetUser"]
      AccessKeys   = ["iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:ListAccessKeys", "iam:UpdateAccessKey"]
      Certificates = ["iam:ListSigningCertificates", "iam:UploadSigningCertificate"]
      SSHKeys      = ["iam:ListSSHPublicKeys", "iam:UploadSSHPublicKey"]
      MFADevices   = ["iam:EnableMFADevice", "iam:ListMFADevices", "iam:ResyncMFADevice"]
    }

    content {
      sid       = "Own${statement.key}"
      actions   = statement.value
      resources = local.own
    }
  }

  statement {
    sid         = "DenyWithoutMFA"
    effect      = "Deny"
    not_actions = ["iam:ChangePassword", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "sts:GetSessionToken"]
    resources   = ["*"]
    condition {
      test     = "BoolIfExists"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["false"]
    }
  }
}

resource "aws_iam_policy" "this" {
  count = var.self_management ? 1 : 0

  name_prefix = "${var.name}-"
  description = "Own credentials of ${var.name}."
  policy      = data.aws_iam_policy_document.this[0].json
}

resource "aws_iam_group_policy_attachment" "own" {
  count = var.self_management ? 1 : 0

  group      = aws_iam_group.this.id
  policy_arn = aws_iam_policy.this[0].arn
}

resource "aws_iam_group_policy_attachment" "given" {
  for_each = var.policies

  group      = aws_iam_group.this.id
  policy_arn = each.value
}

data "aws_iam_group" "this" {
  group_name = aws_iam_group.this.name
  depends_on = [aws_iam_group_membership.this]
}

output "arn" { value = aws_iam_group.this.arn }
output "members" { value = sort(data.aws_iam_group.this.users[*].user_name) }
output "policies" { value = sort(keys(aws_iam_group_policy_attachment.given)) }
