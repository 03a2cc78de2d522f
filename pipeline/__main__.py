"""`python -m pipeline` is `qingliu`."""

from pipeline.cli import main

main()
