# Groups with their members and policies.

resource "aws_iam_group" "all" {
  name = "devs${local.suffix}"
  path = local.first ? "/team/" : "/team/red/"
}

resource "aws_iam_group" "other" {
  name = "ops"
}

resource "aws_iam_group" "exclusive" {
  name = "exclusive"
}

resource "aws_iam_group_membership" "all" {
  name  = "members"
  group = aws_iam_group.other.name
  users = local.first ? [aws_iam_user.other.name, aws_iam_user.exclusive.name] : [aws_iam_user.other.name]
}

resource "aws_iam_user_group_membership" "all" {
  user   = aws_iam_user.other.name
  groups = local.first ? [aws_iam_group.exclusive.name] : [aws_iam_group.exclusive.name, aws_iam_group.all.name]
}

resource "aws_iam_group_policy" "all" {
  group  = aws_iam_group.exclusive.name
  name   = "own"
  policy = local.document
}

resource "aws_iam_group_policies_exclusive" "all" {
  group_name   = aws_iam_group.exclusive.name
  policy_names = [aws_iam_group_policy.all.name]
}

resource "aws_iam_group_policy_attachment" "all" {
  group      = aws_iam_group.other.name
  policy_arn = aws_iam_policy.all.arn
}

resource "aws_iam_group_policy_attachment" "exclusive" {
  group      = aws_iam_group.exclusive.name
  policy_arn = aws_iam_policy.all.arn
}

resource "aws_iam_group_policy_attachment" "more" {
  count      = local.first ? 0 : 1
  group      = aws_iam_group.exclusive.name
  policy_arn = local.read_only
}

resource "aws_iam_group_policy_attachments_exclusive" "all" {
  group_name  = aws_iam_group.exclusive.name
  policy_arns = concat([aws_iam_group_policy_attachment.exclusive.policy_arn], aws_iam_group_policy_attachment.more[*].policy_arn)
}
