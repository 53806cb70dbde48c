# IAM as it is kept in modules: for_each over maps, dynamic blocks, documents that
# are merged, names with a prefix, a second account behind a role.
# TestTerraformModules applies it, plans nothing more, and destroys it.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  skip_metadata_api_check = true
  default_tags { tags = { made-by = "modules" } }
}

# Another account, as pipelines reach it: by a role that its seed holds.
provider "aws" {
  alias                   = "shared"
  skip_metadata_api_check = true
  assume_role {
    role_arn     = "arn:aws:iam::111122223333:role/deploy/terraform"
    session_name = "pipeline"
    external_id  = "shared-secret"
    duration     = "30m"
    tags         = { project = "modules" }
  }
}

# Made by the test.
variable "saml_metadata" {}
variable "ssh_key" {}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

data "aws_iam_session_context" "current" {
  arn = data.aws_caller_identity.current.arn
}

data "aws_caller_identity" "shared" {
  provider = aws.shared
}

data "aws_iam_session_context" "shared" {
  provider = aws.shared
  arn      = data.aws_caller_identity.shared.arn
}

locals {
  account = data.aws_caller_identity.current.account_id
  prefix  = "arn:${data.aws_partition.current.partition}:iam::aws:policy"
}

module "account" {
  source = "./account"
  alias  = "modules-conformance"
}

module "shared_account" {
  source    = "./account"
  providers = { aws = aws.shared }
  alias     = "modules-shared"
}

module "users" {
  source = "./user"
  for_each = {
    "ana@example.com" = { path = "/people/", console = true, keys = 0, ssh_key = var.ssh_key }
    "ci"              = { path = "/machines/", console = false, keys = 2, ssh_key = null, policies = ["${local.prefix}/job-function/ViewOnlyAccess"] }
  }

  name     = each.key
  path     = each.value.path
  console  = each.value.console
  keys     = each.value.keys
  ssh_key  = each.value.ssh_key
  policies = try(each.value.policies, [])
  boundary = module.policies["boundary"].arn
}

module "groups" {
  source = "./group"
  for_each = {
    people   = { users = ["ana@example.com"], self_management = true, policies = {} }
    machines = { users = ["ci"], self_management = false, policies = { read = module.readonly.arn, audit = "${local.prefix}/SecurityAudit" } }
  }

  name            = each.key
  users           = [for name in each.value.users : module.users[name].name]
  self_management = each.value.self_management
  policies        = each.value.policies
}

data "aws_iam_policy_document" "boundary" {
  statement {
    sid         = "Everything"
    not_actions = ["iam:*", "organizations:*"]
    resources   = ["*"]
  }
  statement {
    sid       = "OwnRegion"
    effect    = "Deny"
    actions   = ["ec2:*"]
    resources = ["*"]
    condition {
      test     = "StringNotEquals"
      variable = "aws:RequestedRegion"
      values   = [data.aws_region.current.name]
    }
  }
}

module "policies" {
  source = "./policy"
  for_each = {
    boundary = data.aws_iam_policy_document.boundary.json
    literal  = <<-JSON
      {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "Heredoc", "Action": "ec2:Describe*", "Effect": "Allow", "Resource": "*"}]
      }
    JSON
  }

  name   = each.key
  policy = each.value
}

module "readonly" {
  source   = "./readonly"
  name     = "readonly"
  services = ["rds", "dynamodb", "elasticloadbalancing", "resource-groups", "rds"]
}

resource "aws_iam_openid_connect_provider" "this" {
  for_each = toset(["https://token.actions.githubusercontent.com", "https://oidc.eks.us-east-1.amazonaws.com/id/5C54DDF35ER19312844C7333374CC09D"])

  url            = each.value
  client_id_list = ["sts.${data.aws_partition.current.dns_suffix}"]
}

data "aws_iam_openid_connect_provider" "github" {
  url        = "https://token.actions.githubusercontent.com"
  depends_on = [aws_iam_openid_connect_provider.this]
}

resource "aws_iam_saml_provider" "this" {
  name                   = "modules"
  saml_metadata_document = var.saml_metadata
}

module "roles" {
  source = "./role"
  for_each = {
    github = {
      oidc = { for arn in [data.aws_iam_openid_connect_provider.github.arn] : arn => { test = "StringLike", subjects = ["repo:example/*:environment:prod"] } }
    }
    irsa = {
      oidc = { for url, p in aws_iam_openid_connect_provider.this : p.arn => { test = "StringEquals", subjects = ["system:serviceaccount:kube-system:ebs-csi"] } if strcontains(url, "eks") }
    }
    saml     = { saml = [aws_iam_saml_provider.this.arn] }
    operator = { trusted = [module.users["ana@example.com"].arn, "arn:aws:iam::${local.account}:root"], mfa = true, external_ids = ["one", "two"] }
    instance = { services = ["ec2.amazonaws.com", "eks-fargate-pods.amazonaws.com"], self = true, instance_profile = true }
  }

  name             = each.key
  oidc             = try(each.value.oidc, {})
  saml             = try(each.value.saml, [])
  trusted          = try(each.value.trusted, [])
  services         = try(each.value.services, [])
  external_ids     = try(each.value.external_ids, [])
  mfa              = try(each.value.mfa, false)
  self             = try(each.value.self, false)
  instance_profile = try(each.value.instance_profile, false)
  boundary         = each.key == "operator" ? module.policies["boundary"].arn : null
  policies = {
    own    = module.policies["literal"].arn
    worker = "${local.prefix}/service-role/AmazonEC2ContainerServiceforEC2Role"
  }
}

# What other configurations look up that such modules have made.
data "aws_iam_roles" "made" {
  name_regex  = "^(github|irsa)-"
  path_prefix = "/modules/"
  depends_on  = [module.roles]
}

data "aws_iam_users" "people" {
  path_prefix = "/people/"
  depends_on  = [module.users]
}

data "aws_iam_roles" "sso" {
  name_regex  = "AWSReservedSSO_Admin_.*"
  path_prefix = "/aws-reserved/sso.amazonaws.com/"
}

data "aws_iam_policy" "lookup" {
  name       = "literal"
  depends_on = [module.policies]
}

data "aws_iam_principal_policy_simulation" "boundary" {
  action_names      = ["ec2:DescribeInstances", "iam:ListUsers", "s3:ListAllMyBuckets"]
  policy_source_arn = module.users["ci"].arn
  context {
    key    = "aws:RequestedRegion"
    type   = "string"
    values = ["us-east-1"]
  }
  depends_on = [module.users, module.groups]
}

# What the test compares.
output "facts" {
  value = {
    account    = local.account
    caller     = data.aws_iam_session_context.current.issuer_arn
    shared     = { arn = data.aws_caller_identity.shared.arn, issuer = data.aws_iam_session_context.shared.issuer_arn, alias = module.shared_account.alias }
    alias      = module.account.alias
    expiry     = module.account.expire_passwords
    users      = { for name, u in module.users : name => { arn = u.arn, keys = u.keys, ssh = u.ssh_key_status } }
    people     = sort(data.aws_iam_users.people.names)
    groups     = { for name, g in module.groups : name => { arn = g.arn, members = g.members, policies = g.policies } }
    readonly   = sort([for s in jsondecode(module.readonly.document).Statement : s.Sid])
    roles      = { for name, r in module.roles : name => { path = r.path, prefix = startswith(r.name, "${name}-"), trust = jsondecode(r.trust), inline = r.inline, profile = r.profile } }
    made       = length(data.aws_iam_roles.made.names)
    sso        = tolist(data.aws_iam_roles.sso.names)
    lookup     = data.aws_iam_policy.lookup.arn
    decisions  = { for r in data.aws_iam_principal_policy_simulation.boundary.results : r.action_name => r.decision }
    thumbprint = [for p in aws_iam_openid_connect_provider.this : length(p.thumbprint_list)]
  }
}
