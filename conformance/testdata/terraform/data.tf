# Every data source, about what the other files make.

data "aws_caller_identity" "all" {}

data "aws_iam_session_context" "all" {
  arn = data.aws_caller_identity.all.arn
}

data "aws_iam_session_context" "session" {
  arn = "arn:aws:sts::${data.aws_caller_identity.all.account_id}:assumed-role/${aws_iam_role.all.name}/night"
}

data "aws_iam_access_keys" "all" {
  user       = aws_iam_user.other.name
  depends_on = [aws_iam_access_key.all]
}

data "aws_iam_account_alias" "all" {
  depends_on = [aws_iam_account_alias.all]
}

data "aws_iam_group" "all" {
  group_name = aws_iam_group.other.name
  depends_on = [aws_iam_group_membership.all]
}

data "aws_iam_instance_profile" "all" {
  name = aws_iam_instance_profile.all.name
}

data "aws_iam_instance_profiles" "all" {
  role_name  = local.first ? aws_iam_role.all.name : aws_iam_role.exclusive.name
  depends_on = [aws_iam_instance_profile.all]
}

data "aws_iam_openid_connect_provider" "arn" {
  arn = aws_iam_openid_connect_provider.all.arn
}

data "aws_iam_openid_connect_provider" "url" {
  url = "https://${aws_iam_openid_connect_provider.all.url}"
}

data "aws_iam_policy" "arn" {
  arn = aws_iam_policy.all.arn
  depends_on = [
    aws_iam_user_policy_attachment.all, aws_iam_group_policy_attachment.all, aws_iam_role_policy_attachment.all,
    aws_iam_user_policy_attachments_exclusive.all, aws_iam_group_policy_attachments_exclusive.all,
  ]
}

data "aws_iam_policy" "name" {
  name        = aws_iam_policy.all.name
  path_prefix = aws_iam_policy.all.path
}

data "aws_iam_policy" "aws" {
  name = "SecurityAudit"
}

data "aws_iam_principal_policy_simulation" "all" {
  action_names      = ["s3:GetObject", "s3:PutObject"]
  policy_source_arn = aws_iam_role.exclusive.arn
  depends_on        = [aws_iam_role_policy.exclusive]
}

data "aws_iam_role" "all" {
  name = aws_iam_role.all.name
}

data "aws_iam_roles" "all" {
  path_prefix = "/team/"
  depends_on  = [aws_iam_role.all, aws_iam_service_linked_role.all]
}

data "aws_iam_roles" "linked" {
  path_prefix = "/aws-service-role/"
  depends_on  = [aws_iam_service_linked_role.all]
}

data "aws_iam_saml_provider" "all" {
  arn = aws_iam_saml_provider.all.arn
}

data "aws_iam_server_certificate" "all" {
  name = aws_iam_server_certificate.all.name
}

data "aws_iam_user" "all" {
  user_name = aws_iam_user.all.name
}

data "aws_iam_user_ssh_key" "all" {
  username          = aws_iam_user.other.name
  ssh_public_key_id = aws_iam_user_ssh_key.all.ssh_public_key_id
  encoding          = "PEM"
}

data "aws_iam_users" "all" {
  name_regex = "^(anna|otto|eve)"
  depends_on = [aws_iam_user.all, aws_iam_user.other, aws_iam_user.exclusive]
}

# What the test compares.
output "facts" {
  value = {
    account     = data.aws_caller_identity.all.account_id
    alias       = data.aws_iam_account_alias.all.account_alias
    allowed     = [for r in data.aws_iam_principal_policy_simulation.all.results : "${r.action_name} ${r.decision}"]
    attachments = data.aws_iam_policy.arn.attachment_count
    audit       = data.aws_iam_policy.aws.arn
    boundary    = data.aws_iam_user.all.permissions_boundary
    certificate = data.aws_iam_server_certificate.all.path
    chain       = trimspace(data.aws_iam_server_certificate.all.certificate_chain) == trimspace(var.chain)
    clients     = sort(data.aws_iam_openid_connect_provider.url.client_id_list)
    group       = data.aws_iam_group.all.arn
    issuer      = data.aws_iam_session_context.session.issuer_name
    key         = one(data.aws_iam_access_keys.all.access_keys).status
    linked      = tolist(data.aws_iam_roles.linked.names)
    members     = sort(data.aws_iam_group.all.users[*].user_name)
    metadata    = trimspace(data.aws_iam_saml_provider.all.saml_metadata_document) == trimspace(var.saml_metadata[var.stage])
    policy      = data.aws_iam_policy.name.arn
    policy_tags = data.aws_iam_policy.name.tags
    profile     = data.aws_iam_instance_profile.all.role_name
    profiles    = tolist(data.aws_iam_instance_profiles.all.names)
    provider    = data.aws_iam_openid_connect_provider.arn.url
    role        = data.aws_iam_role.all.description
    role_tags   = data.aws_iam_role.all.tags
    roles       = tolist(data.aws_iam_roles.all.names)
    ssh_key     = data.aws_iam_user_ssh_key.all.status
    user        = data.aws_iam_user.all.arn
    user_tags   = data.aws_iam_user.all.tags
    users       = sort(data.aws_iam_users.all.names)
  }
}
