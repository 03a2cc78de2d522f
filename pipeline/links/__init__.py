"""Links: which devices and cookies were seen with a person, so that what they do alone is the person's for a while."""
