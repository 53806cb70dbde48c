// Calls of DynamoDB.
import {
  BatchGetItemCommand, BatchWriteItemCommand, ConditionalCheckFailedException, CreateTableCommand, DeleteItemCommand, DeleteTableCommand, DescribeTableCommand,
  GetItemCommand, ListTablesCommand, PutItemCommand, QueryCommand, ResourceInUseException, ResourceNotFoundException, ScanCommand, TagResourceCommand, UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { allow, call } from './world.mjs';

const table = (name) => `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`;
const orders = table('orders');
const key = { id: { S: '1' } };
const at = { TableName: 'orders', Key: key };
const item = { id: { S: '1' }, n: { S: 'n' } };
const leading = (...values) => ({ 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': values } });

const schema = (TableName) => ({
  TableName, BillingMode: 'PAY_PER_REQUEST', KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }], AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
});

export async function setUp({ dynamodb }) {
  for (const name of ['orders', 'second']) await dynamodb.send(new CreateTableCommand(schema(name)));
  for (const name of ['orders', 'second']) await active(dynamodb, name);
}

// active asks until the table can be used.
async function active(dynamodb, name) {
  for (;;) {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: name }));
    if (Table.TableStatus === 'ACTIVE') return;
  }
}

const one = (command, name, action, input, more) => call('dynamodb', name, new command(input), [allow(`dynamodb:${action}`, orders, more?.condition)], more);
const query = { TableName: 'orders', KeyConditionExpression: 'id = :i', ExpressionAttributeValues: { ':i': { S: '1' } } };

export const calls = [
  one(PutItemCommand, 'PutItem', 'PutItem', { TableName: 'orders', Item: item }),
  one(GetItemCommand, 'GetItem', 'GetItem', at, { proof: (a) => a.Item.n.S === 'n' }),
  one(GetItemCommand, 'GetItem of another table', 'GetItem', at, { change: { Resource: table('second') } }),
  one(GetItemCommand, 'GetItem with a leading key', 'GetItem', at, { condition: leading('1'), change: { Condition: leading('2') } }),
  one(QueryCommand, 'Query', 'Query', query, { proof: (a) => a.Count === 1 }),
  one(QueryCommand, 'Query with a leading key', 'Query', query, { condition: leading('1'), change: { Condition: leading('2') } }),
  one(ScanCommand, 'Scan', 'Scan', { TableName: 'orders' }),
  one(UpdateItemCommand, 'UpdateItem', 'UpdateItem', { ...at, UpdateExpression: 'SET n = :n', ExpressionAttributeValues: { ':n': { S: 'm' } } }),
  one(PutItemCommand, 'PutItem on a condition that fails', 'PutItem', { TableName: 'orders', Item: item, ConditionExpression: 'attribute_not_exists(id)' },
    { raises: ConditionalCheckFailedException }),
  call('dynamodb', 'GetItem of a table that is not there', new GetItemCommand({ ...at, TableName: 'nothing' }), [allow('dynamodb:GetItem', table('nothing'))],
    { raises: ResourceNotFoundException }),
  call('dynamodb', 'BatchGetItem of two tables', new BatchGetItemCommand({ RequestItems: { orders: { Keys: [key] }, second: { Keys: [key] } } }),
    [allow('dynamodb:BatchGetItem', orders), allow('dynamodb:BatchGetItem', table('second'))], { differs: 1, change: { Resource: orders } }),
  call('dynamodb', 'BatchWriteItem', new BatchWriteItemCommand({ RequestItems: { orders: [{ PutRequest: { Item: item } }], second: [{ DeleteRequest: { Key: key } }] } }),
    [allow('dynamodb:BatchWriteItem', orders), allow('dynamodb:BatchWriteItem', table('second'))], { change: { Resource: table('second') } }),
  one(DeleteItemCommand, 'DeleteItem', 'DeleteItem', at),
  one(DescribeTableCommand, 'DescribeTable', 'DescribeTable', { TableName: 'orders' }, { proof: (a) => a.Table.TableName === 'orders' }),
  one(CreateTableCommand, 'CreateTable that is there', 'CreateTable', schema('orders'), { raises: ResourceInUseException }),
  one(TagResourceCommand, 'TagResource', 'TagResource', { ResourceArn: orders, Tags: [{ Key: 'a', Value: 'b' }] },
    { condition: { StringEquals: { 'aws:RequestTag/a': 'b' } }, change: { Condition: { StringEquals: { 'aws:RequestTag/a': 'c' } } } }),
  call('dynamodb', 'ListTables', new ListTablesCommand({}), [allow('dynamodb:ListTables', '*')], { proof: (a) => a.TableNames.length === 2 }),
  call('dynamodb', 'DeleteTable', new DeleteTableCommand({ TableName: 'second' }), [allow('dynamodb:DeleteTable', table('second'))]),
];
