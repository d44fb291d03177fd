package rating

// clauses applies what a contract says beyond the period, on lines that stand as
// they are: what is missing of long commitments, what is given back for service
// levels, what leaving early costs.
func (r *rater) clauses() error {
	if err := r.promises(); err != nil {
		return err
	}
	if err := r.credits(); err != nil {
		return err
	}
	return r.leaving()
}
