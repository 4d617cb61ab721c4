"""The strategy map: who wins with so many labels, so far from the source."""
