"""What moved: the tables of a run, their balance, and the questions one can ask of them."""
