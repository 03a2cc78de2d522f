"""Audit: what was released to whom, as signed chains of records that nobody can alter or thin out unseen."""
