package api

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/floor"
	"waihu/internal/notify"
	"waihu/internal/receive"
	"waihu/internal/workspace"
)

// Version is the version of the interface. Within it the document only grows.
const Version = "1.0.0"

// Deps are what the interface works on.
type Deps struct {
	System *app.System
	Gate   *access.Gate
	Post   *notify.Post
	Shelf  *workspace.Shelf // of what is uploaded to be compared or audited
	Log    *slog.Logger
	Config Config

	// Ingest keeps usage; it may gather what comes in at once.
	Ingest receive.Ingester
	// Facts is told how many facts were kept, were there, were refused; nil:
	// nobody.
	Facts func(accepted, duplicate, rejected int)
	// Seen is told of every request that was answered; nil: nobody.
	Seen func(route string, status int, took time.Duration)
	// Telephone gives agents' telephones their log-ins; nil: nobody can call here.
	Telephone Telephone
	Running   RunningCalls // nil likewise
	// Floor is the live floor; nil: nobody can call here.
	Floor *floor.Floor
	// Work tells how the workers of this process are; nil: there are none.
	Work func() []Worker
}

// Config is what an installation decides about its interface.
type Config struct {
	KeyRate     float64  // requests a second of one key or session
	KeyBurst    int      // at once
	AddressRate float64  // requests a second of one address without credentials
	AddressMax  int      // at once
	Proxies     []string // networks whose X-Forwarded-For is believed
	Origins     []string // other web addresses that browsers may call from
	Insecure    bool     // cookies travel without TLS: for trials on one machine
	Address     string   // that people open: https://waihu.example.com
	Uploads     string   // folder of files that were handed in
	AdjustLimit string   // changes of a balance above it, in any currency, need a second person
}

// API is the interface, ready to serve.
type API struct {
	d       Deps
	huma    huma.API
	handler http.Handler
	routes  []Route
	limits  *limits
	flights *flights
	jobs    *jobs
	proxies trusted
	ending  context.Context // of streams of events
	end     context.CancelFunc
	second  map[string]secondStep // what an approval lets happen, by action
}

// Route is one operation as tests and documents see it.
type Route struct {
	ID         string
	Method     string
	Path       string
	Permission access.Permission // empty: Public or Self
	Public     bool              // anybody may
	Self       bool              // about whoever asks
	Once       bool              // needs an Idempotency-Key
	Platform   bool              // not about one company
}

// New builds the interface with every route.
func New(d Deps) (*API, error) {
	a := &API{d: d, flights: newFlights(), second: map[string]secondStep{}}
	a.ending, a.end = context.WithCancel(context.Background())
	a.jobs = newJobs(a)
	var err error
	if a.proxies, err = newTrusted(d.Config.Proxies); err != nil {
		return nil, err
	}
	a.limits = newLimits(d.Config)
	mux := http.NewServeMux()
	a.huma = humago.New(mux, a.config())
	a.huma.UseMiddleware(a.identify)
	alias(a.huma.OpenAPI().Components.Schemas)
	a.register()
	a.finishDocument()
	if a.handler, err = a.wrap(mux); err != nil {
		return nil, err
	}
	return a, nil
}

// Handler serves the interface.
func (a *API) Handler() http.Handler { return a.handler }

// EndStreams ends streams of events, which a server that stops would wait for.
func (a *API) EndStreams() { a.end() }

// Routes lists every operation.
func (a *API) Routes() []Route { return a.routes }

// Document is the OpenAPI document as JSON.
func (a *API) Document() ([]byte, error) { return written(a.huma.OpenAPI()) }

func (a *API) config() huma.Config {
	c := huma.DefaultConfig("Waihu", Version)
	c.CreateHooks = nil // no $schema links: they repeat the Host of whoever asks
	c.DocsPath, c.SchemasPath, c.OpenAPIPath = "", "", ""
	c.Formats = map[string]huma.Format{"application/json": strictJSON(), "json": strictJSON(), "application/yaml": fileFormat()}
	c.DefaultFormat = "application/json"
	c.RejectUnknownQueryParameters = true
	c.Transformers = []huma.Transformer{a.problemOf}
	c.Info.Description = about
	c.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"key":     {Type: "http", Scheme: "bearer", BearerFormat: "wh_live_<id>_<secret>", Description: "An API key."},
		"session": {Type: "apiKey", In: "cookie", Name: cookieName, Description: "A browser session."},
	}
	return c
}

// about is what the OpenAPI document says of the whole.
const about = `What an outbound-calling system costs, and why.

Credentials: an API key as bearer token. A key belongs to one company, or to the operator; the operator's keys name the company in the header Waihu-Company.

Changes that cost money or count calls need an Idempotency-Key: the same key and request give the first answer again, for 30 days.

A plan or contract can also be sent as the file it is, with the content type application/yaml.

Errors are problem+json (RFC 9457) with a stable code and a request_id. Lists come in pages: pass next_cursor as cursor. Money is a decimal in text with its currency. Times are RFC 3339 in UTC.`

// register adds the routes, one file a resource.
func (a *API) register() {
	a.healthRoutes()
	a.loginRoutes()
	a.accountRoutes()
	a.userRoutes()
	a.keyRoutes()
	a.webhookRoutes()
	a.approvalRoutes()
	a.auditRoutes()
	a.companyRoutes()
	a.holdRoutes()
	a.planRoutes()
	a.contractRoutes()
	a.invoiceRoutes()
	a.disputeRoutes()
	a.movementRoutes()
	a.statementRoutes()
	a.jobRoutes()
	a.runRoutes()
	a.eventRoutes()
	a.callRoutes()
	a.telephoneRoutes()
	a.lineRoutes()
	a.runningRoutes()
	a.strayRoutes()
	a.waiverRoutes()
	a.assignmentRoutes()
	a.stretchRoutes()
	a.uploadRoutes()
	a.campaignRoutes()
	a.dispositionRoutes()
	a.scriptRoutes()
	a.promptRoutes()
	a.tryAnswerRoutes()
	a.leadListRoutes()
	a.leadUploadRoutes()
	a.leadRoutes()
	a.reportRoutes()
	a.dncRoutes()
	a.floorRoutes()
	a.receiverRoutes()
	a.walletRoutes()
	a.budgetRoutes()
	a.serviceRoutes()
	a.operationRoutes()
	a.workspaceRoutes()
}

// Worker is how one of the process's own workers is.
type Worker struct {
	Name  string
	Error string // empty: well
}

type contextKey int

const callerKey contextKey = iota

// callerOf is who a request comes from; never nil inside a route.
func callerOf(ctx context.Context) *caller {
	c, _ := ctx.Value(callerKey).(*caller)
	if c == nil {
		return &caller{}
	}
	return c
}
