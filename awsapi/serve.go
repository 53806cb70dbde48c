package awsapi

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/aws/smithy-go"
	"github.com/google/uuid"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
)

// handler is the http.Handler that NewHandler returns.
type handler struct {
	Options
	apis    []*api             // that speak the query protocol
	targets map[string]*target // of those that speak JSON, by what X-Amz-Target names
	rest    map[string]*api    // those that speak REST, by their names
	buffers sync.Pool          // of *buffers
}

// api is a service with its operations ready to be called.
type api struct {
	*Service
	operations map[string]*operation
	scope      string // the end of a credential scope of the service
	exceptions map[reflect.Type]*structPlan
}

// operation is an operation of the model; its plans are nil if nothing serves it.
type operation struct {
	name      string
	unsigned  bool
	maxBody   int                    // limit for the body of a call without a signature, in bytes
	result    bool                   // the answer has a result element
	failure   func() smithy.APIError // makes the answer for an error without a code
	served    Operation
	in, out   *structPlan
	resultTag tag

	openXML, closeXML string

	method string   // of a call in REST
	route  []string // the segments of its path
}

// buffers are reused from one request to the next.
type buffers struct {
	chunk  []byte // of a body that is being read
	hash   hash.Hash
	digest [sha256.Size]byte
	params params
	out    encoder
}

func newBuffers() *buffers { return &buffers{chunk: make([]byte, firstRead), hash: sha256.New()} }

// Sizes beyond which a buffer is not kept for the next request.
const (
	maxPooled           = 1 << 20 // bytes
	maxPooledParameters = 4096
)

func newHandler(ops []Operation, o Options) (*handler, error) {
	switch {
	case o.Model == nil:
		return nil, errors.New("awsapi: Options.Model is required")
	case o.GlobalRegion != "" && !sigv4.ValidRegion(o.GlobalRegion):
		return nil, fmt.Errorf("awsapi: %q is not the name of a region; give one such as us-east-1", o.GlobalRegion)
	case o.GlobalRegion != "" && !o.Partition.HasGlobalSTS():
		return nil, fmt.Errorf("awsapi: STS has no global endpoint in the partition %s, so no region can mean it; leave %s out",
			o.Partition, o.GlobalRegion)
	case o.Credentials == nil:
		return nil, errors.New("awsapi: Options.Credentials is required")
	case o.Authorizer == nil:
		return nil, errors.New("awsapi: Options.Authorizer is required")
	}
	o.fill()
	h := &handler{Options: o, targets: map[string]*target{}, rest: map[string]*api{}}
	h.buffers.New = func() any { return newBuffers() }
	h.serveAll(ops)
	return h, nil
}

// serveAll makes what is needed to serve the operations.
func (h *handler) serveAll(ops []Operation) {
	all, planners := map[string]*api{}, map[string]*planner{}
	for i := range h.Model.Services {
		a := newAPI(&h.Model.Services[i])
		all[a.Name], planners[a.Name] = a, newPlanner(a.Service)
		switch {
		case a.isREST():
			h.rest[a.Name] = a
			a.planExceptions(planners[a.Name])
		case a.Target == "":
			h.apis = append(h.apis, a)
		}
	}
	for _, op := range ops {
		all[op.Service].serve(op, planners[op.Service])
	}
	for _, a := range all {
		if a.Target != "" {
			h.addTargets(a)
		}
	}
}

// fill sets the defaults of the fields that are not set.
func (o *Options) fill() {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Clock == nil {
		o.Clock = o.Now
	}
	if o.NewID == nil {
		o.NewID = uuid.NewString
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
}

func newAPI(s *Service) *api {
	a := &api{Service: s, operations: make(map[string]*operation, len(s.Operations)), scope: "/" + s.Name + "/" + sigv4.Terminator}
	all := make([]operation, len(s.Operations))
	for i, m := range s.Operations {
		all[i] = operation{name: m.Name, unsigned: m.Unsigned, result: m.Result, failure: internalFailure}
		switch {
		case slices.Contains(m.Errors, codeServiceFailure):
			all[i].failure = serviceFailure
		case slices.Contains(m.Errors, codeServerException):
			all[i].failure = internalServerException
		}
		a.operations[m.Name] = &all[i]
	}
	return a
}

// serve makes the plans of an operation. It panics if the model does not know
// the operation, if it is declared twice, or if a type of it cannot be served.
func (a *api) serve(declared Operation, p *planner) {
	if a == nil || a.operations[declared.Name] == nil {
		panic(fmt.Sprintf("awsapi: the model has no operation %s of %s", declared.Name, declared.Service))
	}
	op := a.operations[declared.Name]
	if op.in != nil {
		panic("awsapi: " + declared.Name + " is declared twice")
	}
	op.served = declared
	op.in, op.out = p.structure(declared.in), p.structure(declared.out)
	op.maxBody = op.in.maxUnsigned()
	op.out.mustEncode(map[*structPlan]bool{}, a.isREST())
	if a.isREST() {
		op.method, op.route = a.routeOf(op.name)
	}
	op.resultTag = newTag(op.name + "Result")
	op.openXML = "<" + op.name + `Response xmlns="` + a.Namespace + "\">\n"
	op.closeXML = "</" + op.name + "Response>\n"
}

// mustEncode panics if an answer holds a type that the encoder cannot write. In JSON it can
// write unions.
func (s *structPlan) mustEncode(seen map[*structPlan]bool, unions bool) {
	if seen[s] {
		return
	}
	seen[s] = true
	for _, f := range s.wire {
		t := f.typePlan
		if t.kind == kindList {
			t = t.elem
		}
		switch {
		case t.kind == kindStruct, t.kind == kindUnion && unions:
			t.fields.mustEncode(seen, unions)
		case t.kind == kindUnion, t.kind == kindList, t.kind == kindMap && t.elem.kind >= kindStruct:
			panic(fmt.Sprintf("awsapi: %s of %v cannot be encoded", f.name, s.typ))
		}
	}
}

func (h *handler) api(name string) *api {
	for _, a := range h.apis {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// ServeHTTP answers a request.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	named := h.named(r)
	switch {
	case named != nil:
	case h.isForeign(r):
		h.Elsewhere.ServeHTTP(w, r)
		return
	case refuse(w, r):
		return
	}
	b := h.buffers.Get().(*buffers)
	defer h.release(b)
	c := &request{handler: h, buffers: b, r: r, target: named}
	if !c.read(w) {
		return
	}
	c.identify()
	out, err := c.perform()
	err = c.abandon(err)
	dropped, status := errors.Is(err, ErrDropped), 0
	if !dropped {
		status = c.encode(out, err)
	}
	if h.Observe != nil { // before sending: whoever has the answer may ask for the record
		h.Observe(c.exchange(status, err, time.Since(start)))
	}
	if dropped {
		panic(http.ErrAbortHandler) // net/http closes the connection
	}
	c.send(w, status)
}

// release returns the buffers, without anything that would keep the request in memory.
func (h *handler) release(b *buffers) {
	if cap(b.params) > maxPooledParameters || cap(b.out.buf) > maxPooled {
		return
	}
	clear(b.params[:cap(b.params)])
	b.hash.Reset()
	b.params, b.out.buf = b.params[:0], b.out.buf[:0]
	h.buffers.Put(b)
}
