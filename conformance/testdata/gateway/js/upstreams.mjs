// Starts dynalite and s3rver on free ports, and prints their URLs as one line of JSON.
// They end with the process.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dynalite from 'dynalite';
import S3rver from 's3rver';

const address = '127.0.0.1';
const tables = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
await new Promise((listens) => tables.listen(0, address, listens));
const buckets = new S3rver({ address, port: 0, silent: true, directory: mkdtempSync(join(tmpdir(), 's3rver-')) });
const at = await buckets.run();
console.log(JSON.stringify({ dynamodb: `http://${address}:${tables.address().port}`, s3: `http://${address}:${at.port}` }));
