"""The project's own JSON Schemas, JSON-LD context, mapping profiles and tables."""
