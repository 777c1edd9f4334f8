"""What `otel-agent doctor` looks at: one row a check."""
