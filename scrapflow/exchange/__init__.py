"""Other people's formats: a module each, and the table that names them."""
