package waiterapi

import "slices"

// Routes lists what the server answers, "GET /ping".
func Routes(s *Server) []string {
	var routes []string
	for path, methods := range s.routes() {
		for method := range methods {
			routes = append(routes, method+" "+path)
		}
	}
	slices.Sort(routes)
	return routes
}

// Kept says how many replies are kept, and how many bytes.
func Kept(s *Server) (replies, bytes int) {
	s.replies.mu.RLock()
	defer s.replies.mu.RUnlock()
	return len(s.replies.replies), s.replies.bytes
}

// FitPhoto is the scaling of photos.
var FitPhoto = fitPhoto
