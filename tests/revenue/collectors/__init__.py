"""Collectors in villages: receipts, telephones, the list, deposits."""
