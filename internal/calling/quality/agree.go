package quality

// Alpha is Krippendorff's figure of agreement for values on an interval scale: 1 where
// all agree, 0 where they agree as chance would have it, below that where they disagree
// more than chance.
//
//	alpha = 1 - Do/De
//
// Do is the mean squared difference of two values of the same unit, De that of any two
// values. A unit is one question of one call, its values are the shares of points
// inspectors gave; whoever held that it does not apply, or has not scored, has no value
// there, and a unit with fewer than two is left out. ok is false where fewer than two
// values can be compared, or all are equal: then nothing can be told apart from chance.
func Alpha(units [][]float64) (alpha float64, ok bool) {
	var all []float64
	within := 0.0
	for _, u := range units {
		if len(u) < 2 {
			continue
		}
		all = append(all, u...)
		within += apart(u) / float64(len(u)-1)
	}
	n := float64(len(all))
	if n < 2 {
		return 0, false
	}
	between := apart(all) / (n - 1)
	if between == 0 {
		return 0, false
	}
	return 1 - within/between, true
}

// apart is the sum of squared differences over all ordered pairs: by sums, as pairs of
// many values are too many.
func apart(v []float64) float64 {
	mean := 0.0
	for _, x := range v {
		mean += x
	}
	mean /= float64(len(v))
	sum := 0.0
	for _, x := range v {
		sum += (x - mean) * (x - mean)
	}
	return 2 * float64(len(v)) * sum
}
