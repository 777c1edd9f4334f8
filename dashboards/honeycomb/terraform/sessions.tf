data "honeycombio_query_specification" "sessions_sessions" {
  time_range = 604800
  limit      = 100
  breakdowns = ["session.id"]

  calculation {
    op     = "SUM"
    column = "opencode.cost.usage"
    name   = "us_dollars"
  }

  calculation {
    op     = "SUM"
    column = "opencode.token.usage"
    name   = "tokens"
  }

  calculation {
    op     = "SUM"
    column = "opencode.message.count"
    name   = "answers"
  }

  calculation {
    op     = "SUM"
    column = "opencode.lines_of_code.count"
    name   = "lines"
  }

  calculation {
    op     = "SUM"
    column = "opencode.commit.count"
    name   = "commits"
  }

  order {
    column = "us_dollars"
    order  = "descending"
  }
}

resource "honeycombio_query" "sessions_sessions" {
  count      = contains(var.left_out, "sessions_sessions") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.sessions_sessions.json
}

resource "honeycombio_query_annotation" "sessions_sessions" {
  count       = contains(var.left_out, "sessions_sessions") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.sessions_sessions[0].id
  name        = "Sessions"
  description = "A sub-agent works in a session of its own; choose one to see what it told."
}

data "honeycombio_query_specification" "sessions_spend_by_session" {
  time_range  = 604800
  granularity = 3600
  limit       = 100
  breakdowns  = ["session.id"]

  calculation {
    op     = "SUM"
    column = "opencode.cost.usage"
  }

  order {
    op     = "SUM"
    column = "opencode.cost.usage"
    order  = "descending"
  }
}

resource "honeycombio_query" "sessions_spend_by_session" {
  count      = contains(var.left_out, "sessions_spend_by_session") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.sessions_spend_by_session.json
}

resource "honeycombio_query_annotation" "sessions_spend_by_session" {
  count       = contains(var.left_out, "sessions_spend_by_session") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.sessions_spend_by_session[0].id
  name        = "Spend by session"
  description = "US dollars."
}

data "honeycombio_query_specification" "sessions_cost" {
  time_range  = 604800
  granularity = 3600

  calculation {
    op     = "P50"
    column = "opencode.session.cost.total"
    name   = "p50"
  }

  calculation {
    op     = "P95"
    column = "opencode.session.cost.total"
    name   = "p95"
  }
}

resource "honeycombio_query" "sessions_cost" {
  count      = contains(var.left_out, "sessions_cost") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.sessions_cost.json
}

resource "honeycombio_query_annotation" "sessions_cost" {
  count       = contains(var.left_out, "sessions_cost") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.sessions_cost[0].id
  name        = "Cost"
  description = "US dollars; measured at each turn's end."
}

data "honeycombio_query_specification" "sessions_tokens" {
  time_range  = 604800
  granularity = 3600

  calculation {
    op     = "P50"
    column = "opencode.session.token.total"
    name   = "p50"
  }

  calculation {
    op     = "P95"
    column = "opencode.session.token.total"
    name   = "p95"
  }
}

resource "honeycombio_query" "sessions_tokens" {
  count      = contains(var.left_out, "sessions_tokens") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.sessions_tokens.json
}

resource "honeycombio_query_annotation" "sessions_tokens" {
  count       = contains(var.left_out, "sessions_tokens") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.sessions_tokens[0].id
  name        = "Tokens"
  description = "All types together; measured at each turn's end. In tokens."
}

data "honeycombio_query_specification" "sessions_age" {
  time_range  = 604800
  granularity = 3600

  calculation {
    op     = "P50"
    column = "opencode.session.duration"
    name   = "p50"
  }

  calculation {
    op     = "P95"
    column = "opencode.session.duration"
    name   = "p95"
  }
}

resource "honeycombio_query" "sessions_age" {
  count      = contains(var.left_out, "sessions_age") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.sessions_age.json
}

resource "honeycombio_query_annotation" "sessions_age" {
  count       = contains(var.left_out, "sessions_age") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.sessions_age[0].id
  name        = "Age"
  description = "Time since the session's creation; measured at each turn's end. In milliseconds."
}

resource "honeycombio_flexible_board" "sessions" {
  name        = "OpenCode / Sessions"
  description = "What each session cost and did; choose one to see what it told"
  tags        = { otelagent = "opencode/sessions" }

  preset_filter {
    column = "user.id"
    alias  = "Person"
  }

  preset_filter {
    column = "vcs.repository.name"
    alias  = "Repository"
  }

  preset_filter {
    column = "session.id"
    alias  = "Session"
  }

  panel {
    type = "text"

    position {
      x_coordinate = 0
      y_coordinate = 0
      width        = 12
      height       = 1
    }

    text_panel {
      content = "## All sessions"
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.sessions_sessions

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 1
        width        = 12
        height       = 6
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.sessions_sessions[0].id
        query_style         = "table"
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.sessions_spend_by_session

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 7
        width        = 12
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.sessions_spend_by_session[0].id
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

  panel {
    type = "text"

    position {
      x_coordinate = 0
      y_coordinate = 11
      width        = 12
      height       = 1
    }

    text_panel {
      content = "## What sessions come to"
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.sessions_cost

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 12
        width        = 4
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.sessions_cost[0].id
        query_style         = "graph"

        visualization_settings {
          prefer_overlaid_charts = true

          chart {
            chart_index = 0
            chart_type  = "line"
          }

          chart {
            chart_index = 1
            chart_type  = "line"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.sessions_tokens

    content {
      type = "query"

      position {
        x_coordinate = 4
        y_coordinate = 12
        width        = 4
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.sessions_tokens[0].id
        query_style         = "graph"

        visualization_settings {
          prefer_overlaid_charts = true

          chart {
            chart_index = 0
            chart_type  = "line"
          }

          chart {
            chart_index = 1
            chart_type  = "line"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.sessions_age

    content {
      type = "query"

      position {
        x_coordinate = 8
        y_coordinate = 12
        width        = 4
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.sessions_age[0].id
        query_style         = "graph"

        visualization_settings {
          prefer_overlaid_charts = true

          chart {
            chart_index = 0
            chart_type  = "line"
          }

          chart {
            chart_index = 1
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
      y_coordinate = 16
      width        = 12
      height       = 3
    }

    text_panel {
      content = "## The chosen session\n- Events: not on this board; a board shows calculations, not single events; the events dataset's raw data has them.\n- Traces: not on this board; a board shows calculations, not traces; the events dataset has them."
    }
  }
}
