// Calls of S3.
import { Readable } from 'node:stream';
import {
  CopyObjectCommand, CreateBucketCommand, DeleteBucketCommand, DeleteObjectCommand, DeleteObjectsCommand, GetObjectCommand, HeadObjectCommand,
  ListBucketsCommand, ListObjectsV2Command, NoSuchBucket, NoSuchKey, PutObjectCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { allow, call, trailers } from './world.mjs';

const bucket = 'arn:aws:s3:::bucket';
const on = (key) => `${bucket}/${key}`;
const at = (Key, more) => ({ Bucket: 'bucket', Key, ...more });
const large = Buffer.alloc(300_000, 'x');

export async function setUp({ s3 }) {
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  for (const key of ['source', 'home/x', 'first', 'second']) await s3.send(new PutObjectCommand(at(key, { Body: 'object' })));
}

// put writes with a body that is made anew each time, and reads it again.
function put(key, body, more = {}) {
  return async (client) => {
    const answer = await client.send(new PutObjectCommand(at(key, { Body: body(), ...more })));
    return answer.ETag;
  };
}

// parts is a body of several parts, whose length the client must be told.
const parts = () => Readable.from([large.subarray(0, 100_000), large.subarray(100_000)]);

const fetched = (command, init) => async (client) => {
  const answer = await fetch(await getSignedUrl(client, command, { expiresIn: 60 }), init);
  const text = await answer.text();
  if (!answer.ok) throw Object.assign(new Error(text), { name: /<Code>(.*)<\/Code>/.exec(text)?.[1], $metadata: { httpStatusCode: answer.status } });
  return text;
};

const text = (want) => async (answer) => (await answer.Body.transformToString()) === want;

export const calls = [
  call('s3', 'PutObject, with the checksum that is the default', put('crc', () => 'object'), [allow('s3:PutObject', on('crc'))]),
  call('s3', 'PutObject, a stream', put('stream', parts, { ContentLength: large.length }), [allow('s3:PutObject', on('stream'))],
    { client: 'streams', change: { Resource: on('streams') } }),
  call('s3', 'PutObject, with a checksum of SHA-256', put('sha', () => 'object', { ChecksumAlgorithm: 'SHA256' }), [allow('s3:PutObject', on('sha'))]),
  call('s3', 'PutObject, encrypted', put('sse', () => 'object', { ServerSideEncryption: 'AES256' }),
    [allow('s3:PutObject', on('sse'), { StringEquals: { 's3:x-amz-server-side-encryption': 'AES256' } })],
    { change: { Condition: { StringEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } } } }),
  call('s3', 'GetObject', new GetObjectCommand(at('source')), [allow('s3:GetObject', on('source'))], { proof: text('object') }),
  call('s3', 'GetObject, what was a stream', new GetObjectCommand(at('stream')), [allow('s3:GetObject', on('stream'))], { proof: async (a) => (await text(large.toString())(a)) && (trailers === !!a.ChecksumCRC32) }),
  call('s3', 'GetObject, a range', new GetObjectCommand(at('source', { Range: 'bytes=1-2' })), [allow('s3:GetObject', on('source'))],
    { change: { Resource: on('second') }, proof: text('bj') }),
  call('s3', 'HeadObject', new HeadObjectCommand(at('source')), [allow('s3:GetObject', on('source'))],
    { sentence: false, denial: { name: 'Unknown' }, proof: (a) => a.ContentLength === 6 }),
  call('s3', 'GetObject of a key that is not there', new GetObjectCommand(at('nothing')), [allow('s3:GetObject', on('nothing')), allow('s3:ListBucket', bucket)],
    { raises: NoSuchKey }),
  call('s3', 'ListObjectsV2 of a bucket that is not there', new ListObjectsV2Command({ Bucket: 'nowhere' }), [allow('s3:ListBucket', 'arn:aws:s3:::nowhere')],
    { raises: NoSuchBucket }),
  call('s3', 'CopyObject, from another source', new CopyObjectCommand(at('copy', { CopySource: 'bucket/source' })),
    [allow('s3:GetObject', on('source')), allow('s3:PutObject', on('copy'))], { change: { Resource: on('copy') } }),
  call('s3', 'CopyObject, to another target', new CopyObjectCommand(at('copy', { CopySource: 'bucket/source' })),
    [allow('s3:GetObject', on('source')), allow('s3:PutObject', on('copy'))], { differs: 1, change: { Resource: on('source') } }),
  call('s3', 'ListObjectsV2, with a prefix', new ListObjectsV2Command({ Bucket: 'bucket', Prefix: 'home/' }),
    [allow('s3:ListBucket', bucket, { StringLike: { 's3:prefix': 'home/*' } })], { change: { Condition: { StringLike: { 's3:prefix': 'house/*' } } }, proof: (a) => a.KeyCount === 1 }),
  call('s3', 'ListBuckets', new ListBucketsCommand({}), [allow('s3:ListAllMyBuckets', '*')], { proof: (a) => a.Buckets.length === 1 }),
  call('s3', 'GetObject, presigned', fetched(new GetObjectCommand(at('source'))), [allow('s3:GetObject', on('source'))],
    { denial: { of: Error }, proof: (body) => body === 'object' }),
  call('s3', 'PutObject, presigned', fetched(new PutObjectCommand(at('presigned')), { method: 'PUT', body: 'object' }), [allow('s3:PutObject', on('presigned'))],
    { denial: { of: Error } }),
  call('s3', 'DeleteObjects, one of two', new DeleteObjectsCommand({ Bucket: 'bucket', Delete: { Objects: [{ Key: 'first' }, { Key: 'second' }] } }),
    [allow('s3:DeleteObject', on('first')), allow('s3:DeleteObject', on('second'))],
    { differs: 1, change: { Resource: on('third') }, denial: { inAnswer: (a) => a.Errors?.[0].Code }, proof: (a) => !a.Errors && a.Deleted.some((d) => d.Key === 'second') }),
  call('s3', 'DeleteObject', new DeleteObjectCommand(at('source')), [allow('s3:DeleteObject', on('source'))]),
  call('s3', 'CreateBucket', new CreateBucketCommand({ Bucket: 'third' }), [allow('s3:CreateBucket', 'arn:aws:s3:::third')]),
  call('s3', 'DeleteBucket', new DeleteBucketCommand({ Bucket: 'third' }), [allow('s3:DeleteBucket', 'arn:aws:s3:::third')], { change: { Resource: bucket } }),
];
