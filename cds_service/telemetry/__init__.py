"""What those who keep the service running see of it: metrics. Nothing in them is of a patient, a user or a token."""
