package app

// PlanID is the identifier of a plan that is not published yet. Errors are
// those of reading the plan.
func PlanID(file string) (string, error) {
	p, _, problems := readPlan(file, nil)
	if p != nil && p.ID != "" {
		return p.ID, nil // what is missing beside it, such as decks, is said when it is published
	}
	return "", problems.Err()
}
