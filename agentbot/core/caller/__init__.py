"""The caller's side of the book: values given, gone on with, corrected, refused."""
