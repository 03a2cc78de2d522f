"""Moving: the only layer that knows Kafka, Faust, files and keys."""
