package sigv4

import (
	"net/http"
	"strings"
	"testing"
)

// benchmarkBody is of the size of an ordinary call.
var benchmarkBody = "Action=CreateUser&Version=2010-05-08&Path=%2Fdivision%2Fproduct%2F&UserName=" + strings.Repeat("alice", 15)

func BenchmarkVerify(b *testing.B) {
	form := http.Header{
		"Content-Type":          {"application/x-www-form-urlencoded"},
		"Amz-Sdk-Invocation-Id": {"6ad9eb3d-cb1c-4c3f-b7c9-5c9d3d6ef8a3"},
		"Amz-Sdk-Request":       {"attempt=1; max=3"},
	}
	for name, c := range map[string]call{
		"header":    {body: benchmarkBody, header: form},
		"token":     {body: benchmarkBody, header: form, token: strings.Repeat("FwoGZXIvYXdzEBYaDK", 20)},
		"presigned": {method: "GET", url: "http://127.0.0.1:4260/?Action=GetCallerIdentity&Version=2011-06-15", presign: true},
	} {
		r, body := c.signed(b)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := check(r, body, "iam"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
