package app

import (
	"slices"
	"strings"
)

// Topics are what messages to a company's own systems are about, in order.
func Topics() []string {
	return []string{
		"advice.given", "budget.reached", "calling.held", "contract.amended", "contract.canceled", "contract.ended", "contract.notice",
		"contract.renewed", "contract.signed", "contract.started", "credit_note.issued", "dispute.answered", "dispute.raised", "dunning.remind",
		"dunning.suspend", "dunning.warn", "invoice.issued", "invoice.overdue", "invoice.paid", "invoice.voided", "service.released",
		"service.suspended", "test.ping", "wallet.low", "wallet.top_up_due",
	}
}

// TakesTopics tells whether a pattern of a webhook takes any topic there is: a topic,
// all of a noun (invoice.*) or all (*). One that takes none would wait for ever.
func TakesTopics(pattern string) bool {
	if pattern == "*" {
		return true
	}
	noun, whole := strings.CutSuffix(pattern, "*")
	return slices.ContainsFunc(Topics(), func(topic string) bool {
		return topic == pattern || whole && strings.HasSuffix(noun, ".") && strings.HasPrefix(topic, noun)
	})
}
