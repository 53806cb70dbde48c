"""Prints the account authorization details of a server as programs of boto3 do: a
page at a time, dates by str() or isoformat(). argv is the server's URL and the name."""

import json
import sys

import boto3

url, dates = sys.argv[1:]
pages = boto3.client("iam", endpoint_url=url, region_name="us-east-1").get_paginator("get_account_authorization_details")
for page in pages.paginate(PaginationConfig={"PageSize": 7}):
    print(json.dumps(page, indent=1, default=str if dates == "str" else lambda date: date.isoformat()))
