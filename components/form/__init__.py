"""The sidebar and the prompt."""
