package cases

// onlyWay lists options that the engine has no choice about, with the values
// for which a case agrees with it, as JSON.
var onlyWay = map[string][]string{
	"active_basis":     {`"session_overlap"`},              // a log-in counts in every period it touches
	"aggregation":      {`"max_per_bucket_then_sum"`},      // a highest level is of one period; periods are billed and added
	"baseline":         {`"1/1"`},                          // what the case compares with
	"block":            {`"whole_blocks_must_be_covered"`}, // a started increment is charged whole, so it must be paid for
	"bounds":           {`"half_open"`},                    // every Period is
	"connect_fee_from": {`"period_of_call_start"`},         // the first part carries the fee
	"correction":       {`"kept_in_its_own_period"`},       // a period is billed again with its own facts
	"credit_limit":     {`"paid_minus_already_credited"`},  // invoice.Creditable
	"dedupe":           {`"by_event_id_first_wins"`},       // cdr.Intake
	"delta":            {`"rate(new)-rate(booked)"`},       // the same price on both sides
	"distribution":     {`"exponential"`},                  // of the lengths of calls the case supposes
	"expiry":           {`"exclusive"`},                    // To is the day after the last
	"first":            {`"stub_to_anchor"`},               // service begins where it begins, periods where the anchor says
	"flats":            {`"kept_once_reached"`},            // the fee of a tier is never prorated
	"free_limit":       {`"first_of_events_or_amount"`},    // cases give one of the two
	"free_units":       {`"consumed_in_time_order"`},
	"included":         {`"then_per_event"`},
	"match":            {`"longest_prefix"`, `"most_specific_row"`},
	"maximum":          {`null`},
	"method":           {`"largest_remainder"`},
	"min_max":          {`"per_event"`},
	"month_end":        {`"clamp_from_original_anchor"`},
	"one_time":         {`"never_prorated"`},
	"package_first":    {`true`},
	"partial_block":    {`"charged_in_full"`},
	"partial_package":  {`"charged_in_full"`},
	"prorate_minimum":  {`true`},
	"reactivation":     {`"union_of_days"`},
	"reserve":          {`"at_authorisation"`},
	"residue":          {`"last_credit_absorbs"`},
	"session_rounding": {`"none"`}, // log-in time is exact until the total
	"settle":           {`"idempotent_by_call_id"`},
	"split":            {`"each_part_rounded"`}, // each bill rounds its own quantity
	"subsecond":        {`"ceil_to_second"`},
	"sum":              {`"rounded_lines"`},
	"tax":              {`"gross_minus_rounded_net"`},
	"tax_base":         {`"exact_item"`},
	"threshold":        {`"once"`},
	"tie":              {`"list_all"`},
	"tie_break":        {`"lowest_index_first"`},
	"tier_bound":       {`"upper_inclusive"`},
	"total":            {`"sum_of_rounded_lines"`},
	"unknown":          {`"error"`},
	"unknown_price":    {`"cannot_total"`},
	"unused_hold":      {`"returned"`},
	"volume_billed":    {`"on_last_line_only"`}, // a fee in arrears falls due when its own period ends
	"zero_duration":    {`"free"`},
}

// readOnly lists operations whose inputs the corpus itself calls incomplete.
var readOnly = map[string]string{
	"rerate_readonly": "the two tariffs are not in the source",
	"dst_readonly":    "the instants are only partly given in the source",
}

// notOffered lists options the engine does not have on purpose, as option and
// JSON value.
var notOffered = map[string]string{
	`rounding_point "per_increment_then_total"`: "rounds the price of one increment and multiplies the error: a call of an hour costs 0.0118 too much; " +
		"the engine counts seconds by rate and rounds once",
}

// knownFailures lists cases the engine answers otherwise, with the arithmetic
// that shows why. A case that passes all the same is an error.
var knownFailures = map[string]string{}
