# The account: its alias, password policy, identity providers, certificates.

resource "aws_iam_account_alias" "all" {
  account_alias = "conformance"
}

resource "aws_iam_account_password_policy" "all" {
  minimum_password_length        = local.first ? 10 : 12
  require_lowercase_characters   = true
  require_numbers                = true
  require_uppercase_characters   = true
  require_symbols                = local.first
  allow_users_to_change_password = true
  max_password_age               = local.first ? 90 : 0
  password_reuse_prevention      = 3
  hard_expiry                    = local.first
}

resource "aws_iam_security_token_service_preferences" "all" {
  global_endpoint_token_version = local.first ? "v2Token" : "v1Token"
}

resource "aws_iam_organizations_features" "all" {
  enabled_features = local.first ? ["RootCredentialsManagement"] : ["RootCredentialsManagement", "RootSessions"]
}

resource "aws_iam_openid_connect_provider" "all" {
  url             = "https://id.example.com/team"
  client_id_list  = local.first ? ["client-a", "client-b"] : ["client-b", "client-c"]
  thumbprint_list = [local.first ? "0123456789012345678901234567890123456789" : "abcdef0123456789012345678901234567890123"]
  tags            = { stage = var.stage }
}

resource "aws_iam_saml_provider" "all" {
  name                   = "company"
  saml_metadata_document = var.saml_metadata[var.stage]
  tags                   = { stage = var.stage }
}

# The provider sets tags under the new name before it renames: not both at once.
resource "aws_iam_server_certificate" "all" {
  name              = "web${local.suffix}"
  path              = local.first ? "/" : "/cloudfront/team/"
  certificate_body  = var.certificate
  certificate_chain = var.chain
  private_key       = var.private_key

  lifecycle { ignore_changes = [private_key] } # AWS does not tell it
}

resource "aws_iam_server_certificate" "tagged" {
  name             = "tagged"
  certificate_body = var.certificate
  private_key      = var.private_key
  tags             = { stage = var.stage }

  lifecycle { ignore_changes = [private_key] } # AWS does not tell it
}
