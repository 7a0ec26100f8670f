package config

// maxSlips is how far a word may be from a long candidate.
const maxSlips = 3

// nearest returns the candidate that a person who typed word most probably
// meant, or "" when none is near. Near is one slip for each three characters of
// the candidate, at least one and at most [maxSlips]; of equally near candidates
// the first wins.
func nearest(word string, candidates []string) string {
	best, bestSlips := "", maxSlips+1
	for _, candidate := range candidates {
		near := max(1, len([]rune(candidate))/3)
		if slips := editDistance(word, candidate); slips <= near && slips < bestSlips {
			best, bestSlips = candidate, slips
		}
	}
	return best
}

// maxComparedRunes bounds the work for one comparison: no known name is longer.
const maxComparedRunes = 48

// editDistance counts the slips between two words: a character added, left out,
// replaced, or swapped with its neighbour (optimal string alignment). Words
// longer than [maxComparedRunes] are infinitely far apart.
func editDistance(a, b string) int {
	from, to := []rune(a), []rune(b)
	if len(from) > maxComparedRunes || len(to) > maxComparedRunes {
		return maxComparedRunes * 2
	}
	beforePrevious := make([]int, len(to)+1)
	previous := make([]int, len(to)+1)
	current := make([]int, len(to)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(from); i++ {
		current[0] = i
		for j := 1; j <= len(to); j++ {
			cost := 1
			if from[i-1] == to[j-1] {
				cost = 0
			}
			current[j] = min(previous[j]+1, current[j-1]+1, previous[j-1]+cost)
			if i > 1 && j > 1 && from[i-1] == to[j-2] && from[i-2] == to[j-1] {
				current[j] = min(current[j], beforePrevious[j-2]+1)
			}
		}
		beforePrevious, previous, current = previous, current, beforePrevious
	}
	return previous[len(to)]
}
