"""The schema's history. One file a change; none is edited after its release."""
