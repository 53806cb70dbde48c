# Roles, policies and instance profiles.

data "aws_iam_policy_document" "trust" {
  statement {
    actions = local.first ? ["sts:AssumeRole"] : ["sts:AssumeRole", "sts:TagSession"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
    principals {
      type        = "AWS"
      identifiers = [aws_iam_user.other.arn]
    }
  }
}

resource "aws_iam_policy" "all" {
  name        = "readers"
  path        = "/team/"
  description = "Reads, and writes later."
  policy      = local.document
  tags        = local.first ? { stage = "one", gone = "soon" } : { stage = "two", new = "" }
}

resource "aws_iam_policy" "shared" {
  name   = "shared"
  policy = local.document
}

resource "aws_iam_policy_attachment" "all" {
  name       = "everybody"
  policy_arn = aws_iam_policy.shared.arn
  users      = [aws_iam_user.other.name]
  groups     = [aws_iam_group.other.name]
  roles      = local.first ? [aws_iam_role.all.name] : [aws_iam_role.all.name, aws_iam_role.exclusive.name]
}

resource "aws_iam_role" "all" {
  name                  = "worker"
  path                  = "/team/"
  description           = "Works, ${var.stage}."
  assume_role_policy    = data.aws_iam_policy_document.trust.json
  max_session_duration  = local.first ? 3600 : 7200
  permissions_boundary  = local.boundary
  force_detach_policies = true
  tags                  = local.first ? { stage = "one", gone = "soon" } : { stage = "two", new = "" }

  lifecycle { ignore_changes = [force_detach_policies] } # of Terraform alone
}

resource "aws_iam_role" "exclusive" {
  name               = "exclusive"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

# The arguments for policies in a role itself are deprecated, and still used.
resource "aws_iam_role" "deprecated" {
  name                = "deprecated"
  assume_role_policy  = data.aws_iam_policy_document.trust.json
  managed_policy_arns = local.first ? [local.read_only] : [local.power]
  inline_policy {
    name   = "own"
    policy = local.document
  }
}

resource "aws_iam_role_policy" "all" {
  role   = aws_iam_role.all.name
  name   = "own"
  policy = local.document
}

resource "aws_iam_role_policy" "exclusive" {
  role   = aws_iam_role.exclusive.name
  name   = "own"
  policy = local.document
}

resource "aws_iam_role_policies_exclusive" "all" {
  role_name    = aws_iam_role.exclusive.name
  policy_names = [aws_iam_role_policy.exclusive.name]
}

resource "aws_iam_role_policy_attachment" "all" {
  role       = aws_iam_role.all.name
  policy_arn = aws_iam_policy.all.arn
}

resource "aws_iam_role_policy_attachments_exclusive" "all" {
  role_name   = aws_iam_role.deprecated.name
  policy_arns = aws_iam_role.deprecated.managed_policy_arns
}

resource "aws_iam_instance_profile" "all" {
  name = "worker"
  path = "/team/"
  role = local.first ? aws_iam_role.all.name : aws_iam_role.exclusive.name
  tags = { stage = var.stage }
}

resource "aws_iam_service_linked_role" "all" {
  aws_service_name = "autoscaling.amazonaws.com"
  custom_suffix    = "team"
  description      = "Scales, ${var.stage}."
  tags             = { stage = var.stage }
}
