// Package stage is where the till's screens are shown without a service, a disk or a terminal: fakes of everything that a
// screen asks, canned guests, operations and orders, and a driver of the model with a clock and a message loop of its own.
//
// The scenes of the storybook play on it, and so do the tests of tui. It knows nothing of tui itself, because a package cannot
// be imported by what tests it from inside: who sets a stage up makes the model and gives it to [Till.Start].
package stage
