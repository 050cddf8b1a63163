"""Attacks on scrapflow, one module a row of docs/reliability.md: each tries one promise very often and counts what broke."""
