"""The interface of banks and payment services: SNAP BI shaped endpoints."""
