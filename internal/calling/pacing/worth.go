package pacing

// worth is the risk up to which one more dial lowers the cost of a conversation,
// and whether that is less than the ledger allows.
//
// A dial placed ahead of a free agent saves, where its answer finds one, about the
// ring time of paid waiting; it costs its attempt and, where it finds nobody, the
// answer and the abandoned person. Below a risk of nothing dialing is progressive,
// and no cheaper way to a conversation is known.
func (p *Pacer) worth(s *State, allowed float64) (most float64, bound bool) {
	c := p.goal.Costs
	if c == nil || len(s.Next) == 0 {
		return allowed, false
	}
	chance := min(max(s.Next[0], 0), 1)
	saved := float64(c.AgentHour) / 3600 * p.tables.mean
	lost := float64(c.Answer) + float64(c.Abandon)
	if chance <= never || saved+lost <= 0 {
		return 0, allowed > 0
	}
	most = max((chance*saved-float64(c.Attempt))/(chance*(saved+lost)), 0)
	return min(most, allowed), most < allowed
}
