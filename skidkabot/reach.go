package skidkabot

import (
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
)

// Reach finds out whether the service can be reached. It asks for the headers of the base URL, tells the service
// nothing of a customer or the shop and moves no points. Whatever HTTP answer comes is good.
//
// Errors: [*NotSentError] when no connection could be had, [*UnknownError] when there was one but no answer.
func (c *Client) Reach(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.limits.Total)
	defer cancel()
	watch := newProgress(c.moving)
	request, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, watch.trace()), http.MethodHead, c.base.String(), nil)
	if err != nil {
		return &NotSentError{Phase: PhaseRequest, Err: err}
	}
	request.Header.Set("User-Agent", userAgent)
	// A fresh connection: one that was kept says nothing of now.
	response, err := c.moving.RoundTrip(request)
	if err != nil {
		return watch.failure(contextOr(ctx, err))
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, c.limits.ReplyBytes))
	return response.Body.Close()
}
