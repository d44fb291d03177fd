package access

import (
	"slices"

	"waihu/internal/id"
)

// Permission is the right to one kind of thing.
type Permission string

const (
	CompanyRead   Permission = "company.read"
	CompanyWrite  Permission = "company.write"
	CompanyCreate Permission = "company.create"
	CompanyHold   Permission = "company.hold"
	BrandWrite    Permission = "brand.write"

	UserRead  Permission = "user.read"
	UserWrite Permission = "user.write"
	RoleGrant Permission = "role.grant"
	KeyRead   Permission = "key.read"
	KeyWrite  Permission = "key.write"

	PlanRead    Permission = "plan.read"
	PlanPublish Permission = "plan.publish"

	ContractRead   Permission = "contract.read"
	ContractQuote  Permission = "contract.quote"
	ContractSign   Permission = "contract.sign"
	ContractAmend  Permission = "contract.amend"
	ContractCancel Permission = "contract.cancel"

	UsageRead   Permission = "usage.read"
	UsageWrite  Permission = "usage.write"
	UsageUpload Permission = "usage.upload"
	UsageAssign Permission = "usage.assign"
	CallPlan    Permission = "call.plan"
	CallPlace   Permission = "call.place"
	RecordHear  Permission = "recording.read"
	RecordFind  Permission = "recording_list.read"
	RecordLoad  Permission = "recording.download"
	RecordLog   Permission = "recording_log.read"
	RecordHold  Permission = "recording.hold"
	RecordLift  Permission = "recording.release"

	QualityRead  Permission = "quality.read"
	QualityScore Permission = "quality.score"
	QualityWrite Permission = "quality.write"
	QualityOwn   Permission = "quality.own"

	CampaignRead  Permission = "campaign.read"
	CampaignWrite Permission = "campaign.write"
	PromptRead    Permission = "prompt.read"
	PromptWrite   Permission = "prompt.write"
	LeadRead      Permission = "lead.read"
	LeadWrite     Permission = "lead.write"
	DNCRead       Permission = "dnc.read"
	DNCWrite      Permission = "dnc.write"
	DNCRemove     Permission = "dnc.remove"

	FloorWork      Permission = "floor.work"
	FloorWatch     Permission = "floor.read"
	FloorSupervise Permission = "floor.supervise"

	InvoiceRead   Permission = "invoice.read"
	InvoiceDraft  Permission = "invoice.draft"
	InvoiceVoid   Permission = "invoice.void"
	InvoiceCredit Permission = "invoice.credit"
	PaymentWrite  Permission = "payment.write"
	PaymentRefund Permission = "payment.refund"
	StatementRead Permission = "statement.read"
	PeriodClose   Permission = "period.close"

	WalletRead     Permission = "wallet.read"
	WalletTopUp    Permission = "wallet.top_up"
	WalletAdjust   Permission = "wallet.adjust"
	ReserveCall    Permission = "reservation.write"
	BudgetRead     Permission = "budget.read"
	BudgetWrite    Permission = "budget.write"
	ForecastRead   Permission = "forecast.read"
	MarginRead     Permission = "margin.read"
	ServiceRead    Permission = "service_level.read"
	ServiceWrite   Permission = "service_level.write"
	TicketRead     Permission = "ticket.read"
	TicketWrite    Permission = "ticket.write"
	TicketResolve  Permission = "ticket.resolve"
	WebhookRead    Permission = "webhook.read"
	WebhookWrite   Permission = "webhook.write"
	AuditRead      Permission = "audit.read"
	JobRead        Permission = "job.read"
	ApprovalRead   Permission = "approval.read"
	ApprovalDecide Permission = "approval.decide"
	Operate        Permission = "operate"
)

// Role is what somebody is to a company.
type Role string

const (
	Operator      Role = "platform_operator"
	Finance       Role = "finance"
	Supervisor    Role = "supervisor"
	Agent         Role = "agent"
	Inspector     Role = "inspector"
	Auditor       Role = "auditor"
	API           Role = "api"
	CustomerAdmin Role = "customer_admin"
)

// Roles lists them.
func Roles() []Role {
	return []Role{Operator, Finance, Supervisor, Inspector, Agent, Auditor, API, CustomerAdmin}
}

// Choices lists them as words.
func (Role) Choices() []string {
	out := make([]string, 0, len(Roles()))
	for _, r := range Roles() {
		out = append(out, string(r))
	}
	return out
}

// staff are the roles of the operator's own people: they are held over all
// companies, and cannot be held in one, so that no customer credits itself.
func (r Role) staff() bool { return r == Operator || r == Finance }

// customer is the role that is held in a company only.
func (r Role) customer() bool { return r == CustomerAdmin }

// HeldIn tells whether the role can be held in a company; id.Platform: over all.
func (r Role) HeldIn(c id.Company) bool {
	if c == id.Platform {
		return !r.customer()
	}
	return !r.staff()
}

// Grant is one row of the table of permissions.
type Grant struct {
	Permission Permission
	What       string // what it lets somebody do
	Roles      []Role // who has it, beside the operator, who has all
}

// Table is the table of permissions, in the order it is read. The operator has
// every one of them.
func Table() []Grant {
	all := []Role{Finance, Supervisor, Inspector, Agent, Auditor, API, CustomerAdmin}
	reads := []Role{Finance, Supervisor, Auditor, API, CustomerAdmin}
	books := []Role{Finance, Auditor, API, CustomerAdmin}
	return []Grant{
		{CompanyRead, "see the company and its settings", all},
		{CompanyWrite, "change the company's settings", []Role{Finance, CustomerAdmin}},
		{CompanyCreate, "add a company", []Role{Finance}},
		{CompanyHold, "hold up the service of a company, and release it", []Role{Finance}},
		{BrandWrite, "change the brands that customers see", []Role{Finance}},
		{UserRead, "see the company's people", []Role{Finance, Supervisor, Auditor, CustomerAdmin}},
		{UserWrite, "invite, change and close accounts of people", []Role{CustomerAdmin}},
		{RoleGrant, "give and take roles one has oneself", []Role{CustomerAdmin}},
		{KeyRead, "see API keys, without their secrets", []Role{Finance, Auditor, CustomerAdmin}},
		{KeyWrite, "make and end API keys", []Role{CustomerAdmin}},
		{PlanRead, "see plans", reads},
		{PlanPublish, "publish a version of a plan", []Role{Finance}},
		{ContractRead, "see contracts", books},
		{ContractQuote, "make a contract out of a plan, with its prices", []Role{Finance}},
		{ContractSign, "sign and start a contract", []Role{Finance, CustomerAdmin}},
		{ContractAmend, "change a running contract", []Role{Finance}},
		{ContractCancel, "give notice of a contract or end it", []Role{Finance, CustomerAdmin}},
		{UsageRead, "see calls, seats, sessions, modules", reads},
		{UsageWrite, "hand in usage", []Role{Finance, API, CustomerAdmin}},
		{UsageUpload, "upload files of call records", []Role{Finance, API, CustomerAdmin}},
		{UsageAssign, "give usage without a contract to one, or leave it uncharged", []Role{Finance}},
		{CallPlan, "give an agent a call to place, at the company's cost", []Role{Supervisor, API, CustomerAdmin}},
		{CallPlace, "place one's planned calls by telephone or browser", []Role{Supervisor, Agent, CustomerAdmin}},
		{RecordHear, "listen to recordings", []Role{Supervisor, Inspector, CustomerAdmin}},
		{RecordFind, "find recordings, see how long they are kept and whether they are as they were recorded", []Role{Supervisor, Inspector, Auditor, CustomerAdmin}},
		{RecordLoad, "take recordings away as files", []Role{Supervisor, CustomerAdmin}},
		{RecordLog, "see who listened to a recording and took it away", []Role{Supervisor, Auditor, CustomerAdmin}},
		{RecordHold, "keep a recording from being deleted, with a reason", []Role{Supervisor, CustomerAdmin}},
		{RecordLift, "lift such a hold", []Role{CustomerAdmin}},
		{QualityRead, "see everybody's scores and reports on quality", []Role{Supervisor, Inspector, Auditor, CustomerAdmin}},
		{QualityScore, "score calls", []Role{Supervisor, Inspector, CustomerAdmin}},
		{QualityWrite, "make score forms, draw calls to inspect, answer objections", []Role{Supervisor, CustomerAdmin}},
		{QualityOwn, "see one's own scores and object to them", []Role{Supervisor, Inspector, Agent, CustomerAdmin}},
		{CampaignRead, "see campaigns, lists and dispositions", []Role{Finance, Supervisor, Auditor, API, CustomerAdmin}},
		{CampaignWrite, "plan, start, pause and finish campaigns", []Role{Supervisor, API, CustomerAdmin}},
		{PromptRead, "see what is played to people, and hear it", []Role{Supervisor, Inspector, Auditor, API, CustomerAdmin}},
		{PromptWrite, "hand in prompts, replace and remove them", []Role{Supervisor, API, CustomerAdmin}},
		{LeadRead, "see leads and what was tried", []Role{Supervisor, API, CustomerAdmin}},
		{LeadWrite, "bring in lists of leads, change leads, agree callbacks", []Role{Supervisor, API, CustomerAdmin}},
		{DNCRead, "see and ask the do-not-call list", []Role{Supervisor, Agent, Auditor, API, CustomerAdmin}},
		{DNCWrite, "put numbers on the do-not-call list", []Role{Supervisor, Agent, API, CustomerAdmin}},
		{DNCRemove, "take a number off the do-not-call list, with a reason", []Role{CustomerAdmin}},
		{FloorWork, "log in to campaigns and call from one's desk", []Role{Supervisor, Agent, CustomerAdmin}},
		{FloorWatch, "see campaigns and agents live", []Role{Supervisor, API, CustomerAdmin}},
		{FloorSupervise, "see and hear calls that run, whisper to agents, barge in, hand calls over and end them, make agents pause or log out", []Role{Supervisor, CustomerAdmin}},
		{InvoiceRead, "see invoices and credit notes", books},
		{InvoiceDraft, "see what a period would be billed now", []Role{Finance, API, CustomerAdmin}},
		{InvoiceVoid, "void an invoice", []Role{Finance}},
		{InvoiceCredit, "issue a credit note", []Role{Finance}},
		{PaymentWrite, "book a payment", []Role{Finance}},
		{PaymentRefund, "pay money back", []Role{Finance}},
		{StatementRead, "see statements of account", books},
		{PeriodClose, "close a month", []Role{Finance}},
		{WalletRead, "see balances", books},
		{WalletTopUp, "book prepaid money", []Role{Finance}},
		{WalletAdjust, "change a balance by hand", []Role{Finance}},
		{ReserveCall, "put money aside for a call, settle and release it", []Role{API, CustomerAdmin}},
		{BudgetRead, "see budgets and alerts", reads},
		{BudgetWrite, "set budgets", []Role{Finance, CustomerAdmin}},
		{ForecastRead, "see forecasts and advice", books},
		{MarginRead, "see what carriers charge, and the margin", []Role{Finance}},
		{ServiceRead, "see service levels", reads},
		{ServiceWrite, "hand in measurements of service levels", []Role{Finance}},
		{TicketRead, "see tickets and objections", []Role{Finance, Supervisor, Auditor, CustomerAdmin}},
		{TicketWrite, "open tickets, object to a bill, answer", []Role{Finance, Supervisor, CustomerAdmin}},
		{TicketResolve, "decide a ticket", []Role{Finance}},
		{WebhookRead, "see webhooks and what was sent", []Role{Finance, Auditor, CustomerAdmin}},
		{WebhookWrite, "add, change and end webhooks, send again", []Role{CustomerAdmin}},
		{AuditRead, "see the audit log", []Role{Finance, Auditor, CustomerAdmin}},
		{JobRead, "see running work", reads},
		{ApprovalRead, "see changes that wait for a second person", []Role{Finance}},
		{ApprovalDecide, "be the second person", []Role{Finance}},
		{Operate, "look at and repair the installation", nil},
	}
}

// Has tells whether a role has a permission.
func (r Role) Has(p Permission) bool {
	for _, g := range Table() {
		if g.Permission == p {
			return r == Operator || slices.Contains(g.Roles, r)
		}
	}
	return false
}

// Permissions lists those of a role in the order of the table.
func (r Role) Permissions() []Permission {
	var out []Permission
	for _, g := range Table() {
		if r == Operator || slices.Contains(g.Roles, r) {
			out = append(out, g.Permission)
		}
	}
	return out
}

// Member is a role in a company; id.Platform is all companies.
type Member struct {
	Company id.Company `json:"company"`
	Role    Role       `json:"role"`
}

// Can tells whether an actor may do a thing in a company: has the permission by
// one of their roles there or over all companies, within the scopes of a key,
// and has proved enough.
func Can(a *Actor, p Permission, c id.Company) bool {
	if a == nil || a.Stage != Full {
		return false
	}
	if a.Scopes != nil && !slices.Contains(a.Scopes, p) {
		return false
	}
	for _, m := range a.Members {
		if (m.Company == c || m.Company == id.Platform) && m.Role.Has(p) {
			return true
		}
	}
	return false
}

// PlansOf is whose plans an actor sees in a company: the operator's people see all
// that are published (id.Platform), a customer those of its contracts and quotes,
// since another's price is none of its business. ok is false where there are none.
func PlansOf(a *Actor, c id.Company) (of id.Company, ok bool) {
	if Can(a, PlanRead, id.Platform) {
		return id.Platform, true
	}
	return c, c != id.Platform && Can(a, PlanRead, c)
}
