# A policy that reads some services, merged from documents.

variable "name" {}
variable "services" { type = list(string) }

data "aws_iam_policy_document" "services" {
  dynamic "statement" {
    for_each = toset(var.services)

    content {
      sid       = replace(statement.value, "-", "")
      actions   = [for verb in ["List", "Get", "Describe", "View"] : "${statement.value}:${verb}*"]
      resources = ["*"]
    }
  }
}

data "aws_iam_policy_document" "sts" {
  statement {
    sid       = "STS"
    actions   = ["sts:GetAccessKeyInfo", "sts:GetCallerIdentity", "sts:GetSessionToken"]
    resources = ["*"]
  }
}

# What is overridden has the Sid of another statement.
data "aws_iam_policy_document" "override" {
  statement {
    sid       = "STS"
    actions   = ["sts:GetCallerIdentity"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "this" {
  source_policy_documents   = [data.aws_iam_policy_document.services.json, data.aws_iam_policy_document.sts.json]
  override_policy_documents = [data.aws_iam_policy_document.override.json]
}

resource "aws_iam_policy" "this" {
  name   = var.name
  policy = data.aws_iam_policy_document.this.json
}

# As the server keeps it.
data "aws_iam_policy" "kept" {
  arn = aws_iam_policy.this.arn
}

output "arn" { value = aws_iam_policy.this.arn }
output "document" { value = data.aws_iam_policy.kept.policy }
