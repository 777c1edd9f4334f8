data "honeycombio_query_specification" "code_lines_added" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "opencode.lines_of_code.count"
  }

  filter {
    column = "type"
    op     = "="
    value  = "added"
  }
}

resource "honeycombio_query" "code_lines_added" {
  count      = contains(var.left_out, "code_lines_added") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.code_lines_added.json
}

resource "honeycombio_query_annotation" "code_lines_added" {
  count       = contains(var.left_out, "code_lines_added") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.code_lines_added[0].id
  name        = "Lines added"
  description = "By edits, writes and patches."
}

data "honeycombio_query_specification" "code_lines_removed" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "opencode.lines_of_code.count"
  }

  filter {
    column = "type"
    op     = "="
    value  = "removed"
  }
}

resource "honeycombio_query" "code_lines_removed" {
  count      = contains(var.left_out, "code_lines_removed") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.code_lines_removed.json
}

resource "honeycombio_query_annotation" "code_lines_removed" {
  count       = contains(var.left_out, "code_lines_removed") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.code_lines_removed[0].id
  name        = "Lines removed"
  description = "By edits, writes and patches."
}

data "honeycombio_query_specification" "code_commits" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "opencode.commit.count"
  }
}

resource "honeycombio_query" "code_commits" {
  count      = contains(var.left_out, "code_commits") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.code_commits.json
}

resource "honeycombio_query_annotation" "code_commits" {
  count       = contains(var.left_out, "code_commits") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.code_commits[0].id
  name        = "Commits"
  description = "Made by shell calls and MCP tools."
}

data "honeycombio_query_specification" "code_pull_requests" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "opencode.pull_request.count"
  }
}

resource "honeycombio_query" "code_pull_requests" {
  count      = contains(var.left_out, "code_pull_requests") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.code_pull_requests.json
}

resource "honeycombio_query_annotation" "code_pull_requests" {
  count       = contains(var.left_out, "code_pull_requests") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.code_pull_requests[0].id
  name        = "Pull requests"
  description = "Opened by shell calls and MCP tools."
}

data "honeycombio_query_specification" "code_edits_accepted" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "opencode.code_edit_tool.decision"
    name   = "part"

    filter {
      column = "decision"
      op     = "="
      value  = "accept"
    }
  }

  calculation {
    op     = "SUM"
    column = "opencode.code_edit_tool.decision"
    name   = "whole"
  }

  formula {
    name       = "ratio"
    expression = "DIV($part, $whole)"
  }
}

resource "honeycombio_query" "code_edits_accepted" {
  count      = contains(var.left_out, "code_edits_accepted") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.code_edits_accepted.json
}

resource "honeycombio_query_annotation" "code_edits_accepted" {
  count       = contains(var.left_out, "code_edits_accepted") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.code_edits_accepted[0].id
  name        = "Edits accepted"
  description = "Share of the edit, write and patch calls that were allowed. In a share, where 1 is all."
}

data "honeycombio_query_specification" "code_changed_lines_now" {
  time_range  = 604800
  granularity = 3600

  calculation {
    op     = "SUM"
    column = "opencode.lines_of_code.total"
  }
}

resource "honeycombio_query" "code_changed_lines_now" {
  count      = contains(var.left_out, "code_changed_lines_now") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.code_changed_lines_now.json
}

resource "honeycombio_query_annotation" "code_changed_lines_now" {
  count       = contains(var.left_out, "code_changed_lines_now") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.code_changed_lines_now[0].id
  name        = "Changed lines now"
  description = "Added plus removed lines of the sessions' changes as they stand now, after reverts; a session that went on in another process counts in both. Along the time axis: each series' last value in each step."
}

data "honeycombio_query_specification" "code_lines" {
  time_range  = 604800
  granularity = 3600
  limit       = 100
  breakdowns  = ["type"]

  calculation {
    op     = "SUM"
    column = "opencode.lines_of_code.count"
  }

  order {
    op     = "SUM"
    column = "opencode.lines_of_code.count"
    order  = "descending"
  }
}

resource "honeycombio_query" "code_lines" {
  count      = contains(var.left_out, "code_lines") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.code_lines.json
}

resource "honeycombio_query_annotation" "code_lines" {
  count       = contains(var.left_out, "code_lines") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.code_lines[0].id
  name        = "Lines"
  description = "Added and removed."
}

data "honeycombio_query_specification" "code_lines_by_language" {
  time_range  = 604800
  granularity = 3600
  limit       = 100
  breakdowns  = ["language"]

  calculation {
    op     = "SUM"
    column = "opencode.lines_of_code.count"
  }

  order {
    op     = "SUM"
    column = "opencode.lines_of_code.count"
    order  = "descending"
  }
}

resource "honeycombio_query" "code_lines_by_language" {
  count      = contains(var.left_out, "code_lines_by_language") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.code_lines_by_language.json
}

resource "honeycombio_query_annotation" "code_lines_by_language" {
  count       = contains(var.left_out, "code_lines_by_language") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.code_lines_by_language[0].id
  name        = "Lines by language"
  description = "Added and removed."
}

data "honeycombio_query_specification" "code_commits_by_repository" {
  time_range  = 604800
  granularity = 3600
  limit       = 100
  breakdowns  = ["vcs.repository.name"]

  calculation {
    op     = "SUM"
    column = "opencode.commit.count"
  }

  order {
    op     = "SUM"
    column = "opencode.commit.count"
    order  = "descending"
  }
}

resource "honeycombio_query" "code_commits_by_repository" {
  count      = contains(var.left_out, "code_commits_by_repository") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.code_commits_by_repository.json
}

resource "honeycombio_query_annotation" "code_commits_by_repository" {
  count       = contains(var.left_out, "code_commits_by_repository") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.code_commits_by_repository[0].id
  name        = "Commits by repository"
  description = "Commits."
}

data "honeycombio_query_specification" "code_file_operations" {
  time_range  = 604800
  granularity = 3600
  limit       = 100
  breakdowns  = ["operation"]

  calculation {
    op     = "SUM"
    column = "opencode.file.operation.count"
  }

  order {
    op     = "SUM"
    column = "opencode.file.operation.count"
    order  = "descending"
  }
}

resource "honeycombio_query" "code_file_operations" {
  count      = contains(var.left_out, "code_file_operations") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.code_file_operations.json
}

resource "honeycombio_query_annotation" "code_file_operations" {
  count       = contains(var.left_out, "code_file_operations") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.code_file_operations[0].id
  name        = "File operations"
  description = "What tools did with files."
}

data "honeycombio_query_specification" "code_lines_by_language_2" {
  time_range = 604800
  limit      = 12
  breakdowns = ["language"]

  calculation {
    op     = "SUM"
    column = "opencode.lines_of_code.count"
  }

  order {
    op     = "SUM"
    column = "opencode.lines_of_code.count"
    order  = "descending"
  }
}

resource "honeycombio_query" "code_lines_by_language_2" {
  count      = contains(var.left_out, "code_lines_by_language_2") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.code_lines_by_language_2.json
}

resource "honeycombio_query_annotation" "code_lines_by_language_2" {
  count       = contains(var.left_out, "code_lines_by_language_2") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.code_lines_by_language_2[0].id
  name        = "Lines by language"
  description = "Added and removed. The 12 largest."
}

data "honeycombio_query_specification" "code_lines_by_model" {
  time_range = 604800
  limit      = 12
  breakdowns = ["model"]

  calculation {
    op     = "SUM"
    column = "opencode.lines_of_code.count"
  }

  order {
    op     = "SUM"
    column = "opencode.lines_of_code.count"
    order  = "descending"
  }
}

resource "honeycombio_query" "code_lines_by_model" {
  count      = contains(var.left_out, "code_lines_by_model") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.code_lines_by_model.json
}

resource "honeycombio_query_annotation" "code_lines_by_model" {
  count       = contains(var.left_out, "code_lines_by_model") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.code_lines_by_model[0].id
  name        = "Lines by model"
  description = "Added and removed. The 12 largest."
}

data "honeycombio_query_specification" "code_lines_by_person" {
  time_range = 604800
  limit      = 12
  breakdowns = ["user.id"]

  calculation {
    op     = "SUM"
    column = "opencode.lines_of_code.count"
  }

  order {
    op     = "SUM"
    column = "opencode.lines_of_code.count"
    order  = "descending"
  }
}

resource "honeycombio_query" "code_lines_by_person" {
  count      = contains(var.left_out, "code_lines_by_person") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.code_lines_by_person.json
}

resource "honeycombio_query_annotation" "code_lines_by_person" {
  count       = contains(var.left_out, "code_lines_by_person") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.code_lines_by_person[0].id
  name        = "Lines by person"
  description = "By installation. The 12 largest."
}

data "honeycombio_query_specification" "code_commits_by_person" {
  time_range = 604800
  limit      = 12
  breakdowns = ["user.id"]

  calculation {
    op     = "SUM"
    column = "opencode.commit.count"
  }

  order {
    op     = "SUM"
    column = "opencode.commit.count"
    order  = "descending"
  }
}

resource "honeycombio_query" "code_commits_by_person" {
  count      = contains(var.left_out, "code_commits_by_person") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.code_commits_by_person.json
}

resource "honeycombio_query_annotation" "code_commits_by_person" {
  count       = contains(var.left_out, "code_commits_by_person") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.code_commits_by_person[0].id
  name        = "Commits by person"
  description = "By installation. The 12 largest."
}

data "honeycombio_query_specification" "code_acceptance_by_language" {
  time_range = 604800
  limit      = 100
  breakdowns = ["language"]

  calculation {
    op     = "SUM"
    column = "opencode.code_edit_tool.decision"
    name   = "accepted"

    filter {
      column = "decision"
      op     = "="
      value  = "accept"
    }
  }

  calculation {
    op     = "SUM"
    column = "opencode.code_edit_tool.decision"
    name   = "refused"

    filter {
      column = "decision"
      op     = "="
      value  = "reject"
    }
  }

  order {
    column = "accepted"
    order  = "descending"
  }
}

resource "honeycombio_query" "code_acceptance_by_language" {
  count      = contains(var.left_out, "code_acceptance_by_language") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.code_acceptance_by_language.json
}

resource "honeycombio_query_annotation" "code_acceptance_by_language" {
  count       = contains(var.left_out, "code_acceptance_by_language") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.code_acceptance_by_language[0].id
  name        = "Acceptance by language"
  description = "Edit, write and patch calls; a column is empty where none was allowed or refused."
}

resource "honeycombio_flexible_board" "code" {
  name        = "OpenCode / Code"
  description = "Lines, commits and pull requests that OpenCode made, and how its edits were received"
  tags        = { otelagent = "opencode/code" }

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
    for_each = honeycombio_query.code_lines_added

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
        query_annotation_id = honeycombio_query_annotation.code_lines_added[0].id
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
    for_each = honeycombio_query.code_lines_removed

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
        query_annotation_id = honeycombio_query_annotation.code_lines_removed[0].id
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
    for_each = honeycombio_query.code_commits

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
        query_annotation_id = honeycombio_query_annotation.code_commits[0].id
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
    for_each = honeycombio_query.code_pull_requests

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
        query_annotation_id = honeycombio_query_annotation.code_pull_requests[0].id
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
    for_each = honeycombio_query.code_edits_accepted

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
        query_annotation_id = honeycombio_query_annotation.code_edits_accepted[0].id
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
    for_each = honeycombio_query.code_changed_lines_now

    content {
      type = "query"

      position {
        x_coordinate = 3
        y_coordinate = 4
        width        = 3
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.code_changed_lines_now[0].id
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
      y_coordinate = 8
      width        = 12
      height       = 1
    }

    text_panel {
      content = "## Over time"
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.code_lines

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 9
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.code_lines[0].id
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
    for_each = honeycombio_query.code_lines_by_language

    content {
      type = "query"

      position {
        x_coordinate = 6
        y_coordinate = 9
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.code_lines_by_language[0].id
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
    for_each = honeycombio_query.code_commits_by_repository

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
        query_annotation_id = honeycombio_query_annotation.code_commits_by_repository[0].id
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
    for_each = honeycombio_query.code_file_operations

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
        query_annotation_id = honeycombio_query_annotation.code_file_operations[0].id
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
      content = "## By whom and in what"
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.code_lines_by_language_2

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
        query_annotation_id = honeycombio_query_annotation.code_lines_by_language_2[0].id
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
    for_each = honeycombio_query.code_lines_by_model

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
        query_annotation_id = honeycombio_query_annotation.code_lines_by_model[0].id
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
    for_each = honeycombio_query.code_lines_by_person

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
        query_annotation_id = honeycombio_query_annotation.code_lines_by_person[0].id
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
    for_each = honeycombio_query.code_commits_by_person

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
        query_annotation_id = honeycombio_query_annotation.code_commits_by_person[0].id
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
    for_each = honeycombio_query.code_acceptance_by_language

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 22
        width        = 12
        height       = 6
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.code_acceptance_by_language[0].id
        query_style         = "table"
      }
    }
  }
}
