"""Personal data in Chinese free text: finding it. What becomes of it is `transforms.redact_text`."""
