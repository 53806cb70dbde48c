// What the calls share: clients, and what a call is. The gateway's URL is in
// AWS_ENDPOINT_URL.
import { DynamoDBClient, DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { S3Client, S3ServiceException } from '@aws-sdk/client-s3';

const region = 'us-east-1';

// A stream has its checksum behind it, in a trailer, unless TRAILERS is no: s3rver stores
// the frame of a body with a trailer too, with the gateway and without.
export const trailers = process.env.TRAILERS !== 'no';
const requestChecksumCalculation = trailers ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED';

export function clients(accessKeyId, secretAccessKey) {
  const config = { region, maxAttempts: 1, credentials: { accessKeyId, secretAccessKey }, forcePathStyle: true };
  return {
    iam: new IAMClient(config), dynamodb: new DynamoDBClient(config), s3: new S3Client(config),
    streams: new S3Client({ ...config, requestChecksumCalculation }),
  };
}

export const allow = (action, resource, condition) => ({ Effect: 'Allow', Action: action, Resource: resource, ...(condition && { Condition: condition }) });

// How each service denies: the class and the name of the exception, and the status.
export const denials = {
  s3: { of: S3ServiceException, name: 'AccessDenied', status: 403 },
  dynamodb: { of: DynamoDBServiceException, name: 'AccessDeniedException', status: 400 },
};

// An action that none of the calls needs.
const other = { s3: 's3:GetBucketLogging', dynamodb: 'dynamodb:DescribeReservedCapacity' };

// call describes a call: a command, or a function that sends something with the client;
// what it needs; and in what the policy that denies it differs, in one of the needs.
export function call(service, name, send, needs, { change = { Action: other[service] }, differs = 0, proof = () => true, sentence = true, denial, raises, client = service } = {}) {
  const lacking = needs.map((n, i) => (i === differs ? { ...n, ...change } : n));
  const members = Object.keys({ ...needs[differs], ...lacking[differs] });
  const changed = members.filter((m) => JSON.stringify(needs[differs][m]) !== JSON.stringify(lacking[differs][m]));
  if (changed.length !== 1) throw new Error(`${name}: the policies differ in ${changed}`);
  return {
    service, client, name, needs, lacking, proof, sentence, raises,
    denial: { ...denials[service], ...denial },
    send: typeof send === 'function' ? send : (client) => client.send(send),
  };
}
