package console

import (
	"waihu/internal/access"
)

// navGroup is a heading of the side bar with its entries.
type navGroup struct {
	Key   string // of the phrase; empty: no heading
	Items []navItem
}

// navItem is one entry of the side bar.
type navItem struct {
	Key  string
	Href string
	Icon string
	Here bool
	Go   string            // letter that leads here after g; empty: none
	may  access.Permission // who sees it; empty: everybody
}

// navigation is what a visitor may go to, with the entry of an address lit.
func navigation(v *visit, here string) []navGroup {
	var groups []navGroup
	if v.company != (access.Member{}).Company {
		groups = append(groups, navGroup{"nav.money", []navItem{
			{Key: "nav.overview", Href: v.at(""), Icon: "home", may: access.CompanyRead},
			{Key: "nav.invoices", Href: v.at("/invoices"), Icon: "invoice", may: access.InvoiceRead},
			{Key: "nav.payments", Href: v.at("/payments"), Icon: "check", may: access.StatementRead},
			{Key: "nav.statement", Href: v.at("/statement"), Icon: "book", may: access.StatementRead},
			{Key: "nav.wallets", Href: v.at("/wallets"), Icon: "wallet", may: access.WalletRead},
			{Key: "nav.budgets", Href: v.at("/budgets"), Icon: "bell", may: access.BudgetRead},
			{Key: "nav.margin", Href: v.at("/margin"), Icon: "chart", may: access.MarginRead},
			{Key: "nav.disputes", Href: v.at("/disputes"), Icon: "help", may: access.TicketRead},
			{Key: "nav.contracts", Href: v.at("/contracts"), Icon: "contract", may: access.ContractRead},
			{Key: "nav.seats", Href: v.at("/seats"), Icon: "seat", may: access.UsageRead},
			{Key: "nav.usage", Href: v.at("/usage"), Icon: "phone", may: access.UsageRead},
			{Key: "nav.compare", Href: v.at("/compare"), Icon: "scale", may: access.UsageRead},
			{Key: "nav.audit_bill", Href: v.at("/audit"), Icon: "search", may: access.UsageRead},
		}}, navGroup{"nav.calling", []navItem{
			{Key: "nav.desk", Href: v.at("/desk"), Icon: "floor", may: access.FloorWork},
			{Key: "nav.wallboard", Href: v.at("/wallboard"), Icon: "chart", may: access.FloorWatch},
			{Key: "nav.campaigns", Href: v.at("/campaigns"), Icon: "phone", may: access.CampaignRead},
			{Key: "nav.lists", Href: v.at("/lists"), Icon: "upload", may: access.CampaignRead},
			{Key: "nav.scripts", Href: v.at("/scripts"), Icon: "book", may: access.CampaignRead},
			{Key: "nav.prompts", Href: v.at("/prompts"), Icon: "play", may: access.PromptRead},
			{Key: "nav.callbacks", Href: v.at("/callbacks"), Icon: "bell", may: access.LeadRead},
			{Key: "nav.dispositions", Href: v.at("/dispositions"), Icon: "check", may: access.CampaignRead},
			{Key: "nav.dnc", Href: v.at("/dnc"), Icon: "close", may: access.DNCRead},
			{Key: "nav.telephone", Href: v.at("/telephone"), Icon: "phone", may: access.CallPlace},
			{Key: "nav.reports", Href: v.at("/reports"), Icon: "chart", may: access.CampaignRead},
			{Key: "nav.recordings", Href: v.at("/recordings"), Icon: "play", may: access.RecordFind},
			{Key: "nav.quality", Href: v.at("/quality"), Icon: "check", may: access.QualityRead},
			{Key: "nav.own_scores", Href: v.at("/quality/mine"), Icon: "check", may: access.QualityOwn},
		}}, navGroup{"nav.company_group", []navItem{
			{Key: "nav.imports", Href: v.at("/imports"), Icon: "upload", may: access.UsageUpload},
			{Key: "nav.tickets", Href: v.at("/tickets"), Icon: "ticket", may: access.TicketRead},
			{Key: "nav.service", Href: v.at("/service"), Icon: "check", may: access.ServiceRead},
			{Key: "nav.users", Href: v.at("/users"), Icon: "seat", may: access.UserRead},
			{Key: "nav.keys", Href: v.at("/keys"), Icon: "key", may: access.KeyRead},
			{Key: "nav.webhooks", Href: v.at("/webhooks"), Icon: "bell", may: access.WebhookRead},
			{Key: "nav.approvals", Href: v.at("/approvals"), Icon: "check", may: access.ApprovalRead},
			{Key: "nav.log", Href: v.at("/log"), Icon: "audit", may: access.AuditRead},
			{Key: "nav.settings", Href: v.at("/settings"), Icon: "settings", may: access.CompanyRead},
		}})
	}
	if v.open || v.actor != nil {
		groups = append(groups, navGroup{"nav.decide", []navItem{{Key: "nav.compare_free", Href: "/compare", Icon: "scale"}, {Key: "nav.audit_bill", Href: "/audit", Icon: "search"}}})
	}
	groups = append(groups, navGroup{"nav.platform", []navItem{
		{Key: "nav.plans", Href: "/plans", Icon: "plan", may: access.PlanRead},
		{Key: "nav.board", Href: "/close", Icon: "invoice", may: access.PeriodClose},
		{Key: "nav.companies", Href: "/companies", Icon: "company", may: access.CompanyCreate},
		{Key: "nav.approvals_all", Href: "/approvals", Icon: "check", may: access.ApprovalRead},
		{Key: "nav.staff", Href: "/users", Icon: "seat", may: access.UserRead},
		{Key: "nav.keys_platform", Href: "/keys", Icon: "key", may: access.KeyRead},
		{Key: "nav.support", Href: "/support", Icon: "ticket", may: access.ServiceWrite},
		{Key: "nav.outages", Href: "/outages", Icon: "bell", may: access.ServiceWrite},
		{Key: "nav.trunks", Href: "/trunks", Icon: "phone", may: access.Operate},
		{Key: "nav.brands", Href: "/brands", Icon: "swatch", may: access.BrandWrite},
		{Key: "nav.log_platform", Href: "/log", Icon: "audit", may: access.AuditRead},
	}}, navGroup{"", []navItem{{Key: "nav.docs", Href: "/docs", Icon: "book"}, {Key: "nav.shortcuts", Href: "/shortcuts", Icon: "help"}, {Key: "nav.styleguide", Href: "/styleguide", Icon: "swatch"}}})
	var out []navGroup
	for _, g := range groups {
		shown := navGroup{Key: g.Key}
		for _, i := range g.Items {
			may := v.may
			if g.Key == "nav.platform" {
				may = v.everywhere
			}
			if i.may != "" && !may(i.may) {
				continue
			}
			i.Here, i.Go = i.Href == here, goes[i.Key]
			shown.Items = append(shown.Items, i)
		}
		if len(shown.Items) > 0 {
			out = append(out, shown)
		}
	}
	return out
}
