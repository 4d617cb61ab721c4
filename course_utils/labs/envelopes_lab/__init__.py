"""The lab ten envelopes."""
