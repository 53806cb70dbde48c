// Asks who it is with the credentials of every provider of the AWS SDK for
// JavaScript that finds some; argv[2] is the role. It prints an object from the
// names of the providers to ARNs.
import * as providers from "@aws-sdk/credential-providers";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { readFileSync } from "node:fs";

const role = process.argv[2];
const region = { region: process.env.AWS_REGION };
const token = readFileSync(process.env.TOKEN_FILE, "utf8");
const anna = { accessKeyId: process.env.ANNA_ID, secretAccessKey: process.env.ANNA_SECRET };

const list = {
  fromTemporaryCredentials: providers.fromTemporaryCredentials({
    masterCredentials: anna, params: { RoleArn: role, RoleSessionName: "temporary" }, clientConfig: region,
  }),
  fromTokenFile: providers.fromTokenFile({
    webIdentityTokenFile: process.env.TOKEN_FILE, roleArn: role, roleSessionName: "file", clientConfig: region,
  }),
  fromWebToken: providers.fromWebToken({ webIdentityToken: token, roleArn: role, roleSessionName: "web", clientConfig: region }),
  fromIni: providers.fromIni({ profile: "chained", clientConfig: region }),
  fromProcess: providers.fromProcess({ profile: "process" }),
  fromInstanceMetadata: providers.fromInstanceMetadata(),
  fromNodeProviderChain: providers.fromNodeProviderChain({ profile: "chained", clientConfig: region }),
};

const found = {};
for (const [name, provider] of Object.entries(list)) {
  const client = new STSClient({ ...region, credentials: await provider() });
  found[name] = (await client.send(new GetCallerIdentityCommand({}))).Arn;
}
console.log(JSON.stringify(found));
