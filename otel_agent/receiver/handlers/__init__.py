"""One module per kind of event; a handler is a row that `tables.rows` finds."""
