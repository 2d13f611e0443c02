"""The operator's side of the book: steps said, questions asked, values repeated."""
