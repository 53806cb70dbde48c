"""Calls of DynamoDB and of its streams."""
from world import Denial, arn, caller, need

call = caller("dynamodb")
TABLE, SECOND = arn("dynamodb", "table/orders"), arn("dynamodb", "table/second")
INDEX = TABLE + "/index/by-sort"
ITEM = {"id": {"S": "1"}, "sort": {"S": "a"}}
KEY = {"id": {"S": "1"}}
AT = dict(TableName="orders", Key=KEY)
VALUES = {":i": {"S": "1"}}


def schema(name):
    return dict(
        TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "sort", "AttributeType": "S"}],
        GlobalSecondaryIndexes=[{"IndexName": "by-sort", "KeySchema": [{"AttributeName": "sort", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}])


def calls(root):
    db = root["dynamodb"]
    db.create_table(**schema("orders"), StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
    db.create_table(**schema("second"))
    for table in ("orders", "second"):
        db.put_item(TableName=table, Item=ITEM)
    return [*items(), *conditions(), *searches(), *batches(), *transactions(), *partiql(), *tables(), *backups(db), *streams(root)]


def items():
    return [
        call("put_item", dict(TableName="orders", Item=ITEM), need("dynamodb:PutItem", TABLE)),
        call("get_item", AT, need("dynamodb:GetItem", TABLE), proof=lambda a: a["Item"] == ITEM),
        call("get_item", {**AT, "TableName": TABLE}, need("dynamodb:GetItem", TABLE), label="by the table's ARN", change={"Resource": SECOND}),
        call("update_item", dict(UpdateExpression="SET n = :n", ExpressionAttributeValues={":n": {"S": "n"}}, **AT), need("dynamodb:UpdateItem", TABLE)),
        call("delete_item", AT, need("dynamodb:DeleteItem", TABLE)),
        call("put_item", dict(TableName="orders", Item=ITEM), need("dynamodb:PutItem", TABLE), label="into another table", change={"Resource": SECOND}),
    ]


def conditions():
    def keyed(method, action, arguments, key, want, other, operator="ForAllValues:StringEquals"):
        return call(method, arguments, need("dynamodb:" + action, TABLE, {operator: {key: want}}), label=f"with {key}", change={"Condition": {operator: {key: other}}})

    leading, attributes = "dynamodb:LeadingKeys", "dynamodb:Attributes"
    query = dict(TableName="orders", KeyConditionExpression="id = :i", ExpressionAttributeValues=VALUES)
    some = dict(ProjectionExpression="#s", ExpressionAttributeNames={"#s": "sort"})
    return [
        keyed("get_item", "GetItem", AT, leading, ["1"], ["2"]),
        keyed("put_item", "PutItem", dict(TableName="orders", Item=ITEM), leading, ["1"], ["2"]),
        keyed("query", "Query", query, leading, ["1"], ["2"]),
        keyed("batch_get_item", "BatchGetItem", dict(RequestItems={"orders": {"Keys": [KEY, {"id": {"S": "2"}}]}}), leading, ["1", "2"], ["1"]),
        keyed("transact_write_items", "DeleteItem", dict(TransactItems=[{"Delete": {"TableName": "orders", "Key": {"id": {"S": "9"}}}}]), leading, ["9"], ["1"]),
        keyed("get_item", "GetItem", {**AT, **some}, attributes, ["id", "sort"], ["id"]),
        keyed("get_item", "GetItem", {**AT, **some}, "dynamodb:Select", "SPECIFIC_ATTRIBUTES", "ALL_ATTRIBUTES", "StringEquals"),
        keyed("update_item", "UpdateItem", dict(UpdateExpression="SET n = :n", ExpressionAttributeValues={":n": {"S": "n"}}, ReturnValues="UPDATED_NEW", **AT),
              "dynamodb:ReturnValues", ["UPDATED_NEW"], ["NONE"], "StringEquals"),
    ]


def searches():
    query = dict(TableName="orders", KeyConditionExpression="id = :i", ExpressionAttributeValues=VALUES)
    by_sort = dict(TableName="orders", IndexName="by-sort", KeyConditionExpression="sort = :s", ExpressionAttributeValues={":s": {"S": "a"}})
    return [
        call("query", query, need("dynamodb:Query", TABLE), proof=lambda a: a["Count"] == 1),
        call("query", by_sort, need("dynamodb:Query", INDEX), label="of an index", change={"Resource": TABLE}, proof=lambda a: a["Count"] == 1),
        call("scan", dict(TableName="orders"), need("dynamodb:Scan", TABLE)),
        call("scan", dict(TableName="orders", IndexName="by-sort"), need("dynamodb:Scan", INDEX), label="of an index", change={"Resource": TABLE}),
    ]


def batches():
    keys, put = {"Keys": [KEY]}, [{"PutRequest": {"Item": ITEM}}]
    return [
        call("batch_get_item", dict(RequestItems={"orders": keys}), need("dynamodb:BatchGetItem", TABLE)),
        call("batch_get_item", dict(RequestItems={"orders": keys, "second": keys}), need("dynamodb:BatchGetItem", TABLE), need("dynamodb:BatchGetItem", SECOND),
             label="of two tables", differs=1, change={"Resource": TABLE}, proof=lambda a: len(a["Responses"]) == 2),
        call("batch_write_item", dict(RequestItems={"orders": put}), need("dynamodb:BatchWriteItem", TABLE)),
        call("batch_write_item", dict(RequestItems={"orders": put, "second": [{"DeleteRequest": {"Key": {"id": {"S": "7"}}}}]}),
             need("dynamodb:BatchWriteItem", TABLE), need("dynamodb:BatchWriteItem", SECOND), label="of two tables", change={"Resource": SECOND}),
    ]


def transactions():
    """Each item of a transaction needs its own action."""
    set_n = dict(UpdateExpression="SET n = :n", ExpressionAttributeValues={":n": {"S": "n"}})
    write = dict(TransactItems=[
        {"Put": {"TableName": "orders", "Item": {"id": {"S": "3"}}}},
        {"Update": {"TableName": "second", "Key": {"id": {"S": "4"}}, **set_n}},
        {"Delete": {"TableName": "orders", "Key": {"id": {"S": "5"}}}},
        {"ConditionCheck": {"TableName": "second", "Key": KEY, "ConditionExpression": "attribute_exists(id)"}},
    ])
    needs = [need("dynamodb:PutItem", TABLE), need("dynamodb:UpdateItem", SECOND), need("dynamodb:DeleteItem", TABLE), need("dynamodb:ConditionCheckItem", SECOND)]
    get = dict(TransactItems=[{"Get": {"TableName": "orders", "Key": KEY}}, {"Get": {"TableName": "second", "Key": KEY}}])
    return [
        *(call("transact_write_items", write, *needs, label=f"without {n['Action']}", differs=i) for i, n in enumerate(needs)),
        call("transact_get_items", get, need("dynamodb:GetItem", TABLE), need("dynamodb:GetItem", SECOND), differs=1, change={"Resource": TABLE},
             proof=lambda a: len(a["Responses"]) == 2),
    ]


def partiql():
    def statement(text, action, **more):
        return call("execute_statement", dict(Statement=text), need("dynamodb:" + action, TABLE), label=action, **more)

    select = "SELECT * FROM orders WHERE id = '1'"
    insert = "INSERT INTO \"orders\" VALUE {'id': '8'}"
    failed = Denial("AccessDenied", 200, in_answer=lambda a: a["Responses"][1].get("Error", {}).get("Code"))
    second = select.replace("orders", "second")
    return [
        statement(select, "PartiQLSelect", change={"Action": "dynamodb:GetItem"}, proof=lambda a: len(a["Items"]) == 1),
        statement(insert, "PartiQLInsert", change={"Action": "dynamodb:PutItem"}),
        statement("UPDATE \"orders\" SET n = 'n' WHERE id = '8'", "PartiQLUpdate", change={"Action": "dynamodb:UpdateItem"}),
        statement("DELETE FROM \"orders\" WHERE id = '8'", "PartiQLDelete", change={"Action": "dynamodb:DeleteItem"}),
        call("batch_execute_statement", dict(Statements=[{"Statement": select}, {"Statement": second}]), need("dynamodb:PartiQLSelect", TABLE), need("dynamodb:PartiQLSelect", SECOND),
             label="one of two", differs=1, change={"Resource": TABLE}, denial=failed, proof=lambda a: "Error" not in a["Responses"][1]),
        call("execute_transaction", dict(TransactStatements=[{"Statement": "INSERT INTO \"second\" VALUE {'id': '10'}"}]), need("dynamodb:PartiQLInsert", SECOND), change={"Resource": TABLE}),
    ]


def tables():
    third, tags = arn("dynamodb", "table/third"), [{"Key": "a", "Value": "b"}]
    ttl = {"Enabled": True, "AttributeName": "ttl"}
    return [
        call("create_table", schema("third"), need("dynamodb:CreateTable", third), change={"Resource": TABLE}),
        call("create_table", dict(Tags=tags, **schema("fourth")), need("dynamodb:CreateTable", arn("dynamodb", "table/fourth")), need("dynamodb:TagResource", arn("dynamodb", "table/fourth")),
             label="with tags", differs=1),
        call("create_table", dict(Tags=tags, **schema("fifth")), need("dynamodb:CreateTable", "*", {"StringEquals": {"aws:RequestTag/a": "b"}}), need("dynamodb:TagResource", "*"),
             label="with the tag of a condition", change={"Condition": {"StringEquals": {"aws:RequestTag/a": "c"}}}),
        call("describe_table", dict(TableName="third"), need("dynamodb:DescribeTable", third)),
        call("list_tables", dict(), need("dynamodb:ListTables", "*"), proof=lambda a: "third" in a["TableNames"]),
        call("update_table", dict(TableName="third", BillingMode="PROVISIONED", ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}), need("dynamodb:UpdateTable", third)),
        call("update_time_to_live", dict(TableName="third", TimeToLiveSpecification=ttl), need("dynamodb:UpdateTimeToLive", third)),
        call("describe_time_to_live", dict(TableName="third"), need("dynamodb:DescribeTimeToLive", third)),
        call("tag_resource", dict(ResourceArn=third, Tags=tags), need("dynamodb:TagResource", third)),
        call("list_tags_of_resource", dict(ResourceArn=third), need("dynamodb:ListTagsOfResource", third)),
        call("untag_resource", dict(ResourceArn=third, TagKeys=["a"]), need("dynamodb:UntagResource", third, {"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}),
             change={"Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["b"]}}}),
        call("delete_table", dict(TableName="third"), need("dynamodb:DeleteTable", third)),
    ]


def backups(db):
    backup = db.create_backup(TableName="orders", BackupName="first")["BackupDetails"]["BackupArn"]
    fills = [f"dynamodb:{a}Item" for a in ("BatchWrite", "Delete", "Get", "Put", "Update")] + ["dynamodb:Query", "dynamodb:Scan"]
    restored = arn("dynamodb", "table/restored")
    recovery = {"PointInTimeRecoveryEnabled": True}
    return [
        call("create_backup", dict(TableName="orders", BackupName="second"), need("dynamodb:CreateBackup", TABLE)),
        call("describe_backup", dict(BackupArn=backup), need("dynamodb:DescribeBackup", backup), change={"Resource": TABLE}),
        call("list_backups", dict(), need("dynamodb:ListBackups", "*")),
        call("restore_table_from_backup", dict(BackupArn=backup, TargetTableName="restored"), need("dynamodb:RestoreTableFromBackup", [backup, restored]), need(fills, restored),
             differs=1, change={"Action": fills[1:]}),
        call("delete_backup", dict(BackupArn=backup), need("dynamodb:DeleteBackup", backup)),
        call("update_continuous_backups", dict(TableName="orders", PointInTimeRecoverySpecification=recovery), need("dynamodb:UpdateContinuousBackups", TABLE)),
        call("describe_continuous_backups", dict(TableName="orders"), need("dynamodb:DescribeContinuousBackups", TABLE)),
    ]


def streams(root):
    stream = root["dynamodb"].describe_table(TableName="orders")["Table"]["LatestStreamArn"]
    shard = root["dynamodbstreams"].describe_stream(StreamArn=stream)["StreamDescription"]["Shards"][0]["ShardId"]
    at = dict(StreamArn=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    return [
        call("list_streams", dict(), need("dynamodb:ListStreams", "*"), of="dynamodbstreams"),
        call("describe_stream", dict(StreamArn=stream), need("dynamodb:DescribeStream", stream), change={"Resource": TABLE}, of="dynamodbstreams"),
        call("get_shard_iterator", at, need("dynamodb:GetShardIterator", stream), of="dynamodbstreams"),
        call("get_records", lambda: dict(ShardIterator=root["dynamodbstreams"].get_shard_iterator(**at)["ShardIterator"]), need("dynamodb:GetRecords", stream), of="dynamodbstreams"),
    ]
