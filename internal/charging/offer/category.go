package offer

// Category is one question of the hidden-fee checklist: what to ask every
// vendor before signing.
type Category string

// The checklist, in the order it is asked.
const (
	SetUp             Category = "set_up"             // 開戶費
	NumberPick        Category = "number_pick"        // 選號費
	NumberRent        Category = "number_rent"        // 號碼月租
	NumberHold        Category = "number_hold"        // 號碼保留費
	LineRent          Category = "line_rent"          // 線路費, the minutes or lines of a carrier
	MinimumSpend      Category = "minimum_spend"      // 低消
	Concurrency       Category = "concurrency"        // 並發路數
	IVRChannel        Category = "ivr_channel"        // IVR 通路
	RecordingStorage  Category = "recording_storage"  // beyond the days included
	ExportAPI         Category = "export_api"         // data export and interfaces
	FunctionModules   Category = "function_modules"   // CRM, 工單, 質檢
	AIMinutes         Category = "ai_minutes"         // ASR, TTS, models
	UnansweredBilling Category = "unanswered_billing" // calls nobody answered
	BothLegBilling    Category = "both_leg_billing"   // two legs of one conversation
	Rounding          Category = "rounding"           // increments coarser than six seconds
	MessageSegment    Category = "message_segment"    // how long one charged message is
	HighFrequency     Category = "high_frequency"     // surcharge for many calls a day
	DeviceRental      Category = "device_rental"      // 話機, 網關, 耳機
	Maintenance       Category = "maintenance"        // maintenance and upgrades
	Training          Category = "training"           // 培訓
	Implementation    Category = "implementation"     // 實施
	AdminLicences     Category = "admin_licences"     // supervisors and administrators
	PlanChange        Category = "plan_change"        // changing the plan
	EarlyEnd          Category = "early_end"          // 違約金
	RenewalUplift     Category = "renewal_uplift"     // a higher price on renewal
	TaxIncluded       Category = "tax_included"       // 含稅?
	InvoiceFee        Category = "invoice_fee"        // for each invoice
	PremiumSupport    Category = "premium_support"    // support worth having
	DataMigrationOut  Category = "data_migration_out" // taking one's data along
)

// Choices lists the checklist.
func (Category) Choices() []string {
	return []string{"set_up", "number_pick", "number_rent", "number_hold", "line_rent", "minimum_spend", "concurrency", "ivr_channel",
		"recording_storage", "export_api", "function_modules", "ai_minutes", "unanswered_billing", "both_leg_billing", "rounding",
		"message_segment", "high_frequency", "device_rental", "maintenance", "training", "implementation", "admin_licences", "plan_change",
		"early_end", "renewal_uplift", "tax_included", "invoice_fee", "premium_support", "data_migration_out"}
}

// Categories is the checklist in order.
func Categories() []Category {
	var out []Category
	for _, c := range Category("").Choices() {
		out = append(out, Category(c))
	}
	return out
}

// IsRule tells whether a category is a way of charging that the plan itself
// shows, not a fee of its own.
func (c Category) IsRule() bool {
	switch c {
	case UnansweredBilling, BothLegBilling, Rounding, MessageSegment, TaxIncluded:
		return true
	}
	return false
}

// IsConditional tells whether a fee falls due only when something happens:
// leaving, changing, keeping a number.
func (c Category) IsConditional() bool {
	switch c {
	case NumberHold, HighFrequency, PlanChange, EarlyEnd, RenewalUplift, DataMigrationOut:
		return true
	}
	return false
}

// OnSwitching tells whether a one-off fee is what coming to this vendor costs.
func (c Category) OnSwitching() bool {
	switch c {
	case SetUp, NumberPick, Training, Implementation:
		return true
	}
	return false
}
