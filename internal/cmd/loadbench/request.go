package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

var root = aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}

// sign returns the bytes of a signed HTTP/1.1 POST request.
func sign(addr string, key aws.Credentials, service string, form url.Values) []byte {
	body := form.Encode()
	r, err := http.NewRequest(http.MethodPost, "http://"+addr+"/", strings.NewReader(body))
	if err != nil {
		panic(err) // the address is ours
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	sum := sha256.Sum256([]byte(body))
	err = v4.NewSigner().SignHTTP(context.Background(), key, r, hex.EncodeToString(sum[:]), service, "us-east-1", time.Now())
	if err != nil {
		panic(err) // the request is ours
	}
	var raw bytes.Buffer
	if err := r.Write(&raw); err != nil {
		panic(err) // writing to a buffer never fails
	}
	return raw.Bytes()
}

func action(service, name string, pairs ...string) url.Values {
	form := url.Values{"Action": {name}, "Version": {map[string]string{"iam": "2010-05-08", "sts": "2011-06-15"}[service]}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

const (
	benchUser = "bench"
	benchRole = "bench"
	allow     = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["dynamodb:*","iam:Get*","iam:List*","s3:*","sts:*"],"Resource":"*"}]}`
	trust     = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/bench"},"Action":"sts:AssumeRole"}]}`
)

func getCallerIdentity() url.Values { return action("sts", "GetCallerIdentity") }
func getUser() url.Values           { return action("iam", "GetUser", "UserName", benchUser) }
func createUser(name string) url.Values {
	return action("iam", "CreateUser", "UserName", name)
}

func assumeRole() url.Values {
	return action("sts", "AssumeRole", "RoleArn", "arn:aws:iam::000000000000:role/"+benchRole, "RoleSessionName", "bench")
}

// signedAhead is the number of creating requests that are signed before a load:
// more than it can send.
const signedAhead = 120_000

// creating returns requests that each create another user, signed in advance so
// that signing is not part of the load.
func (b *bench) creating(addr, prefix string) func(int) []byte {
	return b.creatingAhead(addr, prefix, signedAhead)
}

// creatingAhead is creating with another number of requests that are signed in advance.
func (b *bench) creatingAhead(addr, prefix string, ahead int) func(int) []byte {
	list := make([][]byte, ahead)
	for i := range list {
		list[i] = sign(addr, root, "iam", createUser(fmt.Sprintf("%s-%06d", prefix, i)))
	}
	return func(i int) []byte {
		if i >= len(list) {
			return sign(addr, root, "iam", createUser(prefix+"-late-"+strconv.Itoa(i)))
		}
		return list[i]
	}
}
