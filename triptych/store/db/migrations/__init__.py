"""How the tables came to be what they are, one step a version; run at the first use of the database."""
