"""What is seen: maps, charts, pictures, made of the tables of a run."""
