"""Subject state: what persons have consented to and what protects them, read from Kafka and asked for each event."""
