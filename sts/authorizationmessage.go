package sts

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/authz"
)

// maxMessage bounds what a decoded message may hold, in bytes.
const maxMessage = 1 << 20

// EncodeAuthorizationMessage makes the string that services such as EC2 put after "Encoded
// authorization failure message:", for a caller of the account. DecodeAuthorizationMessage decodes
// it.
func (s *Service) EncodeAuthorizationMessage(ctx context.Context, account string, message []byte) (string, error) {
	aead, err := s.messageSealer(ctx, account)
	if err != nil {
		return "", err
	}
	var small bytes.Buffer
	w, err := flate.NewWriter(&small, flate.BestCompression)
	if err != nil {
		return "", fmt.Errorf("sts: authorization message: %w", err)
	}
	if _, err := w.Write(message); err != nil {
		return "", fmt.Errorf("sts: authorization message: %w", err)
	}
	if err := w.Close(); err != nil {
		return "", fmt.Errorf("sts: authorization message: %w", err)
	}
	nonce := make([]byte, aead.NonceSize())
	if _, err := io.ReadFull(s.random, nonce); err != nil {
		return "", fmt.Errorf("sts: authorization message: %w", err)
	}
	return messageText.EncodeToString(aead.Seal(nonce, nonce, small.Bytes(), []byte(account))), nil
}

// messageText is how messages are spelled: characters of URLs, as AWS's have.
var messageText = base64.RawURLEncoding.Strict()

// DecodeAuthorizationMessage says why another service denied a call of the
// account: it turns the encoded message back into JSON.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
//
// IAM and STS give no such messages. Emulators of other services get them from
// POST /_understudy/authorize. They do not expire.
func (s *Service) DecodeAuthorizationMessage(ctx context.Context,
	in *sts.DecodeAuthorizationMessageInput) (*sts.DecodeAuthorizationMessageOutput, error) {
	account := caller(ctx).AccountID
	aead, err := s.messageSealer(ctx, account)
	if err != nil {
		return nil, err
	}
	raw, err := messageText.DecodeString(aws.ToString(in.EncodedMessage))
	if err != nil || len(raw) < aead.NonceSize() {
		return nil, invalidMessage()
	}
	small, err := aead.Open(nil, raw[:aead.NonceSize()], raw[aead.NonceSize():], []byte(account))
	if err != nil {
		return nil, invalidMessage()
	}
	message, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(small)), maxMessage))
	if err != nil {
		return nil, invalidMessage()
	}
	return &sts.DecodeAuthorizationMessageOutput{DecodedMessage: aws.String(string(message))}, nil
}

func decodeAuthorizationMessageRule() authz.Rule {
	return authz.For(func(*authz.Query, *sts.DecodeAuthorizationMessageInput) ([]authz.Need, error) {
		return []authz.Need{{Action: "sts:DecodeAuthorizationMessage", Resource: "*"}}, nil
	})
}

// messageSealer returns the sealer of the account's messages, whose key seals nothing else.
func (s *Service) messageSealer(ctx context.Context, account string) (cipher.AEAD, error) {
	key, err := s.accounts.open(ctx, account)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(derive(key, "authorization message"))
	if err != nil {
		return nil, fmt.Errorf("sts: %w", err)
	}
	return cipher.NewGCM(block)
}
