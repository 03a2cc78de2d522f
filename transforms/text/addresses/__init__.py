"""Addresses: finding postal addresses in Chinese free text."""

from transforms.text.addresses.find import find

__all__ = ["find"]
