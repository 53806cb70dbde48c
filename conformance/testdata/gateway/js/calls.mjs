// Calls of S3 and DynamoDB through the gateway: each is denied once, with the client's
// own exception, and allowed once, by policies that differ in one respect. What an
// upstream refuses is raised as its own exception. The last line has the number of calls.
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import * as dynamodb from './dynamodb.mjs';
import * as s3 from './s3.mjs';
import { clients } from './world.mjs';

const root = clients('test', 'test');
await root.iam.send(new CreateUserCommand({ UserName: 'ana' }));
const { AccessKey } = await root.iam.send(new CreateAccessKeyCommand({ UserName: 'ana' }));
const ana = clients(AccessKey.AccessKeyId, AccessKey.SecretAccessKey);

const allowOnly = (Statement) =>
  root.iam.send(new PutUserPolicyCommand({ UserName: 'ana', PolicyName: 'own', PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }) }));

// wrongDenial says what is wrong with how the call is denied; "" if nothing is.
async function wrongDenial({ client, send, denial, sentence }) {
  let answer;
  try {
    answer = await send(ana[client]);
  } catch (e) {
    const right = !denial.inAnswer && e instanceof denial.of && e.name === denial.name && e.$metadata.httpStatusCode === denial.status;
    const said = !sentence || e.message.includes('is not authorized to perform');
    return right && said ? '' : `is denied as ${e.constructor.name} ${e.name} ${e.$metadata?.httpStatusCode}: ${e.message}`;
  }
  if (!denial.inAnswer) return 'is allowed';
  const code = denial.inAnswer(answer);
  return code === denial.name ? '' : `has ${code} in its answer`;
}

async function wrongAnswer({ client, send, proof, raises }) {
  try {
    const answer = await send(ana[client]);
    return !raises && (await proof(answer)) ? '' : 'is answered wrongly';
  } catch (e) {
    return raises && e instanceof raises ? '' : `raises ${e.constructor.name} ${e.name}: ${e.message}`;
  }
}

await s3.setUp(root);
await dynamodb.setUp(root);
const calls = [...s3.calls, ...dynamodb.calls];
let wrong = 0;
for (const c of calls) {
  await allowOnly(c.lacking);
  const denied = await wrongDenial(c);
  await allowOnly(c.needs);
  const allowed = await wrongAnswer(c);
  for (const [what, fault] of [['lacking', denied], ['needs', allowed]]) {
    if (fault) console.log(`${c.service} ${c.name} with ${JSON.stringify(c[what])} ${fault}`);
    wrong += fault ? 1 : 0;
  }
}
console.log(`${calls.length} calls, each denied and allowed; ${wrong} wrong`);
process.exit(wrong ? 1 : 0);
