"""What people fill in about bodies, meetings, decisions and instruments."""
