package tui

import (
	"slices"

	"github.com/skidkassa/skidkassa/tui/look"
)

// How the status bar makes room. Each segment says what it has to say in several ways, each shorter than the one before,
// and what a shorter way costs the reader has its price. While the bar is too long, the cheapest step is taken. A part of
// the till never goes altogether: at the least its mark and the beginning of its name stay.

// price is what the reader misses when a segment says less.
type price int

// The prices, the cheapest first.
const (
	priceNone    price = iota
	priceGood          // of a part that is well: the mark says it
	priceUnknown       // of one that nobody has heard of yet
	pricePort          // where waiters connect
	priceCode          // of a trouble: its words lead to what the code leads to
	priceName          // three letters of a name are to be known
	priceSince         // since when something is wrong
	priceWork          // what is under way: it ends by itself
	priceWarning       // what to do about a warning
	priceTrouble       // what is wrong: the mark and the name are left, and often a banner
)

// segment is what the bar says of one thing.
type segment struct {
	ways []way
	rank rank
}

// way is a way to say it, and the price of saying it so and no longer in the way before. An empty text says nothing.
type way struct {
	text  string
	price price
}

// rank is where a segment stands: what is wrong comes first.
type rank int

const (
	rankTrouble rank = iota
	rankWarning
	rankPart
)

// said is what the segment says now.
func (s segment) said() string { return s.ways[0].text }

// fitted puts segments in order and has them say less until they fit into so many cells, or nobody can say less.
func fitted(segments []segment, cells int) []segment {
	slices.SortStableFunc(segments, func(a, b segment) int { return int(a.rank - b.rank) })
	for segmentsWidth(segments) > cells {
		cheapest := -1
		for i, seg := range segments {
			if len(seg.ways) > 1 && (cheapest < 0 || seg.ways[1].price <= segments[cheapest].ways[1].price) {
				cheapest = i // of equals the last
			}
		}
		if cheapest < 0 {
			break
		}
		segments[cheapest].ways = segments[cheapest].ways[1:]
	}
	return segments
}

// segmentGap is the cells beside each segment.
const segmentGap = 2

func segmentsWidth(segments []segment) int {
	width := 0
	for _, seg := range segments {
		if said := seg.said(); said != "" {
			width += look.Width(said) + segmentGap
		}
	}
	return width
}
