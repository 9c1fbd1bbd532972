"""Local taxes: rules, registers, bills, payments, the ledger, reconciliation."""
