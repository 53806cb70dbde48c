package gosdk_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/understudy-iam/understudy/internal/testkit"
)

const (
	account = "000000000000"
	bucket  = "arn:aws:s3:::bucket"
	orders  = "arn:aws:dynamodb:us-east-1:" + account + ":table/orders"
	queue   = "arn:aws:sqs:us-east-1:" + account + ":queue"
	topic   = "arn:aws:sns:us-east-1:" + account + ":topic"
)

var key = map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "1"}}

func object(key string) *s3.GetObjectInput {
	return &s3.GetObjectInput{Bucket: aws.String("bucket"), Key: &key}
}

// setUp makes what the calls are about.
func setUp(t *testing.T, root *clients) {
	t.Helper()
	ctx := context.Background()
	testkit.Must(root.s3.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("bucket")}))(t)
	testkit.Must(root.s3.PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String("bucket"), Key: aws.String("k"), Body: strings.NewReader("object"),
	}))(t)
	testkit.Must(root.db.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: aws.String("orders"), BillingMode: types.BillingModePayPerRequest,
		KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS},
		}}))(t)
	testkit.Must(root.sqs.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String("queue")}))(t)
	testkit.Must(root.sns.CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String("topic")}))(t)
}

// objects are calls of S3.
func objects() []call {
	denied := coded("AccessDenied")
	return []call{
		{"PutObject", "s3:PutObject", bucket + "/large", func(ctx context.Context, c *clients) error {
			_, err := c.s3.PutObject(ctx, &s3.PutObjectInput{
				Bucket: aws.String("bucket"), Key: aws.String("large"), Body: bytes.NewReader(make([]byte, 300_000)),
			})
			return err
		}, denied, nil},
		{"GetObject", "s3:GetObject", bucket + "/large", func(ctx context.Context, c *clients) error {
			out, err := c.s3.GetObject(ctx, object("large"))
			if err != nil {
				return err
			}
			defer out.Body.Close()
			if n, err := io.Copy(io.Discard, out.Body); n != 300_000 {
				return fmt.Errorf("%d bytes, %w", n, err)
			}
			return nil
		}, denied, nil},
		{"GetObject of a key that is not there", "s3:GetObject", bucket + "/nothing", func(ctx context.Context, c *clients) error {
			_, err := c.s3.GetObject(ctx, object("nothing"))
			return err
		}, denied, is[*s3types.NoSuchKey]()},
		{"HeadObject", "s3:GetObject", bucket + "/k", func(ctx context.Context, c *clients) error {
			_, err := c.s3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: aws.String("bucket"), Key: aws.String("k")})
			return err
		}, coded("Forbidden"), nil},
		{"ListObjectsV2 of a bucket that is not there", "s3:ListBucket", "arn:aws:s3:::nowhere",
			func(ctx context.Context, c *clients) error {
				_, err := c.s3.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String("nowhere")})
				return err
			}, denied, is[*s3types.NoSuchBucket]()},
	}
}

// items are calls of DynamoDB.
func items() []call {
	denied := coded("AccessDeniedException")
	put := func(condition *string) func(context.Context, *clients) error {
		return func(ctx context.Context, c *clients) error {
			_, err := c.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("orders"), Item: key, ConditionExpression: condition})
			return err
		}
	}
	get := func(table string) func(context.Context, *clients) error {
		return func(ctx context.Context, c *clients) error {
			_, err := c.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: &table, Key: key})
			return err
		}
	}
	absent := aws.String("attribute_not_exists(id)")
	return []call{
		{"PutItem", "dynamodb:PutItem", orders, put(nil), denied, nil},
		{"GetItem", "dynamodb:GetItem", orders, get("orders"), denied, nil},
		{"PutItem of an item that is there", "dynamodb:PutItem", orders, put(absent), denied, is[*types.ConditionalCheckFailedException]()},
		{"GetItem of a table that is not there", "dynamodb:GetItem", strings.Replace(orders, "orders", "nothing", 1),
			get("nothing"), denied,
			is[*types.ResourceNotFoundException]()},
		{"TransactWriteItems that is cancelled", "dynamodb:PutItem", orders, func(ctx context.Context, c *clients) error {
			_, err := c.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
				{Put: &types.Put{TableName: aws.String("orders"), Item: key, ConditionExpression: absent}}}})
			return err
		}, denied, is[*types.TransactionCanceledException]()},
	}
}

// messages are calls of SQS and SNS.
func messages() []call {
	denied := coded("AccessDenied")
	send := func(name string) func(context.Context, *clients) error {
		return func(ctx context.Context, c *clients) error {
			at := "https://sqs.us-east-1.amazonaws.com/" + account + "/" + name // the client calls its endpoint
			_, err := c.sqs.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &at, MessageBody: aws.String("m")})
			return err
		}
	}
	return []call{
		{"SendMessage", "sqs:SendMessage", queue, send("queue"), denied, nil},
		{"SendMessage to a queue that is not there", "sqs:SendMessage", queue + "2", send("queue2"), denied,
			is[*sqstypes.QueueDoesNotExist]()},
		{"Publish", "sns:Publish", topic, func(ctx context.Context, c *clients) error {
			_, err := c.sns.Publish(ctx, &sns.PublishInput{TopicArn: aws.String(topic), Message: aws.String("m")})
			return err
		}, is[*snstypes.AuthorizationErrorException](), nil},
		{"GetTopicAttributes of a topic that is not there", "sns:GetTopicAttributes", topic + "2",
			func(ctx context.Context, c *clients) error {
				_, err := c.sns.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: aws.String(topic + "2")})
				return err
			}, is[*snstypes.AuthorizationErrorException](), is[*snstypes.NotFoundException]()},
	}
}
