"""Yearly evaluation by instruments, assessors, findings, appeals, awards."""
