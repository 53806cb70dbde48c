# A user with all that a person or a machine signs in with.

variable "name" {}
variable "path" {}
variable "boundary" {}
variable "console" { type = bool }
variable "keys" { type = number }
variable "ssh_key" {}
variable "policies" { type = list(string) }

resource "aws_iam_user" "this" {
  name                 = var.name
  path                 = var.path
  force_destroy        = true
  permissions_boundary = var.boundary
  tags                 = { name = var.name }
}

resource "aws_iam_user_login_profile" "this" {
  count = var.console ? 1 : 0

  user                    = aws_iam_user.this.name
  password_length         = 40
  password_reset_required = false

  lifecycle {
    ignore_changes = [password_reset_required]
  }
  depends_on = [aws_iam_user.this]
}

resource "aws_iam_access_key" "this" {
  count = var.keys

  user   = aws_iam_user.this.name
  status = count.index == 0 ? "Active" : "Inactive"
}

resource "aws_iam_user_ssh_key" "this" {
  count = var.ssh_key == null ? 0 : 1

  username   = aws_iam_user.this.name
  encoding   = "SSH"
  public_key = var.ssh_key
}

resource "aws_iam_user_policy_attachment" "this" {
  for_each = toset(var.policies)

  user       = aws_iam_user.this.name
  policy_arn = each.value
}

output "arn" { value = aws_iam_user.this.arn }
output "name" { value = aws_iam_user.this.name }
output "keys" { value = [for key in aws_iam_access_key.this : key.status] }
output "ssh_key_status" { value = try(aws_iam_user_ssh_key.this[0].status, "") }
