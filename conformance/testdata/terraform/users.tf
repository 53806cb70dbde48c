# Users with their policies, groups and credentials.

resource "aws_iam_user" "all" {
  name                 = "anna${local.suffix}"
  path                 = local.first ? "/team/" : "/team/red/"
  permissions_boundary = local.boundary
  force_destroy        = true
  tags                 = local.first ? { stage = "one", gone = "soon" } : { stage = "two", new = "" }

  lifecycle { ignore_changes = [force_destroy] } # of Terraform alone
}

resource "aws_iam_user" "other" {
  name = "otto"
}

resource "aws_iam_user" "exclusive" {
  name = "eve"
}

resource "aws_iam_user_policy" "all" {
  user   = aws_iam_user.other.name
  name   = "own"
  policy = local.document
}

resource "aws_iam_user_policy" "exclusive" {
  user   = aws_iam_user.exclusive.name
  name   = "own"
  policy = local.document
}

resource "aws_iam_user_policies_exclusive" "all" {
  user_name    = aws_iam_user.exclusive.name
  policy_names = [aws_iam_user_policy.exclusive.name]
}

resource "aws_iam_user_policy_attachment" "all" {
  user       = aws_iam_user.other.name
  policy_arn = aws_iam_policy.all.arn
}

resource "aws_iam_user_policy_attachment" "exclusive" {
  user       = aws_iam_user.exclusive.name
  policy_arn = aws_iam_policy.all.arn
}

resource "aws_iam_user_policy_attachment" "more" {
  count      = local.first ? 0 : 1
  user       = aws_iam_user.exclusive.name
  policy_arn = local.read_only
}

resource "aws_iam_user_policy_attachments_exclusive" "all" {
  user_name   = aws_iam_user.exclusive.name
  policy_arns = concat([aws_iam_user_policy_attachment.exclusive.policy_arn], aws_iam_user_policy_attachment.more[*].policy_arn)
}

resource "aws_iam_access_key" "all" {
  user   = aws_iam_user.other.name
  status = local.status
}

resource "aws_iam_user_login_profile" "all" {
  user                    = aws_iam_user.other.name
  password_length         = 24
  password_reset_required = true
  depends_on              = [aws_iam_account_password_policy.all]

  lifecycle { ignore_changes = [password_length, password_reset_required] } # AWS does not tell them
}

resource "aws_iam_user_ssh_key" "all" {
  username   = aws_iam_user.other.name
  encoding   = "SSH"
  public_key = var.ssh_key
  status     = local.status
}

resource "aws_iam_signing_certificate" "all" {
  user_name        = aws_iam_user.other.name
  certificate_body = var.certificate
  status           = local.status
}

resource "aws_iam_service_specific_credential" "all" {
  user_name    = aws_iam_user.other.name
  service_name = "codecommit.amazonaws.com"
  status       = local.status
}

resource "aws_iam_virtual_mfa_device" "all" {
  virtual_mfa_device_name = "phone"
  path                    = "/team/"
  tags                    = { stage = var.stage }
}
