"""Facts in, signals out: metric series and log records as plain values."""
