"""What the pipeline costs, measured beside something known: `python -m benchmarks`."""
