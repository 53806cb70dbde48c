package sigv4

import (
	"net/http"
	"slices"
	"strings"
)

// Suspect is a secret access key that a client may have signed with by mistake.
type Suspect struct {
	Name   string // such as "the default secret"
	Secret string
}

// A Change is one way in which the request that the client signed may differ from the one that the
// server has.
type Change struct {
	// Sentence describes the change, such as "it was signed with the default secret".
	Sentence string

	signature *Signature
	secret    string
	payload   string
	form      form
}

// maxChanges is how many changes are tried for one request.
const maxChanges = 400

// Diagnose looks for the single change with which a wrong signature would match: another secret,
// another spelling of the path or the query, another host, a header that was changed on the way, a
// body that was left out. payload is what is signed for the body. It returns the sentence of the
// change, "" if none matches.
//
// It reveals whose secret made a signature, so show its result only to those who may know all
// secrets.
func (s *Signature) Diagnose(secret, payload string, suspects []Suspect) string {
	x := scratches.Get().(*scratch)
	defer x.release()
	base := Change{signature: s, secret: secret, payload: payload}
	tried := 0
	for _, list := range [...]func(Change, []Suspect) []Change{secretChanges, payloadChanges, hostChanges, targetChanges, headerChanges} {
		for _, c := range list(base, suspects) {
			if tried++; tried > maxChanges {
				return ""
			}
			canonical, ok := x.canonical(c.signature, c.form, []byte(c.payload))
			if ok && c.signature.matches(c.secret, x.stringToSign(c.signature, canonical)) {
				return shorten(c.Sentence)
			}
		}
	}
	return ""
}

// with returns the change of the request.
func (c Change) with(sentence string, change func(*http.Request)) Change {
	c.Sentence, c.signature = sentence, c.signature.of(change)
	return c
}

func secretChanges(c Change, suspects []Suspect) (list []Change) {
	add := func(name, secret string) {
		one := c
		one.Sentence, one.secret = "it was signed with "+name, secret
		list = append(list, one)
		one.form = form{withoutPort: true}
		list = append(list, one)
	}
	for _, s := range suspects {
		add(s.Name, s.Secret)
	}
	add("the secret with a line feed after it", c.secret+"\n")
	add("the secret with a space after it", c.secret+" ")
	add("the secret with a space before it", " "+c.secret)
	add("the secret in quotation marks", `"`+c.secret+`"`)
	add("an empty secret", "")
	return list
}

func payloadChanges(c Change, _ []Suspect) (list []Change) {
	add := func(sentence, payload string) {
		if payload == c.payload || payload == "" {
			return
		}
		one := c
		one.Sentence, one.payload = sentence, payload
		list = append(list, one)
		one.form = form{withoutPort: true}
		list = append(list, one)
	}
	add("the hash of an empty body was signed, not that of the body", HashPayload(nil))
	add("UNSIGNED-PAYLOAD was signed, not the hash of the body", UnsignedPayload)
	add("the hash in X-Amz-Content-Sha256 was signed, but the body has another hash: it was changed after signing",
		c.signature.request.Header.Get(payloadHeader))
	return list
}

// maxForwarded is how many hosts of a header are tried.
const maxForwarded = 8

// forwardedHosts are the headers in which proxies say which host was asked for.
var forwardedHosts = []string{"X-Forwarded-Host", "X-Original-Host", "X-Forwarded-Server"}

func hostChanges(c Change, _ []Suspect) (list []Change) {
	r := c.signature.request
	name, port, hasPort := splitPort(r.Host)
	add := func(host, why string) {
		if host == "" || host == r.Host || hasPort && host == name || len(list) >= maxChanges {
			return
		}
		list = append(list, c.with("the host "+host+" was signed, and "+r.Host+" was sent"+why,
			func(r *http.Request) { r.Host = host }))
	}
	for _, header := range forwardedHosts {
		for _, host := range strings.SplitN(r.Header.Get(header), ",", maxForwarded) {
			add(strings.TrimSpace(host), ": a proxy rewrote it, as "+header+" says; let the proxy keep the Host header")
		}
	}
	ports := []string{"80", "443", "4260"}
	if hasPort {
		ports = append(ports, port)
	}
	for _, local := range []string{name, "localhost", "127.0.0.1", "[::1]", "host.docker.internal"} {
		add(local, "")
		for _, p := range ports {
			add(local+":"+p, "")
		}
	}
	service, region := c.signature.Service, c.signature.Region
	for _, host := range []string{service + ".amazonaws.com", service + "." + region + ".amazonaws.com"} {
		add(host, ", as AWS's endpoint has it: a proxy rewrote it; let the proxy keep the Host header")
	}
	return list
}

func targetChanges(c Change, _ []Suspect) (list []Change) {
	r := c.signature.request
	add := func(sentence string, f form) {
		one := c
		one.Sentence, one.form = sentence, f
		list = append(list, one)
		f.withoutPort = true
		one.form = f
		list = append(list, one)
	}
	sent := r.URL.EscapedPath()
	once := string(appendPath(nil, r.URL.Path))
	for _, p := range []struct{ spelled, how string }{
		{sent, "as it was sent, not encoded again"}, {once, "encoded once"},
		{string(appendPath(nil, sent)), "encoded twice"}, {string(appendPath(nil, string(appendPath(nil, sent)))), "encoded three times"},
	} {
		add("the path was signed "+p.how+": "+p.spelled, form{path: p.spelled})
	}
	if r.URL.RawQuery == "" {
		return list
	}
	pairs := slices.DeleteFunc(strings.Split(r.URL.RawQuery, "&"), func(pair string) bool {
		return c.signature.presigned && strings.HasPrefix(pair, "X-Amz-Signature=")
	})
	add("the query was signed in the order in which it was sent; its parameters must be sorted by name",
		form{query: strings.Join(reescaped(pairs), "&")})
	add("the query was signed as it was sent; its names and values must be encoded and sorted", form{query: strings.Join(pairs, "&")})
	slices.Sort(pairs)
	add("the query was signed without encoding its names and values", form{query: strings.Join(pairs, "&")})
	add("the query was not signed, or was added after signing", form{query: noQuery})
	return list
}

// reescaped returns the pairs of a query, encoded as they are signed.
func reescaped(pairs []string) []string {
	out := make([]string, len(pairs))
	for i, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		out[i] = string(appendReescaped(nil, name)) + "=" + string(appendReescaped(nil, value))
	}
	return out
}

// usualValues are what clients sign in headers that proxies and libraries change.
var usualValues = map[string][]string{
	"content-type": {
		"application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-8",
		"application/x-www-form-urlencoded; charset=UTF-8",
	},
	"accept-encoding": {"identity", "gzip", "gzip, deflate", "gzip, deflate, br", "*"},
	"accept":          {"*/*", "application/json", "application/xml"},
	"connection":      {"keep-alive", "Keep-Alive", "close"},
}

func headerChanges(c Change, _ []Suspect) (list []Change) {
	r := c.signature.request
	for _, name := range strings.Split(c.signature.signedHeaders, ";") {
		key := http.CanonicalHeaderKey(name)
		if strings.EqualFold(name, "host") || len(list) > maxChanges {
			continue
		}
		values := r.Header[key]
		set := func(sentence string, to ...string) {
			if !slices.Equal(to, values) && len(list) < maxChanges {
				list = append(list, c.with(sentence, func(r *http.Request) { r.Header[key] = to }))
			}
		}
		if len(values) > 1 {
			set("a second value of the header "+key+" was added after signing", values[0])
			set("a value of the header "+key+" was added before the one that was signed", values[len(values)-1])
		}
		set("the header "+key+" was empty when it was signed, and was changed or added after signing", "")
		for _, usual := range usualValues[strings.ToLower(name)] {
			set("the header "+key+" was "+usual+" when it was signed, and was changed after signing", usual)
		}
		for _, part := range strings.SplitN(strings.Join(values, ","), ",", maxChanges) {
			set("a value of the header "+key+" was added after signing, and another one was signed", strings.TrimSpace(part))
		}
		if words := strings.Fields(strings.Join(values, ",")); strings.EqualFold(name, "user-agent") {
			for i := len(words) - 1; i > 0 && len(list) < maxChanges; i-- {
				set("the end of the header "+key+" was added after signing", strings.Join(words[:i], " "))
			}
		}
		list = append(list, c.unnamed(name, key))
	}
	return list
}

// unnamed returns the change that the header was not signed, but was later named as signed.
func (c Change) unnamed(name, key string) Change {
	one := c.with("the header "+key+" is named as signed, but was added after signing", func(*http.Request) {})
	names := slices.DeleteFunc(strings.Split(one.signature.signedHeaders, ";"), func(other string) bool { return other == name })
	one.signature.signedHeaders = strings.Join(names, ";")
	return one
}
