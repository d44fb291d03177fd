package catalog

// PricedUnit names the unit a component's quantity is priced in: second, minute,
// hour, call, seat, seat_day, module, event, item or amount.
func (c *Component) PricedUnit() string {
	switch c.Measure {
	case TalkTime, SystemTime:
		if c.Unit == "" {
			return string(Minute)
		}
		return string(c.Unit)
	case Calls:
		return "call"
	case SeatDays:
		return "seat_day"
	case ModuleDays:
		if c.PerSeatOf != "" {
			return "seat"
		}
		return "module"
	case Events:
		return "event"
	case Rentals, Recurring, OneOff:
		return "item"
	case PercentOf:
		return "amount"
	}
	return "seat"
}
