package conformance_test

import (
	"crypto/sha1"
	"encoding/hex"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/server"
)

const oidcHead = "arn:aws:iam::000000000000:oidc-provider/"

// thumbs are n thumbprints.
func thumbs(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = strings.Repeat(string(rune('A'+i)), 40)
	}
	return list
}

// oidc makes a provider and returns its ARN.
func (w *world) oidc(url string, clients ...string) *string {
	w.t.Helper()
	return testkit.Must(w.CreateOpenIDConnectProvider(w.ctx, &iam.CreateOpenIDConnectProviderInput{
		Url: &url, ClientIDList: clients, ThumbprintList: thumbs(1),
	}))(w.t).OpenIDConnectProviderArn
}

func (w *world) getOIDC(arn *string) *iam.GetOpenIDConnectProviderOutput {
	w.t.Helper()
	return testkit.Must(w.GetOpenIDConnectProvider(w.ctx, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn}))(w.t)
}

func TestLifeOfAnOpenIDConnectProvider(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	out := testkit.Must(w.CreateOpenIDConnectProvider(w.ctx, &iam.CreateOpenIDConnectProviderInput{
		Url: aws.String("https://Idp.example.com:443/path/"), ClientIDList: []string{"z", "a", "z"}, ThumbprintList: thumbs(5),
		Tags: tags("k", "1", "K", "2"),
	}))(t)
	arn := out.OpenIDConnectProviderArn
	if *arn != oidcHead+"Idp.example.com/path/" || shown(out.Tags) != "k=1 K=2" {
		t.Errorf("created %s with tags %s", *arn, shown(out.Tags))
	}
	testkit.Must(w.AddClientIDToOpenIDConnectProvider(w.ctx,
		&iam.AddClientIDToOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, ClientID: aws.String("a")}))(t)
	testkit.Must(w.AddClientIDToOpenIDConnectProvider(w.ctx,
		&iam.AddClientIDToOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, ClientID: aws.String("m")}))(t)
	testkit.Must(w.RemoveClientIDFromOpenIDConnectProvider(w.ctx,
		&iam.RemoveClientIDFromOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, ClientID: aws.String("z")}))(t)
	testkit.Must(w.RemoveClientIDFromOpenIDConnectProvider(w.ctx,
		&iam.RemoveClientIDFromOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, ClientID: aws.String("none")}))(t)
	testkit.Must(w.UpdateOpenIDConnectProviderThumbprint(w.ctx,
		&iam.UpdateOpenIDConnectProviderThumbprintInput{OpenIDConnectProviderArn: arn, ThumbprintList: thumbs(2)}))(t)
	got := w.getOIDC(arn)
	if diff := cmp.Diff([]string{"a", "m"}, got.ClientIDList); diff != "" || *got.Url != "Idp.example.com/path/" || got.CreateDate == nil {
		t.Errorf("provider %s, client IDs (-want +got):\n%s", *got.Url, diff)
	}
	if diff := cmp.Diff([]string{strings.Repeat("a", 40), strings.Repeat("b", 40)}, got.ThumbprintList); diff != "" {
		t.Errorf("thumbprints (-want +got):\n%s", diff)
	}
	w.oidc("https://another.example.com")
	list := testkit.Must(w.ListOpenIDConnectProviders(w.ctx, nil))(t).OpenIDConnectProviderList
	if got := joined(list, func(e types.OpenIDConnectProviderListEntry) *string { return e.Arn }); got != *arn+" "+oidcHead+
		"another.example.com" {
		t.Errorf("list = %s", got)
	}
	testkit.Must(w.DeleteOpenIDConnectProvider(w.ctx, &iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn}))(t)
	testkit.WantError(t, testkit.Refused(w.DeleteOpenIDConnectProvider(w.ctx,
		&iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn})),
		"NoSuchEntity", "OpenId connect Provider "+*arn+" cannot be found.")
}

func TestRefusedOpenIDConnectProviders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.oidc("https://taken.example.com")
	for name, c := range map[string]struct {
		url        string
		thumbs     int
		code, text string
	}{
		"without a scheme": {"idp.example.com", 1, "ValidationError", "Invalid Open ID Connect Provider URL"},
		"without a host":   {"https:///path", 1, "ValidationError", "Invalid Open ID Connect Provider URL"},
		"not encrypted": {
			"http://idp.example.com", 1, "InvalidInput", "Invalid Open ID Connect Provider URL. The URL must begin with https://.",
		},
		"with a query":     {"https://idp.example.com/?q", 1, "InvalidInput", ""},
		"with a fragment":  {"https://idp.example.com/#f", 1, "InvalidInput", ""},
		"with a user":      {"https://u@idp.example.com", 1, "InvalidInput", ""},
		"with six of them": {"https://idp.example.com", 6, "InvalidInput", "Thumbprint list must contain fewer than 5 entries."},
		"there already": {
			"https://taken.example.com", 1, "EntityAlreadyExists", "Provider with url https://taken.example.com already exists.",
		},
		"there with its port": {
			"https://taken.example.com:443", 1, "EntityAlreadyExists", "Provider with url https://taken.example.com already exists.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			testkit.WantError(t, testkit.Refused(w.CreateOpenIDConnectProvider(w.ctx,
				&iam.CreateOpenIDConnectProviderInput{Url: &c.url, ThumbprintList: thumbs(c.thumbs)})), c.code, c.text)
		})
	}
}

func TestLimitsOfOpenIDConnectProviders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clients := make([]string, 100)
	for i := range clients {
		clients[i] = strconv.Itoa(i)
	}
	arn := w.oidc("https://full.example.com", clients...)
	testkit.WantError(t, testkit.Refused(w.AddClientIDToOpenIDConnectProvider(w.ctx,
		&iam.AddClientIDToOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, ClientID: aws.String("more")})),
		"LimitExceeded", "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100")
	testkit.WantError(t, testkit.Refused(w.CreateOpenIDConnectProvider(w.ctx, &iam.CreateOpenIDConnectProviderInput{
		Url: aws.String("https://fuller.example.com"), ThumbprintList: thumbs(1), ClientIDList: append(clients, "more"),
	})), "LimitExceeded", "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100")
	for i := range 99 {
		w.oidc("https://" + strconv.Itoa(i) + ".example.com")
	}
	testkit.WantError(t, testkit.Refused(w.CreateOpenIDConnectProvider(w.ctx,
		&iam.CreateOpenIDConnectProviderInput{Url: aws.String("https://more.example.com"), ThumbprintList: thumbs(1)})),
		"LimitExceeded", "Cannot exceed quota for OpenIdConnectProvidersPerAccount: 100")
	if n := testkit.Must(w.GetAccountSummary(w.ctx, nil))(t).SummaryMap["Providers"]; n != 100 {
		t.Errorf("the summary counts %d providers", n)
	}
}

// Without a thumbprint the host is asked only if the server was told to.
func TestThumbprintIsFetched(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var asked atomic.Bool
	host := httptest.NewUnstartedServer(http.NotFoundHandler())
	host.Config.ConnState = func(net.Conn, http.ConnState) { asked.Store(true) }
	host.StartTLS()
	defer host.Close()
	create := func() []string {
		arn := testkit.Must(w.CreateOpenIDConnectProvider(w.ctx,
			&iam.CreateOpenIDConnectProviderInput{Url: aws.String(host.URL + "/issuer")}))(t).OpenIDConnectProviderArn
		return w.getOIDC(arn).ThumbprintList
	}
	derived := create()
	if asked.Load() {
		t.Error("the host was asked")
	}
	srv := iamtest.Start(t, iamtest.WithServer(func(o *server.Options) { o.FetchThumbprints = true }))
	w = &world{Client: srv.IAM(), t: t, srv: srv, ctx: w.ctx}
	fetched := create()
	sum := sha1.Sum(host.Certificate().Raw)
	if diff := cmp.Diff([]string{hex.EncodeToString(sum[:])}, fetched); diff != "" || cmp.Equal(derived, fetched) {
		t.Errorf("derived %v; fetched (-want +got):\n%s", derived, diff)
	}
	host.Close()
	testkit.WantError(t, testkit.Refused(w.CreateOpenIDConnectProvider(w.ctx, &iam.CreateOpenIDConnectProviderInput{Url: &host.URL})),
		"OpenIdIdpCommunicationError", "Cannot connect to the OpenID Connect provider "+host.URL)
}

func TestMissingOpenIDConnectProvider(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	arn := aws.String(oidcHead + "none.example.com")
	text := "OpenIDConnect Provider not found for arn " + *arn
	for name, err := range map[string]error{
		"get": testkit.Refused(w.GetOpenIDConnectProvider(w.ctx, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn})),
		"add": testkit.Refused(w.AddClientIDToOpenIDConnectProvider(w.ctx,
			&iam.AddClientIDToOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, ClientID: aws.String("c")})),
		"remove": testkit.Refused(w.RemoveClientIDFromOpenIDConnectProvider(w.ctx,
			&iam.RemoveClientIDFromOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, ClientID: aws.String("c")})),
		"thumbs": testkit.Refused(w.UpdateOpenIDConnectProviderThumbprint(w.ctx,
			&iam.UpdateOpenIDConnectProviderThumbprintInput{OpenIDConnectProviderArn: arn, ThumbprintList: thumbs(1)})),
		"tag": testkit.Refused(w.TagOpenIDConnectProvider(w.ctx,
			&iam.TagOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, Tags: tags("k", "v")})),
		"untag": testkit.Refused(w.UntagOpenIDConnectProvider(w.ctx,
			&iam.UntagOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, TagKeys: []string{"k"}})),
		"tags": testkit.Refused(w.ListOpenIDConnectProviderTags(w.ctx,
			&iam.ListOpenIDConnectProviderTagsInput{OpenIDConnectProviderArn: arn})),
	} {
		t.Run(name, func(t *testing.T) { testkit.WantError(t, err, "NoSuchEntity", text) })
	}
	testkit.WantError(t, testkit.Refused(w.UpdateOpenIDConnectProviderThumbprint(w.ctx,
		&iam.UpdateOpenIDConnectProviderThumbprintInput{OpenIDConnectProviderArn: arn, ThumbprintList: thumbs(6)})),
		"InvalidInput", "Thumbprint list must contain fewer than 5 entries.")
}

func TestTagsOfAnOpenIDConnectProvider(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	arn := w.oidc("https://idp.example.com")
	testkit.Must(w.TagOpenIDConnectProvider(w.ctx,
		&iam.TagOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, Tags: tags("Team", "red", "team", "blue", "a", "1")}))(t)
	testkit.Must(w.UntagOpenIDConnectProvider(w.ctx,
		&iam.UntagOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, TagKeys: []string{"Team", "none"}}))(t)
	first := testkit.Must(w.ListOpenIDConnectProviderTags(w.ctx,
		&iam.ListOpenIDConnectProviderTagsInput{OpenIDConnectProviderArn: arn, MaxItems: aws.Int32(1)}))(t)
	next := testkit.Must(w.ListOpenIDConnectProviderTags(w.ctx,
		&iam.ListOpenIDConnectProviderTagsInput{OpenIDConnectProviderArn: arn, Marker: first.Marker}))(t)
	if got := shown(first.Tags) + "|" + shown(next.Tags); got != "a=1|team=blue" || !first.IsTruncated || next.IsTruncated {
		t.Errorf("pages = %s", got)
	}
	if got := shown(w.getOIDC(arn).Tags); got != "a=1 team=blue" {
		t.Errorf("tags = %s", got)
	}
	testkit.WantError(t, testkit.Refused(w.TagOpenIDConnectProvider(w.ctx,
		&iam.TagOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, Tags: tags("k", "1", "k", "2")})),
		"InvalidInput", "Duplicate tag keys found.")
}
