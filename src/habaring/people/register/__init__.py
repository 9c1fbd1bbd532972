"""The register of people and roles: the secretariat's pages and the platform's."""
