# Every resource and data source of the AWS provider that IAM and STS serve.
# TestTerraform applies it as "one", then as "two", which changes in place what
# can be changed, and imports the result into an empty state.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  skip_metadata_api_check     = true
  skip_credentials_validation = false
  skip_requesting_account_id  = false
  default_tags { tags = { made-by = "terraform" } }
}

variable "stage" {
  description = "one or two."
}

# Made by the test.
variable "certificate" {}
variable "chain" {}
variable "private_key" {}
variable "saml_metadata" { type = map(string) }
variable "ssh_key" {}

locals {
  first  = var.stage == "one"
  suffix = local.first ? "" : "-renamed"
  status = local.first ? "Active" : "Inactive"

  # A document in two versions.
  document = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = local.first ? ["s3:GetObject"] : ["s3:GetObject", "s3:PutObject"], Resource = "*" }]
  })
  read_only = "arn:aws:iam::aws:policy/ReadOnlyAccess"
  power     = "arn:aws:iam::aws:policy/PowerUserAccess"
  boundary  = local.first ? local.read_only : local.power
}
