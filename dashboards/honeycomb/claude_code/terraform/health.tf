data "honeycombio_query_specification" "health_events" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "otel_agent.events"
  }
}

resource "honeycombio_query" "health_events" {
  count      = contains(var.left_out, "health_events") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.health_events.json
}

resource "honeycombio_query_annotation" "health_events" {
  count       = contains(var.left_out, "health_events") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.health_events[0].id
  name        = "Events"
  description = "Of OpenCode, that agents folded."
}

data "honeycombio_query_specification" "health_requests_delivered" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "otel_agent.requests"
  }

  filter {
    column = "outcome"
    op     = "="
    value  = "delivered"
  }
}

resource "honeycombio_query" "health_requests_delivered" {
  count      = contains(var.left_out, "health_requests_delivered") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.health_requests_delivered.json
}

resource "honeycombio_query_annotation" "health_requests_delivered" {
  count       = contains(var.left_out, "health_requests_delivered") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.health_requests_delivered[0].id
  name        = "Requests delivered"
  description = "That the backend has."
}

data "honeycombio_query_specification" "health_lost" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "otel_agent.dropped"
  }
}

resource "honeycombio_query" "health_lost" {
  count      = contains(var.left_out, "health_lost") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.health_lost.json
}

resource "honeycombio_query_annotation" "health_lost" {
  count       = contains(var.left_out, "health_lost") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.health_lost[0].id
  name        = "Lost"
  description = "Lines, events and items that were given up: 0, or see the reasons below."
}

data "honeycombio_query_specification" "health_waiting" {
  time_range  = 604800
  granularity = 3600

  calculation {
    op     = "SUM"
    column = "otel_agent.outbox.size"
  }
}

resource "honeycombio_query" "health_waiting" {
  count      = contains(var.left_out, "health_waiting") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.health_waiting.json
}

resource "honeycombio_query_annotation" "health_waiting" {
  count       = contains(var.left_out, "health_waiting") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.health_waiting[0].id
  name        = "Waiting"
  description = "Requests, as of each journal's last report. Along the time axis: each series' last value in each step."
}

data "honeycombio_query_specification" "health_waiting_bytes" {
  time_range  = 604800
  granularity = 3600

  calculation {
    op     = "SUM"
    column = "otel_agent.outbox.bytes"
  }
}

resource "honeycombio_query" "health_waiting_bytes" {
  count      = contains(var.left_out, "health_waiting_bytes") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.health_waiting_bytes.json
}

resource "honeycombio_query_annotation" "health_waiting_bytes" {
  count       = contains(var.left_out, "health_waiting_bytes") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.health_waiting_bytes[0].id
  name        = "Waiting bytes"
  description = "Before compression. In bytes. Along the time axis: each series' last value in each step."
}

data "honeycombio_query_specification" "health_oldest_waiting" {
  time_range  = 604800
  granularity = 3600

  calculation {
    op     = "MAX"
    column = "otel_agent.outbox.age"
  }
}

resource "honeycombio_query" "health_oldest_waiting" {
  count      = contains(var.left_out, "health_oldest_waiting") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.health_oldest_waiting.json
}

resource "honeycombio_query_annotation" "health_oldest_waiting" {
  count       = contains(var.left_out, "health_oldest_waiting") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.health_oldest_waiting[0].id
  name        = "Oldest waiting"
  description = "How long the oldest request had waited at a report. In seconds. Along the time axis: each series' last value in each step."
}

data "honeycombio_query_specification" "health_events_2" {
  time_range  = 604800
  granularity = 3600

  calculation {
    op     = "SUM"
    column = "otel_agent.events"
  }
}

resource "honeycombio_query" "health_events_2" {
  count      = contains(var.left_out, "health_events_2") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.health_events_2.json
}

resource "honeycombio_query_annotation" "health_events_2" {
  count       = contains(var.left_out, "health_events_2") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.health_events_2[0].id
  name        = "Events"
  description = "That agents folded."
}

data "honeycombio_query_specification" "health_requests_by_outcome" {
  time_range  = 604800
  granularity = 3600
  limit       = 100
  breakdowns  = ["outcome"]

  calculation {
    op     = "SUM"
    column = "otel_agent.requests"
  }

  order {
    op     = "SUM"
    column = "otel_agent.requests"
    order  = "descending"
  }
}

resource "honeycombio_query" "health_requests_by_outcome" {
  count      = contains(var.left_out, "health_requests_by_outcome") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.health_requests_by_outcome.json
}

resource "honeycombio_query_annotation" "health_requests_by_outcome" {
  count       = contains(var.left_out, "health_requests_by_outcome") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.health_requests_by_outcome[0].id
  name        = "Requests by outcome"
  description = "Answers of the backend."
}

data "honeycombio_query_specification" "health_lost_by_reason" {
  time_range  = 604800
  granularity = 3600
  limit       = 100
  breakdowns  = ["reason"]

  calculation {
    op     = "SUM"
    column = "otel_agent.dropped"
  }

  order {
    op     = "SUM"
    column = "otel_agent.dropped"
    order  = "descending"
  }
}

resource "honeycombio_query" "health_lost_by_reason" {
  count      = contains(var.left_out, "health_lost_by_reason") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.health_lost_by_reason.json
}

resource "honeycombio_query_annotation" "health_lost_by_reason" {
  count       = contains(var.left_out, "health_lost_by_reason") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.health_lost_by_reason[0].id
  name        = "Lost, by reason"
  description = "Empty is good."
}

data "honeycombio_query_specification" "health_lag" {
  time_range  = 604800
  granularity = 3600

  calculation {
    op     = "MAX"
    column = "otel_agent.lag"
  }
}

resource "honeycombio_query" "health_lag" {
  count      = contains(var.left_out, "health_lag") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.health_lag.json
}

resource "honeycombio_query_annotation" "health_lag" {
  count       = contains(var.left_out, "health_lag") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.health_lag[0].id
  name        = "Lag"
  description = "Longest time from an event to its storing. In seconds."
}

data "honeycombio_query_specification" "health_lost_by_reason_2" {
  time_range = 604800
  limit      = 12
  breakdowns = ["reason"]

  calculation {
    op     = "SUM"
    column = "otel_agent.dropped"
  }

  order {
    op     = "SUM"
    column = "otel_agent.dropped"
    order  = "descending"
  }
}

resource "honeycombio_query" "health_lost_by_reason_2" {
  count      = contains(var.left_out, "health_lost_by_reason_2") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.health_lost_by_reason_2.json
}

resource "honeycombio_query_annotation" "health_lost_by_reason_2" {
  count       = contains(var.left_out, "health_lost_by_reason_2") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.health_lost_by_reason_2[0].id
  name        = "Lost, by reason"
  description = "docs/metrics.md names them. The 12 largest."
}

resource "honeycombio_flexible_board" "health" {
  name        = "OpenCode and Claude Code / Agent health"
  description = "What the telemetry agent folds, delivers and loses, and what waits for delivery"
  tags        = { otelagent = "claude-code/health" }

  panel {
    type = "text"

    position {
      x_coordinate = 0
      y_coordinate = 0
      width        = 12
      height       = 1
    }

    text_panel {
      content = "## In this time range"
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.health_events

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 1
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.health_events[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "stat"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.health_requests_delivered

    content {
      type = "query"

      position {
        x_coordinate = 3
        y_coordinate = 1
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.health_requests_delivered[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "stat"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.health_lost

    content {
      type = "query"

      position {
        x_coordinate = 6
        y_coordinate = 1
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.health_lost[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "stat"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.health_waiting

    content {
      type = "query"

      position {
        x_coordinate = 9
        y_coordinate = 1
        width        = 3
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.health_waiting[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "line"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.health_waiting_bytes

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 5
        width        = 3
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.health_waiting_bytes[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "line"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.health_oldest_waiting

    content {
      type = "query"

      position {
        x_coordinate = 3
        y_coordinate = 5
        width        = 3
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.health_oldest_waiting[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "line"
          }
        }
      }
    }
  }

  panel {
    type = "text"

    position {
      x_coordinate = 0
      y_coordinate = 9
      width        = 12
      height       = 1
    }

    text_panel {
      content = "## Over time"
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.health_events_2

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 10
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.health_events_2[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "tsbar"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.health_requests_by_outcome

    content {
      type = "query"

      position {
        x_coordinate = 6
        y_coordinate = 10
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.health_requests_by_outcome[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "tsbar"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.health_lost_by_reason

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 14
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.health_lost_by_reason[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "tsbar"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.health_lag

    content {
      type = "query"

      position {
        x_coordinate = 6
        y_coordinate = 14
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.health_lag[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "line"
          }
        }
      }
    }
  }

  panel {
    type = "text"

    position {
      x_coordinate = 0
      y_coordinate = 18
      width        = 12
      height       = 1
    }

    text_panel {
      content = "## Reasons"
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.health_lost_by_reason_2

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 19
        width        = 12
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.health_lost_by_reason_2[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "cbar"
          }
        }
      }
    }
  }
}
