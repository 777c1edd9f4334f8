data "honeycombio_query_specification" "cost_spend" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "claude_code.cost.usage"
  }
}

resource "honeycombio_query" "cost_spend" {
  count      = contains(var.left_out, "cost_spend") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.cost_spend.json
}

resource "honeycombio_query_annotation" "cost_spend" {
  count       = contains(var.left_out, "cost_spend") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.cost_spend[0].id
  name        = "Spend"
  description = "What all model calls cost. In US dollars."
}

data "honeycombio_query_specification" "cost_per_session" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "cost_usd"
    name   = "part"

    filter {
      column = "event.name"
      op     = "="
      value  = "api_request"
    }
  }

  calculation {
    op     = "COUNT_DISTINCT"
    column = "session.id"
    name   = "whole"

    filter {
      column = "event.name"
      op     = "="
      value  = "api_request"
    }
  }

  formula {
    name       = "ratio"
    expression = "DIV($part, $whole)"
  }
}

resource "honeycombio_query" "cost_per_session" {
  count      = contains(var.left_out, "cost_per_session") ? 0 : 1
  dataset    = var.events_dataset
  query_json = data.honeycombio_query_specification.cost_per_session.json
}

resource "honeycombio_query_annotation" "cost_per_session" {
  count       = contains(var.left_out, "cost_per_session") ? 0 : 1
  dataset     = var.events_dataset
  query_id    = honeycombio_query.cost_per_session[0].id
  name        = "Per session"
  description = "Spend by session that used tokens; a sub-agent works in a session of its own. In US dollars. From the log events of answered model calls."
}

data "honeycombio_query_specification" "cost_per_person" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "cost_usd"
    name   = "part"

    filter {
      column = "event.name"
      op     = "="
      value  = "api_request"
    }
  }

  calculation {
    op     = "COUNT_DISTINCT"
    column = "user.id"
    name   = "whole"

    filter {
      column = "event.name"
      op     = "="
      value  = "api_request"
    }
  }

  formula {
    name       = "ratio"
    expression = "DIV($part, $whole)"
  }
}

resource "honeycombio_query" "cost_per_person" {
  count      = contains(var.left_out, "cost_per_person") ? 0 : 1
  dataset    = var.events_dataset
  query_json = data.honeycombio_query_specification.cost_per_person.json
}

resource "honeycombio_query_annotation" "cost_per_person" {
  count       = contains(var.left_out, "cost_per_person") ? 0 : 1
  dataset     = var.events_dataset
  query_id    = honeycombio_query.cost_per_person[0].id
  name        = "Per person"
  description = "Spend by installation that used tokens. In US dollars. From the log events of answered model calls."
}

data "honeycombio_query_specification" "cost_per_commit" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "claude_code.cost.usage"
    name   = "part"
  }

  calculation {
    op     = "SUM"
    column = "claude_code.commit.count"
    name   = "whole"
  }

  formula {
    name       = "ratio"
    expression = "DIV($part, $whole)"
  }
}

resource "honeycombio_query" "cost_per_commit" {
  count      = contains(var.left_out, "cost_per_commit") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.cost_per_commit.json
}

resource "honeycombio_query_annotation" "cost_per_commit" {
  count       = contains(var.left_out, "cost_per_commit") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.cost_per_commit[0].id
  name        = "Per commit"
  description = "All spend by the commits that OpenCode made; empty where it made none. In US dollars."
}

data "honeycombio_query_specification" "cost_per_changed_line" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "claude_code.cost.usage"
    name   = "part"
  }

  calculation {
    op     = "SUM"
    column = "claude_code.lines_of_code.count"
    name   = "whole"
  }

  formula {
    name       = "ratio"
    expression = "DIV($part, $whole)"
  }
}

resource "honeycombio_query" "cost_per_changed_line" {
  count      = contains(var.left_out, "cost_per_changed_line") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.cost_per_changed_line.json
}

resource "honeycombio_query_annotation" "cost_per_changed_line" {
  count       = contains(var.left_out, "cost_per_changed_line") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.cost_per_changed_line[0].id
  name        = "Per changed line"
  description = "All spend by the lines added and removed; empty where none was. In US dollars."
}

data "honeycombio_query_specification" "cost_spend_a_day" {
  time_range  = 604800
  granularity = 86400
  limit       = 100
  breakdowns  = ["model"]

  calculation {
    op     = "SUM"
    column = "claude_code.cost.usage"
  }

  order {
    op     = "SUM"
    column = "claude_code.cost.usage"
    order  = "descending"
  }
}

resource "honeycombio_query" "cost_spend_a_day" {
  count      = contains(var.left_out, "cost_spend_a_day") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.cost_spend_a_day.json
}

resource "honeycombio_query_annotation" "cost_spend_a_day" {
  count       = contains(var.left_out, "cost_spend_a_day") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.cost_spend_a_day[0].id
  name        = "Spend a day"
  description = "US dollars, by model."
}

data "honeycombio_query_specification" "cost_by_model" {
  time_range  = 604800
  granularity = 3600
  limit       = 100
  breakdowns  = ["model"]

  calculation {
    op     = "SUM"
    column = "claude_code.cost.usage"
  }

  order {
    op     = "SUM"
    column = "claude_code.cost.usage"
    order  = "descending"
  }
}

resource "honeycombio_query" "cost_by_model" {
  count      = contains(var.left_out, "cost_by_model") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.cost_by_model.json
}

resource "honeycombio_query_annotation" "cost_by_model" {
  count       = contains(var.left_out, "cost_by_model") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.cost_by_model[0].id
  name        = "By model"
  description = "US dollars."
}

data "honeycombio_query_specification" "cost_by_kind_of_work" {
  time_range  = 604800
  granularity = 3600
  limit       = 100
  breakdowns  = ["query_source"]

  calculation {
    op     = "SUM"
    column = "claude_code.cost.usage"
  }

  order {
    op     = "SUM"
    column = "claude_code.cost.usage"
    order  = "descending"
  }
}

resource "honeycombio_query" "cost_by_kind_of_work" {
  count      = contains(var.left_out, "cost_by_kind_of_work") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.cost_by_kind_of_work.json
}

resource "honeycombio_query_annotation" "cost_by_kind_of_work" {
  count       = contains(var.left_out, "cost_by_kind_of_work") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.cost_by_kind_of_work[0].id
  name        = "By kind of work"
  description = "Main: the session itself; subagent: its sub-agents; auxiliary: summaries. In US dollars."
}

data "honeycombio_query_specification" "cost_by_model_2" {
  time_range = 604800
  limit      = 12
  breakdowns = ["model"]

  calculation {
    op     = "SUM"
    column = "claude_code.cost.usage"
  }

  order {
    op     = "SUM"
    column = "claude_code.cost.usage"
    order  = "descending"
  }
}

resource "honeycombio_query" "cost_by_model_2" {
  count      = contains(var.left_out, "cost_by_model_2") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.cost_by_model_2.json
}

resource "honeycombio_query_annotation" "cost_by_model_2" {
  count       = contains(var.left_out, "cost_by_model_2") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.cost_by_model_2[0].id
  name        = "By model"
  description = "US dollars. The 12 largest."
}

data "honeycombio_query_specification" "cost_by_provider" {
  time_range = 604800
  limit      = 12
  breakdowns = ["provider"]

  calculation {
    op     = "SUM"
    column = "claude_code.cost.usage"
  }

  order {
    op     = "SUM"
    column = "claude_code.cost.usage"
    order  = "descending"
  }
}

resource "honeycombio_query" "cost_by_provider" {
  count      = contains(var.left_out, "cost_by_provider") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.cost_by_provider.json
}

resource "honeycombio_query_annotation" "cost_by_provider" {
  count       = contains(var.left_out, "cost_by_provider") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.cost_by_provider[0].id
  name        = "By provider"
  description = "US dollars. The 12 largest."
}

data "honeycombio_query_specification" "cost_by_person" {
  time_range = 604800
  limit      = 12
  breakdowns = ["user.id"]

  calculation {
    op     = "SUM"
    column = "claude_code.cost.usage"
  }

  order {
    op     = "SUM"
    column = "claude_code.cost.usage"
    order  = "descending"
  }
}

resource "honeycombio_query" "cost_by_person" {
  count      = contains(var.left_out, "cost_by_person") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.cost_by_person.json
}

resource "honeycombio_query_annotation" "cost_by_person" {
  count       = contains(var.left_out, "cost_by_person") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.cost_by_person[0].id
  name        = "By person"
  description = "By installation. In US dollars. The 12 largest."
}

data "honeycombio_query_specification" "cost_by_repository" {
  time_range = 604800
  limit      = 12
  breakdowns = ["vcs.repository.name"]

  calculation {
    op     = "SUM"
    column = "claude_code.cost.usage"
  }

  order {
    op     = "SUM"
    column = "claude_code.cost.usage"
    order  = "descending"
  }
}

resource "honeycombio_query" "cost_by_repository" {
  count      = contains(var.left_out, "cost_by_repository") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.cost_by_repository.json
}

resource "honeycombio_query_annotation" "cost_by_repository" {
  count       = contains(var.left_out, "cost_by_repository") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.cost_by_repository[0].id
  name        = "By repository"
  description = "US dollars. The 12 largest."
}

data "honeycombio_query_specification" "cost_by_branch" {
  time_range = 604800
  limit      = 12
  breakdowns = ["vcs.ref.head.name"]

  calculation {
    op     = "SUM"
    column = "claude_code.cost.usage"
  }

  order {
    op     = "SUM"
    column = "claude_code.cost.usage"
    order  = "descending"
  }
}

resource "honeycombio_query" "cost_by_branch" {
  count      = contains(var.left_out, "cost_by_branch") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.cost_by_branch.json
}

resource "honeycombio_query_annotation" "cost_by_branch" {
  count       = contains(var.left_out, "cost_by_branch") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.cost_by_branch[0].id
  name        = "By branch"
  description = "Needs vcs.ref.head.name in OPENCODE_METRICS_INCLUDE; else it is one row without a name. In US dollars. The 12 largest."
}

data "honeycombio_query_specification" "cost_by_agent" {
  time_range = 604800
  limit      = 12
  breakdowns = ["agent"]

  calculation {
    op     = "SUM"
    column = "claude_code.cost.usage"
  }

  order {
    op     = "SUM"
    column = "claude_code.cost.usage"
    order  = "descending"
  }
}

resource "honeycombio_query" "cost_by_agent" {
  count      = contains(var.left_out, "cost_by_agent") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.cost_by_agent.json
}

resource "honeycombio_query_annotation" "cost_by_agent" {
  count       = contains(var.left_out, "cost_by_agent") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.cost_by_agent[0].id
  name        = "By agent"
  description = "US dollars. The 12 largest."
}

data "honeycombio_query_specification" "cost_sub_agents_part" {
  time_range = 604800
  limit      = 12
  breakdowns = ["query_source"]

  calculation {
    op     = "SUM"
    column = "claude_code.cost.usage"
  }

  order {
    op     = "SUM"
    column = "claude_code.cost.usage"
    order  = "descending"
  }
}

resource "honeycombio_query" "cost_sub_agents_part" {
  count      = contains(var.left_out, "cost_sub_agents_part") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.cost_sub_agents_part.json
}

resource "honeycombio_query_annotation" "cost_sub_agents_part" {
  count       = contains(var.left_out, "cost_sub_agents_part") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.cost_sub_agents_part[0].id
  name        = "Sub-agents' part"
  description = "Main: the session itself; subagent: its sub-agents; auxiliary: summaries. In US dollars. The 12 largest."
}

data "honeycombio_query_specification" "cost_sub_agents_by_agent" {
  time_range = 604800
  limit      = 12
  breakdowns = ["agent"]

  calculation {
    op     = "SUM"
    column = "claude_code.subtask.count"
  }

  order {
    op     = "SUM"
    column = "claude_code.subtask.count"
    order  = "descending"
  }
}

resource "honeycombio_query" "cost_sub_agents_by_agent" {
  count      = contains(var.left_out, "cost_sub_agents_by_agent") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.cost_sub_agents_by_agent.json
}

resource "honeycombio_query_annotation" "cost_sub_agents_by_agent" {
  count       = contains(var.left_out, "cost_sub_agents_by_agent") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.cost_sub_agents_by_agent[0].id
  name        = "Sub-agents by agent"
  description = "How often each was started. The 12 largest."
}

data "honeycombio_query_specification" "cost_tokens_by_type" {
  time_range = 604800
  limit      = 12
  breakdowns = ["type"]

  calculation {
    op     = "SUM"
    column = "claude_code.token.usage"
  }

  order {
    op     = "SUM"
    column = "claude_code.token.usage"
    order  = "descending"
  }
}

resource "honeycombio_query" "cost_tokens_by_type" {
  count      = contains(var.left_out, "cost_tokens_by_type") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.cost_tokens_by_type.json
}

resource "honeycombio_query_annotation" "cost_tokens_by_type" {
  count       = contains(var.left_out, "cost_tokens_by_type") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.cost_tokens_by_type[0].id
  name        = "Tokens by type"
  description = "The types are disjoint. In tokens. The 12 largest."
}

resource "honeycombio_flexible_board" "cost" {
  name        = "OpenCode and Claude Code / Cost"
  description = "Where the money goes, what one gets for it, and where the month ends at this pace"
  tags        = { otelagent = "claude-code/cost" }

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
      height       = 2
    }

    text_panel {
      content = "## In this time range\n- Per month at this pace: not on this board; a query does not know how long the chosen time range is."
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.cost_spend

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 2
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.cost_spend[0].id
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
    for_each = honeycombio_query.cost_per_session

    content {
      type = "query"

      position {
        x_coordinate = 3
        y_coordinate = 2
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.cost_per_session[0].id
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
    for_each = honeycombio_query.cost_per_person

    content {
      type = "query"

      position {
        x_coordinate = 6
        y_coordinate = 2
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.cost_per_person[0].id
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
    for_each = honeycombio_query.cost_per_commit

    content {
      type = "query"

      position {
        x_coordinate = 9
        y_coordinate = 2
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.cost_per_commit[0].id
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
    for_each = honeycombio_query.cost_per_changed_line

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 5
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.cost_per_changed_line[0].id
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
      y_coordinate = 8
      width        = 12
      height       = 1
    }

    text_panel {
      content = "## Over time"
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.cost_spend_a_day

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 9
        width        = 12
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.cost_spend_a_day[0].id
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
    for_each = honeycombio_query.cost_by_model

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 13
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.cost_by_model[0].id
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
    for_each = honeycombio_query.cost_by_kind_of_work

    content {
      type = "query"

      position {
        x_coordinate = 6
        y_coordinate = 13
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.cost_by_kind_of_work[0].id
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
      y_coordinate = 17
      width        = 12
      height       = 1
    }

    text_panel {
      content = "## Where it goes"
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.cost_by_model_2

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 18
        width        = 3
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.cost_by_model_2[0].id
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
    for_each = honeycombio_query.cost_by_provider

    content {
      type = "query"

      position {
        x_coordinate = 3
        y_coordinate = 18
        width        = 3
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.cost_by_provider[0].id
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
    for_each = honeycombio_query.cost_by_person

    content {
      type = "query"

      position {
        x_coordinate = 6
        y_coordinate = 18
        width        = 3
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.cost_by_person[0].id
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
    for_each = honeycombio_query.cost_by_repository

    content {
      type = "query"

      position {
        x_coordinate = 9
        y_coordinate = 18
        width        = 3
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.cost_by_repository[0].id
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
    for_each = honeycombio_query.cost_by_branch

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 22
        width        = 4
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.cost_by_branch[0].id
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
    for_each = honeycombio_query.cost_by_agent

    content {
      type = "query"

      position {
        x_coordinate = 4
        y_coordinate = 22
        width        = 4
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.cost_by_agent[0].id
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
    for_each = honeycombio_query.cost_sub_agents_part

    content {
      type = "query"

      position {
        x_coordinate = 8
        y_coordinate = 22
        width        = 4
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.cost_sub_agents_part[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "cpie"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.cost_sub_agents_by_agent

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 26
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.cost_sub_agents_by_agent[0].id
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
    for_each = honeycombio_query.cost_tokens_by_type

    content {
      type = "query"

      position {
        x_coordinate = 6
        y_coordinate = 26
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.cost_tokens_by_type[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "cpie"
          }
        }
      }
    }
  }
}
