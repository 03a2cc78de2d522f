"""Grants: what may pass without consent because the law says so, signed by two approvers and for a time only."""
