"""Documents made from contracts and views: schemas for machines, the matrix for the privacy officer."""
