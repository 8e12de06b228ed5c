"""The language: reading, checking and proving process definitions. Knows no running instance."""
