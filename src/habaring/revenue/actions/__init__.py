"""Every write of the domain, a module a subject."""
