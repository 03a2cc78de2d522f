"""Approvals: documents that take effect only when two different persons have signed them."""
