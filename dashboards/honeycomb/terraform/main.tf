terraform {
  required_providers {
    honeycombio = { source = "honeycombio/honeycombio", version = "~> 0.51" }
  }
}

variable "metrics_dataset" {
  type        = string
  default     = "metrics"
  description = "The slug of the dataset of type metrics that has OpenCode's metrics."
}

variable "events_dataset" {
  type        = string
  default     = "opencode"
  description = "The slug of the dataset that has OpenCode's log events: their service.name."
}

variable "left_out" {
  type        = set(string)
  default     = []
  description = "The names of queries that are not made, as their columns have not been sent yet."
}
