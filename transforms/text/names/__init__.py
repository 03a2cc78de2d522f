"""Names in Chinese text: taggers that find them, and the rules that make persons of what they find."""
