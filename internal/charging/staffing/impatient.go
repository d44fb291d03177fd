package staffing

import (
	"math"
	"time"
)

// impatient is Erlang A: callers leave after an exponential time.
//
// The wait V that a caller of endless patience would meet has, above zero, the
// density v(x) = λ p exp(λ(1-e^(-θx))/θ - nμx), where p is the chance of n-1
// busy agents (Palm 1957; Zeltyn and Mandelbaum 2005). Everything asked is an
// integral of v. The exponent's greatest value is taken out first, so that
// neither an overload nor a huge centre leaves the range of floats.
func (q *Queue) impatient(c Calls, within time.Duration) {
	lambda, mu, theta := c.PerHour/3600, 1/c.Handle.Seconds(), 1/c.Patience.Seconds()
	d := waitDensity{lambda: lambda, theta: theta, out: float64(q.Agents) * mu}
	d.peak()
	end := d.end()
	all := integrate(func(x float64) float64 { return d.at(x) }, 0, end)
	served := integrate(func(x float64) float64 { return d.at(x) * math.Exp(-theta*x) }, 0, end)
	soon := integrate(func(x float64) float64 { return d.at(x) * math.Exp(-theta*x) }, 0, min(end, within.Seconds()))
	// 1/B(n-1) is the sum of the states below n in units of p.
	below := math.Exp(-d.top) / ErlangB(q.Agents-1, q.Load)
	if math.IsInf(below, 1) {
		q.Level, q.Occupancy = 1, q.Load/float64(q.Agents)
		return
	}
	total := below + lambda*all
	q.Waits = lambda * all / total
	q.Level = (below + lambda*soon) / total
	q.Abandons = max(0, lambda*(all-served)/total)
	q.Occupancy = min(1, q.Load*(1-q.Abandons)/float64(q.Agents))
	q.MeanWait = time.Duration(q.Abandons / theta * float64(time.Second)) // each second of waiting is left at rate θ
}

// waitDensity is v(x) without its constant factor, scaled to at most 1.
type waitDensity struct {
	lambda, theta, out float64 // per second; out is nμ
	top, at0           float64 // greatest exponent, and where it is
}

func (d *waitDensity) exponent(x float64) float64 {
	return -d.lambda*math.Expm1(-d.theta*x)/d.theta - d.out*x
}

func (d *waitDensity) peak() {
	if d.lambda > d.out {
		d.at0 = math.Log(d.lambda/d.out) / d.theta
	}
	d.top = d.exponent(d.at0)
}

func (d *waitDensity) at(x float64) float64 { return math.Exp(d.exponent(x) - d.top) }

// negligible is the exponent below which a density adds nothing: e^-40.
const negligible = 40

// end is a wait beyond which the density adds nothing. Doublings are bounded by
// the range of floats.
func (d *waitDensity) end() float64 {
	step := 1 / d.out
	for range 1000 {
		if d.exponent(d.at0+step)-d.top < -negligible {
			break
		}
		step *= 2
	}
	return d.at0 + step
}

// pieces is how many pieces an integral is cut into; the densities here are
// smooth, and Simpson's rule on 4,000 pieces agrees with the series to 1e-9.
const pieces = 4000

// integrate is Simpson's rule.
func integrate(f func(float64) float64, from, to float64) float64 {
	if to <= from {
		return 0
	}
	h := (to - from) / pieces
	sum := f(from) + f(to)
	for i := 1; i < pieces; i++ {
		sum += float64(2+2*(i%2)) * f(from+float64(i)*h)
	}
	return sum * h / 3
}
