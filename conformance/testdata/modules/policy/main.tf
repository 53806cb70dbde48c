# A managed policy.

variable "name" {}
variable "policy" {}

resource "aws_iam_policy" "this" {
  name        = var.name
  path        = "/"
  description = "Policy ${var.name}"
  policy      = var.policy
}

output "arn" { value = aws_iam_policy.this.arn }
