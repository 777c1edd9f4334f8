data "honeycombio_query_specification" "reliability_model_calls" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "claude_code.model.usage"
  }
}

resource "honeycombio_query" "reliability_model_calls" {
  count      = contains(var.left_out, "reliability_model_calls") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.reliability_model_calls.json
}

resource "honeycombio_query_annotation" "reliability_model_calls" {
  count       = contains(var.left_out, "reliability_model_calls") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.reliability_model_calls[0].id
  name        = "Model calls"
  description = "Failed ones too."
}

data "honeycombio_query_specification" "reliability_retries_per_call" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "claude_code.retry.count"
    name   = "part"
  }

  calculation {
    op     = "SUM"
    column = "claude_code.model.usage"
    name   = "whole"
  }

  formula {
    name       = "ratio"
    expression = "DIV($part, $whole)"
  }
}

resource "honeycombio_query" "reliability_retries_per_call" {
  count      = contains(var.left_out, "reliability_retries_per_call") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.reliability_retries_per_call.json
}

resource "honeycombio_query_annotation" "reliability_retries_per_call" {
  count       = contains(var.left_out, "reliability_retries_per_call") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.reliability_retries_per_call[0].id
  name        = "Retries per call"
  description = "Attempts after the first, by model call. In a share, where 1 is all."
}

data "honeycombio_query_specification" "reliability_tool_calls_that_failed" {
  time_range = 604800

  calculation {
    op     = "HISTOGRAM_COUNT"
    column = "claude_code.tool.duration"
    name   = "part"

    filter {
      column = "success"
      op     = "="
      value  = "false"
    }
  }

  calculation {
    op     = "HISTOGRAM_COUNT"
    column = "claude_code.tool.duration"
    name   = "whole"
  }

  formula {
    name       = "ratio"
    expression = "DIV($part, $whole)"
  }
}

resource "honeycombio_query" "reliability_tool_calls_that_failed" {
  count      = contains(var.left_out, "reliability_tool_calls_that_failed") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.reliability_tool_calls_that_failed.json
}

resource "honeycombio_query_annotation" "reliability_tool_calls_that_failed" {
  count       = contains(var.left_out, "reliability_tool_calls_that_failed") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.reliability_tool_calls_that_failed[0].id
  name        = "Tool calls that failed"
  description = "Share of the finished tool calls; a test that fails is one, too. In a share, where 1 is all."
}

data "honeycombio_query_specification" "reliability_permission_questions" {
  time_range = 604800

  calculation {
    op     = "HISTOGRAM_COUNT"
    column = "claude_code.permission.wait"
  }
}

resource "honeycombio_query" "reliability_permission_questions" {
  count      = contains(var.left_out, "reliability_permission_questions") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.reliability_permission_questions.json
}

resource "honeycombio_query_annotation" "reliability_permission_questions" {
  count       = contains(var.left_out, "reliability_permission_questions") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.reliability_permission_questions[0].id
  name        = "Permission questions"
  description = "That were answered."
}

data "honeycombio_query_specification" "reliability_mcp_calls_that_failed" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "claude_code.mcp.call.count"
  }

  filter {
    column = "success"
    op     = "="
    value  = "false"
  }
}

resource "honeycombio_query" "reliability_mcp_calls_that_failed" {
  count      = contains(var.left_out, "reliability_mcp_calls_that_failed") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.reliability_mcp_calls_that_failed.json
}

resource "honeycombio_query_annotation" "reliability_mcp_calls_that_failed" {
  count       = contains(var.left_out, "reliability_mcp_calls_that_failed") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.reliability_mcp_calls_that_failed[0].id
  name        = "MCP calls that failed"
  description = "Finished calls without success."
}

data "honeycombio_query_specification" "reliability_compactions" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "claude_code.compaction.count"
  }
}

resource "honeycombio_query" "reliability_compactions" {
  count      = contains(var.left_out, "reliability_compactions") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.reliability_compactions.json
}

resource "honeycombio_query_annotation" "reliability_compactions" {
  count       = contains(var.left_out, "reliability_compactions") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.reliability_compactions[0].id
  name        = "Compactions"
  description = "Summaries that replaced a history."
}

data "honeycombio_query_specification" "reliability_time_to_first_token" {
  time_range  = 604800
  granularity = 3600
  limit       = 100
  breakdowns  = ["model"]

  calculation {
    op     = "P50"
    column = "claude_code.time_to_first_token"
    name   = "model_p50"
  }

  calculation {
    op     = "P95"
    column = "claude_code.time_to_first_token"
    name   = "model_p95"
  }

  order {
    column = "model_p50"
    order  = "descending"
  }
}

resource "honeycombio_query" "reliability_time_to_first_token" {
  count      = contains(var.left_out, "reliability_time_to_first_token") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.reliability_time_to_first_token.json
}

resource "honeycombio_query_annotation" "reliability_time_to_first_token" {
  count       = contains(var.left_out, "reliability_time_to_first_token") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.reliability_time_to_first_token[0].id
  name        = "Time to first token"
  description = "From the request to the first streamed content; half of the calls, and 95 of 100. In seconds."
}

data "honeycombio_query_specification" "reliability_retries_by_model" {
  time_range  = 604800
  granularity = 3600
  limit       = 100
  breakdowns  = ["model"]

  calculation {
    op     = "SUM"
    column = "claude_code.retry.count"
  }

  order {
    op     = "SUM"
    column = "claude_code.retry.count"
    order  = "descending"
  }
}

resource "honeycombio_query" "reliability_retries_by_model" {
  count      = contains(var.left_out, "reliability_retries_by_model") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.reliability_retries_by_model.json
}

resource "honeycombio_query_annotation" "reliability_retries_by_model" {
  count       = contains(var.left_out, "reliability_retries_by_model") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.reliability_retries_by_model[0].id
  name        = "Retries by model"
  description = "Attempts after the first."
}

data "honeycombio_query_specification" "reliability_errors_by_model" {
  time_range  = 604800
  granularity = 3600
  limit       = 100
  breakdowns  = ["model"]

  calculation {
    op = "COUNT"
  }

  filter {
    column = "event.name"
    op     = "="
    value  = "api_error"
  }

  order {
    op    = "COUNT"
    order = "descending"
  }
}

resource "honeycombio_query" "reliability_errors_by_model" {
  count      = contains(var.left_out, "reliability_errors_by_model") ? 0 : 1
  dataset    = var.events_dataset
  query_json = data.honeycombio_query_specification.reliability_errors_by_model.json
}

resource "honeycombio_query_annotation" "reliability_errors_by_model" {
  count       = contains(var.left_out, "reliability_errors_by_model") ? 0 : 1
  dataset     = var.events_dataset
  query_id    = honeycombio_query.reliability_errors_by_model[0].id
  name        = "Errors by model"
  description = "Calls that failed, from the log events."
}

data "honeycombio_query_specification" "reliability_context_in_use" {
  time_range  = 604800
  granularity = 3600
  limit       = 100
  breakdowns  = ["model"]

  calculation {
    op     = "MAX"
    column = "claude_code.context.usage"
  }

  order {
    op     = "MAX"
    column = "claude_code.context.usage"
    order  = "descending"
  }
}

resource "honeycombio_query" "reliability_context_in_use" {
  count      = contains(var.left_out, "reliability_context_in_use") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.reliability_context_in_use.json
}

resource "honeycombio_query_annotation" "reliability_context_in_use" {
  count       = contains(var.left_out, "reliability_context_in_use") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.reliability_context_in_use[0].id
  name        = "Context in use"
  description = "Largest share of the model's context window that a call used. In a share, where 1 is all."
}

data "honeycombio_query_specification" "reliability_duration_by_tool" {
  time_range  = 604800
  granularity = 3600
  limit       = 100
  breakdowns  = ["tool_name"]

  calculation {
    op     = "P95"
    column = "claude_code.tool.duration"
  }

  order {
    op     = "P95"
    column = "claude_code.tool.duration"
    order  = "descending"
  }
}

resource "honeycombio_query" "reliability_duration_by_tool" {
  count      = contains(var.left_out, "reliability_duration_by_tool") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.reliability_duration_by_tool.json
}

resource "honeycombio_query_annotation" "reliability_duration_by_tool" {
  count       = contains(var.left_out, "reliability_duration_by_tool") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.reliability_duration_by_tool[0].id
  name        = "Duration by tool"
  description = "95 of 100 calls were faster; the wait for a permission is included. In milliseconds."
}

data "honeycombio_query_specification" "reliability_wait_for_a_permission" {
  time_range  = 604800
  granularity = 3600

  calculation {
    op     = "P50"
    column = "claude_code.permission.wait"
    name   = "p50"
  }

  calculation {
    op     = "P95"
    column = "claude_code.permission.wait"
    name   = "p95"
  }
}

resource "honeycombio_query" "reliability_wait_for_a_permission" {
  count      = contains(var.left_out, "reliability_wait_for_a_permission") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.reliability_wait_for_a_permission.json
}

resource "honeycombio_query_annotation" "reliability_wait_for_a_permission" {
  count       = contains(var.left_out, "reliability_wait_for_a_permission") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.reliability_wait_for_a_permission[0].id
  name        = "Wait for a permission"
  description = "Half of the questions were open for less time, and 95 of 100. In milliseconds."
}

data "honeycombio_query_specification" "reliability_failures_by_tool" {
  time_range = 604800
  limit      = 12
  breakdowns = ["tool_name"]

  calculation {
    op     = "HISTOGRAM_COUNT"
    column = "claude_code.tool.duration"
  }

  filter {
    column = "success"
    op     = "="
    value  = "false"
  }

  order {
    op     = "HISTOGRAM_COUNT"
    column = "claude_code.tool.duration"
    order  = "descending"
  }
}

resource "honeycombio_query" "reliability_failures_by_tool" {
  count      = contains(var.left_out, "reliability_failures_by_tool") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.reliability_failures_by_tool.json
}

resource "honeycombio_query_annotation" "reliability_failures_by_tool" {
  count       = contains(var.left_out, "reliability_failures_by_tool") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.reliability_failures_by_tool[0].id
  name        = "Failures by tool"
  description = "Finished calls. The 12 largest."
}

data "honeycombio_query_specification" "reliability_calls_by_tool" {
  time_range = 604800
  limit      = 12
  breakdowns = ["tool_name"]

  calculation {
    op     = "HISTOGRAM_COUNT"
    column = "claude_code.tool.duration"
  }

  order {
    op     = "HISTOGRAM_COUNT"
    column = "claude_code.tool.duration"
    order  = "descending"
  }
}

resource "honeycombio_query" "reliability_calls_by_tool" {
  count      = contains(var.left_out, "reliability_calls_by_tool") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.reliability_calls_by_tool.json
}

resource "honeycombio_query_annotation" "reliability_calls_by_tool" {
  count       = contains(var.left_out, "reliability_calls_by_tool") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.reliability_calls_by_tool[0].id
  name        = "Calls by tool"
  description = "Finished calls. The 12 largest."
}

resource "honeycombio_flexible_board" "reliability" {
  name        = "OpenCode and Claude Code / Reliability"
  description = "Errors, retries, latency, tools that fail and people who wait"
  tags        = { otelagent = "claude-code/reliability" }

  preset_filter {
    column = "user.id"
    alias  = "Person"
  }

  preset_filter {
    column = "vcs.repository.name"
    alias  = "Repository"
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
      content = "## In this time range"
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.reliability_model_calls

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
        query_annotation_id = honeycombio_query_annotation.reliability_model_calls[0].id
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
    for_each = honeycombio_query.reliability_retries_per_call

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
        query_annotation_id = honeycombio_query_annotation.reliability_retries_per_call[0].id
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
    for_each = honeycombio_query.reliability_tool_calls_that_failed

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
        query_annotation_id = honeycombio_query_annotation.reliability_tool_calls_that_failed[0].id
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
    for_each = honeycombio_query.reliability_permission_questions

    content {
      type = "query"

      position {
        x_coordinate = 9
        y_coordinate = 1
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.reliability_permission_questions[0].id
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
    for_each = honeycombio_query.reliability_mcp_calls_that_failed

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 4
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.reliability_mcp_calls_that_failed[0].id
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
    for_each = honeycombio_query.reliability_compactions

    content {
      type = "query"

      position {
        x_coordinate = 3
        y_coordinate = 4
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.reliability_compactions[0].id
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

  panel {
    type = "text"

    position {
      x_coordinate = 0
      y_coordinate = 7
      width        = 12
      height       = 1
    }

    text_panel {
      content = "## Model calls"
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.reliability_time_to_first_token

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 8
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.reliability_time_to_first_token[0].id
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
    for_each = honeycombio_query.reliability_retries_by_model

    content {
      type = "query"

      position {
        x_coordinate = 6
        y_coordinate = 8
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.reliability_retries_by_model[0].id
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
    for_each = honeycombio_query.reliability_errors_by_model

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 12
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.reliability_errors_by_model[0].id
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
    for_each = honeycombio_query.reliability_context_in_use

    content {
      type = "query"

      position {
        x_coordinate = 6
        y_coordinate = 12
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.reliability_context_in_use[0].id
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
      y_coordinate = 16
      width        = 12
      height       = 1
    }

    text_panel {
      content = "## Tools"
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.reliability_duration_by_tool

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 17
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.reliability_duration_by_tool[0].id
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
    for_each = honeycombio_query.reliability_wait_for_a_permission

    content {
      type = "query"

      position {
        x_coordinate = 6
        y_coordinate = 17
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.reliability_wait_for_a_permission[0].id
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
    for_each = honeycombio_query.reliability_failures_by_tool

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 21
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.reliability_failures_by_tool[0].id
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

  dynamic "panel" {
    for_each = honeycombio_query.reliability_calls_by_tool

    content {
      type = "query"

      position {
        x_coordinate = 6
        y_coordinate = 21
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.reliability_calls_by_tool[0].id
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

  panel {
    type = "text"

    position {
      x_coordinate = 0
      y_coordinate = 25
      width        = 12
      height       = 2
    }

    text_panel {
      content = "## What went wrong\n- Errors: not on this board; a board shows calculations, not single events; the events dataset's raw data has them."
    }
  }
}
