"""Detection in Chinese free text, judged on labelled texts: `python -m benchmarks.detection`."""
