"""Pages of the domain, a module a subject."""
